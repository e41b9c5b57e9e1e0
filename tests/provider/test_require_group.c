/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What of requirements about groups and controllers needs no directory.
 */
#include "base/text.h"
#include "provider/requirement.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "section.h"

static const struct section_case {
    const char *name;
    const char *fields;
    enum place place;
    const char *says; /* NULL: right */
} section_cases[] = {
    { "empty-group: a name", "check = empty-group\ngroup = SOURCE$$$\n", PLACE_DOMAIN, NULL },
    { "empty-group: absent is right", "check = empty-group\ngroup = SOURCE$$$\nabsent-ok = yes\n",
      PLACE_DOMAIN, NULL },
    { "empty-group: no name", "check = empty-group\n", PLACE_DOMAIN, "plan.ini:1: " },
    { "empty-group: perhaps", "check = empty-group\ngroup = a\nabsent-ok = perhaps\n", PLACE_DOMAIN,
      "plan.ini:4: " },
    { "member: names", "check = member\naccount = A\\b\ngroup = Domain Admins\n", PLACE_DOMAIN,
      NULL },
    { "member: a SID and a DN",
      "check = member\naccount = S-1-1-0\ngroup = CN=A,DC=target,DC=test\n", PLACE_DOMAIN, NULL },
    { "member: no account", "check = member\ngroup = a\n", PLACE_DOMAIN, "plan.ini:1: " },
    { "member: an account's DN", "check = member\naccount = CN=b\ngroup = a\n", PLACE_DOMAIN,
      "plan.ini:3: account: " },
    { "member: a mistyped SID", "check = member\naccount = a\ngroup = S-1-5-x\n", PLACE_DOMAIN,
      "plan.ini:4: group: " },
    { "controller: of one host", "check = controller\n", PLACE_HOST, NULL },
    { "controller: of the PDC emulator", "check = controller\n", PLACE_PDC, NULL },
    { "controller: of each controller", "check = controller\n", PLACE_CONTROLLERS, NULL },
    { "controller: more than that", "check = controller\ngroup = a\n", PLACE_HOST, "plan.ini:3: " },
};

static bool judge(const struct setting *setting, const struct requirement *requirement,
                  struct ajar_error *err)
{
    static const struct field_rule always[] = {
        { .name = "check", .type = FIELD_NAME, .required = true },
        { 0 },
    };

    return schema_check(setting->file, setting->section, always, requirement->fields, err) &&
           (!requirement->judge || requirement->judge(setting, err));
}

static void run_section_case(void **state)
{
    const struct section_case *row = *state;
    OWNED(free) char *text = text_make("[require r]\n%s", row->fields);
    OWNED(section_release) struct section section = { 0 };
    const struct requirement *requirement;
    struct ajar_error err = AJAR_NO_ERROR;

    section_read(&section, text, row->place, "target.test");
    requirement = requirement_find(setting_value(&section.setting, "check"));
    assert_non_null(requirement);
    assert_int_equal(judge(&section.setting, requirement, &err), row->says == NULL);
    if (row->says)
        assert_plan_error(&err, row->says);
    assert_int_not_equal(requirement->places & 1U << row->place, 0);
}

static void test_a_domain_is_no_host(void **state)
{
    (void)state;
    assert_int_equal(requirement_find("controller")->places & 1U << PLACE_DOMAIN, 0);
    assert_int_equal(requirement_find("empty-group")->places, REQUIREMENT_ON_DOMAIN);
    assert_int_equal(requirement_find("member")->places, REQUIREMENT_ON_DOMAIN);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(section_cases) + 1] = {
        cmocka_unit_test(test_a_domain_is_no_host),
    };

    for (size_t i = 0; i < LENGTH(section_cases); i++)
        tests[i + 1] = (struct CMUnitTest){ .name = section_cases[i].name,
                                            .test_func = run_section_case,
                                            .initial_state = (void *)(uintptr_t)&section_cases[i] };
    return cmocka_run_group_tests_name("require_group", tests, NULL, NULL);
}
