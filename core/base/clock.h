/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Time: seconds since 1970 in UTC, nothing else. Whoever needs to know what time it is takes a
 * `struct clock`, so that a test can say.
 */
#ifndef AJAR_BASE_CLOCK_H
#define AJAR_BASE_CLOCK_H

#include <ajar/error.h>

#include <stdint.h>

struct clock {
    int64_t (*now)(void *user);
    void *user;
};

/* The clock of this host. */
struct clock clock_system(void);

static inline int64_t clock_now(const struct clock *clock)
{
    return clock->now(clock->user);
}

/* A short text by value: clock_write_time(now).at */
struct clock_text {
    char at[48];
};

/* RFC 3339: "2026-11-21T08:00:00Z". The years 1970 to 9999; other times are brought into them. */
struct clock_text clock_write_time(int64_t time);

/* Exactly what clock_write_time() writes, of a day that exists. AJAR_EUSAGE otherwise. */
bool clock_read_time(const char *text, int64_t *ret_time, struct ajar_error *err);

/* "20261121-080000", which sorts and is a file name. */
struct clock_text clock_write_stamp(int64_t time);

/* "90s", "15m", "72h" or "14d". AJAR_EUSAGE for anything else and for less than `least` or more
 * than `most` seconds. */
bool clock_read_duration(const char *text, int64_t least, int64_t most, int64_t *ret_seconds,
                         struct ajar_error *err);

/* One unit, the largest that is exact: "72h" comes out as "3d". clock_read_duration() reads it
 * back, when it gave the number. */
struct clock_text clock_write_exact_duration(int64_t seconds);

/* The two largest units, for people: "3d 2h", "15m", "0s". A negative duration loses its sign. */
struct clock_text clock_write_duration(int64_t seconds);

#endif
