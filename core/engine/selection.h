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
    const char *object;           /* what the requirements of `part` are about, or NULL */
    size_t left_out;              /* requirements that are about an object, where none was named */
};

struct selection_options {
    const char *const *only; /* as ajar_plan_options has it */
    bool checks;        /* for a check: requirements, and of the settings those that are named */
    const char *object; /* or NULL */
};

/* Requirements that are about one object are chosen when there is one, and no others then.
 * AJAR_EUSAGE for a name that no section has, or that is not about what is asked. The plan and the
 * options must outlive it. */
bool selection_make(const struct ajar_plan *plan, const struct selection_options *options,
                    struct selection *ret_selection, struct ajar_error *err);

void selection_release(struct selection *selection);
DEFINE_OWNED_STRUCT(struct selection, selection_release);

#endif
