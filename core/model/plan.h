/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A plan inside: its settings after `use`, [skip] and parameters. The kinds of settings come from
 * above (the catalog of providers), as a table.
 */
#ifndef AJAR_MODEL_PLAN_H
#define AJAR_MODEL_PLAN_H

#include <ajar/plan.h>

#include "model/parameters.h"
#include "model/setting.h"

/* What the sections of a kind are. */
enum plan_role {
    PLAN_SETTING,     /* opened and closed */
    PLAN_REQUIREMENT, /* only looked at: [require NAME] */
    PLAN_MANUAL,      /* done by a person: [manual NAME] */
    PLAN_ROLES,
};

/* What a plan must know of a kind to read its sections. */
struct plan_kind {
    const char *kind;
    enum plan_role role;
    const struct field_rule *fields; /* besides those of each role (plan_resolve.c); NULL: none */
    bool on_domain;                  /* its settings are on a domain; otherwise on hosts */
    bool (*check)(const struct setting *setting, struct ajar_error *err);

    /* NULL, unless the fields and the places depend on the section: then this says them (`places`:
     * bits, 1 << enum place), or fails with "file:line:". */
    bool (*sort)(const struct setting *setting, const struct field_rule **ret_fields,
                 unsigned *ret_places, struct ajar_error *err);
};

struct setting_list {
    size_t count;
    struct setting *list;
};

struct ajar_plan {
    char *name;
    char *title;     /* NULL when there is none */
    char *reference; /* NULL when there is none */
    int64_t longest_window;
    unsigned approvals; /* how many an apply needs, whatever the house asks for */
    bool permanent;     /* what it sets stays: a repair */
    bool toward_closed; /* a recorded plan that brought settings to their safe state */
    struct setting_list sections[PLAN_ROLES]; /* by role, in the order of the files */
    struct parameters parameters;
    size_t file_count;
    struct ini **files; /* own the sections of the settings, and their names in messages */
};

/* Reads a plan file with all that it uses. `kinds` ends with { 0 }. */
bool plan_read(const struct ajar_plan_source *source, const struct plan_kind *kinds,
               struct ajar_plan **ret_plan, struct ajar_error *err);

/* The resolved plan as text for the journal, and back. `file` is the name for messages. */
bool plan_to_record(const struct ajar_plan *plan, bool toward_closed, char **ret_text,
                    struct ajar_error *err);
bool plan_from_record(const char *file, const char *text, const struct plan_kind *kinds,
                      struct ajar_plan **ret_plan, struct ajar_error *err);

/* Is `recorded` the record of the plan that `text` is one of? A journal of before does not know the
 * plan's longest window: that is no difference. */
bool plan_is_same_record(const char *recorded, const char *text);

/* The settings alone. */
static inline const struct setting_list *plan_settings(const struct ajar_plan *plan)
{
    return &plan->sections[PLAN_SETTING];
}

/* The section of this role, kind and name, or NULL. */
const struct setting *plan_section(const struct ajar_plan *plan, enum plan_role role,
                                   const char *kind, const char *name);

/* The setting of this kind and name, or NULL. */
const struct setting *plan_setting(const struct ajar_plan *plan, const char *kind,
                                   const char *name);

/* "at once" when the setting does not say. */
const char *setting_takes_effect(const struct setting *setting);

DEFINE_OWNED(struct ajar_plan *, ajar_plan_free);

#endif
