/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One key of the security template of a Group Policy object ([MS-GPSB] 2.2), at the PDC emulator.
 *
 *     [policy audit-account-management]
 *     on = domain target.test
 *     gpo = default-domain-controllers
 *     section = Event Audit
 *     key = AuditAccountManage
 *     open = 3
 *     closed = absent
 *
 * A state that exists has the fact `value`, as it is written in the file. One that does not says
 * what else is missing: `section = absent`; `file = empty`; or `file = absent` with `above`, the
 * deepest folder on the way to it that is there. So a rollback takes away what was made, and the
 * file is what it was, byte for byte.
 *
 * Evidence: `size`, the file's bytes; `line` and `number`, when a plan takes a key away; `version`,
 * the object's in the directory; `extensions`, its list when security settings
 * were not in it. `unsettled` says that a write was cut off, or that somebody did half of one:
 * clients have not been told to read the object again, or not to read this part of it. A write
 * settles it. `unsettled = opening` is such a state with the value that the plan asks for. While
 * the version is still the one that was recorded before, that was our own write: nobody else has
 * finished one since.
 */
#include "base/clock.h"
#include "base/guid.h"
#include "base/text.h"
#include "model/state.h"
#include "provider/catalog.h"
#include "provider/policy_live.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const struct field_rule fields[] = {
    { .name = "gpo", .type = FIELD_TEXT, .required = true },
    { .name = "section", .type = FIELD_TEXT, .required = true },
    { .name = "key", .type = FIELD_TEXT, .required = true },
    { .name = "open", .type = FIELD_ANY, .required = true },
    { .name = "closed", .type = FIELD_ANY },
    { 0 },
};

static const char absent[] = "absent";

/* The objects that each domain has ([MS-GPOL] 1.9). */
static const struct known_policy {
    const char *name;
    const char *guid;
} known_policies[] = {
    { "default-domain-controllers", "{6AC1786C-016F-11D2-945F-00C04FB984F9}" },
    { "default-domain", "{31B2F340-016D-11D2-945F-00C04FB984F9}" },
};

/* The GUID in braces and upper case, as the directory has it. */
struct guid_name {
    char at[GUID_TEXT_SIZE + 2];
};

static bool find_guid(const char *gpo, struct guid_name *ret_name)
{
    struct ajar_error ignored = AJAR_NO_ERROR;
    char text[GUID_TEXT_SIZE];
    struct guid guid;

    for (size_t i = 0; i < LENGTH(known_policies); i++) {
        if (strcmp(gpo, known_policies[i].name) == 0)
            gpo = known_policies[i].guid;
    }
    if (gpo[0] != '{' || !guid_parse(gpo, &guid, &ignored))
        return false;
    guid_format(&guid, text);
    for (char *at = text; *at; at++)
        *at = (char)toupper((unsigned char)*at);
    (void)snprintf(ret_name->at, sizeof(ret_name->at), "{%s}", text);
    return true;
}

/* Of a setting that policy_check() has seen. */
static struct guid_name guid_of(const struct setting *setting)
{
    struct guid_name name = { "" };

    (void)find_guid(setting_value(setting, "gpo"), &name);
    return name;
}

/* A value of the plan, without the blanks around it. */
static bool state_of_text(const char *text, struct ajar_state *ret_state, struct ajar_error *err)
{
    size_t blanks = strspn(text, " \t");
    size_t size = strlen(text);
    OWNED(ajar_state_release) struct ajar_state state = { .known = true, .exists = true };
    OWNED(free) char *value = NULL;

    if (strcmp(text, absent) == 0) {
        *ret_state = (struct ajar_state){ .known = true };
        return true;
    }
    while (size > blanks && strchr(" \t", text[size - 1]))
        size--;
    value = text_copy_bytes(text + blanks, size - blanks);
    if (!value)
        return ajar_no_memory(err);
    if (!ajar_state_set(&state, "value", value, err))
        return false;
    *ret_state = state;
    state = (struct ajar_state){ 0 };
    return true;
}

static bool policy_want(const struct setting *setting, struct ajar_state *ret_wanted,
                        struct ajar_error *err)
{
    return state_of_text(setting_value(setting, "open"), ret_wanted, err);
}

static bool policy_closed(const struct setting *setting, struct ajar_state *ret_closed,
                          struct ajar_error *err)
{
    const char *closed = setting_value(setting, "closed");

    if (closed)
        return state_of_text(closed, ret_closed, err);
    *ret_closed = (struct ajar_state){ 0 };
    return true;
}

/* Can this value stand in a template? It is tried. */
static bool check_value(const struct setting *setting, const char *field, struct ajar_error *err)
{
    const char *text = setting_value(setting, field);
    struct ajar_error inner = AJAR_NO_ERROR;
    OWNED(ajar_state_release) struct ajar_state state = { 0 };
    OWNED(template_release) struct template template = { 0 };
    const char *value;

    if (!text)
        return true;
    if (!state_of_text(text, &state, err) || !template_fresh(&template, err))
        return false;
    value = ajar_state_fact(&state, "value");
    return template_set(&template, setting_value(setting, "section"), setting_value(setting, "key"),
                        value ? value : "", &inner) ||
           setting_fail(setting, field, err, "%s", inner.text);
}

static bool policy_check(const struct setting *setting, struct ajar_error *err)
{
    struct guid_name guid;

    if (!find_guid(setting_value(setting, "gpo"), &guid))
        return setting_fail(setting, "gpo", err,
                            "gpo: \"%s\" is none of default-domain-controllers, default-domain, "
                            "or a GUID in braces",
                            setting_value(setting, "gpo"));
    return check_value(setting, "open", err) && check_value(setting, "closed", err);
}

static bool policy_thing(const struct setting *setting, char **ret_thing, struct ajar_error *err)
{
    char *made = text_make("GPO %s [%s] %s", guid_of(setting).at, setting_value(setting, "section"),
                           setting_value(setting, "key"));

    if (!made)
        return ajar_no_memory(err);
    *ret_thing = made;
    return true;
}

static bool is_number(const char *text)
{
    return *text && !text[strspn(text, "0123456789")];
}

/* "3" and "03" are one number; all else is compared as it is written. */
static bool same_value(const char *a, const char *b)
{
    if (!is_number(a) || !is_number(b))
        return strcmp(a, b) == 0;
    a += strspn(a, "0");
    b += strspn(b, "0");
    return strcmp(a, b) == 0;
}

/* The key alone: there or not, and with which value. */
static bool same_key(const struct ajar_state *a, const struct ajar_state *b)
{
    const char *of_a = ajar_state_fact(a, "value");
    const char *of_b = ajar_state_fact(b, "value");

    if (!a->known || !b->known || a->exists != b->exists)
        return false;
    return !a->exists || (of_a && of_b && same_value(of_a, of_b));
}

static bool same_fact(const struct ajar_state *a, const struct ajar_state *b, const char *name)
{
    const char *of_a = ajar_state_fact(a, name);
    const char *of_b = ajar_state_fact(b, name);

    return of_a && of_b ? text_same_ignoring_case(of_a, of_b) : of_a == of_b;
}

static bool fact_is(const struct ajar_state *state, const char *name, const char *value)
{
    const char *fact = ajar_state_fact(state, name);

    return fact && strcmp(fact, value) == 0;
}

static enum match policy_match(const struct ajar_state *now, const struct ajar_state *meant)
{
    bool is_recorded = ajar_state_fact(meant, "version") != NULL; /* not only asked for */

    if (!now->known || !meant->known)
        return MATCH_OTHER;
    if (!same_key(now, meant))
        return is_recorded && fact_is(now, "unsettled", "opening") &&
                       same_fact(now, meant, "version")
                   ? MATCH_NEAR
                   : MATCH_OTHER;
    if (ajar_state_fact(now, "unsettled") && !same_fact(now, meant, "unsettled"))
        return MATCH_NEAR;
    if (now->exists || !is_recorded)
        return MATCH_SAME;
    return same_fact(now, meant, "section") && same_fact(now, meant, "file") &&
                   same_fact(now, meant, "above")
               ? MATCH_SAME
               : MATCH_NEAR;
}

static bool describe_absence(const struct policy_live *live, struct ajar_state *state,
                             struct ajar_error *err)
{
    if (!live->file.exists)
        return ajar_state_set(state, "file", absent, err) &&
               ajar_state_set(state, "above", live->above, err);
    if (live->file.bytes.size == 0)
        return ajar_state_set(state, "file", "empty", err);
    return live->place != TEMPLATE_NO_SECTION || ajar_state_set(state, "section", absent, err);
}

static bool set_number(struct ajar_state *state, const char *name, size_t number,
                       struct ajar_error *err)
{
    char text[24];

    (void)snprintf(text, sizeof(text), "%zu", number);
    return ajar_state_set(state, name, text, err);
}

/* Of a key that the plan takes away, all of its line. */
static bool describe_presence(const struct policy_live *live, const struct setting *setting,
                              const struct ajar_state *wanted, struct ajar_state *state,
                              struct ajar_error *err)
{
    OWNED(free) char *line = NULL;
    size_t number = 0;

    if (!ajar_state_set(state, "value", live->value, err))
        return false;
    if (wanted->exists)
        return true;
    return template_get_line(&live->template, setting_value(setting, "section"),
                             setting_value(setting, "key"), &number, &line, err) &&
           ajar_state_set(state, "line", line, err) && set_number(state, "number", number, err);
}

/* A list that is not complete is of no account while there is no value. */
static bool describe_evidence(const struct policy_live *live, const struct ajar_state *wanted,
                              struct ajar_state *state, struct ajar_error *err)
{
    const char *names = live->policy.extensions;

    if (live->file.bytes.size > 0 && !set_number(state, "size", live->file.bytes.size, err))
        return false;
    if (!set_number(state, "version", live->policy.version, err))
        return false;
    if (!live->is_complete &&
        !ajar_state_set(state, "extensions", names && *names ? names : "none", err))
        return false;
    if (live->is_raised && (live->is_complete || !state->exists))
        return true;
    return ajar_state_set(state, "unsettled",
                          same_key(state, wanted) ? "opening"
                          : live->is_raised       ? "extensions"
                                                  : "versions",
                          err);
}

static bool state_of(const struct policy_live *live, const struct setting *setting,
                     struct ajar_state *ret_state, struct ajar_error *err)
{
    OWNED(ajar_state_release)
    struct ajar_state state = { .known = true, .exists = live->value != NULL };
    OWNED(ajar_state_release) struct ajar_state wanted = { 0 };

    if (!policy_want(setting, &wanted, err) ||
        !(state.exists ? describe_presence(live, setting, &wanted, &state, err)
                       : describe_absence(live, &state, err)) ||
        !describe_evidence(live, &wanted, &state, err))
        return false;
    *ret_state = state;
    state = (struct ajar_state){ 0 };
    return true;
}

static bool read_live(struct target *target, const struct setting *setting,
                      struct policy_live *ret_live, struct ajar_error *err)
{
    return policy_live_read(target, guid_of(setting).at, setting_value(setting, "section"),
                            setting_value(setting, "key"), ret_live, err);
}

static bool policy_observe(struct target *target, const struct setting *setting,
                           struct ajar_state *ret_now, struct ajar_error *err)
{
    OWNED(policy_live_release) struct policy_live live = { 0 };

    return read_live(target, setting, &live, err) && state_of(&live, setting, ret_now, err);
}

/* The version is that of the whole Group Policy object. */
static bool policy_evidence(struct target *target, const struct setting *setting,
                            struct ajar_state *ret_evidence, struct ajar_error *err)
{
    OWNED(policy_live_release) struct policy_live live = { 0 };
    OWNED(ajar_state_release) struct ajar_state evidence = { .known = true, .exists = true };
    char version[16];

    if (!read_live(target, setting, &live, err))
        return false;
    (void)snprintf(version, sizeof(version), "%u", live.policy.version);
    if (!ajar_state_set(&evidence, "exact", "no", err) ||
        !ajar_state_set(&evidence, "version", version, err) ||
        (live.file.exists &&
         !ajar_state_set(&evidence, "written", clock_write_time(live.file.modified).at, err)))
        return false;
    *ret_evidence = evidence;
    evidence = (struct ajar_state){ 0 };
    return true;
}

static bool policy_phrase(const struct ajar_state *state, char **ret_phrase, struct ajar_error *err)
{
    const char *value = ajar_state_fact(state, "value");
    const char *unsettled = ajar_state_fact(state, "unsettled");
    char *made;

    if (!state->known)
        made = text_copy("not known");
    else
        made = text_make("%s%s", state->exists && value ? value : absent,
                         unsettled ? " (not announced to clients)" : "");
    if (!made)
        return ajar_no_memory(err);
    *ret_phrase = made;
    return true;
}

static bool refuse(const struct setting *setting, const struct ajar_state *now,
                   const struct ajar_state *from, struct ajar_error *err)
{
    OWNED(free) char *thing = NULL;
    OWNED(free) char *is = NULL;
    OWNED(free) char *was = NULL;

    if (!policy_thing(setting, &thing, err) || !policy_phrase(now, &is, err) ||
        !policy_phrase(from, &was, err))
        return false;
    return ajar_fail(err, AJAR_ECONFLICT, "%s is %s, not %s", thing, is, was);
}

/* 0 when it is no such fact. */
static size_t number_of(const struct ajar_state *state, const char *name)
{
    const char *fact = ajar_state_fact(state, name);

    return fact ? strtoul(fact, NULL, 10) : 0;
}

static struct policy_goal goal_of(const struct setting *setting, const struct ajar_state *to)
{
    const char *file = ajar_state_fact(to, "file");

    return (struct policy_goal){
        .section = setting_value(setting, "section"),
        .key = setting_value(setting, "key"),
        .value = to->exists ? ajar_state_fact(to, "value") : NULL,
        .line = ajar_state_fact(to, "line"),
        .number = number_of(to, "number"),
        .size = number_of(to, "size"),
        .without_section = file || ajar_state_fact(to, "section"),
        .file = file,
        .above = ajar_state_fact(to, "above"),
        .extensions = ajar_state_fact(to, "extensions"),
    };
}

/* The keys alone decide whether to write: an unsettled state of another value is somebody's. */
static bool policy_write(struct target *target, const struct setting *setting,
                         const struct ajar_state *from, const struct ajar_state *to,
                         struct ajar_error *err)
{
    OWNED(policy_live_release) struct policy_live live = { 0 };
    OWNED(ajar_state_release) struct ajar_state now = { 0 };
    const struct policy_goal goal = goal_of(setting, to);

    if (to->exists && !goal.value)
        return ajar_fail(err, AJAR_EJOURNAL, "a policy is recorded without its value");
    if (!read_live(target, setting, &live, err) || !state_of(&live, setting, &now, err))
        return false;
    if (policy_match(&now, to) == MATCH_SAME)
        return true;
    if (!same_key(&now, from) && !same_key(&now, to))
        return refuse(setting, &now, from, err);
    return policy_live_put(&live, &goal, err) || ajar_while(err, "\"%s\"", live.policy.name);
}

const struct provider provider_policy = {
    .kind = "policy",
    .fields = fields,
    .on_domain = true,
    .check = policy_check,
    .thing = policy_thing,
    .want = policy_want,
    .closed = policy_closed,
    .observe = policy_observe,
    .match = policy_match,
    .write = policy_write,
    .phrase = policy_phrase,
    .evidence = policy_evidence,
};
