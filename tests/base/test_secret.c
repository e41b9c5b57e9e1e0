/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/file.h"
#include "base/secret.h"
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static const struct secret_case {
    const char *name;
    const char *content;
    size_t size;
    mode_t mode;
    const char *secret; /* NULL: refused */
    const char *says;
} cases[] = {
    { "secret: one line", "abc\n", 4, 0600, "abc", NULL },
    { "secret: no line end", "abc", 3, 0600, "abc", NULL },
    { "secret: read-only", "abc", 3, 0400, "abc", NULL },
    { "secret: only the first line", "abc\ndef\n", 8, 0600, "abc", NULL },
    { "secret: line end of Windows", "abc\r\ndef", 8, 0600, "abc", NULL },
    { "secret: blanks belong to it", " a b \n", 6, 0600, " a b ", NULL },
    { "secret: a carriage return inside", "a\rb\n", 4, 0600, "a\rb", NULL },
    { "secret: beyond ASCII", "p\xc3\xa4ss\n", 6, 0600, "p\xc3\xa4ss", NULL },
    { "secret: empty file", "", 0, 0600, NULL, "is empty" },
    { "secret: empty line", "\nabc\n", 5, 0600, NULL, "is empty" },
    { "secret: nothing but a line end of Windows", "\r\n", 2, 0600, NULL, "is empty" },
    { "secret: NUL inside", "a\0b\n", 4, 0600, NULL, "has a NUL" },
    { "secret: NUL behind the line", "ab\n\0", 4, 0600, "ab", NULL },
    { "secret: the group reads it", "abc\n", 4, 0640, NULL, "mode 0640" },
    { "secret: all read it", "abc\n", 4, 0604, NULL, "mode 0604" },
    { "secret: the group writes it", "abc\n", 4, 0620, NULL, "mode 0620" },
};

static char *make_folder(void)
{
    struct ajar_error err = AJAR_NO_ERROR;
    char *folder = NULL;

    assert_true(file_make_temporary_folder("ajar-secret", &folder, &err));
    return folder;
}

static void remove_folder(const char *folder)
{
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(file_remove_folder(folder, &err));
}

static void expect_refused(const char *path, const char *says)
{
    struct secret secret = { .text = "untouched" };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_false(secret_read_file(path, &secret, &err));
    assert_int_equal(err.status, AJAR_ELOGIN);
    assert_non_null(strstr(err.text, says));
    assert_non_null(strstr(err.text, path));
    assert_string_equal(secret.text, "untouched");
}

static void run_case(void **state)
{
    const struct secret_case *row = *state;
    OWNED(free) char *folder = make_folder();
    OWNED(free) char *path = text_make("%s/secret", folder);
    struct secret secret = { .text = "" };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(file_write(path, row->content, row->size, 0600, &err));
    assert_int_equal(chmod(path, row->mode), 0);
    if (row->secret) {
        assert_true(secret_read_file(path, &secret, &err));
        assert_string_equal(secret.text, row->secret);
    } else {
        expect_refused(path, row->says);
    }
    remove_folder(folder);
}

static void test_the_longest_line(void **state)
{
    OWNED(free) char *folder = make_folder();
    OWNED(free) char *path = text_make("%s/secret", folder);
    char content[SECRET_SIZE + 1];
    struct secret secret = { .text = "" };
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    memset(content, 'x', sizeof(content));
    content[SECRET_SIZE - 1] = '\n';
    assert_true(file_write(path, content, sizeof(content), 0600, &err));
    assert_true(secret_read_file(path, &secret, &err));
    assert_int_equal(strlen(secret.text), SECRET_SIZE - 1);
    content[SECRET_SIZE - 1] = 'x';
    assert_true(file_write(path, content, sizeof(content), 0600, &err));
    expect_refused(path, "is longer than 1023 bytes");
    remove_folder(folder);
}

static void test_what_is_no_file(void **state)
{
    OWNED(free) char *folder = make_folder();
    OWNED(free) char *missing = text_make("%s/missing", folder);
    OWNED(free) char *pipe = text_make("%s/pipe", folder);

    (void)state;
    expect_refused(missing, "could not open");
    expect_refused(folder, "is not a regular file");
    assert_int_equal(mkfifo(pipe, 0600), 0);
    expect_refused(pipe, "is not a regular file");
    remove_folder(folder);
}

static void test_release_wipes(void **state)
{
    struct secret secret = { .text = "abc" };

    (void)state;
    secret_release(&secret);
    for (size_t i = 0; i < sizeof(secret.text); i++)
        assert_int_equal(secret.text[i], 0);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(cases) + 3] = {
        cmocka_unit_test(test_the_longest_line),
        cmocka_unit_test(test_what_is_no_file),
        cmocka_unit_test(test_release_wipes),
    };

    for (size_t i = 0; i < LENGTH(cases); i++)
        tests[i + 3] = (struct CMUnitTest){ .name = cases[i].name,
                                            .test_func = run_case,
                                            .initial_state = (void *)(uintptr_t)&cases[i] };
    return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
