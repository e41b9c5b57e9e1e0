/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A log beside a window, whose life goes by a clock of the test's own.
 */
#include "engine/diagnosis.h"
#include "engine/outcome.h"
#include "engine/run.h"

#include "base/file.h"
#include "fake/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define T0      1795248000 /* 2026-11-21T08:00:00Z */
#define MINUTE  60
#define HOUR    3600
#define TROUBLE "E1:1001 x\n"

static const char knowledge_text[] =
    "[diagnose]\nname = k\ntitle = K\n[cause one]\ntitle = t\nid = 1001\nseverity = error\n"
    "means = m\nstep = s\n[cause good]\ntitle = t\nid = 1002\nseverity = fine\nmeans = m\n";

static struct ajar_knowledge *make_knowledge(void)
{
    struct ajar_knowledge *knowledge = calloc(1, sizeof(*knowledge));
    struct ajar_error err = AJAR_NO_ERROR;
    struct ini *ini = NULL;

    if (!ini_read("k.ini", knowledge_text, strlen(knowledge_text), INI_PLAIN, &ini, &err) ||
        !knowledge_add(knowledge, ini, &err) || !knowledge_finish(knowledge, &err))
        fail_msg("%s", err.text);
    return knowledge;
}

/* A minute goes by each time that somebody looks. */
static int64_t look_at_clock(void *user)
{
    int64_t *now = user;

    return *now += MINUTE;
}

static struct ajar_run *open_run(const struct scene *scene, const char *command, int64_t *now)
{
    struct ajar_run *run = scene_open_run(scene, command);

    run->clock = (struct clock){ look_at_clock, now };
    return run;
}

/* Opened for two hours at 08:00, seen to be in effect at 09:00, closed at 12:00. */
static void live_through_a_window(const struct scene *scene)
{
    struct ajar_plan_source source = { .path = scene->plan };
    struct ajar_apply_options apply = { .duration = 2 * HOUR, .reason = "a test" };
    const struct ajar_rollback_options rollback = { .on_conflict = AJAR_CONFLICT_SKIP };
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_report *report = NULL;
    struct ajar_plan *plan = NULL;
    int64_t now = T0;
    struct ajar_run *run = open_run(scene, "apply", &now);
    bool ok;

    assert_true(ajar_plan_load(&source, &plan, &err));
    ok = ajar_apply(run, plan, &apply, &report, &err);
    ajar_plan_free(plan);
    assert_int_equal(scene_finish(run, ok, report, &err), AJAR_EXIT_DONE);
    scene->world->starts++;
    now = T0 + HOUR;
    run = open_run(scene, "status", &now);
    ok = ajar_status(run, NULL, true, &report, &err);
    assert_int_equal(scene_finish(run, ok, report, &err), AJAR_EXIT_DONE);
    now = T0 + 4 * HOUR;
    run = open_run(scene, "rollback", &now);
    ok = ajar_rollback(run, NULL, &rollback, &report, &err);
    assert_int_equal(scene_finish(run, ok, report, &err), AJAR_EXIT_DONE);
}

struct shown {
    struct ajar_report *report;
    struct ajar_diagnosis *diagnosis;
};

static void shown_release(struct shown *shown)
{
    ajar_report_free(shown->report);
    ajar_diagnosis_free(shown->diagnosis);
    *shown = (struct shown){ 0 };
}
DEFINE_OWNED_STRUCT(struct shown, shown_release);

/* Shows the window beside this log; the log's host is so far from UTC. */
static struct shown show(const struct scene *scene, const struct ajar_knowledge *knowledge,
                         const char *log, int offset)
{
    OWNED(free) char *path = text_make("%s/Migration.log", scene->folder);
    const char *files[] = { path, NULL };
    const struct ajar_diagnose_options options = { .files = files,
                                                   .offset_given = offset != 0,
                                                   .utc_offset_seconds = offset };
    struct ajar_run *run = scene_open_run(scene, "show");
    struct ajar_error err = AJAR_NO_ERROR;
    struct shown shown = { 0 };

    assert_true(file_write(path, log, strlen(log), 0600, &err));
    if (!ajar_show_log(run, NULL, knowledge, &options, &shown.report, &shown.diagnosis, &err))
        fail_msg("%s", err.text);
    ajar_run_close(run);
    return shown;
}

static void put_phases(const struct ajar_diagnosis *diagnosis, struct text *text)
{
    const char *last = "";

    for (size_t i = 0; i < diagnosis->step_count; i++) {
        const char *name = ajar_phase_name(diagnosis->steps[i].phase);

        if (strcmp(name, last) != 0)
            text_format(text, "%s ", name);
        last = name;
    }
}

static void test_a_window_goes_through_its_phases(void **state)
{
    OWNED(ajar_knowledge_free) struct ajar_knowledge *knowledge = make_knowledge();
    OWNED(text_release) struct text text = TEXT_UP_TO(1000);
    OWNED(shown_release) struct shown shown = { 0 };
    struct scene scene = { 0 };
    const struct ajar_window_step *waiting = NULL;

    (void)state;
    scene_set(&scene);
    live_through_a_window(&scene);
    shown = show(&scene, knowledge, "", 0);
    put_phases(shown.diagnosis, &text);
    assert_string_equal(text_peek(&text), "before opening waiting open overdue closing after ");
    assert_string_equal(shown.report->windows[0].state, "closed");
    assert_int_equal(shown.diagnosis->steps[0].from, 0);
    for (size_t i = 1; i < shown.diagnosis->step_count; i++) {
        assert_true(shown.diagnosis->steps[i].from >= shown.diagnosis->steps[i - 1].from);
        if (shown.diagnosis->steps[i].phase == AJAR_PHASE_WAITING)
            waiting = &shown.diagnosis->steps[i];
        if (shown.diagnosis->steps[i].phase == AJAR_PHASE_OVERDUE)
            assert_int_equal(shown.diagnosis->steps[i].from, shown.report->windows[0].until);
    }
    assert_non_null(waiting);
    assert_int_equal(waiting->waiting_count, 1);
    assert_non_null(strstr(waiting->waiting[0], "thing changed on a.test: "));
    assert_non_null(waiting->subject);
    scene_clear(&scene);
}

/* A line at the begin of each step, and one a second before it. */
static void put_lines(const struct ajar_diagnosis *diagnosis, int offset, struct text *log)
{
    for (size_t i = 1; i < diagnosis->step_count; i++) {
        for (int64_t before = 1; before >= 0; before--) {
            int64_t time = diagnosis->steps[i].from + offset - before;

            text_format(log, "%.10s %.8s " TROUBLE, clock_write_time(time).at,
                        clock_write_time(time).at + 11);
        }
    }
}

static void assert_placed(const struct ajar_diagnosis *diagnosis)
{
    const struct ajar_window_step *steps = diagnosis->steps;
    uint64_t phases[AJAR_PHASES] = { 0 };

    assert_int_equal(diagnosis->event_count, 2 * (diagnosis->step_count - 1));
    for (size_t i = 0; i < diagnosis->event_count; i++) {
        const struct ajar_log_event *event = &diagnosis->events[i];
        size_t step = (i + 1) / 2;

        while (i % 2 == 1 && step + 1 < diagnosis->step_count &&
               steps[step + 1].from == steps[step].from)
            step++;
        assert_ptr_equal(event->step, &steps[step]);
        assert_int_equal(event->phase, steps[step].phase);
        assert_ptr_equal(event->found, &diagnosis->found[0]);
        assert_int_equal(event->line, i + 1);
        phases[event->phase]++;
    }
    assert_memory_equal(diagnosis->found[0].phases, phases, sizeof(phases));
    assert_true(phases[AJAR_PHASE_BEFORE] == 1 && phases[AJAR_PHASE_AFTER] >= 1);
    assert_true(phases[AJAR_PHASE_WAITING] >= 1 && phases[AJAR_PHASE_OVERDUE] >= 1);
}

static void test_lines_stand_where_their_time_is(void **state)
{
    OWNED(ajar_knowledge_free) struct ajar_knowledge *knowledge = make_knowledge();
    static const int offsets[] = { 0, 2 * HOUR, -5 * HOUR };
    struct scene scene = { 0 };

    (void)state;
    scene_set(&scene);
    live_through_a_window(&scene);
    for (size_t i = 0; i < LENGTH(offsets); i++) {
        OWNED(text_release) struct text log = TEXT_UP_TO(10000);
        OWNED(shown_release) struct shown empty = show(&scene, knowledge, "", 0);
        OWNED(shown_release) struct shown shown = { 0 };

        put_lines(empty.diagnosis, offsets[i], &log);
        shown = show(&scene, knowledge, text_peek(&log), offsets[i]);
        assert_placed(shown.diagnosis);
        assert_int_equal(shown.diagnosis->clock.offset_given, offsets[i] != 0);
    }
    scene_clear(&scene);
}

static void test_what_has_no_time_is_not_placed(void **state)
{
    OWNED(ajar_knowledge_free) struct ajar_knowledge *knowledge = make_knowledge();
    OWNED(shown_release) struct shown shown = { 0 };
    struct scene scene = { 0 };

    (void)state;
    scene_set(&scene);
    live_through_a_window(&scene);
    shown = show(&scene, knowledge, TROUBLE "03/04/2026 08:00:00 " TROUBLE "E1:7777\nE1:1002\n", 0);
    assert_int_equal(shown.diagnosis->event_count, 3); /* a success is none */
    assert_int_equal(shown.diagnosis->found[0].phases[AJAR_PHASE_UNTIMED], 2);
    assert_int_equal(shown.diagnosis->unknown[0].phases[AJAR_PHASE_UNTIMED], 1);
    assert_null(shown.diagnosis->events[1].step);
    assert_int_equal(shown.diagnosis->events[1].phase, AJAR_PHASE_UNTIMED);
    assert_ptr_equal(shown.diagnosis->events[2].unknown, &shown.diagnosis->unknown[0]);
    scene_clear(&scene);
}

static void test_too_many_lines_are_counted(void **state)
{
    OWNED(ajar_knowledge_free) struct ajar_knowledge *knowledge = make_knowledge();
    OWNED(text_release) struct text log = TEXT_UP_TO(1024 * 1024);
    OWNED(shown_release) struct shown shown = { 0 };
    struct scene scene = { 0 };

    (void)state;
    scene_set(&scene);
    live_through_a_window(&scene);
    for (int i = 0; i < TALLY_EVENTS + 7; i++)
        text_append(&log, "2020-01-01 00:00:00 " TROUBLE);
    shown = show(&scene, knowledge, text_peek(&log), 0);
    assert_int_equal(shown.diagnosis->event_count, TALLY_EVENTS);
    assert_int_equal(shown.diagnosis->event_more, 7);
    assert_int_equal(shown.diagnosis->found[0].phases[AJAR_PHASE_BEFORE], TALLY_EVENTS + 7);
    scene_clear(&scene);
}

static void test_a_window_that_does_not_exist(void **state)
{
    OWNED(ajar_knowledge_free) struct ajar_knowledge *knowledge = make_knowledge();
    const char *files[] = { "/dev/null", NULL };
    const struct ajar_diagnose_options options = { .files = files };
    struct scene scene = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    struct shown shown = { 0 };
    struct ajar_run *run;

    (void)state;
    scene_set(&scene);
    live_through_a_window(&scene);
    run = scene_open_run(&scene, "show");
    assert_false(
        ajar_show_log(run, "nothing", knowledge, &options, &shown.report, &shown.diagnosis, &err));
    assert_int_equal(err.status, AJAR_EMISSING);
    assert_null(shown.report);
    assert_null(shown.diagnosis);
    ajar_run_close(run);
    scene_clear(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_window_goes_through_its_phases),
        cmocka_unit_test(test_lines_stand_where_their_time_is),
        cmocka_unit_test(test_what_has_no_time_is_not_placed),
        cmocka_unit_test(test_too_many_lines_are_counted),
        cmocka_unit_test(test_a_window_that_does_not_exist),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
