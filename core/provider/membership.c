/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/membership.h"

#include "base/text.h"
#include "transport/extended_dn.h"

#include <string.h>

bool membership_known_sid(const char *text, struct sid *ret_sid)
{
    struct ajar_error no_sid = AJAR_NO_ERROR;

    return sid_parse(text, ret_sid, &no_sid) || sid_from_name(text, ret_sid);
}

/* One object of the domain by its account name, with a name that has GUID and SID. */
static bool find_account(struct directory *directory, const char *name,
                         struct directory_result *ret_found, struct ajar_error *err)
{
    static const char *const attributes[] = { "objectClass", NULL };
    OWNED(directory_result_release) struct directory_result found = { 0 };
    OWNED(free) char *escaped = NULL;
    OWNED(free) char *filter = NULL;
    struct directory_query query = { .base = directory_domain_dn(directory),
                                     .scope = DIRECTORY_SUBTREE,
                                     .attributes = attributes,
                                     .extended_dn = true };

    if (!directory_escape(name, strlen(name), &escaped, err))
        return false;
    filter = text_make("(&(objectSid=*)(sAMAccountName=%s))", escaped);
    if (!filter)
        return ajar_no_memory(err);
    query.filter = filter;
    if (!directory_search(directory, &query, &found, err))
        return false;
    if (found.count != 1) {
        ajar_fail(err, AJAR_EMISSING, "there is no account \"%s\" at %s", name,
                  directory_host(directory));
        return ajar_hint(err, "give its SID: names of built-in groups differ from language to "
                              "language, and other domains' accounts are not found by name");
    }
    *ret_found = found;
    found = (struct directory_result){ 0 };
    return true;
}

/* Refuses "OTHER\name": whoever is meant, it is not the account of that name in this domain. */
static bool check_domain_name(struct directory *directory, const char *name, size_t size,
                              struct ajar_error *err)
{
    static const char *const attributes[] = { "nETBIOSName", NULL };
    OWNED(directory_result_release) struct directory_result found = { 0 };
    const char *dn = directory_domain_dn(directory);
    OWNED(free) char *base = text_make("CN=Partitions,%s", directory_configuration_dn(directory));
    OWNED(free) char *escaped = NULL;
    OWNED(free) char *filter = NULL;
    struct directory_query query = { .scope = DIRECTORY_ONE, .attributes = attributes };
    const char *own;

    if (!directory_escape(dn, strlen(dn), &escaped, err))
        return false;
    filter = text_make("(&(objectClass=crossRef)(nCName=%s))", escaped);
    if (!base || !filter)
        return ajar_no_memory(err);
    query.base = base;
    query.filter = filter;
    if (!directory_search(directory, &query, &found, err))
        return false;
    own = found.count == 1 ? directory_text(&found.entries[0], "nETBIOSName") : NULL;
    if (own && strlen(own) == size && strncasecmp(own, name, size) == 0)
        return true;
    ajar_fail(err, AJAR_EMISSING, "\"%.*s\" is not this domain (which is %s)", (int)size, name,
              own ? own : "without a short name");
    return ajar_hint(err, "give the SID of an account that is in another domain");
}

static bool resolve_member(struct directory *directory, const char *member, struct sid *ret_sid,
                           struct ajar_error *err)
{
    OWNED(directory_result_release) struct directory_result found = { 0 };
    const char *backslash = strchr(member, '\\');
    const char *name = backslash ? backslash + 1 : member;
    struct extended_dn account;

    if (membership_known_sid(member, ret_sid))
        return true;
    if (backslash && !check_domain_name(directory, member, (size_t)(backslash - member), err))
        return false;
    if (!find_account(directory, name, &found, err) ||
        !extended_dn_parse(found.entries[0].dn, &account, err))
        return false;
    if (!account.has_sid)
        return ajar_fail(err, AJAR_EPROTOCOL, "the name of \"%s\" came without its SID", name);
    *ret_sid = account.sid;
    return true;
}

static char *guid_base(const struct guid *guid)
{
    char text[GUID_TEXT_SIZE];

    guid_format(guid, text);
    return text_make("<GUID=%s>", text);
}

/* Where the group is: a base for a search. */
static bool resolve_group(struct directory *directory, const char *group, char **ret_base,
                          struct ajar_error *err)
{
    OWNED(directory_result_release) struct directory_result found = { 0 };
    struct extended_dn account;
    char text[SID_TEXT_SIZE];
    struct sid sid;

    if (membership_known_sid(group, &sid)) {
        sid_format(&sid, text);
        *ret_base = text_make("<SID=%s>", text);
    } else if (strchr(group, '=')) {
        *ret_base = text_copy(group);
    } else {
        if (!find_account(directory, group, &found, err) ||
            !extended_dn_parse(found.entries[0].dn, &account, err))
            return false;
        *ret_base = guid_base(&account.guid);
    }
    return *ret_base || ajar_no_memory(err);
}

static bool has_class(const struct directory_entry *entry, const char *name)
{
    const struct directory_attribute *classes = directory_attribute(entry, "objectClass");

    for (size_t i = 0; classes && i < classes->count; i++) {
        const struct bytes *value = &classes->values[i].bytes;

        if (value->at && text_same_ignoring_case((const char *)value->at, name))
            return true;
    }
    return false;
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
    if (found.count != 1 || !has_class(&found.entries[0], "group"))
        return ajar_fail(err, AJAR_EMISSING, "\"%s\" is no group", base);
    if (!extended_dn_parse(found.entries[0].dn, &name, err))
        return false;
    if (!name.has_guid)
        return ajar_fail(err, AJAR_EPROTOCOL, "the group's name came without its GUID");
    membership->group = guid_base(&name.guid);
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
        membership->is_foreign = has_class(entry, "foreignSecurityPrincipal");
        membership->is_used = groups && groups->count > 0;
    }
    return true;
}

static bool read_object(struct directory *directory, struct membership *membership,
                        struct ajar_error *err)
{
    static const char *const attributes[] = { "objectClass", "memberOf", NULL };
    OWNED(directory_result_release) struct directory_result found = { 0 };
    OWNED(free) char *escaped = NULL;
    OWNED(free) char *filter = NULL;
    struct directory_query query = { .base = directory_domain_dn(directory),
                                     .scope = DIRECTORY_SUBTREE,
                                     .attributes = attributes,
                                     .extended_dn = true };

    if (!directory_escape(membership->sid.bytes, membership->sid.size, &escaped, err))
        return false;
    filter = text_make("(objectSid=%s)", escaped);
    if (!filter)
        return ajar_no_memory(err);
    query.filter = filter;
    return directory_search(directory, &query, &found, err) && take_object(&found, membership, err);
}

bool membership_read(struct directory *directory, const char *group, const char *member,
                     struct membership *ret_membership, struct ajar_error *err)
{
    OWNED(membership_release) struct membership membership = { 0 };
    OWNED(free) char *base = NULL;

    if (!resolve_member(directory, member, &membership.sid, err))
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
