/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A text of the knowledge with placeholders, "Failed to copy the password for {account}. A strong
 * ...", and where it stands in a line. The case of ASCII letters and the length of runs of blanks
 * do not matter, and it may stand anywhere in the line; a text that begins or ends with a digit
 * does not fit into a longer number. A placeholder ends where the text behind it stands first:
 *
 *     {account}   anything; what it stands for is the affected account
 *     {host}      letters, digits, ".", "-", "_", "\"
 *     {domain}    the same
 *     {number}    digits, or 0x and hexadecimal digits, with a sign or without
 *     {any}       anything, also nothing
 */
#ifndef AJAR_MODEL_LOG_PATTERN_H
#define AJAR_MODEL_LOG_PATTERN_H

#include <ajar/error.h>

#include "base/cleanup.h"
#include "model/log_line.h"

enum log_place {
    LOG_LITERAL,
    LOG_ACCOUNT,
    LOG_HOST,
    LOG_DOMAIN,
    LOG_NUMBER,
    LOG_ANY,
};

struct log_piece {
    enum log_place place;
    char *literal; /* LOG_LITERAL: lower case, one blank for each run of them */
    size_t size;
    size_t rarest; /* of its bytes: the one to look for first */
};

struct log_pattern {
    size_t count;
    struct log_piece *pieces;
    size_t weight; /* the bytes of its literals: how exact it is */
};

/* From this byte of a folded line on, so many bytes of the line have no place in it. */
struct log_gap {
    uint16_t at;
    uint16_t left_out;
};

/* A line made ready to look for many patterns in it. */
struct log_folded {
    size_t size;
    size_t gap_count;
    char text[LOG_LINE_CEILING]; /* lower case, one blank for each run of them */
    struct log_gap gaps[LOG_LINE_CEILING];
};

/* A part of a line; `at` NULL: none. */
struct log_span {
    const char *at;
    size_t size;
};

/* Fewer letters than this between two placeholders would fit anywhere. */
#define LOG_PATTERN_LEAST 4

/* AJAR_EPLAN, without a file and line, for a placeholder that is not known, two of them with
 * nothing in between, {account} twice, and texts without LOG_PATTERN_LEAST bytes in one piece. */
bool log_pattern_read(const char *text, struct log_pattern *ret_pattern, struct ajar_error *err);

void log_line_fold(const struct log_line *line, struct log_folded *ret_folded);

/* Does it stand in the line, and for which account? `*ret_account` is of the line itself. */
bool log_pattern_match(const struct log_pattern *pattern, const struct log_line *line,
                       const struct log_folded *folded, struct log_span *ret_account);

void log_pattern_release(struct log_pattern *pattern);
DEFINE_OWNED_STRUCT(struct log_pattern, log_pattern_release);

/* Does the word stand as a cell of its own: between tabs, commas, quotes or runs of blanks, or
 * behind "Status :"? `*ret_account` is a cell of the same row that looks like an account, or none.
 */
bool log_cell_match(const char *word, const struct log_line *line, struct log_span *ret_account);

#endif
