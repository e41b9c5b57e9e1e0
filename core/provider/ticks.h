/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Times and spans as the directory keeps them: 64-bit numbers of ticks, 100 ns each ([MS-ADTS]
 * 2.2.16 and 3.1.1.2.2.2.6). A time counts from 1601-01-01, in UTC; a span in a policy is negative.
 */
#ifndef AJAR_PROVIDER_TICKS_H
#define AJAR_PROVIDER_TICKS_H

#include <stdbool.h>
#include <stdint.h>

/* "Never", as a time; as a span, the least number says the same ("for ever"). */
#define TICKS_NEVER    INT64_MAX
#define TICKS_FOR_EVER INT64_MIN

/* From the directory's text: a signed decimal number. False for anything else. */
bool ticks_parse(const char *text, int64_t *ret_ticks);

/* To and from seconds since 1970, without a fraction. A time that is too far away becomes the
 * furthest one. */
int64_t ticks_to_time(int64_t ticks);
int64_t ticks_from_time(int64_t time);

/* A span of a policy, negative, in seconds; 0 for one that is none. */
int64_t ticks_to_seconds(int64_t span);

/* The time when a span of a policy that began at `from` is over; TICKS_NEVER for one that has no
 * end: 0, positive, or TICKS_FOR_EVER. */
int64_t ticks_end(int64_t from, int64_t span);

#endif
