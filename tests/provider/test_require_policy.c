/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which Group Policy objects are looked at, and what is found in their files, in a domain in
 * memory.
 */
#include "base/text.h"
#include "fake/fake_domain.h"
#include "provider/requirement.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ONE      "{11111111-1111-1111-1111-111111111111}"
#define POLICY   "CN=" ONE ",CN=Policies,CN=System," FAKE_DOMAIN_DN
#define FOLDER   "target.test/Policies/" ONE
#define TEMPLATE FOLDER "/MACHINE/Microsoft/Windows NT/SecEdit/GptTmpl.inf"
#define REGISTRY FOLDER "/MACHINE/Registry.pol"
#define OU       "<WKGUID=a361b2ffffd211d1aa4b00c04fd7d83a," FAKE_DOMAIN_DN ">"
#define SITES    "CN=Sites,CN=Configuration," FAKE_DOMAIN_DN
#define SITE     "CN=Here," SITES
#define LINK     "[LDAP://" POLICY ";0]"

#define SETS                \
    "[Registry Values]\r\n" \
    "machine\\system\\CurrentControlSet\\Control\\Lsa\\restrictanonymous=4,1\r\n"

/* "PReg" 1 [SYSTEM\CurrentControlSet\Control\Lsa;RestrictAnonymous;4;4;1] */
static const char registry_hex[] =
    "5052656701000000"
    "5b00530059005300540045004d005c00430075007200720065006e00740043006f006e00740072006f006c00530065"
    "00"
    "74005c0043006f006e00740072006f006c005c004c007300610000003b00"
    "5200650073007400720069006300740041006e006f006e0079006d006f00750073000000"
    "3b00040000003b00040000003b00010000005d00";

static const struct policy_case {
    const char *name;
    const char *template; /* NULL: none */
    const char *registry; /* hexadecimal; NULL: none */
    const char *on_ou;    /* gPLink; NULL: none */
    const char *on_domain;
    const char *on_site;
    const char *blocks; /* the OU's gPOptions */
    const char *flags;  /* the policy's */
    enum requirement_result result;
    const char *says[3];
} policy_cases[] = {
    { "linked to the controllers, in the template",
      SETS,
      NULL,
      LINK,
      NULL,
      NULL,
      NULL,
      "0",
      REQUIREMENT_FAIL,
      { "\"Hardening\" " ONE, "RestrictAnonymous to 4,1", "GptTmpl.inf" } },
    { "linked to the domain",
      SETS,
      NULL,
      NULL,
      LINK,
      NULL,
      NULL,
      NULL,
      REQUIREMENT_FAIL,
      { "Hardening" } },
    { "linked to a site",
      SETS,
      NULL,
      NULL,
      NULL,
      LINK,
      NULL,
      "1",
      REQUIREMENT_FAIL,
      { "Hardening" } },
    { "in Registry.pol",
      NULL,
      registry_hex,
      LINK,
      NULL,
      NULL,
      NULL,
      "0",
      REQUIREMENT_FAIL,
      { "\"Hardening\" " ONE, "RestrictAnonymous to 1", "Registry.pol" } },
    { "a link that is disabled",
      SETS,
      NULL,
      "[LDAP://" POLICY ";1]",
      NULL,
      NULL,
      NULL,
      "0",
      REQUIREMENT_PASS,
      { "0 Group Policy objects" } },
    { "a policy whose half for machines is off",
      SETS,
      NULL,
      LINK,
      NULL,
      NULL,
      NULL,
      "2",
      REQUIREMENT_PASS,
      { "0 Group Policy objects" } },
    { "a policy that is off",
      SETS,
      NULL,
      LINK,
      NULL,
      NULL,
      NULL,
      "3",
      REQUIREMENT_PASS,
      { "0 Group Policy objects" } },
    { "inheritance is blocked",
      SETS,
      NULL,
      NULL,
      LINK,
      LINK,
      "1",
      "0",
      REQUIREMENT_PASS,
      { "0 Group Policy objects" } },
    { "inheritance is blocked, but the link is enforced",
      SETS,
      NULL,
      NULL,
      "[LDAP://" POLICY ";2]",
      NULL,
      "1",
      "0",
      REQUIREMENT_FAIL,
      { "Hardening" } },
    { "the controllers' own link is not blocked",
      SETS,
      NULL,
      LINK,
      NULL,
      NULL,
      "1",
      "0",
      REQUIREMENT_FAIL,
      { "Hardening" } },
    { "another value",
      "[Registry Values]\r\nMACHINE\\x=4,1\r\n",
      NULL,
      LINK,
      LINK,
      LINK,
      NULL,
      "0",
      REQUIREMENT_PASS,
      { "1 Group Policy objects" } },
    { "no files",
      NULL,
      NULL,
      LINK,
      NULL,
      NULL,
      NULL,
      "0",
      REQUIREMENT_PASS,
      { "1 Group Policy objects" } },
    { "a policy that is gone",
      NULL,
      NULL,
      "[LDAP://CN={2}," FAKE_DOMAIN_DN ";0]",
      NULL,
      NULL,
      NULL,
      "0",
      REQUIREMENT_PASS,
      { "0 Group Policy objects" } },
    { "a policy of another domain",
      NULL,
      NULL,
      "[LDAP://CN={2},DC=other,DC=test;0]",
      NULL,
      NULL,
      NULL,
      "0",
      REQUIREMENT_UNKNOWN,
      { "CN={2},DC=other,DC=test", "another domain" } },
    { "a damaged Registry.pol",
      NULL,
      "50526567",
      LINK,
      NULL,
      NULL,
      NULL,
      "0",
      REQUIREMENT_UNKNOWN,
      { POLICY, "Registry.pol", "no registry policy" } },
    { "a key that stands there twice",
      SETS SETS,
      NULL,
      LINK,
      NULL,
      NULL,
      NULL,
      "0",
      REQUIREMENT_UNKNOWN,
      { POLICY, "GptTmpl.inf", "twice" } },
};

static void make_domain(const struct policy_case *row)
{
    OWNED(bytes_release) struct bytes registry = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    fake_domain_reset();
    fake_domain_set(POLICY, "displayName", "Hardening");
    fake_domain_set(POLICY, "gPCFileSysPath",
                    "\\\\target.test\\sysvol\\target.test\\Policies\\" ONE);
    fake_domain_set(POLICY, "flags", row->flags);
    fake_domain_set(OU, "objectClass", "organizationalUnit");
    fake_domain_set(OU, "gPLink", row->on_ou);
    fake_domain_set(OU, "gPOptions", row->blocks);
    fake_domain_set(FAKE_DOMAIN_DN, "objectClass", "domainDNS");
    fake_domain_set(FAKE_DOMAIN_DN, "gPLink", row->on_domain);
    fake_domain_set("CN=NTDS Settings,CN=DC2,CN=Servers," SITE, "find", SITES);
    fake_domain_set(SITE, "objectClass", "site");
    fake_domain_set(SITE, "gPLink", row->on_site);
    fake_domain_put(FOLDER "/MACHINE", NULL, 0);
    if (row->template)
        fake_domain_put(TEMPLATE, row->template, strlen(row->template));
    if (row->registry) {
        assert_true(bytes_from_hex(row->registry, &registry, &err));
        fake_domain_put(REGISTRY, registry.at, registry.size);
    }
}

static void examine(const char *fields, struct finding *ret_finding)
{
    OWNED(free) char *text = text_make("[require r]\n%s", fields);
    OWNED(ini_free) struct ini *ini = NULL;
    struct setting setting = { .file = "plan.ini", .place = PLACE_DOMAIN, .where = "target.test" };
    const struct requirement *requirement = &requirement_no_policy;
    struct ajar_error err = AJAR_NO_ERROR;

    assert_non_null(requirement);
    assert_true(ini_read("plan.ini", text, strlen(text), INI_PLAIN, &ini, &err));
    setting.section = &ini->sections[0];
    assert_true(requirement->judge(&setting, &err));
    assert_true(requirement->examine(NULL, &setting, ret_finding, &err));
}

#define ANONYMOUS "value = HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa:RestrictAnonymous\n"

static void run_policy_case(void **state)
{
    const struct policy_case *row = *state;
    OWNED(finding_release) struct finding finding = { 0 };

    make_domain(row);
    examine("value = HKLM\\SOFTWARE\\X:y\n" ANONYMOUS, &finding);
    assert_int_equal(finding.result, row->result);
    for (size_t i = 0; i < LENGTH(row->says) && row->says[i]; i++) {
        if (!strstr(finding.reason, row->says[i]))
            fail_msg("\"%s\" is not in \"%s\"", row->says[i], finding.reason);
    }
    assert_int_equal(finding.hint != NULL, row->result != REQUIREMENT_PASS);
    fake_domain_clear();
}

static void test_a_file_that_nobody_may_read_is_unknown(void **state)
{
    OWNED(finding_release) struct finding finding = { 0 };

    (void)state;
    make_domain(&policy_cases[0]);
    fake_domain_deny(TEMPLATE);
    examine(ANONYMOUS, &finding);
    assert_int_equal(finding.result, REQUIREMENT_UNKNOWN);
    assert_non_null(strstr(finding.reason, POLICY));
    assert_non_null(strstr(finding.reason, "denied"));
    fake_domain_clear();
}

static void test_without_a_value_there_is_nothing_to_look_for(void **state)
{
    OWNED(finding_release) struct finding finding = { 0 };

    (void)state;
    fake_domain_reset();
    examine("", &finding);
    assert_int_equal(finding.result, REQUIREMENT_PASS);
    assert_non_null(strstr(finding.reason, "nothing to look for"));
    fake_domain_clear();
}

static void test_what_is_no_value_is_refused(void **state)
{
    static const char *const values[] = { "RestrictAnonymous", "HKCU\\A:b", "HKLM:b", "HKLM\\A" };

    (void)state;
    for (size_t i = 0; i < LENGTH(values); i++) {
        OWNED(free) char *text = text_make("[require r]\nvalue = %s\n", values[i]);
        OWNED(ini_free) struct ini *ini = NULL;
        struct setting setting = { .file = "plan.ini" };
        struct ajar_error err = AJAR_NO_ERROR;

        assert_true(ini_read("plan.ini", text, strlen(text), INI_PLAIN, &ini, &err));
        setting.section = &ini->sections[0];
        assert_false(requirement_no_policy.judge(&setting, &err));
        assert_int_equal(err.status, AJAR_EPLAN);
        assert_memory_equal(err.text, "plan.ini:2: ", 12);
    }
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(policy_cases) + 3] = {
        cmocka_unit_test(test_a_file_that_nobody_may_read_is_unknown),
        cmocka_unit_test(test_without_a_value_there_is_nothing_to_look_for),
        cmocka_unit_test(test_what_is_no_value_is_refused),
    };

    for (size_t i = 0; i < LENGTH(policy_cases); i++)
        tests[i + 3] = (struct CMUnitTest){ .name = policy_cases[i].name,
                                            .test_func = run_policy_case,
                                            .initial_state = (void *)(uintptr_t)&policy_cases[i] };
    return cmocka_run_group_tests_name("require_policy", tests, NULL, NULL);
}
