/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/account.h"

#include "base/text.h"

#include <string.h>

/* The head of the forest's domain that has this short name. To be freed. */
static bool find_domain(struct directory *directory, const char *name, size_t size, char **ret_dn,
                        struct ajar_error *err)
{
    static const char *const attributes[] = { "nCName", NULL };
    OWNED(directory_result_release) struct directory_result found = { 0 };
    OWNED(free) char *base = text_make("CN=Partitions,%s", directory_configuration_dn(directory));
    OWNED(free) char *filter = NULL;
    struct directory_query query = { .scope = DIRECTORY_ONE, .attributes = attributes };
    const char *dn;

    if (!base)
        return ajar_no_memory(err);
    if (!directory_filter("(&(objectClass=crossRef)(nETBIOSName=@))", name, size, &filter, err))
        return false;
    query.base = base;
    query.filter = filter;
    if (!directory_search(directory, &query, &found, err))
        return false;
    dn = found.count == 1 ? directory_text(&found.entries[0], attributes[0]) : NULL;
    if (!dn) {
        ajar_fail(err, AJAR_EMISSING, "the forest has no domain \"%.*s\"", (int)size, name);
        return ajar_hint(err, "give the SID of an account that is in another forest");
    }
    *ret_dn = text_copy(dn);
    return *ret_dn || ajar_no_memory(err);
}

static bool find_sid(struct directory *catalog, const char *domain_dn, const char *name,
                     struct sid *ret_sid, struct ajar_error *err)
{
    static const char *const attributes[] = { "objectSid", NULL };
    OWNED(directory_result_release) struct directory_result found = { 0 };
    OWNED(free) char *filter = NULL;
    struct directory_query query = { .base = domain_dn,
                                     .scope = DIRECTORY_SUBTREE,
                                     .attributes = attributes };
    const struct directory_attribute *sid;

    if (!directory_filter("(&(objectSid=*)(sAMAccountName=@))", name, strlen(name), &filter, err))
        return false;
    query.filter = filter;
    if (!directory_search(catalog, &query, &found, err))
        return false;
    sid = found.count == 1 ? directory_attribute(&found.entries[0], attributes[0]) : NULL;
    if (!sid || sid->count != 1)
        return ajar_fail(err, AJAR_EMISSING, "the global catalog has no account \"%s\" in %s", name,
                         domain_dn);
    return sid_from_bytes(sid->values[0].bytes.at, sid->values[0].bytes.size, ret_sid, err);
}

bool account_resolve_in_forest(struct target *target, const char *account, struct sid *ret_sid,
                               struct ajar_error *err)
{
    const char *backslash = strchr(account, '\\');
    struct directory *directory = NULL;
    struct directory *catalog = NULL;
    OWNED(free) char *domain_dn = NULL;

    return target_directory(target, &directory, err) &&
           find_domain(directory, account, (size_t)(backslash - account), &domain_dn, err) &&
           target_catalog(target, &catalog, err) &&
           find_sid(catalog, domain_dn, backslash + 1, ret_sid, err);
}
