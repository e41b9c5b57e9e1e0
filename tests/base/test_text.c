/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void test_grows_up_to_its_ceiling(void **state)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(200);
    OWNED(free) char *taken = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    assert_string_equal(text_peek(&text), "");
    for (int i = 0; i < 19; i++)
        text_append(&text, "0123456789");
    text_format(&text, "%s-%05d", "abcd", 42);
    assert_int_equal(text.size, 200);
    assert_false(text.faulty);
    assert_true(text_take(&text, &taken, &err));
    assert_int_equal(strlen(taken), 200);
    assert_string_equal(taken + 190, "abcd-00042");
    assert_int_equal(text.size, 0);
}

static void test_a_fault_lasts_until_it_is_asked_for(void **state)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(5);
    char *taken = (char *)0x10;
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    text_append(&text, "12345");
    text_format(&text, "%d", 6);
    assert_true(text.faulty);
    text_append(&text, "");
    assert_string_equal(text_peek(&text), "12345");
    assert_false(text_take(&text, &taken, &err));
    assert_int_equal(err.status, AJAR_ESYSTEM);
    assert_ptr_equal(taken, (void *)0x10);
}

static void test_nothing_is_an_empty_text(void **state)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(0);
    OWNED(free) char *taken = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    text_append(&text, "");
    assert_true(text_take(&text, &taken, &err));
    assert_string_equal(taken, "");
}

static void test_copies(void **state)
{
    OWNED(free) char *copy = text_copy("abc");
    OWNED(free) char *part = text_copy_bytes("abc", 2);
    OWNED(free) char *empty = text_copy_bytes(NULL, 0);
    OWNED(free) char *made = text_make("%d-%s", 1, "x");

    (void)state;
    assert_string_equal(copy, "abc");
    assert_string_equal(part, "ab");
    assert_string_equal(empty, "");
    assert_string_equal(made, "1-x");
    assert_null(text_copy(NULL));
}

static void test_compares_without_case(void **state)
{
    (void)state;
    assert_true(text_same_ignoring_case("RestrictAnonymous", "restrictANONYMOUS"));
    assert_false(text_same_ignoring_case("a", "ab"));
    assert_false(text_same_ignoring_case("\xc3\xa4", "\xc3\x84"));
}

static const struct utf8_row {
    const char *bytes;
    bool good;
} utf8_rows[] = {
    { "", true },
    { "abc", true },
    { "\xc2\x80\xdf\xbf", true },
    { "\xe0\xa0\x80\xef\xbf\xbf", true },
    { "\xed\x9f\xbf\xee\x80\x80", true },
    { "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", true },
    { "\x80", false },
    { "\xc0\xaf", false },
    { "\xc1\xbf", false },
    { "\xc3", false },
    { "\xc3\x28", false },
    { "\xe0\x9f\xbf", false },
    { "\xe2\x86", false },
    { "\xed\xa0\x80", false },
    { "\xf0\x8f\xbf\xbf", false },
    { "\xf4\x90\x80\x80", false },
    { "\xf5\x80\x80\x80", false },
    { "\xff", false },
    { "a\xe2\x86\x92\xe2", false },
};

static void test_knows_utf8(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(utf8_rows); i++) {
        if (text_is_utf8(utf8_rows[i].bytes, strlen(utf8_rows[i].bytes)) != utf8_rows[i].good)
            fail_msg("row %zu", i);
    }
    assert_true(text_is_utf8("a\0b", 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grows_up_to_its_ceiling),
        cmocka_unit_test(test_a_fault_lasts_until_it_is_asked_for),
        cmocka_unit_test(test_nothing_is_an_empty_text),
        cmocka_unit_test(test_copies),
        cmocka_unit_test(test_compares_without_case),
        cmocka_unit_test(test_knows_utf8),
    };

    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
