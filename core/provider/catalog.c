/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/catalog.h"

#include "base/text.h"
#include "provider/requirement.h"

#include <assert.h>
#include <string.h>

static const struct provider *const catalog[] = {
    &provider_registry,  &provider_member,     &provider_service, &provider_group,
    &provider_attribute, &provider_permission, &provider_policy,
};

const struct provider *catalog_find(const char *kind)
{
    for (size_t i = 0; i < LENGTH(catalog); i++) {
        if (strcmp(catalog[i]->kind, kind) == 0)
            return catalog[i];
    }
    return NULL;
}

/* The words that `check` may be, for a message. */
static bool refuse_check(const struct setting *setting, const char *check, struct ajar_error *err)
{
    OWNED(text_release) struct text known = TEXT_UP_TO(300);

    for (const struct requirement *const *row = requirement_all(); *row; row++)
        text_format(&known, "%s%s", known.size ? ", " : "", (*row)->check);
    return setting_fail(setting, "check", err, "check = \"%.80s\" is not right: it is one of: %s",
                        check, text_peek(&known));
}

/* What a [require NAME] may say depends on its `check`. One without is refused for that. */
static bool sort_requirement(const struct setting *setting, const struct field_rule **ret_fields,
                             unsigned *ret_places, struct ajar_error *err)
{
    const char *check = setting_value(setting, "check");
    const struct requirement *requirement = check ? requirement_find(check) : NULL;

    if (requirement) {
        *ret_fields = requirement->fields;
        *ret_places = requirement->places;
        return true;
    }
    return check ? refuse_check(setting, check, err)
                 : setting_fail(setting, NULL, err, "[require %s] needs a field \"check\"",
                                setting_name(setting));
}

static bool judge_requirement(const struct setting *setting, struct ajar_error *err)
{
    const struct requirement *requirement = requirement_find(setting_value(setting, "check"));

    return !requirement->judge || requirement->judge(setting, err);
}

/* Kinds that change nothing. */
static const struct plan_kind readers[] = {
    { .kind = "require",
      .role = PLAN_REQUIREMENT,
      .check = judge_requirement,
      .sort = sort_requirement },
    { .kind = "manual", .role = PLAN_MANUAL },
    { 0 },
};

void catalog_kinds(struct plan_kind *ret_kinds, size_t room)
{
    assert(room >= LENGTH(catalog) + LENGTH(readers));
    (void)room; /* without assertions */
    for (size_t i = 0; i < LENGTH(catalog); i++)
        ret_kinds[i] = (struct plan_kind){
            .kind = catalog[i]->kind,
            .role = PLAN_SETTING,
            .fields = catalog[i]->fields,
            .on_domain = catalog[i]->on_domain,
            .check = catalog[i]->check,
        };
    memcpy(&ret_kinds[LENGTH(catalog)], readers, sizeof(readers));
}
