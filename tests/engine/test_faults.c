/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whatever goes wrong, wherever: the Nth call of a provider fails, its worker dies, or the whole
 * run is killed, before and after the write lands; the run is killed before and after each commit.
 * In every case a rollback, with or without a resume before it, comes back to the start.
 */
#include "fake/scene.h"
#include "journal/journal.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

/* The run is killed at this commit: before it when negative; 0 is never. */
static int kill_at_commit;
static int commits;

/* The commit that cannot be written; 0: none. */
static int full_at_commit;

bool __real_repository_write(struct repository *, const struct repository_commit *,
                             struct repository_id *, struct ajar_error *);
bool __wrap_repository_write(struct repository *, const struct repository_commit *,
                             struct repository_id *, struct ajar_error *);

bool __wrap_repository_write(struct repository *repository, const struct repository_commit *commit,
                             struct repository_id *ret_id, struct ajar_error *err)
{
    bool ok;

    commits++;
    if (kill_at_commit == -commits)
        (void)raise(SIGKILL);
    if (full_at_commit == commits)
        return ajar_fail(err, AJAR_EJOURNAL, "no space left on device");
    ok = __real_repository_write(repository, commit, ret_id, err);
    if (kill_at_commit == commits)
        (void)raise(SIGKILL);
    return ok;
}

/* Runs `command` in a process of its own; true when it was killed on the way. */
static bool run_apart(const struct scene *scene, enum ajar_exit (*command)(const struct scene *))
{
    int status = 0;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        (void)command(scene);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status);
}

/* After the trouble: back to the start, by a rollback alone or by a resume and a rollback. */
static void assert_way_back(const struct scene *scene, bool with_resume)
{
    scene->world->fail_at = 0;
    kill_at_commit = 0;
    if (with_resume && scene_count_open(scene) > 0)
        (void)scene_resume(scene);
    if (scene_count_open(scene) > 0)
        assert_int_equal(scene_rollback(scene), AJAR_EXIT_DONE);
    scene_assert_start(scene);
    assert_int_equal(scene_count_open(scene), 0);
}

/* One N of a loop; false when the command needs fewer calls than that. */
static bool trial(enum world_fault fault, int n, bool closing, bool with_resume)
{
    struct scene scene = { 0 };
    bool struck;

    kill_at_commit = 0;
    scene_set(&scene);
    if (closing)
        assert_int_equal(scene_apply(&scene), AJAR_EXIT_DONE);
    scene.world->calls = 0;
    scene.world->fault = fault;
    scene.world->fail_at = n;
    (void)run_apart(&scene, closing ? scene_rollback : scene_apply);
    struck = scene.world->calls >= n;
    assert_way_back(&scene, with_resume);
    if (access(scene.journal, F_OK) == 0)
        scene_assert_fsck(&scene);
    scene_clear(&scene);
    return struck;
}

static void loop(bool closing)
{
    for (enum world_fault fault = 0; fault < WORLD_FAULTS; fault++) {
        for (int with_resume = 0; with_resume < 2; with_resume++) {
            int n = 1;

            while (trial(fault, n, closing, with_resume))
                n++;
            assert_true(n > 4); /* the loop did meet the calls */
        }
    }
}

static void every_call_of_an_apply_goes_wrong(void **state)
{
    (void)state;
    loop(false);
}

static void every_call_of_a_rollback_goes_wrong(void **state)
{
    (void)state;
    loop(true);
}

/* Killed after commit `n`, or before it when that is negative; false when there is none such. */
static bool commit_trial(int n, bool closing, bool with_resume)
{
    struct scene scene = { 0 };
    int writes;
    bool killed;

    kill_at_commit = 0;
    scene_set(&scene);
    if (closing)
        assert_int_equal(scene_apply(&scene), AJAR_EXIT_DONE);
    writes = scene.world->writes;
    commits = 0;
    kill_at_commit = n;
    killed = run_apart(&scene, closing ? scene_rollback : scene_apply);
    kill_at_commit = 0;
    if (n == -1)
        assert_int_equal(scene.world->writes, writes); /* nothing before the record */
    assert_way_back(&scene, with_resume);
    scene_assert_fsck(&scene);
    scene_clear(&scene);
    return killed;
}

static void commit_loop(bool closing, bool with_resume)
{
    int n = 1;

    while (commit_trial(-n, closing, with_resume)) {
        (void)commit_trial(n, closing, with_resume); /* outcomes may share a commit this time */
        n++;
    }
    assert_true(n > 4); /* the opening, the outcomes, the end */
}

static void killed_at_each_commit(void **state)
{
    (void)state;
    for (int closing = 0; closing < 2; closing++) {
        for (int with_resume = 0; with_resume < 2; with_resume++)
            commit_loop(closing, with_resume);
    }
}

static enum ajar_exit status_of(const struct scene *scene)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_report *report = NULL;
    struct ajar_run *run = scene_open_run(scene, "status");
    bool ok = ajar_status(run, NULL, false, &report, &err);

    return scene_finish(run, ok, report, &err);
}

/* Also when all was done, and only the commit that says so was missing. */
static void a_run_that_was_killed_is_ended_by_resume(void **state)
{
    bool killed = true;

    (void)state;
    for (int n = 1; killed; n++) {
        struct scene scene = { 0 };

        scene_set(&scene);
        commits = 0;
        kill_at_commit = n;
        killed = run_apart(&scene, scene_apply);
        kill_at_commit = 0;
        assert_int_equal(n % 2 ? scene_resume(&scene) : scene_apply(&scene), AJAR_EXIT_DONE);
        assert_int_equal(status_of(&scene), AJAR_EXIT_DONE);
        scene_clear(&scene);
    }
}

/* "Failed, nothing was changed" is said only while it is so. False when no commit was that late. */
static bool full_trial(int n, bool closing)
{
    struct scene scene = { 0 };
    enum ajar_exit exit;
    bool reached;
    int writes;

    scene_set(&scene);
    if (closing)
        assert_int_equal(scene_apply(&scene), AJAR_EXIT_DONE);
    writes = scene.world->writes;
    commits = 0;
    full_at_commit = n;
    exit = closing ? scene_rollback(&scene) : scene_apply(&scene);
    full_at_commit = 0;
    reached = commits >= n;
    if (!reached)
        assert_int_equal(exit, AJAR_EXIT_DONE);
    else
        assert_int_equal(exit, scene.world->writes > writes ? AJAR_EXIT_PARTLY : AJAR_EXIT_FAILED);
    assert_way_back(&scene, true);
    scene_clear(&scene);
    return reached;
}

static void a_journal_that_cannot_be_written_behind_a_write(void **state)
{
    (void)state;
    for (int closing = 0; closing < 2; closing++) {
        int n = 1;

        while (full_trial(n, closing))
            n++;
        assert_true(n > 3); /* the opening, the outcomes, the end */
    }
}

/* With the name of a test: that one alone. */
int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_call_of_an_apply_goes_wrong),
        cmocka_unit_test(every_call_of_a_rollback_goes_wrong),
        cmocka_unit_test(killed_at_each_commit),
        cmocka_unit_test(a_run_that_was_killed_is_ended_by_resume),
        cmocka_unit_test(a_journal_that_cannot_be_written_behind_a_write),
    };

    for (size_t i = 0; i < LENGTH(tests) && argc == 2; i++) {
        if (strcmp(tests[i].name, argv[1]) == 0)
            return _cmocka_run_group_tests("tests", &tests[i], 1, NULL, NULL);
    }
    return argc == 1 ? cmocka_run_group_tests(tests, NULL, NULL) : 64;
}
