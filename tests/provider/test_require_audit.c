/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake/scripted_pipe.h"
#include "model/schema.h"
#include "provider/requirement.h"
#include "transport/rpc/lsarpc_codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define HANDLE "00000000492bee8a71f9904595fc229da7160592"

/* Nine categories: account management is the seventh. */
#define ON(account_management)               \
    "00000200"                               \
    "02000000"                               \
    "01000000"                               \
    "04000200"                               \
    "09000000"                               \
    "09000000"                               \
    "01000000"                               \
    "01000000"                               \
    "00000000"                               \
    "00000000"                               \
    "00000000"                               \
    "01000000" account_management "01000000" \
    "02000000"                               \
    "00000000"

#define OFF                                                                    \
    "000002000200000000000000040002000900000009000000"                         \
    "030000000300000003000000030000000300000003000000030000000300000003000000" \
    "00000000"

#define SEVEN                                                  \
    "000002000200000001000000040002000700000007000000"         \
    "03000000030000000300000003000000030000000300000003000000" \
    "00000000"

static const struct row {
    const char *name;
    const char *fields;
    const char *answer;
    enum requirement_result result;
    const char *reason;
} rows[] = {
    { "both, as it must", "", ON("03000000"), REQUIREMENT_PASS,
      "dc1.source.test audits success and failure of account management" },
    { "only success", "", ON("01000000"), REQUIREMENT_FAIL,
      "dc1.source.test audits success of account management, and must audit success and failure" },
    { "only failure", "", ON("02000000"), REQUIREMENT_FAIL,
      "dc1.source.test audits failure of account management, and must audit success and failure" },
    { "nothing", "must = success\n", ON("00000000"), REQUIREMENT_FAIL,
      "dc1.source.test audits nothing of account management, and must audit success" },
    { "success is enough", "must = success\n", ON("01000000"), REQUIREMENT_PASS,
      "dc1.source.test audits success of account management" },
    { "failure is enough", "must = failure\n", ON("03000000"), REQUIREMENT_PASS,
      "dc1.source.test audits success and failure of account management" },
    { "failure is missing", "must = failure\n", ON("01000000"), REQUIREMENT_FAIL,
      "dc1.source.test audits success of account management, and must audit failure" },
    { "another category", "category = ds-access\nmust = success\n", ON("00000000"),
      REQUIREMENT_PASS, "dc1.source.test audits success of directory service access" },
    { "the last category", "category = account-logon\nmust = success\n", ON("00000000"),
      REQUIREMENT_FAIL,
      "dc1.source.test audits failure of account logon events, and must audit success" },
    { "switched off, whatever the options say", "", OFF, REQUIREMENT_FAIL,
      "dc1.source.test audits nothing of account management, and must audit success and failure" },
    { "a category that the server does not list", "category = ds-access\n", SEVEN,
      REQUIREMENT_UNKNOWN,
      "dc1.source.test does not tell whether it audits directory service access" },
};

static void run_row(void **state)
{
    const struct row *row = *state;
    const struct script_line script[] = { { LSARPC_OPEN_POLICY_2, NULL, HANDLE "00000000", 0 },
                                          { LSARPC_QUERY_INFORMATION_POLICY, HANDLE "0200",
                                            row->answer, 0 } };
    OWNED(free) char *text = text_make("[require test]\n%s", row->fields);
    OWNED(finding_release) struct finding finding = { 0 };
    OWNED(target_free) struct target *target = NULL;
    OWNED(ini_free) struct ini *plan = NULL;
    struct target_connections connections = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    struct setting setting = { .file = "plan.ini" };
    bool closed;

    assert_true(lsarpc_open(scripted_pipe(script, LENGTH(script), &closed), "dc1.source.test",
                            &connections.security, &err));
    assert_true(target_new_with("dc1.source.test", &connections, &target, &err));
    assert_true(ini_read("plan.ini", text, strlen(text), INI_PLAIN, &plan, &err));
    setting.section = plan->sections;
    assert_true(schema_check("plan.ini", setting.section, requirement_audit.fields, NULL, &err));
    assert_true(requirement_audit.examine(target, &setting, &finding, &err));
    assert_string_equal(finding.reason, row->reason);
    assert_int_equal(finding.result, row->result);
    assert_int_equal(finding.hint != NULL, row->result != REQUIREMENT_PASS);
}

static void test_it_is_a_requirement_of_hosts(void **state)
{
    (void)state;
    assert_ptr_equal(requirement_find("audit"), &requirement_audit);
    assert_int_equal(requirement_audit.places, REQUIREMENT_ON_HOST);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(rows) + 1] = {
        cmocka_unit_test(test_it_is_a_requirement_of_hosts),
    };

    for (size_t i = 0; i < LENGTH(rows); i++)
        tests[i + 1] = (struct CMUnitTest){ .name = rows[i].name,
                                            .test_func = run_row,
                                            .initial_state = (void *)(uintptr_t)&rows[i] };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
