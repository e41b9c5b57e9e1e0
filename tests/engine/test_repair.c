/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A permanent plan: what it sets stays, is recorded as all else, and can be taken back.
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

/* Thing 1 holds "closed" when a scene begins, thing 0 is not there. */
#define SETTINGS                                                                \
    "[thing changed]\non = host a.test\nid = 1\nopen = open\nclosed = closed\n" \
    "takes-effect = restart\n[thing created]\non = host b.test\nid = 0\nopen = new\n"
#define REPAIR  "[plan]\nname = repair\npermanent = yes\n" SETTINGS
#define PASSING "[plan]\nname = passing\n" SETTINGS
#define OTHER   "[plan]\nname = other\n[thing c]\non = host a.test\nid = 1\nopen = third\n"

static struct ajar_plan *load(const struct scene *scene, const char *text)
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

/* The id of its window goes to `ret_id` (to be freed; NULL for none), which may be NULL. */
static enum ajar_exit apply_with(const struct scene *scene, const char *text,
                                 const struct ajar_apply_options *options, char **ret_id,
                                 struct ajar_error *ret_err)
{
    struct ajar_report *report = NULL;
    struct ajar_plan *plan = load(scene, text);
    struct ajar_run *run = scene_open_run(scene, "apply");
    bool ok = ajar_apply(run, plan, options, &report, ret_err);

    if (ret_id)
        *ret_id = ok ? text_copy(report->windows[0].id) : NULL;
    ajar_plan_free(plan);
    return scene_finish(run, ok, report, ret_err);
}

static enum ajar_exit apply(const struct scene *scene, const char *text, char **ret_id)
{
    const bool ends = strstr(text, "permanent") == NULL;
    const struct ajar_apply_options options = { .duration = ends ? 3600 : 0, .reason = "r" };
    struct ajar_error err = AJAR_NO_ERROR;

    return apply_with(scene, text, &options, ret_id, &err);
}

static enum ajar_exit roll_back(const struct scene *scene, const char *id)
{
    const struct ajar_rollback_options options = { .on_conflict = AJAR_CONFLICT_SKIP };
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_report *report = NULL;
    struct ajar_run *run = scene_open_run(scene, "rollback");
    bool ok = ajar_rollback(run, id, &options, &report, &err);

    return scene_finish(run, ok, report, &err);
}

/* The window as the journal has it, for one question. */
static void look(const struct scene *scene, const char *id,
                 void (*ask)(const struct ajar_window *window))
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_report *report = NULL;
    struct ajar_run *run = scene_open_run(scene, "show");

    assert_true(ajar_show(run, id, &report, &err));
    ask(&report->windows[0]);
    (void)scene_finish(run, true, report, &err);
}

static enum ajar_exit status(const struct scene *scene, const char *id, bool live,
                             size_t *ret_windows)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_report *report = NULL;
    struct ajar_run *run = scene_open_run(scene, "status");
    bool ok = ajar_status(run, id, live, &report, &err);

    *ret_windows = ok ? report->count : 0;
    return scene_finish(run, ok, report, &err);
}

static int set_scene(void **state)
{
    struct scene *scene = calloc(1, sizeof(*scene));

    if (scene)
        scene_set(scene);
    *state = scene;
    return scene ? 0 : -1;
}

static int clear_scene(void **state)
{
    scene_clear(*state);
    free(*state);
    return 0;
}

static void set_thing(const struct scene *scene, int id, const char *value)
{
    scene->world->things[id].exists = true;
    (void)snprintf(scene->world->things[id].value, WORLD_VALUE, "%s", value);
}

static void is_permanent(const struct ajar_window *window)
{
    assert_true(window->permanent);
    assert_false(window->toward_closed);
    assert_false(window->overdue);
    assert_int_equal(window->until, 0);
    assert_string_equal(window->state, "open");
}

static void a_repair_stays_and_is_taken_back_by_name(void **state)
{
    const struct scene *scene = *state;
    OWNED(free) char *id = NULL;

    assert_int_equal(apply(scene, REPAIR, &id), AJAR_EXIT_DONE);
    assert_string_equal(scene->world->things[1].value, "open");
    assert_string_equal(scene->world->things[0].value, "new");
    look(scene, id, is_permanent);
    assert_int_equal(scene_rollback(scene), AJAR_EXIT_FAILED); /* no window is open */
    assert_string_equal(scene->world->things[1].value, "open");
    assert_int_equal(roll_back(scene, id), AJAR_EXIT_DONE);
    scene_assert_start(scene);
    scene_assert_fsck(scene);
}

static void a_repair_takes_no_end_and_others_need_one(void **state)
{
    const struct scene *scene = *state;
    const struct ajar_apply_options rows[] = { { .duration = 3600, .reason = "r" },
                                               { .until = 4070908800, .reason = "r" } };
    const struct ajar_apply_options endless = { .reason = "r" };
    struct ajar_error err = AJAR_NO_ERROR;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        err = AJAR_NO_ERROR;
        assert_int_equal(apply_with(scene, REPAIR, &rows[i], NULL, &err), AJAR_EXIT_USAGE);
        assert_string_equal(err.text, "a repair has no end: what it changes stays");
    }
    err = AJAR_NO_ERROR;
    assert_int_equal(apply_with(scene, PASSING, &endless, NULL, &err), AJAR_EXIT_USAGE);
    assert_int_equal(scene->world->calls, 0);
    assert_int_not_equal(access(scene->journal, F_OK), 0);
}

static void once_more_is_nothing_to_do(void **state)
{
    const struct scene *scene = *state;
    OWNED(free) char *first = NULL;
    OWNED(free) char *second = NULL;
    OWNED(free) char *third = NULL;

    assert_int_equal(apply(scene, REPAIR, &first), AJAR_EXIT_DONE);
    assert_int_equal(apply(scene, REPAIR, &second), AJAR_EXIT_DONE);
    assert_null(second);
    set_thing(scene, 1, "closed"); /* somebody took it away: it is repaired once more */
    assert_int_equal(apply(scene, REPAIR, &third), AJAR_EXIT_DONE);
    assert_non_null(third);
    assert_string_not_equal(first, third);
    assert_string_equal(scene->world->things[1].value, "open");
}

static void what_is_repaired_keeps_nobody_out(void **state)
{
    const struct scene *scene = *state;
    OWNED(free) char *repair = NULL;
    OWNED(free) char *other = NULL;

    assert_int_equal(apply(scene, REPAIR, &repair), AJAR_EXIT_DONE);
    assert_int_equal(apply(scene, OTHER, &other), AJAR_EXIT_DONE);
    assert_string_equal(scene->world->things[1].value, "third");
    assert_int_equal(scene_rollback(scene), AJAR_EXIT_DONE); /* the only one that is open */
    assert_string_equal(scene->world->things[1].value, "open");
    assert_int_equal(roll_back(scene, repair), AJAR_EXIT_DONE);
    scene_assert_start(scene);
}

/* The one thing waits for a restart, and is told for that; then it is not told any more. */
static void a_repair_is_not_told_as_open(void **state)
{
    const struct scene *scene = *state;
    OWNED(free) char *id = NULL;
    size_t windows = 0;

    assert_int_equal(apply(scene, REPAIR, &id), AJAR_EXIT_DONE);
    assert_int_equal(status(scene, NULL, false, &windows), AJAR_EXIT_DONE);
    assert_int_equal(windows, 1);
    scene->world->starts++;
    assert_int_equal(status(scene, NULL, true, &windows), AJAR_EXIT_DONE);
    assert_int_equal(status(scene, NULL, false, &windows), AJAR_EXIT_DONE);
    assert_int_equal(windows, 0);
    assert_int_equal(status(scene, id, true, &windows), AJAR_EXIT_DONE);
    set_thing(scene, 1, "third");
    assert_int_equal(status(scene, id, true, &windows), AJAR_EXIT_PENDING);
}

static void a_repair_that_is_half_done_is_finished(void **state)
{
    const struct scene *scene = *state;
    OWNED(free) char *id = NULL;
    size_t windows = 0;

    scene->world->down = 0;
    assert_int_equal(apply(scene, REPAIR, &id), AJAR_EXIT_PARTLY);
    assert_int_equal(status(scene, NULL, false, &windows), AJAR_EXIT_PARTLY);
    assert_int_equal(windows, 1);
    scene->world->down = -1;
    assert_int_equal(scene_resume(scene), AJAR_EXIT_DONE);
    look(scene, id, is_permanent);
    assert_string_equal(scene->world->things[0].value, "new");
    assert_int_equal(roll_back(scene, id), AJAR_EXIT_DONE);
    scene_assert_start(scene);
}

/* The safe state of what is meant to stay: that is for a rollback to say. */
static void a_repair_does_not_go_toward_closed(void **state)
{
    const struct scene *scene = *state;
    const struct ajar_apply_options options = { .toward = AJAR_TOWARD_CLOSED, .reason = "r" };
    const struct ajar_plan_options wish = { .toward = AJAR_TOWARD_CLOSED };
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_report *report = NULL;
    struct ajar_plan *plan = load(scene, REPAIR);
    struct ajar_run *run = scene_open_run(scene, "plan");

    assert_false(ajar_plan(run, plan, &wish, &report, &err));
    assert_int_equal(scene_finish(run, false, NULL, &err), AJAR_EXIT_USAGE);
    ajar_plan_free(plan);
    err = AJAR_NO_ERROR;
    assert_int_equal(apply_with(scene, REPAIR, &options, NULL, &err), AJAR_EXIT_USAGE);
    assert_non_null(strstr(err.text, "repair is permanent"));
    assert_int_equal(scene->world->calls, 0);
}

static void an_audit_knows_who_set_it_to_stay(void **state)
{
    const struct scene *scene = *state;
    OWNED(free) char *id = NULL;

    for (int round = 0; round < 2; round++) {
        struct ajar_error err = AJAR_NO_ERROR;
        struct ajar_report *report = NULL;
        struct ajar_plan *plan = load(scene, PASSING);
        struct ajar_run *run = scene_open_run(scene, "audit");
        const struct ajar_change *change;

        set_thing(scene, 1, "open");
        assert_true(ajar_audit(run, plan, &report, &err));
        change = &report->windows[0].changes[0];
        assert_string_equal(change->state, round ? "held" : "open");
        if (round)
            assert_non_null(strstr(change->note, "set to stay by window "));
        ajar_plan_free(plan);
        assert_int_equal(scene_finish(run, true, report, &err),
                         round ? AJAR_EXIT_DONE : AJAR_EXIT_PENDING);
        set_thing(scene, 1, "closed");
        if (!round)
            assert_int_equal(apply(scene, REPAIR, &id), AJAR_EXIT_DONE);
    }
}

static bool keep_subject(void *user, const struct ajar_log_entry *entry)
{
    struct text *subjects = user;

    text_format(subjects, "%s\n", entry->subject);
    return true;
}

/* Newest first, without an end anywhere. */
static void the_log_says_that_it_stays(void **state)
{
    const struct scene *scene = *state;
    OWNED(text_release) struct text subjects = TEXT_UP_TO(4096);
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_run *run;

    assert_int_equal(apply(scene, REPAIR, NULL), AJAR_EXIT_DONE);
    run = scene_open_run(scene, "log");
    assert_true(ajar_log(run, NULL, keep_subject, &subjects, &err));
    ajar_run_close(run);
    assert_non_null(strstr(text_peek(&subjects), "repairing: repair on 2 targets: r\n"));
    assert_non_null(
        strstr(text_peek(&subjects), "open: 2 of 2 settings of repair, to stay: a repair\n"));
    assert_null(strstr(text_peek(&subjects), "until"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_scene, clear_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_repair_stays_and_is_taken_back_by_name),
        TEST(a_repair_takes_no_end_and_others_need_one),
        TEST(once_more_is_nothing_to_do),
        TEST(what_is_repaired_keeps_nobody_out),
        TEST(a_repair_is_not_told_as_open),
        TEST(a_repair_that_is_half_done_is_finished),
        TEST(a_repair_does_not_go_toward_closed),
        TEST(an_audit_knows_who_set_it_to_stay),
        TEST(the_log_says_that_it_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
