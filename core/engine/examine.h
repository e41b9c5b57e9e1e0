/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The requirements of a plan, looked at: nothing is changed by it.
 */
#ifndef AJAR_ENGINE_EXAMINE_H
#define AJAR_ENGINE_EXAMINE_H

#include "engine/selection.h"
#include "engine/step.h"
#include "engine/topology.h"
#include "journal/record.h"

/* One requirement on one target. */
struct examination {
    const struct setting *setting; /* belongs to the plan */
    struct requirement_record record;
    bool unasked; /* it is not known for some trouble: nothing was found out at all */
};

struct examinations {
    size_t count;
    struct examination *list; /* in the order of the plan, then by target */
};

/* Looks at all that are selected. What could not be found out is a result, too.
 * AJAR_EINTERRUPTED. */
bool examinations_perform(struct ajar_run *run, const struct topology *topology,
                          const struct selection *selection, struct examinations *ret_examinations,
                          struct ajar_error *err);

/* Those of a window, from its records. */
bool examinations_from_window(const struct journal_window *window, const struct ajar_plan *plan,
                              struct examinations *ret_examinations, struct ajar_error *err);

/* Who went on first, although a requirement did not hold, stays noted while it still does not. */
bool examinations_keep_despite(const struct examinations *old, struct examinations *fresh,
                               struct ajar_error *err);

bool examination_failed(const struct examination *examination);

/* It failed, and one of these changes, on the same target and not yet there when that was seen, is
 * what the plan says it is met by: the name of that setting. NULL otherwise. */
const char *examination_met_by(const struct examination *examination, const struct steps *steps);

void examinations_release(struct examinations *examinations);
DEFINE_OWNED_STRUCT(struct examinations, examinations_release);

#endif
