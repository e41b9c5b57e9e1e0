/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/utf16.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct pair {
    const char *name;
    const char *utf8;
    const char *hex; /* of the UTF-16 */
} pairs[] = {
    { "nothing", "", "" },
    { "ascii", "Lsa", "4c0073006100" },
    { "two bytes", "\xc3\xa4\xdf\xbf", "e400ff07" },
    { "three bytes", "\xe0\xa0\x80\xe2\x82\xac\xef\xbf\xbf", "0008ac20ffff" },
    { "first and last of four bytes", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", "00d800dcffdbffdf" },
    { "high surrogate alone",
      "a\xed\xa0\x80"
      "b",
      "610000d86200" },
    { "high surrogate at the end", "\xed\xaf\xbf", "ffdb" },
    { "low surrogate alone", "\xed\xb0\x80\xed\xbf\xbf", "00dcffdf" },
    { "low before high", "\xed\xb0\x80\xed\xa0\x80", "00dc00d8" },
    { "high before a pair", "\xed\xa0\x80\xf0\x90\x80\x80", "00d800d800dc" },
};

static void run_pair(void **state)
{
    const struct pair *pair = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(bytes_release) struct bytes wanted = { 0 };
    OWNED(bytes_release) struct bytes there = { 0 };
    OWNED(free) char *back = NULL;

    assert_true(bytes_from_hex(pair->hex, &wanted, &err));
    assert_true(utf16_from_utf8(pair->utf8, &there, &err));
    assert_true(bytes_same(&there, &wanted));
    assert_true(utf16_to_utf8(there.at, there.size, &back, &err));
    assert_string_equal(back, pair->utf8);
}

static const struct refusal {
    const char *name;
    const char *utf8;
    const char *says;
} refusals[] = {
    { "a stray continuation", "ab\x80", "byte 3" },
    { "an overlong slash", "\xc0\xaf", "byte 1" },
    { "an overlong three-byte form", "\xe0\x9f\xbf", "byte 1" },
    { "an overlong four-byte form", "\xf0\x8f\xbf\xbf", "byte 1" },
    { "above U+10FFFF", "\xf4\x90\x80\x80", "byte 1" },
    { "a lead byte that never is", "x\xf5\x80\x80\x80", "byte 2" },
    { "a sequence that ends early", "x\xe2\x82", "byte 2" },
    { "a pair in two three-byte forms", "\xed\xa0\x80\xed\xb0\x80", "byte 4" },
};

static void run_refusal(void **state)
{
    const struct refusal *refusal = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    uint8_t untouched = 7;
    struct bytes bytes = { .at = &untouched, .size = 1 };

    assert_false(utf16_from_utf8(refusal->utf8, &bytes, &err));
    assert_int_equal(err.status, AJAR_EPLAN);
    assert_non_null(strstr(err.text, refusal->says));
    assert_ptr_equal(bytes.at, &untouched);
    assert_int_equal(bytes.size, 1);
}

static void test_every_unit_survives_alone(void **state)
{
    (void)state;
    for (unsigned unit = 1; unit <= 0xffff; unit++) {
        const uint8_t utf16[] = { (uint8_t)unit, (uint8_t)(unit >> 8) };
        struct ajar_error err = AJAR_NO_ERROR;
        OWNED(bytes_release) struct bytes back = { 0 };
        OWNED(free) char *text = NULL;

        assert_true(utf16_to_utf8(utf16, 2, &text, &err));
        assert_true(utf16_from_utf8(text, &back, &err));
        assert_int_equal(back.size, 2);
        assert_memory_equal(back.at, utf16, 2);
    }
}

static void test_odd_sizes_and_nuls_are_no_text(void **state)
{
    struct ajar_error err = AJAR_NO_ERROR;
    char untouched[] = "untouched";
    char *text = untouched;

    (void)state;
    assert_false(utf16_to_utf8("a\0b", 3, &text, &err));
    assert_int_equal(err.status, AJAR_EPROTOCOL);
    err = AJAR_NO_ERROR;
    assert_false(utf16_to_utf8("a\0\0\0b\0", 6, &text, &err));
    assert_int_equal(err.status, AJAR_EPROTOCOL);
    assert_ptr_equal(text, untouched);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(pairs) + LENGTH(refusals) + 2] = {
        cmocka_unit_test(test_every_unit_survives_alone),
        cmocka_unit_test(test_odd_sizes_and_nuls_are_no_text),
    };
    size_t count = 2;

    for (size_t i = 0; i < LENGTH(pairs); i++)
        tests[count++] = (struct CMUnitTest){ .name = pairs[i].name,
                                              .test_func = run_pair,
                                              .initial_state = (void *)(uintptr_t)&pairs[i] };
    for (size_t i = 0; i < LENGTH(refusals); i++)
        tests[count++] = (struct CMUnitTest){ .name = refusals[i].name,
                                              .test_func = run_refusal,
                                              .initial_state = (void *)(uintptr_t)&refusals[i] };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
