/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Judging: may it begin, is there anything to do, and with which exit status did it end?
 */
#ifndef AJAR_ENGINE_VERDICT_H
#define AJAR_ENGINE_VERDICT_H

#include "engine/outcome.h"

/* False, with the first trouble, when not one of the steps that were asked could be read. */
bool verdict_any_readable(const struct window *window, struct ajar_error *err);

/* A host that is away is worked around; a login that fails, a server that does not protect or does
 * not obey is for a person to mend first: false, with that trouble. */
bool verdict_trustworthy(const struct window *window, struct ajar_error *err);

/* Is anything left to open? */
bool verdict_needs_opening(const struct window *window);

size_t verdict_count_targets(const struct window *window);

/* Shows the window as it would be worked on, and asks. AJAR_EINTERRUPTED when the answer is no. */
bool verdict_confirm(const struct window *window, struct ajar_error *err);

/* The exit status and the line that says why. */
typedef void verdict_judge(struct ajar_report *report, const struct window *window);
void verdict_plan(struct ajar_report *report, const struct window *window);
void verdict_unmet(struct ajar_report *report, const struct window *window);
void verdict_opened(struct ajar_report *report, const struct window *window);
void verdict_extended(struct ajar_report *report, const struct window *window);
void verdict_applied(struct ajar_report *report, const struct window *window);
void verdict_closed(struct ajar_report *report, const struct window *window);

/* The report of a command on one window, judged, with the head of the journal. */
bool verdict_report(const struct window *window, verdict_judge *judge,
                    struct ajar_report **ret_report, struct ajar_error *err);

/* Of all windows in the report: what needs somebody's attention most. */
void verdict_status(struct ajar_report *report);

#endif
