/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/object_dacl.h"

#include "provider/object.h"
#include "transport/extended_dn.h"

/* Reads the DACL of one object; its entry, too. */
static bool search_dacl(struct directory *directory, const char *base,
                        struct directory_result *ret_found, struct bytes *ret_bytes,
                        struct ajar_error *err)
{
    static const char *const attributes[] = { "nTSecurityDescriptor", NULL };
    const struct directory_query query = {
        .base = base, .attributes = attributes, .extended_dn = true, .dacl = true
    };
    OWNED(directory_result_release) struct directory_result found = { 0 };
    const struct directory_attribute *descriptor;

    if (!directory_search(directory, &query, &found, err))
        return false;
    if (found.count != 1)
        return ajar_fail(err, AJAR_EMISSING, "there is no \"%s\"", base);
    descriptor = directory_attribute(&found.entries[0], attributes[0]);
    if (!descriptor || descriptor->count != 1) {
        ajar_fail(err, AJAR_EDENIED, "the permissions of \"%s\" are not shown", base);
        return ajar_hint(err, "the account needs the right to read permissions; Domain Admins have "
                              "it");
    }
    if (!bytes_copy(descriptor->values[0].bytes.at, descriptor->values[0].bytes.size, ret_bytes,
                    err))
        return false;
    *ret_found = found;
    found = (struct directory_result){ 0 };
    return true;
}

static bool make_name(const char *extended, char **ret_name, struct ajar_error *err)
{
    struct extended_dn name;
    char *text;

    if (!extended_dn_parse(extended, &name, err))
        return false;
    if (!name.has_guid)
        return ajar_fail(err, AJAR_EPROTOCOL, "the object's name came without its GUID");
    text = object_name_of_guid(&name.guid);
    if (!text)
        return ajar_no_memory(err);
    *ret_name = text;
    return true;
}

bool object_read_dacl(struct directory *directory, const struct setting *setting, char **ret_name,
                      struct descriptor *ret_descriptor, struct ajar_error *err)
{
    OWNED(directory_result_release) struct directory_result found = { 0 };
    OWNED(bytes_release) struct bytes bytes = { 0 };
    OWNED(free) char *dn = NULL;
    OWNED(free) char *name = NULL;

    if (!object_dn(setting, directory_domain_dn(directory), directory_configuration_dn(directory),
                   &dn, err) ||
        !search_dacl(directory, dn, &found, &bytes, err) ||
        !make_name(found.entries[0].dn, &name, err))
        return false;
    if (!descriptor_read(&bytes, ret_descriptor, err))
        return ajar_while(err, "\"%s\"", dn);
    *ret_name = name;
    name = NULL;
    return true;
}

bool object_reread_dacl(struct directory *directory, const char *name, struct bytes *ret_bytes,
                        struct ajar_error *err)
{
    OWNED(directory_result_release) struct directory_result found = { 0 };

    return search_dacl(directory, name, &found, ret_bytes, err);
}
