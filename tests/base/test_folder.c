/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/folder.h"

#include "base/file.h"
#include "base/text.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

/* one/two/three.xml, a link to it and one to the folder, a pipe, an empty file */
static char *make_folder(void)
{
    struct ajar_error err = AJAR_NO_ERROR;
    char *folder = NULL;
    OWNED(free) char *inner = NULL;
    OWNED(free) char *file = NULL;
    OWNED(free) char *file_link = NULL;
    OWNED(free) char *folder_link = NULL;
    OWNED(free) char *empty = NULL;
    OWNED(free) char *fifo = NULL;

    assert_true(file_make_temporary_folder("ajar-folder", &folder, &err));
    inner = text_make("%s/one/two", folder);
    file = text_make("%s/three.xml", inner);
    file_link = text_make("%s/link.xml", folder);
    folder_link = text_make("%s/link", folder);
    empty = text_make("%s/empty", folder);
    fifo = text_make("%s/fifo", folder);
    assert_true(file_make_folder(inner, &err));
    assert_true(file_write(file, "12345", 5, 0600, &err));
    assert_true(file_write(empty, "", 0, 0600, &err));
    assert_int_equal(symlink(file, file_link), 0);
    assert_int_equal(symlink(inner, folder_link), 0);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    return folder;
}

static void remove_folder(char *folder)
{
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(file_remove_folder(folder, &err));
    free(folder);
}

static int kind_of(const struct folder_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->entries[i].name, name) == 0)
            return (int)list->entries[i].kind;
    }
    return -1;
}

static void test_it_is_listed(void **state)
{
    OWNED(folder_list_release) struct folder_list list = { 0 };
    OWNED(folder_list_release) struct folder_list inner = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    char *folder = make_folder();

    (void)state;
    assert_true(folder_list(folder, "", 5, &list, &err));
    assert_int_equal(list.count, 5);
    assert_false(list.is_cut);
    assert_int_equal(kind_of(&list, "one"), FOLDER_FOLDER);
    assert_int_equal(kind_of(&list, "empty"), FOLDER_FILE);
    assert_int_equal(kind_of(&list, "link"), FOLDER_LINK);
    assert_int_equal(kind_of(&list, "link.xml"), FOLDER_LINK);
    assert_int_equal(kind_of(&list, "fifo"), FOLDER_LINK);
    assert_true(folder_list(folder, "one/two", 5, &inner, &err));
    assert_int_equal(inner.count, 1);
    assert_int_equal(inner.entries[0].size, 5);
    assert_in_range(inner.entries[0].modified, 1700000000, INT64_MAX);
    remove_folder(folder);
}

static void test_there_may_be_too_much_in_it(void **state)
{
    OWNED(folder_list_release) struct folder_list list = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    char *folder = make_folder();

    (void)state;
    assert_true(folder_list(folder, "", 4, &list, &err));
    assert_int_equal(list.count, 4);
    assert_true(list.is_cut);
    remove_folder(folder);
}

static void test_a_file_is_read(void **state)
{
    OWNED(bytes_release) struct bytes bytes = { 0 };
    OWNED(bytes_release) struct bytes empty = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    char *folder = make_folder();

    (void)state;
    assert_true(folder_read(folder, "one/two/three.xml", 5, &bytes, &err));
    assert_int_equal(bytes.size, 5);
    assert_memory_equal(bytes.at, "12345", 5);
    assert_true(folder_read(folder, "empty", 5, &empty, &err));
    assert_int_equal(empty.size, 0);
    assert_null(empty.at);
    remove_folder(folder);
}

/* By its real name the file is there; the folder that is named may be a link itself. */
static const struct refusal {
    const char *below;
    enum ajar_status status;
    const char *says;
} refusals[] = {
    { "nothing", AJAR_EMISSING, "nothing: could not be opened: No such file" },
    { "empty/nothing", AJAR_EMISSING, "empty/nothing: could not be opened: Not a directory" },
    { "link.xml", AJAR_ESYSTEM, "link.xml: could not be opened: a symbolic link, which is not" },
    { "link/three.xml", AJAR_EMISSING, "link/three.xml: could not be opened: Not a directory" },
    { "fifo", AJAR_ESYSTEM, "fifo: no regular file" },
    { "one", AJAR_ESYSTEM, "one: no regular file" },
    { "one/two/three.xml", AJAR_ESYSTEM, "three.xml: larger than 4 bytes" },
};

static void run_refusal(void **state)
{
    const struct refusal *row = *state;
    struct bytes bytes = { .size = 77 };
    struct ajar_error err = AJAR_NO_ERROR;
    char *folder = make_folder();

    assert_false(folder_read(folder, row->below, 4, &bytes, &err));
    assert_int_equal(err.status, row->status);
    if (!strstr(err.text, row->says))
        fail_msg("\"%s\" is not in \"%s\"", row->says, err.text);
    assert_int_equal(bytes.size, 77);
    remove_folder(folder);
}

static void test_a_folder_that_is_not_there(void **state)
{
    OWNED(folder_list_release) struct folder_list list = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    char *folder = make_folder();

    (void)state;
    assert_false(folder_list(folder, "one/three", 5, &list, &err));
    assert_int_equal(err.status, AJAR_EMISSING);
    assert_int_equal(err.native, ENOENT);
    err = AJAR_NO_ERROR;
    assert_false(folder_list(folder, "link", 5, &list, &err));
    err = AJAR_NO_ERROR;
    assert_false(folder_list(folder, "empty", 5, &list, &err));
    assert_int_equal(list.count, 0);
    remove_folder(folder);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(refusals) + 4] = {
        cmocka_unit_test(test_it_is_listed),
        cmocka_unit_test(test_there_may_be_too_much_in_it),
        cmocka_unit_test(test_a_file_is_read),
        cmocka_unit_test(test_a_folder_that_is_not_there),
    };

    for (size_t i = 0; i < LENGTH(refusals); i++)
        tests[4 + i] = (struct CMUnitTest){ .name = refusals[i].says,
                                            .test_func = run_refusal,
                                            .initial_state = (void *)(uintptr_t)&refusals[i] };
    return cmocka_run_group_tests_name("folder", tests, NULL, NULL);
}
