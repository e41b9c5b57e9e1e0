/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Requirements that a real domain meets, or does not.
 */
#include "live_domain.h"

#include "provider/requirement.h"

#define NAME    "TARGET$$$"
#define INNER   "CN=live-inner,CN=Users,DC=target,DC=test"
#define FOREIGN "S-1-5-21-1111111111-2222222222-3333333333-4711"
#define OUTER   "CN=live-outer,CN=Users,DC=target,DC=test"

static void expect_finding(struct target *target, const char *text, enum requirement_result result,
                           const char *says)
{
    OWNED(live_section_release) struct live_section section = { 0 };
    OWNED(finding_release) struct finding finding = { 0 };
    const struct requirement *requirement;
    struct ajar_error err = AJAR_NO_ERROR;

    live_section_make(text, &section);
    requirement = requirement_find(setting_value(&section.setting, "check"));
    assert_non_null(requirement);
    if (requirement->judge)
        live_expect(requirement->judge(&section.setting, &err), &err);
    live_expect(requirement->examine(target, &section.setting, &finding, &err), &err);
    print_message("             %s - %s\n", finding.reason, finding.hint ? finding.hint : "");
    assert_int_equal(finding.result, result);
    assert_non_null(strstr(finding.reason, says));
    assert_int_equal(finding.hint == NULL, result == REQUIREMENT_PASS);
}

static void add_member(const struct live_domain *domain, const char *group, const char *member)
{
    const struct bytes value = live_bytes(member);
    const struct directory_change change = { DIRECTORY_ADD, "member", 1, &value };
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(directory_modify(domain->directory, group, &change, 1, &err), &err);
}

#define EMPTY "[require live]\ncheck = empty-group\ngroup = " NAME "\n"

static void test_an_empty_group(void **state)
{
    static const struct {
        const char *type; /* NULL: a user */
        const char *member;
        enum requirement_result result;
        const char *says;
    } rows[] = {
        { "-2147483644", NULL, REQUIREMENT_PASS, "is a domain-local group without members" },
        { "-2147483644", "CN=Guest,CN=Users,DC=target,DC=test", REQUIREMENT_FAIL,
          "has 1 member: CN=Guest,CN=Users,DC=target,DC=test" },
        { "-2147483646", NULL, REQUIREMENT_FAIL, "is a global group, not" },
        { "4", NULL, REQUIREMENT_FAIL, "is a domain-local distribution group, not" },
        { NULL, NULL, REQUIREMENT_FAIL, "is no group: user" },
    };
    const struct live_domain *domain = *state;

    expect_finding(domain->target, EMPTY, REQUIREMENT_FAIL, "there is no group \"" NAME "\"");
    expect_finding(domain->target, EMPTY "absent-ok = no\n", REQUIREMENT_FAIL, "there is no group");
    expect_finding(domain->target, EMPTY "absent-ok = yes\n", REQUIREMENT_PASS, "there is no");
    for (size_t i = 0; i < LENGTH(rows); i++) {
        live_add_account(domain, NAME, rows[i].type);
        if (rows[i].member)
            add_member(domain, "CN=" NAME ",CN=Users,DC=target,DC=test", rows[i].member);
        expect_finding(domain->target, EMPTY "absent-ok = yes\n", rows[i].result, rows[i].says);
        live_delete_account(domain, NAME);
    }
}

#define MEMBER "[require live]\ncheck = member\n"

static void test_members(void **state)
{
    static const struct {
        const char *text;
        enum requirement_result result;
        const char *says;
    } rows[] = {
        { MEMBER "account = Administrator\ngroup = S-1-5-32-544\n", REQUIREMENT_PASS,
          "\"Administrator\" is a member of \"S-1-5-32-544\", directly" },
        { MEMBER "account = TARGET\\Administrator\ngroup = Domain Users\n", REQUIREMENT_PASS,
          "its primary group" },
        { MEMBER "account = krbtgt\ngroup = S-1-5-32-545\n", REQUIREMENT_PASS,
          "through CN=Domain Users,CN=Users,DC=target,DC=test" },
        { MEMBER "account = Guest\ngroup = Domain Admins\n", REQUIREMENT_FAIL,
          "\"Guest\" is no member of \"Domain Admins\"" },
        { MEMBER "account = authenticated-users\ngroup = S-1-5-32-554\n", REQUIREMENT_PASS,
          "directly" },
        { MEMBER "account = S-1-5-21-1-2-3-4711\ngroup = S-1-5-32-544\n", REQUIREMENT_FAIL,
          "which groups of its own domain it is in was not looked at" },
        { MEMBER "account = nobody here\ngroup = S-1-5-32-544\n", REQUIREMENT_FAIL,
          "there is no account \"nobody here\"" },
        { MEMBER "account = Guest\ngroup = no such group\n", REQUIREMENT_FAIL,
          "there is no account \"no such group\"" },
    };
    const struct live_domain *domain = *state;

    for (size_t i = 0; i < LENGTH(rows); i++)
        expect_finding(domain->target, rows[i].text, rows[i].result, rows[i].says);
}

/* A foreign account in a group that is in another one. */
static void test_a_foreign_member_of_an_inner_group(void **state)
{
    const struct live_domain *domain = *state;
    const char *const text = MEMBER "account = " FOREIGN "\ngroup = live-outer\n";

    live_add_account(domain, "live-inner", "-2147483644");
    live_add_account(domain, "live-outer", "-2147483644");
    add_member(domain, INNER, "<SID=" FOREIGN ">");
    expect_finding(domain->target, text, REQUIREMENT_FAIL, "is no member of");
    add_member(domain, OUTER, INNER);
    expect_finding(domain->target, text, REQUIREMENT_PASS, "through other groups");
    live_delete_account(domain, "live-inner");
    live_delete_account(domain, "live-outer");
    live_delete(domain, "CN=" FOREIGN ",CN=ForeignSecurityPrincipals,DC=target,DC=test");
}

static void expect_controller(const struct live_domain *domain, const char *host,
                              enum requirement_result result, const char *says)
{
    static const char *const servers[] = { "dc2.target.test", NULL };
    const struct target_options options = {
        .name = host, .login = &domain->login, .folder = domain->folder, .servers = servers
    };
    OWNED(target_free) struct target *target = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(target_new(&options, &target, &err), &err);
    expect_finding(target, "[require live]\ncheck = controller\n", result, says);
}

#define COMPUTER "CN=live-host,CN=Computers,DC=target,DC=test"

static void test_controllers(void **state)
{
    static const struct {
        const char *control;
        const char *says;
    } rows[] = {
        { "4096", "live-host.target.test is a member of DC=target,DC=test, not a controller" },
        { "67112960", "live-host.target.test is a read-only controller of DC=target,DC=test" },
    };
    const struct live_domain *domain = *state;

    expect_controller(domain, "dc2.target.test", REQUIREMENT_PASS, "is a writable controller");
    expect_controller(domain, "DC3.target.test", REQUIREMENT_PASS, "is a writable controller");
    expect_controller(domain, "dc1.source.test", REQUIREMENT_FAIL, "knows no computer");
    for (size_t i = 0; i < LENGTH(rows); i++) {
        const struct bytes values[] = { live_bytes("computer"), live_bytes("LIVE-HOST$"),
                                        live_bytes(rows[i].control),
                                        live_bytes("live-host.target.test") };
        const struct directory_change attributes[] = {
            { DIRECTORY_ADD, "objectClass", 1, &values[0] },
            { DIRECTORY_ADD, "sAMAccountName", 1, &values[1] },
            { DIRECTORY_ADD, "userAccountControl", 1, &values[2] },
            { DIRECTORY_ADD, "dNSHostName", 1, &values[3] },
        };
        struct ajar_error err = AJAR_NO_ERROR;

        live_expect(
            directory_add(domain->directory, COMPUTER, attributes, LENGTH(attributes), &err), &err);
        expect_controller(domain, "live-host.target.test", REQUIREMENT_FAIL, rows[i].says);
        live_delete(domain, COMPUTER);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_empty_group),
        cmocka_unit_test(test_members),
        cmocka_unit_test(test_a_foreign_member_of_an_inner_group),
        cmocka_unit_test(test_controllers),
    };

    if (!live_has_lab())
        return SKIPPED;
    return cmocka_run_group_tests_name("live_require", tests, live_domain_set_up,
                                       live_domain_tear_down);
}
