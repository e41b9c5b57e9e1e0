/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A permanent plan: what it sets stays, is recorded as all else, and can be taken back.
 */
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

/* The id of its window goes to `ret_id` (to be freed; NULL for none), which may be NULL. */
static enum ajar_exit apply(const struct scene *scene, const char *text, char **ret_id)
{
    const bool ends = strstr(text, "permanent") == NULL;
    const struct ajar_apply_options options = { .duration = ends ? 3600 : 0, .reason = "r" };
    OWNED(scene_outcome_release)
    struct scene_outcome outcome = scene_apply_with(scene, text, &options);

    if (ret_id)
        *ret_id = outcome.report ? text_copy(outcome.report->windows[0].id) : NULL;
    return outcome.exit;
}

static enum ajar_exit roll_back(const struct scene *scene, const char *id)
{
    const struct ajar_rollback_options options = { .on_conflict = AJAR_CONFLICT_SKIP };
    OWNED(scene_outcome_release)
    struct scene_outcome outcome = scene_rollback_window(scene, id, &options);

    return outcome.exit;
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
    const struct ajar_apply_options without_end = { .reason = "r" };
    OWNED(scene_outcome_release)
    struct scene_outcome endless = scene_apply_with(scene, PASSING, &without_end);

    for (size_t i = 0; i < LENGTH(rows); i++) {
        OWNED(scene_outcome_release)
        struct scene_outcome outcome = scene_apply_with(scene, REPAIR, &rows[i]);

        assert_int_equal(outcome.exit, AJAR_EXIT_USAGE);
        assert_string_equal(outcome.err.text, "a repair has no end: what it changes stays");
    }
    assert_int_equal(endless.exit, AJAR_EXIT_USAGE);
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
    scene_put(scene, 1, "closed"); /* somebody took it away: it is repaired once more */
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
    scene_put(scene, 1, "third");
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
    OWNED(scene_outcome_release)
    struct scene_outcome planned = scene_plan_with(scene, REPAIR, &wish);
    OWNED(scene_outcome_release)
    struct scene_outcome applied = scene_apply_with(scene, REPAIR, &options);

    assert_null(planned.report);
    assert_int_equal(planned.exit, AJAR_EXIT_USAGE);
    assert_int_equal(applied.exit, AJAR_EXIT_USAGE);
    assert_non_null(strstr(applied.err.text, "repair is permanent"));
    assert_int_equal(scene->world->calls, 0);
}

static void an_audit_knows_who_set_it_to_stay(void **state)
{
    const struct scene *scene = *state;
    OWNED(free) char *id = NULL;

    for (int round = 0; round < 2; round++) {
        OWNED(scene_outcome_release) struct scene_outcome outcome = { 0 };
        const struct ajar_change *change;

        scene_put(scene, 1, "open");
        outcome = scene_on_plan(scene, PASSING, ajar_audit);
        assert_int_equal(outcome.exit, round ? AJAR_EXIT_DONE : AJAR_EXIT_PENDING);
        change = &outcome.report->windows[0].changes[0];
        assert_string_equal(change->state, round ? "held" : "open");
        if (round)
            assert_non_null(strstr(change->note, "set to stay by window "));
        scene_put(scene, 1, "closed");
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)

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
