/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The end of a window: a clock that jumps, a later end, and what closes by itself. The time is what
 * a test says.
 */
#include "base/file.h"
#include "base/text.h"
#include "engine/run.h"
#include "fake/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define MINUTE INT64_C(60)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)
#define NOON   INT64_C(1795262400) /* 2026-11-21T12:00:00Z */

/* A scene, what time it is in it, and how the last command ended. */
struct stage {
    struct scene scene;
    int64_t now;
    struct ajar_error err;
    struct ajar_report *report;
    enum ajar_exit exit;
};

static int64_t stage_now(void *user)
{
    return *(const int64_t *)user;
}

static void stage_set(struct stage *stage)
{
    *stage = (struct stage){ .now = NOON };
    scene_set(&stage->scene);
}

static void stage_clear(struct stage *stage)
{
    ajar_report_free(stage->report);
    scene_assert_fsck(&stage->scene);
    scene_clear(&stage->scene);
}

static struct ajar_run *stage_open(struct stage *stage, const char *command)
{
    struct ajar_run *run = scene_open_run(&stage->scene, command);

    run->clock = (struct clock){ .now = stage_now, .user = &stage->now };
    ajar_report_free(stage->report);
    stage->report = NULL;
    stage->err = AJAR_NO_ERROR;
    return run;
}

static enum ajar_exit stage_close(struct stage *stage, struct ajar_run *run, bool ok)
{
    stage->exit = ok ? stage->report->exit : ajar_exit_for(&stage->err);
    ajar_run_close(run);
    return stage->exit;
}

static enum ajar_exit apply_with(struct stage *stage, const struct ajar_apply_options *options)
{
    struct ajar_plan_source source = { .path = stage->scene.plan };
    struct ajar_plan *plan = NULL;
    struct ajar_run *run = stage_open(stage, "apply");
    bool ok;

    assert_true(ajar_plan_load(&source, &plan, &stage->err));
    ok = ajar_apply(run, plan, options, &stage->report, &stage->err);
    ajar_plan_free(plan);
    return stage_close(stage, run, ok);
}

static enum ajar_exit apply(struct stage *stage, int64_t duration)
{
    const struct ajar_apply_options options = { .duration = duration, .reason = "a test" };

    return apply_with(stage, &options);
}

static enum ajar_exit rollback(struct stage *stage)
{
    const struct ajar_rollback_options options = { .on_conflict = AJAR_CONFLICT_SKIP };
    struct ajar_run *run = stage_open(stage, "rollback");
    bool ok = ajar_rollback(run, NULL, &options, &stage->report, &stage->err);

    return stage_close(stage, run, ok);
}

static enum ajar_exit resume(struct stage *stage)
{
    struct ajar_run *run = stage_open(stage, "resume");
    bool ok = ajar_resume(run, NULL, NULL, &stage->report, &stage->err);

    return stage_close(stage, run, ok);
}

static enum ajar_exit status(struct stage *stage)
{
    struct ajar_run *run = stage_open(stage, "status");
    bool ok = ajar_status(run, NULL, false, &stage->report, &stage->err);

    return stage_close(stage, run, ok);
}

static enum ajar_exit extend_with(struct stage *stage, const char *window,
                                  const struct ajar_extend_options *options)
{
    struct ajar_run *run = stage_open(stage, "extend");
    bool ok = ajar_extend(run, window, options, &stage->report, &stage->err);

    return stage_close(stage, run, ok);
}

static enum ajar_exit extend(struct stage *stage, int64_t duration, int64_t until)
{
    const struct ajar_extend_options options = { duration, until, "not ready yet" };

    return extend_with(stage, NULL, &options);
}

static const struct ajar_window *window_of(const struct stage *stage)
{
    assert_int_equal(stage->report->count, 1);
    return &stage->report->windows[0];
}

static bool check_order(void *user, const struct ajar_log_entry *entry)
{
    int64_t *later = user;

    assert_true(entry->time <= *later);
    *later = entry->time;
    return true;
}

/* No commit is earlier than the one before it. */
static void assert_times_rise(struct stage *stage)
{
    int64_t later = INT64_MAX;
    struct ajar_run *run = stage_open(stage, "log");

    assert_true(ajar_log(run, NULL, check_order, &later, &stage->err));
    ajar_run_close(run);
}

static void a_clock_that_was_set_back_makes_no_window_younger(void **state)
{
    struct stage stage;

    (void)state;
    stage_set(&stage);
    assert_int_equal(apply(&stage, 2 * HOUR), AJAR_EXIT_DONE);
    stage.now = NOON + 3 * HOUR;
    assert_int_equal(status(&stage), AJAR_EXIT_OVERDUE);
    stage.scene.world->down = 1;
    assert_int_equal(rollback(&stage), AJAR_EXIT_PARTLY); /* an entry at three o'clock */
    stage.now = NOON - DAY;
    assert_int_equal(status(&stage), AJAR_EXIT_OVERDUE);
    stage.scene.world->down = -1;
    assert_int_equal(rollback(&stage), AJAR_EXIT_DONE); /* closing goes on all the same */
    assert_int_equal(stage.report->windows[0].closed, NOON + 3 * HOUR);
    scene_assert_start(&stage.scene);
    assert_times_rise(&stage);
    stage_clear(&stage);
}

static void a_clock_far_behind_the_journal_opens_nothing(void **state)
{
    struct stage stage;
    int calls;

    (void)state;
    stage_set(&stage);
    stage.scene.world->down = 3;
    assert_int_equal(apply(&stage, DAY), AJAR_EXIT_PARTLY);
    stage.scene.world->down = -1;
    stage.now = NOON - 6 * MINUTE;
    calls = stage.scene.world->calls;
    assert_int_equal(resume(&stage), AJAR_EXIT_FAILED);
    assert_non_null(strstr(stage.err.text, "clock says 2026-11-21T11:54:00Z, 6m before the "
                                           "journal's last entry (2026-11-21T12:00:00Z)"));
    assert_non_null(strstr(stage.err.hint, "chronyc"));
    assert_int_equal(apply(&stage, DAY), AJAR_EXIT_FAILED);
    assert_int_equal(stage.scene.world->calls, calls); /* nobody was asked */
    stage.now = NOON - 5 * MINUTE;
    assert_int_equal(resume(&stage), AJAR_EXIT_DONE);
    assert_times_rise(&stage);
    stage.now = NOON - DAY;
    assert_int_equal(rollback(&stage), AJAR_EXIT_DONE);
    stage_clear(&stage);
}

static void a_window_opened_by_a_clock_behind_begins_when_the_journal_ended(void **state)
{
    struct stage stage;

    (void)state;
    stage_set(&stage);
    assert_int_equal(apply(&stage, HOUR), AJAR_EXIT_DONE);
    assert_int_equal(rollback(&stage), AJAR_EXIT_DONE);
    stage.now = NOON - 2 * MINUTE;
    assert_int_equal(apply(&stage, HOUR), AJAR_EXIT_DONE);
    assert_int_equal(stage.report->windows[0].opened, NOON);
    assert_int_equal(stage.report->windows[0].until, NOON + HOUR);
    assert_int_equal(rollback(&stage), AJAR_EXIT_DONE);
    assert_times_rise(&stage);
    stage_clear(&stage);
}

static void a_leap_of_days_is_overdue(void **state)
{
    struct stage stage;

    (void)state;
    stage_set(&stage);
    assert_int_equal(apply(&stage, HOUR), AJAR_EXIT_DONE);
    stage.now = NOON + 40 * DAY;
    assert_int_equal(status(&stage), AJAR_EXIT_OVERDUE);
    assert_int_equal(apply(&stage, HOUR), AJAR_EXIT_OVERDUE);
    assert_int_equal(rollback(&stage), AJAR_EXIT_DONE);
    stage_clear(&stage);
}

static void an_end_is_moved_and_who_did_it_is_told(void **state)
{
    struct stage stage;

    (void)state;
    stage_set(&stage);
    assert_int_equal(apply(&stage, 2 * HOUR), AJAR_EXIT_DONE);
    stage.now = NOON + HOUR;
    assert_int_equal(extend(&stage, DAY, 0), AJAR_EXIT_DONE);
    assert_int_equal(window_of(&stage)->until, NOON + 2 * HOUR + DAY);
    stage.now = NOON + 2 * HOUR;
    assert_int_equal(extend(&stage, 0, NOON + 3 * DAY), AJAR_EXIT_DONE);
    stage.now = NOON + 2 * DAY;
    assert_int_equal(status(&stage), AJAR_EXIT_DONE);
    assert_int_equal(window_of(&stage)->extension_count, 2);
    assert_int_equal(window_of(&stage)->extensions[0].from, NOON + 2 * HOUR);
    assert_int_equal(window_of(&stage)->extensions[0].until, NOON + 2 * HOUR + DAY);
    assert_int_equal(window_of(&stage)->extensions[0].at, NOON + HOUR);
    assert_string_equal(window_of(&stage)->extensions[1].reason, "not ready yet");
    assert_string_equal(window_of(&stage)->extensions[1].by, window_of(&stage)->operator_name);
    assert_string_equal(window_of(&stage)->extensions[1].host, window_of(&stage)->host);
    assert_int_equal(window_of(&stage)->until, NOON + 3 * DAY);
    stage.now = NOON + 3 * DAY + 1;
    assert_int_equal(status(&stage), AJAR_EXIT_OVERDUE);
    assert_int_equal(rollback(&stage), AJAR_EXIT_DONE); /* and they stay on record */
    assert_int_equal(window_of(&stage)->extension_count, 2);
    stage_clear(&stage);
}

static void an_overdue_window_may_be_extended(void **state)
{
    struct stage stage;

    (void)state;
    stage_set(&stage);
    assert_int_equal(apply(&stage, HOUR), AJAR_EXIT_DONE);
    stage.now = NOON + DAY;
    assert_int_equal(extend(&stage, HOUR, 0), AJAR_EXIT_USAGE); /* it would end yesterday */
    assert_non_null(strstr(stage.err.text, "would end at 2026-11-21T14:00:00Z, which is not in the "
                                           "future"));
    assert_int_equal(extend(&stage, 0, NOON + DAY + HOUR), AJAR_EXIT_DONE);
    assert_int_equal(status(&stage), AJAR_EXIT_DONE);
    assert_int_equal(rollback(&stage), AJAR_EXIT_DONE);
    stage_clear(&stage);
}

static void what_cannot_be_extended_is_refused(void **state)
{
    struct stage stage;

    (void)state;
    stage_set(&stage);
    assert_int_equal(extend(&stage, HOUR, 0), AJAR_EXIT_FAILED); /* there is no journal */
    assert_int_equal(apply(&stage, HOUR), AJAR_EXIT_DONE);
    assert_int_equal(extend(&stage, 0, NOON + HOUR), AJAR_EXIT_USAGE);
    assert_non_null(strstr(stage.err.text, "is no later end"));
    assert_int_equal(extend(&stage, 0, NOON + MINUTE), AJAR_EXIT_USAGE);
    assert_non_null(strstr(stage.err.hint, "ajar rollback"));
    stage.now = NOON - HOUR;
    assert_int_equal(extend(&stage, HOUR, 0), AJAR_EXIT_FAILED);
    assert_non_null(strstr(stage.err.text, "clock says"));
    stage.now = NOON;
    stage.scene.world->down = 1;
    assert_int_equal(rollback(&stage), AJAR_EXIT_PARTLY);
    assert_int_equal(extend(&stage, HOUR, 0), AJAR_EXIT_CONFLICT);
    assert_non_null(strstr(stage.err.text, "is being closed: it cannot be extended any more"));
    stage.scene.world->down = -1;
    assert_int_equal(resume(&stage), AJAR_EXIT_DONE);
    assert_int_equal(extend(&stage, HOUR, 0), AJAR_EXIT_FAILED); /* no window is open */
    stage_clear(&stage);
}

/* The plan of the scene, with one line more in its heading. */
static void say_in_plan(struct stage *stage, const char *line)
{
    OWNED(bytes_release) struct bytes text = { 0 };
    OWNED(free) char *more = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(file_read(stage->scene.plan, 65536, &text, &err));
    more = text_make("[plan]\n%s\n%.*s", line, (int)text.size - (int)strlen("[plan]\n"),
                     (const char *)text.at + strlen("[plan]\n"));
    assert_true(file_write(stage->scene.plan, more, strlen(more), 0600, &err));
}

static void the_plans_longest_window_bounds_an_extension(void **state)
{
    struct stage stage;

    (void)state;
    stage_set(&stage);
    say_in_plan(&stage, "longest-window = 3d");
    assert_int_equal(apply(&stage, 2 * DAY), AJAR_EXIT_DONE);
    stage.now = NOON + DAY;
    assert_int_equal(extend(&stage, DAY + 1, 0), AJAR_EXIT_USAGE);
    assert_non_null(strstr(stage.err.text, "the plan allows at most 3d"));
    assert_non_null(strstr(stage.err.text, "can last until 2026-11-24T12:00:00Z"));
    assert_int_equal(extend(&stage, DAY, 0), AJAR_EXIT_DONE);
    assert_int_equal(rollback(&stage), AJAR_EXIT_DONE);
    stage_clear(&stage);
}

static void a_window_without_an_end_gets_none(void **state)
{
    const struct ajar_apply_options options = { .reason = "a repair" };
    const struct ajar_extend_options longer = { .duration = HOUR, .reason = "a test" };
    OWNED(free) char *id = NULL;
    struct stage stage;

    (void)state;
    stage_set(&stage);
    say_in_plan(&stage, "permanent = yes");
    assert_int_equal(apply_with(&stage, &options), AJAR_EXIT_DONE);
    id = text_copy(window_of(&stage)->id);
    assert_int_equal(extend_with(&stage, id, &longer), AJAR_EXIT_USAGE);
    assert_non_null(strstr(stage.err.text, "has no end"));
    stage_clear(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clock_that_was_set_back_makes_no_window_younger),
        cmocka_unit_test(a_clock_far_behind_the_journal_opens_nothing),
        cmocka_unit_test(a_window_opened_by_a_clock_behind_begins_when_the_journal_ended),
        cmocka_unit_test(a_leap_of_days_is_overdue),
        cmocka_unit_test(an_end_is_moved_and_who_did_it_is_told),
        cmocka_unit_test(an_overdue_window_may_be_extended),
        cmocka_unit_test(what_cannot_be_extended_is_refused),
        cmocka_unit_test(the_plans_longest_window_bounds_an_extension),
        cmocka_unit_test(a_window_without_an_end_gets_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
