/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One security group of a domain, without members.
 *
 *     [group sid-history-audit]
 *     on = domain source.test
 *     name = SOURCE$$$
 *     scope = domain-local
 *     description = used to audit use of DsAddSidHistory
 *     closed = absent
 *
 * A state that exists has the facts `type` (groupType, or the class of what has the name and is no
 * group), `guid` (objectGUID) and `members` (how many). Only the type counts: a group that is there
 * is taken as it is, in whichever container and with its members.
 *
 * LDAP cannot delete on a condition: that the group is the one that the window made, is empty and
 * is in no other group is read just before. A member that somebody adds within that round trip is
 * lost with the group.
 */
#include "base/text.h"
#include "model/state.h"
#include "provider/bits.h"
#include "provider/catalog.h"
#include "provider/group_live.h"
#include "provider/object.h"
#include "provider/version.h"

#include <string.h>

static const struct field_rule fields[] = {
    { .name = "name", .type = FIELD_TEXT, .required = true },
    { .name = "scope", .type = FIELD_CHOICE, .choices = "domain-local global universal" },
    { .name = "container", .type = FIELD_TEXT },
    { .name = "description", .type = FIELD_TEXT },
    { .name = "closed", .type = FIELD_CHOICE, .choices = "present absent" },
    { 0 },
};

/* What no account name holds ([MS-SAMR] 3.1.1.6). */
static const char never_in_names[] = "\"/\\[]:;|=,+*?<>";

/* The name is the object's cn, too ([MS-ADA1] cn: rangeUpper 64). */
enum { NAME_CEILING = 64 };

static const char *name_of(const struct setting *setting)
{
    return setting_value(setting, "name");
}

static bool check_name(const struct setting *setting, struct ajar_error *err)
{
    const char *name = name_of(setting);
    size_t odd = strcspn(name, never_in_names);

    if (name[odd])
        return setting_fail(setting, "name", err,
                            "name: \"%s\" is no account name (because of '%c')", name, name[odd]);
    if (strlen(name) > NAME_CEILING)
        return setting_fail(setting, "name", err, "name: \"%s\" is longer than %d bytes", name,
                            NAME_CEILING);
    return true;
}

static bool group_check(const struct setting *setting, struct ajar_error *err)
{
    return check_name(setting, err) &&
           (!setting_value(setting, "container") || object_check_name(setting, "container", err));
}

static bool group_thing(const struct setting *setting, char **ret_thing, struct ajar_error *err)
{
    char *thing = text_make("group %s", name_of(setting));

    if (!thing)
        return ajar_no_memory(err);
    *ret_thing = thing;
    return true;
}

static uint32_t type_of(const struct setting *setting)
{
    const char *scope = setting_value(setting, "scope");

    if (scope && strcmp(scope, "global") == 0)
        return GROUP_SECURITY | GROUP_GLOBAL;
    if (scope && strcmp(scope, "universal") == 0)
        return GROUP_SECURITY | GROUP_UNIVERSAL;
    return GROUP_SECURITY | GROUP_DOMAIN_LOCAL;
}

static bool set_type(struct ajar_state *state, uint32_t type, struct ajar_error *err)
{
    char text[BITS_TEXT_SIZE];

    bits_to_integer(type, text);
    return ajar_state_set(state, "type", text, err);
}

static bool group_want(const struct setting *setting, struct ajar_state *ret_wanted,
                       struct ajar_error *err)
{
    struct ajar_state wanted = { .known = true, .exists = true };

    if (!set_type(&wanted, type_of(setting), err)) {
        ajar_state_release(&wanted);
        return false;
    }
    *ret_wanted = wanted;
    return true;
}

static bool group_closed(const struct setting *setting, struct ajar_state *ret_closed,
                         struct ajar_error *err)
{
    const char *closed = setting_value(setting, "closed");

    if (closed && strcmp(closed, "present") == 0)
        return group_want(setting, ret_closed, err);
    *ret_closed = (struct ajar_state){ .known = closed != NULL };
    return true;
}

static bool set_facts(struct ajar_state *state, const struct group_live *live,
                      struct ajar_error *err)
{
    char guid[GUID_TEXT_SIZE];
    char members[24];

    guid_format(&live->guid, guid);
    (void)snprintf(members, sizeof(members), "%zu", live->member_count);
    return (live->is_group ? set_type(state, live->type, err)
                           : ajar_state_set(state, "type", live->class_name, err)) &&
           ajar_state_set(state, "guid", guid, err) &&
           (!live->is_group || ajar_state_set(state, "members", members, err));
}

/* Fails without memory only. */
static bool state_of(const struct group_live *live, struct ajar_state *ret_state,
                     struct ajar_error *err)
{
    OWNED(ajar_state_release)
    struct ajar_state state = { .known = true, .exists = live->exists };

    if (live->exists && !set_facts(&state, live, err))
        return false;
    *ret_state = state;
    state = (struct ajar_state){ 0 };
    return true;
}

static bool group_observe(struct target *target, const struct setting *setting,
                          struct ajar_state *ret_now, struct ajar_error *err)
{
    OWNED(group_live_release) struct group_live live = { 0 };
    struct directory *directory = NULL;

    return target_directory(target, &directory, err) &&
           group_live_read(directory, name_of(setting), &live, err) &&
           state_of(&live, ret_now, err);
}

static bool group_evidence(struct target *target, const struct setting *setting,
                           struct ajar_state *ret_evidence, struct ajar_error *err)
{
    OWNED(group_live_release) struct group_live live = { 0 };
    struct directory *directory = NULL;
    OWNED(free) char *name = NULL;

    if (!target_directory(target, &directory, err) ||
        !group_live_read(directory, name_of(setting), &live, err))
        return false;
    if (!live.exists)
        return true;
    name = object_name_of_guid(&live.guid);
    return name ? version_of_object(directory, name, ret_evidence, err) : ajar_no_memory(err);
}

/* Types are the same as numbers: the journal may hold what another version wrote. */
static bool same_type(const struct ajar_state *a, const struct ajar_state *b)
{
    const char *of_a = ajar_state_fact(a, "type");
    const char *of_b = ajar_state_fact(b, "type");
    uint32_t bits_a;
    uint32_t bits_b;

    if (!of_a || !of_b)
        return of_a == of_b;
    if (bits_from_integer(of_a, &bits_a) && bits_from_integer(of_b, &bits_b))
        return bits_a == bits_b;
    return text_same_ignoring_case(of_a, of_b);
}

static enum match group_match(const struct ajar_state *now, const struct ajar_state *meant)
{
    if (!now->known || !meant->known || now->exists != meant->exists)
        return MATCH_OTHER;
    return !now->exists || same_type(now, meant) ? MATCH_SAME : MATCH_OTHER;
}

static char *describe(const struct ajar_state *state)
{
    const char *type = ajar_state_fact(state, "type");
    const char *members = ajar_state_fact(state, "members");
    OWNED(free) char *group = NULL;
    uint32_t bits;

    if (!type || !bits_from_integer(type, &bits))
        return text_make("no group: %s", type ? type : "of no class");
    group = group_type_phrase(bits);
    if (!group)
        return NULL;
    if (!members)
        return text_copy(group);
    if (strcmp(members, "0") == 0)
        return text_make("%s, empty", group);
    return text_make("%s, %s member%s", group, members, strcmp(members, "1") == 0 ? "" : "s");
}

static bool group_phrase(const struct ajar_state *state, char **ret_phrase, struct ajar_error *err)
{
    char *phrase = !state->known    ? text_copy("not known")
                   : !state->exists ? text_copy("absent")
                                    : describe(state);

    if (!phrase)
        return ajar_no_memory(err);
    *ret_phrase = phrase;
    return true;
}

static bool refuse(const struct setting *setting, const struct ajar_state *now, const char *why,
                   const char *hint, struct ajar_error *err)
{
    OWNED(free) char *is = NULL;

    if (!group_phrase(now, &is, err))
        return false;
    ajar_fail(err, AJAR_ECONFLICT, "\"%s\" (now %s): %s", name_of(setting), is, why);
    return ajar_hint(err, hint);
}

static bool create(struct directory *directory, const struct setting *setting,
                   struct ajar_error *err)
{
    const char *container = setting_value(setting, "container");
    const struct group_design design = { .name = name_of(setting),
                                         .container = container ? container : "CN=Users",
                                         .type = type_of(setting),
                                         .description = setting_value(setting, "description") };

    return group_live_create(directory, &design, err);
}

/* A group that appeared since it was read is not taken over: the rollback would delete it as the
 * window's own. And one that is gone cannot come back: a new one has another SID. */
static bool need_group(struct directory *directory, const struct setting *setting,
                       const struct ajar_state *now, const struct ajar_state *from,
                       const struct ajar_state *to, struct ajar_error *err)
{
    if (now->exists && group_match(now, to) != MATCH_SAME)
        return refuse(setting, now, "it is not changed into another",
                      "find out whose it is; rename or delete it by hand, or leave it out of the "
                      "plan",
                      err);
    if (now->exists && !from->exists)
        return refuse(setting, now, "somebody made it a moment ago",
                      "find out who needs it; delete it by hand, or leave it out of the plan", err);
    if (now->exists)
        return true;
    if (from->exists || ajar_state_fact(to, "guid"))
        return refuse(setting, now, "the group that was there is gone, a new one would not be it",
                      "restore it from the directory's recycle bin", err);
    return create(directory, setting, err);
}

/* The group goes when it is the one that `from` knows, and nobody uses it. */
static bool check_deletable(const struct setting *setting, const struct group_live *live,
                            const struct ajar_state *now, const struct ajar_state *from,
                            struct ajar_error *err)
{
    const char *known = ajar_state_fact(from, "guid");

    if (group_match(now, from) != MATCH_SAME)
        return refuse(setting, now, "it is not what it was", "find out who changed it", err);
    if (!known || !text_same_ignoring_case(known, ajar_state_fact(now, "guid")))
        return refuse(setting, now, "it is not the group that was made for this window",
                      "somebody deleted that one and made another: find out who needs it", err);
    if (live->member_count > 0) {
        ajar_fail(err, AJAR_ECONFLICT, "\"%s\" has %zu member%s: %s", name_of(setting),
                  live->member_count, live->member_count == 1 ? "" : "s", live->members);
        return ajar_hint(err, "find out who put them in; take them out by hand, then close again");
    }
    if (live->used_count > 0) {
        ajar_fail(err, AJAR_ECONFLICT, "\"%s\" is itself a member of %zu group%s", name_of(setting),
                  live->used_count, live->used_count == 1 ? "" : "s");
        return ajar_hint(err, "find out who put it there; take it out by hand, then close again");
    }
    return true;
}

static bool group_write(struct target *target, const struct setting *setting,
                        const struct ajar_state *from, const struct ajar_state *to,
                        struct ajar_error *err)
{
    OWNED(group_live_release) struct group_live live = { 0 };
    OWNED(ajar_state_release) struct ajar_state now = { 0 };
    struct directory *directory = NULL;

    if (!target_directory(target, &directory, err) ||
        !group_live_read(directory, name_of(setting), &live, err) || !state_of(&live, &now, err))
        return false;
    if (to->exists)
        return need_group(directory, setting, &now, from, to, err);
    return !live.exists || (check_deletable(setting, &live, &now, from, err) &&
                            group_live_delete(directory, &live.guid, err));
}

const struct provider provider_group = {
    .kind = "group",
    .fields = fields,
    .on_domain = true,
    .check = group_check,
    .thing = group_thing,
    .want = group_want,
    .closed = group_closed,
    .observe = group_observe,
    .match = group_match,
    .write = group_write,
    .phrase = group_phrase,
    .evidence = group_evidence,
};
