/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/membership.h"

#include "base/text.h"
#include "provider/account.h"
#include "provider/object.h"
#include "transport/extended_dn.h"

#include <string.h>

/* Where the group is: a base for a search. */
static bool resolve_group(struct directory *directory, const char *group, char **ret_base,
                          struct ajar_error *err)
{
    OWNED(directory_result_release) struct directory_result found = { 0 };
    struct extended_dn account;
    struct sid sid;

    if (account_known_sid(group, &sid)) {
        *ret_base = object_name_of_sid(&sid);
    } else if (strchr(group, '=')) {
        *ret_base = text_copy(group);
    } else {
        if (!account_find(directory, group, &found, err) ||
            !extended_dn_parse(found.entries[0].dn, &account, err))
            return false;
        *ret_base = object_name_of_guid(&account.guid);
    }
    return *ret_base || ajar_no_memory(err);
}

/* Looks for the SID among the group's members. */
static bool find_member(const struct directory_entry *group, struct membership *membership,
                        struct ajar_error *err)
{
    const struct directory_attribute *members = directory_attribute(group, "member");

    for (size_t i = 0; members && i < members->count && !membership->is_member; i++) {
        struct extended_dn member;

        if (!members->values[i].bytes.at)
            continue;
        if (!extended_dn_parse((const char *)members->values[i].bytes.at, &member, err))
            return false;
        if (!member.has_sid || !sid_same(&member.sid, &membership->sid))
            continue;
        if (!member.has_guid)
            return ajar_fail(err, AJAR_EPROTOCOL, "a member's name came without its GUID");
        membership->is_member = true;
        membership->stored = member.guid;
    }
    return true;
}

static bool read_group(struct directory *directory, const char *base, struct membership *membership,
                       struct ajar_error *err)
{
    static const char *const attributes[] = { "member", "objectClass", NULL };
    const struct directory_query query = { .base = base,
                                           .attributes = attributes,
                                           .extended_dn = true };
    OWNED(directory_result_release) struct directory_result found = { 0 };
    struct extended_dn name;

    if (!directory_search(directory, &query, &found, err))
        return false;
    if (found.count != 1 || !directory_has_class(&found.entries[0], "group"))
        return ajar_fail(err, AJAR_EMISSING, "\"%s\" is no group", base);
    if (!extended_dn_parse(found.entries[0].dn, &name, err))
        return false;
    if (!name.has_guid)
        return ajar_fail(err, AJAR_EPROTOCOL, "the group's name came without its GUID");
    membership->group = object_name_of_guid(&name.guid);
    if (!membership->group)
        return ajar_no_memory(err);
    return find_member(&found.entries[0], membership, err);
}

/* Takes the object that the group holds, or else the first: replication conflicts can leave several
 * principals of one SID. */
static bool take_object(const struct directory_result *found, struct membership *membership,
                        struct ajar_error *err)
{
    for (size_t i = 0; i < found->count; i++) {
        const struct directory_entry *entry = &found->entries[i];
        const struct directory_attribute *groups = directory_attribute(entry, "memberOf");
        struct extended_dn name;

        if (!extended_dn_parse(entry->dn, &name, err))
            return false;
        if (!name.has_guid)
            return ajar_fail(err, AJAR_EPROTOCOL, "a principal's name came without its GUID");
        if (membership->has_object &&
            !(membership->is_member && guid_same(&name.guid, &membership->stored)))
            continue;
        membership->has_object = true;
        membership->object = name.guid;
        membership->is_foreign = directory_has_class(entry, "foreignSecurityPrincipal");
        membership->is_used = groups && groups->count > 0;
    }
    return true;
}

static bool read_object(struct directory *directory, struct membership *membership,
                        struct ajar_error *err)
{
    static const char *const attributes[] = { "objectClass", "memberOf", NULL };
    OWNED(directory_result_release) struct directory_result found = { 0 };
    OWNED(free) char *filter = NULL;
    struct directory_query query = { .base = directory_domain_dn(directory),
                                     .scope = DIRECTORY_SUBTREE,
                                     .attributes = attributes,
                                     .extended_dn = true };

    if (!directory_filter("(objectSid=@)", membership->sid.bytes, membership->sid.size, &filter,
                          err))
        return false;
    query.filter = filter;
    return directory_search(directory, &query, &found, err) && take_object(&found, membership, err);
}

bool membership_read(struct directory *directory, const char *group, const char *member,
                     struct membership *ret_membership, struct ajar_error *err)
{
    OWNED(membership_release) struct membership membership = { 0 };
    OWNED(free) char *base = NULL;

    if (!account_resolve(directory, member, &membership.sid, err))
        return ajar_while(err, "member \"%s\"", member);
    if (!resolve_group(directory, group, &base, err) ||
        !read_group(directory, base, &membership, err))
        return ajar_while(err, "group \"%s\"", group);
    if (!read_object(directory, &membership, err))
        return ajar_while(err, "member \"%s\"", member);
    *ret_membership = membership;
    membership = (struct membership){ 0 };
    return true;
}

void membership_release(struct membership *membership)
{
    free(membership->group);
    *membership = (struct membership){ 0 };
}
