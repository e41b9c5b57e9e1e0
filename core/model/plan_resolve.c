/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a section of a plan file to a setting, a requirement or a step for a person.
 */
#include "model/plan_private.h"

#include <string.h>

static const struct field_rule setting_fields[] = {
    { .name = "on", .type = FIELD_PLACE, .required = true },
    { .name = "takes-effect", .type = FIELD_EFFECT },
    { .name = "why", .type = FIELD_TEXT },
    { .name = "risk", .type = FIELD_TEXT },
    { .name = "reference", .type = FIELD_TEXT, .repeatable = true },
    { 0 },
};

static const struct field_rule requirement_fields[] = {
    { .name = "on", .type = FIELD_PLACE, .required = true },
    { .name = "check", .type = FIELD_NAME, .required = true },
    { .name = "met-by", .type = FIELD_NAME, .repeatable = true },
    { .name = "why", .type = FIELD_TEXT },
    { .name = "reference", .type = FIELD_TEXT, .repeatable = true },
    { 0 },
};

static const struct field_rule manual_fields[] = {
    { .name = "on", .type = FIELD_PLACE },
    { .name = "do", .type = FIELD_TEXT, .required = true, .repeatable = true },
    { .name = "when", .type = FIELD_CHOICE, .choices = "before after closing" },
    { .name = "why", .type = FIELD_TEXT },
    { .name = "risk", .type = FIELD_TEXT },
    { .name = "reference", .type = FIELD_TEXT, .repeatable = true },
    { 0 },
};

/* The fields that every section of a role may have. */
static const struct field_rule *const role_fields[PLAN_ROLES] = {
    [PLAN_SETTING] = setting_fields,
    [PLAN_REQUIREMENT] = requirement_fields,
    [PLAN_MANUAL] = manual_fields,
};

const struct plan_kind *plan_find_kind(const struct plan_kind *kinds, const char *name)
{
    for (; kinds->kind; kinds++) {
        if (strcmp(kinds->kind, name) == 0)
            return kinds;
    }
    return NULL;
}

static bool fill_section(const struct ajar_plan *plan, const struct setting *setting,
                         struct ajar_error *err)
{
    for (size_t i = 0; i < setting->section->count; i++) {
        struct ini_field *field = &setting->section->fields[i];
        char *filled = NULL;

        if (!parameters_fill(&plan->parameters, (struct origin){ setting->file, field->line },
                             field->value, &filled, err))
            return false;
        free(field->value);
        field->value = filled;
    }
    return true;
}

static bool refuse_place(const struct setting *setting, enum plan_role role, unsigned places,
                         struct ajar_error *err)
{
    bool only_domain = places == PLACES_ON_DOMAIN;

    return setting_fail(setting, "on", err, "a %s %s is %s", setting_kind(setting),
                        role == PLAN_SETTING ? "setting" : "section",
                        only_domain ? "on = domain DOMAIN or domains FOREST"
                                    : "on = host NAME, pdc DOMAIN or controllers DOMAIN");
}

bool plan_judge_section(const struct plan_kind *kinds, struct setting *setting,
                        struct ajar_error *err)
{
    const struct plan_kind *kind = plan_find_kind(kinds, setting_kind(setting));
    const struct field_rule *fields = kind->fields;
    unsigned places =
        kind->on_domain ? PLACES_ON_DOMAIN : (1U << PLACE_DOMAIN) - 1; /* hosts: all below it */

    if (kind->sort && !kind->sort(setting, &fields, &places, err))
        return false;
    if (!schema_check(setting->file, setting->section, role_fields[kind->role], fields, err))
        return false;
    setting_read_place(setting);
    if (kind->role != PLAN_MANUAL && !(places & 1U << setting->place))
        return refuse_place(setting, kind->role, places, err);
    return setting_check_names(setting, err) && (!kind->check || kind->check(setting, err));
}

bool plan_resolve_section(const struct ajar_plan *plan, const struct plan_kind *kinds,
                          struct setting *setting, struct ajar_error *err)
{
    return fill_section(plan, setting, err) && plan_judge_section(kinds, setting, err);
}
