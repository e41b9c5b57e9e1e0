/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/trustee.h"

#include "base/text.h"
#include "model/sddl.h"
#include "provider/account.h"
#include "provider/object.h"

#include <inttypes.h>
#include <string.h>

bool trustee_domain_sid(struct directory *directory, struct sid *ret_sid, struct ajar_error *err)
{
    static const char *const attributes[] = { "objectSid", NULL };
    const struct directory_query query = { .base = directory_domain_dn(directory),
                                           .attributes = attributes };
    OWNED(directory_result_release) struct directory_result found = { 0 };
    const struct directory_attribute *sid;

    if (!directory_search(directory, &query, &found, err))
        return false;
    sid = found.count == 1 ? directory_attribute(&found.entries[0], "objectSid") : NULL;
    if (!sid || sid->count != 1)
        return ajar_fail(err, AJAR_EPROTOCOL, "the domain at %s came without its SID",
                         directory_host(directory));
    return sid_from_bytes(sid->values[0].bytes.at, sid->values[0].bytes.size, ret_sid, err);
}

/* Is the directory's domain the first one of its forest, that the configuration is named after? */
static bool is_first_domain(const struct directory *directory)
{
    const char *root = strchr(directory_configuration_dn(directory), ',');

    return root && text_same_ignoring_case(root + 1, directory_domain_dn(directory));
}

static bool resolve_alias(struct directory *directory, const char *account, uint32_t rid,
                          bool of_forest, struct sid *ret_sid, struct ajar_error *err)
{
    char domain[SID_TEXT_SIZE];
    OWNED(free) char *text = NULL;
    struct sid sid;

    if (of_forest && !is_first_domain(directory)) {
        ajar_fail(err, AJAR_EMISSING,
                  "%s is a group of the forest's first domain, not of that at %s", account,
                  directory_host(directory));
        return ajar_hint(err, "give its SID: that of the first domain, and its number behind");
    }
    if (!trustee_domain_sid(directory, &sid, err))
        return false;
    sid_format(&sid, domain);
    text = text_make("%s-%" PRIu32, domain, rid);
    if (!text)
        return ajar_no_memory(err);
    return sid_parse(text, ret_sid, err);
}

bool trustee_resolve(struct directory *directory, const char *account, struct sid *ret_sid,
                     struct ajar_error *err)
{
    uint32_t rid;
    bool of_forest;
    bool ok;

    ok = sddl_domain_alias(account, &rid, &of_forest)
             ? resolve_alias(directory, account, rid, of_forest, ret_sid, err)
             : account_resolve(directory, account, ret_sid, err);
    return ok || ajar_while(err, "trustee \"%s\"", account);
}

/* The account's name as the directory has it; NULL when it has none. */
static bool look_up_name(struct directory *directory, const struct sid *sid, char **ret_name,
                         struct ajar_error *err)
{
    static const char *const attributes[] = { "sAMAccountName", NULL };
    OWNED(free) char *base = object_name_of_sid(sid);
    const struct directory_query query = { .base = base, .attributes = attributes };
    OWNED(directory_result_release) struct directory_result found = { 0 };
    struct ajar_error missing = AJAR_NO_ERROR;
    const char *name;

    if (!base)
        return ajar_no_memory(err);
    if (!directory_search(directory, &query, &found, &missing)) {
        *ret_name = NULL;
        if (missing.status != AJAR_EMISSING)
            *err = missing;
        return missing.status == AJAR_EMISSING;
    }
    name = found.count == 1 ? directory_text(&found.entries[0], attributes[0]) : NULL;
    *ret_name = text_copy(name);
    return *ret_name || !name || ajar_no_memory(err);
}

bool trustee_name(struct directory *directory, const struct sid *sid, char **ret_name,
                  struct ajar_error *err)
{
    const char *known = sid_well_known_name(sid);
    char text[SID_TEXT_SIZE];
    char *name = NULL;

    if (!known && !look_up_name(directory, sid, &name, err))
        return false;
    sid_format(sid, text);
    if (!name)
        name = text_copy(known ? known : text);
    if (!name)
        return ajar_no_memory(err);
    *ret_name = name;
    return true;
}
