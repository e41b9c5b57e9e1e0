/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is said of the names of two domains, with a DNS in memory.
 */
#include "provider/requirement.h"
#include "transport/address.h"
#include "transport/resolver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "section.h"

/* source.test has dc1 (10.0.0.1) and dc4 (10.0.0.4); target.test has dc2. All is well until a row
 * takes something away from somebody's view: "here", "10.0.0.1" or "10.0.0.4". */
struct gone {
    const char *view; /* NULL: no more */
    const char *name; /* the record's name; "*": the server does not answer */
    const char *how;  /* NULL: there is none; else what asking for it ends with */
};

struct target {
    const struct gone *gone;
    bool has_no_login;
    bool was_asked;
};

struct resolver {
    const struct target *target;
    char view[32];
};

static struct target *current(struct target *set)
{
    static struct target *target;

    if (set)
        target = set;
    return target;
}

/* True when the record is there; false with `err` set or, when there is none, without. */
static bool look_up(const char *view, const char *name, struct ajar_error *err)
{
    for (const struct gone *gone = current(NULL)->gone; gone->view; gone++) {
        if (strcmp(gone->view, view) != 0 ||
            (strcmp(gone->name, name) != 0 && strcmp(gone->name, "*") != 0))
            continue;
        if (gone->how && strcmp(gone->how, "memory") == 0)
            return ajar_no_memory(err);
        return gone->how &&
               ajar_fail(err, AJAR_EUNREACHABLE, "could not ask DNS for %s: %s", name, gone->how);
    }
    return true;
}

int target_timeout_ms(const struct target *target)
{
    (void)target;
    return 1234;
}

bool target_any_directory(struct target *target, struct directory **ret_directory,
                          struct ajar_error *err)
{
    target->was_asked = true;
    if (target->has_no_login)
        return ajar_fail(err, AJAR_ELOGIN, "no login");
    *ret_directory = (struct directory *)target;
    return true;
}

bool controllers_find_writable(struct directory *directory, struct host_list *ret_hosts,
                               struct ajar_error *err)
{
    (void)directory;
    return host_list_add(ret_hosts, "dc1.source.test", err) &&
           host_list_add(ret_hosts, "dc4.source.test", err);
}

static bool open_view(const char *view, struct resolver **ret_resolver)
{
    struct resolver *resolver = calloc(1, sizeof(*resolver));

    (void)snprintf(resolver->view, sizeof(resolver->view), "%s", view);
    *ret_resolver = resolver;
    return true;
}

bool resolver_open(int timeout_ms, struct resolver **ret_resolver, struct ajar_error *err)
{
    (void)err;
    assert_int_equal(timeout_ms, 1234);
    return open_view("here", ret_resolver);
}

bool resolver_open_at(const char *address, unsigned port, int timeout_ms,
                      struct resolver **ret_resolver, struct ajar_error *err)
{
    (void)err;
    assert_int_equal(port, 53);
    assert_int_equal(timeout_ms, 1234);
    return open_view(address, ret_resolver);
}

void resolver_close(struct resolver *resolver)
{
    free(resolver);
}

bool resolver_services(struct resolver *resolver, const char *name, struct host_list *hosts,
                       struct ajar_error *err)
{
    bool is_source = strstr(name, ".source.test") != NULL;
    bool is_pdc = strstr(name, ".pdc.") != NULL;

    if (!look_up(resolver->view, name, err))
        return err->status == AJAR_FINE;
    return host_list_add(hosts, is_source ? "dc1.source.test" : "dc2.target.test", err) &&
           (!is_source || is_pdc || host_list_add(hosts, "dc4.source.test", err));
}

static bool find(const char *view, const char *host, struct host_list *addresses,
                 struct ajar_error *err)
{
    char address[] = "10.0.0.x";

    if (!look_up(view, host, err))
        return err->status == AJAR_FINE;
    address[7] = host[2];
    return host_list_add(addresses, address, err);
}

bool resolver_addresses(struct resolver *resolver, const char *host, struct host_list *addresses,
                        struct ajar_error *err)
{
    return find(resolver->view, host, addresses, err);
}

bool address_find(const char *host, struct host_list *addresses, struct ajar_error *err)
{
    if (!find("here", host, addresses, err))
        return false;
    return addresses->count > 0 || ajar_fail(err, AJAR_EUNREACHABLE, "%s is unknown", host);
}

#define DC(domain)       "_ldap._tcp.dc._msdcs." domain
#define PDC(domain)      "_ldap._tcp.pdc._msdcs." domain
#define KERBEROS(domain) "_kerberos._tcp." domain
#define HINT_HERE        "let this host's DNS servers forward "
#define HINT_THERE \
    "Add-DnsServerConditionalForwarderZone -Name target.test -MasterServers 10.0.0.2;"
#define REFUSED "Connection refused"

static const struct name_case {
    const char *name;
    struct gone gone[9];
    bool has_no_login;
    enum requirement_result result;
    const char *reason; /* all of it, or NULL: it is not known at all */
    const char *hint;   /* a part of it; NULL: there is none */
    bool needs_login;   /* the directory is asked */
} name_cases[] = {
    /* clang-format off */
    { "names: all resolve", { { 0 } }, false, REQUIREMENT_PASS,
      "this host finds the controllers of source.test and target.test, and 2 DNS servers of "
      "source.test find those of target.test", NULL, true },
    { "here: a record of the partner", { { "here", PDC("target.test"), NULL } }, false,
      REQUIREMENT_FAIL, "this host: there is no SRV record " PDC("target.test"),
      HINT_HERE "target.test", false },
    { "here: a record of the domain", { { "here", KERBEROS("source.test"), NULL } }, false,
      REQUIREMENT_FAIL, "this host: there is no SRV record " KERBEROS("source.test"),
      HINT_HERE "source.test", false },
    { "here: no server", { { "here", DC("target.test"), "no answer" } }, true, REQUIREMENT_FAIL,
      "this host: could not ask DNS for " DC("target.test") ": no answer", HINT_HERE, false },
    { "here: no server for any", { { "here", "*", "no answer" } }, true, REQUIREMENT_FAIL,
      "this host: could not ask DNS for " DC("source.test") ": no answer; "
      "this host: could not ask DNS for " DC("target.test") ": no answer", HINT_HERE, false },
    { "here: an address of the partner", { { "here", "dc2.target.test", NULL } }, false,
      REQUIREMENT_FAIL, "this host: dc2.target.test is unknown", HINT_HERE "target.test", false },
    { "here: the second one's address", { { "here", "dc4.source.test", NULL } }, false,
      REQUIREMENT_FAIL, "this host: dc4.source.test is unknown", HINT_HERE "source.test", false },
    { "here: two things", { { "here", DC("source.test"), NULL }, { "here", PDC("target.test"), NULL } },
      false, REQUIREMENT_FAIL, "this host: there is no SRV record " DC("source.test")
      "; this host: there is no SRV record " PDC("target.test"), HINT_HERE "source.test", false },
    { "here: more than are named", { { "here", DC("source.test"), NULL },
      { "here", PDC("source.test"), NULL }, { "here", KERBEROS("source.test"), NULL },
      { "here", DC("target.test"), NULL }, { "here", PDC("target.test"), NULL },
      { "here", KERBEROS("target.test"), NULL } }, false, REQUIREMENT_FAIL,
      "this host: there is no SRV record " DC("source.test")
      "; this host: there is no SRV record " PDC("source.test")
      "; this host: there is no SRV record " KERBEROS("source.test")
      "; this host: there is no SRV record " DC("target.test") "; and 2 more", HINT_HERE, false },
    { "there: a record", { { "10.0.0.4", DC("target.test"), NULL } }, false, REQUIREMENT_FAIL,
      "DNS server dc4.source.test (10.0.0.4): there is no SRV record " DC("target.test"),
      HINT_THERE, true },
    { "there: could not find out", { { "10.0.0.1", DC("target.test"), "server failure" } }, false,
      REQUIREMENT_FAIL, "DNS server dc1.source.test (10.0.0.1): could not ask DNS for "
      DC("target.test") ": server failure", HINT_THERE, true },
    { "there: an address", { { "10.0.0.1", "dc2.target.test", NULL } }, false, REQUIREMENT_FAIL,
      "DNS server dc1.source.test (10.0.0.1): there is no address of dc2.target.test", HINT_THERE,
      true },
    { "there: one is no DNS server", { { "10.0.0.4", "*", REFUSED } }, false, REQUIREMENT_UNKNOWN,
      "what the controllers see is not known: DNS server dc4.source.test (10.0.0.4): could not ask "
      "DNS for " DC("source.test") ": " REFUSED, "on that controller: nslookup -type=srv " DC("target.test"), true },
    { "there: one is another domain's", { { "10.0.0.4", DC("source.test"), NULL } }, false,
      REQUIREMENT_UNKNOWN, "what the controllers see is not known: DNS server dc4.source.test "
      "(10.0.0.4): it does not know its own domain source.test", "on that controller: nslookup -type=srv " DC("target.test"), true },
    { "there: one is silent, one is wrong", { { "10.0.0.1", "*", REFUSED },
      { "10.0.0.4", PDC("target.test"), NULL } }, false, REQUIREMENT_FAIL,
      "DNS server dc4.source.test (10.0.0.4): there is no SRV record " PDC("target.test"),
      HINT_THERE, true },
    { "trouble: no login", { { 0 } }, true, REQUIREMENT_UNKNOWN, NULL, NULL, true },
    { "trouble: no memory here", { { "here", DC("target.test"), "memory" } }, false,
      REQUIREMENT_UNKNOWN, NULL, NULL, false },
    { "trouble: no memory there", { { "10.0.0.1", DC("source.test"), "memory" } }, false,
      REQUIREMENT_UNKNOWN, NULL, NULL, true },
    /* clang-format on */
};

static void read_requirement(struct section *section, const char *partner)
{
    OWNED(free) char *text = text_make("[require test]\npartner = %s\n", partner);

    section_read(section, text, PLACE_DOMAIN, "source.test");
}

static void run_name_case(void **state)
{
    const struct name_case *row = *state;
    struct target target = { .gone = row->gone, .has_no_login = row->has_no_login };
    OWNED(section_release) struct section section = { 0 };
    OWNED(finding_release) struct finding finding = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    bool ok;

    (void)current(&target);
    read_requirement(&section, "target.test");
    assert_true(requirement_names.judge(&section.setting, &err));
    ok = requirement_names.examine(&target, &section.setting, &finding, &err);
    assert_int_equal(target.was_asked, row->needs_login);
    assert_int_equal(ok, row->reason != NULL);
    assert_int_equal(err.status == AJAR_FINE, ok);
    assert_int_equal(finding.result, row->result);
    if (!row->reason) {
        assert_null(finding.reason);
        return;
    }
    assert_string_equal(finding.reason, row->reason);
    assert_int_equal(finding.hint != NULL, row->hint != NULL);
    if (row->hint && !strstr(finding.hint, row->hint))
        fail_msg("\"%s\" is not in \"%s\"", row->hint, finding.hint);
}

static void test_a_partner_is_another_domain(void **state)
{
    static const char *const wrong[] = { "Source.test", "TARGET", "target test.x", "-x.test" };

    (void)state;
    for (size_t i = 0; i < LENGTH(wrong); i++) {
        OWNED(section_release) struct section section = { 0 };
        struct ajar_error err = AJAR_NO_ERROR;

        read_requirement(&section, wrong[i]);
        assert_false(requirement_names.judge(&section.setting, &err));
        assert_plan_error(&err, "plan.ini:2: ");
    }
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(name_cases) + 1] = {
        cmocka_unit_test(test_a_partner_is_another_domain),
    };

    for (size_t i = 0; i < LENGTH(name_cases); i++)
        tests[i + 1] = (struct CMUnitTest){ .name = name_cases[i].name,
                                            .test_func = run_name_case,
                                            .initial_state = (void *)(uintptr_t)&name_cases[i] };
    return cmocka_run_group_tests_name("require_names", tests, NULL, NULL);
}
