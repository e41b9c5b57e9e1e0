/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What apply does when a write fails: stop, undo, go on; how many may fail; canaries. Four hosts
 * and a domain have one thing each, the first two hosts start once more as well; the targets are
 * written one after the other.
 */
#include "base/file.h"
#include "base/text.h"
#include "fake/scene.h"
#include "rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const char plan_text[] = "[plan]\nname = staged\n"
                                "[thing one]\non = host h1.test\nid = 0\nopen = new\n"
                                "takes-effect = restart\n"
                                "[entry domain]\non = domain f.test\nid = 4\nopen = new\n"
                                "[thing two]\non = host h2.test\nid = 1\nopen = new\n"
                                "[thing three]\non = host h3.test\nid = 2\nopen = new\n"
                                "[thing four]\non = host h4.test\nid = 3\nopen = new\n"
                                "[thing again-one]\non = host h1.test\nid = 5\nopen = runs\n"
                                "restart = yes\n"
                                "[thing again-two]\non = host h2.test\nid = 6\nopen = runs\n"
                                "restart = yes\n";

#define THINGS 5

static void stage(struct scene *scene)
{
    struct ajar_error err = AJAR_NO_ERROR;

    scene_set(scene);
    assert_true(file_write(scene->plan, plan_text, strlen(plan_text), 0600, &err));
    memset(scene->world->things, 0, sizeof(scene->world->things));
    for (int i = 0; i < THINGS; i++)
        scene->world->things[i] = (struct world_thing){ true, "old" };
    scene->world->things[5] = (struct world_thing){ true, "runs" };
    scene->world->things[6] = (struct world_thing){ true, "runs" };
}

static void make_sore(const struct scene *scene, int thing, enum world_fault fault, int times)
{
    scene->world->sore = thing;
    scene->world->sore_fault = fault;
    scene->world->sore_times = times;
}

/* A letter a thing: the four hosts', then the domain's. n(ew), o(ld), x: something else. */
static void assert_live(const struct scene *scene, const char *expected)
{
    char live[THINGS + 1] = "";

    for (int i = 0; i < THINGS; i++) {
        const char *value = scene->world->things[i].value;

        live[i] = strcmp(value, "new") == 0 ? 'n' : strcmp(value, "old") == 0 ? 'o' : 'x';
    }
    assert_string_equal(live, expected);
}

/* What the last command told. */
struct told {
    enum ajar_exit exit;
    char state[24];
    char summary[400];
    struct ajar_failures failures; /* without the names */
    size_t noted;                  /* changes that were not begun, and say so */
};

/* When the operator stops the run: so many questions after the first word of the undo. */
struct stopper {
    bool undoing;
    int left;
};

static void watch_progress(void *user, const struct ajar_progress *progress)
{
    struct stopper *stopper = user;

    stopper->undoing = stopper->undoing || strncmp(progress->text, "undo:", 5) == 0;
}

static bool is_time(void *user)
{
    struct stopper *stopper = user;

    return stopper->undoing && stopper->left-- <= 0;
}

static struct ajar_run *open_run(const struct scene *scene, struct stopper *stopper)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_run *run = NULL;
    struct ajar_run_options options = {
        .command = "apply",
        .config = scene->config,
        .journal = scene->journal,
        .workers = 1,
        .timeout_ms = 2000,
        .version = "test",
    };

    if (stopper)
        options.watch = (struct ajar_watch){ .user = stopper,
                                             .progress = watch_progress,
                                             .interrupted = is_time };
    assert_true(ajar_run_open(&options, &run, &err));
    return run;
}

static void take_told(const struct ajar_report *report, struct told *told)
{
    const struct ajar_window *window = &report->windows[0];

    told->exit = report->exit;
    told->failures = report->failures;
    (void)snprintf(told->state, sizeof(told->state), "%s", window->state);
    (void)snprintf(told->summary, sizeof(told->summary), "%s",
                   report->summary ? report->summary : "");
    for (size_t i = 0; i < window->count; i++)
        told->noted += window->changes[i].note && strstr(window->changes[i].note, "not begun") &&
                               strcmp(window->changes[i].state, "intended") == 0
                           ? 1
                           : 0;
}

static struct told apply_watched(const struct scene *scene,
                                 const struct ajar_failure_policy *policy, struct stopper *stopper)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_plan_source source = { .path = scene->plan };
    struct ajar_apply_options options = { .duration = 3600,
                                          .reason = "a test",
                                          .failure = *policy };
    struct ajar_report *report = NULL;
    struct ajar_plan *plan = NULL;
    struct ajar_run *run = open_run(scene, stopper);
    struct told told = { 0 };
    bool ok;

    assert_true(ajar_plan_load(&source, &plan, &err));
    ok = ajar_apply(run, plan, &options, &report, &err);
    ajar_plan_free(plan);
    if (ok)
        take_told(report, &told);
    told.exit = scene_finish(run, ok, report, &err);
    return told;
}

static struct told apply(const struct scene *scene, const struct ajar_failure_policy *policy)
{
    return apply_watched(scene, policy, NULL);
}

/* Whatever is left open, a resume and a rollback close. */
static void assert_way_back(const struct scene *scene)
{
    scene->world->sore_times = 0;
    if (scene_count_open(scene) > 0)
        (void)scene_rollback_with(scene, AJAR_CONFLICT_RESTORE);
    assert_int_equal(scene_count_open(scene), 0);
    assert_live(scene, "ooooo");
    scene_assert_fsck(scene);
}

struct row {
    const char *name;
    struct ajar_failure_policy policy;
    int sore; /* the thing; times */
    enum world_fault fault;
    int times;
    enum ajar_exit exit;
    const char *state;
    const char *live;
    int starts;    /* restarts that were done, in all */
    size_t begun;  /* writes and restarts */
    size_t undone; /* of these */
    size_t noted;  /* not begun */
    const char *says;
};

#define STOP     .on_failure = AJAR_FAILURE_STOP
#define UNDO     .on_failure = AJAR_FAILURE_UNDO
#define CONTINUE .on_failure = AJAR_FAILURE_CONTINUE
#define MOST(n)  .limited = true, .tolerated = (n)
#define SHARE(n) .limited = true, .percent = true, .tolerated = (n)

/* One after the other they are: one, domain, two, three, four, and the restarts. */
static const struct row rows[] = {
    { "nothing fails: nobody asks for the rule",
      { UNDO },
      0,
      0,
      0,
      AJAR_EXIT_DONE,
      "open",
      "nnnnn",
      2,
      7,
      0,
      0,
      "" },
    { "stop: a write fails",
      { STOP },
      1,
      WORLD_FAIL_BEFORE,
      1,
      AJAR_EXIT_PARTLY,
      "partly-open",
      "nooon",
      0,
      3,
      0,
      4,
      "h2.test failed (--on-failure stop): nothing more was begun" },
    { "stop: no answer",
      { STOP },
      1,
      WORLD_FAIL_AFTER,
      1,
      AJAR_EXIT_PARTLY,
      "partly-open",
      "nnoon",
      0,
      3,
      0,
      4,
      "First: two on h2.test: struck after" },
    { "stop: the worker dies before",
      { STOP },
      1,
      WORLD_DIE_BEFORE,
      1,
      AJAR_EXIT_PARTLY,
      "partly-open",
      "nooon",
      0,
      3,
      0,
      4,
      "the worker ended in the middle of its work" },
    { "stop: the worker dies after",
      { STOP },
      1,
      WORLD_DIE_AFTER,
      1,
      AJAR_EXIT_PARTLY,
      "partly-open",
      "nnoon",
      0,
      3,
      0,
      4,
      "the worker ended in the middle of its work" },
    { "stop: it reads back otherwise",
      { STOP },
      1,
      WORLD_BEND,
      1,
      AJAR_EXIT_PARTLY,
      "partly-open",
      "nxoon",
      0,
      3,
      0,
      4,
      "written, but it reads back as other" },
    { "stop: someone else was faster",
      { STOP },
      1,
      WORLD_TAKE,
      1,
      AJAR_EXIT_PARTLY,
      "partly-open",
      "nxoon",
      0,
      3,
      0,
      4,
      "it is no longer what was expected" },
    { "stop: the first fails, nothing was changed",
      { STOP },
      0,
      WORLD_FAIL_BEFORE,
      1,
      AJAR_EXIT_FAILED,
      "partly-open",
      "ooooo",
      0,
      1,
      0,
      6,
      "nothing more was begun" },
    { "stop: the first reads back otherwise, that is a change",
      { STOP },
      0,
      WORLD_BEND,
      1,
      AJAR_EXIT_PARTLY,
      "partly-open",
      "xoooo",
      0,
      1,
      0,
      6,
      "reads back as other" },
    { "stop: a restart fails",
      { STOP },
      5,
      WORLD_FAIL_BEFORE,
      1,
      AJAR_EXIT_PARTLY,
      "partly-open",
      "nnnnn",
      0,
      6,
      0,
      1,
      "again-one on h1.test: struck before" },
    { "continue: a write fails",
      { CONTINUE },
      1,
      WORLD_FAIL_BEFORE,
      1,
      AJAR_EXIT_PARTLY,
      "partly-open",
      "nonnn",
      2,
      7,
      0,
      0,
      "partly open: finish it" },
    { "continue: no answer",
      { CONTINUE },
      1,
      WORLD_FAIL_AFTER,
      1,
      AJAR_EXIT_PARTLY,
      "partly-open",
      "nnnnn",
      2,
      7,
      0,
      0,
      "partly open: finish it" },
    { "continue: someone else was faster",
      { CONTINUE },
      1,
      WORLD_TAKE,
      1,
      AJAR_EXIT_CONFLICT,
      "partly-open",
      "nxnnn",
      2,
      7,
      0,
      0,
      "someone else" },
    { "continue, but none may fail",
      { CONTINUE, MOST(0) },
      1,
      WORLD_FAIL_BEFORE,
      1,
      AJAR_EXIT_PARTLY,
      "partly-open",
      "nooon",
      0,
      3,
      0,
      4,
      "--on-failure continue" },
    { "one may fail, and does",
      { STOP, MOST(1) },
      1,
      WORLD_FAIL_BEFORE,
      1,
      AJAR_EXIT_PARTLY,
      "partly-open",
      "nonnn",
      2,
      7,
      0,
      0,
      "partly open: finish it" },
    { "one may fail; a target counts once",
      { STOP, MOST(1) },
      1,
      WORLD_DIE_BEFORE,
      1,
      AJAR_EXIT_PARTLY,
      "partly-open",
      "nonnn",
      2,
      7,
      0,
      0,
      "partly open: finish it" },
    { "a fifth may fail: that is one of five",
      { UNDO, SHARE(20) },
      1,
      WORLD_FAIL_BEFORE,
      1,
      AJAR_EXIT_PARTLY,
      "partly-open",
      "nonnn",
      2,
      7,
      0,
      0,
      "partly open: finish it" },
    { "less than a fifth may fail: that is none",
      { STOP, SHARE(19) },
      1,
      WORLD_FAIL_BEFORE,
      1,
      AJAR_EXIT_PARTLY,
      "partly-open",
      "nooon",
      0,
      3,
      0,
      4,
      "--on-failure stop" },
    { "undo: a write fails",
      { UNDO },
      1,
      WORLD_FAIL_BEFORE,
      1,
      AJAR_EXIT_FAILED,
      "closed",
      "ooooo",
      0,
      3,
      3,
      0,
      "h2.test failed (--on-failure undo): what this run had done was put back. First: two" },
    { "undo: no answer",
      { UNDO },
      1,
      WORLD_FAIL_AFTER,
      1,
      AJAR_EXIT_FAILED,
      "closed",
      "ooooo",
      0,
      3,
      3,
      0,
      "what this run had done was put back" },
    { "undo: the worker dies before",
      { UNDO },
      1,
      WORLD_DIE_BEFORE,
      1,
      AJAR_EXIT_FAILED,
      "closed",
      "ooooo",
      0,
      3,
      3,
      0,
      "what this run had done was put back" },
    { "undo: the worker dies after",
      { UNDO },
      1,
      WORLD_DIE_AFTER,
      1,
      AJAR_EXIT_FAILED,
      "closed",
      "ooooo",
      0,
      3,
      3,
      0,
      "what this run had done was put back" },
    { "undo: it reads back otherwise",
      { UNDO },
      1,
      WORLD_BEND,
      1,
      AJAR_EXIT_PARTLY,
      "partly-closed",
      "oxooo",
      0,
      3,
      2,
      0,
      "not all that this run had done could be put back" },
    { "undo: someone else was faster",
      { UNDO },
      1,
      WORLD_TAKE,
      1,
      AJAR_EXIT_PARTLY,
      "partly-closed",
      "oxooo",
      0,
      3,
      2,
      0,
      "not all that this run had done could be put back" },
    { "undo: the way back has no answer either",
      { UNDO },
      1,
      WORLD_FAIL_AFTER,
      2,
      AJAR_EXIT_PARTLY,
      "partly-closed",
      "ooooo",
      0,
      3,
      2,
      0,
      "finish it with ajar resume" },
    { "undo: a restart fails, and is done once more",
      { UNDO },
      6,
      WORLD_FAIL_BEFORE,
      1,
      AJAR_EXIT_FAILED,
      "closed",
      "ooooo",
      3,
      7,
      7,
      0,
      "again-two on h2.test: struck before" },
    { "a canary goes first, with its restart",
      { STOP, .canary = 1 },
      4,
      WORLD_FAIL_BEFORE,
      1,
      AJAR_EXIT_PARTLY,
      "partly-open",
      "noooo",
      1,
      3,
      0,
      4,
      "domain on f.test: struck before" },
    { "all is well with two canaries",
      { STOP, .canary = 2 },
      0,
      0,
      0,
      AJAR_EXIT_DONE,
      "open",
      "nnnnn",
      2,
      7,
      0,
      0,
      "" },
    { "more canaries than hosts: the domain comes last",
      { STOP, .canary = 64 },
      3,
      WORLD_FAIL_BEFORE,
      1,
      AJAR_EXIT_PARTLY,
      "partly-open",
      "nnnoo",
      0,
      4,
      0,
      3,
      "h4.test failed (a canary may not fail)" },
    { "a failed canary stops, whatever may fail",
      { STOP, .canary = 1, SHARE(100) },
      0,
      WORLD_FAIL_BEFORE,
      1,
      AJAR_EXIT_FAILED,
      "partly-open",
      "ooooo",
      0,
      1,
      0,
      6,
      "a canary may not fail" },
    { "a failed canary stops, whatever continues",
      { CONTINUE, .canary = 1 },
      0,
      WORLD_FAIL_AFTER,
      1,
      AJAR_EXIT_PARTLY,
      "partly-open",
      "noooo",
      0,
      1,
      0,
      6,
      "a canary may not fail" },
    { "a canary's restart fails",
      { STOP, .canary = 1 },
      5,
      WORLD_FAIL_BEFORE,
      1,
      AJAR_EXIT_PARTLY,
      "partly-open",
      "noooo",
      0,
      2,
      0,
      5,
      "h1.test failed (a canary" },
    { "undo: a failed canary leaves nothing",
      { UNDO, .canary = 1 },
      0,
      WORLD_FAIL_AFTER,
      1,
      AJAR_EXIT_FAILED,
      "closed",
      "ooooo",
      0,
      1,
      1,
      0,
      "(a canary may not fail): what this run" },
    { "undo: the canary that was well is put back, too",
      { UNDO, .canary = 1 },
      4,
      WORLD_DIE_AFTER,
      1,
      AJAR_EXIT_FAILED,
      "closed",
      "ooooo",
      2,
      3,
      3,
      0,
      "domain on f.test" },
    { "undo: more fail than may, behind a canary",
      { UNDO, .canary = 1, MOST(1) },
      1,
      WORLD_BEND,
      1,
      AJAR_EXIT_PARTLY,
      "partly-open",
      "nxnnn",
      2,
      7,
      0,
      0,
      "partly open: finish it" },
};

static void run_row(void **state)
{
    const struct row *row = *state;
    struct scene scene = { 0 };
    struct told told;

    stage(&scene);
    make_sore(&scene, row->sore, row->fault, row->times);
    told = apply(&scene, &row->policy);
    assert_live(&scene, row->live);
    assert_string_equal(told.state, row->state);
    if (!strstr(told.summary, row->says))
        fail_msg("it says \"%s\"", told.summary);
    assert_int_equal(told.exit, row->exit);
    assert_int_equal(scene.world->starts, row->starts);
    assert_int_equal(told.failures.begun, row->begun);
    assert_int_equal(told.failures.undone, row->undone);
    assert_int_equal(told.noted, row->noted);
    assert_way_back(&scene);
    scene_clear(&scene);
}

/* In the window that a first run left open at one and domain, a second run fails at three. */
static void begin_older(struct scene *scene)
{
    const struct ajar_failure_policy stop = { STOP };

    stage(scene);
    make_sore(scene, 1, WORLD_FAIL_BEFORE, 1);
    assert_int_equal(apply(scene, &stop).exit, AJAR_EXIT_PARTLY);
    assert_live(scene, "nooon");
}

static void an_older_window_keeps_what_an_earlier_run_did(void **state)
{
    const struct ajar_failure_policy undo = { UNDO };
    static const enum world_fault faults[] = { WORLD_FAIL_BEFORE, WORLD_FAIL_AFTER,
                                               WORLD_DIE_BEFORE, WORLD_DIE_AFTER };

    (void)state;
    for (size_t i = 0; i < LENGTH(faults); i++) {
        struct scene scene = { 0 };
        struct told told;

        begin_older(&scene);
        make_sore(&scene, 2, faults[i], 1);
        told = apply(&scene, &undo);
        assert_live(&scene, "nooon");
        assert_int_equal(told.exit, AJAR_EXIT_FAILED);
        assert_string_equal(told.state, "partly-open");
        assert_int_equal(told.failures.begun, 2);
        assert_int_equal(told.failures.undone, 2);
        assert_int_equal(scene_resume(&scene), AJAR_EXIT_DONE); /* it may be opened again */
        assert_live(&scene, "nnnnn");
        assert_way_back(&scene);
        scene_clear(&scene);
    }
}

static void what_an_older_window_could_not_put_back_is_told(void **state)
{
    const struct ajar_failure_policy undo = { UNDO };
    static const struct {
        enum world_fault fault;
        int times;
    } faults[] = { { WORLD_FAIL_AFTER, 2 }, { WORLD_BEND, 1 }, { WORLD_TAKE, 1 } };

    (void)state;
    for (size_t i = 0; i < LENGTH(faults); i++) {
        struct scene scene = { 0 };
        struct told told;

        begin_older(&scene);
        make_sore(&scene, 2, faults[i].fault, faults[i].times);
        told = apply(&scene, &undo);
        assert_live(&scene, faults[i].fault == WORLD_FAIL_AFTER ? "nooon" : "noxon");
        assert_int_equal(told.exit, AJAR_EXIT_PARTLY);
        assert_string_equal(told.state, "partly-open");
        assert_non_null(strstr(told.summary, "ajar rollback closes the window"));
        assert_int_equal(told.failures.begun, 2);
        assert_int_equal(told.failures.undone, 1);
        assert_way_back(&scene);
        scene_clear(&scene);
    }
}

/* The restart that the run did is done once more, and is due again when the window goes on. */
static void an_older_window_takes_its_restarts_back(void **state)
{
    const struct ajar_failure_policy undo = { UNDO };
    struct scene scene = { 0 };
    struct told told;

    (void)state;
    begin_older(&scene);
    make_sore(&scene, 6, WORLD_FAIL_BEFORE, 1);
    told = apply(&scene, &undo);
    assert_live(&scene, "nooon");
    assert_int_equal(told.exit, AJAR_EXIT_FAILED);
    assert_int_equal(scene.world->starts, 3); /* one, and both once more */
    assert_int_equal(scene_resume(&scene), AJAR_EXIT_DONE);
    assert_int_equal(scene.world->starts, 5);
    assert_way_back(&scene);
    scene_clear(&scene);
}

/* What was put back is no longer the window's: what somebody else makes of it later stays. */
static void what_was_put_back_is_not_claimed_again(void **state)
{
    const struct ajar_failure_policy undo = { UNDO };
    const struct ajar_failure_policy further = { CONTINUE };
    struct scene scene = { 0 };

    (void)state;
    begin_older(&scene);
    make_sore(&scene, 2, WORLD_FAIL_BEFORE, 1);
    assert_int_equal(apply(&scene, &undo).exit, AJAR_EXIT_FAILED);
    make_sore(&scene, 1, WORLD_TAKE, 1);
    assert_int_equal(apply(&scene, &further).exit, AJAR_EXIT_CONFLICT);
    (void)snprintf(scene.world->things[1].value, WORLD_VALUE, "new");
    assert_int_equal(scene_rollback(&scene), AJAR_EXIT_CONFLICT);
    assert_live(&scene, "onooo");
    assert_way_back(&scene);
    scene_clear(&scene);
}

/* A target that was away before the first write did not fail: the plan showed it. */
static void a_host_that_is_away_is_no_failure(void **state)
{
    const struct ajar_failure_policy undo = { UNDO };
    struct scene scene = { 0 };
    struct told told;

    (void)state;
    stage(&scene);
    scene.world->down = 2;
    told = apply(&scene, &undo);
    assert_int_equal(told.exit, AJAR_EXIT_PARTLY);
    assert_string_equal(told.state, "partly-open");
    assert_false(told.failures.acted);
    assert_int_equal(told.failures.target_count, 4);
    assert_live(&scene, "nnonn");
    scene.world->down = -1;
    assert_way_back(&scene);
    scene_clear(&scene);
}

/* A host that was away when the window was closed again was never written: it owes nothing. */
static void undo_needs_nothing_of_what_it_never_began(void **state)
{
    const struct ajar_failure_policy undo = { UNDO };
    struct scene scene = { 0 };
    struct told told;

    (void)state;
    stage(&scene);
    scene.world->down = 3;
    make_sore(&scene, 1, WORLD_FAIL_BEFORE, 1);
    told = apply(&scene, &undo);
    assert_int_equal(told.exit, AJAR_EXIT_FAILED);
    assert_string_equal(told.state, "closed");
    assert_live(&scene, "ooooo");
    scene_clear(&scene);
}

/* Ctrl-C at each moment of the undo: what was begun is finished, and resume or rollback goes on. */
static void the_operator_stops_the_undo(void **state)
{
    const struct ajar_failure_policy undo = { UNDO };
    bool stopped = true;
    int n;

    (void)state;
    for (n = 0; stopped; n++) {
        struct scene scene = { 0 };
        struct stopper stopper = { .left = n };
        struct told told;

        stage(&scene);
        make_sore(&scene, 2, WORLD_FAIL_AFTER, 1);
        told = apply_watched(&scene, &undo, &stopper);
        stopped = told.exit == AJAR_EXIT_INTERRUPTED;
        if (!stopped)
            assert_int_equal(told.exit, AJAR_EXIT_FAILED);
        else if (strcmp(told.state, "partly-closed") == 0)
            assert_int_equal(scene_resume(&scene), AJAR_EXIT_DONE);
        assert_way_back(&scene);
        scene_clear(&scene);
    }
    assert_true(n > 4);
}

/* Runs it in a process of its own, for it will be killed. */
static void apply_apart(const struct scene *scene, const struct ajar_failure_policy *policy)
{
    int status = 0;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        (void)apply(scene, policy);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
}

/* A word of the newest window's state. */
static void read_state(const struct scene *scene, char *ret_state, size_t size)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_report *report = NULL;
    struct ajar_run *run = open_run(scene, NULL);

    assert_true(ajar_show(run, NULL, &report, &err));
    (void)snprintf(ret_state, size, "%s", report->windows[0].state);
    (void)scene_finish(run, true, report, &err);
}

/* Killed after the Nth call of a provider, which is before the next one; false when there are
 * fewer.
 */
static bool kill_trial(int n, bool older, int *closings)
{
    const struct ajar_failure_policy undo = { UNDO };
    struct scene scene = { 0 };
    char now[24] = "";
    bool struck;

    if (older)
        begin_older(&scene);
    else
        stage(&scene);
    make_sore(&scene, 2, WORLD_FAIL_BEFORE, 1);
    scene.world->calls = 0;
    scene.world->fault = WORLD_KILL_AFTER;
    scene.world->fail_at = n;
    apply_apart(&scene, &undo);
    struck = scene.world->calls >= n;
    scene.world->fail_at = 0;
    scene.world->sore_times = 0;
    if (scene_count_open(&scene) > 0) {
        read_state(&scene, now, sizeof(now));
        assert_int_equal(scene_resume(&scene), AJAR_EXIT_DONE);
        if (strcmp(now, "closing") == 0) { /* an undo goes on to its end */
            (*closings)++;
            assert_int_equal(scene_count_open(&scene), 0);
        }
    }
    assert_way_back(&scene);
    scene_clear(&scene);
    return struck;
}

static void killed_at_each_call_of_an_undo(void **state)
{
    int closings = 0;

    (void)state;
    for (int older = 0; older < 2; older++) {
        int n = 8; /* seven reads ahead of the first write */

        while (kill_trial(n, older, &closings))
            n++;
        assert_true(n > 10);
    }
    assert_true(closings > 2);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(an_older_window_keeps_what_an_earlier_run_did),
        cmocka_unit_test(what_an_older_window_could_not_put_back_is_told),
        cmocka_unit_test(an_older_window_takes_its_restarts_back),
        cmocka_unit_test(what_was_put_back_is_not_claimed_again),
        cmocka_unit_test(a_host_that_is_away_is_no_failure),
        cmocka_unit_test(undo_needs_nothing_of_what_it_never_began),
        cmocka_unit_test(the_operator_stops_the_undo),
        cmocka_unit_test(killed_at_each_call_of_an_undo),
    };
    struct CMUnitTest tests[LENGTH(rows)];
    int failed;

    for (size_t i = 0; i < LENGTH(rows); i++)
        tests[i] = (struct CMUnitTest){ .name = rows[i].name,
                                        .test_func = run_row,
                                        .initial_state = (void *)(uintptr_t)&rows[i] };
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    return cmocka_run_group_tests(others, NULL, NULL) + failed;
}
