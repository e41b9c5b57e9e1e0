/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What time it is at a domain controller.
 */
#ifndef AJAR_TRANSPORT_DIRECTORY_TIME_H
#define AJAR_TRANSPORT_DIRECTORY_TIME_H

#include "base/clock.h"

/* By how many seconds the clock of `host` is ahead of this one (negative: behind), give or take
 * one. The rootDSE tells it to anybody ([MS-ADTS] 3.1.1.3.2.4, currentTime): nobody logs in, and
 * nothing but the time is believed. Half of the round trip is taken off. A host that is no
 * controller has no LDAP: AJAR_EUNREACHABLE. `host` may have a port behind it, as in "dc1:389". */
bool directory_time(const char *host, int timeout_ms, const struct clock *clock, int64_t *ret_ahead,
                    struct ajar_error *err);

/* Reads a generalized time of the directory ([RFC4517] 3.3.13, in UTC, with seconds): a fraction is
 * left out. AJAR_EPROTOCOL for anything else. */
bool directory_read_time(const char *text, int64_t *ret_time, struct ajar_error *err);

#endif
