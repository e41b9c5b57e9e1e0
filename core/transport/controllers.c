/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/controllers.h"

#include "base/text.h"
#include "transport/resolver.h"

#include <ctype.h>
#include <string.h>

/* How long DNS may take for all of it: before a controller is known, there is no login's limit. */
#define DNS_TIMEOUT_MS 10000

static bool ask_for(struct resolver *resolver, const char *what, const char *domain,
                    struct host_list *hosts, struct ajar_error *err)
{
    OWNED(free) char *name = text_make("_ldap._tcp.%s._msdcs.%s", what, domain);

    if (!name)
        return ajar_no_memory(err);
    if (resolver_services(resolver, name, hosts, err))
        return true;
    return ajar_hint(err, "check this host's DNS servers, or name the controllers in ajar.ini");
}

bool controllers_from_dns(const char *domain, struct host_list *ret_hosts, struct ajar_error *err)
{
    OWNED(host_list_release) struct host_list hosts = { 0 };
    OWNED(resolver_close) struct resolver *resolver = NULL;

    if (!resolver_open(DNS_TIMEOUT_MS, &resolver, err) ||
        !ask_for(resolver, "pdc", domain, &hosts, err) ||
        !ask_for(resolver, "dc", domain, &hosts, err))
        return ajar_while(err, "controllers of %s", domain);
    if (hosts.count == 0) {
        ajar_fail(err, AJAR_EUNREACHABLE, "DNS names no controller of %s", domain);
        return ajar_hint(err, "check the domain's name and this host's DNS servers, or name the "
                              "controllers in ajar.ini");
    }
    *ret_hosts = hosts;
    hosts = (struct host_list){ 0 };
    return true;
}

bool controllers_with_catalog(const char *forest, struct host_list *ret_hosts,
                              struct ajar_error *err)
{
    OWNED(host_list_release) struct host_list hosts = { 0 };
    OWNED(resolver_close) struct resolver *resolver = NULL;

    if (!resolver_open(DNS_TIMEOUT_MS, &resolver, err) ||
        !ask_for(resolver, "gc", forest, &hosts, err))
        return ajar_while(err, "global catalog of %s", forest);
    if (hosts.count == 0) {
        ajar_fail(err, AJAR_EUNREACHABLE, "DNS names no global catalog of %s", forest);
        return ajar_hint(err, "check this host's DNS servers");
    }
    *ret_hosts = hosts;
    hosts = (struct host_list){ 0 };
    return true;
}

/* The name of the object above, a part of `dn`; "" at the top. A comma after a backslash belongs to
 * a value ([RFC4514] 2.4). */
static const char *parent_of(const char *dn)
{
    for (; *dn && *dn != ','; dn++) {
        if (*dn == '\\' && dn[1])
            dn++;
    }
    return *dn ? dn + 1 : dn;
}

/* The host whose NTDS Settings object this is: the server object is the one above ([MS-ADTS]
 * 6.1.1.2.2.1.2.1.1). */
static bool read_host_name(struct directory *directory, const char *settings_dn, char **ret_host,
                           struct ajar_error *err)
{
    static const char *const attributes[] = { "dNSHostName", NULL };
    const struct directory_query query = { .base = parent_of(settings_dn),
                                           .attributes = attributes };
    OWNED(directory_result_release) struct directory_result found = { 0 };
    const char *name;

    if (!directory_search(directory, &query, &found, err))
        return false;
    name = found.count == 1 ? directory_text(&found.entries[0], "dNSHostName") : NULL;
    if (!name || !*name) {
        ajar_fail(err, AJAR_EMISSING, "the controller \"%s\" has no DNS name", query.base);
        return ajar_hint(err, "if it is gone for good, remove it from the directory (metadata "
                              "cleanup)");
    }
    *ret_host = text_copy(name);
    if (!*ret_host)
        return ajar_no_memory(err);
    for (char *at = *ret_host; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    return true;
}

bool controllers_find_pdc(struct directory *directory, char **ret_host, struct ajar_error *err)
{
    static const char *const attributes[] = { "fSMORoleOwner", NULL };
    const struct directory_query query = { .base = directory_domain_dn(directory),
                                           .attributes = attributes };
    OWNED(directory_result_release) struct directory_result found = { 0 };
    const char *owner;

    if (!directory_search(directory, &query, &found, err))
        return ajar_while(err, "PDC emulator");
    owner = found.count == 1 ? directory_text(&found.entries[0], "fSMORoleOwner") : NULL;
    if (!owner)
        return ajar_fail(err, AJAR_EMISSING, "the domain has no PDC emulator");
    return read_host_name(directory, owner, ret_host, err) || ajar_while(err, "PDC emulator");
}

/* Writable controllers have an object of category nTDSDSA, read-only ones of nTDSDSARO ([MS-ADTS]
 * 6.1.1.2.2.1.2.1.1). `filter` NULL: all of them. */
static bool search_settings(struct directory *directory, const char *filter,
                            struct directory_result *ret_settings, struct ajar_error *err)
{
    static const char *const attributes[] = { "objectClass", NULL };
    const struct directory_query query = { .base = directory_configuration_dn(directory),
                                           .scope = DIRECTORY_SUBTREE,
                                           .filter = filter ? filter : "(objectCategory=nTDSDSA)",
                                           .attributes = attributes };

    return directory_search(directory, &query, ret_settings, err);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool find_writable(struct directory *directory, const char *filter,
                          struct host_list *ret_hosts, struct ajar_error *err)
{
    OWNED(directory_result_release) struct directory_result settings = { 0 };
    OWNED(host_list_release) struct host_list hosts = { 0 };

    if (!search_settings(directory, filter, &settings, err))
        return false;
    for (size_t i = 0; i < settings.count; i++) {
        OWNED(free) char *host = NULL;

        if (!read_host_name(directory, settings.entries[i].dn, &host, err) ||
            !host_list_add(&hosts, host, err))
            return false;
    }
    if (hosts.count == 0)
        return ajar_fail(err, AJAR_EMISSING, "the directory names no writable controller");
    qsort(hosts.names, hosts.count, sizeof(hosts.names[0]), compare_names);
    *ret_hosts = hosts;
    hosts = (struct host_list){ 0 };
    return true;
}

/* Only where one is master of the domain's naming context does it count. msDS-hasMasterNCs is the
 * newer name, hasMasterNCs the older one. */
bool controllers_find_writable(struct directory *directory, struct host_list *ret_hosts,
                               struct ajar_error *err)
{
    const char *domain = directory_domain_dn(directory);
    OWNED(free) char *filter = NULL;

    return directory_filter("(&(objectCategory=nTDSDSA)(|(msDS-hasMasterNCs=@)(hasMasterNCs=@)))",
                            domain, strlen(domain), &filter, err) &&
           (find_writable(directory, filter, ret_hosts, err) ||
            ajar_while(err, "writable controllers"));
}

bool controllers_find_in_forest(struct directory *directory, struct host_list *ret_hosts,
                                struct ajar_error *err)
{
    return find_writable(directory, NULL, ret_hosts, err) ||
           ajar_while(err, "writable controllers of the forest");
}
