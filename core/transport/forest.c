/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/forest.h"

#include "base/text.h"
#include "model/schema.h"

#include <string.h>

/* A naming context has a crossRef object below CN=Partitions ([MS-ADTS] 6.1.1.2.1.1). Its
 * systemFlags say what it is (2.2.10): FLAG_CR_NTDS_NC (1), one of the forest's own, and
 * FLAG_CR_NTDS_DOMAIN (2), a domain; all bits of 3 are matched by LDAP_MATCHING_RULE_BIT_AND
 * (3.1.1.3.4.4.1). Application partitions and other forests' names have others. */
static const char filter[] = "(&(objectClass=crossRef)(systemFlags:1.2.840.113556.1.4.803:=3))";

static bool search(struct directory *directory, struct directory_result *ret_references,
                   struct ajar_error *err)
{
    static const char *const attributes[] = { "dnsRoot", NULL };
    OWNED(free) char *base = text_make("CN=Partitions,%s", directory_configuration_dn(directory));
    const struct directory_query query = {
        .base = base, .scope = DIRECTORY_ONE, .filter = filter, .attributes = attributes
    };

    if (!base)
        return ajar_no_memory(err);
    return directory_search(directory, &query, ret_references, err);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool read_names(const struct directory_result *references, struct host_list *domains,
                       struct ajar_error *err)
{
    for (size_t i = 0; i < references->count; i++) {
        const struct directory_entry *entry = &references->entries[i];
        const char *name = directory_text(entry, "dnsRoot");

        if (!name || !schema_is_host_name(name))
            return ajar_fail(err, AJAR_EPROTOCOL, "the domain of \"%s\" has no DNS name",
                             entry->dn);
        if (!host_list_add(domains, name, err))
            return false;
    }
    if (domains->count == 0)
        return ajar_fail(err, AJAR_EMISSING, "the directory names no domain");
    qsort(domains->names, domains->count, sizeof(domains->names[0]), compare_names);
    return true;
}

bool forest_find_domains(struct directory *directory, struct host_list *ret_domains,
                         struct ajar_error *err)
{
    OWNED(directory_result_release) struct directory_result references = { 0 };
    OWNED(host_list_release) struct host_list domains = { 0 };

    if (!search(directory, &references, err) || !read_names(&references, &domains, err))
        return ajar_while(err, "domains of the forest");
    *ret_domains = domains;
    domains = (struct host_list){ 0 };
    return true;
}
