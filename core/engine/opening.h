/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Opening the steps of a window that are not open yet: for apply, and for resume.
 *
 * A baseline that is known is never read again; one that could not be read before is read now, and
 * committed before its write.
 */
#ifndef AJAR_ENGINE_OPENING_H
#define AJAR_ENGINE_OPENING_H

#include "engine/window.h"

/* Still to be opened: intended, failed, unknown, or in conflict. */
bool opening_is_due(const struct step *step);

/* Takes the live state for the baseline where there is none, and sets the action. */
bool opening_take_baseline(struct step *step, struct ajar_error *err);

/* Actions follow a change: where the plan changes nothing, they have nothing to do either. */
bool opening_spare_actions(struct window *window, struct ajar_error *err);

/* Will it be written, as it was read? */
bool opening_writes(const struct step *step);

/* Watches what fails by this policy. The steps were observed. */
bool opening_watch_failures(struct window *window, const struct ajar_failure_policy *policy,
                            struct ajar_error *err);

/* After the steps that are due were observed: settles what needs no write, commits all baselines
 * in one event (`kind`, `subject`, and `plan_text` for a new window), writes, and commits what the
 * window is then. When too much of it failed, what this run did may be put back: the window is
 * closed, when it is new. */
bool opening_perform(struct window *window, enum journal_event_kind kind, const char *subject,
                     const char *plan_text, struct ajar_error *err);

/* Nothing is left to open. A run that was killed behind its last outcome did not say so yet: then
 * what the window is is committed now. */
bool opening_conclude(struct window *window, struct ajar_error *err);

#endif
