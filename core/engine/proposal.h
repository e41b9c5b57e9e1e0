/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a plan would do: a window that is in no journal yet, with its steps as they are now. Nothing
 * is recorded or written.
 */
#ifndef AJAR_ENGINE_PROPOSAL_H
#define AJAR_ENGINE_PROPOSAL_H

#include "engine/window.h"

/* A repair is meant to stay: what takes it away is its rollback, and not --close. AJAR_EUSAGE. */
bool proposal_check_direction(const struct ajar_plan *plan, enum ajar_toward toward,
                              struct ajar_error *err);

/* Finds the targets, and makes the steps of what is selected. */
bool proposal_make(struct ajar_run *run, const struct selection *selection, enum ajar_toward toward,
                   struct window *window, struct ajar_error *err);

/* Looks at the requirements and reads every step, `evidence` with the version of what is there, for
 * a plan that is saved, or was. A step that could not be read keeps its trouble. */
bool proposal_read(struct window *window, const struct selection *selection, bool evidence,
                   struct ajar_error *err);

#endif
