/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/cleanup.h"
#include "provider/bits.h"
#include "rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct integer_case {
    const char *name;
    const char *text;
    bool ok;
    uint32_t bits;
    const char *signed_text; /* NULL: as `text` */
} integer_cases[] = {
    { "integer: zero", "0", true, 0, NULL },
    { "integer: small", "72", true, 0x48, NULL },
    { "integer: the largest", "2147483647", true, 0x7fffffff, NULL },
    { "integer: the smallest", "-2147483648", true, 0x80000000, NULL },
    { "integer: minus one", "-1", true, 0xffffffff, NULL },
    { "integer: a domain-local group", "-2147483644", true, 0x80000004, NULL },
    { "integer: unsigned", "2147483652", true, 0x80000004, "-2147483644" },
    { "integer: the largest unsigned", "4294967295", true, 0xffffffff, "-1" },
    { "integer: too small", "-2147483649", false, 0, NULL },
    { "integer: too large", "4294967296", false, 0, NULL },
    { "integer: much too large", "99999999999999999999", false, 0, NULL },
    { "integer: nothing", "", false, 0, NULL },
    { "integer: a sign alone", "-", false, 0, NULL },
    { "integer: two signs", "--1", false, 0, NULL },
    { "integer: plus", "+1", false, 0, NULL },
    { "integer: hexadecimal", "0x10", false, 0, NULL },
    { "integer: text", "1x", false, 0, NULL },
    { "integer: a blank", " 1", false, 0, NULL },
};

static void run_integer_case(void **state)
{
    const struct integer_case *row = *state;
    char text[BITS_TEXT_SIZE];
    uint32_t bits = 4711;

    assert_int_equal(bits_from_integer(row->text, &bits), row->ok);
    assert_int_equal(bits, row->ok ? row->bits : 4711);
    if (!row->ok)
        return;
    bits_to_integer(bits, text);
    assert_string_equal(text, row->signed_text ? row->signed_text : row->text);
}

static const struct mask_case {
    const char *name;
    const char *text;
    bool ok;
    uint32_t bits;
    const char *shown;
} mask_cases[] = {
    { "mask: decimal", "64", true, 0x40, "0x40" },
    { "mask: hexadecimal", "0x40", true, 0x40, "0x40" },
    { "mask: capitals", "0X8000000F", true, 0x8000000f, "0x8000000f" },
    { "mask: all", "0xffffffff", true, 0xffffffff, "0xffffffff" },
    { "mask: none", "0", true, 0, "0x0" },
    { "mask: too large", "0x100000000", false, 0, NULL },
    { "mask: negative", "-1", false, 0, NULL },
    { "mask: a prefix alone", "0x", false, 0, NULL },
    { "mask: hexadecimal without its prefix", "ff", false, 0, NULL },
    { "mask: nothing", "", false, 0, NULL },
};

static void run_mask_case(void **state)
{
    const struct mask_case *row = *state;
    char text[BITS_TEXT_SIZE];
    uint32_t bits = 4711;

    assert_int_equal(bits_parse(row->text, &bits), row->ok);
    assert_int_equal(bits, row->ok ? row->bits : 4711);
    if (!row->ok)
        return;
    bits_format(bits, text);
    assert_string_equal(text, row->shown);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(integer_cases) + LENGTH(mask_cases)];
    size_t count = 0;

    ADD_CASES(integer_cases, run_integer_case);
    ADD_CASES(mask_cases, run_mask_case);
    return cmocka_run_group_tests_name("bits", tests, NULL, NULL);
}
