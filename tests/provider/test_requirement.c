/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table of requirements, and their findings.
 */
#include "provider/requirement.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void test_each_sort_is_found_by_its_name(void **state)
{
    static const char *const names[] = { "names",    "ports",           "clock",           "trust",
                                         "registry", "password-server", "credential-guard" };

    (void)state;
    for (size_t i = 0; i < LENGTH(names); i++) {
        const struct requirement *found = requirement_find(names[i]);

        assert_non_null(found);
        assert_string_equal(found->check, names[i]);
    }
    assert_null(requirement_find("trusts"));
    assert_null(requirement_find(""));
}

/* All can be asked, and none is there twice. */
static void test_the_table_is_whole(void **state)
{
    (void)state;
    for (const struct requirement *const *at = requirement_all(); *at; at++) {
        assert_true(schema_is_name((*at)->check));
        assert_non_null((*at)->fields);
        assert_non_null((*at)->examine);
        assert_true(
            (*at)->places == REQUIREMENT_ON_DOMAIN || (*at)->places == REQUIREMENT_ON_HOST ||
            ((*at)->places == (REQUIREMENT_ON_DOMAIN | REQUIREMENT_ON_HOST) && (*at)->judge));
        assert_ptr_equal(requirement_find((*at)->check), *at);
    }
}

static void test_a_finding_keeps_its_texts(void **state)
{
    OWNED(finding_release) struct finding finding = { 0 };
    char hint[] = "do this";
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    assert_true(finding_fail(&finding, &err, hint, "%s is %d", "x", 1));
    hint[0] = 'X';
    assert_int_equal(finding.result, REQUIREMENT_FAIL);
    assert_string_equal(finding.reason, "x is 1");
    assert_string_equal(finding.hint, "do this");
    finding_release(&finding);
    assert_true(finding_unknown(&finding, &err, NULL, "who knows"));
    assert_int_equal(finding.result, REQUIREMENT_UNKNOWN);
    assert_null(finding.hint);
    finding_release(&finding);
    assert_true(finding_pass(&finding, &err, "fine"));
    assert_int_equal(finding.result, REQUIREMENT_PASS);
    assert_string_equal(finding.reason, "fine");
    assert_null(finding.hint);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_sort_is_found_by_its_name),
        cmocka_unit_test(test_the_table_is_whole),
        cmocka_unit_test(test_a_finding_keeps_its_texts),
    };

    return cmocka_run_group_tests_name("requirement", tests, NULL, NULL);
}
