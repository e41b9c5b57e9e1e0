/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The canned changes of the stand-in for the engine. A report made here is freed by
 * ajar_report_free().
 */
#ifndef AJAR_TEST_CLI_FAKE_REPORT_H
#define AJAR_TEST_CLI_FAKE_REPORT_H

#include <ajar/window.h>

enum { ALL_CHANGES = 7 };

/* `count` windows with room for all changes, and none yet. */
struct ajar_report *new_report(size_t count);

/* The changes of a scenario, as a plan finds them. */
void fill_changes(struct ajar_window *window, const char *scenario);

/* A requirement of each result, and a step for people of each moment, one of them confirmed. In the
 * scenario "clean" all requirements hold. */
void fill_notes(struct ajar_window *window, const char *scenario);

/* One approval that counts and one that does not. */
bool fill_approvals(struct ajar_window *window);

/* Who opened it, why and until when. */
void tell_window(struct ajar_window *window, const char *id, const char *state);

/* What becomes of the changes: opened (with each trouble when all are there), or put back. */
void open_changes(struct ajar_window *window);
void close_changes(struct ajar_window *window, bool conflict);

/* Of a saved plan whose changes moved ("stale"), or could not be read. */
void tell_moved(struct ajar_report *report, const char *scenario);

/* Gives it a later end: by bob on admin2. */
void extend_window(struct ajar_window *window, int64_t until, const char *reason);

/* Two changes could not be put back: one is tried again, one is in conflict. */
void owe_changes(struct ajar_window *window);

/* The exit status (that of the scenario "exit-N", if it is one) and the journal. */
void finish(struct ajar_report *report, const char *scenario, enum ajar_exit status);

#endif
