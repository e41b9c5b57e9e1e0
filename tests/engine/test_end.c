/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The end of a window: a clock that jumps, a later end, and what closes by itself. The time is what
 * a test says.
 */
#include "base/file.h"
#include "base/text.h"
#include "engine/window.h"
#include "fake/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

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
    if (access(stage->scene.journal, F_OK) == 0)
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

static enum ajar_exit close_due(struct stage *stage)
{
    struct ajar_run *run = stage_open(stage, "close-due");
    bool ok = ajar_close_due(run, &stage->report, &stage->err);

    return stage_close(stage, run, ok);
}

/* Of the window that the last report is about. */
static const struct ajar_change *change_of(const struct stage *stage, const char *setting)
{
    for (size_t i = 0; i < window_of(stage)->count; i++) {
        if (strcmp(window_of(stage)->changes[i].setting, setting) == 0)
            return &window_of(stage)->changes[i];
    }
    fail_msg("no change %s", setting);
    return NULL;
}

/* The window that cannot be loaded, or NULL. */
static const char *broken;

bool __real_window_load(struct ajar_run *run, const char *id, struct window *ret_window,
                        struct ajar_error *err);
bool __wrap_window_load(struct ajar_run *run, const char *id, struct window *ret_window,
                        struct ajar_error *err);
bool __wrap_window_load(struct ajar_run *run, const char *id, struct window *ret_window,
                        struct ajar_error *err)
{
    if (broken && strcmp(id, broken) == 0)
        return ajar_fail(err, AJAR_EJOURNAL, "its plan is not known any more");
    return __real_window_load(run, id, ret_window, err);
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

static void the_rule_of_the_house_bounds_an_extension(void **state)
{
    static const char text[] = "[policy]\nlongest-window = 36h\n";
    struct ajar_error err = AJAR_NO_ERROR;
    struct stage stage;

    (void)state;
    stage_set(&stage);
    assert_true(file_write(stage.scene.config, text, strlen(text), 0600, &err));
    assert_int_equal(apply(&stage, DAY), AJAR_EXIT_DONE);
    assert_int_equal(extend(&stage, DAY, 0), AJAR_EXIT_FAILED);
    assert_int_equal(stage.err.status, AJAR_EPOLICY);
    assert_non_null(strstr(stage.err.text, "policy \"longest-window = 36h\""));
    assert_non_null(strstr(stage.err.text, "this window would be 2d"));
    assert_int_equal(extend(&stage, 12 * HOUR, 0), AJAR_EXIT_DONE);
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

static void where_nothing_is_due_nothing_is_done(void **state)
{
    struct stage stage;
    size_t entries;
    int calls;

    (void)state;
    stage_set(&stage);
    assert_int_equal(close_due(&stage), AJAR_EXIT_DONE); /* nobody has opened a window yet */
    assert_int_equal(stage.report->count, 0);
    assert_int_not_equal(access(stage.scene.journal, F_OK), 0);
    assert_int_equal(apply(&stage, HOUR), AJAR_EXIT_DONE);
    entries = stage.report->journal_entries;
    calls = stage.scene.world->calls;
    stage.now = NOON + HOUR;
    assert_int_equal(close_due(&stage), AJAR_EXIT_DONE);
    assert_string_equal(stage.report->summary, "nothing is due");
    assert_int_equal(stage.report->journal_entries, entries);
    assert_int_equal(stage.scene.world->calls, calls);
    stage.now++;
    assert_int_equal(close_due(&stage), AJAR_EXIT_DONE);
    assert_string_equal(window_of(&stage)->state, "closed");
    assert_string_equal(window_of(&stage)->summary, "closed: 4 of 4 settings");
    scene_assert_start(&stage.scene);
    assert_int_equal(close_due(&stage), AJAR_EXIT_DONE);
    assert_int_equal(stage.report->count, 0);
    stage_clear(&stage);
}

static void a_leap_of_days_is_closed(void **state)
{
    struct stage stage;

    (void)state;
    stage_set(&stage);
    assert_int_equal(apply(&stage, HOUR), AJAR_EXIT_DONE);
    assert_int_equal(extend(&stage, DAY, 0), AJAR_EXIT_DONE);
    stage.now = NOON + 2 * HOUR;
    assert_int_equal(close_due(&stage), AJAR_EXIT_DONE); /* it was extended */
    assert_int_equal(stage.report->count, 0);
    stage.now = NOON + 40 * DAY;
    assert_int_equal(close_due(&stage), AJAR_EXIT_DONE);
    assert_int_equal(window_of(&stage)->exit, AJAR_EXIT_DONE);
    scene_assert_start(&stage.scene);
    stage.now = NOON; /* and back: nothing opens again by that */
    assert_int_equal(status(&stage), AJAR_EXIT_DONE);
    assert_int_equal(close_due(&stage), AJAR_EXIT_DONE);
    assert_int_equal(apply(&stage, HOUR), AJAR_EXIT_FAILED);
    stage_clear(&stage);
}

/* Each try at the end of its pause, none before; and nothing is recorded in between. */
static void what_is_owed_is_tried_again_after_growing_pauses(void **state)
{
    static const int64_t pauses[] = { 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600 };
    const int64_t first = NOON + HOUR + 1;
    struct stage stage;

    (void)state;
    stage_set(&stage);
    assert_int_equal(apply(&stage, HOUR), AJAR_EXIT_DONE);
    stage.scene.world->down = 1;
    stage.now = first;
    assert_int_equal(close_due(&stage), AJAR_EXIT_PARTLY);
    for (size_t i = 0; i < LENGTH(pauses); i++) {
        size_t entries = stage.report->journal_entries;
        int calls = stage.scene.world->calls;

        assert_int_equal(change_of(&stage, "changed")->owed, first);
        assert_int_equal(change_of(&stage, "changed")->tries, i + 1);
        assert_int_equal(change_of(&stage, "changed")->next, stage.now + pauses[i]);
        assert_int_equal(change_of(&stage, "created")->owed, 0);
        stage.now += pauses[i] - 1;
        assert_int_equal(close_due(&stage), AJAR_EXIT_PARTLY); /* it is still owed */
        assert_int_equal(stage.report->journal_entries, entries);
        assert_int_equal(stage.scene.world->calls, calls);
        stage.now++;
        assert_int_equal(close_due(&stage), AJAR_EXIT_PARTLY);
        assert_int_equal(stage.report->journal_entries, entries + 1);
    }
    assert_int_equal(status(&stage), AJAR_EXIT_OVERDUE);
    assert_int_equal(change_of(&stage, "changed")->tries, 10);
    assert_string_equal(change_of(&stage, "changed")->error, "the host is down");
    stage.scene.world->down = -1;
    stage.now += HOUR;
    assert_int_equal(close_due(&stage), AJAR_EXIT_DONE);
    assert_int_equal(change_of(&stage, "changed")->owed, 0);
    assert_int_equal(change_of(&stage, "changed")->tries, 0);
    assert_int_equal(change_of(&stage, "changed")->next, 0);
    scene_assert_start(&stage.scene);
    stage_clear(&stage);
}

static void a_person_tries_at_once(void **state)
{
    struct stage stage;

    (void)state;
    stage_set(&stage);
    assert_int_equal(apply(&stage, DAY), AJAR_EXIT_DONE);
    stage.scene.world->down = 1;
    assert_int_equal(rollback(&stage), AJAR_EXIT_PARTLY); /* long before its end */
    assert_string_equal(window_of(&stage)->state, "partly-closed");
    assert_int_equal(resume(&stage), AJAR_EXIT_FAILED); /* it cannot be read: nothing recorded */
    stage.scene.world->down = -1;
    stage.scene.world->fault = WORLD_FAIL_BEFORE;
    stage.scene.world->fail_at = stage.scene.world->calls + 2; /* read, then written */
    assert_int_equal(resume(&stage), AJAR_EXIT_PARTLY);
    assert_int_equal(change_of(&stage, "changed")->tries, 2);
    assert_int_equal(status(&stage), AJAR_EXIT_PARTLY);
    assert_int_equal(change_of(&stage, "changed")->owed, NOON);
    assert_int_equal(change_of(&stage, "changed")->next, NOON + 2 * MINUTE);
    assert_int_equal(close_due(&stage), AJAR_EXIT_PARTLY); /* not yet */
    stage.now += 2 * MINUTE;
    assert_int_equal(close_due(&stage), AJAR_EXIT_DONE); /* what somebody began is gone on with */
    scene_assert_start(&stage.scene);
    stage_clear(&stage);
}

static void write_plan(const struct stage *stage, const char *text)
{
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(file_write(stage->scene.plan, text, strlen(text), 0600, &err));
}

static const char plan_of_one[] = "[plan]\nname = one\n[thing changed]\non = host a.test\n"
                                  "id = 1\nopen = open\n";
static const char plan_of_another[] = "[plan]\nname = another\n[thing other]\non = host b.test\n"
                                      "id = 3\nopen = also\n[manual tidy]\nwhen = closing\n"
                                      "do = tidy up\n";

/* A rollback stops there: somebody looks at it. */
static void the_debt_is_recorded_although_every_host_is_away(void **state)
{
    struct stage stage;

    (void)state;
    stage_set(&stage);
    write_plan(&stage, plan_of_one);
    assert_int_equal(apply(&stage, HOUR), AJAR_EXIT_DONE);
    stage.scene.world->down = 1;
    stage.now = NOON + 2 * HOUR;
    assert_int_equal(rollback(&stage), AJAR_EXIT_FAILED);
    assert_int_equal(status(&stage), AJAR_EXIT_OVERDUE);
    assert_string_equal(window_of(&stage)->state, "open");
    assert_int_equal(close_due(&stage), AJAR_EXIT_PARTLY);
    assert_string_equal(window_of(&stage)->state, "partly-closed");
    assert_string_equal(window_of(&stage)->summary, "partly-closed: 0 of 1 settings; 1 owed, tried "
                                                    "again at 2026-11-21T14:01:00Z");
    assert_int_equal(status(&stage), AJAR_EXIT_OVERDUE);
    assert_int_equal(change_of(&stage, "changed")->owed, stage.now);
    stage.scene.world->down = -1;
    stage.now += MINUTE;
    assert_int_equal(close_due(&stage), AJAR_EXIT_DONE);
    scene_assert_start(&stage.scene);
    stage_clear(&stage);
}

static void set_thing(struct stage *stage, int id, const char *value)
{
    (void)snprintf(stage->scene.world->things[id].value, WORLD_VALUE, "%s", value);
}

static void a_conflict_waits_for_somebody(void **state)
{
    const struct ajar_rollback_options keep = { .on_conflict = AJAR_CONFLICT_KEEP };
    struct stage stage;
    struct ajar_run *run;
    size_t entries;
    int calls;

    (void)state;
    stage_set(&stage);
    assert_int_equal(apply(&stage, HOUR), AJAR_EXIT_DONE);
    set_thing(&stage, 1, "third");
    stage.now = NOON + 2 * HOUR;
    assert_int_equal(close_due(&stage), AJAR_EXIT_CONFLICT);
    assert_string_equal(stage.scene.world->things[1].value, "third");
    assert_string_equal(window_of(&stage)->summary,
                        "partly-closed: 3 of 4 settings; 1 in conflict, for somebody to decide");
    assert_int_equal(change_of(&stage, "changed")->owed, stage.now);
    assert_int_equal(change_of(&stage, "changed")->next, 0);
    entries = stage.report->journal_entries;
    calls = stage.scene.world->calls;
    stage.now += 9 * DAY;
    assert_int_equal(close_due(&stage), AJAR_EXIT_CONFLICT);
    assert_int_equal(stage.report->journal_entries, entries);
    assert_int_equal(stage.scene.world->calls, calls);
    run = stage_open(&stage, "rollback");
    assert_int_equal(
        stage_close(&stage, run, ajar_rollback(run, NULL, &keep, &stage.report, &stage.err)),
        AJAR_EXIT_DONE);
    assert_int_equal(change_of(&stage, "changed")->owed, 0);
    assert_int_equal(close_due(&stage), AJAR_EXIT_DONE);
    stage_clear(&stage);
}

/* Two windows, the first of which is opened first. */
static void open_two(struct stage *stage, char **ret_first)
{
    write_plan(stage, plan_of_one);
    assert_int_equal(apply(stage, HOUR), AJAR_EXIT_DONE);
    *ret_first = text_copy(window_of(stage)->id);
    write_plan(stage, plan_of_another);
    stage->now = NOON + 1;
    assert_int_equal(apply(stage, HOUR), AJAR_EXIT_DONE);
}

static void one_window_does_not_keep_the_next_from_being_closed(void **state)
{
    OWNED(free) char *first = NULL;
    struct stage stage;

    (void)state;
    stage_set(&stage);
    open_two(&stage, &first);
    stage.now = NOON + 2 * HOUR;
    broken = first;
    assert_int_equal(close_due(&stage), AJAR_EXIT_PARTLY);
    broken = NULL;
    assert_int_equal(stage.report->count, 2);
    assert_string_equal(stage.report->windows[0].id, first);
    assert_string_equal(stage.report->windows[0].summary,
                        "could not be closed: its plan is not known any more");
    assert_int_equal(stage.report->windows[0].exit, AJAR_EXIT_PARTLY);
    assert_int_equal(stage.report->windows[1].exit, AJAR_EXIT_DONE);
    assert_string_equal(stage.scene.world->things[1].value, "open");
    assert_string_equal(stage.scene.world->things[3].value, "");
    assert_int_equal(status(&stage), AJAR_EXIT_OVERDUE);
    assert_int_equal(close_due(&stage), AJAR_EXIT_DONE);
    scene_assert_start(&stage.scene);
    stage_clear(&stage);
}

static void the_worst_wins(void **state)
{
    OWNED(free) char *first = NULL;
    struct stage stage;

    (void)state;
    stage_set(&stage);
    open_two(&stage, &first);
    set_thing(&stage, 1, "third");
    stage.scene.world->down = 3;
    stage.now = NOON + 2 * HOUR;
    assert_int_equal(close_due(&stage), AJAR_EXIT_PARTLY);
    assert_int_equal(stage.report->windows[0].exit, AJAR_EXIT_CONFLICT);
    assert_int_equal(stage.report->windows[1].exit, AJAR_EXIT_PARTLY);
    stage.scene.world->down = -1;
    stage.now += HOUR;
    assert_int_equal(close_due(&stage), AJAR_EXIT_CONFLICT);
    assert_int_equal(stage.report->windows[1].exit, AJAR_EXIT_DONE);
    stage_clear(&stage);
}

static bool never_asked(void *user, const struct ajar_manual *manual)
{
    (void)user;
    fail_msg("asked whether %s is done", manual->name);
    return true;
}

static bool never_shown(void *user, const struct ajar_report *plan)
{
    (void)user;
    (void)plan;
    fail_msg("asked whether to close");
    return true;
}

static void it_asks_nothing_and_lists_what_people_have_to_do(void **state)
{
    struct stage stage;
    struct ajar_run *run;

    (void)state;
    stage_set(&stage);
    write_plan(&stage, plan_of_another);
    assert_int_equal(apply(&stage, HOUR), AJAR_EXIT_DONE);
    stage.now = NOON + 2 * HOUR;
    run = stage_open(&stage, "close-due");
    run->options.watch = (struct ajar_watch){ .done = never_asked, .confirm = never_shown };
    assert_int_equal(stage_close(&stage, run, ajar_close_due(run, &stage.report, &stage.err)),
                     AJAR_EXIT_DONE);
    assert_int_equal(window_of(&stage)->manual_count, 1);
    assert_null(window_of(&stage)->manuals[0].by);
    stage_clear(&stage);
}

static bool always(void *user)
{
    (void)user;
    return true;
}

static void a_stop_is_safe(void **state)
{
    struct stage stage;
    struct ajar_run *run;

    (void)state;
    stage_set(&stage);
    assert_int_equal(apply(&stage, HOUR), AJAR_EXIT_DONE);
    stage.now = NOON + 2 * HOUR;
    run = stage_open(&stage, "close-due");
    run->options.watch = (struct ajar_watch){ .interrupted = always };
    assert_int_equal(stage_close(&stage, run, ajar_close_due(run, &stage.report, &stage.err)),
                     AJAR_EXIT_INTERRUPTED);
    assert_int_equal(close_due(&stage), AJAR_EXIT_DONE);
    scene_assert_start(&stage.scene);
    stage_clear(&stage);
}

static pid_t close_due_in_a_child(struct stage *stage)
{
    pid_t child = fork();

    if (child == 0)
        _exit((int)close_due(stage));
    assert_true(child > 0);
    return child;
}

/* Whoever comes second finds nothing to do, or the journal in use. */
static void several_at_once_close_it_once(void **state)
{
    struct stage stage;
    pid_t children[4];
    size_t entries;

    (void)state;
    stage_set(&stage);
    assert_int_equal(apply(&stage, HOUR), AJAR_EXIT_DONE);
    entries = stage.report->journal_entries;
    stage.now = NOON + 2 * HOUR;
    for (size_t i = 0; i < LENGTH(children); i++)
        children[i] = close_due_in_a_child(&stage);
    for (size_t i = 0; i < LENGTH(children); i++) {
        int ended = 0;

        assert_int_equal(waitpid(children[i], &ended, 0), children[i]);
        assert_true(WIFEXITED(ended));
        if (WEXITSTATUS(ended) != AJAR_EXIT_DONE)
            assert_int_equal(WEXITSTATUS(ended), AJAR_EXIT_LOCKED);
    }
    assert_int_equal(status(&stage), AJAR_EXIT_DONE);
    scene_assert_start(&stage.scene);
    assert_int_equal(stage.scene.world->writes, 6); /* three there, three back */
    assert_in_range(stage.report->journal_entries, entries + 3, entries + 5);
    stage_clear(&stage);
}

/* Killed at every call of a provider in turn; the next run puts the rest back. */
static void what_was_killed_is_finished_by_the_next_run(void **state)
{
    bool survived = false;

    (void)state;
    for (int nth = 1; !survived; nth++) {
        struct stage stage;
        int ended = 0;
        pid_t child;

        stage_set(&stage);
        assert_int_equal(apply(&stage, HOUR), AJAR_EXIT_DONE);
        stage.now = NOON + 2 * HOUR;
        stage.scene.world->fault = nth % 2 ? WORLD_KILL_BEFORE : WORLD_KILL_AFTER;
        stage.scene.world->fail_at = stage.scene.world->calls + nth;
        child = close_due_in_a_child(&stage);
        assert_int_equal(waitpid(child, &ended, 0), child);
        survived = WIFEXITED(ended);
        stage.scene.world->fail_at = 0;
        assert_int_equal(close_due(&stage), AJAR_EXIT_DONE);
        assert_int_equal(status(&stage), AJAR_EXIT_DONE);
        scene_assert_start(&stage.scene);
        stage_clear(&stage);
        assert_true(nth < 100);
    }
}

/* What time it is, and how much later it is each time somebody asks. */
struct rush {
    int64_t now;
    int64_t step;
};

static int64_t rush_now(void *user)
{
    struct rush *rush = user;

    rush->now += rush->step;
    return rush->now;
}

static void nothing_begins_that_cannot_end_in_time(void **state)
{
    struct rush rush = { .now = NOON };
    struct stage stage;
    struct ajar_run *run;

    (void)state;
    stage_set(&stage);
    stage.scene.world->down = 0; /* one thing is left to open */
    assert_int_equal(apply(&stage, HOUR), AJAR_EXIT_PARTLY);
    stage.scene.world->down = -1;
    rush.now = NOON + HOUR - 1; /* one answer may take two seconds */
    run = stage_open(&stage, "resume");
    run->clock = (struct clock){ .now = rush_now, .user = &rush };
    assert_int_equal(
        stage_close(&stage, run, ajar_resume(run, NULL, NULL, &stage.report, &stage.err)),
        AJAR_EXIT_PARTLY);
    assert_false(stage.scene.world->things[0].exists);
    assert_string_equal(window_of(&stage)->state, "partly-open");
    assert_string_equal(change_of(&stage, "created")->state, "failed");
    assert_int_equal(change_of(&stage, "created")->trouble, AJAR_EOVERDUE);
    assert_string_equal(change_of(&stage, "created")->error,
                        "not begun: the window ends at 2026-11-21T13:00:00Z");
    stage.now = rush.now;
    assert_int_equal(status(&stage), AJAR_EXIT_PARTLY); /* the same */
    assert_int_equal(extend(&stage, HOUR, 0), AJAR_EXIT_DONE);
    assert_int_equal(resume(&stage), AJAR_EXIT_DONE);
    assert_string_equal(stage.scene.world->things[0].value, "new");
    assert_int_equal(rollback(&stage), AJAR_EXIT_DONE);
    scene_assert_start(&stage.scene);
    stage_clear(&stage);
}

/* The end comes while it is being opened, anywhere: what is open is recorded, and closes. */
static void an_end_that_comes_while_opening_stops_it(void **state)
{
    bool overdue = false;

    (void)state;
    for (int64_t room = 3; room < 60; room += 3) {
        const struct ajar_apply_options options = { .until = NOON + room, .reason = "a test" };
        struct ajar_plan_source source = { .path = NULL };
        struct rush rush = { .now = NOON, .step = 1 };
        struct ajar_plan *plan = NULL;
        struct stage stage;
        struct ajar_run *run;
        enum ajar_exit exit;

        stage_set(&stage);
        source.path = stage.scene.plan;
        run = stage_open(&stage, "apply");
        run->clock = (struct clock){ .now = rush_now, .user = &rush };
        assert_true(ajar_plan_load(&source, &plan, &stage.err));
        exit = stage_close(&stage, run, ajar_apply(run, plan, &options, &stage.report, &stage.err));
        ajar_plan_free(plan);
        stage.now = rush.now;
        overdue = overdue || exit == AJAR_EXIT_OVERDUE;
        if (exit == AJAR_EXIT_USAGE) /* refused before anything was recorded */
            assert_int_equal(stage.scene.world->writes, 0);
        else
            assert_int_equal(status(&stage), rush.now > NOON + room ? AJAR_EXIT_OVERDUE : exit);
        stage.now = NOON + room + 1 > stage.now ? NOON + room + 1 : stage.now;
        assert_int_equal(close_due(&stage), AJAR_EXIT_DONE);
        scene_assert_start(&stage.scene);
        stage_clear(&stage);
    }
    assert_true(overdue);
}

static void a_window_shorter_than_a_change_is_refused(void **state)
{
    struct stage stage;

    (void)state;
    stage_set(&stage);
    assert_int_equal(apply(&stage, 1), AJAR_EXIT_USAGE);
    assert_non_null(strstr(stage.err.text, "a single change may take 2s (--timeout)"));
    assert_int_equal(stage.scene.world->calls, 0);
    assert_int_not_equal(access(stage.scene.journal, F_OK), 0);
    assert_int_equal(apply(&stage, 2), AJAR_EXIT_DONE);
    assert_int_equal(rollback(&stage), AJAR_EXIT_DONE);
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
        cmocka_unit_test(the_rule_of_the_house_bounds_an_extension),
        cmocka_unit_test(a_window_without_an_end_gets_none),
        cmocka_unit_test(where_nothing_is_due_nothing_is_done),
        cmocka_unit_test(a_leap_of_days_is_closed),
        cmocka_unit_test(what_is_owed_is_tried_again_after_growing_pauses),
        cmocka_unit_test(a_person_tries_at_once),
        cmocka_unit_test(the_debt_is_recorded_although_every_host_is_away),
        cmocka_unit_test(a_conflict_waits_for_somebody),
        cmocka_unit_test(one_window_does_not_keep_the_next_from_being_closed),
        cmocka_unit_test(the_worst_wins),
        cmocka_unit_test(it_asks_nothing_and_lists_what_people_have_to_do),
        cmocka_unit_test(a_stop_is_safe),
        cmocka_unit_test(several_at_once_close_it_once),
        cmocka_unit_test(what_was_killed_is_finished_by_the_next_run),
        cmocka_unit_test(nothing_begins_that_cannot_end_in_time),
        cmocka_unit_test(an_end_that_comes_while_opening_stops_it),
        cmocka_unit_test(a_window_shorter_than_a_change_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
