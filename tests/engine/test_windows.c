/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The life of a window, in a world where nothing fails but what a test makes fail.
 */
#include "base/file.h"
#include "base/text.h"
#include "fake/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void the_exit_status_of_a_clean_run(void **state)
{
    struct scene scene = { 0 };

    (void)state;
    scene_set(&scene);
    assert_int_equal(scene_apply(&scene), AJAR_EXIT_DONE);
    assert_string_equal(scene.world->things[0].value, "new");
    assert_string_equal(scene.world->things[1].value, "open");
    assert_int_equal(scene.world->writes, 3);
    assert_int_equal(scene_apply(&scene), AJAR_EXIT_DONE); /* again: nothing to do */
    assert_int_equal(scene.world->writes, 3);
    assert_int_equal(scene_count_open(&scene), 1);
    assert_int_equal(scene_rollback(&scene), AJAR_EXIT_DONE);
    scene_assert_start(&scene);
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
    assert_int_equal(scene_apply(&scene), AJAR_EXIT_DONE);
    set_thing(&scene, 1, "third");
    assert_int_equal(scene_apply(&scene), AJAR_EXIT_CONFLICT);
    assert_string_equal(scene.world->things[1].value, "third");
    assert_int_equal(scene_rollback(&scene), AJAR_EXIT_CONFLICT);
    assert_string_equal(scene.world->things[1].value, "third");
    assert_false(scene.world->things[0].exists);
    assert_int_equal(scene_count_open(&scene), 1);
    assert_int_equal(scene_rollback_with(&scene, AJAR_CONFLICT_RESTORE), AJAR_EXIT_DONE);
    scene_assert_start(&scene);
    assert_int_equal(scene_count_open(&scene), 0);
    scene_clear(&scene);
}

static void a_conflict_is_kept(void **state)
{
    struct scene scene = { 0 };

    (void)state;
    scene_set(&scene);
    assert_int_equal(scene_apply(&scene), AJAR_EXIT_DONE);
    set_thing(&scene, 1, "third");
    assert_int_equal(scene_rollback_with(&scene, AJAR_CONFLICT_KEEP), AJAR_EXIT_DONE);
    assert_string_equal(scene.world->things[1].value, "third");
    assert_false(scene.world->things[0].exists);
    assert_int_equal(scene_count_open(&scene), 0);
    scene_clear(&scene);
}

static void a_host_that_is_down_is_finished_later(void **state)
{
    struct scene scene = { 0 };

    (void)state;
    scene_set(&scene);
    scene.world->down = 3;
    assert_int_equal(scene_apply(&scene), AJAR_EXIT_PARTLY);
    assert_string_equal(scene.world->things[3].value, "");
    assert_string_equal(scene.world->things[0].value, "new");
    scene.world->down = -1;
    assert_int_equal(scene_resume(&scene), AJAR_EXIT_DONE);
    assert_string_equal(scene.world->things[3].value, "also");
    scene.world->down = 1;
    assert_int_equal(scene_rollback(&scene), AJAR_EXIT_PARTLY);
    assert_string_equal(scene.world->things[1].value, "open");
    scene.world->down = -1;
    assert_int_equal(scene_resume(&scene), AJAR_EXIT_DONE);
    scene_assert_start(&scene);
    scene_clear(&scene);
}

static void a_host_that_never_came_back_is_closed_without_a_write(void **state)
{
    struct scene scene = { 0 };

    (void)state;
    scene_set(&scene);
    scene.world->down = 3;
    assert_int_equal(scene_apply(&scene), AJAR_EXIT_PARTLY);
    assert_int_equal(scene_rollback(&scene), AJAR_EXIT_DONE);
    scene_assert_start(&scene);
    scene_clear(&scene);
}

static enum ajar_exit status(const struct scene *scene, bool live)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_report *report = NULL;
    struct ajar_run *run = scene_open_run(scene, "status");
    bool ok = ajar_status(run, NULL, live, &report, &err);

    return scene_finish(run, ok, report, &err);
}

/* Applies the plan in this file, with this many seconds to its end. */
static enum ajar_exit apply_file(const struct scene *scene, const char *path, int64_t duration,
                                 struct ajar_error *ret_err)
{
    struct ajar_plan_source source = { .path = path };
    struct ajar_apply_options options = { .duration = duration, .reason = "a test" };
    struct ajar_report *report = NULL;
    struct ajar_plan *plan = NULL;
    struct ajar_run *run = scene_open_run(scene, "apply");
    bool ok;

    assert_true(ajar_plan_load(&source, &plan, ret_err));
    ok = ajar_apply(run, plan, &options, &report, ret_err);
    ajar_plan_free(plan);
    return scene_finish(run, ok, report, ret_err);
}

static void past_its_end_it_is_overdue_and_only_closes(void **state)
{
    struct scene scene = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    scene_set(&scene);
    scene.world->down = 3;
    assert_int_equal(apply_file(&scene, scene.plan, 3, &err), AJAR_EXIT_PARTLY);
    assert_int_equal(status(&scene, false), AJAR_EXIT_PARTLY);
    (void)sleep(4);
    scene.world->down = -1;
    assert_int_equal(status(&scene, false), AJAR_EXIT_OVERDUE);
    assert_int_equal(scene_resume(&scene), AJAR_EXIT_OVERDUE); /* nothing more is opened */
    assert_int_equal(scene_apply(&scene), AJAR_EXIT_OVERDUE);
    assert_string_equal(scene.world->things[3].value, "");
    assert_int_equal(scene_rollback(&scene), AJAR_EXIT_DONE);
    assert_int_equal(status(&scene, false), AJAR_EXIT_DONE);
    scene_assert_start(&scene);
    scene_clear(&scene);
}

static void drift_is_seen_only_live(void **state)
{
    struct scene scene = { 0 };

    (void)state;
    scene_set(&scene);
    assert_int_equal(scene_apply(&scene), AJAR_EXIT_DONE);
    set_thing(&scene, 0, "drifted");
    assert_int_equal(status(&scene, false), AJAR_EXIT_DONE);
    assert_int_equal(status(&scene, true), AJAR_EXIT_PENDING);
    set_thing(&scene, 0, "new");
    assert_int_equal(status(&scene, true), AJAR_EXIT_DONE);
    assert_int_equal(scene_rollback(&scene), AJAR_EXIT_DONE);
    scene_clear(&scene);
}

/* Another plan that wants to change one of the things; its path is to be freed. */
static char *write_other_plan(const struct scene *scene)
{
    static const char text[] = "[plan]\nname = other\n[thing same]\non = host a.test\nid = 1\n"
                               "open = different\n";
    struct ajar_error err = AJAR_NO_ERROR;
    char *path = text_make("%s/other.ini", scene->folder);

    assert_true(file_write(path, text, strlen(text), 0600, &err));
    return path;
}

static void what_a_window_holds_no_other_takes(void **state)
{
    struct scene scene = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    char *path;

    (void)state;
    scene_set(&scene);
    path = write_other_plan(&scene);
    assert_int_equal(scene_apply(&scene), AJAR_EXIT_DONE);
    assert_int_equal(apply_file(&scene, path, 60, &err), AJAR_EXIT_CONFLICT);
    assert_non_null(strstr(err.text, "is held by window"));
    assert_string_equal(scene.world->things[1].value, "open");
    assert_int_equal(scene_rollback(&scene), AJAR_EXIT_DONE);
    err = AJAR_NO_ERROR;
    assert_int_equal(apply_file(&scene, path, 60, &err), AJAR_EXIT_DONE);
    assert_int_equal(scene_rollback(&scene), AJAR_EXIT_DONE);
    scene_assert_start(&scene);
    free(path);
    scene_clear(&scene);
}

static void a_window_ends_in_the_future_and_within_bounds(void **state)
{
    struct scene scene = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    scene_set(&scene);
    assert_int_equal(apply_file(&scene, scene.plan, -5, &err), AJAR_EXIT_USAGE);
    assert_int_equal(scene.world->calls, 0);
    assert_int_not_equal(access(scene.journal, F_OK), 0);
    scene_clear(&scene);
}

static void nothing_readable_is_a_failure_and_no_window(void **state)
{
    struct scene scene = { 0 };

    (void)state;
    scene_set(&scene);
    scene.world->fault = WORLD_FAIL_BEFORE;
    scene.world->fail_at = 1;
    assert_int_equal(scene_apply(&scene), AJAR_EXIT_FAILED); /* not just away: for a person */
    assert_int_equal(scene_count_open(&scene), 0);
    scene_assert_start(&scene);
    scene_clear(&scene);
}

/* Does the change called "changed", which takes effect with a restart, wait for it? */
static bool waits_for_restart(const struct scene *scene)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_report *report = NULL;
    struct ajar_run *run = scene_open_run(scene, "show");
    bool waits = false;

    assert_true(ajar_show(run, NULL, &report, &err));
    for (size_t i = 0; i < report->windows[0].count; i++) {
        const struct ajar_change *change = &report->windows[0].changes[i];

        if (strcmp(change->setting, "changed") == 0)
            waits = change->waiting && strcmp(change->waiting, "restart") == 0;
    }
    (void)scene_finish(run, true, report, &err);
    return waits;
}

/* After four reads, the calls 5 to 10 are three writes, each with a read behind it, in whatever
 * order the hosts take them. */
static void a_write_whose_answer_was_lost_still_waits(void **state)
{
    (void)state;
    for (int n = 5; n <= 10; n++) {
        struct scene scene = { 0 };

        scene_set(&scene);
        scene.world->fault = WORLD_FAIL_AFTER;
        scene.world->fail_at = n;
        assert_int_equal(scene_apply(&scene), AJAR_EXIT_PARTLY);
        assert_int_equal(scene_resume(&scene), AJAR_EXIT_DONE);
        assert_true(waits_for_restart(&scene));
        assert_int_equal(scene_rollback(&scene), AJAR_EXIT_DONE);
        assert_true(waits_for_restart(&scene));
        scene_clear(&scene);
    }
}

static void what_was_kept_is_held_no_longer(void **state)
{
    struct scene scene = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    char *path;

    (void)state;
    scene_set(&scene);
    path = write_other_plan(&scene);
    assert_int_equal(scene_apply(&scene), AJAR_EXIT_DONE);
    set_thing(&scene, 1, "third");
    scene.world->down = 3; /* the window stays partly closed */
    assert_int_equal(scene_rollback_with(&scene, AJAR_CONFLICT_KEEP), AJAR_EXIT_PARTLY);
    scene.world->down = -1;
    assert_int_equal(apply_file(&scene, path, 60, &err), AJAR_EXIT_DONE);
    free(path);
    scene_clear(&scene);
}

/* How many changes wait, as the journal has it; `live`: after a look. */
static size_t count_waiting(const struct scene *scene, bool live)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_report *report = NULL;
    struct ajar_run *run = scene_open_run(scene, "status");
    size_t waiting = 0;

    assert_true(ajar_status(run, NULL, live, &report, &err));
    for (size_t i = 0; i < report->count; i++) {
        for (size_t j = 0; j < report->windows[i].count; j++)
            waiting += report->windows[i].changes[j].waiting ? 1 : 0;
    }
    (void)scene_finish(run, true, report, &err);
    return waiting;
}

/* Thing 1 takes effect with a restart of its host: when the window opens, and when it closes. */
static void a_restart_is_seen_both_ways_and_recorded(void **state)
{
    struct scene scene = { 0 };

    (void)state;
    scene_set(&scene);
    assert_int_equal(scene_apply(&scene), AJAR_EXIT_DONE);
    assert_int_equal(count_waiting(&scene, true), 1);
    scene.world->starts++;
    assert_int_equal(count_waiting(&scene, false), 1); /* nobody looked */
    assert_int_equal(count_waiting(&scene, true), 0);
    assert_int_equal(count_waiting(&scene, false), 0); /* it is in the journal */
    assert_int_equal(scene_rollback(&scene), AJAR_EXIT_DONE);
    assert_int_equal(count_waiting(&scene, true), 1);
    scene.world->starts++;
    assert_int_equal(count_waiting(&scene, true), 0);
    scene_assert_start(&scene);
    scene_assert_fsck(&scene);
    scene_clear(&scene);
}

/* A host that could not be asked how it looked is asked later, and a restart from then on counts.
 */
static void a_host_that_was_away_is_watched_from_when_it_is_back(void **state)
{
    struct scene scene = { 0 };

    (void)state;
    scene_set(&scene);
    scene.world->mute = true;
    assert_int_equal(scene_apply(&scene), AJAR_EXIT_DONE);
    scene.world->mute = false;
    scene.world->starts++;
    assert_int_equal(count_waiting(&scene, true), 1);
    scene.world->starts++;
    assert_int_equal(count_waiting(&scene, true), 0);
    assert_int_equal(scene_rollback(&scene), AJAR_EXIT_DONE);
    scene_clear(&scene);
}

/* The same for what a host that answers did not tell at first. */
static void what_a_host_did_not_tell_is_watched_from_when_it_does(void **state)
{
    struct scene scene = { 0 };

    (void)state;
    scene_set(&scene);
    scene.world->shy = true;
    assert_int_equal(scene_apply(&scene), AJAR_EXIT_DONE);
    assert_int_equal(count_waiting(&scene, true), 1);
    scene.world->shy = false;
    scene.world->starts++;
    assert_int_equal(count_waiting(&scene, true), 1);
    scene.world->starts++;
    assert_int_equal(count_waiting(&scene, true), 0);
    assert_int_equal(scene_rollback(&scene), AJAR_EXIT_DONE);
    scene_clear(&scene);
}

/* Somebody put it back by hand after the host had started with it: it has to start once more. */
static void what_others_put_back_waits_too(void **state)
{
    struct scene scene = { 0 };

    (void)state;
    scene_set(&scene);
    assert_int_equal(scene_apply(&scene), AJAR_EXIT_DONE);
    scene.world->starts++;
    assert_int_equal(count_waiting(&scene, true), 0);
    set_thing(&scene, 1, "closed");
    assert_int_equal(scene_rollback(&scene), AJAR_EXIT_DONE);
    assert_int_equal(count_waiting(&scene, false), 1);
    scene_clear(&scene);
}

static void what_cannot_be_read_again_is_not_said_to_be_done(void **state)
{
    struct scene scene = { 0 };

    (void)state;
    scene_set(&scene);
    assert_int_equal(scene_apply(&scene), AJAR_EXIT_DONE);
    scene.world->down = 3;
    assert_int_equal(scene_apply(&scene), AJAR_EXIT_PARTLY);
    scene.world->down = -1;
    assert_int_equal(scene_apply(&scene), AJAR_EXIT_DONE);
    scene_clear(&scene);
}

/* The operator stops the run as soon as something was written. */
static bool is_written(void *user)
{
    const struct world *world = user;

    return world->writes > 0;
}

/* What it waits for is found out later; the run ends as any that was stopped. */
static void a_run_is_stopped_before_it_looks_for_who_has_to_wait(void **state)
{
    static const char plan_text[] = "[plan]\n"
                                    "name = replicated\n"
                                    "[entry one]\n"
                                    "on = domain f.test\n"
                                    "id = 0\n"
                                    "open = new\n"
                                    "takes-effect = restart\n";
    struct ajar_apply_options options = { .duration = 3600, .reason = "a test" };
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_report *report = NULL;
    struct ajar_plan *plan = NULL;
    struct ajar_run *run = NULL;
    struct scene scene = { 0 };
    bool ok;

    (void)state;
    scene_set(&scene);
    assert_true(file_write(scene.plan, plan_text, strlen(plan_text), 0600, &err));
    assert_true(ajar_plan_load(&(struct ajar_plan_source){ .path = scene.plan }, &plan, &err));
    assert_true(ajar_run_open(
        &(struct ajar_run_options){
            .command = "apply",
            .config = scene.config,
            .journal = scene.journal,
            .version = "test",
            .watch = { .user = scene.world, .interrupted = is_written },
        },
        &run, &err));
    ok = ajar_apply(run, plan, &options, &report, &err);
    ajar_plan_free(plan);
    assert_true(ok);
    assert_string_equal(report->windows[0].state, "open");
    (void)scene_finish(run, ok, report, &err);
    assert_int_equal(count_waiting(&scene, true), 1);
    assert_int_equal(scene_rollback(&scene), AJAR_EXIT_DONE);
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
        cmocka_unit_test(past_its_end_it_is_overdue_and_only_closes),
        cmocka_unit_test(drift_is_seen_only_live),
        cmocka_unit_test(what_a_window_holds_no_other_takes),
        cmocka_unit_test(a_window_ends_in_the_future_and_within_bounds),
        cmocka_unit_test(nothing_readable_is_a_failure_and_no_window),
        cmocka_unit_test(a_write_whose_answer_was_lost_still_waits),
        cmocka_unit_test(what_was_kept_is_held_no_longer),
        cmocka_unit_test(a_restart_is_seen_both_ways_and_recorded),
        cmocka_unit_test(a_host_that_was_away_is_watched_from_when_it_is_back),
        cmocka_unit_test(what_a_host_did_not_tell_is_watched_from_when_it_does),
        cmocka_unit_test(what_others_put_back_waits_too),
        cmocka_unit_test(what_cannot_be_read_again_is_not_said_to_be_done),
        cmocka_unit_test(a_run_is_stopped_before_it_looks_for_who_has_to_wait),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
