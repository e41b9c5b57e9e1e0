/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The part of a plan that a command is about: all of it, or the sections that the operator named.
 */
#ifndef AJAR_ENGINE_SELECTION_H
#define AJAR_ENGINE_SELECTION_H

#include "model/plan.h"

struct selection {
    const struct ajar_plan *plan; /* the whole */
    struct ajar_plan part;        /* its lists of sections are the selection's, all else is the
                                   * plan's: it is not to be freed */
    bool narrowed;                /* `part` is what somebody named */
};

struct selection_options {
    const char *const *only; /* as ajar_plan_options has it */
    bool checks; /* for a check: requirements, and of the settings those that are named */
};

/* AJAR_EUSAGE for a name that no section has. The plan must outlive it. */
bool selection_make(const struct ajar_plan *plan, const struct selection_options *options,
                    struct selection *ret_selection, struct ajar_error *err);

void selection_release(struct selection *selection);
DEFINE_OWNED_STRUCT(struct selection, selection_release);

#endif
