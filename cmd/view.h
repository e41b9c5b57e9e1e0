/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reports as people read them. The pieces first, then one function a screen.
 */
#ifndef AJAR_CMD_VIEW_H
#define AJAR_CMD_VIEW_H

#include "screen.h"

#include <ajar/plan.h>
#include <ajar/saved.h>

/* Which way a change goes. */
enum direction {
    OPENING, /* before → wanted */
    CLOSING, /* now → before */
};

/* The way that a window goes: CLOSING from its rollback on. */
enum direction view_direction(const struct ajar_window *window);

/* Is `word` (which may be NULL) this one? */
bool view_same(const char *word, const char *other);

/* It has no end, and has done what it was for: nothing of it is open. */
bool view_is_done(const struct ajar_window *window);

bool view_is_conflict(const struct ajar_change *change);

/* Nobody could read it in this run. */
bool view_is_unread(const struct ajar_change *change);

/* The window has nothing to put back: what was found is what is wanted. */
bool view_is_unmoved(const struct ajar_change *change);

/* How changes are shown. */
struct view_style {
    enum direction direction;
    bool reasons; /* a plan: what it acts on, why, risk and reference, for who has to judge it */
    bool states;  /* a result: what became of it */
};

/* Each change with its sign and phrases, grouped by target. */
void view_changes(struct sink *sink, const struct ajar_window *window,
                  const struct view_style *style);

/* What is stored but not yet in effect; prints nothing when there is none. */
void view_waiting(struct sink *sink, const struct ajar_window *window);

/* "2026-11-21T08:00:00Z (in 3 days)" */
#define VIEW_TIME_SIZE 64
void view_time(int64_t time, char ret_text[VIEW_TIME_SIZE]);

/* "2 applied, 1 unknown" */
#define VIEW_COUNTS_SIZE 160
void view_counts(const struct ajar_change_counts *counts, char ret_text[VIEW_COUNTS_SIZE]);

/* Each later end that the window was given: until when, by whom, when and why. */
void view_extensions(struct sink *sink, const struct ajar_window *window, size_t indent);

/* The last of them, which there is: from when to when, and why. */
void view_last_extension(struct sink *sink, const struct ajar_window *window);

/* Since when a change is owed, how often it was tried, and what comes next; nothing when it is not
 * owed. */
void view_debt(struct sink *sink, size_t indent, const struct ajar_change *change);

/* The commands that come next for this window. */
void view_next_steps(struct sink *sink, const struct ajar_window *window);

/* "    label   text", nothing when the text is NULL. */
void view_fact(struct sink *sink, size_t indent, const char *label, const char *text);

/* "journal: 41 entries, head 3f2a9c1"; nothing where there is no journal. */
void view_journal(struct sink *sink, const struct ajar_report *report);

/* How many changes of a plan need what. */
struct view_tally {
    size_t create;
    size_t modify;
    size_t remove;
    size_t unchanged;
    size_t unreachable;
    size_t conflict;
};
struct view_tally view_tally(const struct ajar_window *window);

/* Requirements, one a line; not `all`: those that do not hold, and how many do. */
void view_requirements(struct sink *sink, const struct ajar_window *window, bool all);

/* Who approved, and whose approval does not count. */
void view_approvals(struct sink *sink, const struct ajar_window *window);

/* The steps for people. */
enum view_steps {
    STEPS_ALL,   /* each with what to do and why */
    STEPS_DUE,   /* the same, of those that are due now and that nobody has confirmed */
    STEPS_NAMED, /* of these the names alone */
};
void view_manuals(struct sink *sink, const struct ajar_window *window, enum view_steps steps);
void view_manual(struct sink *sink, const struct ajar_manual *manual);

/* "Plan NAME: title (reference)" and an empty line. */
void view_plan_title(struct sink *sink, const char *what, const struct ajar_plan *plan);

/* What apply does when a write fails, and which hosts go first. */
void view_failure_policy(struct sink *sink, const struct ajar_report *report);

void view_check(struct sink *sink, const struct ajar_plan *plan, const struct ajar_report *report);
void view_audit(struct sink *sink, const struct ajar_plan *plan, const struct ajar_report *report);
void view_plan(struct sink *sink, const struct ajar_plan *plan, const struct ajar_report *report);
void view_summary(struct sink *sink, const struct ajar_window *window, enum direction direction);
void view_outcome(struct sink *sink, const struct ajar_report *report);
void view_status(struct sink *sink, const struct ajar_report *report, bool live);
void view_extended(struct sink *sink, const struct ajar_report *report);
void view_close_due(struct sink *sink, const struct ajar_report *report);
void view_story(struct sink *sink, const struct ajar_report *report);

/* A saved plan: where it went, who made it, what is in it, and what is not any more what it was (or
 * could not be read) when it was to be applied. */
void view_saved_place(struct sink *sink, const struct ajar_report *report);
void view_saved_about(struct sink *sink, const struct ajar_saved_about *about);
void view_saved(struct sink *sink, const struct ajar_saved *saved,
                const struct ajar_report *report);
void view_saved_moved(struct sink *sink, const struct ajar_window *window);

#endif
