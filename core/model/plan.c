/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/plan.h"

#include <string.h>

const char *ajar_plan_name(const struct ajar_plan *plan)
{
    return plan->name;
}

const char *ajar_plan_title(const struct ajar_plan *plan)
{
    return plan->title ? plan->title : plan->name;
}

const char *ajar_plan_reference(const struct ajar_plan *plan)
{
    return plan->reference;
}

int64_t ajar_plan_longest_window(const struct ajar_plan *plan)
{
    return plan->longest_window;
}

bool ajar_plan_permanent(const struct ajar_plan *plan)
{
    return plan->permanent;
}

size_t ajar_plan_parameters(const struct ajar_plan *plan, const struct ajar_parameter **ret_list)
{
    *ret_list = plan->parameters.list;
    return plan->parameters.count;
}

size_t ajar_plan_sections(const struct ajar_plan *plan)
{
    size_t count = 0;

    for (int role = 0; role < PLAN_ROLES; role++)
        count += plan->sections[role].count;
    return count;
}

struct ajar_section ajar_plan_section(const struct ajar_plan *plan, size_t index)
{
    static const enum ajar_section_role roles[PLAN_ROLES] = {
        [PLAN_SETTING] = AJAR_SECTION_SETTING,
        [PLAN_REQUIREMENT] = AJAR_SECTION_REQUIREMENT,
        [PLAN_MANUAL] = AJAR_SECTION_STEP,
    };
    int role = 0;

    while (index >= plan->sections[role].count)
        index -= plan->sections[role++].count;
    return (struct ajar_section){
        .role = roles[role],
        .kind = setting_kind(&plan->sections[role].list[index]),
        .name = setting_name(&plan->sections[role].list[index]),
    };
}

const struct setting *plan_section(const struct ajar_plan *plan, enum plan_role role,
                                   const char *kind, const char *name)
{
    const struct setting_list *sections = &plan->sections[role];

    for (size_t i = 0; i < sections->count; i++) {
        if (strcmp(setting_kind(&sections->list[i]), kind) == 0 &&
            strcmp(setting_name(&sections->list[i]), name) == 0)
            return &sections->list[i];
    }
    return NULL;
}

const struct setting *plan_setting(const struct ajar_plan *plan, const char *kind, const char *name)
{
    return plan_section(plan, PLAN_SETTING, kind, name);
}

const char *setting_takes_effect(const struct setting *setting)
{
    const char *effect = setting_value(setting, "takes-effect");

    return effect ? effect : "at once";
}

void ajar_plan_free(struct ajar_plan *plan)
{
    if (!plan)
        return;
    for (size_t i = 0; i < plan->file_count; i++)
        ini_free(plan->files[i]);
    free(plan->files);
    parameters_release(&plan->parameters);
    for (int role = 0; role < PLAN_ROLES; role++)
        free(plan->sections[role].list);
    free(plan->name);
    free(plan->title);
    free(plan->reference);
    free(plan);
}
