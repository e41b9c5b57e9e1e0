/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/selection.h"

#include "provider/requirement.h"

#include <string.h>

static bool is_named(const char *const *only, const char *name)
{
    for (; only && *only; only++) {
        if (strcmp(*only, name) == 0)
            return true;
    }
    return false;
}

static bool has_section(const struct ajar_plan *plan, enum plan_role role, const char *name)
{
    for (size_t i = 0; i < plan->sections[role].count; i++) {
        if (strcmp(setting_name(&plan->sections[role].list[i]), name) == 0)
            return true;
    }
    return false;
}

static bool check_name(const struct ajar_plan *plan, const char *name, bool checks,
                       struct ajar_error *err)
{
    if (has_section(plan, PLAN_SETTING, name) || has_section(plan, PLAN_REQUIREMENT, name))
        return true;
    if (!has_section(plan, PLAN_MANUAL, name)) {
        (void)ajar_fail(err, AJAR_EUSAGE, "--only %s: the plan has no section of this name", name);
        return ajar_hint(err, "ajar plan shows the plan's sections");
    }
    if (!checks)
        return true;
    (void)ajar_fail(err, AJAR_EUSAGE, "--only %s: that is a step for people", name);
    return ajar_hint(err, "ajar check looks at requirements and settings");
}

static bool is_about_object(const struct setting *section)
{
    return requirement_find(setting_value(section, "check"))->about_object;
}

static bool is_wanted(const struct selection *selection, const struct selection_options *options,
                      enum plan_role role, const struct setting *section)
{
    if (role == PLAN_REQUIREMENT && is_about_object(section) != (options->object != NULL))
        return false;
    if (selection->narrowed)
        return is_named(options->only, setting_name(section));
    return !options->checks || role == PLAN_REQUIREMENT;
}

static bool take(struct selection *selection, const struct selection_options *options,
                 enum plan_role role, struct ajar_error *err)
{
    const struct setting_list *all = &selection->plan->sections[role];
    struct setting_list *chosen = &selection->part.sections[role];

    chosen->list = calloc(all->count + 1, sizeof(*chosen->list));
    if (!chosen->list)
        return ajar_no_memory(err);
    for (size_t i = 0; i < all->count; i++) {
        if (is_wanted(selection, options, role, &all->list[i]))
            chosen->list[chosen->count++] = all->list[i];
    }
    return true;
}

/* Requirements that are about an object; of those that were named, when some were. */
static size_t count_about_object(const struct selection *selection, const char *const *only)
{
    const struct setting_list *all = &selection->plan->sections[PLAN_REQUIREMENT];
    size_t count = 0;

    for (size_t i = 0; i < all->count; i++) {
        if (is_about_object(&all->list[i]) &&
            (!selection->narrowed || is_named(only, setting_name(&all->list[i]))))
            count++;
    }
    return count;
}

static bool check_object(struct selection *selection, const struct selection_options *options,
                         struct ajar_error *err)
{
    size_t count = count_about_object(selection, options->only);

    if (options->object && count == 0) {
        (void)ajar_fail(err, AJAR_EUSAGE, "--object: %s",
                        selection->narrowed
                            ? "none of the requirements that --only names looks at one user"
                            : "the plan has no requirement that looks at one user");
        return ajar_hint(err, "leave it out");
    }
    if (!options->object && count > 0 && selection->narrowed) {
        (void)ajar_fail(err, AJAR_EUSAGE, "--only names a requirement that looks at one user");
        return ajar_hint(err, "say which one: ajar check PLAN --object DN|UPN|NAME");
    }
    selection->object = options->object;
    selection->left_out = options->object ? 0 : count;
    return true;
}

bool selection_make(const struct ajar_plan *plan, const struct selection_options *options,
                    struct selection *ret_selection, struct ajar_error *err)
{
    OWNED(selection_release) struct selection selection = { .plan = plan, .part = *plan };

    memset(selection.part.sections, 0, sizeof(selection.part.sections));
    selection.narrowed = options->only && options->only[0];
    for (const char *const *name = options->only; name && *name; name++) {
        if (!check_name(plan, *name, options->checks, err))
            return false;
    }
    if (!check_object(&selection, options, err))
        return false;
    for (int role = 0; role < PLAN_ROLES; role++) {
        if (!take(&selection, options, (enum plan_role)role, err))
            return false;
    }
    *ret_selection = selection;
    selection = (struct selection){ 0 };
    return true;
}

void selection_release(struct selection *selection)
{
    for (int role = 0; role < PLAN_ROLES; role++)
        free(selection->part.sections[role].list);
    *selection = (struct selection){ 0 };
}
