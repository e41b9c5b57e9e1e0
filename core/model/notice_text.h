/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a notifier reads: one JSON object on one line. Within the format's number members are only
 * added; one that has no value is null. Times are UTC, RFC 3339.
 *
 *     format     "ajar-notice/1"
 *     event      opened, extended, overdue, conflict, failed, undone, partly-closed, closed
 *     message    one line that says it to people
 *     at, by     when this was told, and who ran the command
 *     window, plan, title, state, operator, host, reason, ticket, opened, until, closed, overdue
 *     counts     how many changes are intended, applied, restored, conflict, kept, unknown, failed
 *     problems   target, setting, kind, state and error of each that is not done: at most
 *                NOTICE_PROBLEMS of them; problems_left_out says how many more there are
 *     journal    head and entries, as they are with this event
 */
#ifndef AJAR_MODEL_NOTICE_TEXT_H
#define AJAR_MODEL_NOTICE_TEXT_H

#include <ajar/window.h>

#include "base/cleanup.h"

#define NOTICE_PROBLEMS 100

struct notice_problem {
    const char *target;
    const char *setting;
    const char *kind;
    const char *state;
    const char *error; /* or NULL */
};

/* Texts belong to the caller; those that may be NULL are null then. */
struct notice {
    const char *event;
    const char *message; /* or NULL */
    int64_t at;
    const char *by;
    const char *window;
    const char *plan;
    const char *title;
    const char *state;
    const char *operator_name;
    const char *host;
    const char *reason;
    const char *ticket; /* or NULL */
    int64_t opened;
    int64_t until;  /* 0: none */
    int64_t closed; /* 0: it is not */
    bool overdue;
    struct ajar_change_counts counts;
    size_t problem_count;
    size_t problems_left_out;
    struct notice_problem problems[NOTICE_PROBLEMS];
    const char *journal_head;
    size_t journal_entries;
};

/* To be freed; pure ASCII, with a line feed at its end. */
bool notice_write(const struct notice *notice, char **ret_text, struct ajar_error *err);

#endif
