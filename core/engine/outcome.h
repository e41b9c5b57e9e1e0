/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From what the engine knows to what the operator is told: reports, and the exit status that never
 * lies.
 */
#ifndef AJAR_ENGINE_OUTCOME_H
#define AJAR_ENGINE_OUTCOME_H

#include "engine/window.h"

/* A report without windows. */
bool report_new(struct ajar_report **ret_report, struct ajar_error *err);

/* Adds a window with all its steps, as they are now. */
bool report_add(struct ajar_report *report, const struct window *window, struct ajar_error *err);

/* Counts one change. */
void change_counts_add(struct ajar_change_counts *counts, const struct change_record *record);

/* A step of a person; its texts live as long as the report. */
bool report_tell_manual(struct ajar_report *report, const struct manual *manual,
                        struct ajar_manual *ret_manual, struct ajar_error *err);

/* What a write that fails means to this run, and what came of it; nothing unless it is watched. */
bool report_add_failures(struct ajar_report *report, const struct window *window,
                         struct ajar_error *err);

/* Adds an approval to the first window; `trouble` may be NULL. */
bool report_add_approval(struct ajar_report *report, const struct approval_record *approval,
                         const char *trouble, struct ajar_error *err);

/* A line about the journal; false when there is no memory. */
bool report_remark(struct ajar_report *report, const char *line);

/* The head of the journal and its number of entries, and what else is to be known of it. */
bool report_add_journal(struct ajar_report *report, struct ajar_run *run, struct ajar_error *err);

void report_say(struct ajar_report *report, enum ajar_exit exit, const char *summary);

/* Formats a text that lives as long as the report; NULL when there is no memory. */
const char *report_text(struct ajar_report *report, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

DEFINE_OWNED(struct ajar_report *, ajar_report_free);

#endif
