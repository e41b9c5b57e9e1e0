/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Several hosts, each with its own journal, and the repository that they share.
 */
#include "journal/journal.h"

#include "base/file.h"
#include "base/text.h"
#include "fake/shell.h"
#include "transport/repository_remote.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#define MORNING 1795248000 /* 2026-11-21T08:00:00Z */
#define W1      "20261121-080000-admt"
#define W2      "20261121-080000-other"
#define PLAN    "[plan]\nname = admt\n"
#define DC1     "dc1.source.test"
#define DC2     "dc2.source.test"

/* The process is killed at this step of a reconciliation: before it when negative; 0 is never. */
static int kill_at;
static int steps;

static void strike(int sign)
{
    if (kill_at == sign * steps && kill_at != 0)
        (void)raise(SIGKILL);
}

bool __real_repository_move(struct repository *, enum repository_branch,
                            const struct repository_id *, const struct repository_id *,
                            struct ajar_error *);
bool __wrap_repository_move(struct repository *, enum repository_branch,
                            const struct repository_id *, const struct repository_id *,
                            struct ajar_error *);
bool __real_repository_push(struct repository *, const struct repository_remote *,
                            const struct repository_parcel *, struct ajar_error *);
bool __wrap_repository_push(struct repository *, const struct repository_remote *,
                            const struct repository_parcel *, struct ajar_error *);

bool __wrap_repository_move(struct repository *repository, enum repository_branch branch,
                            const struct repository_id *from, const struct repository_id *to,
                            struct ajar_error *err)
{
    bool good;

    steps++;
    strike(-1);
    good = __real_repository_move(repository, branch, from, to, err);
    strike(1);
    return good;
}

bool __wrap_repository_push(struct repository *repository, const struct repository_remote *remote,
                            const struct repository_parcel *parcel, struct ajar_error *err)
{
    bool good;

    steps++;
    strike(-1);
    good = __real_repository_push(repository, remote, parcel, err);
    strike(1);
    return good;
}

struct host {
    char *path; /* of its journal */
    struct journal_writer_options options;
};

struct fixture {
    char *home;
    char *url;
    int64_t now;
    char told[2048];  /* every line, one after the other */
    struct host adm1; /* alice's */
    struct host adm2; /* bob's */
};

static int64_t fixture_now(void *user)
{
    const struct fixture *fixture = user;

    return fixture->now;
}

static void take_line(void *user, const char *line)
{
    struct fixture *fixture = user;
    size_t used = strlen(fixture->told);

    (void)snprintf(fixture->told + used, sizeof(fixture->told) - used, "%s\n", line);
}

static struct host host_of(struct fixture *fixture, const char *name, const char *operator_name)
{
    return (struct host){
        .path = text_make("%s/%s.git", fixture->home, name),
        .options = { .operator_name = operator_name,
                     .operator_email = "somebody@source.test",
                     .host = name,
                     .command = "ajar apply",
                     .clock = { .now = fixture_now, .user = fixture },
                     .remote = { .url = fixture->url,
                                 .patience_ms = 20000,
                                 .tell = take_line,
                                 .user = fixture } },
    };
}

static int make_fixture(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    struct ajar_error err = AJAR_NO_ERROR;

    kill_at = 0;
    if (!fixture || !file_make_temporary_folder("ajar-test", &fixture->home, &err))
        return -1;
    (void)setenv("HOME", fixture->home, 1);
    fixture->url = text_make("file://%s/shared.git", fixture->home);
    fixture->now = MORNING;
    fixture->adm1 = host_of(fixture, "adm1", "alice");
    fixture->adm2 = host_of(fixture, "adm2", "bob");
    shell_run(fixture->home, "git init --quiet --bare --initial-branch=main shared.git");
    *state = fixture;
    return 0;
}

static int free_fixture(void **state)
{
    struct fixture *fixture = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    bool good = file_remove_folder(fixture->home, &err);

    free(fixture->home);
    free(fixture->url);
    free(fixture->adm1.path);
    free(fixture->adm2.path);
    free(fixture);
    return good ? 0 : -1;
}

/* The remote goes away, and comes back. */
static void take_away(const struct fixture *fixture)
{
    shell_run(fixture->home, "mv shared.git away.git");
}

static void bring_back(const struct fixture *fixture)
{
    shell_run(fixture->home, "mv away.git shared.git");
}

static void assert_says(const struct ajar_error *err, enum ajar_status status, const char *part)
{
    if (err->status != status || !strstr(err->text, part))
        fail_msg("%d, \"%s\" does not say \"%s\"", (int)err->status, err->text, part);
}

static void assert_told(const struct fixture *fixture, const char *part)
{
    if (!strstr(fixture->told, part))
        fail_msg("\"%s\" does not say \"%s\"", fixture->told, part);
}

static struct journal *open_writer(const struct host *host)
{
    struct journal *journal = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    if (!journal_open_writer(host->path, &host->options, &journal, &err))
        fail_msg("%s", err.text);
    return journal;
}

static struct journal *open_offline(const struct host *host)
{
    struct host offline = *host;

    offline.options.remote.offline = true;
    return open_writer(&offline);
}

static void fail_to_open(const struct host *host, enum ajar_status status, const char *part)
{
    struct journal *journal = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    assert_false(journal_open_writer(host->path, &host->options, &journal, &err));
    assert_says(&err, status, part);
    assert_string_not_equal(err.hint, "");
}

static struct journal *open_reader(const struct host *host)
{
    struct journal *journal = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    if (!journal_open_shared(host->path, &host->options.remote, &journal, &err))
        fail_msg("%s", err.text);
    return journal;
}

static struct window_record window_of(const char *id, const char *state, const char *until)
{
    OWNED(free)
    char *text = text_make("[window]\nid = %s\nplan = admt\ntitle = ADMT\noperator = alice\n"
                           "host = adm1\nreason = migration\nversion = 0.1.0\n"
                           "state = %s\nopened = 2026-11-21T08:00:00Z\n"
                           "until = %s\n",
                           id, state, until);
    struct window_record window = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    if (!window_record_read("test", text, strlen(text), &window, &err))
        fail_msg("%s", err.text);
    return window;
}

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

#define EVENING "2026-11-21T20:00:00Z"

/* Opens a window with a change on each of two hosts. */
static bool announce(struct journal *journal, const char *id, struct ajar_error *err)
{
    OWNED(window_record_release) struct window_record window = window_of(id, "opening", EVENING);
    struct change_record changes[] = { change_of(DC1, "intended", "apply"),
                                       change_of(DC2, "intended", "apply") };
    struct journal_event event = { .kind = JOURNAL_OPENED, .window = id, .subject = "opening: it" };
    struct journal_news news = { .window = &window, .plan = PLAN, .count = 2, .changes = changes };
    bool good = journal_commit(journal, &event, &news, err);

    change_record_release(&changes[0]);
    change_record_release(&changes[1]);
    return good;
}

/* Records one change, and the window as this writer knows it. */
static bool settle(struct journal *journal, const char *id, const char *target, const char *state,
                   struct ajar_error *err)
{
    bool back = strncmp(state, "restor", 6) == 0;
    OWNED(window_record_release)
    struct window_record window = window_of(id, back ? "closing" : "opening", EVENING);
    OWNED(change_record_release)
    struct change_record change = change_of(target, state, back ? "rollback" : "apply");
    struct journal_event event = { .kind = back ? JOURNAL_RESTORED : JOURNAL_APPLIED,
                                   .window = id,
                                   .subject = state };
    struct journal_news news = { .window = &window, .count = 1, .changes = &change };

    return journal_commit(journal, &event, &news, err);
}

static bool move_window(struct journal *journal, enum journal_event_kind kind, const char *id,
                        const char *state, const char *until, struct ajar_error *err)
{
    OWNED(window_record_release) struct window_record window = window_of(id, state, until);
    struct journal_event event = { .kind = kind, .window = id, .subject = state };
    struct journal_news news = { .window = &window };

    return journal_commit(journal, &event, &news, err);
}

#define MUST(call)                              \
    do {                                        \
        struct ajar_error must = AJAR_NO_ERROR; \
        if (!(call))                            \
            fail_msg("%s", must.text);          \
    } while (0)

static const char *state_of(struct journal *journal, const char *id)
{
    OWNED(journal_window_release) struct journal_window window = { 0 };

    MUST(journal_load(journal, id, &window, &must));
    return window_state_name(window.window.state);
}

static const char *change_state(struct journal *journal, const char *id, size_t index)
{
    OWNED(journal_window_release) struct journal_window window = { 0 };

    MUST(journal_load(journal, id, &window, &must));
    return change_state_name(window.changes[index].state);
}

struct chain {
    int64_t next; /* the sequence that must come */
    size_t count;
};

static bool check_link(void *user, const struct journal_entry *entry, struct ajar_error *err)
{
    struct chain *chain = user;

    if (chain->count > 0 && entry->sequence != chain->next)
        return ajar_fail(err, AJAR_EJOURNAL, "sequence %d", (int)entry->sequence);
    chain->next = entry->sequence - 1;
    chain->count++;
    return true;
}

/* One line of entries, numbered one after the other; and git finds all of it whole. */
static void assert_chain(const struct fixture *fixture, struct journal *journal, size_t count)
{
    struct chain chain = { 0 };

    MUST(journal_log(journal, check_link, &chain, &must));
    assert_int_equal(chain.next, 0);
    assert_int_equal(chain.count, count);
    shell_run(fixture->home,
              "for one in *.git; do git -C $one fsck --strict --no-dangling 2>/dev/null; done");
}

static struct journal_standing standing_of(struct journal *journal)
{
    struct journal_standing standing = { 0 };

    MUST(journal_stand(journal, &standing, &must));
    return standing;
}

static void test_the_first_entry_begins_the_remote(void **state)
{
    struct fixture *fixture = *state;
    OWNED(journal_close) struct journal *alice = open_writer(&fixture->adm1);

    MUST(announce(alice, W1, &must));
    shell_run(fixture->home,
              "test $(git -C shared.git rev-parse main) = $(git -C adm1.git rev-parse main)");
    assert_chain(fixture, alice, 1);
}

static void test_another_host_sees_it(void **state)
{
    struct fixture *fixture = *state;
    OWNED(journal_close) struct journal *alice = open_writer(&fixture->adm1);
    OWNED(journal_close) struct journal *bob = NULL;
    OWNED(journal_close) struct journal *reader = NULL;

    MUST(announce(alice, W1, &must));
    bob = open_writer(&fixture->adm2);
    assert_string_equal(state_of(bob, W1), "opening");
    MUST(settle(alice, W1, DC1, "applied", &must));
    reader = open_reader(&fixture->adm2);
    assert_int_equal(journal_entries(bob), 1);
    assert_int_equal(journal_entries(reader), 2); /* though nobody moved main there */
    assert_string_equal(change_state(reader, W1, 0), "applied");
    assert_null(standing_of(reader).trouble);
    assert_int_equal(standing_of(reader).waiting, 0);
}

static void test_who_was_first_is_named_and_nothing_is_recorded(void **state)
{
    struct fixture *fixture = *state;
    OWNED(journal_close) struct journal *alice = open_writer(&fixture->adm1);
    OWNED(journal_close) struct journal *bob = open_writer(&fixture->adm2);
    struct ajar_error err = AJAR_NO_ERROR;

    MUST(announce(bob, W2, &must));
    assert_false(announce(alice, W1, &err));
    assert_says(&err, AJAR_ELOCKED,
                "shared.git: bob on adm2 was first, at 2026-11-21T08:00:00Z: "
                "\"opening: it\"; nothing was changed");
    assert_int_equal(strncmp(err.text, "journal file:", 13), 0);
    assert_string_not_equal(err.hint, "");
    assert_int_equal(journal_entries(alice), 0);
    journal_close(alice);
    alice = open_writer(&fixture->adm1);
    assert_chain(fixture, alice, 1);
    MUST(announce(alice, W1, &must)); /* on what is there now */
}

static void test_outcomes_of_two_windows_take_turns(void **state)
{
    static const struct {
        bool alice;
        const char *target;
        const char *state;
    } turns[] = {
        { true, DC1, "applied" },
        { false, DC1, "applied" },
        { false, DC2, "applied" },
        { true, DC2, "failed" },
    };
    struct fixture *fixture = *state;
    OWNED(journal_close) struct journal *alice = open_writer(&fixture->adm1);
    OWNED(journal_close) struct journal *bob = NULL;

    MUST(announce(alice, W1, &must));
    bob = open_writer(&fixture->adm2);
    MUST(announce(bob, W2, &must));
    for (size_t i = 0; i < LENGTH(turns); i++)
        MUST(settle(turns[i].alice ? alice : bob, turns[i].alice ? W1 : W2, turns[i].target,
                    turns[i].state, &must));
    MUST(move_window(bob, JOURNAL_APPLIED, W2, "open", EVENING, &must));
    assert_chain(fixture, bob, 7);
    assert_string_equal(change_state(bob, W1, 0), "applied");
    assert_string_equal(change_state(bob, W1, 1), "failed");
    assert_string_equal(state_of(bob, W2), "open");
}

static void test_a_window_is_not_taken_from_a_run_that_is_at_it(void **state)
{
    struct fixture *fixture = *state;
    OWNED(journal_close) struct journal *alice = open_writer(&fixture->adm1);
    OWNED(journal_close) struct journal *bob = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    MUST(announce(alice, W1, &must));
    fixture->now += 60;
    bob = open_writer(&fixture->adm2);
    assert_false(move_window(bob, JOURNAL_CLOSING, W1, "closing", EVENING, &err));
    assert_says(&err, AJAR_ELOCKED,
                "alice on adm1 is at window " W1 ", at 2026-11-21T08:00:00Z: "
                "\"opening: it\"; nothing was changed");
    fixture->now += 600; /* she has ended without a word */
    MUST(move_window(bob, JOURNAL_CLOSING, W1, "closing", EVENING, &must));
}

static void test_operators_of_one_host_are_told_apart(void **state)
{
    struct fixture *fixture = *state;
    struct host same = fixture->adm2;
    struct host sudo = fixture->adm1;
    struct journal *alice = open_writer(&fixture->adm1);
    struct journal *bob;
    struct ajar_error err = AJAR_NO_ERROR;

    MUST(announce(alice, W1, &must));
    same.options.host = "adm1"; /* with a journal of his own there */
    bob = open_writer(&same);
    assert_false(move_window(bob, JOURNAL_CLOSING, W1, "closing", EVENING, &err));
    assert_says(&err, AJAR_ELOCKED, "alice on adm1 is at window " W1);
    journal_close(bob);
    journal_close(alice);
    sudo.options.operator_name = "carol"; /* with alice's, whose run has ended for sure */
    bob = open_writer(&sudo);
    MUST(move_window(bob, JOURNAL_CLOSING, W1, "closing", EVENING, &must));
    journal_close(bob);
}

static void test_the_rules_hold_on_what_others_recorded(void **state)
{
    struct fixture *fixture = *state;
    OWNED(journal_close) struct journal *alice = open_writer(&fixture->adm1);
    OWNED(journal_close) struct journal *bob = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    MUST(announce(alice, W1, &must));
    fixture->now += 3600;
    bob = open_writer(&fixture->adm2);
    MUST(move_window(bob, JOURNAL_CLOSING, W1, "closing", EVENING, &must));
    MUST(settle(bob, W1, DC1, "restoring", &must));
    assert_false(settle(alice, W1, DC1, "applied", &err));
    assert_says(&err, AJAR_ECONFLICT, "bob on adm2 went on with it, at 2026-11-21T09:00:00Z");
    assert_says(&err, AJAR_ECONFLICT, "cannot follow \"restoring\"");
    assert_string_not_equal(err.hint, "");
    assert_chain(fixture, alice, 3);
}

static bool extend_window(struct journal *journal, const char *id, struct ajar_error *err)
{
    OWNED(window_record_release) struct window_record window = window_of(id, "opening", EVENING);
    struct journal_event event = { .kind = JOURNAL_EXTENDED, .window = id, .subject = "extended" };
    struct journal_news news = { .window = &window };
    struct extension_record extension = { .from = window.until,
                                          .until = window.until + 6 * 3600,
                                          .by = (char[]){ "bob" },
                                          .host = (char[]){ "adm2" },
                                          .at = window.opened + 3600,
                                          .reason = (char[]){ "it takes longer" } };

    return window_record_extend(&window, &extension, err) &&
           journal_commit(journal, &event, &news, err);
}

static void test_an_outcome_does_not_undo_an_extension(void **state)
{
    struct fixture *fixture = *state;
    OWNED(journal_close) struct journal *alice = open_writer(&fixture->adm1);
    OWNED(journal_close) struct journal *bob = NULL;
    OWNED(journal_window_release) struct journal_window window = { 0 };
    OWNED(window_record_release) struct window_record evening = window_of(W1, "open", EVENING);

    MUST(announce(alice, W1, &must));
    fixture->now += 3600;
    bob = open_writer(&fixture->adm2);
    MUST(extend_window(bob, W1, &must));
    MUST(settle(alice, W1, DC1, "applied", &must));
    MUST(move_window(alice, JOURNAL_APPLIED, W1, "open", EVENING, &must));
    MUST(journal_load(alice, W1, &window, &must));
    assert_int_equal(window.window.state, WINDOW_OPEN);
    assert_int_equal(window.window.until, evening.until + 6 * 3600);
    assert_int_equal(window.window.extension_count, 1);
    assert_int_equal(window.changes[0].state, CHANGE_APPLIED);
}

static void test_a_journal_of_before_goes_to_an_empty_remote(void **state)
{
    struct fixture *fixture = *state;
    struct host alone = fixture->adm1;
    OWNED(journal_close) struct journal *alice = NULL;
    OWNED(journal_close) struct journal *bob = NULL;

    alone.options.remote.url = NULL;
    alice = open_writer(&alone);
    MUST(announce(alice, W1, &must));
    journal_close(alice);
    alice = open_writer(&fixture->adm1);
    bob = open_writer(&fixture->adm2);
    assert_chain(fixture, bob, 1);
}

static void test_what_a_run_without_the_remote_recorded_is_kept(void **state)
{
    struct fixture *fixture = *state;
    struct host alone = fixture->adm1;
    struct journal *alice = open_writer(&fixture->adm1);
    OWNED(journal_close) struct journal *bob = open_writer(&fixture->adm2);

    MUST(announce(alice, W1, &must));
    journal_close(bob);
    bob = open_writer(&fixture->adm2);
    MUST(announce(bob, W2, &must));
    journal_close(alice);
    alone.options.remote.url = NULL;
    alice = open_writer(&alone);
    MUST(settle(alice, W1, DC1, "applied", &must));
    journal_close(alice);
    shell_run(fixture->home, "git -C adm1.git rev-parse main >was");
    alice = open_writer(&fixture->adm1);
    assert_chain(fixture, alice, 3);
    assert_string_equal(change_state(alice, W1, 0), "applied");
    shell_run(fixture->home,
              "test $(git -C shared.git rev-parse refs/heads/offline/adm1/$(cut -c-12 was)) = "
              "$(cat was)");
    journal_close(alice);
}

/* What stands where the remote should be, and what is told of it. */
static const struct stranger_case {
    const char *name;
    const char *prepare;
    const char *says;
} strangers[] = {
    { "remote: somebody's project",
      "git clone --quiet shared.git x 2>/dev/null; cd x; git config user.name x;"
      "git config user.email x@y; echo hello >README; git add README; git commit --quiet -m x;"
      "git push --quiet origin HEAD:main 2>/dev/null",
      "its remote file:" },
    { "remote: a format of the future",
      "git clone --quiet shared.git x 2>/dev/null; cd x; git config user.name x;"
      "git config user.email x@y; echo ajar-journal 2 >FORMAT; git add FORMAT;"
      "git commit --quiet -m x; git push --quiet origin HEAD:main 2>/dev/null",
      "its format is \"ajar-journal 2\"" },
    { "remote: another journal",
      "git clone --quiet shared.git x 2>/dev/null; cd x; git config user.name x;"
      "git config user.email x@y; echo ajar-journal 1 >FORMAT; git add FORMAT;"
      "git commit --quiet -m 'x\n\nSequence: 1'; git push --quiet origin HEAD:main 2>/dev/null",
      "holds another journal: the two have no entry in common" },
};

static void test_stranger(void **state)
{
    const struct stranger_case *row = *state;
    void *slot = NULL;
    struct fixture *fixture;
    struct host alone;
    struct journal *alice;

    assert_int_equal(make_fixture(&slot), 0);
    fixture = slot;
    alone = fixture->adm1;
    alone.options.remote.url = NULL;
    alice = open_writer(&alone);
    MUST(announce(alice, W1, &must));
    journal_close(alice);
    shell_run(fixture->home, row->prepare);
    shell_run(fixture->home, "git -C shared.git rev-parse main >was");
    fail_to_open(&fixture->adm1, AJAR_EJOURNAL, row->says);
    shell_run(fixture->home, "test $(git -C shared.git rev-parse main) = $(cat was)");
    alice = open_writer(&alone);
    assert_int_equal(journal_entries(alice), 1);
    journal_close(alice);
    assert_int_equal(free_fixture(&slot), 0);
}

static void test_without_the_remote_nothing_is_begun(void **state)
{
    struct fixture *fixture = *state;
    struct journal *alice = open_writer(&fixture->adm1);
    struct ajar_error err = AJAR_NO_ERROR;

    take_away(fixture);
    assert_false(announce(alice, W1, &err));
    assert_says(&err, AJAR_EUNREACHABLE, "does not appear to be a git repository");
    assert_int_equal(journal_entries(alice), 0);
    journal_close(alice);
    fail_to_open(&fixture->adm1, AJAR_EUNREACHABLE, "does not appear to be a git repository");
    bring_back(fixture);
}

static void test_a_reader_goes_on_without_the_remote_and_says_so(void **state)
{
    struct fixture *fixture = *state;
    struct journal *alice = open_writer(&fixture->adm1);
    OWNED(journal_close) struct journal *reader = NULL;
    struct journal_standing standing;

    MUST(announce(alice, W1, &must));
    journal_close(alice);
    take_away(fixture);
    reader = open_reader(&fixture->adm1);
    bring_back(fixture);
    assert_string_equal(state_of(reader, W1), "opening");
    standing = standing_of(reader);
    assert_non_null(strstr(standing.trouble, "does not appear to be a git repository"));
    assert_true(standing.seen > 0);
    assert_int_equal(standing.waiting, 0);
}

static void test_outcomes_stay_here_while_the_remote_is_away(void **state)
{
    struct fixture *fixture = *state;
    OWNED(journal_close) struct journal *alice = open_writer(&fixture->adm1);
    struct journal_standing standing;

    MUST(announce(alice, W1, &must));
    take_away(fixture);
    fixture->now += 60;
    MUST(settle(alice, W1, DC1, "applied", &must));
    fixture->now += 60;
    MUST(move_window(alice, JOURNAL_APPLIED, W1, "partly-open", EVENING, &must));
    assert_told(fixture, "does not appear to be a git repository");
    assert_told(fixture, "the journal's remote is out of reach: what this run records stays here");
    standing = standing_of(alice);
    assert_true(standing.cut_off && standing.offline);
    assert_int_equal(standing.waiting, 2);
    assert_int_equal(standing.since, MORNING + 60);
    shell_run(fixture->home,
              "git -C adm1.git log -1 --format=%B offline | grep -qx 'Offline: yes'");
    bring_back(fixture);
    journal_close(alice);
    alice = open_writer(&fixture->adm1);
    assert_told(fixture, "what was recorded offline is on the remote now");
    assert_int_equal(standing_of(alice).waiting, 0);
    assert_false(standing_of(alice).offline);
    assert_chain(fixture, alice, 3);
    shell_run(fixture->home,
              "! git -C adm1.git rev-parse --verify --quiet offline;"
              "test $(git -C shared.git rev-parse main) = $(git -C adm1.git rev-parse main)");
}

/* The next push goes wrong: its answer does not come back. */
static void test_a_push_whose_answer_got_lost_is_found(void **state)
{
    struct fixture *fixture = *state;
    OWNED(journal_close) struct journal *alice = open_writer(&fixture->adm1);
    OWNED(free) char *path = text_copy(getenv("PATH"));
    OWNED(free) char *fake = text_make("%s/bin:%s", fixture->home, path);

    MUST(announce(alice, W1, &must));
    shell_run(fixture->home,
              "mkdir bin; { echo '#!/bin/sh'; echo \"PATH='$PATH'\";"
              "echo 'case \"$*\" in *push*) git \"$@\" >/dev/null 2>&1; rm $0; exit 1;; esac';"
              "echo 'exec git \"$@\"'; } >bin/git; chmod +x bin/git");
    (void)setenv("PATH", fake, 1);
    MUST(settle(alice, W1, DC1, "applied", &must));
    (void)setenv("PATH", path, 1);
    assert_false(standing_of(alice).offline);
    assert_chain(fixture, alice, 2);
    shell_run(fixture->home, "test ! -e bin/git");
}

static void test_offline_is_a_branch_of_its_own(void **state)
{
    struct fixture *fixture = *state;
    OWNED(journal_close) struct journal *alice = open_writer(&fixture->adm1);
    OWNED(journal_close) struct journal *reader = NULL;
    struct host alone = fixture->adm1;

    MUST(announce(alice, W1, &must));
    journal_close(alice);
    shell_run(fixture->home, "git -C shared.git rev-parse main >was");
    alice = open_offline(&fixture->adm1);
    MUST(settle(alice, W1, DC1, "applied", &must));
    shell_run(fixture->home, "test $(git -C shared.git rev-parse main) = $(cat was);"
                             "test $(git -C adm1.git rev-parse main) = $(cat was)");
    reader = open_reader(&fixture->adm1);
    assert_string_equal(change_state(reader, W1, 0), "applied");
    assert_true(standing_of(reader).offline);
    assert_int_equal(standing_of(reader).waiting, 1);
    journal_close(alice);
    alice = NULL;
    alone.options.remote.url = NULL;
    fail_to_open(&alone, AJAR_EJOURNAL, "not on its remote yet, and no remote is configured");
}

/* Alice works offline on W1; bob meanwhile opens W2. */
static void work_apart(struct fixture *fixture)
{
    struct journal *alice = open_writer(&fixture->adm1);
    struct journal *bob;

    MUST(announce(alice, W1, &must));
    journal_close(alice);
    alice = open_offline(&fixture->adm1);
    MUST(settle(alice, W1, DC1, "applied", &must));
    MUST(settle(alice, W1, DC2, "failed", &must));
    journal_close(alice);
    bob = open_writer(&fixture->adm2);
    MUST(announce(bob, W2, &must));
    journal_close(bob);
    fixture->now += 3600;
}

static void assert_reconciled(struct fixture *fixture)
{
    OWNED(journal_close) struct journal *alice = open_writer(&fixture->adm1);

    assert_chain(fixture, alice, 4);
    assert_string_equal(change_state(alice, W1, 0), "applied");
    assert_string_equal(change_state(alice, W1, 1), "failed");
    assert_string_equal(state_of(alice, W2), "opening");
    assert_int_equal(standing_of(alice).waiting, 0);
    shell_run(fixture->home,
              "test $(git -C shared.git rev-parse main) = $(git -C adm1.git rev-parse main);"
              "! git -C adm1.git rev-parse --verify --quiet offline;"
              "test $(git -C shared.git rev-parse refs/heads/offline/adm1/$(cut -c-12 was)) = "
              "$(cat was);"
              "test $(git -C shared.git log -1 --format=%at main) = 1795248000;"
              "test $(git -C shared.git log -1 --format=%an main) = alice;"
              "git -C shared.git log -1 --format=%B main | grep -qx \"Offline: $(cat was)\"");
}

static void test_offline_work_goes_behind_what_others_recorded(void **state)
{
    struct fixture *fixture = *state;

    work_apart(fixture);
    shell_run(fixture->home, "git -C adm1.git rev-parse offline >was");
    assert_reconciled(fixture);
    assert_told(fixture, "2 entries that were recorded offline are on the remote now");
}

/* True when there was such a step. */
static bool killed_while_reconciling(struct fixture *fixture, int at)
{
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        struct journal *alice = NULL;
        struct ajar_error err = AJAR_NO_ERROR;

        steps = 0;
        kill_at = at;
        (void)journal_open_writer(fixture->adm1.path, &fixture->adm1.options, &alice, &err);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status);
}

static void test_a_reconciliation_that_was_killed_is_finished(void **state)
{
    int struck = 0;

    (void)state;
    for (int step = 1, more = 1; more; step++) {
        more = 0;
        for (int sign = -1; sign <= 1; sign += 2) {
            void *slot = NULL;
            struct fixture *fixture;

            assert_int_equal(make_fixture(&slot), 0);
            fixture = slot;
            work_apart(fixture);
            shell_run(fixture->home, "git -C adm1.git rev-parse offline >was");
            if (killed_while_reconciling(fixture, sign * step)) {
                struck++;
                more = 1;
            }
            assert_reconciled(fixture);
            assert_int_equal(free_fixture(&slot), 0);
        }
    }
    assert_true(struck >= 6); /* the push, main, the branch */
}

static void test_what_others_went_on_with_is_not_overwritten(void **state)
{
    struct fixture *fixture = *state;
    OWNED(journal_close) struct journal *alice = open_writer(&fixture->adm1);
    OWNED(journal_close) struct journal *bob = NULL;

    MUST(announce(alice, W1, &must));
    journal_close(alice);
    fixture->now += 3600;
    alice = open_offline(&fixture->adm1);
    MUST(settle(alice, W1, DC1, "applied", &must));
    journal_close(alice);
    bob = open_writer(&fixture->adm2);
    MUST(move_window(bob, JOURNAL_CLOSING, W1, "closing", EVENING, &must));
    alice = open_writer(&fixture->adm1);
    assert_chain(fixture, alice, 3);
    assert_string_equal(state_of(alice, W1), "closing");
    assert_string_equal(change_state(alice, W1, 0), "intended");
    assert_told(fixture, "window " W1 " was gone on with elsewhere, too: not taken over: applied");
    shell_run(fixture->home, "test \"$(git -C shared.git log -1 --format=%s main)\" = "
                             "'offline, not taken over: applied';"
                             "git -C shared.git diff --quiet main~ main");
}

static void test_a_first_run_offline_joins_what_others_began(void **state)
{
    struct fixture *fixture = *state;
    OWNED(journal_close) struct journal *alice = open_offline(&fixture->adm1);
    OWNED(journal_close) struct journal *bob = open_writer(&fixture->adm2);

    MUST(announce(alice, W1, &must));
    MUST(announce(bob, W2, &must));
    journal_close(alice);
    alice = open_writer(&fixture->adm1);
    assert_chain(fixture, alice, 2);
    assert_string_equal(state_of(alice, W1), "opening");
    assert_string_equal(state_of(alice, W2), "opening");
}

static void test_offline_work_without_others_goes_as_it_is(void **state)
{
    struct fixture *fixture = *state;
    OWNED(journal_close) struct journal *alice = open_offline(&fixture->adm1);

    MUST(announce(alice, W1, &must));
    MUST(settle(alice, W1, DC1, "applied", &must));
    journal_close(alice);
    shell_run(fixture->home, "git -C adm1.git rev-parse offline >was");
    alice = open_writer(&fixture->adm1);
    assert_chain(fixture, alice, 2);
    shell_run(fixture->home, "test $(git -C shared.git rev-parse main) = $(cat was);"
                             "test -z \"$(git -C shared.git for-each-ref refs/heads/offline)\"");
}

static void test_a_remote_that_lost_entries_is_not_followed(void **state)
{
    struct fixture *fixture = *state;
    OWNED(journal_close) struct journal *alice = open_writer(&fixture->adm1);

    MUST(announce(alice, W1, &must));
    shell_run(fixture->home, "git -C shared.git rev-parse main >first");
    MUST(settle(alice, W1, DC1, "applied", &must));
    shell_run(fixture->home, "git -C shared.git update-ref refs/heads/main $(cat first)");
    MUST(settle(alice, W1, DC2, "applied", &must));
    assert_told(fixture, "no longer has entry");
    journal_close(alice);
    alice = open_writer(&fixture->adm1); /* it gets them back */
    assert_chain(fixture, alice, 3);
    shell_run(fixture->home,
              "test $(git -C shared.git rev-parse main) = $(git -C adm1.git rev-parse main)");
}

static void test_the_lock_here_says_who_does_what(void **state)
{
    struct fixture *fixture = *state;
    OWNED(journal_close) struct journal *alice = open_writer(&fixture->adm1);
    struct host bob = { .path = fixture->adm1.path, .options = fixture->adm2.options };
    struct journal *journal = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    assert_non_null(alice);
    assert_false(journal_open_writer(bob.path, &bob.options, &journal, &err));
    assert_says(&err, AJAR_ELOCKED,
                "adm1.git is in use by alice on adm1 since 2026-11-21T08:00:00Z (ajar apply, pid ");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_fixture, free_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_first_entry_begins_the_remote),
        TEST(test_another_host_sees_it),
        TEST(test_who_was_first_is_named_and_nothing_is_recorded),
        TEST(test_outcomes_of_two_windows_take_turns),
        TEST(test_a_window_is_not_taken_from_a_run_that_is_at_it),
        TEST(test_operators_of_one_host_are_told_apart),
        TEST(test_the_rules_hold_on_what_others_recorded),
        TEST(test_an_outcome_does_not_undo_an_extension),
        TEST(test_a_journal_of_before_goes_to_an_empty_remote),
        TEST(test_what_a_run_without_the_remote_recorded_is_kept),
        TEST(test_without_the_remote_nothing_is_begun),
        TEST(test_a_reader_goes_on_without_the_remote_and_says_so),
        TEST(test_outcomes_stay_here_while_the_remote_is_away),
        TEST(test_a_push_whose_answer_got_lost_is_found),
        TEST(test_offline_is_a_branch_of_its_own),
        TEST(test_offline_work_goes_behind_what_others_recorded),
        cmocka_unit_test(test_a_reconciliation_that_was_killed_is_finished),
        TEST(test_what_others_went_on_with_is_not_overwritten),
        TEST(test_a_first_run_offline_joins_what_others_began),
        TEST(test_offline_work_without_others_goes_as_it_is),
        TEST(test_a_remote_that_lost_entries_is_not_followed),
        TEST(test_the_lock_here_says_who_does_what),
    };
    struct CMUnitTest rows[LENGTH(strangers)];
    int failed;

    for (size_t i = 0; i < LENGTH(strangers); i++)
        rows[i] = (struct CMUnitTest){ .name = strangers[i].name,
                                       .test_func = test_stranger,
                                       .initial_state = (void *)(uintptr_t)&strangers[i] };
    failed = cmocka_run_group_tests_name("remote", tests, NULL, NULL);
    return failed + cmocka_run_group_tests_name("strangers", rows, NULL, NULL);
}
