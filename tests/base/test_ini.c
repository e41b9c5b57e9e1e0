/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/ini.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct refusal {
    const char *name;
    const char *text;
    const char *says; /* the error begins like this */
    enum ini_dialect dialect;
    size_t size; /* of `text`, when it holds a NUL byte */
};

#define TEN    "0123456789"
#define FIFTY  TEN TEN TEN TEN TEN
#define ALMOST FIFTY FIFTY FIFTY TEN TEN TEN TEN /* 190 */

static const struct refusal refusals[] = {
    { "line over the ceiling", "[a]\nx = " ALMOST "012\n", "f.ini:2: a line of 197 bytes", 0, 0 },
    { "comment over the ceiling", "# " ALMOST "01234\n", "f.ini:1: a line of 197 bytes", 0, 0 },
    { "leading blanks", "[a]\n  x = 1\n", "f.ini:2: blanks at the begin", 0, 0 },
    { "leading tab", "[a]\nx = 1\n\ty = 1\n", "f.ini:3: blanks at the begin", 0, 0 },
    { "comment behind a value", "[a]\nx = 1 ; one\n", "f.ini:2: \";\" after a blank", 0, 0 },
    { "comment instead of a value", "[a]\nx = ;one\n", "f.ini:2: \";\" after a blank", 0, 0 },
    { "comment in a name", "[a]\nx ; y = 1\n", "f.ini:2: \";\" after a blank", 0, 0 },
    { "no separator", "[a]\nx\n", "f.ini:2: neither a section, a field nor a comment", 0, 0 },
    { "colon as separator", "[a]\nkey: value\n", "f.ini:2: \":\" where \"=\" belongs", 0, 0 },
    { "colon before equals", "[a]\nkey: a = b\n", "f.ini:2: \":\" where \"=\" belongs", 0, 0 },
    { "not UTF-8", "[a]\nx = \xe4\n", "f.ini:2: bytes that are not UTF-8", 0, 0 },
    { "UTF-16", "\xff\xfe[\0a\0]\0", "f.ini:1: a NUL byte", 0, 8 },
    { "NUL byte", "[a]\nx = 1\0002\n", "f.ini:2: a NUL byte", 0, 12 },
    { "escape character", "[a]\nx = \x1b[31m\n", "f.ini:2: a control character (0x1b)", 0, 0 },
    { "carriage return inside", "[a]\nx = 1\r2\n", "f.ini:2: a control character (0x0d)", 0, 0 },
    { "byte order mark", "\xef\xbb\xbf[a]\n", "f.ini:1: a byte order mark", 0, 0 },
    { "field before any section", "\nx = 1\n[a]\n", "f.ini:2: a field before the first", 0, 0 },
    { "empty section", "[]\n", "f.ini:1: an empty section name", 0, 0 },
    { "blank section", "[ ]\n", "f.ini:1: a section is [kind]", 0, 0 },
    { "blank behind kind", "[a ]\n", "f.ini:1: a section is [kind]", 0, 0 },
    { "blank before kind", "[ a]\n", "f.ini:1: a section is [kind]", 0, 0 },
    { "three words", "[a b c]\n", "f.ini:1: a section is [kind]", 0, 0 },
    { "open section", "[a b\n", "f.ini:1: \"[\" without \"]\"", 0, 0 },
    { "text behind a section", "[a] b = 1\n", "f.ini:1: text after \"]\"", 0, 0 },
    { "comment behind a section", "[a] ; b\n", "f.ini:1: text after \"]\"", 0, 0 },
    { "repeated section", "[a b]\nx = 1\n[a c]\n[a b]\n",
      "f.ini:4: section [a b] is at line 1 already", 0, 0 },
    { "repeated section of one word", "[a]\n[a]\n", "f.ini:2: section [a] is at line 1", 0, 0 },
    { "nothing to continue", "[a]\nx+ = 1\n", "f.ini:2: \"x+\" continues nothing", 0, 0 },
    { "continues another", "[a]\nx = 1\ny = 2\nx+ = 1\n", "f.ini:4: \"x+\" continues nothing", 0,
      0 },
    { "continues across a section", "[a]\nx = 1\n[b]\nx+ = 1\n", "f.ini:4: \"x+\" continues", 0,
      0 },
    { "no name", "[a]\n= 1\n", "f.ini:2: \"\" is no field name", 0, 0 },
    { "blank in a name", "[a]\nx y = 1\n", "f.ini:2: \"x y\" is no field name", 0, 0 },
    { "long name", "[a]\n" FIFTY FIFTY " = 1\n", "f.ini:2: \"" FIFTY TEN "0123\" is no", 0, 0 },
    { "open quotes", "[a]\nx = \"1\n", "f.ini:2: a value in quotes without", INI_RECORD, 0 },
    { "open after escape", "[a]\nx = \"1\\\n", "f.ini:2: an escape that", INI_RECORD, 0 },
    { "text behind quotes", "[a]\nx = \"1\"2\n", "f.ini:2: text after the closing", INI_RECORD, 0 },
    { "unknown escape", "[a]\nx = \"\\a\"\n", "f.ini:2: an escape that", INI_RECORD, 0 },
    { "half an escape", "[a]\nx = \"\\x4\"\n", "f.ini:2: an escape that", INI_RECORD, 0 },
    { "escaped NUL", "[a]\nx = \"\\x00\"\n", "f.ini:2: \\x00 in a value", INI_RECORD, 0 },
};

static void test_refuses(void **state)
{
    const struct refusal *row = *state;
    struct ini *ini = (struct ini *)0x10;
    struct ajar_error err = AJAR_NO_ERROR;
    size_t size = row->size ? row->size : strlen(row->text);

    assert_false(ini_read("f.ini", row->text, size, row->dialect, &ini, &err));
    assert_int_equal(err.status, AJAR_EPLAN);
    if (strncmp(err.text, row->says, strlen(row->says)) != 0)
        fail_msg("\"%s\" does not begin with \"%s\"", err.text, row->says);
    assert_ptr_equal(ini, (void *)0x10);
}

struct acceptance {
    const char *name;
    const char *text;
    const char *value; /* of x in the first section */
    enum ini_dialect dialect;
};

static const struct acceptance acceptances[] = {
    { "plain", "[a]\nx = 1\n", "1", INI_PLAIN },
    { "no blanks", "[a]\nx=1", "1", INI_PLAIN },
    { "empty value", "[a]\nx =\n", "", INI_PLAIN },
    { "tabs around", "[a]\nx\t=\t1\t\n", "1", INI_PLAIN },
    { "CRLF", "[a]\r\n\r\nx = 1\r\n", "1", INI_PLAIN },
    { "line of the ceiling", "[a]\nx = " ALMOST "01\n", ALMOST "01", INI_PLAIN },
    { "colons in the value", "[a]\nx = a: b:c\n", "a: b:c", INI_PLAIN },
    { "equals in the value", "[a]\nx = a=b\n", "a=b", INI_PLAIN },
    { "semicolon after no blank", "[a]\nx=;a;b\n", ";a;b", INI_PLAIN },
    { "hash in the value", "[a]\nx = a # b\n", "a # b", INI_PLAIN },
    { "bracket in the value", "[a]\nx = [b]\n", "[b]", INI_PLAIN },
    { "quotes stay in a plain value", "[a]\nx = \"\\n\"\n", "\"\\n\"", INI_PLAIN },
    { "comments and blank lines", "; c\n# c\n \n[a]\n# x = 0\nx = 1\n", "1", INI_PLAIN },
    { "UTF-8", "[a]\nx = \xc3\xa4\xe2\x86\x92\n", "\xc3\xa4\xe2\x86\x92", INI_PLAIN },
    { "continued, with a blank", "[a]\nx = one\nx+ = two\nx+ = three\n", "one two three",
      INI_PLAIN },
    { "continued, with a comment", "[a]\nx = one\n\n# c\nx+=two\n", "one two", INI_PLAIN },
    { "first of two", "[a]\nx = 1\nx = 2\n", "1", INI_PLAIN },
    { "quoted", "[a]\nx = \" a \"\n", " a ", INI_RECORD },
    { "quoted, nothing", "[a]\nx = \"\"\n", "", INI_RECORD },
    { "escapes", "[a]\nx = \"\\\"\\\\\\n\\t\\r\\x3b\\xC3\\xa4\"\n", "\"\\\n\t\r;\xc3\xa4",
      INI_RECORD },
    { "backslash without quotes", "[a]\nx = HKLM\\new\n", "HKLM\\new", INI_RECORD },
    { "continued, without a blank", "[a]\nx = one\nx+ = \" two\"\n", "one two", INI_RECORD },
    { "a file of nothing", "", NULL, INI_PLAIN },
    { "no fields", "[a]\n[a b]\n[b a]\n", NULL, INI_PLAIN },
};

static void test_accepts(void **state)
{
    const struct acceptance *row = *state;
    OWNED(ini_free) struct ini *ini = NULL;
    struct ajar_error err = AJAR_NO_ERROR;
    const char *value;

    if (!ini_read("f.ini", row->text, strlen(row->text), row->dialect, &ini, &err))
        fail_msg("%s", err.text);
    value = ini_value(ini_find(ini, "a", NULL), "x");
    if (!row->value)
        assert_null(value);
    else
        assert_string_equal(value, row->value);
}

static void test_tells_sections_fields_and_lines(void **state)
{
    const char *text = "# comment\n[plan]\nname = p\n\n[registry long-" FIFTY "-name]\n"
                       "on = host a\nwhy = x\nwhy+ = y\nrisk = z\n";
    OWNED(ini_free) struct ini *ini = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    assert_true(ini_read("f.ini", text, strlen(text), INI_PLAIN, &ini, &err));
    assert_string_equal(ini->file, "f.ini");
    assert_int_equal(ini->count, 2);
    assert_string_equal(ini->sections[0].kind, "plan");
    assert_string_equal(ini->sections[0].name, "");
    assert_int_equal(ini->sections[0].line, 2);
    assert_string_equal(ini->sections[1].kind, "registry");
    assert_string_equal(ini->sections[1].name, "long-" FIFTY "-name");
    assert_int_equal(ini->sections[1].line, 5);
    assert_int_equal(ini->sections[1].count, 3);
    assert_string_equal(ini->sections[1].fields[1].name, "why");
    assert_string_equal(ini->sections[1].fields[1].value, "x y");
    assert_int_equal(ini->sections[1].fields[1].line, 7);
    assert_int_equal(ini->sections[1].fields[2].line, 9);
    assert_null(ini_find(ini, "registry", "other"));
    assert_null(ini_value(NULL, "x"));
}

static void test_refuses_a_flood_of_sections(void **state)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(1 << 20);
    struct ini *ini = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    for (int i = 0; i <= 4096; i++)
        text_format(&text, "[a b%d]\n", i);
    assert_false(ini_read("f.ini", text_peek(&text), text.size, INI_PLAIN, &ini, &err));
    assert_string_equal(err.text, "f.ini:4097: more than 4096 sections: split the file");
    assert_null(ini);
}

/* A record is as long as what it records; each of its sections is still there once. */
static void test_a_record_has_many_sections(void **state)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(1 << 20);
    OWNED(ini_free) struct ini *ini = NULL;
    struct ini *none = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    for (int i = 0; i < 20000; i++)
        text_format(&text, "[a b%d]\n", i);
    assert_true(ini_read("f.ini", text_peek(&text), text.size, INI_RECORD, &ini, &err));
    assert_int_equal(ini->count, 20000);
    text_append(&text, "[a b7777]\n");
    assert_false(ini_read("f.ini", text_peek(&text), text.size, INI_RECORD, &none, &err));
    assert_string_equal(
        err.text, "f.ini:20001: section [a b7777] is at line 7778 already: put its fields there");
    assert_null(none);
}

static void assert_comes_back(const char *value)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(1 << 20);
    OWNED(ini_free) struct ini *ini = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    ini_write_section(&text, "change", "");
    ini_write_field(&text, "value", value);
    ini_write_field(&text, "next", "1");
    if (!ini_read("r.ini", text_peek(&text), text.size, INI_RECORD, &ini, &err))
        fail_msg("%s\n%s", err.text, text_peek(&text));
    assert_int_equal(ini->sections[0].count, 2);
    assert_string_equal(ini_value(&ini->sections[0], "value"), value);
    assert_string_equal(ini_value(&ini->sections[0], "next"), "1");
}

static void test_writes_what_it_reads(void **state)
{
    static const char *const values[] = {
        "",
        " ",
        "a",
        " a",
        "a ",
        "a b",
        "\"",
        "a\"b",
        "\"a\"",
        ";",
        "; a",
        "a ;b",
        "a  ;;  b",
        "\t",
        "a\tb",
        "\\",
        "\\n",
        "\n",
        "a\nb\n",
        "\x01\x7f",
        "HKLM\\SYSTEM",
        "=",
        "[x]",
        "#",
        "a = b",
        "\xc3\xa4",
        "\xe2\x86\x92",
        "\xf0\x9f\x94\x92",
        "\xff\xfe",
        "a\xc3",
        "\xef\xbb\xbf",
        "absent",
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(values); i++)
        assert_comes_back(values[i]);
}

static void test_writes_what_people_read(void **state)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(1000);

    (void)state;
    ini_write_section(&text, "change", "");
    ini_write_field(&text, "key", "HKLM\\SYSTEM: \"a\" = b");
    ini_write_field(&text, "empty", "");
    ini_write_field(&text, "odd", "a ;b\n\"\xc3\xa4\"");
    assert_string_equal(text_peek(&text), "[change]\nkey = HKLM\\SYSTEM: \"a\" = b\nempty = \"\"\n"
                                          "odd = \"a \\x3bb\\n\\\"\xc3\xa4\\\"\"\n");
}

static void test_splits_long_values_under_the_ceiling(void **state)
{
    OWNED(text_release) struct text value = TEXT_UP_TO(1 << 20);

    (void)state;
    for (int size = 150; size < 420; size++) {
        value.size = 0;
        for (int i = 0; i < size; i++)
            text_append(&value, i % 3 ? "\xe2\x86\x92" : "\n");
        assert_comes_back(text_peek(&value));
        value.size = 0;
        for (int i = 0; i < size; i++)
            text_append(&value, i % 7 ? "f" : size % 2 ? "\xf0\x9f\x94\x92" : "0");
        assert_comes_back(text_peek(&value));
    }
}

static void test_refuses_a_name_too_long_to_write(void **state)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(1 << 20);

    (void)state;
    ini_write_field(&text, FIFTY FIFTY FIFTY FIFTY, "1");
    assert_true(text.faulty);
}

/* A small generator of our own, so that the same values come on each machine. */
static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

static void append_random_unit(struct text *text, uint32_t *seed)
{
    static const char *const odd[] = { " ",
                                       ";",
                                       "\"",
                                       "\\",
                                       "\n",
                                       "\t",
                                       "\r",
                                       "=",
                                       "x",
                                       "+",
                                       " ;",
                                       "\xc3\xa4",
                                       "\xf0\x9f\x94\x92",
                                       "\x01",
                                       "\x7f",
                                       "[",
                                       "]" };
    uint32_t choice = next_random(seed);
    uint32_t point = 0x80 + next_random(seed) % 0x780;
    char pair[2] = { (char)(0xc0 | point >> 6), (char)(0x80 | (point & 0x3f)) };
    char byte = (char)(1 + next_random(seed) % 127);

    if (choice % 3 == 0)
        text_append(text, odd[choice / 3 % LENGTH(odd)]);
    else if (choice % 3 == 1)
        text_append_bytes(text, &byte, 1);
    else
        text_append_bytes(text, pair, 2);
}

static void test_writes_random_values(void **state)
{
    uint32_t seed = 20261121;

    (void)state;
    for (int round = 0; round < 5000; round++) {
        OWNED(text_release) struct text value = TEXT_UP_TO(1 << 16);
        uint32_t units = next_random(&seed) % (round % 10 ? 40 : 900);

        for (uint32_t i = 0; i < units; i++)
            append_random_unit(&value, &seed);
        assert_comes_back(text_peek(&value));
    }
}

static void test_reads_a_file_or_says_why_not(void **state)
{
    struct ini *ini = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    assert_false(ini_read_file("/nowhere/plan.ini", INI_PLAIN, &ini, &err));
    assert_int_equal(err.status, AJAR_EPLAN);
    assert_string_equal(err.text,
                        "/nowhere/plan.ini: could not be opened: No such file or directory");
    assert_null(ini);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(refusals) + LENGTH(acceptances)];
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_tells_sections_fields_and_lines),
        cmocka_unit_test(test_refuses_a_flood_of_sections),
        cmocka_unit_test(test_a_record_has_many_sections),
        cmocka_unit_test(test_writes_what_it_reads),
        cmocka_unit_test(test_writes_what_people_read),
        cmocka_unit_test(test_splits_long_values_under_the_ceiling),
        cmocka_unit_test(test_refuses_a_name_too_long_to_write),
        cmocka_unit_test(test_writes_random_values),
        cmocka_unit_test(test_reads_a_file_or_says_why_not),
    };
    size_t count = 0;
    int failed;

    for (size_t i = 0; i < LENGTH(refusals); i++)
        tests[count++] = (struct CMUnitTest){ .name = refusals[i].name,
                                              .test_func = test_refuses,
                                              .initial_state = (void *)(uintptr_t)&refusals[i] };
    for (size_t i = 0; i < LENGTH(acceptances); i++)
        tests[count++] = (struct CMUnitTest){ .name = acceptances[i].name,
                                              .test_func = test_accepts,
                                              .initial_state = (void *)(uintptr_t)&acceptances[i] };
    failed = cmocka_run_group_tests_name("ini rows", tests, NULL, NULL);
    return failed + cmocka_run_group_tests_name("ini", others, NULL, NULL);
}
