/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void test_copies_and_compares(void **state)
{
    OWNED(bytes_release) struct bytes bytes = { 0 };
    OWNED(bytes_release) struct bytes same = { 0 };
    OWNED(bytes_release) struct bytes other = { 0 };
    OWNED(bytes_release) struct bytes none = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    assert_true(bytes_copy("a\0b", 3, &bytes, &err));
    assert_true(bytes_copy("a\0b", 3, &same, &err));
    assert_true(bytes_copy("a\0c", 3, &other, &err));
    assert_true(bytes_copy(NULL, 0, &none, &err));
    assert_null(none.at);
    assert_true(bytes_same(&bytes, &same));
    assert_false(bytes_same(&bytes, &other));
    assert_false(bytes_same(&bytes, &none));
    assert_true(bytes_same(&none, &none));
}

static void test_every_byte_survives_as_hex(void **state)
{
    OWNED(bytes_release) struct bytes back = { 0 };
    OWNED(free) char *hex = NULL;
    struct ajar_error err = AJAR_NO_ERROR;
    uint8_t all[256];

    (void)state;
    for (int i = 0; i < 256; i++)
        all[i] = (uint8_t)i;
    assert_true(bytes_to_hex(all, sizeof(all), &hex, &err));
    assert_int_equal(strlen(hex), 512);
    assert_memory_equal(hex + 510, "ff", 2);
    assert_true(bytes_from_hex(hex, &back, &err));
    assert_int_equal(back.size, 256);
    assert_memory_equal(back.at, all, 256);
}

static void test_reads_both_cases_and_nothing(void **state)
{
    OWNED(bytes_release) struct bytes bytes = { 0 };
    OWNED(bytes_release) struct bytes none = { 0 };
    OWNED(free) char *hex = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    assert_true(bytes_from_hex("aBCd", &bytes, &err));
    assert_memory_equal(bytes.at, "\xab\xcd", 2);
    assert_true(bytes_from_hex("", &none, &err));
    assert_null(none.at);
    assert_true(bytes_to_hex(NULL, 0, &hex, &err));
    assert_string_equal(hex, "");
}

static void test_refuses_hex(void **state)
{
    static const struct {
        const char *hex;
        const char *says;
    } rows[] = {
        { "abc", "3 hexadecimal digits: two are needed for each byte" },
        { "0g", "\"g\" at position 2 is no hexadecimal digit" },
        { "0x01", "\"x\" at position 2 is no hexadecimal digit" },
        { "00 01", "\" \" at position 3 is no hexadecimal digit" },
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct bytes bytes = { 0 };
        struct ajar_error err = AJAR_NO_ERROR;

        assert_false(bytes_from_hex(rows[i].hex, &bytes, &err));
        assert_int_equal(err.status, AJAR_EPLAN);
        assert_string_equal(err.text, rows[i].says);
        assert_null(bytes.at);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_copies_and_compares),
        cmocka_unit_test(test_every_byte_survives_as_hex),
        cmocka_unit_test(test_reads_both_cases_and_nothing),
        cmocka_unit_test(test_refuses_hex),
    };

    return cmocka_run_group_tests_name("bytes", tests, NULL, NULL);
}
