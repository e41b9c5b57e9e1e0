/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/file.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

static int make_home(void **state)
{
    struct ajar_error err = AJAR_NO_ERROR;
    char *home = NULL;

    if (!file_make_temporary_folder("ajar-test", &home, &err))
        return -1;
    *state = home;
    return 0;
}

static int remove_home(void **state)
{
    struct ajar_error err = AJAR_NO_ERROR;
    bool good = file_remove_folder(*state, &err);

    free(*state);
    return good ? 0 : -1;
}

static mode_t mode_of(const char *path)
{
    struct stat found;

    assert_int_equal(lstat(path, &found), 0);
    return found.st_mode & 07777;
}

static void assert_holds(const char *path, const char *text)
{
    OWNED(bytes_release) struct bytes bytes = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(file_read(path, 4096, &bytes, &err));
    assert_int_equal(bytes.size, strlen(text));
    if (bytes.size > 0)
        assert_memory_equal(bytes.at, text, bytes.size);
}

static void test_writes_and_reads(void **state)
{
    OWNED(free) char *path = text_make("%s/file", (char *)*state);
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(file_write(path, "one", 3, 0600, &err));
    assert_holds(path, "one");
    assert_int_equal(mode_of(path), 0600);
    assert_true(file_write(path, "", 0, 0640, &err));
    assert_holds(path, "");
    assert_int_equal(mode_of(path), 0640);
}

static void test_replaces_a_link_and_not_what_it_points_to(void **state)
{
    OWNED(free) char *path = text_make("%s/link", (char *)*state);
    OWNED(free) char *other = text_make("%s/other", (char *)*state);
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(file_write(other, "kept", 4, 0600, &err));
    assert_int_equal(symlink(other, path), 0);
    assert_true(file_write(path, "new", 3, 0600, &err));
    assert_holds(path, "new");
    assert_holds(other, "kept");
}

static void test_refuses_to_read(void **state)
{
    OWNED(free) char *path = text_make("%s/file", (char *)*state);
    const struct {
        const char *path;
        size_t ceiling;
        uint32_t native;
        const char *says;
    } rows[] = {
        { "/nowhere/file", 100, ENOENT,
          "/nowhere/file: could not be opened: No such file or directory" },
        { *state, 100, EISDIR, NULL },
        { path, 2, 0, NULL },
    };
    struct ajar_error fine = AJAR_NO_ERROR;

    assert_true(file_write(path, "one", 3, 0600, &fine));
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct ajar_error err = AJAR_NO_ERROR;
        struct bytes bytes = { 0 };

        assert_false(file_read(rows[i].path, rows[i].ceiling, &bytes, &err));
        assert_int_equal(err.status, AJAR_ESYSTEM);
        assert_int_equal(err.native, rows[i].native);
        assert_null(bytes.at);
        if (rows[i].says)
            assert_string_equal(err.text, rows[i].says);
    }
}

static void test_leaves_nothing_when_it_cannot_write(void **state)
{
    OWNED(free) char *path = text_make("%s/folder", (char *)*state);
    OWNED(free) char *inside = text_make("%s/file", path);
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(file_make_folder(path, &err));
    assert_true(file_write(inside, "x", 1, 0600, &err));
    assert_false(file_write(path, "one", 3, 0600, &err));
    assert_int_equal(err.status, AJAR_ESYSTEM);
    assert_int_equal(unlink(inside), 0);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(rmdir(*state), 0);
    assert_int_equal(mkdir(*state, 0700), 0);
}

static void test_makes_and_removes_folders(void **state)
{
    OWNED(free) char *top = text_make("%s/a", (char *)*state);
    OWNED(free) char *deep = text_make("%s/b/c", top);
    OWNED(free) char *file = text_make("%s/file", deep);
    OWNED(free) char *beneath = text_make("%s/d", file);
    OWNED(free) char *link = text_make("%s/link", deep);
    OWNED(free) char *kept = text_make("%s/kept", (char *)*state);
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(file_make_folder(deep, &err));
    assert_true(file_make_folder(deep, &err));
    assert_int_equal(mode_of(deep), 0700);
    assert_true(file_write(file, "x", 1, 0600, &err));
    assert_true(file_write(kept, "x", 1, 0600, &err));
    assert_int_equal(symlink(kept, link), 0);
    assert_false(file_make_folder(beneath, &err));
    assert_int_equal(err.native, ENOTDIR);
    err = AJAR_NO_ERROR;
    assert_true(file_remove_folder(top, &err));
    assert_true(file_remove_folder(top, &err));
    assert_int_equal(access(top, F_OK), -1);
    assert_holds(kept, "x");
}

static void test_lock_names_its_holder(void **state)
{
    OWNED(free) char *path = text_make("%s/lock", (char *)*state);
    OWNED(file_lock_release) struct file_lock first = FILE_LOCK_NONE;
    OWNED(file_lock_release) struct file_lock second = FILE_LOCK_NONE;
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(file_lock(path, "alice on adm1", &first, &err));
    assert_int_equal(mode_of(path), 0600);
    assert_false(file_lock(path, "bob on adm2", &second, &err));
    assert_int_equal(err.status, AJAR_ELOCKED);
    assert_string_equal(err.text, "alice on adm1");
    assert_int_equal(second.descriptor, -1);
    file_lock_release(&first);
    assert_holds(path, "");
    err = AJAR_NO_ERROR;
    assert_true(file_lock(path, "bob on adm2", &second, &err));
    assert_holds(path, "bob on adm2\n");
}

static void test_lock_ends_with_its_process(void **state)
{
    OWNED(free) char *path = text_make("%s/lock", (char *)*state);
    OWNED(file_lock_release) struct file_lock lock = FILE_LOCK_NONE;
    struct ajar_error err = AJAR_NO_ERROR;
    pid_t child = fork();
    int status;

    if (child == 0)
        _exit(file_lock(path, "a process that dies while it holds the lock", &lock, &err) ? 0 : 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_true(file_lock(path, "bob", &lock, &err));
    assert_holds(path, "bob\n");
}

static void test_lock_follows_no_link(void **state)
{
    OWNED(free) char *path = text_make("%s/lock", (char *)*state);
    OWNED(free) char *other = text_make("%s/other", (char *)*state);
    struct file_lock lock = FILE_LOCK_NONE;
    struct ajar_error err = AJAR_NO_ERROR;

    (void)unlink(path);
    assert_true(file_write(other, "kept", 4, 0600, &err));
    assert_int_equal(symlink(other, path), 0);
    assert_false(file_lock(path, "alice", &lock, &err));
    assert_int_equal(err.native, ELOOP);
    assert_int_equal(lock.descriptor, -1);
    assert_holds(other, "kept");
}

static void append(void *user, const void *bytes, size_t size)
{
    text_append_bytes(user, bytes, size);
}

static void test_streams_what_it_reads(void **state)
{
    OWNED(free) char *path = text_make("%s/large", (char *)*state);
    OWNED(text_release) struct text written = TEXT_UP_TO(1024 * 1024);
    OWNED(text_release) struct text read = TEXT_UP_TO(1024 * 1024);
    struct ajar_error err = AJAR_NO_ERROR;

    for (int i = 0; written.size < 700000; i++)
        text_format(&written, "line %d\n", i);
    assert_true(file_write(path, written.at, written.size, 0600, &err));
    assert_true(file_stream(path, append, &read, &err));
    assert_int_equal(read.size, written.size);
    assert_memory_equal(read.at, written.at, written.size);
}

static void test_streams_nothing_that_is_no_file(void **state)
{
    OWNED(free) char *path = text_make("%s/nothing", (char *)*state);
    OWNED(text_release) struct text read = TEXT_UP_TO(1024);
    struct ajar_error err = AJAR_NO_ERROR;

    assert_false(file_stream(path, append, &read, &err));
    assert_int_equal(err.status, AJAR_EMISSING);
    assert_int_equal(err.native, ENOENT);
    err = AJAR_NO_ERROR;
    assert_false(file_stream(*state, append, &read, &err));
    assert_int_equal(err.status, AJAR_ESYSTEM);
    assert_int_equal(err.native, EISDIR);
    assert_int_equal(read.size, 0);
}

static void test_lists_files_by_their_names(void **state)
{
    static const char *const names[] = { "b.ini", "B.ini", "a.ini", ".c.ini", "d.txt", ".ini" };
    OWNED(file_list_release) struct file_list list = { 0 };
    OWNED(free) char *nowhere = text_make("%s/nowhere", (char *)*state);
    struct ajar_error err = AJAR_NO_ERROR;

    for (size_t i = 0; i < LENGTH(names); i++) {
        OWNED(free) char *path = text_make("%s/%s", (char *)*state, names[i]);

        assert_true(file_write(path, "", 0, 0600, &err));
    }
    assert_false(file_list(nowhere, ".ini", &list, &err));
    assert_int_equal(err.native, ENOENT);
    assert_int_equal(list.count, 0);
    err = AJAR_NO_ERROR;
    assert_true(file_list(*state, ".ini", &list, &err));
    assert_int_equal(list.count, 3);
    assert_string_equal(strrchr(list.paths[0], '/'), "/B.ini");
    assert_string_equal(strrchr(list.paths[1], '/'), "/a.ini");
    assert_string_equal(strrchr(list.paths[2], '/'), "/b.ini");
}

#define home_test(test) cmocka_unit_test_setup_teardown(test, make_home, remove_home)

static void test_a_home_is_filled_in(void **state)
{
    static const struct {
        const char *path;
        const char *whole;
    } rows[] = { { "~/.ssh/id", "/some/home/.ssh/id" },
                 { "/etc/id", "/etc/id" },
                 { "~other/id", "~other/id" },
                 { "a/~/id", "a/~/id" } };
    OWNED(free) char *home = text_copy(getenv("HOME"));
    struct ajar_error err = AJAR_NO_ERROR;
    char *none = NULL;

    (void)state;
    (void)setenv("HOME", "/some/home", 1);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        OWNED(free) char *whole = NULL;

        assert_true(file_expand_home(rows[i].path, &whole, &err));
        assert_string_equal(whole, rows[i].whole);
    }
    (void)unsetenv("HOME");
    assert_false(file_expand_home("~/id", &none, &err));
    assert_null(none);
    if (home)
        (void)setenv("HOME", home, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        home_test(test_writes_and_reads),
        cmocka_unit_test(test_a_home_is_filled_in),
        home_test(test_replaces_a_link_and_not_what_it_points_to),
        home_test(test_refuses_to_read),
        home_test(test_leaves_nothing_when_it_cannot_write),
        home_test(test_makes_and_removes_folders),
        home_test(test_lock_names_its_holder),
        home_test(test_lock_ends_with_its_process),
        home_test(test_lock_follows_no_link),
        home_test(test_streams_what_it_reads),
        home_test(test_streams_nothing_that_is_no_file),
        home_test(test_lists_files_by_their_names),
    };

    return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
