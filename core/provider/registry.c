/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One value of the registry, below HKEY_LOCAL_MACHINE.
 *
 *     [registry allow-password-export]
 *     on = host pes.source.test
 *     key = HKLM\SYSTEM\CurrentControlSet\Control\Lsa
 *     value = AllowPasswordExport
 *     type = dword
 *     open = 1
 *     closed = absent
 *
 * An empty `value` is the key's default value. `open` says the data as text, once for each string
 * of a multi_sz; `data` instead says their bytes. Without a type there is only `open = absent`.
 *
 * A state that exists has the facts `type`, `data` and, for people, `text`. One that does not says
 * what became of its key: `key = absent` with `above`, the deepest key on the way that is there;
 * `key = empty`, there, but with no values and no sub-keys; or nothing: there and in use.
 */
#include "base/clock.h"
#include "base/text.h"
#include "model/value.h"
#include "provider/catalog.h"
#include "provider/registry_live.h"

#include <string.h>

static const struct field_rule fields[] = {
    { .name = "key", .type = FIELD_TEXT, .required = true },
    { .name = "value", .type = FIELD_ANY, .required = true },
    { .name = "type", .type = FIELD_TEXT },
    { .name = "open", .type = FIELD_ANY, .repeatable = true },
    { .name = "data", .type = FIELD_ANY },
    { .name = "closed", .type = FIELD_ANY, .repeatable = true },
    { 0 },
};

/* The word for a value that is not there. */
static const char absent[] = "absent";

/* For a setting that check() has seen. */
static const char *path_of(const struct setting *setting)
{
    return registry_path_below(setting_value(setting, "key"));
}

static const char *name_of(const struct setting *setting)
{
    return setting_value(setting, "value");
}

/* Says the inner error with the file and line of `field`. */
static bool fail_at_field(const struct setting *setting, const char *field,
                          const struct ajar_error *inner, struct ajar_error *err)
{
    return setting_fail(setting, field, err, "%s: %s", field, inner->text);
}

static bool make_absent(struct ajar_state *ret_state)
{
    *ret_state = (struct ajar_state){ .known = true };
    return true;
}

static bool read_type(const struct setting *setting, uint32_t *ret_type, struct ajar_error *err)
{
    const char *type = setting_value(setting, "type");

    if (!type)
        return setting_fail(setting, "open", err,
                            "a value needs a type (dword, sz, multi_sz, ...); without one there is "
                            "only \"absent\"");
    if (!value_type_parse(type, ret_type))
        return setting_fail(setting, "type", err,
                            "\"%s\" is no type: dword, qword, sz, expand_sz, multi_sz, binary, "
                            "none, dword_be, or type-N",
                            type);
    return true;
}

/* The state that `texts` of `field` ask for. */
static bool state_of_texts(const struct setting *setting, const char *field,
                           const char *const *texts, size_t count, struct ajar_state *ret_state,
                           struct ajar_error *err)
{
    struct ajar_error inner = AJAR_NO_ERROR;
    OWNED(bytes_release) struct bytes data = { 0 };
    uint32_t type = 0;

    if (!read_type(setting, &type, err))
        return false;
    if (!value_encode(type, texts, count, &data, &inner))
        return fail_at_field(setting, field, &inner, err);
    return registry_state_of(type, &data, ret_state, err);
}

static bool state_of_data(const struct setting *setting, const char *hex,
                          struct ajar_state *ret_state, struct ajar_error *err)
{
    struct ajar_error inner = AJAR_NO_ERROR;
    OWNED(bytes_release) struct bytes data = { 0 };
    uint32_t type = 0;

    if (!read_type(setting, &type, err))
        return false;
    if (!bytes_from_hex(hex, &data, &inner))
        return fail_at_field(setting, "data", &inner, err);
    return registry_state_of(type, &data, ret_state, err);
}

static bool want(const struct setting *setting, struct ajar_state *ret_wanted,
                 struct ajar_error *err)
{
    const char *hex = setting_value(setting, "data");
    OWNED(free) const char **texts = NULL;
    size_t count = 0;

    if (!setting_values(setting, "open", &texts, &count, err))
        return false;
    if (hex && count > 0)
        return setting_fail(setting, "data", err, "either `open` or `data`, not both");
    if (hex)
        return state_of_data(setting, hex, ret_wanted, err);
    if (count == 0)
        return setting_fail(setting, NULL, err, "the open state is missing: `open = ...`");
    if (count == 1 && !setting_value(setting, "type") && strcmp(texts[0], absent) == 0)
        return make_absent(ret_wanted);
    return state_of_texts(setting, "open", texts, count, ret_wanted, err);
}

static bool closed_state(const struct setting *setting, struct ajar_state *ret_closed,
                         struct ajar_error *err)
{
    OWNED(free) const char **texts = NULL;
    size_t count = 0;

    if (!setting_values(setting, "closed", &texts, &count, err))
        return false;
    if (count == 0) {
        *ret_closed = (struct ajar_state){ 0 };
        return true;
    }
    if (count == 1 && strcmp(texts[0], absent) == 0)
        return make_absent(ret_closed);
    return state_of_texts(setting, "closed", texts, count, ret_closed, err);
}

static bool check(const struct setting *setting, struct ajar_error *err)
{
    OWNED(ajar_state_release) struct ajar_state wanted = { 0 };
    OWNED(ajar_state_release) struct ajar_state closed = { 0 };

    return registry_check_key(setting, err) && want(setting, &wanted, err) &&
           closed_state(setting, &closed, err);
}

static bool thing(const struct setting *setting, char **ret_thing, struct ajar_error *err)
{
    char *made = text_make("%s\\%s:%s", REGISTRY_ROOT, path_of(setting), name_of(setting));

    if (!made)
        return ajar_no_memory(err);
    *ret_thing = made;
    return true;
}

static bool observe(struct target *target, const struct setting *setting,
                    struct ajar_state *ret_now, struct ajar_error *err)
{
    struct winreg *registry;

    return target_registry(target, &registry, err) &&
           registry_observe(registry, path_of(setting), name_of(setting), ret_now, err);
}

/* A key has a time, its values have none. */
static bool evidence(struct target *target, const struct setting *setting,
                     struct ajar_state *ret_evidence, struct ajar_error *err)
{
    OWNED(ajar_state_release) struct ajar_state found = { .known = true, .exists = true };
    struct winreg *registry;
    int64_t written = 0;

    if (!target_registry(target, &registry, err) ||
        !registry_last_write(registry, path_of(setting), &written, err))
        return false;
    if (!written)
        return true;
    if (!ajar_state_set(&found, "exact", "no", err) ||
        !ajar_state_set(&found, "written", clock_write_time(written).at, err))
        return false;
    *ret_evidence = found;
    found = (struct ajar_state){ 0 };
    return true;
}

/* Do both states have the fact, with the same value, or neither of them? */
static bool same_fact(const struct ajar_state *a, const struct ajar_state *b, const char *name)
{
    const char *of_a = ajar_state_fact(a, name);
    const char *of_b = ajar_state_fact(b, name);

    return of_a && of_b ? text_same_ignoring_case(of_a, of_b) : of_a == of_b;
}

static enum match match(const struct ajar_state *now, const struct ajar_state *meant)
{
    if (!now->known || !meant->known || now->exists != meant->exists)
        return MATCH_OTHER;
    if (now->exists)
        return same_fact(now, meant, "type") && same_fact(now, meant, "data") ? MATCH_SAME
                                                                              : MATCH_OTHER;
    if (!ajar_state_fact(meant, "key")) /* a wish, or a key that had other values, too */
        return MATCH_SAME;
    return same_fact(now, meant, "key") && same_fact(now, meant, "above") ? MATCH_SAME : MATCH_NEAR;
}

static bool phrase(const struct ajar_state *state, char **ret_phrase, struct ajar_error *err)
{
    const char *key = ajar_state_fact(state, "key");
    OWNED(winreg_value_release) struct winreg_value value = { 0 };
    char *made;

    if (state->known && state->exists)
        return registry_value_of(state, &value, err) &&
               value_phrase(value.type, &value.data, ret_phrase, err);
    made = text_copy(!state->known                     ? "not known"
                     : key && strcmp(key, absent) == 0 ? "absent (no such key)"
                                                       : absent);
    if (!made)
        return ajar_no_memory(err);
    *ret_phrase = made;
    return true;
}

static bool refuse(const struct setting *setting, const struct ajar_state *now,
                   const struct ajar_state *from, struct ajar_error *err)
{
    OWNED(free) char *is = NULL;
    OWNED(free) char *was = NULL;

    if (!phrase(now, &is, err) || !phrase(from, &was, err))
        return false;
    return ajar_fail(err, AJAR_ECONFLICT, "%s\\%s, value \"%s\", is %s, not %s", REGISTRY_ROOT,
                     path_of(setting), name_of(setting), is, was);
}

static bool write_state(struct target *target, const struct setting *setting,
                        const struct ajar_state *from, const struct ajar_state *to,
                        struct ajar_error *err)
{
    OWNED(ajar_state_release) struct ajar_state now = { 0 };
    OWNED(winreg_value_release) struct winreg_value value = { 0 };
    struct winreg *registry;

    if (!target_registry(target, &registry, err) ||
        !registry_observe(registry, path_of(setting), name_of(setting), &now, err))
        return false;
    if (match(&now, to) == MATCH_SAME)
        return true;
    if (match(&now, from) == MATCH_OTHER && match(&now, to) == MATCH_OTHER)
        return refuse(setting, &now, from, err);
    if (!to->exists)
        return registry_take_away(registry, path_of(setting), name_of(setting),
                                  ajar_state_fact(to, "above"), err);
    return registry_value_of(to, &value, err) &&
           registry_put(registry, path_of(setting), name_of(setting), &value, err);
}

const struct provider provider_registry = {
    .kind = "registry",
    .fields = fields,
    .on_domain = false,
    .check = check,
    .thing = thing,
    .want = want,
    .closed = closed_state,
    .observe = observe,
    .match = match,
    .write = write_state,
    .phrase = phrase,
    .evidence = evidence,
};
