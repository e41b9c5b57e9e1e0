/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whatever goes wrong, wherever: the Nth call of a provider fails, its worker dies, or the whole
 * run is killed, before and after the write lands; the run is killed before and after each commit.
 * In every case a rollback, with or without a resume before it, comes back to the start.
 */
#include <ajar/engine.h>

#include "base/file.h"
#include "fake/world.h"
#include "journal/journal.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

static const char plan_text[] = "[plan]\n"
                                "name = everything\n"
                                "[thing created]\n"
                                "on = host a.test\n"
                                "id = 0\n"
                                "open = new\n"
                                "[thing changed]\n"
                                "on = host a.test\n"
                                "id = 1\n"
                                "open = open\n"
                                "takes-effect = restart\n"
                                "[thing equal]\n"
                                "on = host b.test\n"
                                "id = 2\n"
                                "open = same\n"
                                "[thing elsewhere]\n"
                                "on = host b.test\n"
                                "id = 3\n"
                                "open = also\n";

static const struct world_thing start[WORLD_THINGS] = {
    [1] = { true, "closed" },
    [2] = { true, "same" },
    [3] = { true, "" },
};

/* What a scenario has: a folder with a journal, a configuration and a plan, and the world. */
struct scene {
    char *folder;
    char *config;
    char *journal;
    char *plan;
    struct world *world;
};

/* The run is killed at this commit: before it when negative; 0 is never. */
static int kill_at_commit;
static int commits;

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
    ok = __real_repository_write(repository, commit, ret_id, err);
    if (kill_at_commit == commits)
        (void)raise(SIGKILL);
    return ok;
}

static void scene_set(struct scene *scene)
{
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(file_make_temporary_folder("test-faults", &scene->folder, &err));
    assert_true(asprintf(&scene->config, "%s/ajar.ini", scene->folder) > 0);
    assert_true(asprintf(&scene->journal, "%s/journal.git", scene->folder) > 0);
    assert_true(asprintf(&scene->plan, "%s/plan.ini", scene->folder) > 0);
    assert_true(file_write(scene->config, "", 0, 0600, &err));
    assert_true(file_write(scene->plan, plan_text, strlen(plan_text), 0600, &err));
    scene->world = world_make();
    memset(scene->world, 0, sizeof(*scene->world));
    memcpy(scene->world->things, start, sizeof(start));
    scene->world->down = -1;
    kill_at_commit = 0;
    commits = 0;
}

static void scene_clear(struct scene *scene)
{
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(file_remove_folder(scene->folder, &err));
    free(scene->folder);
    free(scene->config);
    free(scene->journal);
    free(scene->plan);
}

static struct ajar_run *open_run(const struct scene *scene, const char *command)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_run *run = NULL;
    struct ajar_run_options options = {
        .command = command,
        .config = scene->config,
        .journal = scene->journal,
        .timeout_ms = 2000,
        .version = "test",
    };

    assert_true(ajar_run_open(&options, &run, &err));
    return run;
}

/* Ends the run, the report and the error of a command; gives its exit status. */
static enum ajar_exit finish(struct ajar_run *run, bool ok, struct ajar_report *report,
                             const struct ajar_error *err)
{
    enum ajar_exit status = ok ? report->exit : ajar_exit_for(err);

    ajar_report_free(report);
    ajar_run_close(run);
    return status;
}

static enum ajar_exit apply(const struct scene *scene)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_plan_source source = { .path = scene->plan };
    struct ajar_apply_options options = { .duration = 3600, .reason = "a test" };
    struct ajar_report *report = NULL;
    struct ajar_plan *plan = NULL;
    struct ajar_run *run = open_run(scene, "apply");
    bool ok;

    assert_true(ajar_plan_load(&source, &plan, &err));
    ok = ajar_apply(run, plan, &options, &report, &err);
    ajar_plan_free(plan);
    return finish(run, ok, report, &err);
}

static enum ajar_exit rollback_with(const struct scene *scene, enum ajar_on_conflict on_conflict)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_report *report = NULL;
    struct ajar_run *run = open_run(scene, "rollback");
    bool ok = ajar_rollback(run, NULL, on_conflict, &report, &err);

    return finish(run, ok, report, &err);
}

static enum ajar_exit rollback(const struct scene *scene)
{
    return rollback_with(scene, AJAR_CONFLICT_SKIP);
}

static enum ajar_exit resume(const struct scene *scene)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_report *report = NULL;
    struct ajar_run *run = open_run(scene, "resume");
    bool ok = ajar_resume(run, NULL, &report, &err);

    return finish(run, ok, report, &err);
}

/* How many windows are not closed. */
static size_t count_open(const struct scene *scene)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_report *report = NULL;
    struct ajar_run *run = open_run(scene, "status");
    size_t open = 0;

    assert_true(ajar_status(run, NULL, false, &report, &err));
    for (size_t i = 0; i < report->count; i++)
        open += strcmp(report->windows[i].state, "closed") != 0 ? 1 : 0;
    (void)finish(run, true, report, &err);
    return open;
}

static void assert_start(const struct scene *scene)
{
    for (int i = 0; i < WORLD_THINGS; i++) {
        assert_int_equal(scene->world->things[i].exists, start[i].exists);
        assert_string_equal(scene->world->things[i].value, start[i].value);
    }
}

static void assert_fsck(const struct scene *scene)
{
    char *const words[] = { (char *)(uintptr_t) "git",
                            (char *)(uintptr_t) "-C",
                            scene->journal,
                            (char *)(uintptr_t) "fsck",
                            (char *)(uintptr_t) "--strict",
                            (char *)(uintptr_t) "--no-dangling",
                            NULL };
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        (void)freopen("/dev/null", "w", stderr);
        (void)execvp("git", words);
        _exit(127);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

/* Runs `command` in a process of its own, which may be killed on the way. */
static void run_apart(const struct scene *scene, enum ajar_exit (*command)(const struct scene *))
{
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        (void)command(scene);
        _exit(0);
    }
    assert_int_equal(waitpid(child, NULL, 0), child);
}

/* After the trouble: back to the start, by a rollback alone or by a resume and a rollback. */
static void assert_way_back(const struct scene *scene, bool with_resume)
{
    scene->world->fail_at = 0;
    kill_at_commit = 0;
    if (with_resume && count_open(scene) > 0)
        (void)resume(scene);
    if (count_open(scene) > 0)
        assert_int_equal(rollback(scene), AJAR_EXIT_DONE);
    assert_start(scene);
    assert_int_equal(count_open(scene), 0);
}

/* One N of a loop; false when the command needs fewer calls than that. */
static bool trial(enum world_fault fault, int n, bool closing, bool with_resume)
{
    struct scene scene = { 0 };
    bool struck;

    scene_set(&scene);
    if (closing)
        assert_int_equal(apply(&scene), AJAR_EXIT_DONE);
    scene.world->calls = 0;
    scene.world->fault = fault;
    scene.world->fail_at = n;
    run_apart(&scene, closing ? rollback : apply);
    struck = scene.world->calls >= n;
    assert_way_back(&scene, with_resume);
    if (access(scene.journal, F_OK) == 0)
        assert_fsck(&scene);
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

static bool commit_trial(int n, bool closing, bool with_resume)
{
    struct scene scene = { 0 };
    int before;

    scene_set(&scene);
    if (closing)
        assert_int_equal(apply(&scene), AJAR_EXIT_DONE);
    before = scene.world->writes;
    commits = 0;
    kill_at_commit = n;
    run_apart(&scene, closing ? rollback : apply);
    kill_at_commit = 0;
    if (!closing && n == -1)
        assert_int_equal(scene.world->writes, before); /* nothing before the record */
    bool killed = closing ? count_open(&scene) > 0 || n > 0 : true;
    assert_way_back(&scene, with_resume);
    assert_fsck(&scene);
    scene_clear(&scene);
    return killed;
}

static void killed_at_each_commit(void **state)
{
    (void)state;
    for (int closing = 0; closing < 2; closing++) {
        for (int with_resume = 0; with_resume < 2; with_resume++) {
            for (int n = 1; n <= 6; n++) {
                (void)commit_trial(n, closing, with_resume);
                (void)commit_trial(-n, closing, with_resume);
            }
        }
    }
}

static void the_exit_status_of_a_clean_run(void **state)
{
    struct scene scene = { 0 };

    (void)state;
    scene_set(&scene);
    assert_int_equal(apply(&scene), AJAR_EXIT_DONE);
    assert_string_equal(scene.world->things[0].value, "new");
    assert_string_equal(scene.world->things[1].value, "open");
    assert_int_equal(scene.world->writes, 3);
    assert_int_equal(apply(&scene), AJAR_EXIT_DONE); /* again: nothing to do */
    assert_int_equal(scene.world->writes, 3);
    assert_int_equal(count_open(&scene), 1);
    assert_int_equal(rollback(&scene), AJAR_EXIT_DONE);
    assert_start(&scene);
    scene_clear(&scene);
}

static void set_thing(struct scene *scene, int id, const char *value)
{
    scene->world->things[id].exists = true;
    (void)snprintf(scene->world->things[id].value, WORLD_VALUE, "%s", value);
}

static void a_conflict_is_left_alone_then_restored(void **state)
{
    struct scene scene = { 0 };

    (void)state;
    scene_set(&scene);
    assert_int_equal(apply(&scene), AJAR_EXIT_DONE);
    set_thing(&scene, 1, "third");
    assert_int_equal(apply(&scene), AJAR_EXIT_CONFLICT);
    assert_string_equal(scene.world->things[1].value, "third");
    assert_int_equal(rollback(&scene), AJAR_EXIT_CONFLICT);
    assert_string_equal(scene.world->things[1].value, "third");
    assert_false(scene.world->things[0].exists);
    assert_int_equal(count_open(&scene), 1);
    assert_int_equal(rollback_with(&scene, AJAR_CONFLICT_RESTORE), AJAR_EXIT_DONE);
    assert_start(&scene);
    assert_int_equal(count_open(&scene), 0);
    scene_clear(&scene);
}

static void a_conflict_is_kept(void **state)
{
    struct scene scene = { 0 };

    (void)state;
    scene_set(&scene);
    assert_int_equal(apply(&scene), AJAR_EXIT_DONE);
    set_thing(&scene, 1, "third");
    assert_int_equal(rollback_with(&scene, AJAR_CONFLICT_KEEP), AJAR_EXIT_DONE);
    assert_string_equal(scene.world->things[1].value, "third");
    assert_false(scene.world->things[0].exists);
    assert_int_equal(count_open(&scene), 0);
    scene_clear(&scene);
}

static void a_host_that_is_down_is_finished_later(void **state)
{
    struct scene scene = { 0 };

    (void)state;
    scene_set(&scene);
    scene.world->down = 3;
    assert_int_equal(apply(&scene), AJAR_EXIT_PARTLY);
    assert_string_equal(scene.world->things[3].value, "");
    assert_string_equal(scene.world->things[0].value, "new");
    scene.world->down = -1;
    assert_int_equal(resume(&scene), AJAR_EXIT_DONE);
    assert_string_equal(scene.world->things[3].value, "also");
    scene.world->down = 1;
    assert_int_equal(rollback(&scene), AJAR_EXIT_PARTLY);
    assert_string_equal(scene.world->things[1].value, "open");
    scene.world->down = -1;
    assert_int_equal(resume(&scene), AJAR_EXIT_DONE);
    assert_start(&scene);
    scene_clear(&scene);
}

static void a_host_that_never_came_back_is_closed_without_a_write(void **state)
{
    struct scene scene = { 0 };

    (void)state;
    scene_set(&scene);
    scene.world->down = 3;
    assert_int_equal(apply(&scene), AJAR_EXIT_PARTLY);
    assert_int_equal(rollback(&scene), AJAR_EXIT_DONE);
    assert_start(&scene);
    scene_clear(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_exit_status_of_a_clean_run),
        cmocka_unit_test(a_conflict_is_left_alone_then_restored),
        cmocka_unit_test(a_conflict_is_kept),
        cmocka_unit_test(a_host_that_is_down_is_finished_later),
        cmocka_unit_test(a_host_that_never_came_back_is_closed_without_a_write),
        cmocka_unit_test(every_call_of_an_apply_goes_wrong),
        cmocka_unit_test(every_call_of_a_rollback_goes_wrong),
        cmocka_unit_test(killed_at_each_commit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
