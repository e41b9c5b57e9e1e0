/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/repository.h"

#include "base/file.h"
#include "base/text.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include <cmocka.h>

struct fixture {
    char *path;
    struct repository *repository;
};

static int make_fixture(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    struct ajar_error err = AJAR_NO_ERROR;

    if (!fixture || !file_make_temporary_folder("ajar-test", &fixture->path, &err) ||
        !repository_create(fixture->path, &fixture->repository, &err))
        return -1;
    *state = fixture;
    return 0;
}

static int free_fixture(void **state)
{
    struct fixture *fixture = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    bool good = file_remove_folder(fixture->path, &err);

    repository_close(fixture->repository);
    free(fixture->path);
    free(fixture);
    return good ? 0 : -1;
}

static struct repository_commit commit_on(struct repository_id parent, const char *message)
{
    return (struct repository_commit){
        .parent = parent,
        .message = message,
        .author = { "Alice <x>", "alice@adm1", 1795248000 },
        .committer = { "ajar", "ajar@adm1", 1795248001 },
    };
}

/* Puts one file on top of the head. */
static struct repository_id put(struct repository *repository, const char *path,
                                const char *content)
{
    struct repository_edit edit = { path, content, content ? strlen(content) : 0 };
    struct repository_id head;
    struct repository_id id = { "" };
    struct repository_commit commit;
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(repository_head(repository, &head, &err));
    commit = commit_on(head, "put\n\nKey: value\nWindow: w1\n");
    commit.count = 1;
    commit.edits = &edit;
    if (!repository_write(repository, &commit, &id, &err))
        fail_msg("%s", err.text);
    return id;
}

static void assert_content(struct repository *repository, const struct repository_id *commit,
                           const char *path, const char *expected)
{
    OWNED(free) char *content = NULL;
    size_t size = 0;
    struct ajar_error err = AJAR_NO_ERROR;

    assert_int_equal(repository_read(repository, commit, path, &content, &size, &err), !!expected);
    if (expected)
        assert_string_equal(content, expected);
    else
        assert_int_equal(err.status, AJAR_EMISSING);
}

/* Runs a program of the host without output; its exit status. */
static int run(const char *const *arguments)
{
    int status = -1;
    pid_t child = fork();

    if (child == 0) {
        int nothing = open("/dev/null", O_WRONLY);

        (void)dup2(nothing, 1);
        (void)dup2(nothing, 2);
        (void)execvp(arguments[0], (char **)(uintptr_t)arguments);
        _exit(127);
    }
    (void)waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void assert_git_finds_it_whole(const char *path)
{
    const char *const fsck[] = { "git", "-C", path, "fsck", "--strict", "--full", NULL };
    const char *const log[] = { "git", "-C", path, "log", "--stat", NULL };

    assert_int_equal(run(fsck), 0);
    assert_int_equal(run(log), 0);
}

static void test_begins_empty(void **state)
{
    struct fixture *fixture = *state;
    OWNED(repository_names_release) struct repository_names names = { 0 };
    struct repository_id head;
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(repository_head(fixture->repository, &head, &err));
    assert_string_equal(head.hex, "");
    assert_content(fixture->repository, &head, "a", NULL);
    assert_true(repository_list(fixture->repository, &head, "", &names, &err));
    assert_int_equal(names.count, 0);
}

static void test_reads_what_was_written(void **state)
{
    struct fixture *fixture = *state;
    OWNED(repository_names_release) struct repository_names names = { 0 };
    OWNED(repository_names_release) struct repository_names none = { 0 };
    struct repository_id first = put(fixture->repository, "a/b/c", "one");
    struct repository_id second = put(fixture->repository, "a/b/d", "two");
    struct repository_id third = put(fixture->repository, "a/b/c", "ONE");
    struct repository_id fourth = put(fixture->repository, "a/b/d", NULL);
    struct ajar_error err = AJAR_NO_ERROR;

    assert_content(fixture->repository, &first, "a/b/c", "one");
    assert_content(fixture->repository, &first, "a/b/d", NULL);
    assert_content(fixture->repository, &second, "a/b/d", "two");
    assert_content(fixture->repository, &third, "a/b/c", "ONE");
    assert_content(fixture->repository, &fourth, "a/b/d", NULL);
    assert_content(fixture->repository, &fourth, "a/b", NULL);
    assert_true(repository_list(fixture->repository, &second, "a/b", &names, &err));
    assert_int_equal(names.count, 2);
    assert_string_equal(names.list[1], "d");
    assert_true(repository_list(fixture->repository, &second, "a/b/c", &none, &err));
    assert_int_equal(none.count, 0);
    assert_git_finds_it_whole(fixture->path);
}

static void test_tells_changed_paths(void **state)
{
    struct fixture *fixture = *state;
    struct repository_id ids[3] = {
        put(fixture->repository, "a/b", "one"),
        put(fixture->repository, "c", "two"),
        put(fixture->repository, "a/b", NULL),
    };
    const char *const expected[] = { "a/b", "c", "a/b" };

    for (size_t i = 0; i < LENGTH(ids); i++) {
        OWNED(repository_names_release) struct repository_names paths = { 0 };
        struct ajar_error err = AJAR_NO_ERROR;

        assert_true(repository_changes(fixture->repository, &ids[i], &paths, &err));
        assert_int_equal(paths.count, 1);
        assert_string_equal(paths.list[0], expected[i]);
    }
}

static void test_refuses_a_head_that_moved(void **state)
{
    struct fixture *fixture = *state;
    OWNED(repository_close) struct repository *other = NULL;
    struct repository_id first = put(fixture->repository, "a", "one");
    struct repository_commit commit = commit_on(first, "late\n");
    struct repository_commit unborn = commit_on((struct repository_id){ "" }, "first\n");
    struct repository_id second;
    struct repository_id head;
    struct repository_id id = { "untouched" };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(repository_open(fixture->path, &other, &err));
    second = put(other, "a", "two");
    assert_false(repository_write(fixture->repository, &commit, &id, &err));
    assert_int_equal(err.status, AJAR_ECONFLICT);
    err = AJAR_NO_ERROR;
    assert_false(repository_write(fixture->repository, &unborn, &id, &err));
    assert_int_equal(err.status, AJAR_ECONFLICT);
    assert_string_equal(id.hex, "untouched");
    err = AJAR_NO_ERROR;
    assert_true(repository_head(fixture->repository, &head, &err));
    assert_string_equal(head.hex, second.hex);
}

static void test_waits_for_a_lock_and_gives_up(void **state)
{
    struct fixture *fixture = *state;
    OWNED(free) char *lock = text_make("%s/refs/heads/main.lock", fixture->path);
    struct repository_commit commit = commit_on(put(fixture->repository, "a", "one"), "late\n");
    struct repository_id id = { "untouched" };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(file_write(lock, "", 0, 0600, &err));
    assert_false(repository_write(fixture->repository, &commit, &id, &err));
    assert_int_equal(err.status, AJAR_ELOCKED);
    assert_string_equal(id.hex, "untouched");
    err = AJAR_NO_ERROR;
    assert_true(repository_break_lock(fixture->repository, REPOSITORY_MAIN, &err));
    assert_true(repository_break_lock(fixture->repository, REPOSITORY_MAIN, &err));
    assert_true(repository_write(fixture->repository, &commit, &id, &err));
}

static void test_waits_until_a_lock_goes_away(void **state)
{
    struct fixture *fixture = *state;
    OWNED(free) char *lock = text_make("%s/refs/heads/main.lock", fixture->path);
    struct timespec pause = { .tv_nsec = 100 * 1000 * 1000 };
    struct ajar_error err = AJAR_NO_ERROR;
    pid_t child;
    int status;

    (void)put(fixture->repository, "a", "one");
    assert_true(file_write(lock, "", 0, 0600, &err));
    child = fork();
    if (child == 0) {
        (void)nanosleep(&pause, NULL);
        _exit(unlink(lock));
    }
    (void)put(fixture->repository, "a", "two");
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

/* The child has written its objects and waits for the lock of the branch when it is killed. */
static void test_a_writer_killed_before_the_branch_moved_leaves_the_old_head(void **state)
{
    struct fixture *fixture = *state;
    OWNED(free) char *lock = text_make("%s/refs/heads/main.lock", fixture->path);
    struct repository_id first = put(fixture->repository, "a", "one");
    struct timespec pause = { .tv_nsec = 200 * 1000 * 1000 };
    struct repository_id head;
    struct ajar_error err = AJAR_NO_ERROR;
    pid_t child;

    assert_true(file_write(lock, "", 0, 0600, &err));
    child = fork();
    if (child == 0) {
        (void)put(fixture->repository, "a", "two");
        _exit(0);
    }
    (void)nanosleep(&pause, NULL);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_true(repository_head(fixture->repository, &head, &err));
    assert_string_equal(head.hex, first.hex);
    assert_git_finds_it_whole(fixture->path);
}

struct seen {
    size_t count;
    bool stop;
};

static bool look(void *user, const struct repository_entry *entry, struct ajar_error *err)
{
    struct seen *seen = user;

    (void)err;
    assert_string_equal(entry->author.name, "Alice ?x?");
    assert_int_equal(entry->author.when, 1795248000);
    assert_string_equal(entry->committer.name, "ajar");
    assert_int_equal(entry->committer.when, 1795248001);
    assert_int_equal(entry->trailer_count, 2);
    assert_string_equal(repository_trailer(entry, "Window"), "w1");
    assert_null(repository_trailer(entry, "window"));
    assert_int_equal(strlen(entry->id.hex), 40);
    assert_int_equal(strlen(entry->parent.hex), seen->count == 2 ? 0 : 40);
    seen->count++;
    return !seen->stop;
}

static void test_walks_newest_first(void **state)
{
    struct fixture *fixture = *state;
    struct seen all = { 0 };
    struct seen one = { .stop = true };
    struct repository_id head;
    struct repository_id none = { "" };
    struct ajar_error err = AJAR_NO_ERROR;

    (void)put(fixture->repository, "a", "one");
    (void)put(fixture->repository, "a", "two");
    head = put(fixture->repository, "a", "three");
    assert_true(repository_walk(fixture->repository, &head, look, &all, &err));
    assert_int_equal(all.count, 3);
    assert_true(repository_walk(fixture->repository, &head, look, &one, &err));
    assert_int_equal(one.count, 1);
    assert_true(repository_walk(fixture->repository, &none, look, &all, &err));
    assert_int_equal(all.count, 3);
}

static bool sign(void *user, const char *commit, char **ret_signature, struct ajar_error *err)
{
    const char *signature = user;

    assert_memory_equal(commit, "tree ", 5);
    if (!signature)
        return ajar_fail(err, AJAR_EMISSING, "no key");
    *ret_signature = text_copy(signature);
    return true;
}

static void test_signs_when_asked(void **state)
{
    struct fixture *fixture = *state;
    char armour[] = "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----";
    const char *const shows[] = { "git", "-C", fixture->path, "cat-file", "-e", "main", NULL };
    struct repository_commit commit = commit_on(put(fixture->repository, "a", "one"), "signed\n");
    struct repository_id id = { "" };
    struct ajar_error err = AJAR_NO_ERROR;

    commit.sign = sign;
    assert_false(repository_write(fixture->repository, &commit, &id, &err));
    assert_string_equal(err.text, "no key");
    assert_string_equal(id.hex, "");
    err = AJAR_NO_ERROR;
    commit.sign_user = armour;
    assert_true(repository_write(fixture->repository, &commit, &id, &err));
    assert_int_equal(run(shows), 0);
    assert_git_finds_it_whole(fixture->path);
}

static void test_survives_git_gc(void **state)
{
    struct fixture *fixture = *state;
    const char *const gc[] = { "git", "-C", fixture->path, "gc", "--prune=now", NULL };
    struct repository_id head;

    (void)put(fixture->repository, "a", "one");
    assert_int_equal(run(gc), 0);
    head = put(fixture->repository, "a", "two");
    assert_content(fixture->repository, &head, "a", "two");
    assert_git_finds_it_whole(fixture->path);
}

static void test_refuses_what_is_no_repository(void **state)
{
    struct fixture *fixture = *state;
    OWNED(free) char *empty = text_make("%s/empty", fixture->path);
    OWNED(free) char *missing = text_make("%s/missing", fixture->path);
    const char *const paths[] = { empty, missing };

    assert_int_equal(mkdir(empty, 0700), 0);
    for (size_t i = 0; i < LENGTH(paths); i++) {
        struct repository *repository = NULL;
        struct ajar_error err = AJAR_NO_ERROR;

        assert_false(repository_open(paths[i], &repository, &err));
        assert_int_equal(err.status, AJAR_EMISSING);
        assert_null(repository);
    }
}

static void test_refuses_what_belongs_to_another(void **state)
{
    struct fixture *fixture = *state;
    struct repository *repository = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    if (geteuid() != 0)
        skip();
    assert_int_equal(chown(fixture->path, 54321, 54321), 0);
    assert_false(repository_open(fixture->path, &repository, &err));
    assert_int_equal(err.status, AJAR_EJOURNAL);
    assert_string_equal(err.text, "belongs to an unknown user (uid 54321), not to you (uid 0)");
    assert_null(repository);
}

static void test_refuses_a_history_that_forks(void **state)
{
    struct fixture *fixture = *state;
    struct repository_id head = put(fixture->repository, "a", "one");
    const char *const merge[] = {
        "sh",
        "-c",
        "cd \"$1\" && tree=$(git rev-parse 'main^{tree}') && "
        "other=$(git -c user.name=x -c user.email=x commit-tree -m x $tree) && "
        "git update-ref refs/heads/main "
        "$(git -c user.name=x -c user.email=x commit-tree -m x -p main -p $other $tree)",
        "sh",
        fixture->path,
        NULL
    };
    struct seen seen = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_int_equal(run(merge), 0);
    assert_true(repository_head(fixture->repository, &head, &err));
    assert_false(repository_walk(fixture->repository, &head, look, &seen, &err));
    assert_int_equal(err.status, AJAR_EJOURNAL);
    assert_int_equal(seen.count, 0);
}

static void test_the_configuration_of_the_user_has_no_say(void **state)
{
    struct fixture *fixture = *state;
    OWNED(free) char *home = text_make("%s/home", fixture->path);
    OWNED(free) char *file = text_make("%s/.gitconfig", home);
    OWNED(repository_close) struct repository *repository = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    assert_int_equal(mkdir(home, 0700), 0);
    assert_true(file_write(file, "[broken", 7, 0600, &err));
    assert_int_equal(setenv("HOME", home, 1), 0);
    assert_true(repository_open(fixture->path, &repository, &err));
    (void)put(repository, "a", "one");
    assert_int_equal(unsetenv("HOME"), 0);
}

#define fixture_test(test) cmocka_unit_test_setup_teardown(test, make_fixture, free_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(test_begins_empty),
        fixture_test(test_reads_what_was_written),
        fixture_test(test_tells_changed_paths),
        fixture_test(test_refuses_a_head_that_moved),
        fixture_test(test_waits_for_a_lock_and_gives_up),
        fixture_test(test_waits_until_a_lock_goes_away),
        fixture_test(test_a_writer_killed_before_the_branch_moved_leaves_the_old_head),
        fixture_test(test_walks_newest_first),
        fixture_test(test_signs_when_asked),
        fixture_test(test_survives_git_gc),
        fixture_test(test_refuses_what_is_no_repository),
        fixture_test(test_refuses_what_belongs_to_another),
        fixture_test(test_refuses_a_history_that_forks),
        fixture_test(test_the_configuration_of_the_user_has_no_say),
    };

    return cmocka_run_group_tests_name("repository", tests, NULL, NULL);
}
