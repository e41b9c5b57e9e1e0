/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"

#include "base/cleanup.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define LAST_SECOND 253402300799 /* 9999-12-31T23:59:59Z */

static const struct unit {
    char letter;
    int64_t seconds;
} units[] = { { 'd', 86400 }, { 'h', 3600 }, { 'm', 60 }, { 's', 1 } };

static int64_t system_now(void *user)
{
    (void)user;
    return (int64_t)time(NULL);
}

struct clock clock_system(void)
{
    return (struct clock){ .now = system_now };
}

static struct tm parts_of(int64_t seconds)
{
    time_t moment = (time_t)(seconds < 0 ? 0 : seconds > LAST_SECOND ? LAST_SECOND : seconds);
    struct tm parts = { 0 };

    (void)gmtime_r(&moment, &parts);
    return parts;
}

struct clock_text clock_write_time(int64_t seconds)
{
    struct tm parts = parts_of(seconds);
    struct clock_text text = { "" };

    (void)strftime(text.at, sizeof(text.at), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
}

struct clock_text clock_write_stamp(int64_t seconds)
{
    struct tm parts = parts_of(seconds);
    struct clock_text text = { "" };

    (void)strftime(text.at, sizeof(text.at), "%Y%m%d-%H%M%S", &parts);
    return text;
}

/* The number that `digits` digits at `at` spell; -1 when one of them is none. */
static int read_number(const char *at, int digits)
{
    int number = 0;

    for (int i = 0; i < digits; i++) {
        if (at[i] < '0' || at[i] > '9')
            return -1;
        number = number * 10 + (at[i] - '0');
    }
    return number;
}

bool clock_read_time(const char *text, int64_t *ret_time, struct ajar_error *err)
{
    static const char form[] = "0000-00-00T00:00:00Z";
    bool good = strlen(text) == strlen(form);
    struct tm parts = { 0 };
    int64_t seconds;

    for (size_t i = 0; good && form[i]; i++)
        good = form[i] == '0' ? text[i] >= '0' && text[i] <= '9' : text[i] == form[i];
    if (!good)
        return ajar_fail(err, AJAR_EUSAGE, "\"%s\" is no time: \"2026-11-21T08:00:00Z\" is (UTC)",
                         text);
    parts.tm_year = read_number(text, 4) - 1900;
    parts.tm_mon = read_number(text + 5, 2) - 1;
    parts.tm_mday = read_number(text + 8, 2);
    parts.tm_hour = read_number(text + 11, 2);
    parts.tm_min = read_number(text + 14, 2);
    parts.tm_sec = read_number(text + 17, 2);
    seconds = (int64_t)timegm(&parts);
    if (seconds < 0 || strcmp(clock_write_time(seconds).at, text) != 0)
        return ajar_fail(err, AJAR_EUSAGE, "\"%s\" is a time that does not exist", text);
    *ret_time = seconds;
    return true;
}

static const struct unit *find_unit(const char *text)
{
    for (size_t i = 0; i < LENGTH(units); i++) {
        if (text[0] == units[i].letter && !text[1])
            return &units[i];
    }
    return NULL;
}

bool clock_read_duration(const char *text, int64_t least, int64_t most, int64_t *ret_seconds,
                         struct ajar_error *err)
{
    size_t digits = strspn(text, "0123456789");
    const struct unit *unit = find_unit(text + digits);
    int64_t seconds;

    if (digits == 0 || !unit)
        return ajar_fail(err, AJAR_EUSAGE,
                         "\"%s\" is no duration: a number and one of s, m, h, d is (72h)", text);
    /* Eight digits of days are 10^13 seconds: no overflow. */
    seconds = digits <= 8 ? read_number(text, (int)digits) * unit->seconds : INT64_MAX;
    if (seconds < least)
        return ajar_fail(err, AJAR_EUSAGE, "%s is too short: at least %s", text,
                         clock_write_duration(least).at);
    if (seconds > most)
        return ajar_fail(err, AJAR_EUSAGE, "%s is too long: at most %s", text,
                         clock_write_duration(most).at);
    *ret_seconds = seconds;
    return true;
}

struct clock_text clock_write_exact_duration(int64_t seconds)
{
    struct clock_text text = { "" };
    size_t i = 0;

    while (seconds % units[i].seconds != 0)
        i++;
    (void)snprintf(text.at, sizeof(text.at), "%lld%c", (long long)(seconds / units[i].seconds),
                   units[i].letter);
    return text;
}

struct clock_text clock_write_duration(int64_t seconds)
{
    uint64_t left = seconds < 0 ? 0 - (uint64_t)seconds : (uint64_t)seconds;
    struct clock_text text = { "0s" };
    size_t i = 0;
    uint64_t large;
    uint64_t small;

    while (i < LENGTH(units) - 1 && left < (uint64_t)units[i].seconds)
        i++;
    large = left / (uint64_t)units[i].seconds;
    left %= (uint64_t)units[i].seconds;
    small = i + 1 < LENGTH(units) ? left / (uint64_t)units[i + 1].seconds : 0;
    if (small > 0)
        (void)snprintf(text.at, sizeof(text.at), "%llu%c %llu%c", (unsigned long long)large,
                       units[i].letter, (unsigned long long)small, units[i + 1].letter);
    else
        (void)snprintf(text.at, sizeof(text.at), "%llu%c", (unsigned long long)large,
                       units[i].letter);
    return text;
}
