/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Objects of a directory, as plans name them.
 */
#include "provider/object.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "section.h"

static void make_section(const char *fields, struct section *ret_section)
{
    OWNED(free) char *text = text_make("[permission p]\n%s", fields);

    section_read(ret_section, text, PLACE_DOMAIN, "target.test");
}

static const struct object_case {
    const char *name;
    const char *fields;
    const char *dn;    /* of the directory's heads */
    const char *known; /* without a directory */
} object_cases[] = {
    { "object: the domain", "object = domain\n", "DC=target,DC=test", "DC=target,DC=test" },
    { "object: the configuration", "object = configuration\nbase = configuration\n",
      "CN=Configuration,DC=target,DC=test", "CN=Configuration of the forest of target.test" },
    { "object: below the domain", "object = CN=a,CN=System\n", "CN=a,CN=System,DC=target,DC=test",
      "CN=a,CN=System,DC=target,DC=test" },
    { "object: below the configuration", "object = CN=Services\nbase = configuration\n",
      "CN=Services,CN=Configuration,DC=target,DC=test",
      "CN=Services,CN=Configuration of the forest of target.test" },
    { "object: whole", "object = CN=a,DC=other,DC=test\n", "CN=a,DC=other,DC=test",
      "CN=a,DC=other,DC=test" },
    { "object: whole, in small letters", "object = cn=a,dc=other,dc=test\n",
      "cn=a,dc=other,dc=test", "cn=a,dc=other,dc=test" },
    { "object: a comma in its name", "object = CN=a\\,DC=b\n", "CN=a\\,DC=b,DC=target,DC=test",
      "CN=a\\,DC=b,DC=target,DC=test" },
    { "object: blanks that do not count", "object = CN = a\\, b , CN=System\n",
      "CN=a\\, b,CN=System,DC=target,DC=test", "CN=a\\, b,CN=System,DC=target,DC=test" },
};

static void run_object_case(void **state)
{
    const struct object_case *row = *state;
    OWNED(section_release) struct section section = { 0 };
    OWNED(text_release) struct text known = TEXT_UP_TO(4096);
    OWNED(free) char *dn = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    make_section(row->fields, &section);
    assert_true(object_check(&section.setting, &err));
    assert_true(object_dn(&section.setting, "DC=target,DC=test",
                          "CN=Configuration,DC=target,DC=test", &dn, &err));
    assert_string_equal(dn, row->dn);
    object_append(&known, &section.setting);
    assert_string_equal(text_peek(&known), row->known);
}

static const struct wrong_case {
    const char *name;
    const char *fields;
    const char *says;
} wrong_cases[] = {
    { "wrong: a name alone", "object = System\n", "write it from the head of the domain on" },
    { "wrong: it ends early", "object = CN=System,\n", "is no DN" },
    { "wrong: no value", "object = CN=,CN=System\n", "is no DN" },
    { "wrong: no attribute", "object = =a\n", "is no DN" },
    { "wrong: the other head", "object = domain\nbase = configuration\n",
      "or \"configuration\" for the head itself" },
};

static void run_wrong_case(void **state)
{
    const struct wrong_case *row = *state;
    OWNED(section_release) struct section section = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    make_section(row->fields, &section);
    assert_false(object_check(&section.setting, &err));
    assert_plan_error(&err, "plan.ini:2: object: ");
    assert_non_null(strstr(err.text, row->says));
}

static void test_names_that_stay(void **state)
{
    const struct guid guid = { .bytes = { 0xf9, 0x6d, 0x0a } };
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(free) char *by_guid = object_name_of_guid(&guid);
    OWNED(free) char *by_sid = NULL;
    struct sid sid;

    (void)state;
    assert_true(sid_parse("S-1-5-32-554", &sid, &err));
    by_sid = object_name_of_sid(&sid);
    assert_string_equal(by_guid, "<GUID=000a6df9-0000-0000-0000-000000000000>");
    assert_string_equal(by_sid, "<SID=S-1-5-32-554>");
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(object_cases) + LENGTH(wrong_cases) + 1] = {
        cmocka_unit_test(test_names_that_stay),
    };
    size_t count = 1;

    for (size_t i = 0; i < LENGTH(object_cases); i++)
        tests[count++] =
            (struct CMUnitTest){ .name = object_cases[i].name,
                                 .test_func = run_object_case,
                                 .initial_state = (void *)(uintptr_t)&object_cases[i] };
    for (size_t i = 0; i < LENGTH(wrong_cases); i++)
        tests[count++] = (struct CMUnitTest){ .name = wrong_cases[i].name,
                                              .test_func = run_wrong_case,
                                              .initial_state = (void *)(uintptr_t)&wrong_cases[i] };
    return cmocka_run_group_tests_name("object", tests, NULL, NULL);
}
