/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct encoding {
    const char *name;
    uint32_t type;
    const char *texts[4];
    const char *hex;  /* NULL: refused */
    const char *says; /* then */
} encodings[] = {
    { "dword", VALUE_DWORD, { "1" }, "01000000", NULL },
    { "dword zero", VALUE_DWORD, { "0" }, "00000000", NULL },
    { "dword in hex", VALUE_DWORD, { "0x8000000A" }, "0a000080", NULL },
    { "largest dword", VALUE_DWORD, { "4294967295" }, "ffffffff", NULL },
    { "dword too large", VALUE_DWORD, { "4294967296" }, NULL, "0xffffffff" },
    { "dword far too large", VALUE_DWORD, { "99999999999999999999999" }, NULL, "no number" },
    { "dword below zero", VALUE_DWORD, { "-1" }, NULL, "no number" },
    { "dword with a sign", VALUE_DWORD, { "+1" }, NULL, "no number" },
    { "dword of nothing", VALUE_DWORD, { "" }, NULL, "no number" },
    { "dword of nothing in hex", VALUE_DWORD, { "0x" }, NULL, "no number" },
    { "dword with a blank", VALUE_DWORD, { "1 " }, NULL, "no number" },
    { "dword big-endian", VALUE_DWORD_BE, { "1" }, "00000001", NULL },
    { "qword", VALUE_QWORD, { "0x0102030405060708" }, "0807060504030201", NULL },
    { "largest qword", VALUE_QWORD, { "18446744073709551615" }, "ffffffffffffffff", NULL },
    { "qword too large", VALUE_QWORD, { "18446744073709551616" }, NULL, "no number" },
    { "sz", VALUE_SZ, { "a\xe2\x82\xac" }, "6100ac200000", NULL },
    { "empty sz", VALUE_SZ, { "" }, "0000", NULL },
    { "expand_sz", VALUE_EXPAND_SZ, { "%" }, "25000000", NULL },
    { "sz that is not UTF-8", VALUE_SZ, { "\xff" }, NULL, "UTF-8" },
    { "multi_sz",
      VALUE_MULTI_SZ,
      { "a", "b" },
      "610000006200"
      "00000000",
      NULL },
    { "multi_sz of one", VALUE_MULTI_SZ, { "a" }, "610000000000", NULL },
    { "empty multi_sz", VALUE_MULTI_SZ, { "" }, "0000", NULL },
    { "multi_sz with an empty string", VALUE_MULTI_SZ, { "a", "" }, NULL, "would end a list" },
    { "binary", VALUE_BINARY, { "00fF" }, "00ff", NULL },
    { "empty binary", VALUE_BINARY, { "" }, "", NULL },
    { "binary with half a byte", VALUE_BINARY, { "0" }, NULL, "hexadecimal" },
    { "none", VALUE_NONE, { "" }, "", NULL },
    { "any other type", 77, { "01" }, "01", NULL },
    { "two texts for a dword", VALUE_DWORD, { "1", "2" }, NULL, "only multi_sz" },
};

static void run_encoding(void **state)
{
    const struct encoding *row = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(bytes_release) struct bytes wanted = { 0 };
    struct bytes data = { .size = 77 };
    size_t count = 0;

    while (row->texts[count])
        count++;
    if (!row->hex) {
        assert_false(value_encode(row->type, row->texts, count, &data, &err));
        assert_int_equal(err.status, AJAR_EPLAN);
        assert_non_null(strstr(err.text, row->says));
        assert_int_equal(data.size, 77);
        return;
    }
    assert_true(bytes_from_hex(row->hex, &wanted, &err));
    assert_true(value_encode(row->type, row->texts, count, &data, &err));
    assert_true(bytes_same(&data, &wanted));
    bytes_release(&data);
}

static const struct showing {
    const char *name;
    uint32_t type;
    const char *hex;
    const char *text;
    const char *phrase;
} showings[] = {
    { "shows a dword", VALUE_DWORD, "01000000", "1", "1" },
    { "shows a dword of bits", VALUE_DWORD, "00000080", "0x80000000", "0x80000000" },
    { "shows a dword in between", VALUE_DWORD, "ffff0000", "65535", "65535" },
    { "shows a short dword", VALUE_DWORD, "0100", "hex:0100", "REG_DWORD hex:0100" },
    { "shows an empty dword", VALUE_DWORD, "", "hex:", "REG_DWORD hex:" },
    { "shows a big-endian dword", VALUE_DWORD_BE, "00000001", "1", "REG_DWORD_BIG_ENDIAN 1" },
    { "shows a qword", VALUE_QWORD, "0000000001000000", "0x100000000", "REG_QWORD 0x100000000" },
    { "shows a string", VALUE_SZ, "6100ac200000", "a\xe2\x82\xac", "REG_SZ \"a\xe2\x82\xac\"" },
    { "shows an empty string", VALUE_SZ, "0000", "", "REG_SZ \"\"" },
    { "shows a string without a NUL", VALUE_SZ, "6100", "hex:6100", "REG_SZ hex:6100" },
    { "shows no bytes of string", VALUE_SZ, "", "hex:", "REG_SZ hex:" },
    { "shows an odd string", VALUE_SZ, "610000", "hex:610000", "REG_SZ hex:610000" },
    { "shows a string with a tail", VALUE_SZ, "610000006200", "hex:610000006200",
      "REG_SZ hex:610000006200" },
    { "shows half a pair", VALUE_EXPAND_SZ, "00d80000", "hex:00d80000",
      "REG_EXPAND_SZ hex:00d80000" },
    { "shows a string that plays with the terminal", VALUE_SZ,
      "1b000a0085002e206100"
      "0000",
      "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
      "a",
      "REG_SZ \"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
      "a\"" },
    { "shows a list", VALUE_MULTI_SZ, "61000000620000000000", "a, b", "REG_MULTI_SZ \"a\", \"b\"" },
    { "shows an empty list", VALUE_MULTI_SZ, "0000", "", "REG_MULTI_SZ (empty)" },
    { "shows a list without its end", VALUE_MULTI_SZ, "61000000", "hex:61000000",
      "REG_MULTI_SZ hex:61000000" },
    { "shows a list with a tail", VALUE_MULTI_SZ, "6100000000006200", "hex:6100000000006200",
      "REG_MULTI_SZ hex:6100000000006200" },
    { "shows binary", VALUE_BINARY, "00ff", "00ff", "REG_BINARY 00ff" },
    { "shows empty binary", VALUE_BINARY, "", "", "REG_BINARY (empty)" },
    { "shows none", VALUE_NONE, "01", "01", "REG_NONE 01" },
    { "shows any other type", 4294967295, "01", "01", "type-4294967295 01" },
};

static void run_showing(void **state)
{
    const struct showing *row = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(bytes_release) struct bytes data = { 0 };
    OWNED(free) char *text = NULL;
    OWNED(free) char *phrase = NULL;

    assert_true(bytes_from_hex(row->hex, &data, &err));
    assert_true(value_text(row->type, &data, &text, &err));
    assert_true(value_phrase(row->type, &data, &phrase, &err));
    assert_string_equal(text, row->text);
    assert_string_equal(phrase, row->phrase);
}

static const struct list_case {
    const char *name;
    const char *hex;
    bool is_list;
    bool has; /* the string "b" */
} list_cases[] = {
    { "list: has it", "61000000620000000000", true, true },
    { "list: has it in another case", "42000000610000000000", true, true },
    { "list: has others", "61000000630000000000", true, false },
    { "list: has it as a part", "6100620000006200620000000000", true, false },
    { "list: empty", "0000", true, false },
    { "list: no bytes", "", true, false },
    { "list: without its end",
      "61000000"
      "62000000",
      true, true },
    { "list: without a NUL",
      "62000000"
      "6100",
      false, false },
    { "list: with a tail",
      "620000000000"
      "6200",
      false, false },
    { "list: an odd byte", "6200000000", false, false },
    { "list: half a pair", "6200000000d800000000", false, false },
};

static void run_list_case(void **state)
{
    const struct list_case *row = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(bytes_release) struct bytes data = { 0 };
    bool has = !row->has;

    assert_true(bytes_from_hex(row->hex, &data, &err));
    assert_int_equal(value_list_has(&data, "b", &has), row->is_list);
    assert_int_equal(has, row->is_list ? row->has : !row->has);
}

static void test_what_is_shown_is_bounded(void **state)
{
    static const uint32_t types[] = { VALUE_NONE, VALUE_SZ, VALUE_MULTI_SZ, VALUE_QWORD, 77 };
    static uint8_t bytes[20000];
    const struct bytes data = { bytes, sizeof(bytes) };

    (void)state;
    for (size_t i = 0; i + 4 < sizeof(bytes); i += 2) {
        bytes[i] = 0xac;
        bytes[i + 1] = i % 50 == 48 ? 0x00 : 0x20;
        bytes[i] = i % 50 == 48 ? 0x00 : bytes[i];
    }
    for (size_t i = 0; i < LENGTH(types); i++) {
        struct ajar_error err = AJAR_NO_ERROR;
        OWNED(free) char *text = NULL;

        assert_true(value_text(types[i], &data, &text, &err));
        assert_true(strlen(text) < 450);
        assert_non_null(strstr(text, "..."));
    }
}

static void test_types_have_names_and_numbers(void **state)
{
    static const struct {
        const char *word;
        uint32_t type;
    } rows[] = {
        { "none", 0 },
        { "sz", 1 },
        { "expand_sz", 2 },
        { "binary", 3 },
        { "dword", 4 },
        { "dword_be", 5 },
        { "multi_sz", 7 },
        { "qword", 11 },
        { "REG_DWORD", 4 },
        { "reg_qword", 11 },
        { "type-4", 4 },
        { "type-77", 77 },
        { "type-0xffffffff", 4294967295 },
    };
    static const char *const none[] = { "", "dwords", "type-", "type-x", "type-4294967296", "4" };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        uint32_t type = 99;
        uint32_t again = 98;
        char name[VALUE_TYPE_SIZE];

        assert_true(value_type_parse(rows[i].word, &type));
        assert_int_equal(type, rows[i].type);
        value_type_format(type, name);
        assert_true(value_type_parse(name, &again));
        assert_int_equal(again, type);
    }
    for (size_t i = 0; i < LENGTH(none); i++) {
        uint32_t type = 99;

        assert_false(value_type_parse(none[i], &type));
        assert_int_equal(type, 99);
    }
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(encodings) + LENGTH(showings) + LENGTH(list_cases) + 2] = {
        cmocka_unit_test(test_what_is_shown_is_bounded),
        cmocka_unit_test(test_types_have_names_and_numbers),
    };
    size_t count = 2;

    for (size_t i = 0; i < LENGTH(encodings); i++)
        tests[count++] = (struct CMUnitTest){ .name = encodings[i].name,
                                              .test_func = run_encoding,
                                              .initial_state = (void *)(uintptr_t)&encodings[i] };
    for (size_t i = 0; i < LENGTH(showings); i++)
        tests[count++] = (struct CMUnitTest){ .name = showings[i].name,
                                              .test_func = run_showing,
                                              .initial_state = (void *)(uintptr_t)&showings[i] };
    for (size_t i = 0; i < LENGTH(list_cases); i++)
        tests[count++] = (struct CMUnitTest){ .name = list_cases[i].name,
                                              .test_func = run_list_case,
                                              .initial_state = (void *)(uintptr_t)&list_cases[i] };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
