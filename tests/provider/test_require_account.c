/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Accounts that can log in and accounts that cannot, in a domain in memory: what the controller
 * computes counts, and what it does not compute is computed here.
 */
#include "provider/requirement.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "logon_scene.h"
#include "section.h"

#define NEVER    "9223372036854775807"
#define FOR_EVER "-9223372036854775808"
#define SETTINGS "CN=Services,CN=Password Settings Container,CN=System," FAKE_DOMAIN_DN

static const struct account_case {
    const char *name;
    struct scene_fact facts[6];
    enum requirement_result result;
    const char *says;
    const char *hint;
} account_cases[] = {
    { "it is fine, and its password ends by its age",
      { { 0 } },
      REQUIREMENT_PASS,
      "\"connector\" is enabled and not locked out; its password expires 2026-12-13T08:00:00Z",
      NULL },
    { "a password that never ends",
      { { "userAccountControl", "66048" } },
      REQUIREMENT_PASS,
      "its password does not expire",
      NULL },
    { "a domain where passwords never end",
      { { "maxPwdAge", FOR_EVER } },
      REQUIREMENT_PASS,
      "its password does not expire",
      NULL },
    { "a domain whose age is 0",
      { { "maxPwdAge", "0" } },
      REQUIREMENT_PASS,
      "its password does not expire",
      NULL },
    { "the controller computes when the password ends",
      { { "msDS-UserPasswordExpiryTimeComputed", "2027-01-01T00:00:00Z" } },
      REQUIREMENT_PASS,
      "its password expires 2027-01-01T00:00:00Z",
      NULL },
    { "the controller computes that it never ends",
      { { "msDS-UserPasswordExpiryTimeComputed", NEVER } },
      REQUIREMENT_PASS,
      "its password does not expire",
      NULL },
    { "disabled",
      { { "userAccountControl", "514" } },
      REQUIREMENT_FAIL,
      "\"connector\" (<SID=" SCENE_SID ">) cannot log in: it is disabled (the object was changed "
      "last at 2026-11-20T08:00:00Z)",
      "enable it" },
    { "locked, and the controller says so",
      { { "msDS-User-Account-Control-Computed", "16" }, { "lockoutTime", "2026-11-21T07:45:00Z" } },
      REQUIREMENT_FAIL,
      "it is locked out since 2026-11-21T07:45:00Z, until 2026-11-21T08:15:00Z",
      "4740" },
    { "locked, as computed here",
      { { "lockoutTime", "2026-11-21T07:30:01Z" } },
      REQUIREMENT_FAIL,
      "it is locked out since 2026-11-21T07:30:01Z, until 2026-11-21T08:00:01Z",
      "unlock" },
    { "no longer locked, as computed here",
      { { "lockoutTime", "2026-11-21T07:30:00Z" } },
      REQUIREMENT_PASS,
      "not locked out",
      NULL },
    { "no longer locked, as the controller says",
      { { "msDS-User-Account-Control-Computed", "0" }, { "lockoutTime", "2026-11-21T07:45:00Z" } },
      REQUIREMENT_PASS,
      "not locked out",
      NULL },
    { "locked until somebody unlocks it",
      { { "lockoutTime", "2026-01-01T00:00:00Z" }, { "lockoutDuration", FOR_EVER } },
      REQUIREMENT_FAIL,
      "it is locked out since 2026-01-01T00:00:00Z, until somebody unlocks it",
      "unlock" },
    { "the same, as 0",
      { { "lockoutTime", "2026-01-01T00:00:00Z" }, { "lockoutDuration", "0" } },
      REQUIREMENT_FAIL,
      "until somebody unlocks it",
      "unlock" },
    { "unlocked by somebody",
      { { "lockoutTime", "0" } },
      REQUIREMENT_PASS,
      "not locked out",
      NULL },
    { "the account has ended",
      { { "accountExpires", "2026-11-21T08:00:00Z" } },
      REQUIREMENT_FAIL,
      "the account expired at 2026-11-21T08:00:00Z",
      "Account expires" },
    { "the account has not ended yet",
      { { "accountExpires", "2026-11-21T08:00:01Z" } },
      REQUIREMENT_PASS,
      "is enabled",
      NULL },
    { "an end of 0 is none", { { "accountExpires", "0" } }, REQUIREMENT_PASS, "is enabled", NULL },
    { "the password has ended, as computed here",
      { { "pwdLastSet", "2026-10-10T08:00:00Z" } },
      REQUIREMENT_FAIL,
      "its password has expired, at 2026-11-21T08:00:00Z",
      "set a new password" },
    { "the password has ended, as the controller says",
      { { "msDS-User-Account-Control-Computed", "8388608" },
        { "msDS-UserPasswordExpiryTimeComputed", "2026-11-20T08:00:00Z" } },
      REQUIREMENT_FAIL,
      "its password has expired, at 2026-11-20T08:00:00Z",
      "set a new password" },
    { "the same, and it does not say since when",
      { { "msDS-User-Account-Control-Computed", "8388608" }, { "maxPwdAge", FOR_EVER } },
      REQUIREMENT_FAIL,
      "cannot log in: its password has expired",
      "set a new password" },
    { "it must change its password",
      { { "pwdLastSet", "0" } },
      REQUIREMENT_FAIL,
      "cannot log in: it must change its password at the next logon",
      "User must change password at next logon" },
    { "the same, with what the controller computes",
      { { "pwdLastSet", "0" },
        { "msDS-User-Account-Control-Computed", "8388608" },
        { "msDS-UserPasswordExpiryTimeComputed", "0" } },
      REQUIREMENT_FAIL,
      "cannot log in: it must change its password at the next logon",
      "User must change password at next logon" },
    { "smart cards only",
      { { "userAccountControl", "262656" } },
      REQUIREMENT_FAIL,
      "it may log in with a smart card only",
      "Smart card" },
    { "two things at once",
      { { "userAccountControl", "514" }, { "lockoutTime", "2026-11-21T07:45:00Z" } },
      REQUIREMENT_FAIL,
      "at 2026-11-20T08:00:00Z); it is locked out since",
      "enable it" },
    { "a group",
      { { "objectClass", "group" } },
      REQUIREMENT_FAIL,
      "\"" SCENE_SID "\" is no account that logs in",
      "check the account" },
};

#define SECTION "[require r]\ncheck = account\naccount = " SCENE_SID "\n"

static bool look(const char *text, struct finding *ret_finding, struct ajar_error *err)
{
    OWNED(section_release) struct section section = { 0 };

    section_read(&section, text, PLACE_DOMAIN, "target.test");
    return requirement_account.examine(NULL, &section.setting, ret_finding, err);
}

static void expect(enum requirement_result result, const char *says, const char *hint)
{
    OWNED(finding_release) struct finding finding = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(look(SECTION, &finding, &err));
    assert_part(finding.reason, says);
    assert_part(finding.hint, hint);
    assert_int_equal(finding.result, result);
}

static void run_account_case(void **state)
{
    const struct account_case *row = *state;

    scene_make();
    scene_change(row->facts, LENGTH(row->facts));
    expect(row->result, row->says, row->hint);
    fake_domain_clear();
}

/* A password settings object goes before the domain's policy; one that is not shown leaves open
 * until when. */
static void test_a_policy_of_its_own(void **state)
{
    static const struct scene_fact settings[] = {
        { "msDS-LockoutThreshold", "3" },
        { "msDS-LockoutDuration", FOR_EVER },
        { "msDS-LockoutObservationWindow", "-18000000000" },
        { "msDS-MaximumPasswordAge", FOR_EVER },
    };

    (void)state;
    scene_make();
    scene_set(SCENE_DN, "msDS-ResultantPSO", SETTINGS);
    scene_set(SCENE_DN, "lockoutTime", "2026-11-21T07:45:00Z");
    expect(REQUIREMENT_FAIL, "it is locked out since 2026-11-21T07:45:00Z", "unlock");
    for (size_t i = 0; i < LENGTH(settings); i++)
        scene_set(SETTINGS, settings[i].name, settings[i].value);
    expect(REQUIREMENT_FAIL, "since 2026-11-21T07:45:00Z, until somebody unlocks it", "unlock");
    scene_set(SCENE_DN, "lockoutTime", NULL);
    expect(REQUIREMENT_PASS, "its password does not expire", NULL);
    fake_domain_clear();
}

static void test_nobody_and_nothing_shown(void **state)
{
    static const char *const hidden[] = { "userAccountControl", "pwdLastSet" };

    (void)state;
    for (size_t i = 0; i < LENGTH(hidden); i++) {
        OWNED(finding_release) struct finding finding = { 0 };
        struct ajar_error err = AJAR_NO_ERROR;

        scene_make();
        scene_set(SCENE_DN, hidden[i], NULL);
        assert_false(look(SECTION, &finding, &err));
        assert_int_equal(err.status, AJAR_EDENIED);
        assert_part(err.text, hidden[i]);
        assert_null(finding.reason);
    }
    fake_domain_reset();
    expect(REQUIREMENT_FAIL, "there is no account \"" SCENE_SID "\" at dc2.target.test",
           "check the account");
    fake_domain_clear();
}

/* An attribute that is no number is an answer that makes no sense, whichever it is. */
static void test_numbers_that_are_none(void **state)
{
    static const char *const names[] = { "userAccountControl", "pwdLastSet",  "lockoutTime",
                                         "accountExpires",     "badPwdCount", "lockoutDuration",
                                         "whenChanged" };

    (void)state;
    for (size_t i = 0; i < LENGTH(names); i++) {
        const struct scene_fact odd = { names[i], "12x" };
        OWNED(finding_release) struct finding finding = { 0 };
        struct ajar_error err = AJAR_NO_ERROR;

        scene_make();
        scene_change(&odd, 1);
        assert_false(look(SECTION, &finding, &err));
        assert_int_equal(err.status, AJAR_EPROTOCOL);
        assert_part(err.text, "12x");
        assert_null(finding.reason);
    }
    fake_domain_clear();
}

static const struct section_case {
    const char *name;
    const char *account;
    const char *says; /* NULL: it is fine */
} section_cases[] = {
    { "a SID", SCENE_SID, NULL },
    { "a name", "SOURCE\\connector", NULL },
    { "a mistyped SID", "S-1-x", "plan.ini:2: account: " },
    { "a pattern", "MSOL_*", "plan.ini:2: account: \"MSOL_*\"" },
};

static void run_section_case(void **state)
{
    const struct section_case *row = *state;
    OWNED(free) char *text = text_make("[require r]\naccount = %s\n", row->account);
    OWNED(section_release) struct section section = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    section_read(&section, text, PLACE_DOMAIN, "target.test");
    assert_true(
        schema_check("plan.ini", section.setting.section, requirement_account.fields, NULL, &err));
    assert_int_equal(requirement_account.judge(&section.setting, &err), row->says == NULL);
    if (row->says)
        assert_plan_error(&err, row->says);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(account_cases) + LENGTH(section_cases) + 3] = {
        cmocka_unit_test(test_a_policy_of_its_own),
        cmocka_unit_test(test_nobody_and_nothing_shown),
        cmocka_unit_test(test_numbers_that_are_none),
    };
    size_t count = 3;

    for (size_t i = 0; i < LENGTH(account_cases); i++)
        tests[count++] =
            (struct CMUnitTest){ .name = account_cases[i].name,
                                 .test_func = run_account_case,
                                 .initial_state = (void *)(uintptr_t)&account_cases[i] };
    for (size_t i = 0; i < LENGTH(section_cases); i++)
        tests[count++] =
            (struct CMUnitTest){ .name = section_cases[i].name,
                                 .test_func = run_section_case,
                                 .initial_state = (void *)(uintptr_t)&section_cases[i] };
    return cmocka_run_group_tests_name("requirement_account", tests, NULL, NULL);
}
