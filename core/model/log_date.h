/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The date and time at the begin of a line of a log, in the forms that the languages of Windows
 * give them: "2026-11-21 08:15:00", "21.11.2026 8:15:00", "11/21/2026 8:15:00 AM", "2026. 11. 21.
 * 08:15:00". Whether 11/12 is in November or in December one line cannot say: both are kept, and
 * the whole log decides.
 */
#ifndef AJAR_MODEL_LOG_DATE_H
#define AJAR_MODEL_LOG_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How dates are to be read. */
enum log_order {
    LOG_DAY_FIRST,
    LOG_MONTH_FIRST,
};
#define LOG_ORDERS 2

enum log_date_form {
    LOG_YEAR_FIRST, /* 2026-11-21, 2026/11/21, 2026.11.21, 2026. 11. 21. */
    LOG_DOTTED,     /* 21.11.2026: the day is first */
    LOG_SLASHED,    /* 21/11/2026 or 11/21/2026 */
    LOG_DASHED,     /* 21-11-2026 or 11-21-2026 */
};

/* Not where no calendar has such a date. */
#define LOG_NO_TIME INT64_MIN

struct log_date {
    bool known;
    bool both; /* each order gives a date */
    enum log_date_form form;
    int64_t wall[LOG_ORDERS]; /* seconds since 1970 as if it were UTC; the same in each order where
                               * the form tells */
    char text[40];            /* as it stands there, with one blank for several and for a tab */
};

/* Reads it; how many bytes it takes, with the blanks around it, 0 when there is none (`ret_date` is
 * untouched then). */
size_t log_date_read(const char *line, size_t size, struct log_date *ret_date);

#endif
