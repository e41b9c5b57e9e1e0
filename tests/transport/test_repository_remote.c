/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two repositories of ajar and one that they share, spoken to by git itself.
 */
#include "transport/repository_remote.h"

#include "base/file.h"
#include "base/text.h"
#include "fake/shell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

struct fixture {
    char *home;
    char *url;
    struct repository *here;
    struct repository *there; /* of another host */
};

static struct repository *make_repository(const struct fixture *fixture, const char *name)
{
    OWNED(free) char *path = text_make("%s/%s", fixture->home, name);
    struct repository *repository = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(file_make_folder(path, &err));
    assert_true(repository_create(path, &repository, &err));
    return repository;
}

static int make_fixture(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    struct ajar_error err = AJAR_NO_ERROR;

    if (!fixture || !file_make_temporary_folder("ajar-test", &fixture->home, &err))
        return -1;
    (void)setenv("HOME", fixture->home, 1);
    (void)unsetenv("XDG_CONFIG_HOME");
    (void)unsetenv("GIT_SSH_COMMAND");
    fixture->url = text_make("file://%s/shared.git", fixture->home);
    fixture->here = make_repository(fixture, "here.git");
    fixture->there = make_repository(fixture, "there.git");
    shell_run(fixture->home, "git init --quiet --bare --initial-branch=main shared.git");
    *state = fixture;
    return 0;
}

static int free_fixture(void **state)
{
    struct fixture *fixture = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    bool good = file_remove_folder(fixture->home, &err);

    repository_close(fixture->here);
    repository_close(fixture->there);
    free(fixture->home);
    free(fixture->url);
    free(fixture);
    return good ? 0 : -1;
}

static struct repository_remote remote_of(const struct fixture *fixture)
{
    return (struct repository_remote){ .url = fixture->url, .patience_ms = 20000 };
}

/* A commit with one file, on no branch. */
static struct repository_id make(struct repository *repository, struct repository_id parent,
                                 const char *content)
{
    struct repository_edit edit = { "windows/w1/file", content, strlen(content) };
    struct repository_commit commit = {
        .parent = parent,
        .message = "put\n",
        .author = { "alice", "alice@adm1", 1795248000 },
        .committer = { "ajar", "ajar@adm1", 1795248001 },
        .count = 1,
        .edits = &edit,
    };
    struct repository_id id = { "" };
    struct ajar_error err = AJAR_NO_ERROR;

    if (!repository_make(repository, &commit, &id, &err))
        fail_msg("%s", err.text);
    return id;
}

static const struct repository_id none = { "" };

static bool push(const struct fixture *fixture, struct repository *repository,
                 struct repository_id expected, struct repository_id fresh, struct ajar_error *err)
{
    const struct repository_remote remote = remote_of(fixture);
    const struct repository_parcel parcel = { .expected = expected, .fresh = fresh };

    return repository_push(repository, &remote, &parcel, err);
}

static void must_push(const struct fixture *fixture, struct repository *repository,
                      struct repository_id expected, struct repository_id fresh)
{
    struct ajar_error err = AJAR_NO_ERROR;

    if (!push(fixture, repository, expected, fresh, &err))
        fail_msg("%s", err.text);
}

static struct repository_id must_fetch(const struct fixture *fixture, struct repository *repository)
{
    const struct repository_remote remote = remote_of(fixture);
    struct repository_id head = { "?" };
    struct ajar_error err = AJAR_NO_ERROR;

    if (!repository_fetch(repository, &remote, &head, &err))
        fail_msg("%s", err.text);
    return head;
}

static void assert_says(const struct ajar_error *err, enum ajar_status status, const char *part)
{
    if (err->status != status || !strstr(err->text, part))
        fail_msg("%d, \"%s\" does not say \"%s\"", (int)err->status, err->text, part);
    assert_string_not_equal(err->hint, "");
}

static void test_an_empty_remote_takes_the_first_commit(void **state)
{
    const struct fixture *fixture = *state;
    struct repository_id first = make(fixture->here, none, "one");
    struct repository_id found = { "" };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_string_equal(must_fetch(fixture, fixture->here).hex, "");
    must_push(fixture, fixture->here, none, first);
    assert_true(repository_find(fixture->here, REPOSITORY_REMOTE, &found, &err));
    assert_string_equal(found.hex, first.hex);
    assert_string_equal(must_fetch(fixture, fixture->there).hex, first.hex);
}

static void test_what_was_fetched_can_be_read(void **state)
{
    const struct fixture *fixture = *state;
    struct repository_id first = make(fixture->here, none, "one");
    OWNED(free) char *content = NULL;
    size_t size = 0;
    struct ajar_error err = AJAR_NO_ERROR;

    must_push(fixture, fixture->here, none, first);
    (void)must_fetch(fixture, fixture->there);
    assert_true(repository_read(fixture->there, &first, "windows/w1/file", &content, &size, &err));
    assert_string_equal(content, "one");
    assert_true(repository_head(fixture->there, &first, &err)); /* it is no foreign repository */
    assert_string_equal(first.hex, "");
}

static void test_only_the_first_of_two_pushes_lands(void **state)
{
    const struct fixture *fixture = *state;
    struct repository_id root = make(fixture->here, none, "one");
    struct repository_id mine;
    struct repository_id theirs;
    struct ajar_error err = AJAR_NO_ERROR;

    must_push(fixture, fixture->here, none, root);
    (void)must_fetch(fixture, fixture->there);
    theirs = make(fixture->there, root, "theirs");
    mine = make(fixture->here, root, "mine");
    must_push(fixture, fixture->there, root, theirs);
    assert_false(push(fixture, fixture->here, root, mine, &err));
    assert_says(&err, AJAR_ECONFLICT, "stale info");
    assert_string_equal(must_fetch(fixture, fixture->here).hex, theirs.hex);
}

static void test_two_first_pushes_are_one_too_many(void **state)
{
    const struct fixture *fixture = *state;
    struct repository_id mine = make(fixture->here, none, "mine");
    struct repository_id theirs = make(fixture->there, none, "theirs");
    struct ajar_error err = AJAR_NO_ERROR;

    must_push(fixture, fixture->there, none, theirs);
    assert_false(push(fixture, fixture->here, none, mine, &err));
    assert_says(&err, AJAR_ECONFLICT, "stale info");
}

static void test_never_pushes_what_does_not_follow(void **state)
{
    const struct fixture *fixture = *state;
    struct repository_id root = make(fixture->here, none, "one");
    struct repository_id other = make(fixture->here, none, "other");
    struct ajar_error err = AJAR_NO_ERROR;

    must_push(fixture, fixture->here, none, root);
    assert_false(push(fixture, fixture->here, root, other, &err));
    assert_int_equal(err.status, AJAR_EJOURNAL);
    assert_non_null(strstr(err.text, "does not follow"));
    assert_string_equal(must_fetch(fixture, fixture->here).hex, root.hex);
}

static void test_keeps_a_commit_by_name_with_main_or_not_at_all(void **state)
{
    const struct fixture *fixture = *state;
    const struct repository_remote remote = remote_of(fixture);
    struct repository_id root = make(fixture->here, none, "one");
    struct repository_parcel parcel = {
        .expected = none,
        .fresh = root,
        .kept = make(fixture->here, root, "kept"),
        .kept_name = "refs/heads/offline/adm1/x",
    };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(repository_push(fixture->here, &remote, &parcel, &err));
    shell_run(fixture->home,
              "git -C shared.git rev-parse --verify --quiet refs/heads/offline/adm1/x >out");
    parcel.kept_name = "refs/heads/offline/adm1/y";
    parcel.fresh = make(fixture->here, root, "two");
    assert_false(repository_push(fixture->here, &remote, &parcel, &err)); /* main is there */
    assert_int_equal(err.status, AJAR_ECONFLICT);
    shell_run(fixture->home,
              "! git -C shared.git rev-parse --verify --quiet refs/heads/offline/adm1/y >out");
}

static void test_hooks_here_are_not_run_and_the_shell_has_no_say(void **state)
{
    const struct fixture *fixture = *state;

    shell_run(fixture->home,
              "mkdir -p here.git/hooks; printf '#!/bin/sh\\nexit 1\\n' >here.git/hooks/pre-push;"
              "chmod +x here.git/hooks/pre-push; git config --global push.followTags true;"
              "git config --global push.gpgSign true; git config --global core.hooksPath /");
    (void)setenv("GIT_DIR", "/nowhere", 1);
    (void)setenv("GIT_OBJECT_DIRECTORY", "/nowhere", 1);
    must_push(fixture, fixture->here, none, make(fixture->here, none, "one"));
    (void)unsetenv("GIT_DIR");
    (void)unsetenv("GIT_OBJECT_DIRECTORY");
}

static void test_a_lock_that_a_killed_git_left_is_removed(void **state)
{
    const struct fixture *fixture = *state;
    const struct repository_remote remote = remote_of(fixture);
    struct repository_id first = make(fixture->there, none, "one");
    struct repository_id head = { "untouched" };
    struct ajar_error err = AJAR_NO_ERROR;

    must_push(fixture, fixture->there, none, first);
    shell_run(fixture->home, "mkdir -p here.git/refs/ajar; : >here.git/refs/ajar/remote.lock");
    assert_false(repository_fetch(fixture->here, &remote, &head, &err));
    assert_int_equal(err.status, AJAR_EJOURNAL);
    assert_string_equal(head.hex, "untouched");
    shell_run(fixture->home, "touch -d '2 minutes ago' here.git/refs/ajar/remote.lock");
    assert_string_equal(must_fetch(fixture, fixture->here).hex, first.hex);
}

/* What goes wrong on the way, and what is told of it. */
static const struct trouble_case {
    const char *name;
    const char *prepare; /* a script in the fixture's folder */
    const char *url;     /* NULL: the one that is shared */
    const char *ssh;     /* what git takes for ssh */
    const char *path;    /* where programs are */
    enum ajar_status status;
    const char *says;
} troubles[] = {
    { .name = "no such path",
      .url = "file:///nowhere/shared.git",
      .status = AJAR_EUNREACHABLE,
      .says = "does not appear to be a git repository" },
    { .name = "somebody's own repository",
      .prepare = "git init --quiet --initial-branch=trunk own; cd own; git config user.name x;"
                 "git config user.email x@y; git commit --quiet --allow-empty -m x;"
                 "git push --quiet ../shared.git trunk 2>/dev/null",
      .status = AJAR_EJOURNAL,
      .says = "without a branch \"main\"" },
    { .name = "no such name",
      .url = "git://does-not-exist.invalid/x.git",
      .status = AJAR_EUNREACHABLE,
      .says = "unable to look up does-not-exist.invalid" },
    { .name = "nobody listens",
      .url = "git://127.0.0.1:1/x.git",
      .status = AJAR_EUNREACHABLE,
      .says = "Connection refused" },
    { .name = "a login that is refused",
      .url = "ssh://somewhere/x.git",
      .ssh = "sh -c 'echo \"bob@somewhere: Permission denied (publickey).\" >&2; exit 255'",
      .status = AJAR_ELOGIN,
      .says = "Permission denied (publickey)" },
    { .name = "a host key that nobody knows",
      .url = "ssh://somewhere/x.git",
      .ssh = "sh -c 'echo \"Host key verification failed.\" >&2; exit 255'",
      .status = AJAR_EINSECURE,
      .says = "Host key verification failed" },
    { .name = "an answer that does not come",
      .url = "ssh://somewhere/x.git",
      .ssh = "sleep 100;:",
      .status = AJAR_ETIMEOUT,
      .says = "did not end within 2 s" },
    { .name = "no git", .path = "/nowhere", .status = AJAR_EMISSING, .says = "could not run git" },
};

static void test_trouble(void **state)
{
    const struct trouble_case *row = *state;
    struct fixture *fixture = NULL;
    OWNED(free) char *path = text_copy(getenv("PATH"));
    struct repository_remote remote;
    struct repository_id head = { "untouched" };
    struct ajar_error err = AJAR_NO_ERROR;
    void *slot = NULL;

    assert_int_equal(make_fixture(&slot), 0);
    fixture = slot;
    if (row->prepare)
        shell_run(fixture->home, row->prepare);
    if (row->ssh)
        (void)setenv("GIT_SSH_COMMAND", row->ssh, 1);
    if (row->path)
        (void)setenv("PATH", row->path, 1);
    remote = (struct repository_remote){ .url = row->url ? row->url : fixture->url,
                                         .patience_ms = 2000 };
    assert_false(repository_fetch(fixture->here, &remote, &head, &err));
    (void)setenv("PATH", path, 1);
    (void)unsetenv("GIT_SSH_COMMAND");
    assert_says(&err, row->status, row->says);
    assert_string_equal(head.hex, "untouched");
    assert_int_equal(free_fixture(&slot), 0);
}

static void test_a_remote_that_says_no_is_told(void **state)
{
    const struct fixture *fixture = *state;
    struct ajar_error err = AJAR_NO_ERROR;

    shell_run(fixture->home,
              "printf '#!/bin/sh\\necho not on a Friday >&2; exit 1\\n' "
              ">shared.git/hooks/pre-receive; chmod +x shared.git/hooks/pre-receive");
    assert_false(push(fixture, fixture->here, none, make(fixture->here, none, "one"), &err));
    assert_says(&err, AJAR_EDENIED, "pre-receive hook declined");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_fixture, free_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_an_empty_remote_takes_the_first_commit),
        TEST(test_what_was_fetched_can_be_read),
        TEST(test_only_the_first_of_two_pushes_lands),
        TEST(test_two_first_pushes_are_one_too_many),
        TEST(test_never_pushes_what_does_not_follow),
        TEST(test_keeps_a_commit_by_name_with_main_or_not_at_all),
        TEST(test_hooks_here_are_not_run_and_the_shell_has_no_say),
        TEST(test_a_remote_that_says_no_is_told),
        TEST(test_a_lock_that_a_killed_git_left_is_removed),
    };
    struct CMUnitTest rows[LENGTH(troubles)];
    int failed;

    for (size_t i = 0; i < LENGTH(troubles); i++)
        rows[i] = (struct CMUnitTest){ .name = troubles[i].name,
                                       .test_func = test_trouble,
                                       .initial_state = (void *)(uintptr_t)&troubles[i] };
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    return failed + cmocka_run_group_tests(rows, NULL, NULL);
}
