/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/ticks.h"

#include <errno.h>
#include <stdlib.h>

#define TICKS_PER_SECOND INT64_C(10000000)

/* From 1601-01-01 to 1970-01-01, in seconds. */
#define SECONDS_TO_1970 INT64_C(11644473600)

bool ticks_parse(const char *text, int64_t *ret_ticks)
{
    const char *digits = text[0] == '-' ? text + 1 : text;
    char *end = NULL;
    long long ticks;

    if (digits[0] < '0' || digits[0] > '9')
        return false;
    errno = 0;
    ticks = strtoll(text, &end, 10);
    if (errno != 0 || *end)
        return false;
    *ret_ticks = ticks;
    return true;
}

int64_t ticks_to_time(int64_t ticks)
{
    return ticks / TICKS_PER_SECOND - SECONDS_TO_1970;
}

int64_t ticks_from_time(int64_t time)
{
    int64_t ticks;

    if (__builtin_mul_overflow(time + SECONDS_TO_1970, TICKS_PER_SECOND, &ticks))
        return TICKS_NEVER;
    return ticks;
}

int64_t ticks_to_seconds(int64_t span)
{
    return span < 0 ? -(span / TICKS_PER_SECOND) : 0;
}

int64_t ticks_end(int64_t from, int64_t span)
{
    int64_t end;

    if (span >= 0 || span == TICKS_FOR_EVER || __builtin_sub_overflow(from, span, &end))
        return TICKS_NEVER;
    return end;
}
