/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal/journal.h"

#include "base/file.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include <cmocka.h>

#define MORNING 1795248000 /* 2026-11-21T08:00:00Z */
#define ID      "20261121-080000-admt"
#define PLAN    "[plan]\nname = admt\n"

struct fixture {
    char *home;
    char *path; /* of the journal, in home; nothing is there yet */
    int64_t now;
    struct journal_writer_options alice;
    struct journal_writer_options bob;
};

static int64_t fixture_now(void *user)
{
    const struct fixture *fixture = user;

    return fixture->now;
}

static struct journal_writer_options options_of(struct fixture *fixture, const char *name,
                                                const char *host)
{
    return (struct journal_writer_options){
        .operator_name = name,
        .operator_email = "somebody@source.test",
        .host = host,
        .command = "ajar apply",
        .clock = { .now = fixture_now, .user = fixture },
    };
}

static int make_fixture(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    struct ajar_error err = AJAR_NO_ERROR;

    if (!fixture || !file_make_temporary_folder("ajar-test", &fixture->home, &err))
        return -1;
    fixture->path = text_make("%s/state/journal.git", fixture->home);
    fixture->now = MORNING;
    fixture->alice = options_of(fixture, "alice", "adm1");
    fixture->bob = options_of(fixture, "bob", "adm2");
    *state = fixture;
    return fixture->path ? 0 : -1;
}

static int free_fixture(void **state)
{
    struct fixture *fixture = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    bool good = file_remove_folder(fixture->home, &err);

    free(fixture->home);
    free(fixture->path);
    free(fixture);
    return good ? 0 : -1;
}

/* Records are made from their own text: shorter than by hand, and it is what a reader sees. */
static struct change_record change_of(const char *target, const char *state, const char *during)
{
    OWNED(free)
    char *text = text_make("[change]\nsetting = allow\nkind = registry\ntarget = %s\nplace = host\n"
                           "thing = lsa:allow\naction = create\n[before]\nexists = no\n"
                           "[wanted]\nexists = yes\ndata = 01000000\n[reached]\nknown = no\n"
                           "[result]\nstate = %s\nduring = %s\nat = 2026-11-21T08:00:00Z\n",
                           target, state, during);
    struct change_record change = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    if (!change_record_read("test", text, strlen(text), &change, &err))
        fail_msg("%s", err.text);
    return change;
}

static struct window_record window_of(const char *id, const char *state)
{
    OWNED(free)
    char *text =
        text_make("[window]\nid = %s\nplan = admt\ntitle = ADMT\noperator = alice\n"
                  "host = adm1\nreason = migration\nticket = CHG-1\nversion = 0.1.0\n"
                  "state = %s\nopened = 2026-11-21T08:00:00Z\n"
                  "until = 2026-11-24T08:00:00Z\n%s[parameters]\npes-host = dc1\n",
                  id, state, strcmp(state, "closed") == 0 ? "closed = 2026-11-22T08:00:00Z\n" : "");
    struct window_record window = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    if (!window_record_read("test", text, strlen(text), &window, &err))
        fail_msg("%s", err.text);
    return window;
}

static struct journal *open_writer(const struct fixture *fixture,
                                   const struct journal_writer_options *options)
{
    struct journal *journal = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    if (!journal_open_writer(fixture->path, options, &journal, &err))
        fail_msg("%s", err.text);
    return journal;
}

static struct journal *open_reader(const struct fixture *fixture)
{
    struct journal *journal = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    if (!journal_open(fixture->path, &journal, &err))
        fail_msg("%s", err.text);
    return journal;
}

/* Opens window `id` with one change on each of two hosts. */
static bool open_window(struct journal *journal, const char *id, struct ajar_error *err)
{
    OWNED(window_record_release) struct window_record window = window_of(id, "opening");
    struct change_record changes[] = { change_of("dc1.source.test", "intended", "apply"),
                                       change_of("dc2.source.test", "intended", "apply") };
    struct journal_event event = {
        .kind = JOURNAL_OPENED,
        .window = id,
        .subject = "open: two settings\nthat are odd",
        .ticket = "CHG-1",
    };
    struct journal_news news = { .window = &window, .plan = PLAN, .count = 2, .changes = changes };
    bool good = journal_commit(journal, &event, &news, err);

    change_record_release(&changes[0]);
    change_record_release(&changes[1]);
    return good;
}

static void must_open_window(struct journal *journal)
{
    struct ajar_error err = AJAR_NO_ERROR;

    if (!open_window(journal, ID, &err))
        fail_msg("%s", err.text);
}

/* Records one change of the window on one host. */
static bool move_change(struct journal *journal, const char *target, const char *state,
                        const char *during, struct ajar_error *err)
{
    OWNED(change_record_release) struct change_record change = change_of(target, state, during);
    struct journal_event event = {
        .kind = strcmp(during, "apply") == 0 ? JOURNAL_APPLIED : JOURNAL_RESTORED,
        .window = ID,
        .subject = "allow",
        .host = target,
    };
    struct journal_news news = { .count = 1, .changes = &change };

    return journal_commit(journal, &event, &news, err);
}

static bool move_window(struct journal *journal, const char *state, struct ajar_error *err)
{
    OWNED(window_record_release) struct window_record window = window_of(ID, state);
    struct journal_event event = { .kind = JOURNAL_CLOSING, .window = ID, .subject = state };
    struct journal_news news = { .window = &window };

    return journal_commit(journal, &event, &news, err);
}

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

static void assert_git_finds_it_whole(const struct fixture *fixture)
{
    const char *const fsck[] = { "git", "-C", fixture->path, "fsck", "--strict", "--full", NULL };

    assert_int_equal(run(fsck), 0);
}

static void run_git(const struct fixture *fixture, const char *script)
{
    const char *const shell[] = { "sh", "-ec", script, "sh", fixture->path, NULL };

    assert_int_equal(run(shell), 0);
}

/* Nothing was recorded since `head`. */
static void assert_head(struct journal *journal, const struct repository_id *head, int64_t entries)
{
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(journal_refresh(journal, &err));
    assert_string_equal(journal_head(journal)->hex, head->hex);
    assert_int_equal(journal_entries(journal), entries);
}

static void assert_says(const struct ajar_error *err, enum ajar_status status, const char *part)
{
    assert_int_equal(err->status, status);
    if (!strstr(err->text, part))
        fail_msg("\"%s\" does not say \"%s\"", err->text, part);
}

static void test_makes_a_private_journal_on_first_use(void **state)
{
    struct fixture *fixture = *state;
    OWNED(journal_close) struct journal *journal = open_writer(fixture, &fixture->alice);
    struct stat found;

    assert_int_equal(journal_entries(journal), 0);
    assert_string_equal(journal_head(journal)->hex, "");
    assert_int_equal(stat(fixture->path, &found), 0);
    assert_int_equal(found.st_mode & 0777, 0700);
    must_open_window(journal);
    assert_int_equal(journal_entries(journal), 1);
    assert_git_finds_it_whole(fixture);
}

static void test_is_read_again_as_it_was_written(void **state)
{
    struct fixture *fixture = *state;
    OWNED(journal_close) struct journal *writer = open_writer(fixture, &fixture->alice);
    OWNED(journal_close) struct journal *reader = open_reader(fixture);
    OWNED(journal_window_release) struct journal_window window = { 0 };
    OWNED(journal_windows_release) struct journal_windows windows = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    must_open_window(writer);
    assert_true(move_change(writer, "dc2.source.test", "applied", "apply", &err));
    assert_int_equal(journal_entries(reader), 0);
    assert_true(journal_refresh(reader, &err));
    assert_int_equal(journal_entries(reader), 2);
    assert_true(journal_list(reader, &windows, &err));
    assert_int_equal(windows.count, 1);
    assert_string_equal(windows.list[0].ticket, "CHG-1");
    assert_true(journal_load(reader, ID, &window, &err));
    assert_string_equal(window.plan, PLAN);
    assert_string_equal(window.window.id, ID);
    assert_int_equal(window.count, 2);
    assert_string_equal(window.changes[0].target, "dc1.source.test");
    assert_int_equal(window.changes[0].state, CHANGE_INTENDED);
    assert_int_equal(window.changes[1].state, CHANGE_APPLIED);
}

static void test_carries_on_after_it_was_closed(void **state)
{
    struct fixture *fixture = *state;
    struct journal *journal = open_writer(fixture, &fixture->alice);
    struct ajar_error err = AJAR_NO_ERROR;

    must_open_window(journal);
    journal_close(journal);
    journal = open_writer(fixture, &fixture->bob);
    assert_int_equal(journal_entries(journal), 1);
    assert_true(move_change(journal, "dc1.source.test", "applied", "apply", &err));
    assert_int_equal(journal_entries(journal), 2);
    journal_close(journal);
    assert_git_finds_it_whole(fixture);
}

static void test_names_the_writer_who_has_it(void **state)
{
    struct fixture *fixture = *state;
    OWNED(journal_close) struct journal *first = open_writer(fixture, &fixture->alice);
    OWNED(free)
    char *expected = text_make("journal %s is in use by alice on adm1 since 2026-11-21T08:00:00Z "
                               "(ajar apply, pid %ld)",
                               fixture->path, (long)getpid());
    struct journal *second = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    assert_int_equal(journal_entries(first), 0);
    assert_false(journal_open_writer(fixture->path, &fixture->bob, &second, &err));
    assert_int_equal(err.status, AJAR_ELOCKED);
    assert_string_equal(err.text, expected);
    assert_null(second);
    journal_close(open_reader(fixture));
}

static void test_a_reader_cannot_write(void **state)
{
    struct fixture *fixture = *state;
    OWNED(journal_close) struct journal *reader = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    journal_close(open_writer(fixture, &fixture->alice));
    reader = open_reader(fixture);
    assert_false(open_window(reader, ID, &err));
    assert_says(&err, AJAR_EJOURNAL, "it was opened for reading");
}

static void test_a_reader_needs_a_journal(void **state)
{
    struct fixture *fixture = *state;
    struct journal *journal = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    assert_false(journal_open(fixture->path, &journal, &err));
    assert_int_equal(err.status, AJAR_EMISSING);
    assert_null(journal);
}

static void test_a_baseline_is_never_taken_twice(void **state)
{
    struct fixture *fixture = *state;
    OWNED(journal_close) struct journal *journal = open_writer(fixture, &fixture->alice);
    OWNED(change_record_release)
    struct change_record change = change_of("dc1.source.test", "intended", "apply");
    struct journal_event event = { .kind = JOURNAL_APPLIED, .window = ID, .subject = "again" };
    struct journal_news news = { .count = 1, .changes = &change };
    struct repository_id head;
    struct ajar_error err = AJAR_NO_ERROR;

    must_open_window(journal);
    head = *journal_head(journal);
    change.before.exists = true;
    assert_false(journal_commit(journal, &event, &news, &err));
    assert_says(&err, AJAR_EJOURNAL,
                "the baseline of [registry allow] on dc1.source.test is taken already");
    assert_head(journal, &head, 1);
}

static const struct edge {
    const char *name;
    const char *state;
    const char *during;
    const char *says;
} bad_edges[] = {
    { "unknown without restoring", "unknown", "rollback", "cannot follow \"intended\"" },
};

static void test_states_move_along_their_edges(void **state)
{
    struct fixture *fixture = *state;
    OWNED(journal_close) struct journal *journal = open_writer(fixture, &fixture->alice);
    struct repository_id head;
    struct ajar_error err = AJAR_NO_ERROR;

    must_open_window(journal);
    head = *journal_head(journal);
    for (size_t i = 0; i < LENGTH(bad_edges); i++) {
        struct ajar_error refusal = AJAR_NO_ERROR;

        assert_false(move_change(journal, "dc1.source.test", bad_edges[i].state,
                                 bad_edges[i].during, &refusal));
        assert_says(&refusal, AJAR_EJOURNAL, bad_edges[i].says);
    }
    assert_head(journal, &head, 1);
    assert_true(move_change(journal, "dc1.source.test", "applied", "apply", &err));
    assert_true(move_change(journal, "dc1.source.test", "restoring", "rollback", &err));
    head = *journal_head(journal);
    assert_false(move_change(journal, "dc1.source.test", "applied", "apply", &err));
    assert_says(&err, AJAR_EJOURNAL, "\"applied\" during apply cannot follow \"restoring\"");
    assert_head(journal, &head, 3);
}

static void test_a_window_opens_once_and_whole(void **state)
{
    struct fixture *fixture = *state;
    OWNED(journal_close) struct journal *journal = open_writer(fixture, &fixture->alice);
    OWNED(window_record_release) struct window_record window = window_of(ID, "opening");
    OWNED(change_record_release)
    struct change_record change = change_of("dc1.source.test", "intended", "apply");
    struct change_record twice[2] = { change, change };
    struct journal_event event = { .kind = JOURNAL_OPENED, .window = ID, .subject = "open" };
    const struct journal_news rows[] = {
        { .plan = PLAN, .count = 1, .changes = &change },
        { .window = &window, .count = 1, .changes = &change },
        { .window = &window, .plan = PLAN },
        { .window = &window, .plan = PLAN, .count = 2, .changes = twice },
        { .window = &window, .plan = "no INI\n", .count = 1, .changes = &change },
    };
    struct ajar_error err = AJAR_NO_ERROR;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct ajar_error refusal = AJAR_NO_ERROR;

        assert_false(journal_commit(journal, &event, &rows[i], &refusal));
        assert_int_equal(refusal.status, AJAR_EJOURNAL);
        assert_int_equal(journal_entries(journal), 0);
    }
    assert_false(move_change(journal, "dc1.source.test", "applied", "apply", &err));
    assert_says(&err, AJAR_EMISSING, "there is no window " ID);
    must_open_window(journal);
    err = AJAR_NO_ERROR;
    assert_false(open_window(journal, ID, &err));
    assert_says(&err, AJAR_EJOURNAL, "is opened already");
}

static char word_name[] = "key-made";
static char word_when[] = "before";
static char word_alice[] = "alice";
static char word_bob[] = "bob";
static char word_check[] = "trust";
static char word_target[] = "target.test";
static char word_fail[] = "fail";
static char word_pass[] = "pass";
static char word_reason[] = "no trust";

static bool commit_notes(struct journal *journal, const struct requirement_record *requirement,
                         const struct manual_record *manual, struct ajar_error *err)
{
    const struct journal_event event = { .kind = JOURNAL_NOTICED,
                                         .window = ID,
                                         .subject = "notes" };
    const struct journal_news news = {
        .requirement_count = requirement ? 1 : 0,
        .requirements = requirement,
        .manual_count = manual ? 1 : 0,
        .manuals = manual,
    };

    return journal_commit(journal, &event, &news, err);
}

/* A later look at a requirement replaces an earlier one; what a person confirmed stays. */
static void test_notes_are_read_again_and_confirmations_stay(void **state)
{
    struct fixture *fixture = *state;
    OWNED(journal_close) struct journal *journal = open_writer(fixture, &fixture->alice);
    struct requirement_record requirement = { .name = word_name,
                                              .target = word_target,
                                              .check = word_check,
                                              .result = word_fail,
                                              .reason = word_reason,
                                              .despite = word_alice,
                                              .at = MORNING };
    struct manual_record manual = { .name = word_name, .when = word_when };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(open_window(journal, ID, &err));
    assert_true(commit_notes(journal, &requirement, &manual, &err));
    requirement.result = word_pass;
    assert_false(commit_notes(journal, &requirement, NULL, &err)); /* despite what? */
    err = AJAR_NO_ERROR;
    requirement.despite = NULL;
    manual.by = word_alice;
    assert_false(commit_notes(journal, NULL, &manual, &err)); /* when? */
    err = AJAR_NO_ERROR;
    manual.at = MORNING;
    assert_true(commit_notes(journal, &requirement, &manual, &err));
    manual.by = word_bob;
    assert_false(commit_notes(journal, NULL, &manual, &err));
    assert_non_null(strstr(err.text, "what was confirmed stays confirmed"));
    err = AJAR_NO_ERROR;
    manual.by = NULL;
    manual.at = 0;
    assert_false(commit_notes(journal, NULL, &manual, &err));
    err = AJAR_NO_ERROR;
    {
        OWNED(journal_window_release) struct journal_window window = { 0 };

        assert_true(journal_load(journal, ID, &window, &err));
        assert_int_equal(window.requirement_count, 1);
        assert_string_equal(window.requirements[0].result, "pass");
        assert_null(window.requirements[0].despite);
        assert_int_equal(window.manual_count, 1);
        assert_string_equal(window.manuals[0].by, "alice");
        assert_int_equal(window.manuals[0].at, MORNING);
    }
}

static void test_no_change_joins_later(void **state)
{
    struct fixture *fixture = *state;
    OWNED(journal_close) struct journal *journal = open_writer(fixture, &fixture->alice);
    struct repository_id head;
    struct ajar_error err = AJAR_NO_ERROR;

    must_open_window(journal);
    head = *journal_head(journal);
    assert_false(move_change(journal, "dc3.source.test", "intended", "apply", &err));
    assert_says(&err, AJAR_EJOURNAL, "was not part of window " ID " when it opened");
    assert_head(journal, &head, 1);
}

static void test_a_window_closes_when_nothing_is_left(void **state)
{
    struct fixture *fixture = *state;
    OWNED(journal_close) struct journal *journal = open_writer(fixture, &fixture->alice);
    struct ajar_error err = AJAR_NO_ERROR;

    must_open_window(journal);
    assert_true(move_window(journal, "closing", &err));
    assert_true(move_change(journal, "dc1.source.test", "restored", "rollback", &err));
    assert_false(move_window(journal, "closed", &err));
    assert_says(&err, AJAR_EJOURNAL,
                "cannot be closed: [registry allow] on dc2.source.test is \"intended\"");
    err = AJAR_NO_ERROR;
    assert_true(move_change(journal, "dc2.source.test", "restored", "rollback", &err));
    assert_true(move_window(journal, "closed", &err));
    assert_false(move_window(journal, "opening", &err));
    assert_says(&err, AJAR_EJOURNAL, "\"opening\" cannot follow \"closed\"");
}

static void test_refuses_names_that_are_no_file_names(void **state)
{
    static const char *const names[] = { "", "..", "a/b", "A", "../../x", "windows/x" };
    struct fixture *fixture = *state;
    OWNED(journal_close) struct journal *journal = open_writer(fixture, &fixture->alice);

    for (size_t i = 0; i < LENGTH(names); i++) {
        struct journal_event event = { .kind = JOURNAL_NOTICED, .window = names[i] };
        struct journal_news news = { 0 };
        struct ajar_error err = AJAR_NO_ERROR;
        char *id = NULL;

        assert_false(journal_commit(journal, &event, &news, &err));
        assert_int_equal(err.status, AJAR_EJOURNAL);
        err = AJAR_NO_ERROR;
        assert_false(journal_make_id(journal, names[i], MORNING, &id, &err));
        assert_null(id);
    }
}

static void test_ids_sort_and_are_not_taken(void **state)
{
    struct fixture *fixture = *state;
    OWNED(journal_close) struct journal *journal = open_writer(fixture, &fixture->alice);
    OWNED(journal_windows_release) struct journal_windows windows = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    for (int i = 0; i < 3; i++) {
        OWNED(free) char *id = NULL;

        assert_true(journal_make_id(journal, "admt", MORNING, &id, &err));
        assert_true(open_window(journal, id, &err));
    }
    assert_true(journal_list(journal, &windows, &err));
    assert_int_equal(windows.count, 3);
    assert_string_equal(windows.list[0].id, ID);
    assert_string_equal(windows.list[1].id, ID "-2");
    assert_string_equal(windows.list[2].id, ID "-3");
}

struct seen {
    size_t count;
    bool good;
};

static bool look(void *user, const struct journal_entry *entry, struct ajar_error *err)
{
    struct seen *seen = user;
    bool first = entry->sequence == 1;

    (void)err;
    assert_int_equal(entry->sequence, 2 - (int64_t)seen->count);
    assert_string_equal(entry->window, ID);
    assert_string_equal(entry->event, first ? "opened" : "applied");
    assert_string_equal(entry->operator_name, "alice");
    assert_string_equal(entry->subject, first ? "open: two settings that are odd" : "allow");
    assert_string_equal(entry->commit->author.name, "alice");
    assert_string_equal(entry->commit->committer.name, "ajar");
    assert_string_equal(entry->commit->committer.email, "ajar@adm1");
    assert_int_equal(entry->commit->committer.when, MORNING);
    if (first) {
        assert_null(entry->host);
        assert_string_equal(entry->ticket, "CHG-1");
    } else {
        assert_string_equal(entry->host, "dc1.source.test");
        assert_null(entry->ticket);
    }
    seen->count++;
    return true;
}

static void test_the_log_tells_newest_first(void **state)
{
    struct fixture *fixture = *state;
    OWNED(journal_close) struct journal *journal = open_writer(fixture, &fixture->alice);
    struct seen seen = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    must_open_window(journal);
    assert_true(move_change(journal, "dc1.source.test", "applied", "apply", &err));
    assert_true(journal_log(journal, look, &seen, &err));
    assert_int_equal(seen.count, 2);
}

static void test_refuses_a_head_that_moved_underneath(void **state)
{
    struct fixture *fixture = *state;
    OWNED(journal_close) struct journal *journal = open_writer(fixture, &fixture->alice);
    struct ajar_error err = AJAR_NO_ERROR;

    must_open_window(journal);
    run_git(fixture,
            "cd \"$1\"; git update-ref refs/heads/main $(git -c user.name=x -c user.email=x "
            "commit-tree -m x -p main 'main^{tree}')");
    assert_false(move_change(journal, "dc1.source.test", "applied", "apply", &err));
    assert_says(&err, AJAR_EJOURNAL, "refs/heads/main was moved by somebody else");
}

static void test_refuses_a_head_that_is_not_its_own(void **state)
{
    struct fixture *fixture = *state;
    struct journal *journal = open_writer(fixture, &fixture->alice);
    struct ajar_error err = AJAR_NO_ERROR;

    must_open_window(journal);
    journal_close(journal);
    run_git(fixture,
            "cd \"$1\"; git update-ref refs/heads/main $(git -c user.name=x -c user.email=x "
            "commit-tree -m x -p main 'main^{tree}')");
    journal = NULL;
    assert_false(journal_open_writer(fixture->path, &fixture->alice, &journal, &err));
    assert_says(&err, AJAR_EJOURNAL, "is not ajar's: no Sequence");
    assert_null(journal);
    journal_close(open_reader(fixture));
}

static void test_a_lock_that_a_crash_left_is_removed(void **state)
{
    struct fixture *fixture = *state;
    OWNED(journal_close) struct journal *journal = open_writer(fixture, &fixture->alice);
    OWNED(free) char *lock = text_make("%s/refs/heads/main.lock", fixture->path);
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(file_write(lock, "", 0, 0600, &err));
    must_open_window(journal);
    assert_int_equal(journal_entries(journal), 1);
    assert_int_equal(access(lock, F_OK), -1);
}

/* The child holds the lock of the writers, has written its objects, and waits for the branch. */
static void test_a_killed_writer_leaves_the_event_undone(void **state)
{
    struct fixture *fixture = *state;
    OWNED(free) char *lock = text_make("%s/refs/heads/main.lock", fixture->path);
    OWNED(journal_close) struct journal *journal = NULL;
    struct timespec pause = { .tv_nsec = 300 * 1000 * 1000 };
    struct ajar_error err = AJAR_NO_ERROR;
    pid_t child;

    journal_close(open_writer(fixture, &fixture->alice));
    assert_true(file_write(lock, "", 0, 0600, &err));
    child = fork();
    if (child == 0) {
        must_open_window(open_writer(fixture, &fixture->alice));
        _exit(0);
    }
    (void)nanosleep(&pause, NULL);
    assert_false(journal_open_writer(fixture->path, &fixture->bob, &journal, &err));
    assert_says(&err, AJAR_ELOCKED, "is in use by alice on adm1");
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    journal = open_writer(fixture, &fixture->bob);
    assert_int_equal(journal_entries(journal), 0);
    must_open_window(journal);
    assert_git_finds_it_whole(fixture);
}

static void test_completes_a_journal_that_a_crash_left_half_made(void **state)
{
    struct fixture *fixture = *state;
    OWNED(journal_close) struct journal *journal = NULL;
    OWNED(free) char *head = text_make("%s/HEAD", fixture->path);

    journal_close(open_writer(fixture, &fixture->alice));
    assert_int_equal(unlink(head), 0);
    journal = open_writer(fixture, &fixture->alice);
    must_open_window(journal);
    assert_git_finds_it_whole(fixture);
}

static void test_takes_no_folder_with_other_things_in_it(void **state)
{
    struct fixture *fixture = *state;
    OWNED(free) char *file = text_make("%s/letter.txt", fixture->path);
    struct journal *journal = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(file_make_folder(fixture->path, &err));
    assert_true(file_write(file, "x", 1, 0600, &err));
    assert_false(journal_open_writer(fixture->path, &fixture->alice, &journal, &err));
    assert_says(&err, AJAR_EJOURNAL, "is a folder with other things in it");
    assert_null(journal);
}

static void test_takes_no_other_repository(void **state)
{
    struct fixture *fixture = *state;
    struct journal *journal = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    run_git(fixture,
            "git init -q --bare -b main \"$1\"; cd \"$1\"; git update-ref refs/heads/main "
            "$(git -c user.name=x -c user.email=x commit-tree -m x $(git mktree </dev/null))");
    assert_false(journal_open_writer(fixture->path, &fixture->alice, &journal, &err));
    assert_says(&err, AJAR_EJOURNAL, "is a git repository, but no journal of ajar");
    assert_null(journal);
    err = AJAR_NO_ERROR;
    run_git(fixture, "cd \"$1\"; git branch -q -m main other");
    assert_false(journal_open(fixture->path, &journal, &err));
    assert_says(&err, AJAR_EJOURNAL, "is a git repository without a branch \"main\"");
}

static void test_takes_an_empty_repository_that_git_made(void **state)
{
    struct fixture *fixture = *state;
    OWNED(journal_close) struct journal *journal = NULL;

    run_git(fixture, "git init -q --bare -b trunk \"$1\"");
    journal = open_writer(fixture, &fixture->alice);
    must_open_window(journal);
    run_git(fixture, "cd \"$1\"; test $(git rev-list --count HEAD) = 1");
}

static void test_refuses_a_format_of_the_future(void **state)
{
    struct fixture *fixture = *state;
    struct journal *journal = open_writer(fixture, &fixture->alice);
    struct ajar_error err = AJAR_NO_ERROR;

    must_open_window(journal);
    journal_close(journal);
    journal = NULL;
    run_git(fixture, "cd \"$1\"; export GIT_INDEX_FILE=$1/index.test; git read-tree main; "
                     "git update-index --cacheinfo "
                     "100644,$(echo ajar-journal 2 | git hash-object -w --stdin),FORMAT; "
                     "git update-ref refs/heads/main $(git -c user.name=x -c user.email=x "
                     "commit-tree -m x -p main $(git write-tree))");
    assert_false(journal_open(fixture->path, &journal, &err));
    assert_says(&err, AJAR_EJOURNAL,
                "its format is \"ajar-journal 2\", and this ajar knows \"ajar-journal 1\"");
    err = AJAR_NO_ERROR;
    assert_false(journal_open_writer(fixture->path, &fixture->alice, &journal, &err));
    assert_says(&err, AJAR_EJOURNAL, "ajar-journal 2");
    assert_null(journal);
}

static void test_refuses_a_record_in_another_place(void **state)
{
    struct fixture *fixture = *state;
    OWNED(journal_close) struct journal *journal = open_writer(fixture, &fixture->alice);
    struct journal_window window = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    must_open_window(journal);
    run_git(fixture, "cd \"$1\"; export GIT_INDEX_FILE=$1/index.test; git read-tree main; "
                     "p=windows/" ID "/changes; b=$(git rev-parse main:$p/dc1.source.test/"
                     "registry-allow.ini); git update-index --add --cacheinfo "
                     "100644,$b,$p/dc9.source.test/registry-allow.ini; "
                     "git update-ref refs/heads/main $(git -c user.name=x -c user.email=x "
                     "commit-tree -m x -p main $(git write-tree))");
    assert_true(journal_refresh(journal, &err));
    assert_false(journal_load(journal, ID, &window, &err));
    assert_says(&err, AJAR_EJOURNAL, "it is the record of windows/" ID "/changes/dc1.source.test");
    assert_null(window.plan);
}

static void test_refuses_a_folder_of_another_user(void **state)
{
    struct fixture *fixture = *state;
    struct journal *journal = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    if (geteuid() != 0)
        skip();
    assert_true(file_make_folder(fixture->path, &err));
    assert_int_equal(chown(fixture->path, 54321, 54321), 0);
    assert_false(journal_open_writer(fixture->path, &fixture->alice, &journal, &err));
    assert_says(&err, AJAR_EJOURNAL, "belongs to an unknown user (uid 54321)");
    assert_non_null(err.hint);
    assert_null(journal);
}

static void test_refuses_a_folder_that_cannot_be_written(void **state)
{
    struct fixture *fixture = *state;
    struct journal *journal = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    if (geteuid() == 0)
        skip();
    journal_close(open_writer(fixture, &fixture->alice));
    assert_int_equal(chmod(fixture->path, 0500), 0);
    assert_false(journal_open_writer(fixture->path, &fixture->alice, &journal, &err));
    assert_int_equal(chmod(fixture->path, 0700), 0);
    assert_says(&err, AJAR_EJOURNAL, "cannot be written");
    assert_null(journal);
}

/* A file system of its own for the journal, or the test is skipped. */
static void mount_small(const struct fixture *fixture)
{
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(file_make_folder(fixture->path, &err));
    if (mount("ajar-test", fixture->path, "tmpfs", 0, "size=2m,mode=0700") != 0)
        skip();
}

static void fill_up(const struct fixture *fixture, const char *name)
{
    OWNED(free) char *path = text_make("%s/%s", fixture->path, name);
    OWNED(close) int descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    char block[4096] = { 0 };

    assert_true(descriptor >= 0);
    while (write(descriptor, block, sizeof(block)) > 0)
        ;
    assert_int_equal(errno, ENOSPC);
}

static void test_a_full_disk_is_found_before_anything_is_promised(void **state)
{
    struct fixture *fixture = *state;
    struct journal *journal = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    mount_small(fixture);
    journal = open_writer(fixture, &fixture->alice);
    must_open_window(journal);
    journal_close(journal);
    journal = NULL;
    fill_up(fixture, "filler");
    assert_false(journal_open_writer(fixture->path, &fixture->alice, &journal, &err));
    assert_int_equal(umount(fixture->path), 0);
    assert_says(&err, AJAR_EJOURNAL, "No space left on device");
    assert_string_equal(err.hint, "make room on its file system; nothing was changed");
    assert_null(journal);
}

static void test_a_disk_that_fills_up_later_leaves_the_head(void **state)
{
    struct fixture *fixture = *state;
    OWNED(free) char *filler = NULL;
    struct journal *journal = NULL;
    struct repository_id head;
    struct ajar_error err = AJAR_NO_ERROR;

    mount_small(fixture);
    filler = text_make("%s/filler", fixture->path);
    journal = open_writer(fixture, &fixture->alice);
    must_open_window(journal);
    head = *journal_head(journal);
    fill_up(fixture, "filler");
    assert_false(move_change(journal, "dc1.source.test", "applied", "apply", &err));
    assert_says(&err, AJAR_EJOURNAL, "could not write");
    assert_head(journal, &head, 1);
    assert_int_equal(unlink(filler), 0);
    err = AJAR_NO_ERROR;
    assert_true(move_change(journal, "dc1.source.test", "applied", "apply", &err));
    assert_git_finds_it_whole(fixture);
    journal_close(journal);
    assert_int_equal(umount(fixture->path), 0);
}

static void test_a_read_only_disk_is_found_before_anything_is_promised(void **state)
{
    struct fixture *fixture = *state;
    struct journal *journal = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    mount_small(fixture);
    journal = open_writer(fixture, &fixture->alice);
    must_open_window(journal);
    journal_close(journal);
    journal = NULL;
    assert_int_equal(mount("ajar-test", fixture->path, "tmpfs", MS_REMOUNT | MS_RDONLY, NULL), 0);
    assert_false(journal_open_writer(fixture->path, &fixture->alice, &journal, &err));
    journal_close(open_reader(fixture));
    assert_int_equal(umount(fixture->path), 0);
    assert_says(&err, AJAR_EJOURNAL, "Read-only file system");
    assert_string_equal(err.hint, "its file system is mounted read-only; nothing was changed");
    assert_null(journal);
}

#define fixture_test(test) cmocka_unit_test_setup_teardown(test, make_fixture, free_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(test_makes_a_private_journal_on_first_use),
        fixture_test(test_is_read_again_as_it_was_written),
        fixture_test(test_carries_on_after_it_was_closed),
        fixture_test(test_names_the_writer_who_has_it),
        fixture_test(test_a_reader_cannot_write),
        fixture_test(test_a_reader_needs_a_journal),
        fixture_test(test_a_baseline_is_never_taken_twice),
        fixture_test(test_states_move_along_their_edges),
        fixture_test(test_a_window_opens_once_and_whole),
        fixture_test(test_notes_are_read_again_and_confirmations_stay),
        fixture_test(test_no_change_joins_later),
        fixture_test(test_a_window_closes_when_nothing_is_left),
        fixture_test(test_refuses_names_that_are_no_file_names),
        fixture_test(test_ids_sort_and_are_not_taken),
        fixture_test(test_the_log_tells_newest_first),
        fixture_test(test_refuses_a_head_that_moved_underneath),
        fixture_test(test_refuses_a_head_that_is_not_its_own),
        fixture_test(test_a_lock_that_a_crash_left_is_removed),
        fixture_test(test_a_killed_writer_leaves_the_event_undone),
        fixture_test(test_completes_a_journal_that_a_crash_left_half_made),
        fixture_test(test_takes_no_folder_with_other_things_in_it),
        fixture_test(test_takes_no_other_repository),
        fixture_test(test_takes_an_empty_repository_that_git_made),
        fixture_test(test_refuses_a_format_of_the_future),
        fixture_test(test_refuses_a_record_in_another_place),
        fixture_test(test_refuses_a_folder_of_another_user),
        fixture_test(test_refuses_a_folder_that_cannot_be_written),
        fixture_test(test_a_full_disk_is_found_before_anything_is_promised),
        fixture_test(test_a_disk_that_fills_up_later_leaves_the_head),
        fixture_test(test_a_read_only_disk_is_found_before_anything_is_promised),
    };

    return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
