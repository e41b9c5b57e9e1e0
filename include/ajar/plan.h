/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A plan file, read and resolved: `use` followed, parameters filled in, every section checked.
 */
#ifndef AJAR_PLAN_H
#define AJAR_PLAN_H

#include <ajar/error.h>

#include <stddef.h>
#include <stdint.h>

struct ajar_plan;

struct ajar_plan_source {
    const char *path;        /* a file, or the bare name of a shipped plan */
    const char *folder;      /* where shipped plans are; may be NULL */
    const char *const *sets; /* "NAME=VALUE", ends with NULL; may be NULL */
    bool outline;            /* for its parameters alone: nothing is set, filled in or judged, and
                              * the plan is good for nothing else */
};

struct ajar_parameter {
    char *name;
    char *about; /* NULL when the plan says nothing */
    char *value; /* NULL: not given */
};

/* Every mistake is AJAR_EPLAN, "file:line: what is wrong, what would be right"; in `sets`,
 * AJAR_EUSAGE. `ret_plan` is to be freed. */
bool ajar_plan_load(const struct ajar_plan_source *source, struct ajar_plan **ret_plan,
                    struct ajar_error *err);
void ajar_plan_free(struct ajar_plan *plan);

/* These belong to the plan. */
const char *ajar_plan_name(const struct ajar_plan *plan);
const char *ajar_plan_title(const struct ajar_plan *plan);      /* the name when it has none */
const char *ajar_plan_reference(const struct ajar_plan *plan);  /* NULL when it has none */
int64_t ajar_plan_longest_window(const struct ajar_plan *plan); /* seconds; 0: no bound */
bool ajar_plan_permanent(const struct ajar_plan *plan);         /* a repair: what it sets stays */

/* The sections, in the order of the files: settings, then requirements, then steps of people. */
enum ajar_section_role { AJAR_SECTION_SETTING, AJAR_SECTION_REQUIREMENT, AJAR_SECTION_STEP };
struct ajar_section {
    enum ajar_section_role role;
    const char *kind; /* "registry", "require", "manual" */
    const char *name;
};
size_t ajar_plan_sections(const struct ajar_plan *plan);
struct ajar_section ajar_plan_section(const struct ajar_plan *plan, size_t index);
size_t ajar_plan_parameters(const struct ajar_plan *plan, const struct ajar_parameter **ret_list);

#endif
