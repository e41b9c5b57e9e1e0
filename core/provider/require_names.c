/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two domains find each other's controllers in DNS.
 *
 *     [require names-resolve]
 *     on = domain source.test
 *     check = names
 *     partner = target.test
 *
 * This host must find the controllers of both. So must, of the partner's, the DNS server that each
 * writable controller of this domain is: it is asked directly, and what it answers is what the
 * controller sees, if it asks itself. For the way back, the partner's domain has a requirement of
 * its own. Names of addresses (reverse zones) are not asked for.
 */
#include "provider/partner.h"
#include "provider/requirement.h"
#include "transport/address.h"
#include "transport/resolver.h"

static const struct field_rule fields[] = {
    { .name = "partner", .type = FIELD_TEXT, .required = true },
    { 0 },
};

enum { DNS_PORT = 53, NAMED = 4, TEXT_CEILING = 8192 };

/* What every domain has ([MS-ADTS] 6.3.2.3). The first one is asked for to see whether a server
 * knows its own domain. */
static const char *const services[] = { "_ldap._tcp.dc._msdcs", "_ldap._tcp.pdc._msdcs",
                                        "_kerberos._tcp" };

struct report {
    struct text faults; /* records that do not resolve */
    size_t fault_count;
    struct text doubts; /* servers that could not be asked */
    size_t doubt_count;
    char *hint;            /* for the first fault */
    char *partner_address; /* one of a controller of the partner, as this host sees it */
    size_t servers;
    bool is_stuck; /* the last question had no answer at all: the next one would wait as long */
};

/* Whose view of DNS: this host's, or a server's. */
struct view {
    const char *name;
    struct resolver *resolver;
    bool is_here;
};

static void report_release(struct report *report)
{
    text_release(&report->faults);
    text_release(&report->doubts);
    free(report->hint);
    free(report->partner_address);
}
DEFINE_OWNED_STRUCT(struct report, report_release);

static bool judge(const struct setting *setting, struct ajar_error *err)
{
    return partner_check(setting, "a domain is no partner of itself", err);
}

static bool add_line(struct text *lines, size_t *count, const char *line)
{
    if (++*count <= NAMED)
        text_format(lines, "%s%s", *count > 1 ? "; " : "", line);
    return !lines->faulty;
}

/* Notes what does not resolve, and how the first of it is put right. */
static bool add_fault(struct report *report, const struct view *view, const char *domain,
                      const char *what, struct ajar_error *err)
{
    OWNED(free) char *line = text_make("%s: %s", view->name, what);

    if (!report->hint)
        report->hint =
            view->is_here
                ? text_make("let this host's DNS servers forward %s to its own; where single "
                            "records are missing, run nltest /dsregdns on its controllers",
                            domain)
                : text_make("on this server: Add-DnsServerConditionalForwarderZone -Name %s "
                            "-MasterServers %s; where single records are missing, run nltest "
                            "/dsregdns on the controllers of %s",
                            domain, report->partner_address, domain);
    if (!line || !report->hint || !add_line(&report->faults, &report->fault_count, line))
        return ajar_no_memory(err);
    return true;
}

/* What DNS said is a finding; what went wrong here is none. */
static bool note_error(struct report *report, const struct view *view, const char *domain,
                       struct ajar_error *err)
{
    struct ajar_error reason = *err;

    if (reason.status != AJAR_EUNREACHABLE && reason.status != AJAR_EPROTOCOL)
        return false;
    *err = AJAR_NO_ERROR;
    report->is_stuck = true;
    return add_fault(report, view, domain, reason.text, err);
}

static bool ask_service(struct report *report, const struct view *view, const char *domain,
                        const char *service, struct host_list *hosts, struct ajar_error *err)
{
    OWNED(host_list_release) struct host_list found = { 0 };
    OWNED(free) char *name = text_make("%s.%s", service, domain);
    OWNED(free) char *none = text_make("there is no SRV record %s.%s", service, domain);

    if (!name || !none)
        return ajar_no_memory(err);
    if (!resolver_services(view->resolver, name, &found, err))
        return note_error(report, view, domain, err);
    if (found.count == 0)
        return add_fault(report, view, domain, none, err);
    for (size_t i = 0; i < found.count; i++) {
        if (!host_list_add(hosts, found.names[i], err))
            return false;
    }
    return true;
}

static bool ask_address(struct report *report, const struct view *view, const char *domain,
                        const char *host, struct ajar_error *err)
{
    OWNED(host_list_release) struct host_list addresses = { 0 };
    OWNED(free) char *none = text_make("there is no address of %s", host);

    if (!none)
        return ajar_no_memory(err);
    if (view->is_here ? !address_find(host, &addresses, err)
                      : !resolver_addresses(view->resolver, host, &addresses, err))
        return note_error(report, view, domain, err);
    if (addresses.count == 0)
        return add_fault(report, view, domain, none, err);
    return !view->is_here || text_replace(&report->partner_address, addresses.names[0], err);
}

/* All that finds the controllers of one domain. */
static bool ask_domain(struct report *report, const struct view *view, const char *domain,
                       struct ajar_error *err)
{
    OWNED(host_list_release) struct host_list hosts = { 0 };

    report->is_stuck = false;
    for (size_t i = 0; i < LENGTH(services) && !report->is_stuck; i++) {
        if (!ask_service(report, view, domain, services[i], &hosts, err))
            return false;
    }
    for (size_t i = 0; i < hosts.count && !report->is_stuck; i++) {
        if (!ask_address(report, view, domain, hosts.names[i], err))
            return false;
    }
    return true;
}

static bool ask_here(struct report *report, int timeout_ms, const struct setting *setting,
                     struct ajar_error *err)
{
    OWNED(resolver_close) struct resolver *resolver = NULL;
    struct view view = { .name = "this host", .is_here = true };

    if (!resolver_open(timeout_ms, &resolver, err))
        return false;
    view.resolver = resolver;
    return ask_domain(report, &view, setting->where, err) &&
           ask_domain(report, &view, setting_value(setting, "partner"), err);
}

/* Is it a DNS server, and one of its own domain? Another kind cannot tell what the controller
 * sees. */
static bool knows_itself(const struct view *view, const char *domain, struct ajar_error *err)
{
    OWNED(host_list_release) struct host_list hosts = { 0 };
    OWNED(free) char *name = text_make("%s.%s", services[0], domain);

    if (!name)
        return ajar_no_memory(err);
    return resolver_services(view->resolver, name, &hosts, err) &&
           (hosts.count > 0 ||
            ajar_fail(err, AJAR_EMISSING, "it does not know its own domain %s", domain));
}

static bool note_doubt(struct report *report, const char *server, struct ajar_error *err)
{
    OWNED(free) char *line = text_make("%s: %s", server, err->text);

    if (err->status == AJAR_ESYSTEM)
        return false;
    *err = AJAR_NO_ERROR;
    return (line && add_line(&report->doubts, &report->doubt_count, line)) || ajar_no_memory(err);
}

/* The DNS server that one controller is. */
static bool ask_server(struct report *report, int timeout_ms, const struct setting *setting,
                       const char *host, struct ajar_error *err)
{
    OWNED(host_list_release) struct host_list addresses = { 0 };
    OWNED(resolver_close) struct resolver *resolver = NULL;
    OWNED(free) char *name = NULL;
    struct view view = { 0 };

    if (!address_find(host, &addresses, err))
        return note_doubt(report, host, err);
    name = text_make("DNS server %s (%s)", host, addresses.names[0]);
    if (!name)
        return ajar_no_memory(err);
    if (!resolver_open_at(addresses.names[0], DNS_PORT, timeout_ms, &resolver, err))
        return note_doubt(report, name, err);
    view = (struct view){ .name = name, .resolver = resolver };
    if (!knows_itself(&view, setting->where, err))
        return note_doubt(report, name, err);
    report->servers++;
    return ask_domain(report, &view, setting_value(setting, "partner"), err);
}

static bool ask_servers(struct report *report, struct target *target, const struct setting *setting,
                        struct ajar_error *err)
{
    OWNED(host_list_release) struct host_list hosts = { 0 };
    struct directory *directory = NULL;

    if (!target_any_directory(target, &directory, err) ||
        !controllers_find_writable(directory, &hosts, err))
        return false;
    for (size_t i = 0; i < hosts.count; i++) {
        if (!ask_server(report, target_timeout_ms(target), setting, hosts.names[i], err))
            return false;
    }
    return true;
}

static bool fail(struct report *report, struct finding *ret_finding, struct ajar_error *err)
{
    if (report->fault_count > NAMED)
        text_format(&report->faults, "; and %zu more", report->fault_count - NAMED);
    return finding_fail(ret_finding, err, report->hint, "%s", text_peek(&report->faults));
}

static bool leave_open(const struct report *report, const struct setting *setting,
                       struct finding *ret_finding, struct ajar_error *err)
{
    OWNED(free)
    char *hint = text_make("on that controller: nslookup -type=srv %s.%s", services[0],
                           setting_value(setting, "partner"));

    if (!hint)
        return ajar_no_memory(err);
    return finding_unknown(ret_finding, err, hint, "what the controllers see is not known: %s%s",
                           text_peek(&report->doubts),
                           report->doubt_count > NAMED ? "; and more" : "");
}

/* What this host does not find needs no login to be told. */
static bool examine(struct target *target, const struct setting *setting,
                    struct finding *ret_finding, struct ajar_error *err)
{
    OWNED(report_release)
    struct report report = { .faults = TEXT_UP_TO(TEXT_CEILING),
                             .doubts = TEXT_UP_TO(TEXT_CEILING) };

    if (!ask_here(&report, target_timeout_ms(target), setting, err))
        return false;
    if (report.fault_count > 0)
        return fail(&report, ret_finding, err);
    if (!ask_servers(&report, target, setting, err))
        return false;
    if (report.fault_count > 0)
        return fail(&report, ret_finding, err);
    if (report.doubt_count > 0)
        return leave_open(&report, setting, ret_finding, err);
    return finding_pass(ret_finding, err,
                        "this host finds the controllers of %s and %s, and %zu DNS server%s of %s "
                        "find%s those of %s",
                        setting->where, setting_value(setting, "partner"), report.servers,
                        report.servers == 1 ? "" : "s", setting->where,
                        report.servers == 1 ? "s" : "", setting_value(setting, "partner"));
}

const struct requirement requirement_names = {
    .check = "names",
    .aloof = true,
    .fields = fields,
    .places = REQUIREMENT_ON_DOMAIN,
    .judge = judge,
    .examine = examine,
};
