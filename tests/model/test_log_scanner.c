/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/log_scanner.h"

#include "base/text.h"
#include "rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const char *const words[] = { "he",     "she",   "hers", "access is denied", "his", "wrn0:0",
                                     "is den", "a b c", "he",   "hr=0x8000000" };

static const struct row {
    const char *name;
    const char *text;
    const char *finds; /* "position:word position:word", words ascending */
} rows[] = {
    { "nothing", "\n", "" },
    { "words within words", "ushers\n", "3:0 3:1 3:8 5:2" },
    { "the case does not matter", "HIS\n", "2:4" },
    { "not across lines", "hi\ns\n", "" },
    { "blanks are one", "Access \t is   denied\n", "16:6 19:3" },
    { "a blank too many", "a b  c ab c\n", "5:7" },
    { "a blank too few", "ab c\n", "" },
    { "blanks first", "   a b c\n", "7:7" },
    { "digits are one", "WRN1:7557 hr=0x9123456\n", "5:5 21:9" },
    { "other bytes", "\xff\xfeh\xff\x65 \xe4his\x80\n", "9:4" },
};

static void put_finds(const struct log_scanner *scanner, const struct log_find *finds, size_t count,
                      struct text *text)
{
    for (size_t i = 0; i < count; i++) {
        const uint32_t *found = NULL;
        size_t many = log_scanner_words(scanner, finds[i].state, &found);

        assert_true(many > 0);
        for (uint32_t word = 0; word < LENGTH(words); word++) {
            for (size_t j = 0; j < many; j++) {
                if (found[j] == word)
                    text_format(text, "%s%u:%u", text->size ? " " : "", finds[i].end, word);
            }
        }
    }
}

static void run_row(void **state)
{
    const struct row *row = *state;
    OWNED(log_scanner_free) struct log_scanner *scanner = NULL;
    OWNED(text_release) struct text text = TEXT_UP_TO(1000);
    struct ajar_error err = AJAR_NO_ERROR;
    struct log_find finds[100];

    assert_true(log_scanner_new(words, LENGTH(words), &scanner, &err));
    put_finds(scanner, finds, log_scanner_scan(scanner, row->text, strlen(row->text), finds),
              &text);
    assert_string_equal(text_peek(&text), row->finds);
}

static char fold(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c | 0x20);
    return (char)(c == '\t' ? ' ' : c >= '0' && c <= '9' ? '0' : c);
}

/* Does `word` end at `at`, by the plain definition? */
static bool ends_at(const char *word, const char *text, size_t at)
{
    size_t left = strlen(word);
    size_t i = at + 1;

    if (fold(text[at]) == ' ' && at > 0 && fold(text[at - 1]) == ' ')
        return false;
    while (left > 0 && i > 0) {
        if (fold(text[i - 1]) != fold(word[left - 1]))
            return false;
        left--;
        i--;
        if (left > 0 && word[left] == ' ') {
            while (i > 0 && fold(text[i - 1]) == ' ')
                i--;
        }
    }
    return left == 0;
}

/* Text of four letters, blanks, digits and line ends, in which words are frequent. */
static void make_text(uint32_t seed, char *text, size_t size)
{
    static const char letters[] = "hersaHIS  \t09:wc\nb";

    for (size_t i = 0; i < size; i++) {
        seed = seed * 1664525 + 1013904223;
        text[i] = letters[(seed >> 16) % (sizeof(letters) - 1)];
    }
    text[size - 1] = '\n';
}

static void test_it_finds_what_there_is(void **state)
{
    OWNED(log_scanner_free) struct log_scanner *scanner = NULL;
    struct ajar_error err = AJAR_NO_ERROR;
    static struct log_find finds[4000];
    static char text[4000];

    (void)state;
    assert_true(log_scanner_new(words, LENGTH(words), &scanner, &err));
    for (uint32_t seed = 1; seed <= 200; seed++) {
        size_t size = 1 + seed * 19;
        size_t count;
        size_t next = 0;

        make_text(seed, text, size);
        count = log_scanner_scan(scanner, text, size, finds);
        for (size_t at = 0; at < size; at++) {
            size_t wanted = 0;
            const uint32_t *found = NULL;

            for (size_t i = 0; i < LENGTH(words); i++)
                wanted += ends_at(words[i], text, at);
            if (wanted == 0)
                continue;
            assert_true(next < count);
            assert_int_equal(finds[next].end, at);
            assert_int_equal(log_scanner_words(scanner, finds[next].state, &found), wanted);
            next++;
        }
        assert_int_equal(next, count);
    }
}

static void test_too_many_words_are_refused(void **state)
{
    static char word[70000];
    const char *one = word;
    struct ajar_error err = AJAR_NO_ERROR;
    struct log_scanner *scanner = NULL;

    (void)state;
    memset(word, 'x', sizeof(word) - 1);
    assert_false(log_scanner_new(&one, 1, &scanner, &err));
    assert_int_equal(err.status, AJAR_EPLAN);
    assert_null(scanner);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(rows) + 2] = {
        cmocka_unit_test(test_it_finds_what_there_is),
        cmocka_unit_test(test_too_many_words_are_refused),
    };
    size_t count = 2;

    ADD_CASES(rows, run_row);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
