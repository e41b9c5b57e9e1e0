/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One member of one group of a domain.
 *
 *     [member everyone-in-pre-windows-2000]
 *     on = domain target.test
 *     group = S-1-5-32-554
 *     member = everyone
 *     closed = absent
 *
 * A member from outside the domain is stored through an object of its own, a foreign security
 * principal, which the server makes when the first group takes the member in and which stays behind
 * when the last one lets it go. So that nothing is left behind, a state has the fact `principal`:
 * the GUID of that object when there is a member; `absent` when there is neither.
 *
 * The server refuses to add a member that is there and to delete one that is not: that much is
 * compare-and-swap. Deleting the principal is not: it is read just before (no group uses it, and it
 * is the one that was made for the window), and a group that takes it in between the two calls, on
 * this controller or another, loses it again. A principal that the server does not let go of (Samba
 * keeps each whose RID is below 1000) stays behind: the member is gone all the same, and the state
 * is near the one before, which is told.
 */
#include "base/text.h"
#include "model/state.h"
#include "provider/account.h"
#include "provider/catalog.h"
#include "provider/membership.h"
#include "provider/object.h"
#include "provider/version.h"

#include <string.h>

static const struct field_rule fields[] = {
    { .name = "group", .type = FIELD_TEXT, .required = true },
    { .name = "member", .type = FIELD_TEXT, .required = true },
    { .name = "closed", .type = FIELD_CHOICE, .choices = "present absent" },
    { 0 },
};

static const char principal[] = "principal";
static const char absent[] = "absent";

/* A group is a SID, a name or a DN. */
static bool check_group_name(const struct setting *setting, struct ajar_error *err)
{
    const char *value = setting_value(setting, "group");

    if (!strchr(value, '=') && value[strcspn(value, "\\")])
        return setting_fail(setting, "group", err,
                            "group: \"%s\" has a domain, write the SID, the name alone or the DN",
                            value);
    return true;
}

static bool member_check(const struct setting *setting, struct ajar_error *err)
{
    return account_check_sid(setting, "group", err) && check_group_name(setting, err) &&
           account_check_field(setting, "member", err);
}

/* "everyone" and "S-1-1-0" are one thing: "Everyone (S-1-1-0)". */
static void append_identity(struct text *text, const char *value)
{
    char sid_text[SID_TEXT_SIZE];
    struct sid sid;
    const char *name;

    if (!account_known_sid(value, &sid)) {
        text_append(text, value);
        return;
    }
    sid_format(&sid, sid_text);
    name = sid_well_known_name(&sid);
    if (name)
        text_format(text, "%s (%s)", name, sid_text);
    else
        text_append(text, sid_text);
}

static bool member_thing(const struct setting *setting, char **ret_thing, struct ajar_error *err)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(4096);

    append_identity(&text, setting_value(setting, "member"));
    text_append(&text, " in ");
    append_identity(&text, setting_value(setting, "group"));
    return text_take(&text, ret_thing, err);
}

static bool member_want(const struct setting *setting, struct ajar_state *ret_wanted,
                        struct ajar_error *err)
{
    (void)setting;
    (void)err;
    *ret_wanted = (struct ajar_state){ .known = true, .exists = true };
    return true;
}

static bool member_closed(const struct setting *setting, struct ajar_state *ret_closed,
                          struct ajar_error *err)
{
    const char *closed = setting_value(setting, "closed");

    (void)err;
    *ret_closed = (struct ajar_state){ .known = closed != NULL };
    ret_closed->exists = closed && strcmp(closed, absent) != 0;
    return true;
}

/* Fails without memory only. */
static bool state_of(const struct membership *membership, struct ajar_state *ret_state,
                     struct ajar_error *err)
{
    struct ajar_state state = { .known = true, .exists = membership->is_member };
    char guid[GUID_TEXT_SIZE];
    bool ok = true;

    if (membership->is_member && membership->is_foreign &&
        guid_same(&membership->stored, &membership->object)) {
        guid_format(&membership->object, guid);
        ok = ajar_state_set(&state, principal, guid, err);
    } else if (!membership->is_member && !membership->has_object) {
        ok = ajar_state_set(&state, principal, absent, err);
    }
    if (!ok) {
        ajar_state_release(&state);
        return false;
    }
    *ret_state = state;
    return true;
}

static bool read_live(struct directory *directory, const struct setting *setting,
                      struct membership *ret_membership, struct ajar_error *err)
{
    return membership_read(directory, setting_value(setting, "group"),
                           setting_value(setting, "member"), ret_membership, err);
}

static bool member_observe(struct target *target, const struct setting *setting,
                           struct ajar_state *ret_now, struct ajar_error *err)
{
    OWNED(membership_release) struct membership membership = { 0 };
    struct directory *directory = NULL;

    return target_directory(target, &directory, err) &&
           read_live(directory, setting, &membership, err) && state_of(&membership, ret_now, err);
}

static bool member_evidence(struct target *target, const struct setting *setting,
                            struct ajar_state *ret_evidence, struct ajar_error *err)
{
    OWNED(membership_release) struct membership live = { 0 };
    struct directory *directory = NULL;
    const struct guid *member;

    if (!target_directory(target, &directory, err) || !read_live(directory, setting, &live, err))
        return false;
    member = live.is_member ? &live.stored : live.has_object ? &live.object : NULL;
    return version_of_member(directory, live.group, member, ret_evidence, err);
}

static bool lacks_principal(const struct ajar_state *state)
{
    const char *fact = ajar_state_fact(state, principal);

    return fact && strcmp(fact, absent) == 0;
}

static enum match member_match(const struct ajar_state *now, const struct ajar_state *meant)
{
    if (!now->known || !meant->known || now->exists != meant->exists)
        return MATCH_OTHER;
    if (now->exists || !lacks_principal(meant) || lacks_principal(now)) /* a wish lacks nothing */
        return MATCH_SAME;
    return MATCH_NEAR;
}

/* Is the member there now? For a server that says "it is so already". */
static bool is_member_now(struct directory *directory, const struct setting *setting,
                          bool *ret_is_member, struct ajar_error *err)
{
    OWNED(membership_release) struct membership now = { 0 };

    if (!read_live(directory, setting, &now, err))
        return false;
    *ret_is_member = now.is_member;
    return true;
}

/* One value of `member` to add or to delete. Somebody else may have done the same a moment ago:
 * then the server refuses, and a look tells. */
static bool change_member(struct directory *directory, const struct setting *setting,
                          const char *group, enum directory_operation operation, char *value,
                          struct ajar_error *err)
{
    const struct bytes bytes = { .at = (uint8_t *)value, .size = strlen(value) };
    const struct directory_change change = {
        .operation = operation, .attribute = "member", .count = 1, .values = &bytes
    };
    struct ajar_error looking = AJAR_NO_ERROR;
    bool is_member = operation != DIRECTORY_ADD;

    if (directory_modify(directory, group, &change, 1, err))
        return true;
    if (err->status != AJAR_ECONFLICT || !is_member_now(directory, setting, &is_member, &looking) ||
        is_member != (operation == DIRECTORY_ADD))
        return false;
    *err = AJAR_NO_ERROR;
    return true;
}

static bool add_member(struct directory *directory, const struct setting *setting,
                       const struct membership *live, struct ajar_error *err)
{
    OWNED(free) char *value = object_name_of_sid(&live->sid);

    if (!value)
        return ajar_no_memory(err);
    return change_member(directory, setting, live->group, DIRECTORY_ADD, value, err);
}

static bool remove_member(struct directory *directory, const struct setting *setting,
                          const struct membership *live, struct ajar_error *err)
{
    OWNED(free) char *value = object_name_of_guid(&live->stored);

    if (!value)
        return ajar_no_memory(err);
    return change_member(directory, setting, live->group, DIRECTORY_DELETE, value, err);
}

/* The principal may go when no group uses it and it is the one that `from` knows, if it knows one:
 * the state that a plan asks for does not. */
static bool may_go(const struct membership *now, const struct ajar_state *from)
{
    const char *known = ajar_state_fact(from, principal);
    char guid[GUID_TEXT_SIZE];

    if (!from->exists || !now->has_object || !now->is_foreign || now->is_used || now->is_member)
        return false;
    guid_format(&now->object, guid);
    return !known || text_same_ignoring_case(known, guid);
}

static bool remove_principal(struct directory *directory, const struct setting *setting,
                             const struct ajar_state *from, struct ajar_error *err)
{
    OWNED(membership_release) struct membership now = { 0 };
    OWNED(free) char *name = NULL;

    if (!read_live(directory, setting, &now, err))
        return false;
    if (!may_go(&now, from))
        return true;
    name = object_name_of_guid(&now.object);
    if (!name)
        return ajar_no_memory(err);
    if (directory_delete(directory, name, err))
        return true;
    if (err->status != AJAR_EMISSING && err->status != AJAR_EDENIED)
        return ajar_while(err, "foreign security principal of \"%s\"",
                          setting_value(setting, "member"));
    *err = AJAR_NO_ERROR;
    return true;
}

static bool move_to(struct directory *directory, const struct setting *setting,
                    const struct membership *live, const struct ajar_state *from,
                    const struct ajar_state *to, struct ajar_error *err)
{
    if (to->exists)
        return live->is_member || add_member(directory, setting, live, err);
    if (live->is_member && !remove_member(directory, setting, live, err))
        return false;
    return !lacks_principal(to) || remove_principal(directory, setting, from, err);
}

static bool member_write(struct target *target, const struct setting *setting,
                         const struct ajar_state *from, const struct ajar_state *to,
                         struct ajar_error *err)
{
    OWNED(membership_release) struct membership live = { 0 };
    OWNED(ajar_state_release) struct ajar_state now = { 0 };
    struct directory *directory = NULL;

    if (!target_directory(target, &directory, err) || !read_live(directory, setting, &live, err) ||
        !state_of(&live, &now, err))
        return false;
    if (member_match(&now, to) == MATCH_SAME)
        return true;
    if (member_match(&now, from) == MATCH_OTHER && member_match(&now, to) == MATCH_OTHER)
        return ajar_fail(
            err, AJAR_ECONFLICT, "\"%s\" is %s of \"%s\" now", setting_value(setting, "member"),
            live.is_member ? "a member" : "no member", setting_value(setting, "group"));
    return move_to(directory, setting, &live, from, to, err);
}

static bool member_phrase(const struct ajar_state *state, char **ret_phrase, struct ajar_error *err)
{
    const char *phrase = !state->known ? "not known" : state->exists ? "member" : "no member";
    char *copy = text_copy(phrase);

    if (!copy)
        return ajar_no_memory(err);
    *ret_phrase = copy;
    return true;
}

const struct provider provider_member = {
    .kind = "member",
    .fields = fields,
    .on_domain = true,
    .check = member_check,
    .thing = member_thing,
    .want = member_want,
    .closed = member_closed,
    .observe = member_observe,
    .match = member_match,
    .write = member_write,
    .phrase = member_phrase,
    .evidence = member_evidence,
};
