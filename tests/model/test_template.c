/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/template.h"

#include "base/text.h"
#include "base/utf16.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ANONYMOUS "MACHINE\\System\\CurrentControlSet\\Control\\Lsa\\RestrictAnonymous"
#define PREAMBLE                   \
    "[Unicode]\r\nUnicode=yes\r\n" \
    "[Version]\r\nsignature=\"$CHICAGO$\"\r\nRevision=1\r\n"

/* The bytes of a text in an encoding. */
static void make_file(enum template_encoding encoding, const char *text, struct bytes *ret_file)
{
    struct template template = { .encoding = encoding, .text = text_copy(text) };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(template_write(&template, 0, ret_file, &err));
    template_release(&template);
}

static const enum template_encoding encodings[] = { TEMPLATE_UTF16_BOM, TEMPLATE_UTF16,
                                                    TEMPLATE_UTF8_BOM, TEMPLATE_8BIT };

/* What a value becomes, and that the file is what it was once it is put back. */
static const struct edit {
    const char *name;
    const char *before;
    const char *section;
    const char *key;
    const char *value; /* to set */
    const char *found; /* in `before`; NULL: no such key */
    const char *after;
} edits[] = {
    { "a value, with its blanks and its spelling", "[Event Audit]\r\nAUDITaccountmanage  =\t0 \r\n",
      "event audit", "AuditAccountManage", "3", "0",
      "[Event Audit]\r\nAUDITaccountmanage  =\t3 \r\n" },
    { "a value without blanks", "[A]\r\nk=1\r\nl=2\r\n", "A", "k", "20", "1",
      "[A]\r\nk=20\r\nl=2\r\n" },
    { "a value that is empty", "[A]\r\nk = \r\n", "A", "k", "1", "", "[A]\r\nk = 1\r\n" },
    { "a value in the last line, without an end", "[A]\r\nk=1", "A", "k", "2", "1", "[A]\r\nk=2" },
    { "a line at the end of its section", "[A]\r\nx = 1\r\n\r\n[B]\r\ny = 2\r\n", "A", "k", "3",
      NULL, "[A]\r\nx = 1\r\nk = 3\r\n\r\n[B]\r\ny = 2\r\n" },
    { "a line in a section without lines", "[A]\r\n[B]\r\n", "A", "k", "3", NULL,
      "[A]\r\nk = 3\r\n[B]\r\n" },
    { "a line behind one without an end", "[A]\r\nx = 1", "A", "k", "3", NULL,
      "[A]\r\nx = 1\r\nk = 3" },
    { "a line behind a section without an end", "[A]", "A", "k", "3", NULL, "[A]\r\nk = 3" },
    { "a section at the end", PREAMBLE, "Event Audit", "AuditAccountManage", "3", NULL,
      PREAMBLE "[Event Audit]\r\nAuditAccountManage = 3\r\n" },
    { "a section behind a line without an end", "[A]\r\nx = 1", "B", "k", "3", NULL,
      "[A]\r\nx = 1\r\n[B]\r\nk = 3" },
    { "a section in an empty file", "", "B", "k", "3", NULL, "[B]\r\nk = 3\r\n" },
    { "LF alone", "[A]\nx = 1\n", "B", "k", "3", NULL, "[A]\nx = 1\n[B]\nk = 3\n" },
    { "the first line's end counts", "[A]\nx = 1\r\n", "A", "k", "3", NULL,
      "[A]\nx = 1\r\nk = 3\n" },
    { "a lone CR at the end", "[A]\nx = 1\r", "A", "k", "3", NULL, "[A]\nx = 1\r\r\nk = 3" },
    { "a registry value has no blanks", "[Registry Values]\r\n", "Registry Values", ANONYMOUS,
      "4,1", NULL, "[Registry Values]\r\n" ANONYMOUS "=4,1\r\n" },
    { "a name with = stands in quotes", "[A]\r\n", "A", "M\\a=b", "1,x", NULL,
      "[A]\r\n\"M\\a=b\"=1,x\r\n" },
    { "a quoted name is found", "[A]\r\n\"M\\a=b\" = 1,y\r\n", "A", "m\\A=b", "1,x", "1,y",
      "[A]\r\n\"M\\a=b\" = 1,x\r\n" },
    { "lines without = are nobody's", "[A]\r\n\"k\",2,\"D:(A;;x;;;BA)\"\r\nk = 1\r\n", "A", "k",
      "2", "1", "[A]\r\n\"k\",2,\"D:(A;;x;;;BA)\"\r\nk = 2\r\n" },
    { "comments are nobody's", "[A]\r\n;k = 1\r\n", "A", "k", "2", NULL,
      "[A]\r\n;k = 1\r\nk = 2\r\n" },
    { "the same key elsewhere", "[B]\r\nk = 1\r\n[A]\r\n", "A", "k", "2", NULL,
      "[B]\r\nk = 1\r\n[A]\r\nk = 2\r\n" },
    { "a longer name is another", "[A]\r\nkk = 1\r\n", "A", "k", "2", NULL,
      "[A]\r\nkk = 1\r\nk = 2\r\n" },
    { "a section that stands there twice", "[A]\r\nx = 1\r\n[B]\r\n[a]\r\nk = 1\r\n", "A", "k", "2",
      "1", "[A]\r\nx = 1\r\n[B]\r\n[a]\r\nk = 2\r\n" },
    { "GPT.INI has no blanks", "[General]\r\ndisplayName=New", "General", "Version", "1", NULL,
      "[General]\r\ndisplayName=New\r\nVersion=1" },
};

static void put_back(const struct edit *row, struct template *template, bool had_section)
{
    struct ajar_error err = AJAR_NO_ERROR;

    if (row->found)
        assert_true(template_set(template, row->section, row->key, row->found, &err));
    else
        assert_true(template_remove(template, row->section, row->key, !had_section, &err));
}

static void run_edit(void **state)
{
    const struct edit *row = *state;

    for (size_t i = 0; i < LENGTH(encodings); i++) {
        OWNED(bytes_release) struct bytes file = { 0 };
        OWNED(bytes_release) struct bytes again = { 0 };
        OWNED(template_release) struct template template = { 0 };
        OWNED(free) char *value = NULL;
        enum template_place place;
        struct ajar_error err = AJAR_NO_ERROR;

        make_file(encodings[i], row->before, &file);
        assert_true(template_read(&file, &template, &err));
        if (*row->before)
            assert_int_equal(template.encoding, encodings[i]);
        assert_string_equal(template.text, row->before);
        assert_true(template_get(&template, row->section, row->key, &place, &value, &err));
        assert_int_equal(place == TEMPLATE_KEY, row->found != NULL);
        if (row->found)
            assert_string_equal(value, row->found);
        assert_true(template_set(&template, row->section, row->key, row->value, &err));
        assert_string_equal(template.text, row->after);
        put_back(row, &template, place != TEMPLATE_NO_SECTION);
        assert_true(template_write(&template, 0, &again, &err));
        assert_true(bytes_same(&file, &again));
    }
}

static const struct refusal {
    const char *name;
    const char *text;
    const char *section;
    const char *key;
    const char *value;
    const char *says;
} refusals[] = {
    { "refused: a key that stands there twice", "[A]\nk = 1\nx = 2\nK=3\n", "A", "k", "4",
      "twice, in line 2 and in line 4" },
    { "refused: twice, in two sections of one name", "[A]\nk = 1\n[B]\n[a]\nk=3\n", "A", "k", "4",
      "line 2 and in line 5" },
    { "refused: a value of two lines", "[A]\n", "A", "k", "1\nl = 2", "cannot be a value" },
    { "refused: a value with a blank at its end", "[A]\n", "A", "k", "1 ", "cannot be a value" },
    { "refused: a value that is not UTF-8", "[A]\n", "A", "k", "\xff", "cannot be a value" },
    { "refused: a value that needs Unicode", "[A]\n", "A", "k", "\xc3\xa4", "no Unicode" },
    { "refused: no key", "[A]\n", "A", "", "1", "cannot be a name" },
    { "refused: a key that is a section", "[A]\n", "A", "[k", "1", "cannot be a name" },
    { "refused: a key that is a comment", "[A]\n", "A", ";k", "1", "cannot be a name" },
    { "refused: a section with a bracket", "[A]\n", "A]", "k", "1", "cannot be a name" },
};

static void run_refusal(void **state)
{
    const struct refusal *row = *state;
    OWNED(template_release)
    struct template template = { .encoding = TEMPLATE_8BIT, .text = text_copy(row->text) };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_false(template_set(&template, row->section, row->key, row->value, &err));
    assert_non_null(strstr(err.text, row->says));
    assert_string_equal(template.text, row->text);
}

static const struct damage {
    const char *name;
    const char *hex;
    const char *says;
} damages[] = {
    { "not read: a NUL in an 8-bit file", "5b415d0a00", "NUL" },
    { "not read: a NUL in UTF-16", "fffe5b00410000005d00", "NUL" },
    { "not read: half a unit", "fffe5b004100a0", "odd number" },
    { "not read: half a unit, without a mark", "5b004100a0", "odd number" },
    { "not read: big-endian", "feff005b", "big-endian" },
    { "not read: a NUL first", "00", "NUL" },
};

static void run_damage(void **state)
{
    const struct damage *row = *state;
    OWNED(bytes_release) struct bytes file = { 0 };
    struct template template = { .text = (char *)1 };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(bytes_from_hex(row->hex, &file, &err));
    assert_false(template_read(&file, &template, &err));
    assert_int_equal(err.status, AJAR_EPROTOCOL);
    assert_non_null(strstr(err.text, row->says));
    assert_ptr_equal(template.text, (char *)1);
}

static void test_a_key_that_stands_there_twice_is_not_read(void **state)
{
    struct template template = { .encoding = TEMPLATE_8BIT, .text = text_copy("[A]\nk=1\nk=1\n") };
    enum template_place place = TEMPLATE_NO_KEY;
    struct ajar_error err = AJAR_NO_ERROR;
    char *value = (char *)1;

    (void)state;
    assert_false(template_get(&template, "A", "k", &place, &value, &err));
    assert_int_equal(err.status, AJAR_EPROTOCOL);
    assert_ptr_equal(value, (char *)1);
    assert_int_equal(place, TEMPLATE_NO_KEY);
    template_release(&template);
}

static void test_long_lines_are_kept(void **state)
{
    OWNED(free) char *sddl = calloc(1, 4001);
    OWNED(free) char *text = NULL;
    OWNED(bytes_release) struct bytes file = { 0 };
    OWNED(bytes_release) struct bytes again = { 0 };
    OWNED(template_release) struct template template = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    assert_non_null(sddl);
    memset(sddl, ';', 4000);
    text = text_make("[Service General Setting]\r\n\"x\",2,\"%s\"\r\n[A]\r\nlong = %s\r\n", sddl,
                     sddl + 1);
    make_file(TEMPLATE_UTF16_BOM, text, &file);
    assert_true(template_read(&file, &template, &err));
    assert_true(template_set(&template, "A", "k", "1", &err));
    assert_non_null(strstr(template.text, sddl));
    assert_true(template_remove(&template, "A", "k", false, &err));
    assert_true(template_write(&template, 0, &again, &err));
    assert_true(bytes_same(&file, &again));
}

static void test_half_a_surrogate_pair_is_kept(void **state)
{
    OWNED(bytes_release) struct bytes file = { 0 };
    OWNED(bytes_release) struct bytes again = { 0 };
    OWNED(template_release) struct template template = { 0 };
    OWNED(free) char *value = NULL;
    enum template_place place;
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    assert_true(bytes_from_hex("fffe5b0041005d000d000a006b003d0000d8", &file, &err));
    assert_true(template_read(&file, &template, &err));
    assert_true(template_write(&template, 0, &again, &err));
    assert_true(bytes_same(&file, &again));
    assert_false(template_get(&template, "A", "k", &place, &value, &err));
    assert_non_null(strstr(err.text, "UTF-8"));
}

static void test_a_section_with_other_lines_stays(void **state)
{
    static const char *const texts[][2] = {
        { "[A]\nk = 1\n", "" },
        { "[A]\n\nk = 1\n[B]\n", "\n[B]\n" },
        { "[A]\nk = 1\nl = 2\n", "[A]\nl = 2\n" },
        { "[A]\n;x\nk = 1\n", "[A]\n;x\n" },
        { "[A]\n", "" },
        { "[B]\n", "[B]\n" },
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(texts); i++) {
        struct template template = { .encoding = TEMPLATE_8BIT, .text = text_copy(texts[i][0]) };
        struct ajar_error err = AJAR_NO_ERROR;

        assert_true(template_remove(&template, "A", "k", true, &err));
        assert_string_equal(template.text, texts[i][1]);
        template_release(&template);
    }
}

static void test_a_fresh_template_sets_nothing(void **state)
{
    static const char begin[] = { '\xff', '\xfe', '[', 0, 'U', 0 };
    OWNED(template_release) struct template template = { 0 };
    OWNED(bytes_release) struct bytes file = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    assert_true(template_fresh(&template, &err));
    assert_string_equal(template.text, PREAMBLE);
    assert_true(template_write(&template, 0, &file, &err));
    assert_memory_equal(file.at, begin, sizeof(begin));
    assert_true(template_is_bare(&template));
    assert_true(template_set(&template, "A", "k", "1", &err));
    assert_false(template_is_bare(&template));
    assert_true(template_remove(&template, "A", "k", false, &err));
    assert_false(template_is_bare(&template)); /* somebody's empty section */
}

static void test_what_is_bare(void **state)
{
    static const struct {
        const char *text;
        bool is_bare;
    } rows[] = {
        { "", true },
        { "\r\n ; x\r\n", true },
        { "[version]\r\nanything = 1\r\n", true },
        { "[Profile Description]\r\n", false },
        { "stray\r\n", false },
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct template template = { .encoding = TEMPLATE_8BIT, .text = text_copy(rows[i].text) };

        assert_int_equal(template_is_bare(&template), rows[i].is_bare);
        template_release(&template);
    }
}

/* Written over a longer file, it must be whole before the file is cut. */
static void test_a_shorter_file_is_filled_with_empty_lines(void **state)
{
    static const struct {
        enum template_encoding encoding;
        const char *text;
        size_t least;
        size_t size;
        const char *padded;
    } rows[] = {
        { TEMPLATE_8BIT, "[A]\r\n", 5, 5, "[A]\r\n" },
        { TEMPLATE_8BIT, "[A]\r\n", 6, 7, "[A]\r\n\r\n" },
        { TEMPLATE_8BIT, "[A]\n", 6, 6, "[A]\n\n\n" },
        { TEMPLATE_UTF16_BOM, "[A]\r\n", 13, 16, "[A]\r\n\r\n" },
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct template template = { rows[i].encoding, text_copy(rows[i].text) };
        OWNED(template_release) struct template back = { 0 };
        OWNED(bytes_release) struct bytes file = { 0 };
        struct ajar_error err = AJAR_NO_ERROR;

        assert_true(template_write(&template, rows[i].least, &file, &err));
        assert_int_equal(file.size, rows[i].size);
        assert_true(template_read(&file, &back, &err));
        assert_string_equal(back.text, rows[i].padded);
        template_release(&template);
    }
}

#define ADD_CASES(rows, run)                                 \
    for (size_t i = 0; i < LENGTH(rows); i++)                \
        tests[count++] = (struct CMUnitTest)                 \
        {                                                    \
            .name = (rows)[i].name, .test_func = (run),      \
            .initial_state = (void *)(uintptr_t) & (rows)[i] \
        }

int main(void)
{
    struct CMUnitTest tests[LENGTH(edits) + LENGTH(refusals) + LENGTH(damages) + 7] = {
        cmocka_unit_test(test_a_key_that_stands_there_twice_is_not_read),
        cmocka_unit_test(test_long_lines_are_kept),
        cmocka_unit_test(test_half_a_surrogate_pair_is_kept),
        cmocka_unit_test(test_a_section_with_other_lines_stays),
        cmocka_unit_test(test_a_fresh_template_sets_nothing),
        cmocka_unit_test(test_what_is_bare),
        cmocka_unit_test(test_a_shorter_file_is_filled_with_empty_lines),
    };
    size_t count = 7;

    ADD_CASES(edits, run_edit);
    ADD_CASES(refusals, run_refusal);
    ADD_CASES(damages, run_damage);
    return cmocka_run_group_tests_name("template", tests, NULL, NULL);
}
