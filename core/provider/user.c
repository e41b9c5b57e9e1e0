/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/user.h"

#include "base/sid.h"
#include "provider/account.h"
#include "provider/object.h"
#include "transport/extended_dn.h"

#include <string.h>
#include <strings.h>

static const char *const attributes[] = { "objectClass",
                                          "objectGUID",
                                          "sAMAccountName",
                                          "userPrincipalName",
                                          "userAccountControl",
                                          "pwdLastSet",
                                          "mailNickname",
                                          "isCriticalSystemObject",
                                          "adminDescription",
                                          "msExchRecipientTypeDetails",
                                          NULL };

/* No account name and no userPrincipalName has both of these. */
static bool is_dn(const char *name)
{
    return strchr(name, '=') && (strchr(name, ',') || !strchr(name, '@'));
}

/* Where the DC= at the end of a DN in one spelling begin: "CN=Ann,DC=source,DC=test". */
static const char *domain_part(const char *dn)
{
    const char *part = NULL;

    for (const char *at = dn; *at;) {
        if (strncasecmp(at, "DC=", 3) != 0)
            part = NULL;
        else if (!part)
            part = at;
        while (*at && *at != ',')
            at += at[0] == '\\' && at[1] ? 2 : 1;
        at += *at == ',';
    }
    return part ? part : "";
}

/* Takes over what was found. */
static bool take(struct directory_result *found, struct user *ret_user, struct ajar_error *err)
{
    struct user user = { .match = USER_FOUND, .count = found->count };
    struct extended_dn name;

    if (found->count != 1) {
        user.match = found->count ? USER_SEVERAL : USER_MISSING;
        *ret_user = user;
        return true;
    }
    if (!extended_dn_parse(found->entries[0].dn, &name, err))
        return false;
    if (!name.has_guid)
        return ajar_fail(err, AJAR_EPROTOCOL, "the object's name came without its GUID");
    user.guid = name.guid;
    user.dn = text_copy(name.dn);
    if (!user.dn)
        return ajar_no_memory(err);
    user.entry = *found;
    *found = (struct directory_result){ 0 };
    *ret_user = user;
    return true;
}

/* The object of this DN or "<SID=...>". */
static bool find_object(struct directory *directory, const char *base, struct user *ret_user,
                        struct ajar_error *err)
{
    const struct directory_query query = { .base = base,
                                           .attributes = attributes,
                                           .extended_dn = true };
    OWNED(directory_result_release) struct directory_result found = { 0 };
    struct ajar_error trouble = AJAR_NO_ERROR;

    if (!directory_search(directory, &query, &found, &trouble) && trouble.status != AJAR_EMISSING) {
        *err = trouble;
        return false;
    }
    return take(&found, ret_user, err);
}

static bool find_dn(struct directory *directory, const char *name, struct user *ret_user,
                    struct ajar_error *err)
{
    const char *head = directory_domain_dn(directory);
    OWNED(free) char *dn = NULL;
    struct ajar_error no_dn = AJAR_NO_ERROR;

    if (!object_dn_below(name, head, &dn, &no_dn)) {
        *ret_user = (struct user){ .match = USER_MISSING };
        return true;
    }
    if (!text_same_ignoring_case(domain_part(dn), head)) {
        *ret_user = (struct user){ .match = USER_ELSEWHERE };
        return true;
    }
    return find_object(directory, dn, ret_user, err);
}

/* `pattern` as directory_filter() takes it. */
static bool find_value(struct directory *directory, const char *pattern, const char *value,
                       struct user *ret_user, struct ajar_error *err)
{
    OWNED(free) char *filter = NULL;
    struct directory_query query = { .base = directory_domain_dn(directory),
                                     .scope = DIRECTORY_SUBTREE,
                                     .attributes = attributes,
                                     .extended_dn = true };
    OWNED(directory_result_release) struct directory_result found = { 0 };

    if (!directory_filter(pattern, value, strlen(value), &filter, err))
        return false;
    query.filter = filter;
    return directory_search(directory, &query, &found, err) && take(&found, ret_user, err);
}

/* An account name, with the domain's short name in front or without. */
static bool find_account(struct directory *directory, const char *name, struct user *ret_user,
                         struct ajar_error *err)
{
    const char *backslash = strchr(name, '\\');
    OWNED(free) char *own = NULL;

    if (backslash && !account_short_name(directory, &own, err))
        return false;
    if (backslash &&
        (strlen(own) != (size_t)(backslash - name) || strncasecmp(own, name, strlen(own)) != 0)) {
        *ret_user = (struct user){ .match = USER_ELSEWHERE };
        return true;
    }
    return find_value(directory, "(&(objectSid=*)(sAMAccountName=@))",
                      backslash ? backslash + 1 : name, ret_user, err);
}

static bool find_sid(struct directory *directory, const struct sid *sid, struct user *ret_user,
                     struct ajar_error *err)
{
    OWNED(free) char *base = object_name_of_sid(sid);

    return base ? find_object(directory, base, ret_user, err) : ajar_no_memory(err);
}

bool user_find(struct directory *directory, const char *name, struct user *ret_user,
               struct ajar_error *err)
{
    struct ajar_error no_sid = AJAR_NO_ERROR;
    struct sid sid;

    if (sid_parse(name, &sid, &no_sid))
        return find_sid(directory, &sid, ret_user, err);
    if (is_dn(name))
        return find_dn(directory, name, ret_user, err);
    if (strchr(name, '@'))
        return find_value(directory, "(userPrincipalName=@)", name, ret_user, err);
    return find_account(directory, name, ret_user, err);
}

const char *user_text(const struct user *user, const char *attribute)
{
    return directory_text(&user->entry.entries[0], attribute);
}

bool user_is_person(const struct user *user)
{
    const struct directory_entry *entry = &user->entry.entries[0];

    return directory_has_class(entry, "user") && !directory_has_class(entry, "computer");
}

void user_release(struct user *user)
{
    free(user->dn);
    directory_result_release(&user->entry);
    *user = (struct user){ 0 };
}
