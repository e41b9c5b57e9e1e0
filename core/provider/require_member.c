/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An account of a domain is in a group.
 *
 *     [require migrator-is-admin]
 *     on = domain source.test
 *     check = member
 *     account = migrator
 *     group = S-1-5-32-544
 *
 * Membership through other groups and the primary group count, too. What a login adds (Everyone,
 * Authenticated Users) does not: it is in groups of its own.
 */
#include "provider/account.h"
#include "provider/membership.h"
#include "provider/requirement.h"
#include "provider/token.h"
#include "transport/extended_dn.h"

static const struct field_rule fields[] = {
    { .name = "account", .type = FIELD_TEXT, .required = true },
    { .name = "group", .type = FIELD_TEXT, .required = true },
    { 0 },
};

static bool judge(const struct setting *setting, struct ajar_error *err)
{
    return account_check_field(setting, "account", err) && account_check_sid(setting, "group", err);
}

/* The group's name with its SID, and its members'. */
static bool read_group(struct directory *directory, const char *base,
                       struct directory_result *ret_group, struct extended_dn *ret_name,
                       struct ajar_error *err)
{
    static const char *const attributes[] = { "member", NULL };
    const struct directory_query query = { .base = base,
                                           .attributes = attributes,
                                           .extended_dn = true };
    OWNED(directory_result_release) struct directory_result group = { 0 };

    if (!directory_search(directory, &query, &group, err))
        return false;
    if (group.count != 1)
        return ajar_fail(err, AJAR_EMISSING, "the group is gone");
    if (!extended_dn_parse(group.entries[0].dn, ret_name, err))
        return false;
    if (!ret_name->has_sid)
        return ajar_fail(err, AJAR_EPROTOCOL, "the group's name came without its SID");
    *ret_group = group;
    group = (struct directory_result){ 0 };
    return true;
}

/* Says through which of the group's members the account is in it. A part of `group`, or NULL:
 * through none of them, it is the primary group. */
static bool find_way(const struct directory_result *group, const struct token *token,
                     const char **ret_way, struct ajar_error *err)
{
    const struct directory_attribute *members = directory_attribute(&group->entries[0], "member");
    const char *way = NULL;

    for (size_t i = 0; members && i < members->count && !way; i++) {
        const struct bytes *value = &members->values[i].bytes;
        struct extended_dn member;

        if (!extended_dn_parse(value->at ? (const char *)value->at : "", &member, err))
            return false;
        if (member.has_sid && token_has(token, &member.sid))
            way = member.dn;
    }
    *ret_way = way;
    return true;
}

static bool tell_member(const struct setting *setting, const char *how, const char *through,
                        struct finding *ret_finding, struct ajar_error *err)
{
    return finding_pass(ret_finding, err, "\"%s\" is a member of \"%s\", %s%s",
                        setting_value(setting, "account"), setting_value(setting, "group"), how,
                        through);
}

static bool tell_no_member(const struct setting *setting, const struct membership *membership,
                           struct finding *ret_finding, struct ajar_error *err)
{
    bool is_foreign = !membership->has_object || membership->is_foreign;

    return finding_fail(ret_finding, err,
                        "make it a member, by a [member] setting or by hand; it counts from its "
                        "next logon on",
                        "\"%s\" is no member of \"%s\"%s", setting_value(setting, "account"),
                        setting_value(setting, "group"),
                        is_foreign ? " (which groups of its own domain it is in was not looked at)"
                                   : "");
}

/* Who is no member directly may be one all the same. */
static bool look_further(struct directory *directory, const struct setting *setting,
                         const struct membership *membership, struct finding *ret_finding,
                         struct ajar_error *err)
{
    OWNED(directory_result_release) struct directory_result group = { 0 };
    OWNED(token_release) struct token token = { 0 };
    struct extended_dn name;
    const char *way = NULL;

    if (!token_read_groups(directory, &membership->sid, &token, err) ||
        !read_group(directory, membership->group, &group, &name, err))
        return false;
    if (!token_has(&token, &name.sid))
        return tell_no_member(setting, membership, ret_finding, err);
    if (membership->is_foreign)
        return tell_member(setting, "through other groups", "", ret_finding, err);
    return find_way(&group, &token, &way, err) &&
           tell_member(setting, way ? "through " : "its primary group", way ? way : "", ret_finding,
                       err);
}

static bool examine(struct target *target, const struct setting *setting,
                    struct finding *ret_finding, struct ajar_error *err)
{
    OWNED(membership_release) struct membership membership = { 0 };
    struct ajar_error missing = AJAR_NO_ERROR;
    struct directory *directory = NULL;

    if (!target_directory(target, &directory, err))
        return false;
    if (!membership_read(directory, setting_value(setting, "group"),
                         setting_value(setting, "account"), &membership, &missing)) {
        if (missing.status == AJAR_EMISSING)
            return finding_fail(ret_finding, err, "check the names in the plan", "%s",
                                missing.text);
        *err = missing;
        return false;
    }
    if (membership.is_member)
        return tell_member(setting, "directly", "", ret_finding, err);
    if (!membership.has_object)
        return tell_no_member(setting, &membership, ret_finding, err);
    return look_further(directory, setting, &membership, ret_finding, err);
}

const struct requirement requirement_member = {
    .check = "member",
    .fields = fields,
    .places = REQUIREMENT_ON_DOMAIN,
    .judge = judge,
    .examine = examine,
};
