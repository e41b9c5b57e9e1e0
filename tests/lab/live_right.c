/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rights in a real domain, as accounts hold them: by themselves, through groups in groups, through
 * Authenticated Users; and denied.
 */
#include "live_dacl.h"

#include "provider/requirement.h"
#include "transport/target.h"

#define ENUMERATE "91d67418-0135-4acc-8d79-c08e857cfbec"

/* Made for the test, and removed with it. */
static const char ou[] = "OU=ajar-rights,DC=target,DC=test";
static const char outer[] = "CN=ajar-outer,OU=ajar-rights,DC=target,DC=test";
static const char inner[] = "CN=ajar-inner,OU=ajar-rights,DC=target,DC=test";

struct fixture {
    char *folder;
    struct login login;
    struct target *target;
    struct directory *directory; /* the target's */
};

/* A group of the domain (type 2, security) with one member. */
static void add_group(struct directory *directory, const char *dn, const char *name,
                      const char *member)
{
    const char *const texts[][2] = { { "objectClass", "group" },
                                     { "sAMAccountName", name },
                                     { "groupType", "-2147483646" },
                                     { "member", member } };
    struct directory_change attributes[LENGTH(texts)];
    struct bytes values[LENGTH(texts)];
    struct ajar_error err = AJAR_NO_ERROR;

    for (size_t i = 0; i < LENGTH(texts); i++) {
        live_expect(bytes_copy(texts[i][1], strlen(texts[i][1]), &values[i], &err), &err);
        attributes[i] = (struct directory_change){
            .operation = DIRECTORY_ADD, .attribute = texts[i][0], .count = 1, .values = &values[i]
        };
    }
    live_expect(directory_add(directory, dn, attributes, LENGTH(texts), &err), &err);
    for (size_t i = 0; i < LENGTH(texts); i++)
        bytes_release(&values[i]);
}

static int set_up(void **state)
{
    static const char *const servers[] = { "dc2.target.test", NULL };
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    struct target_options options = { .name = "target.test",
                                      .is_domain = true,
                                      .servers = servers };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_non_null(fixture);
    fixture->login = live_login("target.test");
    live_expect(file_make_temporary_folder("ajar-live", &fixture->folder, &err), &err);
    options.login = &fixture->login;
    options.folder = fixture->folder;
    live_expect(target_new(&options, &fixture->target, &err), &err);
    live_expect(target_directory(fixture->target, &fixture->directory, &err), &err);
    live_add_ou(fixture->directory, ou);
    add_group(fixture->directory, inner, "ajar-inner", "CN=krbtgt,CN=Users,DC=target,DC=test");
    add_group(fixture->directory, outer, "ajar-outer", inner);
    live_change_dacl(fixture->directory, ou, "(A;;CCDC;;;ajar-outer)", true);
    live_change_dacl(fixture->directory, ou, "(A;;SW;;;RU)", true);
    live_change_dacl(fixture->directory, ou, "(A;;DT;;;AN)", true);
    live_change_dacl(fixture->directory, ou, "(A;;WO;;;DU)", true);
    live_change_dacl(fixture->directory, ou, "(OD;;CR;" ENUMERATE ";;ajar-inner)", true);
    live_change_dacl(fixture->directory, ou, "(A;;CR;;;ajar-outer)", true);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(directory_delete(fixture->directory, outer, &err), &err);
    live_expect(directory_delete(fixture->directory, inner, &err), &err);
    live_expect(directory_delete(fixture->directory, ou, &err), &err);
    target_free(fixture->target);
    live_expect(file_remove_folder(fixture->folder, &err), &err);
    free(fixture->folder);
    free(fixture);
    return 0;
}

static const struct asking {
    const char *name;
    const char *object;
    const char *account;
    const char *right;
    enum requirement_result result;
    const char *says; /* a part of the reason */
} askings[] = {
    { "RU has what the schema gives it", "CN=Server,CN=System", "S-1-5-32-554",
      "enumerate-entire-sam-domain", REQUIREMENT_PASS, ";;S-1-5-32-554) gives it to S-1-5-32-554" },
    { "an account has it as an authenticated user", "CN=Server,CN=System", "krbtgt",
      "enumerate-entire-sam-domain", REQUIREMENT_PASS, "which krbtgt is in" },
    { "anonymous logon has it not", "CN=Server,CN=System", "anonymous-logon",
      "enumerate-entire-sam-domain", REQUIREMENT_FAIL,
      "nothing gives enumerate-entire-sam-domain" },
    { "an administrator of the domain may write", "CN=Server,CN=System", "Administrator", "WP",
      REQUIREMENT_PASS, "Domain Admins, which Administrator is in" },
    { "the head: replication", "domain", "enterprise-domain-controllers",
      "replicating-directory-changes", REQUIREMENT_PASS, "S-1-5-9) gives it to" },
    { "the head: nobody else", "domain", "krbtgt", "replicating-directory-changes-all",
      REQUIREMENT_FAIL, "(CR is missing)" },
    { "a group in a group", "OU=ajar-rights", "krbtgt", "CCDC", REQUIREMENT_PASS,
      "gives it to ajar-outer, which krbtgt is in" },
    { "the account's primary group", "OU=ajar-rights", "krbtgt", "WO", REQUIREMENT_PASS,
      "gives it to Domain Users, which krbtgt is in" },
    { "the outer group itself", "OU=ajar-rights", "ajar-outer", "CCDC", REQUIREMENT_PASS,
      "gives it to ajar-outer" },
    { "a group that holds Authenticated Users", "OU=ajar-rights", "krbtgt", "SW", REQUIREMENT_PASS,
      "gives it to Pre-Windows 2000 Compatible Access, which krbtgt is in" },
    { "a group that holds no anonymous logon", "OU=ajar-rights", "anonymous-logon", "SW",
      REQUIREMENT_FAIL, "nothing gives SW" },
    { "anonymous logon alone", "OU=ajar-rights", "krbtgt", "DT", REQUIREMENT_FAIL,
      "nothing gives DT" },
    { "anonymous logon itself", "OU=ajar-rights", "AN", "DT", REQUIREMENT_PASS, "gives it to AN" },
    { "a part is missing", "OU=ajar-rights", "krbtgt", "CCDCDT", REQUIREMENT_FAIL,
      "(DT is missing)" },
    { "denied through the inner group", "OU=ajar-rights", "krbtgt", "enumerate-entire-sam-domain",
      REQUIREMENT_FAIL, "denies it to ajar-inner, which krbtgt is in" },
    { "another extended right", "OU=ajar-rights", "krbtgt", "migrate-sid-history", REQUIREMENT_PASS,
      "gives it to ajar-outer" },
    { "not denied to the outer group", "OU=ajar-rights", "TARGET\\ajar-outer",
      "enumerate-entire-sam-domain", REQUIREMENT_PASS, "gives it to TARGET\\ajar-outer" },
};

static void examine(const struct fixture *fixture, const struct asking *row, bool *ret_ok,
                    struct finding *ret_finding, struct ajar_error *err)
{
    OWNED(free)
    char *text = text_make("[require r]\nobject = %s\naccount = %s\nright = %s\n", row->object,
                           row->account, row->right);
    struct setting setting = { .file = "live.ini", .place = PLACE_DOMAIN, .where = "target.test" };
    OWNED(ini_free) struct ini *ini = NULL;

    live_expect(ini_read("live.ini", text, strlen(text), INI_PLAIN, &ini, err), err);
    setting.section = &ini->sections[0];
    live_expect(requirement_right.judge(&setting, err), err);
    *ret_ok = requirement_right.examine(fixture->target, &setting, ret_finding, err);
}

static void test_who_may_what(void **state)
{
    for (size_t i = 0; i < LENGTH(askings); i++) {
        OWNED(finding_release) struct finding finding = { 0 };
        struct ajar_error err = AJAR_NO_ERROR;
        bool ok = false;

        examine(*state, &askings[i], &ok, &finding, &err);
        live_expect(ok, &err);
        print_message("             %s\n", finding.reason);
        if (finding.result != askings[i].result || !strstr(finding.reason, askings[i].says))
            fail_msg("%s: %s", askings[i].name, finding.reason);
        assert_int_equal(finding.hint != NULL, finding.result != REQUIREMENT_PASS);
    }
}

static void test_nobody_and_nothing(void **state)
{
    static const struct asking rows[] = {
        { .object = "domain", .account = "nobody here", .right = "read" },
        { .object = "CN=Nothing", .account = "krbtgt", .right = "read" },
    };

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct finding finding = { 0 };
        struct ajar_error err = AJAR_NO_ERROR;
        bool ok = true;

        examine(*state, &rows[i], &ok, &finding, &err);
        live_expect_failure(ok, &err, AJAR_EMISSING);
        assert_null(finding.reason);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_may_what),
        cmocka_unit_test(test_nobody_and_nothing),
    };

    if (!live_has_lab())
        return SKIPPED;
    return cmocka_run_group_tests_name("live_right", tests, set_up, tear_down);
}
