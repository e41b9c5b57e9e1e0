/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rules of the house, [policy] of the configuration, acting. They are about opening: nothing
 * of this keeps anybody from closing a window (rollback, close-due, resume of a rollback).
 *
 * Each refusal is AJAR_EPOLICY and names the rule, its value and where it stands.
 */
#ifndef AJAR_ENGINE_GUARD_H
#define AJAR_ENGINE_GUARD_H

#include "engine/outcome.h"

/* longest-window: may a window be so long, from its opening to its end? */
bool guard_check_length(const struct ajar_run *run, int64_t seconds, struct ajar_error *err);

/* ticket: `ticket` may be NULL. */
bool guard_check_ticket(const struct ajar_run *run, const char *ticket, struct ajar_error *err);

/* never-touch: no step is on a host or domain that is named there, nor on one below it: a domain
 * stands for all of its hosts and the domains under it. Requirements only look, and may.
 * The names in the plan itself are known before anybody is asked; the hosts of a role, once the
 * steps are. */
bool guard_check_plan(const struct ajar_run *run, const struct ajar_plan *plan,
                      enum ajar_toward toward, struct ajar_error *err);
bool guard_check_steps(const struct ajar_run *run, const struct steps *steps,
                       bool (*counts)(const struct step *step), struct ajar_error *err);

/* How many people besides the operator must have approved of the plan, and which rule says so. */
struct guard_demand {
    unsigned approvals;
    char rule[512]; /* policy "approvals = 2" (ajar.ini:12); "" when none are needed */
};
struct guard_demand guard_demand(const struct ajar_run *run, const struct ajar_plan *plan);

/* Says in a report of ajar_plan() what the rules would do about an apply. */
bool guard_tell(struct ajar_report *report, const struct window *window,
                const struct ajar_plan *plan, struct ajar_error *err);

#endif
