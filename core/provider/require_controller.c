/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A host that must be a writable controller of its domain.
 *
 *     [require password-export-server]
 *     on = host pes.source.test
 *     check = controller
 *
 * The directory says which hosts are: whatever runs on the host itself proves nothing.
 */
#include "provider/bits.h"
#include "provider/requirement.h"

#include <string.h>

static const struct field_rule fields[] = {
    { 0 },
};

/* primaryGroupID: the group Read-only Domain Controllers ([MS-ADTS] 6.1.1.3.2). */
#define RID_READ_ONLY_CONTROLLERS 521

static bool has_host(const struct host_list *hosts, const char *name)
{
    for (size_t i = 0; i < hosts->count; i++) {
        if (text_same_ignoring_case(hosts->names[i], name))
            return true;
    }
    return false;
}

/* The computer account of the host, if the domain has one. */
static bool find_computer(struct directory *directory, const char *host,
                          struct directory_result *ret_found, struct ajar_error *err)
{
    static const char *const attributes[] = { "primaryGroupID", NULL };
    OWNED(free) char *filter = NULL;
    struct directory_query query = { .base = directory_domain_dn(directory),
                                     .scope = DIRECTORY_SUBTREE,
                                     .attributes = attributes };

    if (!directory_filter("(&(objectCategory=computer)(dNSHostName=@))", host, strlen(host),
                          &filter, err))
        return false;
    query.filter = filter;
    return directory_search(directory, &query, ret_found, err);
}

/* Says what the host is instead. */
static bool tell_other(struct directory *directory, const char *host, struct finding *ret_finding,
                       struct ajar_error *err)
{
    static const char hint[] = "name a writable controller of the domain in the plan";
    const char *domain = directory_domain_dn(directory);
    OWNED(directory_result_release) struct directory_result found = { 0 };
    const char *group;
    uint32_t rid = 0;

    if (!find_computer(directory, host, &found, err))
        return false;
    if (found.count == 0)
        return finding_fail(ret_finding, err, hint, "%s knows no computer %s", domain, host);
    group = directory_text(&found.entries[0], "primaryGroupID");
    if (group && bits_from_integer(group, &rid) && rid == RID_READ_ONLY_CONTROLLERS)
        return finding_fail(ret_finding, err, hint, "%s is a read-only controller of %s", host,
                            domain);
    return finding_fail(ret_finding, err, hint, "%s is a member of %s, not a controller of it",
                        host, domain);
}

static bool examine(struct target *target, const struct setting *setting,
                    struct finding *ret_finding, struct ajar_error *err)
{
    const char *host = target_name(target);
    OWNED(host_list_release) struct host_list hosts = { 0 };
    struct directory *directory = NULL;

    (void)setting;
    if (!target_any_directory(target, &directory, err) ||
        !controllers_find_writable(directory, &hosts, err))
        return false;
    if (has_host(&hosts, host))
        return finding_pass(ret_finding, err, "%s is a writable controller of %s", host,
                            directory_domain_dn(directory));
    return tell_other(directory, host, ret_finding, err);
}

const struct requirement requirement_controller = {
    .check = "controller",
    .fields = fields,
    .places = REQUIREMENT_ON_HOST,
    .examine = examine,
};
