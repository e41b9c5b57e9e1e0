/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a line of a log consists of: its date and time, a sign of severity with a number, and the
 * text. ADMT writes "2026-11-21 08:15:00 WRN1:7557 Failed to copy ...", its dialogs "W1:7557 ...".
 */
#ifndef AJAR_MODEL_LOG_LINE_H
#define AJAR_MODEL_LOG_LINE_H

#include "model/log_date.h"

/* Of a longer line only so many bytes are looked at. */
#define LOG_LINE_CEILING 8192

#define LOG_SIGN_SIZE 16

struct log_line {
    const char *line; /* without its end */
    size_t size;
    struct log_date date; /* not known when the line has none */
    size_t text;          /* where the text behind the date begins */
    bool has_sign;
    bool is_error;            /* ERR, E; otherwise WRN, W */
    unsigned id;              /* 7557 */
    char sign[LOG_SIGN_SIZE]; /* "WRN1:7557" */
    size_t behind_sign;       /* where the text behind the sign begins; `text` without one */
};

/* Judges a line (its '\n' or CRLF may be with it). */
void log_line_read(const char *line, size_t size, struct log_line *ret_line);

/* The text in UTF-8 for people: at most `most` bytes of it (and "..." when it is longer); bytes
 * that are not UTF-8 are read as Windows-1252, `*ret_foreign` (may be NULL) becomes true then;
 * control characters and those that turn the direction of writing become blanks. To be freed; NULL
 * when there is no memory. */
char *log_text_clean(const char *text, size_t size, size_t most, bool *ret_foreign);

#endif
