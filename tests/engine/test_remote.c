/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two operators, each with a journal of his own on a host of his own, in one world: they share the
 * journals' remote. What one of them does while the other is at it.
 */
#include "fake/scene.h"
#include "fake/shell.h"

#include "base/file.h"
#include "base/text.h"

#include <netinet/in.h>
#include <pwd.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define ROUNDS     100
#define SSH_ROUNDS 8

/* Who this process is, wherever it asks. */
static const char *who = "alice";
static const char *where = "adm1";

int __wrap_gethostname(char *name, size_t size);
int __wrap_getpwuid_r(uid_t uid, struct passwd *entry, char *room, size_t size,
                      struct passwd **ret_found);

int __wrap_gethostname(char *name, size_t size)
{
    (void)snprintf(name, size, "%s", where);
    return 0;
}

int __wrap_getpwuid_r(uid_t uid, struct passwd *entry, char *room, size_t size,
                      struct passwd **ret_found)
{
    (void)uid;
    (void)snprintf(room, size, "%s", who);
    *entry = (struct passwd){ .pw_name = room };
    *ret_found = entry;
    return 0;
}

/* What the two processes of a race know of each other, in shared memory. */
struct race {
    int ready; /* how many of them have come to the point where they would record the window */
    struct outcome {
        enum ajar_exit exit;
        char text[512];
    } of[2];
};

struct fixture {
    char *home;
    char *url;
    struct scene scenes[2];
    struct race *race;
};

static const struct {
    const char *who;
    const char *where;
} operators[2] = { { "alice", "adm1" }, { "bob", "adm2" } };

static void become(int index)
{
    who = operators[index].who;
    where = operators[index].where;
}

static void set_operator(struct fixture *fixture, int index)
{
    struct scene *scene = &fixture->scenes[index];
    OWNED(free)
    char *config =
        text_make("[journal]\npath = %s/unused.git\nremote = %s\n", fixture->home, fixture->url);
    struct ajar_error err = AJAR_NO_ERROR;

    scene_set(scene);
    assert_true(file_write(scene->config, config, strlen(config), 0600, &err));
}

/* A world, two operators, and an empty remote at `url` (NULL: in the fixture's folder). */
static void set_up(struct fixture *fixture, const char *url)
{
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(file_make_temporary_folder("ajar-test", &fixture->home, &err));
    fixture->url = url ? text_copy(url) : text_make("file://%s/shared.git", fixture->home);
    for (int i = 0; i < 2; i++)
        set_operator(fixture, i);
    fixture->race = mmap(NULL, sizeof(*fixture->race), PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(fixture->race != MAP_FAILED);
    if (!url)
        shell_run(fixture->home, "git init --quiet --bare --initial-branch=main shared.git");
    become(0);
}

static void tear_down(struct fixture *fixture)
{
    struct ajar_error err = AJAR_NO_ERROR;

    for (int i = 0; i < 2; i++)
        scene_clear(&fixture->scenes[i]);
    assert_true(file_remove_folder(fixture->home, &err));
    (void)munmap(fixture->race, sizeof(*fixture->race));
    free(fixture->home);
    free(fixture->url);
}

static int make_fixture(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    set_up(fixture, NULL);
    *state = fixture;
    return 0;
}

static int free_fixture(void **state)
{
    tear_down(*state);
    free(*state);
    return 0;
}

/* Waits for the other, so that both go on at the same moment. */
static bool wait_for_other(void *user, const struct ajar_report *plan)
{
    struct race *race = user;

    (void)plan;
    (void)__atomic_add_fetch(&race->ready, 1, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&race->ready, __ATOMIC_SEQ_CST) < 2)
        (void)sched_yield();
    return true;
}

static struct ajar_run *open_run(const struct scene *scene, bool offline,
                                 const struct ajar_watch *watch)
{
    struct ajar_run_options options = {
        .command = "apply",
        .config = scene->config,
        .journal = scene->journal,
        .timeout_ms = 20000,
        .version = "test",
        .offline = offline,
    };
    struct ajar_run *run = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    if (watch)
        options.watch = *watch;
    if (!ajar_run_open(&options, &run, &err))
        fail_msg("%s", err.text);
    return run;
}

/* Ends with the exit status; what was said is kept. */
static enum ajar_exit apply(const struct scene *scene, bool offline, const struct ajar_watch *watch,
                            struct outcome *ret_outcome)
{
    struct ajar_plan_source source = { .path = scene->plan };
    struct ajar_apply_options options = { .duration = 3600, .reason = "a test" };
    struct ajar_run *run = open_run(scene, offline, watch);
    struct ajar_report *report = NULL;
    struct ajar_plan *plan = NULL;
    struct ajar_error err = AJAR_NO_ERROR;
    bool ok;

    if (!ajar_plan_load(&source, &plan, &err))
        fail_msg("%s", err.text);
    ok = ajar_apply(run, plan, &options, &report, &err);
    ajar_plan_free(plan);
    (void)snprintf(ret_outcome->text, sizeof(ret_outcome->text), "%s",
                   ok ? report->summary ? report->summary : "" : err.text);
    ret_outcome->exit = scene_finish(run, ok, report, &err);
    return ret_outcome->exit;
}

/* The remarks of status, one a line, to be freed. */
static char *remarks_of(const struct scene *scene, bool offline)
{
    struct ajar_run *run = open_run(scene, offline, NULL);
    OWNED(text_release) struct text text = TEXT_UP_TO(8192);
    struct ajar_report *report = NULL;
    char *remarks = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    if (!ajar_status(run, NULL, false, &report, &err))
        fail_msg("%s", err.text);
    for (size_t i = 0; i < report->remark_count; i++)
        text_format(&text, "%s\n", report->remarks[i]);
    assert_true(text_take(&text, &remarks, &err));
    (void)scene_finish(run, true, report, &err);
    return remarks;
}

static void assert_contains(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" does not say \"%s\"", text, part);
}

static pid_t start_racer(const struct fixture *fixture, int index)
{
    const struct ajar_watch watch = { .user = fixture->race, .confirm = wait_for_other };
    pid_t child = fork();

    if (child == 0) {
        (void)alarm(60);
        become(index);
        (void)apply(&fixture->scenes[index], false, &watch, &fixture->race->of[index]);
        _exit(0);
    }
    assert_true(child > 0);
    return child;
}

/* Both have seen that nobody holds anything, and both say at once that they will. */
static void race_once(const struct fixture *fixture)
{
    struct race *race = fixture->race;
    pid_t children[2];
    int status = 0;
    int winner;

    *race = (struct race){ 0 };
    for (int i = 0; i < 2; i++)
        children[i] = start_racer(fixture, i);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    winner = race->of[0].exit == AJAR_EXIT_DONE ? 0 : 1;
    if (race->of[winner].exit != AJAR_EXIT_DONE || race->of[!winner].exit != AJAR_EXIT_LOCKED)
        fail_msg("alice: %d %s; bob: %d %s", (int)race->of[0].exit, race->of[0].text,
                 (int)race->of[1].exit, race->of[1].text);
    assert_contains(race->of[!winner].text,
                    winner == 0 ? "alice on adm1 was first, at 2" : "bob on adm2 was first, at 2");
    assert_contains(race->of[!winner].text, "\"opening: everything on 2 targets: a test\"");
    assert_int_equal(fixture->scenes[0].world->writes, 3); /* the winner's */
}

/* One window, and numbers one after the other. */
static void assert_linear(const struct fixture *fixture, const char *repository)
{
    OWNED(free)
    char *script = text_make(
        "cd %s; test $(git ls-tree main windows/ | wc -l) = 1; n=0;"
        "git log --reverse --format='%%p|%%(trailers:key=Sequence,valueonly,separator=)' main |"
        "while IFS='|' read -r parents sequence; do n=$((n + 1));"
        "test \"$sequence\" = $n; case $parents in *' '*) exit 1;; esac; done;"
        "git fsck --strict --no-dangling 2>/dev/null",
        repository);

    shell_run(fixture->home, script);
}

static void test_of_two_at_the_same_moment_exactly_one_wins(void **state)
{
    int wins[2] = { 0 };

    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        struct fixture fixture = { 0 };

        set_up(&fixture, NULL);
        race_once(&fixture);
        assert_linear(&fixture, "shared.git");
        wins[fixture.race->of[0].exit == AJAR_EXIT_DONE ? 0 : 1]++;
        tear_down(&fixture);
    }
    print_message("alice won %d times, bob %d times\n", wins[0], wins[1]);
}

static void test_the_other_sees_the_window_and_closes_it(void **state)
{
    struct fixture *fixture = *state;
    struct outcome outcome;

    assert_int_equal(apply(&fixture->scenes[0], false, NULL, &outcome), AJAR_EXIT_DONE);
    become(1);
    assert_int_equal(scene_count_open(&fixture->scenes[1]), 1); /* the first look makes it */
    assert_int_equal(scene_rollback(&fixture->scenes[1]), AJAR_EXIT_DONE);
    scene_assert_start(&fixture->scenes[1]);
    become(0);
    assert_int_equal(scene_count_open(&fixture->scenes[0]), 0);
    assert_linear(fixture, "shared.git");
}

static void test_without_the_remote_nothing_is_touched(void **state)
{
    struct fixture *fixture = *state;
    struct outcome outcome;

    shell_run(fixture->home, "mv shared.git away.git");
    assert_int_equal(apply(&fixture->scenes[0], false, NULL, &outcome), AJAR_EXIT_FAILED);
    assert_contains(outcome.text, "does not appear to be a git repository");
    scene_assert_start(&fixture->scenes[0]);
    assert_int_equal(fixture->scenes[0].world->writes, 0);
}

static void test_offline_needs_a_remote_to_keep_away_from(void **state)
{
    struct fixture *fixture = *state;
    struct ajar_run_options options = { .command = "status", .offline = true };
    struct ajar_run *run = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    options.config = fixture->scenes[0].config;
    assert_true(file_write(options.config, "", 0, 0600, &err));
    assert_false(ajar_run_open(&options, &run, &err));
    assert_int_equal(ajar_exit_for(&err), AJAR_EXIT_USAGE);
    assert_contains(err.text, "--offline: the journal has no remote");
}

static void test_offline_is_told_until_it_is_over(void **state)
{
    struct fixture *fixture = *state;
    OWNED(free) char *offline = NULL;
    OWNED(free) char *later = NULL;
    struct outcome outcome;

    shell_run(fixture->home, "mv shared.git away.git");
    assert_int_equal(apply(&fixture->scenes[0], true, NULL, &outcome), AJAR_EXIT_DONE);
    offline = remarks_of(&fixture->scenes[0], true);
    assert_contains(offline, "offline since 2");
    assert_contains(offline, " entries are not on the remote\n");
    shell_run(fixture->home, "mv away.git shared.git");
    assert_int_equal(scene_rollback(&fixture->scenes[0]), AJAR_EXIT_DONE);
    later = remarks_of(&fixture->scenes[0], false);
    assert_string_equal(later, "");
    assert_linear(fixture, "shared.git");
}

/* The remote goes away when the first change is done. */
static void take_away(void *user, const struct ajar_progress *progress)
{
    const struct fixture *fixture = user;
    OWNED(free) char *from = text_make("%s/shared.git", fixture->home);
    OWNED(free) char *to = text_make("%s/away.git", fixture->home);

    if (strstr(progress->text, "absent"))
        (void)rename(from, to);
}

static void test_a_run_that_is_cut_off_finishes_and_says_so(void **state)
{
    struct fixture *fixture = *state;
    const struct ajar_watch watch = { .user = fixture, .progress = take_away };
    OWNED(free) char *remarks = NULL;
    struct outcome outcome;

    assert_int_equal(apply(&fixture->scenes[0], false, &watch, &outcome), AJAR_EXIT_PARTLY);
    assert_contains(outcome.text, "done, but the journal's remote went away");
    assert_int_equal(fixture->scenes[0].world->writes, 3);
    remarks = remarks_of(&fixture->scenes[0], false);
    assert_contains(remarks, "the remote could not be reached; this is what was known at 2");
    assert_contains(remarks, " not on the remote");
    shell_run(fixture->home, "mv away.git shared.git");
    become(1);
    assert_int_equal(scene_count_open(&fixture->scenes[1]), 1); /* as far as it is known there */
    become(0);
    assert_int_equal(scene_rollback(&fixture->scenes[0]), AJAR_EXIT_DONE);
    scene_assert_start(&fixture->scenes[0]);
    assert_linear(fixture, "shared.git");
}

/* Both opened a window, and could not see each other. */
static void test_windows_on_the_same_thing_are_named(void **state)
{
    struct fixture *fixture = *state;
    OWNED(free) char *remarks = NULL;
    struct outcome outcome;

    assert_int_equal(apply(&fixture->scenes[0], true, NULL, &outcome), AJAR_EXIT_DONE);
    become(1);
    memset(fixture->scenes[1].world->things, 0, sizeof(fixture->scenes[1].world->things));
    (void)sleep(1); /* a window of its own name */
    assert_int_equal(apply(&fixture->scenes[1], false, NULL, &outcome), AJAR_EXIT_DONE);
    become(0);
    assert_int_equal(scene_resume(&fixture->scenes[0]), AJAR_EXIT_USAGE); /* two are open */
    remarks = remarks_of(&fixture->scenes[0], false);
    assert_contains(remarks, "(alice on adm1) and 2");
    assert_contains(remarks, "(bob on adm2) both hold changed on a.test: a person decides");
}

/* What the other does as soon as the first change of this run is recorded. */
struct meanwhile {
    const struct scene *scene;
    const char *signal; /* a line of progress that has this */
    enum ajar_exit (*act)(const struct scene *scene, struct outcome *ret_outcome);
    bool done;
    struct outcome *outcome; /* in shared memory */
};

static void act_as_the_other(void *user, const struct ajar_progress *progress)
{
    struct meanwhile *meanwhile = user;
    pid_t child;
    int status = 0;

    if (meanwhile->done || !strstr(progress->text, meanwhile->signal))
        return;
    meanwhile->done = true;
    child = fork();
    if (child == 0) {
        become(1);
        meanwhile->outcome->exit = meanwhile->act(meanwhile->scene, meanwhile->outcome);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static enum ajar_exit apply_too(const struct scene *scene, struct outcome *ret_outcome)
{
    return apply(scene, false, NULL, ret_outcome);
}

static enum ajar_exit roll_back(const struct scene *scene, struct outcome *ret_outcome)
{
    struct ajar_run *run = open_run(scene, false, NULL);
    const struct ajar_rollback_options options = { .on_conflict = AJAR_CONFLICT_SKIP };
    struct ajar_report *report = NULL;
    struct ajar_error err = AJAR_NO_ERROR;
    bool ok = ajar_rollback(run, NULL, &options, &report, &err);

    (void)snprintf(ret_outcome->text, sizeof(ret_outcome->text), "%s", err.text);
    return scene_finish(run, ok, report, &err);
}

static void test_two_windows_are_open_side_by_side(void **state)
{
    static const char other[] = "[plan]\nname = other\n[thing elsewhere]\non = host b.test\n"
                                "id = 5\nopen = new\n";
    struct fixture *fixture = *state;
    struct meanwhile meanwhile = { .scene = &fixture->scenes[1],
                                   .signal = "absent",
                                   .act = apply_too,
                                   .outcome = &fixture->race->of[1] };
    const struct ajar_watch watch = { .user = &meanwhile, .progress = act_as_the_other };
    struct ajar_error err = AJAR_NO_ERROR;
    struct outcome outcome;

    assert_true(file_write(fixture->scenes[1].plan, other, strlen(other), 0600, &err));
    assert_int_equal(apply(&fixture->scenes[0], false, &watch, &outcome), AJAR_EXIT_DONE);
    if (meanwhile.outcome->exit != AJAR_EXIT_DONE)
        fail_msg("%s", meanwhile.outcome->text);
    assert_int_equal(fixture->scenes[0].world->writes, 4);
    assert_int_equal(scene_count_open(&fixture->scenes[0]), 2);
    become(1);
    assert_int_equal(scene_count_open(&fixture->scenes[1]), 2);
}

static void test_a_window_is_not_closed_while_it_is_being_opened(void **state)
{
    struct fixture *fixture = *state;
    struct meanwhile meanwhile = { .scene = &fixture->scenes[1],
                                   .signal = "absent",
                                   .act = roll_back,
                                   .outcome = &fixture->race->of[1] };
    const struct ajar_watch watch = { .user = &meanwhile, .progress = act_as_the_other };
    struct outcome outcome;

    assert_int_equal(apply(&fixture->scenes[0], false, &watch, &outcome), AJAR_EXIT_DONE);
    assert_int_equal(meanwhile.outcome->exit, AJAR_EXIT_LOCKED);
    assert_contains(meanwhile.outcome->text, "alice on adm1 is at window 2");
    assert_int_equal(fixture->scenes[0].world->writes, 3);
    assert_linear(fixture, "shared.git");
}

/* The same journal, and so one lock for both. */
static void test_the_lock_here_is_told_with_its_status(void **state)
{
    struct fixture *fixture = *state;
    struct scene same = fixture->scenes[0];
    struct meanwhile meanwhile = {
        .scene = &same, .signal = "absent", .act = apply_too, .outcome = &fixture->race->of[1]
    };
    const struct ajar_watch watch = { .user = &meanwhile, .progress = act_as_the_other };
    struct outcome outcome;

    assert_int_equal(apply(&fixture->scenes[0], false, &watch, &outcome), AJAR_EXIT_DONE);
    assert_int_equal(meanwhile.outcome->exit, AJAR_EXIT_LOCKED);
    assert_contains(meanwhile.outcome->text, "is in use by alice on adm1 since 2");
    assert_contains(meanwhile.outcome->text, "(apply, pid ");
}

/* What a private sshd needs. */
struct daemon {
    pid_t pid;
    int port;
};

static bool is_listening(const struct daemon *daemon)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)daemon->port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    OWNED(close) int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    return connection >= 0 &&
           connect(connection, (struct sockaddr *)&address, sizeof(address)) == 0;
}

/* One that nobody has now. */
static int find_port(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof(address);
    OWNED(close) int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    return ntohs(address.sin_port);
}

static void prepare_daemon(const struct fixture *fixture, const struct daemon *daemon)
{
    OWNED(free)
    char *script = text_make(
        "mkdir -p ssh; cd ssh; ssh-keygen -q -t ed25519 -N '' -f host; ssh-keygen -q -t ed25519 "
        "-N '' -f key; printf 'command=\"git-shell -c \\\"$SSH_ORIGINAL_COMMAND\\\"\",restrict "
        "%%s\\n' "
        "\"$(cat key.pub)\" >authorized; printf '[127.0.0.1]:%d %%s\\n' \"$(cut -d' ' -f1,2 "
        "host.pub)\" >known; chmod 600 authorized; test $(id -u) -ne 0 || mkdir -p /run/sshd;"
        "printf '%%s\\n' 'Port %d' 'ListenAddress 127.0.0.1' \"HostKey $PWD/host\" "
        "\"AuthorizedKeysFile $PWD/authorized\" 'PasswordAuthentication no' "
        "'KbdInteractiveAuthentication no' 'StrictModes no' 'UsePAM no' \"PidFile $PWD/pid\" "
        "'MaxStartups 100' >config",
        daemon->port, daemon->port);

    shell_run(fixture->home, script);
}

static const char *find_sshd(void)
{
    static const char *const places[] = { "/usr/sbin/sshd", "/usr/local/sbin/sshd" };

    if (getenv("AJAR_SSHD"))
        return getenv("AJAR_SSHD");
    for (size_t i = 0; i < LENGTH(places); i++) {
        if (access(places[i], X_OK) == 0)
            return places[i];
    }
    return NULL;
}

static void start_daemon(const struct fixture *fixture, struct daemon *daemon)
{
    OWNED(free) char *config = text_make("%s/ssh/config", fixture->home);
    OWNED(free) char *log = text_make("%s/ssh/log", fixture->home);
    const char *sshd = find_sshd();

    prepare_daemon(fixture, daemon);
    daemon->pid = fork();
    if (daemon->pid == 0) {
        (void)execl(sshd, sshd, "-D", "-f", config, "-E", log, NULL);
        _exit(127);
    }
    for (int i = 0; i < 100 && !is_listening(daemon); i++) {
        struct timespec moment = { .tv_nsec = 100000000 };

        (void)nanosleep(&moment, NULL);
    }
    assert_true(is_listening(daemon));
}

static void stop_daemon(struct daemon *daemon)
{
    (void)kill(daemon->pid, SIGTERM);
    (void)waitpid(daemon->pid, NULL, 0);
}

static void use_daemon(const struct fixture *fixture, const struct daemon *daemon, int round,
                       char **ret_url)
{
    OWNED(free)
    char *command = text_make("ssh -F none -i %s/ssh/key -o IdentitiesOnly=yes "
                              "-o UserKnownHostsFile=%s/ssh/known",
                              fixture->home, fixture->home);
    OWNED(free)
    char *make = text_make("git init --quiet --bare --initial-branch=main shared-%d.git", round);

    shell_run(fixture->home, make);
    assert_int_equal(setenv("GIT_SSH_COMMAND", command, 1), 0);
    *ret_url = text_make("ssh://127.0.0.1:%d%s/shared-%d.git", daemon->port, fixture->home, round);
}

static void race_over_ssh(const struct fixture *ground, const struct daemon *daemon, int round)
{
    OWNED(free) char *url = NULL;
    OWNED(free) char *repository = text_make("%s/shared-%d.git", ground->home, round);
    struct fixture fixture = { 0 };

    use_daemon(ground, daemon, round, &url);
    set_up(&fixture, url);
    race_once(&fixture);
    assert_linear(&fixture, repository);
    tear_down(&fixture);
}

static void test_of_two_over_ssh_exactly_one_wins(void **state)
{
    struct fixture *fixture = *state;
    struct daemon daemon = { .port = find_port() };

    if (!find_sshd()) {
        print_message("skipped: there is no sshd (openssh-server is not installed)\n");
        skip();
    }
    start_daemon(fixture, &daemon);
    for (int i = 0; i < SSH_ROUNDS; i++)
        race_over_ssh(fixture, &daemon, i);
    stop_daemon(&daemon);
    (void)unsetenv("GIT_SSH_COMMAND");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_fixture, free_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_other_sees_the_window_and_closes_it),
        TEST(test_without_the_remote_nothing_is_touched),
        TEST(test_offline_needs_a_remote_to_keep_away_from),
        TEST(test_offline_is_told_until_it_is_over),
        TEST(test_a_run_that_is_cut_off_finishes_and_says_so),
        TEST(test_two_windows_are_open_side_by_side),
        TEST(test_a_window_is_not_closed_while_it_is_being_opened),
        TEST(test_the_lock_here_is_told_with_its_status),
        TEST(test_windows_on_the_same_thing_are_named),
        cmocka_unit_test(test_of_two_at_the_same_moment_exactly_one_wins),
        TEST(test_of_two_over_ssh_exactly_one_wins),
    };

    (void)unsetenv("SUDO_USER");
    return cmocka_run_group_tests_name("remote", tests, NULL, NULL);
}
