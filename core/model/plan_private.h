/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of a plan share, and nobody else sees: plan_file.c reads sections, plan_resolve.c
 * fills in their parameters and judges them.
 */
#ifndef AJAR_MODEL_PLAN_PRIVATE_H
#define AJAR_MODEL_PLAN_PRIVATE_H

#include "model/plan.h"

/* The row of a kind, or NULL. */
const struct plan_kind *plan_find_kind(const struct plan_kind *kinds, const char *name);

/* Replaces each text of the section by what it says with the parameters filled in, and judges
 * it. */
bool plan_resolve_section(const struct ajar_plan *plan, const struct plan_kind *kinds,
                          struct setting *setting, struct ajar_error *err);

/* Judges a section whose texts are filled in: its fields, its place, and what its kind says. */
bool plan_judge_section(const struct plan_kind *kinds, struct setting *setting,
                        struct ajar_error *err);

#endif
