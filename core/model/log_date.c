/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/log_date.h"

#include <string.h>

#define DAY_SECONDS 86400

struct cursor {
    const char *at;
    const char *end;
};

/* A number of one to `most` digits; -1 when there is none, or more digits follow. */
static int take_number(struct cursor *c, int most)
{
    int value = 0;
    int digits = 0;

    while (c->at < c->end && *c->at >= '0' && *c->at <= '9') {
        if (digits++ == most)
            return -1;
        value = value * 10 + (*c->at++ - '0');
    }
    return digits > 0 ? value : -1;
}

static bool take_byte(struct cursor *c, char byte)
{
    if (c->at == c->end || *c->at != byte)
        return false;
    c->at++;
    return true;
}

static bool take_bytes(struct cursor *c, const char *bytes)
{
    size_t size = strlen(bytes);

    if ((size_t)(c->end - c->at) < size || memcmp(c->at, bytes, size) != 0)
        return false;
    c->at += size;
    return true;
}

/* A no-break space, also the narrow one, is what some languages put before AM and PM. */
static bool take_blank(struct cursor *c)
{
    return take_byte(c, ' ') || take_byte(c, '\t') || take_bytes(c, "\xc2\xa0") ||
           take_bytes(c, "\xe2\x80\xaf");
}

static bool take_blanks(struct cursor *c)
{
    bool any = false;

    while (take_blank(c))
        any = true;
    return any;
}

/* Days since 1970-01-01 (H. Hinnant's civil calendar: years begin in March). */
static int64_t count_days(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = y / 400;
    int64_t of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static bool is_date(int year, int month, int day)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return year >= 1970 && month >= 1 && month <= 12 && day >= 1 &&
           day <= days[month - 1] + (leap && month == 2 ? 1 : 0);
}

static int64_t place(int year, int month, int day)
{
    return is_date(year, month, day) ? count_days(year, month, day) * DAY_SECONDS : LOG_NO_TIME;
}

/* "11-21" after "2026-", with blanks behind dots. */
static bool take_rest_of_year_first(struct cursor *c, int year, char separator,
                                    struct log_date *date)
{
    bool dotted = separator == '.';
    int month;
    int day;

    if (dotted)
        (void)take_blanks(c);
    month = take_number(c, 2);
    if (month < 0 || !take_byte(c, separator))
        return false;
    if (dotted)
        (void)take_blanks(c);
    day = take_number(c, 2);
    if (dotted)
        (void)take_byte(c, '.');
    date->form = LOG_YEAR_FIRST;
    date->wall[LOG_DAY_FIRST] = place(year, month, day);
    date->wall[LOG_MONTH_FIRST] = date->wall[LOG_DAY_FIRST];
    return day > 0;
}

/* "11/2026" after "21/". */
static bool take_rest_of_year_last(struct cursor *c, int first, char separator,
                                   struct log_date *date)
{
    bool dotted = separator == '.';
    int second;
    int year;

    if (dotted)
        (void)take_blanks(c);
    second = take_number(c, 2);
    if (second < 0 || !take_byte(c, separator))
        return false;
    if (dotted)
        (void)take_blanks(c);
    year = take_number(c, 4);
    if (year >= 0 && year < 100)
        year += 2000;
    if (dotted)
        (void)take_byte(c, '.');
    date->form = dotted ? LOG_DOTTED : separator == '/' ? LOG_SLASHED : LOG_DASHED;
    date->wall[LOG_DAY_FIRST] = place(year, second, first);
    date->wall[LOG_MONTH_FIRST] = dotted ? date->wall[LOG_DAY_FIRST] : place(year, first, second);
    return year > 0;
}

static bool take_date(struct cursor *c, struct log_date *date)
{
    const char *begin = c->at;
    int first = take_number(c, 4);
    bool year_first = c->at - begin == 4;
    char separator = c->at < c->end ? *c->at : '\0';

    if (first < 0 || separator == '\0' || !strchr("-/.", separator))
        return false;
    c->at++;
    if (year_first)
        return take_rest_of_year_first(c, first, separator, date);
    return first <= 31 && take_rest_of_year_last(c, first, separator, date);
}

/* "AM", "pm", "a.m.", "p. m."; 0 for the morning, 12 for the evening, -1 for none. */
static int take_half_of_day(struct cursor *c)
{
    struct cursor ahead = *c;
    int hours;

    (void)take_blanks(&ahead);
    if (take_byte(&ahead, 'A') || take_byte(&ahead, 'a'))
        hours = 0;
    else if (take_byte(&ahead, 'P') || take_byte(&ahead, 'p'))
        hours = 12;
    else
        return -1;
    if (take_byte(&ahead, '.'))
        (void)take_blanks(&ahead);
    if (!take_byte(&ahead, 'M') && !take_byte(&ahead, 'm'))
        return -1;
    (void)take_byte(&ahead, '.');
    if (ahead.at < ahead.end && ((*ahead.at | 0x20) >= 'a' && (*ahead.at | 0x20) <= 'z'))
        return -1;
    *c = ahead;
    return hours;
}

/* "08:15:00", "8.15.00", "8:15 PM", "08:15:00.123": seconds of the day, or -1. */
static int take_time(struct cursor *c)
{
    int hour = take_number(c, 2);
    char separator = c->at < c->end && *c->at == '.' ? '.' : ':';
    int minute = hour >= 0 && take_byte(c, separator) ? take_number(c, 2) : -1;
    int second = 0;
    int half;

    if (minute >= 0 && take_byte(c, separator))
        second = take_number(c, 2);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
        return -1;
    if (take_byte(c, '.') || take_byte(c, ',')) {
        if (take_number(c, 9) < 0)
            c->at--;
    }
    half = take_half_of_day(c);
    if (half >= 0 && hour >= 1 && hour <= 12)
        hour = hour % 12 + half;
    return hour * 3600 + minute * 60 + second;
}

static void keep_text(struct log_date *date, const char *at, size_t size)
{
    size_t most = sizeof(date->text) - 1;
    size_t used = 0;

    for (size_t i = 0; i < size && used < most; i++) {
        char byte = at[i];

        if (byte == '\t')
            byte = ' ';
        if (byte != ' ' || used == 0 || date->text[used - 1] != ' ')
            date->text[used++] = byte;
    }
    /* Never half of a no-break space. */
    while (used > 0 && (date->text[used - 1] & 0x80))
        used--;
    date->text[used] = '\0';
}

size_t log_date_read(const char *line, size_t size, struct log_date *ret_date)
{
    struct cursor c = { line, line + size };
    struct log_date date = { .known = true };
    const char *begin;
    int seconds;

    (void)take_bytes(&c, "\xef\xbb\xbf");
    (void)take_blanks(&c);
    (void)take_byte(&c, '[');
    begin = c.at;
    if (!take_date(&c, &date))
        return 0;
    (void)take_byte(&c, ',');
    if (!take_byte(&c, 'T') && !take_blanks(&c))
        return 0;
    seconds = take_time(&c);
    if (seconds < 0 || (date.wall[0] == LOG_NO_TIME && date.wall[1] == LOG_NO_TIME))
        return 0;
    for (int i = 0; i < LOG_ORDERS; i++)
        date.wall[i] += date.wall[i] == LOG_NO_TIME ? 0 : seconds;
    date.both = date.wall[0] != LOG_NO_TIME && date.wall[1] != LOG_NO_TIME;
    keep_text(&date, begin, (size_t)(c.at - begin));
    (void)take_byte(&c, ']');
    (void)take_blanks(&c);
    *ret_date = date;
    return (size_t)(c.at - line);
}
