/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake/scene.h"

#include "base/file.h"
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

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

void scene_set(struct scene *scene)
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
    scene->world->deaf = -1;
    scene->world->domains = 2;
}

void scene_clear(struct scene *scene)
{
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(file_remove_folder(scene->folder, &err));
    free(scene->folder);
    free(scene->config);
    free(scene->journal);
    free(scene->plan);
}

int scene_setup(void **state)
{
    struct scene *scene = calloc(1, sizeof(*scene));

    if (scene)
        scene_set(scene);
    *state = scene;
    return scene ? 0 : -1;
}

int scene_teardown(void **state)
{
    scene_clear(*state);
    free(*state);
    return 0;
}

int scene_set_up(void **state)
{
    struct scene *scene = calloc(1, sizeof(*scene));

    if (scene)
        scene_set(scene);
    *state = scene;
    return scene ? 0 : -1;
}

int scene_tear_down(void **state)
{
    scene_clear(*state);
    free(*state);
    return 0;
}

void scene_put(const struct scene *scene, int id, const char *value)
{
    scene->world->things[id].exists = true;
    (void)snprintf(scene->world->things[id].value, WORLD_VALUE, "%s", value);
}

struct ajar_run *scene_open_run(const struct scene *scene, const char *command)
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
enum ajar_exit scene_finish(struct ajar_run *run, bool ok, struct ajar_report *report,
                            const struct ajar_error *err)
{
    enum ajar_exit status = ok ? report->exit : ajar_exit_for(err);

    ajar_report_free(report);
    ajar_run_close(run);
    return status;
}

enum ajar_exit scene_apply(const struct scene *scene)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_plan_source source = { .path = scene->plan };
    struct ajar_apply_options options = { .duration = 3600, .reason = "a test" };
    struct ajar_report *report = NULL;
    struct ajar_plan *plan = NULL;
    struct ajar_run *run = scene_open_run(scene, "apply");
    bool ok;

    assert_true(ajar_plan_load(&source, &plan, &err));
    ok = ajar_apply(run, plan, &options, &report, &err);
    ajar_plan_free(plan);
    return scene_finish(run, ok, report, &err);
}

enum ajar_exit scene_rollback_with(const struct scene *scene, enum ajar_on_conflict on_conflict)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_report *report = NULL;
    struct ajar_run *run = scene_open_run(scene, "rollback");
    const struct ajar_rollback_options options = { .on_conflict = on_conflict };
    bool ok = ajar_rollback(run, NULL, &options, &report, &err);

    return scene_finish(run, ok, report, &err);
}

enum ajar_exit scene_rollback(const struct scene *scene)
{
    return scene_rollback_with(scene, AJAR_CONFLICT_SKIP);
}

enum ajar_exit scene_resume(const struct scene *scene)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_report *report = NULL;
    struct ajar_run *run = scene_open_run(scene, "resume");
    bool ok = ajar_resume(run, NULL, NULL, &report, &err);

    return scene_finish(run, ok, report, &err);
}

void scene_outcome_release(struct scene_outcome *outcome)
{
    ajar_report_free(outcome->report);
}

struct ajar_plan *scene_load(const struct scene *scene, const char *text)
{
    OWNED(free) char *path = text_make("%s/p.ini", scene->folder);
    struct ajar_plan_source source = { .path = path };
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_plan *plan = NULL;

    assert_true(file_write(path, text, strlen(text), 0600, &err));
    if (!ajar_plan_load(&source, &plan, &err))
        fail_msg("%s", err.text);
    return plan;
}

/* Ends the run and the plan, which may be NULL. */
static void end(struct scene_outcome *outcome, bool ok, struct ajar_run *run,
                struct ajar_plan *plan)
{
    outcome->exit = ok ? outcome->report->exit : ajar_exit_for(&outcome->err);
    ajar_run_close(run);
    ajar_plan_free(plan);
}

struct scene_outcome scene_on_plan(const struct scene *scene, const char *text,
                                   scene_command *perform)
{
    struct scene_outcome outcome = { .err = AJAR_NO_ERROR };
    struct ajar_plan *plan = scene_load(scene, text);
    struct ajar_run *run = scene_open_run(scene, "test");

    end(&outcome, perform(run, plan, &outcome.report, &outcome.err), run, plan);
    return outcome;
}

struct scene_outcome scene_plan_with(const struct scene *scene, const char *text,
                                     const struct ajar_plan_options *options)
{
    struct scene_outcome outcome = { .err = AJAR_NO_ERROR };
    struct ajar_plan *plan = scene_load(scene, text);
    struct ajar_run *run = scene_open_run(scene, "plan");

    end(&outcome, ajar_plan(run, plan, options, &outcome.report, &outcome.err), run, plan);
    return outcome;
}

struct scene_outcome scene_check_with(const struct scene *scene, const char *text,
                                      const struct ajar_check_options *options)
{
    struct scene_outcome outcome = { .err = AJAR_NO_ERROR };
    struct ajar_plan *plan = scene_load(scene, text);
    struct ajar_run *run = scene_open_run(scene, "check");

    end(&outcome, ajar_check(run, plan, options, &outcome.report, &outcome.err), run, plan);
    return outcome;
}

struct scene_outcome scene_apply_with(const struct scene *scene, const char *text,
                                      const struct ajar_apply_options *options)
{
    struct scene_outcome outcome = { .err = AJAR_NO_ERROR };
    struct ajar_plan *plan = scene_load(scene, text);
    struct ajar_run *run = scene_open_run(scene, "apply");

    end(&outcome, ajar_apply(run, plan, options, &outcome.report, &outcome.err), run, plan);
    return outcome;
}

struct scene_outcome scene_rollback_window(const struct scene *scene, const char *window,
                                           const struct ajar_rollback_options *options)
{
    struct scene_outcome outcome = { .err = AJAR_NO_ERROR };
    struct ajar_run *run = scene_open_run(scene, "rollback");

    end(&outcome, ajar_rollback(run, window, options, &outcome.report, &outcome.err), run, NULL);
    return outcome;
}

/* How many windows are not closed. */
size_t scene_count_open(const struct scene *scene)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_report *report = NULL;
    struct ajar_run *run = scene_open_run(scene, "status");
    size_t open = 0;

    assert_true(ajar_status(run, NULL, false, &report, &err));
    for (size_t i = 0; i < report->count; i++)
        open += strcmp(report->windows[i].state, "closed") != 0 ? 1 : 0;
    (void)scene_finish(run, true, report, &err);
    return open;
}

void scene_assert_start(const struct scene *scene)
{
    for (int i = 0; i < WORLD_THINGS; i++) {
        assert_int_equal(scene->world->things[i].exists, start[i].exists);
        assert_string_equal(scene->world->things[i].value, start[i].value);
    }
}

void scene_assert_fsck(const struct scene *scene)
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
