/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "named_plans.h"

#include <stdlib.h>
#include <string.h>

/* Does "NAME=VALUE" speak of this parameter? */
static bool speaks_of(const char *set, const char *parameter)
{
    size_t size = strlen(parameter);

    return strncmp(set, parameter, size) == 0 && set[size] == '=';
}

static bool takes(const struct named_plan *plan, const char *set)
{
    const struct ajar_parameter *parameters = NULL;
    size_t count = ajar_plan_parameters(plan->outline, &parameters);

    for (size_t i = 0; i < count; i++) {
        if (speaks_of(set, parameters[i].name))
            return true;
    }
    return false;
}

static bool is_set(const struct named_plan *plan, const char *parameter)
{
    for (size_t i = 0; i < plan->set_count; i++) {
        if (speaks_of(plan->sets[i], parameter))
            return true;
    }
    return false;
}

const char *named_plan_missing(const struct named_plan *plan, size_t *at)
{
    const struct ajar_parameter *parameters = NULL;
    size_t count = ajar_plan_parameters(plan->outline, &parameters);

    while (*at < count) {
        const struct ajar_parameter *parameter = &parameters[(*at)++];

        if (!parameter->value && !is_set(plan, parameter->name))
            return parameter->name;
    }
    return NULL;
}

const struct named_plan *named_plans_find(const struct named_plans *plans, const char *name)
{
    for (size_t i = 0; i < plans->count; i++) {
        if (strcmp(plans->list[i].name, name) == 0)
            return &plans->list[i];
    }
    return NULL;
}

static bool take_sets(struct named_plan *plan, const char *const *sets, struct ajar_error *err)
{
    size_t given = 0;

    while (sets && sets[given])
        given++;
    plan->sets = calloc(given + 1, sizeof(*plan->sets));
    if (!plan->sets)
        return ajar_no_memory(err);
    for (size_t i = 0; i < given; i++) {
        if (takes(plan, sets[i]))
            plan->sets[plan->set_count++] = sets[i];
    }
    return true;
}

static bool add_plan(struct named_plans *plans, const struct named_plans_source *source,
                     const char *name, struct ajar_error *err)
{
    struct ajar_plan_source file = { .path = name, .folder = source->folder, .outline = true };
    struct named_plan *more = reallocarray(plans->list, plans->count + 1, sizeof(*more));
    struct named_plan *plan;

    if (!more)
        return ajar_no_memory(err);
    plans->list = more;
    plan = &more[plans->count];
    *plan = (struct named_plan){ .name = name };
    if (!ajar_plan_load(&file, &plan->outline, err))
        return false;
    plans->count++;
    return take_sets(plan, source->sets, err);
}

static bool add_plans_of(struct named_plans *plans, const struct named_plans_source *source,
                         const struct ajar_cause *cause, struct ajar_error *err)
{
    for (size_t i = 0; i < cause->bearing_count; i++) {
        const char *name = cause->bearings[i].plan;

        if (!named_plans_find(plans, name) && !add_plan(plans, source, name, err))
            return false;
    }
    return true;
}

static bool check_sets(const struct named_plans *plans, const char *const *sets,
                       struct ajar_error *err)
{
    for (; sets && *sets; sets++) {
        size_t i = 0;

        if (!strchr(*sets, '='))
            return ajar_fail(err, AJAR_EUSAGE, "--set %s: not NAME=VALUE", *sets);
        while (i < plans->count && !takes(&plans->list[i], *sets))
            i++;
        if (i < plans->count)
            continue;
        (void)ajar_fail(err, AJAR_EUSAGE,
                        "--set %s: no plan that a cause bears on has such a parameter", *sets);
        return ajar_hint(err, "plans/README.md and the head of each plan file list them");
    }
    return true;
}

bool named_plans_read(const struct named_plans_source *source, struct named_plans *ret_plans,
                      struct ajar_error *err)
{
    const struct ajar_cause *const *causes = NULL;
    size_t count = ajar_knowledge_causes(source->knowledge, &causes);
    struct named_plans plans = { 0 };
    bool fine = true;

    for (size_t i = 0; fine && i < count; i++)
        fine = add_plans_of(&plans, source, causes[i], err);
    if (!fine || !check_sets(&plans, source->sets, err)) {
        named_plans_release(&plans);
        return false;
    }
    *ret_plans = plans;
    return true;
}

void named_plans_release(struct named_plans *plans)
{
    for (size_t i = 0; i < plans->count; i++) {
        ajar_plan_free(plans->list[i].outline);
        free(plans->list[i].sets);
    }
    free(plans->list);
    *plans = (struct named_plans){ 0 };
}
