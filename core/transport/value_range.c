/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/value_range.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

static const char option[] = "range=";

/* Moves `*at` behind a decimal number below 2^31; false when there is none. */
static bool read_number(const char **at, size_t *ret_number)
{
    size_t number = 0;
    const char *digit = *at;

    for (; *digit >= '0' && *digit <= '9'; digit++) {
        number = number * 10 + (size_t)(*digit - '0');
        if (number > INT32_MAX)
            return false;
    }
    if (digit == *at)
        return false;
    *at = digit;
    *ret_number = number;
    return true;
}

/* "0-1499" or "1500-*", up to the next option. */
static bool read_range(const char *at, struct value_range *range)
{
    if (!read_number(&at, &range->low) || *at++ != '-')
        return false;
    range->is_last = *at == '*';
    if (range->is_last)
        at++;
    else if (!read_number(&at, &range->high) || range->high < range->low)
        return false;
    return *at == '\0' || *at == ';';
}

bool value_range_parse(const char *description, struct value_range *ret_range)
{
    struct value_range range = { .name_size = strcspn(description, ";"), .is_last = true };

    for (const char *at = strchr(description, ';'); at; at = strchr(at, ';')) {
        at++;
        if (strncasecmp(at, option, sizeof(option) - 1) != 0)
            continue;
        if (!read_range(at + sizeof(option) - 1, &range))
            return false;
    }
    *ret_range = range;
    return true;
}
