/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The shipped plans that the knowledge names, and what --set says of each. One command line serves
 * them all: a plan takes the values that it has a parameter for.
 */
#ifndef AJAR_CMD_NAMED_PLANS_H
#define AJAR_CMD_NAMED_PLANS_H

#include <ajar/diagnose.h>

struct named_plan {
    const char *name;          /* the knowledge's */
    struct ajar_plan *outline; /* for its parameters */
    const char **sets;         /* of --set, what it takes; ends with NULL */
    size_t set_count;
};

struct named_plans {
    size_t count;
    struct named_plan *list;
};

struct named_plans_source {
    const struct ajar_knowledge *knowledge;
    const char *folder;      /* of the shipped plans */
    const char *const *sets; /* --set, ends with NULL; may be NULL */
};

/* AJAR_EUSAGE for a value that no plan has a parameter for. `ret_plans` is to be released. */
bool named_plans_read(const struct named_plans_source *source, struct named_plans *ret_plans,
                      struct ajar_error *err);
void named_plans_release(struct named_plans *plans);

/* NULL when no cause bears on it. */
const struct named_plan *named_plans_find(const struct named_plans *plans, const char *name);

/* The first parameter from `*at` on that has neither a default nor a value, NULL behind the last
 * one; `*at` begins with 0. */
const char *named_plan_missing(const struct named_plan *plan, size_t *at);

#endif
