/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What of the requirement "right" needs no directory.
 */
#include "provider/requirement.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "section.h"

static const struct section_case {
    const char *name;
    const char *fields;
    const char *says; /* NULL: it is fine */
} section_cases[] = {
    { "a right of an account", "object = domain\naccount = Migrator\nright = migrate-sid-history",
      NULL },
    { "letters of SDDL", "object = CN=Server,CN=System\naccount = S-1-5-32-554\nright = RPLC",
      NULL },
    { "in the configuration", "object = CN=Sites\nbase = configuration\naccount = DA\nright = read",
      NULL },
    { "an object that is none", "object = Server\naccount = x\nright = read",
      "plan.ini:2: object" },
    { "a mistyped account", "object = domain\naccount = S-1-x\nright = read",
      "plan.ini:3: account: trustee: \"S-1-x\"" },
    { "an account that is a pattern", "object = domain\naccount = adm*\nright = read",
      "plan.ini:3: account: " },
    { "a mistyped right", "object = domain\naccount = x\nright = raed",
      "plan.ini:4: right: \"raed\"" },
};

static void run_section_case(void **state)
{
    const struct section_case *row = *state;
    OWNED(free) char *text = text_make("[require r]\n%s\n", row->fields);
    const struct requirement *right = requirement_find("right");
    OWNED(section_release) struct section section = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_non_null(right);
    section_read(&section, text, PLACE_DOMAIN, "target.test");
    assert_true(schema_check("plan.ini", section.setting.section, right->fields, NULL, &err));
    assert_int_equal(right->judge(&section.setting, &err), row->says == NULL);
    if (row->says)
        assert_plan_error(&err, row->says);
}

static void test_it_is_on_a_domain(void **state)
{
    (void)state;
    assert_int_equal(requirement_find("right")->places, REQUIREMENT_ON_DOMAIN);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(section_cases) + 1] = {
        cmocka_unit_test(test_it_is_on_a_domain),
    };
    size_t count = 1;

    for (size_t i = 0; i < LENGTH(section_cases); i++)
        tests[count++] =
            (struct CMUnitTest){ .name = section_cases[i].name,
                                 .test_func = run_section_case,
                                 .initial_state = (void *)(uintptr_t)&section_cases[i] };
    return cmocka_run_group_tests_name("requirement_right", tests, NULL, NULL);
}
