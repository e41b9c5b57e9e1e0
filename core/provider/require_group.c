/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Groups that a migration finds in a domain, and who is in them.
 *
 *     [require sid-history-audit-group]          [require migrator-is-admin]
 *     on = domain source.test                    on = domain source.test
 *     check = empty-group                        check = member
 *     group = SOURCE$$$                          account = migrator
 *     absent-ok = yes                            group = S-1-5-32-544
 *
 * `member` asks for what the account's token would hold: membership through other groups and the
 * primary group count, too.
 */
#include "provider/account.h"
#include "provider/group_live.h"
#include "provider/membership.h"
#include "provider/object.h"
#include "provider/requirement.h"
#include "transport/extended_dn.h"

#include <string.h>

static const struct field_rule empty_group_fields[] = {
    { .name = "group", .type = FIELD_TEXT, .required = true },
    { .name = "absent-ok", .type = FIELD_YES_NO },
    { 0 },
};

static bool judge_absent(const struct setting *setting, struct finding *ret_finding,
                         struct ajar_error *err)
{
    const char *absent_ok = setting_value(setting, "absent-ok");
    const char *name = setting_value(setting, "group");

    if (absent_ok && strcmp(absent_ok, "yes") == 0)
        return finding_pass(ret_finding, err,
                            "there is no \"%s\" yet, and nothing else of that name", name);
    return finding_fail(ret_finding, err,
                        "make it: an empty domain-local security group, by a [group] setting or by "
                        "hand",
                        "there is no group \"%s\"", name);
}

static bool judge_group(const struct setting *setting, const struct group_live *live,
                        struct finding *ret_finding, struct ajar_error *err)
{
    const char *name = setting_value(setting, "group");
    OWNED(free) char *type = group_type_phrase(live->type);

    if (!type)
        return ajar_no_memory(err);
    if (!live->is_group)
        return finding_fail(ret_finding, err, "rename or delete what has the group's name",
                            "\"%s\" is no group: %s", name, live->class_name);
    if (live->type != (GROUP_SECURITY | GROUP_DOMAIN_LOCAL))
        return finding_fail(ret_finding, err,
                            "rename or delete it, if nobody needs it, and make a domain-local "
                            "security group of this name",
                            "\"%s\" is a %s, not a domain-local security group", name, type);
    if (live->member_count > 0)
        return finding_fail(ret_finding, err, "find out who put them in, and take them out",
                            "\"%s\" has %zu member%s: %s", name, live->member_count,
                            live->member_count == 1 ? "" : "s", live->members);
    return finding_pass(ret_finding, err, "\"%s\" is a %s without members", name, type);
}

static bool examine_empty_group(struct target *target, const struct setting *setting,
                                struct finding *ret_finding, struct ajar_error *err)
{
    OWNED(group_live_release) struct group_live live = { 0 };
    struct directory *directory = NULL;

    if (!target_directory(target, &directory, err) ||
        !group_live_read(directory, setting_value(setting, "group"), &live, err))
        return false;
    return live.exists ? judge_group(setting, &live, ret_finding, err)
                       : judge_absent(setting, ret_finding, err);
}

const struct requirement requirement_empty_group = {
    .check = "empty-group",
    .fields = empty_group_fields,
    .places = REQUIREMENT_ON_DOMAIN,
    .examine = examine_empty_group,
};

static const struct field_rule member_fields[] = {
    { .name = "account", .type = FIELD_TEXT, .required = true },
    { .name = "group", .type = FIELD_TEXT, .required = true },
    { 0 },
};

static bool judge_member_section(const struct setting *setting, struct ajar_error *err)
{
    return account_check_field(setting, "account", err) && account_check_sid(setting, "group", err);
}

/* The account's object, with the SIDs of all groups that it is in: the primary one, and those that
 * hold it through others ([MS-ADTS] 3.1.1.4.5.19, tokenGroups). A foreign principal has none. */
static bool read_token(struct directory *directory, const struct guid *account,
                       struct directory_result *ret_token, struct ajar_error *err)
{
    static const char *const attributes[] = { "tokenGroups", NULL };
    OWNED(free) char *base = object_name_of_guid(account);
    const struct directory_query query = { .base = base, .attributes = attributes };
    OWNED(directory_result_release) struct directory_result token = { 0 };

    if (!base)
        return ajar_no_memory(err);
    if (!directory_search(directory, &query, &token, err))
        return false;
    if (token.count != 1)
        return ajar_fail(err, AJAR_EMISSING, "the account is gone");
    *ret_token = token;
    token = (struct directory_result){ 0 };
    return true;
}

static bool token_has(const struct directory_result *token, const struct sid *sid)
{
    const struct directory_attribute *groups =
        directory_attribute(&token->entries[0], "tokenGroups");

    for (size_t i = 0; groups && i < groups->count; i++) {
        const struct bytes *value = &groups->values[i].bytes;

        if (value->size == sid->size && memcmp(value->at, sid->bytes, sid->size) == 0)
            return true;
    }
    return false;
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
static bool find_way(const struct directory_result *group, const struct directory_result *token,
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

/* Does the group hold this object through other groups? LDAP_MATCHING_RULE_TRANSITIVE_EVAL,
 * [MS-ADTS] 3.1.1.3.4.4.3. */
static bool holds_object(struct directory *directory, const char *group, const char *object_dn,
                         bool *ret_holds, struct ajar_error *err)
{
    static const char *const attributes[] = { "objectClass", NULL };
    OWNED(free) char *escaped = NULL;
    OWNED(free) char *filter = NULL;
    OWNED(directory_result_release) struct directory_result found = { 0 };
    struct directory_query query = { .base = group, .attributes = attributes };

    if (!directory_escape(object_dn, strlen(object_dn), &escaped, err))
        return false;
    filter = text_make("(member:1.2.840.113556.1.4.1941:=%s)", escaped);
    if (!filter)
        return ajar_no_memory(err);
    query.filter = filter;
    if (!directory_search(directory, &query, &found, err))
        return false;
    *ret_holds = found.count == 1;
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
    OWNED(directory_result_release) struct directory_result token = { 0 };
    OWNED(directory_result_release) struct directory_result group = { 0 };
    struct extended_dn name;
    const char *way = NULL;
    bool holds = false;

    if (!read_token(directory, &membership->object, &token, err) ||
        !read_group(directory, membership->group, &group, &name, err))
        return false;
    if (token_has(&token, &name.sid))
        return find_way(&group, &token, &way, err) &&
               tell_member(setting, way ? "through " : "its primary group", way ? way : "",
                           ret_finding, err);
    if (membership->is_foreign &&
        !holds_object(directory, membership->group, token.entries[0].dn, &holds, err))
        return false;
    return holds ? tell_member(setting, "through other groups", "", ret_finding, err)
                 : tell_no_member(setting, membership, ret_finding, err);
}

static bool examine_member(struct target *target, const struct setting *setting,
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
    .fields = member_fields,
    .places = REQUIREMENT_ON_DOMAIN,
    .judge = judge_member_section,
    .examine = examine_member,
};
