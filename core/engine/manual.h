/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The steps of a plan that only a person can do: [manual NAME]. ajar asks, and notes who said that
 * one was done, and when.
 */
#ifndef AJAR_ENGINE_MANUAL_H
#define AJAR_ENGINE_MANUAL_H

#include "engine/run.h"
#include "journal/journal.h"
#include "model/plan.h"

struct manual {
    const struct setting *setting; /* belongs to the plan */
    struct manual_record record;
};

struct manuals {
    size_t count;
    struct manual *list; /* by the moment that they are due, then in the order of the plan */
};

/* When a step is due, as bits. */
enum {
    MANUAL_BEFORE = 1 << 0,  /* ahead of the first change */
    MANUAL_AFTER = 1 << 1,   /* once the window is open */
    MANUAL_CLOSING = 1 << 2, /* once it is closed */
};

/* All steps of the plan, as the window's records know them; nobody has confirmed one that has no
 * record. `window` may be NULL. */
bool manuals_from_plan(const struct ajar_plan *plan, const struct journal_window *window,
                       struct manuals *ret_manuals, struct ajar_error *err);

/* Confirms the steps that are due at `moments` and not confirmed yet: those in `names` (ends with
 * NULL; the word "all" is all; NULL is none), and those of which the operator says so. */
bool manuals_confirm(struct ajar_run *run, struct manuals *manuals, unsigned moments,
                     const char *const *names, size_t *ret_confirmed, struct ajar_error *err);

/* AJAR_EUSAGE for a name in `names` that no step has. */
bool manuals_check_names(const struct ajar_plan *plan, const char *const *names,
                         struct ajar_error *err);

/* Is it due at one of these moments, and not confirmed? */
bool manual_is_due(const struct manual *manual, unsigned moments);

/* Is `name` in `names`, or "all"? */
bool names_hold(const char *const *names, const char *name);

void manuals_release(struct manuals *manuals);
DEFINE_OWNED_STRUCT(struct manuals, manuals_release);

#endif
