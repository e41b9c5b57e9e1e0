/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ajar/error.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void test_puts_the_outer_in_front(void **state)
{
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    assert_false(ajar_fail(&err, AJAR_EDENIED, "access to \"%s\" is denied", "Lsa"));
    assert_false(ajar_native(&err, 5));
    assert_false(ajar_hint(&err, "ask an administrator"));
    assert_false(ajar_while(&err, "registry on %s", "dc1"));
    assert_string_equal(err.text, "registry on dc1: access to \"Lsa\" is denied");
    assert_int_equal(err.status, AJAR_EDENIED);
    assert_int_equal(err.native, 5);
    assert_string_equal(err.hint, "ask an administrator");
}

static void test_cuts_what_is_too_long(void **state)
{
    struct ajar_error err = AJAR_NO_ERROR;
    char longer[1000];

    (void)state;
    memset(longer, 'x', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = '\0';
    assert_false(ajar_fail(&err, AJAR_ESYSTEM, "%s", longer));
    assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
    assert_false(ajar_while(&err, "%s", longer));
    assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
}

static void test_no_memory_is_a_failure_of_the_system(void **state)
{
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    assert_false(ajar_no_memory(&err));
    assert_int_equal(err.status, AJAR_ESYSTEM);
    assert_string_equal(err.text, "out of memory");
}

static void test_each_status_has_a_word(void **state)
{
    (void)state;
    for (int status = AJAR_FINE; status <= AJAR_ESYSTEM; status++) {
        const char *name = ajar_status_name((enum ajar_status)status);

        assert_int_equal(ajar_status_from_name(name), status);
    }
    assert_int_equal(ajar_status_from_name("no such word"), AJAR_EPROTOCOL);
    assert_string_equal(ajar_status_name((enum ajar_status)999), "protocol");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_puts_the_outer_in_front),
        cmocka_unit_test(test_cuts_what_is_too_long),
        cmocka_unit_test(test_no_memory_is_a_failure_of_the_system),
        cmocka_unit_test(test_each_status_has_a_word),
    };

    return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
