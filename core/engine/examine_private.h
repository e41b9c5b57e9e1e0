/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of examinations share: examine.c looks, examine_object.c says where to look for
 * requirements that are about one object.
 */
#ifndef AJAR_ENGINE_EXAMINE_PRIVATE_H
#define AJAR_ENGINE_EXAMINE_PRIVATE_H

#include "engine/examine.h"
#include "provider/requirement.h"

/* Adds one without a result. */
bool examinations_append(struct examinations *examinations, const struct setting *setting,
                         const char *target, struct ajar_error *err);

/* Adds one whose targets could not be found, which is its result. */
bool examinations_append_lost(struct ajar_run *run, struct examinations *examinations,
                              const struct setting *setting, const struct ajar_error *lost,
                              struct ajar_error *err);

/* `hint` may be NULL or "". */
bool examination_settle(struct examination *examination, const struct ajar_run *run,
                        enum requirement_result result, const char *reason, const char *hint,
                        struct ajar_error *err);

/* Looks at those that have no result yet. */
bool examinations_look(struct ajar_run *run, const struct selection *selection,
                       struct examinations *examinations, struct ajar_error *err);

/* Asks the domains of the selected requirements which of them has the object. Adds each requirement
 * for its targets in that domain; or, where that cannot be said, once, with the result. */
bool examinations_expand_about(struct ajar_run *run, const struct topology *topology,
                               const struct selection *selection, struct examinations *examinations,
                               struct ajar_error *err);

#endif
