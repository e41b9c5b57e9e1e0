/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/account.h"

#include "base/text.h"
#include "transport/extended_dn.h"

#include <string.h>

bool account_known_sid(const char *text, struct sid *ret_sid)
{
    struct ajar_error no_sid = AJAR_NO_ERROR;

    return sid_parse(text, ret_sid, &no_sid) || sid_from_name(text, ret_sid);
}

bool account_find(struct directory *directory, const char *name, struct directory_result *ret_found,
                  struct ajar_error *err)
{
    static const char *const attributes[] = { "objectClass", NULL };
    OWNED(directory_result_release) struct directory_result found = { 0 };
    OWNED(free) char *filter = NULL;
    struct directory_query query = { .base = directory_domain_dn(directory),
                                     .scope = DIRECTORY_SUBTREE,
                                     .attributes = attributes,
                                     .extended_dn = true };

    if (!directory_filter("(&(objectSid=*)(sAMAccountName=@))", name, strlen(name), &filter, err))
        return false;
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

bool account_short_name(struct directory *directory, char **ret_name, struct ajar_error *err)
{
    static const char *const attributes[] = { "nETBIOSName", NULL };
    OWNED(directory_result_release) struct directory_result found = { 0 };
    const char *dn = directory_domain_dn(directory);
    OWNED(free) char *base = text_make("CN=Partitions,%s", directory_configuration_dn(directory));
    OWNED(free) char *filter = NULL;
    struct directory_query query = { .scope = DIRECTORY_ONE, .attributes = attributes };
    const char *own;
    char *name;

    if (!base)
        return ajar_no_memory(err);
    if (!directory_filter("(&(objectClass=crossRef)(nCName=@))", dn, strlen(dn), &filter, err))
        return false;
    query.base = base;
    query.filter = filter;
    if (!directory_search(directory, &query, &found, err))
        return false;
    own = found.count == 1 ? directory_text(&found.entries[0], "nETBIOSName") : NULL;
    name = text_copy(own ? own : "");
    if (!name)
        return ajar_no_memory(err);
    *ret_name = name;
    return true;
}

/* Refuses "OTHER\name": whoever is meant, it is not the account of that name in this domain. */
static bool check_domain_name(struct directory *directory, const char *name, size_t size,
                              struct ajar_error *err)
{
    OWNED(free) char *own = NULL;

    if (!account_short_name(directory, &own, err))
        return false;
    if (strlen(own) == size && strncasecmp(own, name, size) == 0)
        return true;
    ajar_fail(err, AJAR_EMISSING, "\"%.*s\" is not this domain (which is %s)", (int)size, name,
              own[0] ? own : "without a short name");
    return ajar_hint(err, "give the SID of an account that is in another domain");
}

bool account_resolve(struct directory *directory, const char *account, struct sid *ret_sid,
                     struct ajar_error *err)
{
    OWNED(directory_result_release) struct directory_result found = { 0 };
    const char *backslash = strchr(account, '\\');
    const char *name = backslash ? backslash + 1 : account;
    struct extended_dn found_name;

    if (account_known_sid(account, ret_sid))
        return true;
    if (backslash && !check_domain_name(directory, account, (size_t)(backslash - account), err))
        return false;
    if (!account_find(directory, name, &found, err) ||
        !extended_dn_parse(found.entries[0].dn, &found_name, err))
        return false;
    if (!found_name.has_sid)
        return ajar_fail(err, AJAR_EPROTOCOL, "the name of \"%s\" came without its SID", name);
    *ret_sid = found_name.sid;
    return true;
}

/* What no account name holds ([MS-SAMR] 3.1.1.6), but for the backslash. */
static const char never_in_names[] = "\"/[]:;|=,+*?<>";

bool account_check_sid(const struct setting *setting, const char *field, struct ajar_error *err)
{
    const char *value = setting_value(setting, field);
    struct ajar_error no_sid = AJAR_NO_ERROR;
    struct sid sid;

    if (strncasecmp(value, "S-1-", 4) != 0 || sid_parse(value, &sid, &no_sid))
        return true;
    return setting_fail(setting, field, err, "%s: %s", field, no_sid.text);
}

bool account_check_field(const struct setting *setting, const char *field, struct ajar_error *err)
{
    const char *value = setting_value(setting, field);
    const char *backslash = strchr(value, '\\');
    size_t odd = strcspn(value, never_in_names);

    if (!account_check_sid(setting, field, err))
        return false;
    if (value[odd])
        return setting_fail(setting, field, err,
                            "%s: \"%s\" is no account name (because of '%c'), write a SID, "
                            "name or DOMAIN\\name",
                            field, value, value[odd]);
    if (backslash && (backslash == value || !backslash[1] || strchr(backslash + 1, '\\')))
        return setting_fail(setting, field, err, "%s: \"%s\" is not DOMAIN\\name", field, value);
    return true;
}
