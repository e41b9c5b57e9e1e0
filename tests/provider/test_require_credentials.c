/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * When a password is tried, and when it is better not to, in a domain in memory.
 */
#include "provider/requirement.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <krb5.h>

#include "logon_scene.h"
#include "section.h"

/* The target: what comes of a try, and what was tried. */
struct target {
    krb5_error_code code; /* of the KDC; 0: a ticket */
    enum ajar_status bind;
    enum ajar_status file; /* of reading the password file */
    int tries;
    int binds;
};

const char *target_name(const struct target *target)
{
    (void)target;
    return "target.test";
}

bool target_ticket_of(struct target *target, const char *user, const char *password_file,
                      struct ticket **ret_ticket, struct ajar_error *err)
{
    assert_string_equal(user, "connector");
    assert_string_equal(password_file, "/run/secrets/connector");
    if (target->file)
        return ajar_fail(err, target->file, "others than its owner have access to \"%s\"",
                         password_file);
    target->tries++;
    if (target->code) {
        ajar_fail(err, AJAR_ELOGIN, "could not log in");
        return ajar_native(err, (uint32_t)target->code);
    }
    *ret_ticket = NULL;
    return true;
}

bool target_bind_as(struct target *target, const struct ticket *ticket, struct ajar_error *err)
{
    assert_null(ticket);
    target->binds++;
    return target->bind == AJAR_FINE || ajar_fail(err, target->bind, "LDAP to dc2: no");
}

#define FILE_FIELD "password-file = /run/secrets/connector\n"

static const struct credentials_case {
    const char *name;
    const char *fields;
    struct target target;
    struct scene_fact facts[4];
    enum requirement_result result; /* with `says` of the finding or, for unknown, of the error */
    bool is_trouble;
    int tries;
    const char *says;
    const char *hint;
} credentials_cases[] = {
    { .name = "the right password",
      .fields = FILE_FIELD,
      .result = REQUIREMENT_PASS,
      .tries = 1,
      .says = "the password in \"/run/secrets/connector\" is that of \"connector\": it got a "
              "ticket, and bound to the directory of target.test" },
    { .name = "a wrong one",
      .fields = FILE_FIELD,
      .target = { .code = KRB5KDC_ERR_PREAUTH_FAILED },
      .result = REQUIREMENT_FAIL,
      .tries = 1,
      .says = "the password in \"/run/secrets/connector\" is not that of \"connector\"",
      .hint = "\"Connect to Active Directory Forest\"" },
    { .name = "a wrong one, found out by its key",
      .fields = FILE_FIELD,
      .target = { .code = KRB5KRB_AP_ERR_BAD_INTEGRITY },
      .result = REQUIREMENT_FAIL,
      .tries = 1,
      .says = "is not that of",
      .hint = "correct the file" },
    { .name = "the KDC refuses for another reason",
      .fields = FILE_FIELD,
      .target = { .code = KRB5KDC_ERR_CLIENT_REVOKED },
      .is_trouble = true,
      .tries = 1,
      .says = "could not log in" },
    { .name = "a ticket, but no bind",
      .fields = FILE_FIELD,
      .target = { .bind = AJAR_ELOGIN },
      .result = REQUIREMENT_FAIL,
      .tries = 1,
      .says = "is that of \"connector\", but the directory does not let it in: LDAP to dc2: no",
      .hint = "User Rights" },
    { .name = "a ticket, and a controller that does not answer",
      .fields = FILE_FIELD,
      .target = { .bind = AJAR_EUNREACHABLE },
      .is_trouble = true,
      .tries = 1,
      .says = "LDAP to dc2: no" },
    { .name = "a file that others can read",
      .fields = FILE_FIELD,
      .target = { .file = AJAR_ELOGIN },
      .is_trouble = true,
      .says = "others than its owner" },
    { .name = "no file",
      .fields = "",
      .result = REQUIREMENT_UNKNOWN,
      .says = "no password file was given",
      .hint = "chmod 600" },
    { .name = "an empty file name",
      .fields = "password-file =\n",
      .result = REQUIREMENT_UNKNOWN,
      .says = "no password file was given",
      .hint = "chmod 600" },
    { .name = "none, in words",
      .fields = "password-file = none\n",
      .result = REQUIREMENT_UNKNOWN,
      .says = "no password file was given",
      .hint = "chmod 600" },
    { .name = "disabled",
      .fields = FILE_FIELD,
      .facts = { { "userAccountControl", "514" } },
      .result = REQUIREMENT_UNKNOWN,
      .says = "not tried, because of the account \"connector\": it is disabled",
      .hint = "check = account" },
    { .name = "locked",
      .fields = FILE_FIELD,
      .facts = { { "lockoutTime", "2026-11-21T07:45:00Z" } },
      .result = REQUIREMENT_UNKNOWN,
      .says = "not tried, because of the account \"connector\": it is locked out since",
      .hint = "check = account" },
    { .name = "its password must be changed",
      .fields = FILE_FIELD,
      .facts = { { "pwdLastSet", "0" } },
      .result = REQUIREMENT_UNKNOWN,
      .says = "not tried, because",
      .hint = "check = account" },
    { .name = "there is no such account",
      .fields = FILE_FIELD,
      .facts = { { "objectClass", "group" } },
      .result = REQUIREMENT_UNKNOWN,
      .says = "not tried: \"" SCENE_SID "\" is no account",
      .hint = "check = account" },
    { .name = "two wrong ones left: one try could lock it",
      .fields = FILE_FIELD,
      .facts = { { "badPwdCount", "3" }, { "badPasswordTime", "2026-11-21T07:45:00Z" } },
      .result = REQUIREMENT_UNKNOWN,
      .says =
          "not tried: of 5 wrong passwords that lock \"connector\" out, 3 are used up (the last "
          "one at 2026-11-21T07:45:00Z; forgotten at 2026-11-21T08:15:00Z)",
      .hint = "check again" },
    { .name = "three wrong ones left",
      .fields = FILE_FIELD,
      .facts = { { "badPwdCount", "2" }, { "badPasswordTime", "2026-11-21T07:45:00Z" } },
      .result = REQUIREMENT_PASS,
      .tries = 1,
      .says = "is that of" },
    { .name = "wrong ones that are forgotten",
      .fields = FILE_FIELD,
      .facts = { { "badPwdCount", "4" }, { "badPasswordTime", "2026-11-21T07:30:00Z" } },
      .result = REQUIREMENT_PASS,
      .tries = 1,
      .says = "is that of" },
    { .name = "wrong ones that are never forgotten",
      .fields = FILE_FIELD,
      .facts = { { "badPwdCount", "4" },
                 { "badPasswordTime", "2025-11-21T07:30:00Z" },
                 { "lockOutObservationWindow", "0" } },
      .result = REQUIREMENT_UNKNOWN,
      .says = "forgotten never)",
      .hint = "check again" },
    { .name = "a domain that locks nobody",
      .fields = FILE_FIELD,
      .facts = { { "badPwdCount", "99" },
                 { "badPasswordTime", "2026-11-21T07:59:00Z" },
                 { "lockoutThreshold", "0" } },
      .result = REQUIREMENT_PASS,
      .tries = 1,
      .says = "is that of" },
    { .name = "a domain that locks at once",
      .fields = FILE_FIELD,
      .facts = { { "lockoutThreshold", "2" } },
      .result = REQUIREMENT_UNKNOWN,
      .says = "not tried: the policy locks \"connector\" out after 2 wrong passwords",
      .hint = "kinit" },
    { .name = "a policy that is not shown",
      .fields = FILE_FIELD,
      .facts = { { "msDS-ResultantPSO", "CN=hidden" } },
      .result = REQUIREMENT_UNKNOWN,
      .says = "not tried: the lockout policy of \"connector\" is not shown",
      .hint = "Domain Admins" },
    { .name = "a name that Kerberos reads otherwise",
      .fields = FILE_FIELD,
      .facts = { { "sAMAccountName", "connector@other.test" } },
      .result = REQUIREMENT_UNKNOWN,
      .says = "not tried: \"connector@other.test\" cannot be written",
      .hint = "kinit" },
};

static void run_credentials_case(void **state)
{
    const struct credentials_case *row = *state;
    OWNED(free)
    char *text =
        text_make("[require r]\ncheck = credentials\naccount = " SCENE_SID "\n%s", row->fields);
    OWNED(section_release) struct section section = { 0 };
    OWNED(finding_release) struct finding finding = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    struct target target = row->target;

    scene_make();
    scene_change(row->facts, LENGTH(row->facts));
    section_read(&section, text, PLACE_DOMAIN, "target.test");
    assert_int_equal(requirement_credentials.examine(&target, &section.setting, &finding, &err),
                     !row->is_trouble);
    assert_part(row->is_trouble ? err.text : finding.reason, row->says);
    if (!row->is_trouble)
        assert_part(finding.hint, row->hint);
    assert_int_equal(finding.result, row->result);
    assert_int_equal(target.tries, row->tries);
    assert_int_equal(target.binds, row->tries > 0 && row->target.code == 0);
    fake_domain_clear();
}

static void test_the_section(void **state)
{
    OWNED(section_release) struct section section = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    section_read(&section, "[require r]\naccount = S-1-x\npassword-file =\n", PLACE_DOMAIN,
                 "target.test");
    assert_true(schema_check("plan.ini", section.setting.section, requirement_credentials.fields,
                             NULL, &err));
    assert_false(requirement_credentials.judge(&section.setting, &err));
    assert_plan_error(&err, "plan.ini:2: account: ");
    assert_int_equal(requirement_credentials.places, REQUIREMENT_ON_DOMAIN);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(credentials_cases) + 1] = {
        cmocka_unit_test(test_the_section),
    };
    size_t count = 1;

    for (size_t i = 0; i < LENGTH(credentials_cases); i++)
        tests[count++] =
            (struct CMUnitTest){ .name = credentials_cases[i].name,
                                 .test_func = run_credentials_case,
                                 .initial_state = (void *)(uintptr_t)&credentials_cases[i] };
    return cmocka_run_group_tests_name("requirement_credentials", tests, NULL, NULL);
}
