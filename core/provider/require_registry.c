/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A value of a host's registry that is only looked at.
 *
 *     [require no-lsa-protection]
 *     on = host pes.source.test
 *     check = registry
 *     key = HKLM\SYSTEM\CurrentControlSet\Control\Lsa
 *     value = RunAsPPL
 *     must = absent-or-equals
 *     data = 0
 *     meaning-if-not = LSA protection keeps the password filter out
 *     remedy = set it to 0 and restart the host
 *
 * `data` is read as the type that is live says: the plan does not know it. With several `data`, a
 * value equals one of them, a list contains all of them, or none of them.
 */
#include "model/value.h"
#include "provider/registry_live.h"
#include "provider/registry_look.h"

#include <string.h>

static const struct field_rule fields[] = {
    { .name = "key", .type = FIELD_TEXT, .required = true },
    { .name = "value", .type = FIELD_ANY, .required = true },
    { .name = "must",
      .type = FIELD_CHOICE,
      .required = true,
      .choices = "absent equals absent-or-equals contains not-contains" },
    { .name = "data", .type = FIELD_ANY, .repeatable = true },
    { .name = "meaning-if-not", .type = FIELD_TEXT },
    { .name = "remedy", .type = FIELD_TEXT },
    { 0 },
};

/* How `must` ends, as people read it. */
static const struct demand {
    const char *must;
    const char *words;
    const char *between; /* several data */
    bool is_list;
    bool may_be_absent;
} demands[] = {
    { "absent", "be absent", NULL, false, true },
    { "equals", "be ", " or ", false, false },
    { "absent-or-equals", "be absent, or ", " or ", false, true },
    { "contains", "contain ", " and ", true, false },
    { "not-contains", "not contain ", " or ", true, true },
};

static const struct demand *demand_of(const struct setting *setting)
{
    const char *must = setting_value(setting, "must");
    size_t i = 0;

    while (i < LENGTH(demands) - 1 && strcmp(demands[i].must, must) != 0)
        i++;
    return &demands[i];
}

static bool judge(const struct setting *setting, struct ajar_error *err)
{
    const struct demand *demand = demand_of(setting);
    const char *data = setting_value(setting, "data");

    if (!registry_check_key(setting, err))
        return false;
    if (data && !demand->between)
        return setting_fail(setting, "data", err, "must = absent goes without data");
    if (!data && demand->between)
        return setting_fail(setting, "must", err, "must = %s needs a field \"data\"", demand->must);
    return true;
}

/* Are the live data those that the text stands for? A text that its type cannot have is not. */
static bool equals(const struct registry_look *look, const char *text)
{
    struct ajar_error ignored = AJAR_NO_ERROR;
    OWNED(bytes_release) struct bytes data = { 0 };

    return value_encode(look->value.type, &text, 1, &data, &ignored) &&
           bytes_same(&data, &look->value.data);
}

/* Does the value hold? For one that exists. False when it is not the list that it should be. */
static bool compare(const struct registry_look *look, const struct demand *demand,
                    const char *const *texts, size_t count, bool *ret_holds)
{
    bool is_wanted = strcmp(demand->must, "contains") == 0;
    bool holds = demand->is_list;
    bool has = false;

    for (size_t i = 0; i < count; i++) {
        if (!demand->is_list) {
            holds = holds || equals(look, texts[i]);
            continue;
        }
        if (!registry_look_has(look, texts[i], &has))
            return false;
        holds = holds && has == is_wanted;
    }
    *ret_holds = holds;
    return true;
}

/* "must be absent, or 0", and what it means that it is not. */
static bool describe(const struct setting *setting, const struct demand *demand,
                     const char *const *texts, size_t count, char **ret_text,
                     struct ajar_error *err)
{
    const char *meaning = setting_value(setting, "meaning-if-not");
    OWNED(text_release) struct text text = TEXT_UP_TO(4096);

    text_format(&text, "must %s", demand->words);
    for (size_t i = 0; i < count; i++)
        text_format(&text, "%s%s", i ? demand->between : "", texts[i][0] ? texts[i] : "empty");
    if (meaning)
        text_format(&text, ": %s", meaning);
    return text_take(&text, ret_text, err);
}

static bool examine(struct target *target, const struct setting *setting,
                    struct finding *ret_finding, struct ajar_error *err)
{
    const char *path = registry_path_below(setting_value(setting, "key"));
    const char *name = setting_value(setting, "value");
    const struct demand *demand = demand_of(setting);
    OWNED(registry_look_release) struct registry_look look = { 0 };
    OWNED(free) const char **texts = NULL;
    OWNED(free) char *wanted = NULL;
    size_t count = 0;
    bool holds = demand->may_be_absent;
    bool is_clear;

    if (!setting_values(setting, "data", &texts, &count, err) ||
        !registry_look(target, path, name, &look, err) ||
        !describe(setting, demand, texts, count, &wanted, err))
        return false;
    is_clear = !look.exists || compare(&look, demand, texts, count, &holds);
    if (!is_clear)
        return finding_unknown(ret_finding, err, setting_value(setting, "remedy"),
                               "%s\\%s, value \"%s\", is %s, which is no list of strings; it %s",
                               REGISTRY_ROOT, path, name, look.phrase, wanted);
    if (holds)
        return finding_pass(ret_finding, err, "%s\\%s, value \"%s\", is %s", REGISTRY_ROOT, path,
                            name, look.phrase);
    return finding_fail(ret_finding, err, setting_value(setting, "remedy"),
                        "%s\\%s, value \"%s\", is %s; it %s", REGISTRY_ROOT, path, name,
                        look.phrase, wanted);
}

const struct requirement requirement_registry = {
    .check = "registry",
    .fields = fields,
    .places = REQUIREMENT_ON_HOST,
    .judge = judge,
    .examine = examine,
};
