/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What stands around the changes of a window: requirements, steps of people, the safe state of what
 * nobody recorded.
 */
#include "fake/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Thing 1 holds "closed" when a scene begins, thing 2 "same". */
#define SETTING                                                                  \
    "[plan]\nname = p\n[thing changed]\non = host a.test\nid = 1\nopen = open\n" \
    "closed = closed\n"
#define HOLDS "[require holds]\non = host b.test\ncheck = value\nid = 2\nvalue = same\n"
#define FAILS "[require fails]\non = host b.test\ncheck = value\nid = 2\nvalue = other\n"
#define DOWN  "[require down]\non = host c.test\ncheck = value\nid = 4\nvalue = other\n"
#define STEPS                                                                \
    "[manual first]\nwhen = before\ndo = this\n[manual second]\ndo = that\n" \
    "[manual last]\nwhen = closing\ndo = tidy up\n"

static bool plan_open(struct ajar_run *run, const struct ajar_plan *plan,
                      struct ajar_report **ret_report, struct ajar_error *err)
{
    const struct ajar_plan_options options = { .toward = AJAR_TOWARD_OPEN };

    return ajar_plan(run, plan, &options, ret_report, err);
}

static bool plan_close(struct ajar_run *run, const struct ajar_plan *plan,
                       struct ajar_report **ret_report, struct ajar_error *err)
{
    const struct ajar_plan_options options = { .toward = AJAR_TOWARD_CLOSED };

    return ajar_plan(run, plan, &options, ret_report, err);
}

static bool check_all(struct ajar_run *run, const struct ajar_plan *plan,
                      struct ajar_report **ret_report, struct ajar_error *err)
{
    return ajar_check(run, plan, NULL, ret_report, err);
}

static bool apply_close(struct ajar_run *run, const struct ajar_plan *plan,
                        struct ajar_report **ret_report, struct ajar_error *err)
{
    const struct ajar_apply_options options = { .toward = AJAR_TOWARD_CLOSED, .reason = "r" };

    return ajar_apply(run, plan, &options, ret_report, err);
}

static struct scene_outcome apply(const struct scene *scene, const char *text,
                                  const char *const *despite, const char *const *confirmed)
{
    const struct ajar_apply_options options = {
        .duration = 3600, .reason = "r", .despite = despite, .confirmed = confirmed
    };

    return scene_apply_with(scene, text, &options);
}

static struct scene_outcome rollback(const struct scene *scene, const char *window,
                                     const char *const *confirmed)
{
    const struct ajar_rollback_options options = { .confirmed = confirmed };

    return scene_rollback_window(scene, window, &options);
}

static void a_check_tells_each_requirement_and_changes_nothing(void **state)
{
    const struct scene *scene = *state;
    OWNED(scene_outcome_release) struct scene_outcome outcome = { 0 };

    scene->world->down = 4;
    outcome = scene_on_plan(scene, SETTING HOLDS FAILS DOWN, check_all);
    assert_int_equal(outcome.exit, AJAR_EXIT_UNMET);
    assert_int_equal(outcome.report->windows[0].requirement_count, 3);
    assert_string_equal(outcome.report->windows[0].requirements[0].result, "pass");
    assert_string_equal(outcome.report->windows[0].requirements[1].result, "fail");
    assert_string_equal(outcome.report->windows[0].requirements[1].reason, "it is not other");
    assert_string_equal(outcome.report->windows[0].requirements[1].hint, "set it by hand");
    assert_string_equal(outcome.report->windows[0].requirements[2].result, "unknown");
    assert_string_equal(outcome.report->windows[0].requirements[2].reason, "the host is down");
    assert_int_equal(outcome.report->windows[0].count, 0);
    scene_assert_start(scene);
    assert_int_equal(access(scene->journal, F_OK), -1);
}

static void a_check_where_all_holds_or_something_is_not_known(void **state)
{
    const struct scene *scene = *state;
    OWNED(scene_outcome_release)
    struct scene_outcome holds = scene_on_plan(scene, SETTING HOLDS, check_all);
    OWNED(scene_outcome_release)
    struct scene_outcome none = scene_on_plan(scene, SETTING, check_all);
    OWNED(scene_outcome_release) struct scene_outcome unknown = { 0 };

    scene->world->down = 4;
    unknown = scene_on_plan(scene, SETTING HOLDS DOWN, check_all);
    assert_int_equal(holds.exit, AJAR_EXIT_DONE);
    assert_int_equal(none.exit, AJAR_EXIT_DONE);
    assert_int_equal(unknown.exit, AJAR_EXIT_PARTLY);
}

static void a_plan_shows_requirements(void **state)
{
    OWNED(scene_outcome_release)
    struct scene_outcome outcome = scene_on_plan(*state, SETTING FAILS, plan_open);

    assert_int_equal(outcome.exit, AJAR_EXIT_PENDING);
    assert_int_equal(outcome.report->windows[0].requirement_count, 1);
    assert_non_null(strstr(outcome.report->summary, "--despite"));
}

static void what_does_not_hold_stops_an_apply(void **state)
{
    const struct scene *scene = *state;
    OWNED(scene_outcome_release)
    struct scene_outcome outcome = apply(scene, SETTING HOLDS FAILS, NULL, NULL);

    assert_int_equal(outcome.exit, AJAR_EXIT_UNMET);
    assert_null(outcome.report->windows[0].id);
    assert_int_equal(scene->world->writes, 0);
    assert_int_equal(scene_count_open(scene), 0);
}

/* The world changes as it is asked to: "is-open" holds once "changed" is open. */
#define MET \
    "[require is-open]\non = host a.test\ncheck = value\nid = 1\nvalue = open\nmet-by = changed\n"
#define MET_ELSEWHERE                                                                     \
    "[require is-open]\non = host b.test\ncheck = value\nid = 1\nvalue = open\nmet-by = " \
    "changed\n"

static void what_the_plan_itself_meets_stops_nothing(void **state)
{
    const struct scene *scene = *state;
    OWNED(scene_outcome_release)
    struct scene_outcome planned = scene_on_plan(scene, SETTING MET, plan_open);
    OWNED(scene_outcome_release) struct scene_outcome outcome = { .err = AJAR_NO_ERROR };

    assert_string_equal(planned.report->windows[0].requirements[0].result, "fail");
    assert_string_equal(planned.report->windows[0].requirements[0].met_by, "changed");
    assert_null(planned.report->summary ? strstr(planned.report->summary, "--despite") : NULL);
    outcome = apply(scene, SETTING MET, NULL, NULL);
    assert_int_equal(outcome.exit, AJAR_EXIT_DONE);
    assert_string_equal(scene->world->things[1].value, "open");
}

/* Nor is it met where there is nothing to change: then something else is in its way. */
static void what_is_met_by_a_change_elsewhere_stops_an_apply(void **state)
{
    const struct scene *scene = *state;
    OWNED(scene_outcome_release)
    struct scene_outcome outcome = apply(scene, SETTING MET_ELSEWHERE, NULL, NULL);

    assert_int_equal(outcome.exit, AJAR_EXIT_UNMET);
    assert_int_equal(scene->world->writes, 0);
}

static void despite_goes_on_and_is_recorded(void **state)
{
    static const char *const despite[] = { "fails", NULL };
    const struct scene *scene = *state;
    OWNED(scene_outcome_release)
    struct scene_outcome outcome = apply(scene, SETTING HOLDS FAILS, despite, NULL);
    OWNED(scene_outcome_release) struct scene_outcome shown = { .err = AJAR_NO_ERROR };
    struct ajar_run *run = scene_open_run(scene, "show");

    assert_int_equal(outcome.exit, AJAR_EXIT_DONE);
    assert_string_equal(scene->world->things[1].value, "open");
    assert_true(ajar_show(run, NULL, &shown.report, &shown.err));
    ajar_run_close(run);
    assert_int_equal(shown.report->windows[0].requirement_count, 2);
    assert_string_equal(shown.report->windows[0].requirements[0].name, "fails");
    assert_non_null(shown.report->windows[0].requirements[0].despite);
    assert_null(shown.report->windows[0].requirements[1].despite);
    scene_assert_fsck(scene);
}

static void despite_of_another_requirement_is_not_enough(void **state)
{
    static const char *const despite[] = { "holds", NULL };
    static const char *const wrong[] = { "nothing", NULL };
    const struct scene *scene = *state;
    OWNED(scene_outcome_release)
    struct scene_outcome outcome = apply(scene, SETTING HOLDS FAILS, despite, NULL);
    OWNED(scene_outcome_release)
    struct scene_outcome unknown = apply(scene, SETTING FAILS, wrong, NULL);

    assert_int_equal(outcome.exit, AJAR_EXIT_UNMET);
    assert_int_equal(unknown.exit, AJAR_EXIT_USAGE);
    assert_int_equal(scene->world->writes, 0);
}

static void what_is_not_known_stops_nothing(void **state)
{
    const struct scene *scene = *state;
    OWNED(scene_outcome_release) struct scene_outcome outcome = { 0 };

    scene->world->down = 4;
    outcome = apply(scene, SETTING DOWN, NULL, NULL);
    assert_int_equal(outcome.exit, AJAR_EXIT_DONE);
    assert_string_equal(outcome.report->windows[0].requirements[0].result, "unknown");
}

static const struct ajar_manual *step(const struct scene_outcome *outcome, size_t i)
{
    assert_int_equal(outcome->report->windows[0].manual_count, 3);
    return &outcome->report->windows[0].manuals[i];
}

static void steps_are_confirmed_by_name_and_when_they_are_due(void **state)
{
    static const char *const all[] = { "all", NULL };
    static const char *const first[] = { "first", "last", NULL };
    const struct scene *scene = *state;
    OWNED(scene_outcome_release)
    struct scene_outcome opened = apply(scene, SETTING STEPS, NULL, first);
    OWNED(scene_outcome_release)
    struct scene_outcome again = apply(scene, SETTING STEPS, NULL, all);
    OWNED(scene_outcome_release) struct scene_outcome closed = rollback(scene, NULL, all);

    assert_int_equal(opened.exit, AJAR_EXIT_DONE);
    assert_non_null(step(&opened, 0)->by);
    assert_null(step(&opened, 1)->by);
    assert_null(step(&opened, 2)->by); /* it is not due yet */
    assert_non_null(step(&again, 1)->by);
    assert_null(step(&again, 2)->by);
    assert_int_equal(closed.exit, AJAR_EXIT_DONE);
    assert_non_null(step(&closed, 2)->by);
    assert_true(step(&closed, 2)->at > 0);
    scene_assert_fsck(scene);
}

static void a_step_can_be_confirmed_after_the_window_is_closed(void **state)
{
    static const char *const last[] = { "last", NULL };
    static const char *const wrong[] = { "nothing", NULL };
    const struct scene *scene = *state;
    OWNED(scene_outcome_release)
    struct scene_outcome opened = apply(scene, SETTING STEPS, NULL, NULL);
    OWNED(scene_outcome_release) struct scene_outcome refused = rollback(scene, NULL, wrong);
    OWNED(scene_outcome_release) struct scene_outcome closed = rollback(scene, NULL, NULL);
    OWNED(scene_outcome_release) struct scene_outcome later = { .err = AJAR_NO_ERROR };
    struct ajar_run *run = scene_open_run(scene, "resume");

    assert_int_equal(refused.exit, AJAR_EXIT_USAGE);
    assert_null(step(&closed, 2)->by);
    assert_true(ajar_resume(run, opened.report->windows[0].id, last, &later.report, &later.err));
    ajar_run_close(run);
    assert_non_null(step(&later, 2)->by);
}

static void what_was_left_open_is_found_and_closed_and_opened_again(void **state)
{
    const struct scene *scene = *state;
    OWNED(scene_outcome_release)
    struct scene_outcome before = scene_on_plan(scene, SETTING FAILS, ajar_audit);
    OWNED(scene_outcome_release) struct scene_outcome found = { 0 };
    OWNED(scene_outcome_release) struct scene_outcome planned = { 0 };
    OWNED(scene_outcome_release) struct scene_outcome closed = { 0 };
    OWNED(scene_outcome_release) struct scene_outcome after = { 0 };
    OWNED(scene_outcome_release) struct scene_outcome nameless = { 0 };
    OWNED(scene_outcome_release) struct scene_outcome opened = { 0 };

    assert_int_equal(before.exit, AJAR_EXIT_DONE);
    scene_put(scene, 1, "open");
    found = scene_on_plan(scene, SETTING FAILS, ajar_audit);
    assert_int_equal(found.exit, AJAR_EXIT_PENDING);
    assert_string_equal(found.report->windows[0].changes[0].state, "open");
    planned = scene_on_plan(scene, SETTING FAILS, plan_close);
    assert_int_equal(planned.exit, AJAR_EXIT_PENDING);
    assert_string_equal(planned.report->windows[0].changes[0].wanted_phrase, "closed");
    closed = scene_on_plan(scene, SETTING FAILS, apply_close); /* requirements are about opening */
    assert_int_equal(closed.exit, AJAR_EXIT_DONE);
    assert_string_equal(scene->world->things[1].value, "closed");
    after = scene_on_plan(scene, SETTING FAILS, ajar_audit);
    assert_int_equal(after.exit, AJAR_EXIT_DONE);
    nameless = rollback(scene, NULL, NULL); /* nothing is exposed: it has to be named */
    assert_int_equal(nameless.exit, AJAR_EXIT_FAILED);
    assert_string_equal(scene->world->things[1].value, "closed");
    opened = rollback(scene, closed.report->windows[0].id, NULL);
    assert_int_equal(opened.exit, AJAR_EXIT_DONE);
    assert_string_equal(scene->world->things[1].value, "open");
    scene_assert_fsck(scene);
}

static void what_a_window_holds_is_not_found(void **state)
{
    const struct scene *scene = *state;
    OWNED(scene_outcome_release) struct scene_outcome opened = apply(scene, SETTING, NULL, NULL);
    OWNED(scene_outcome_release)
    struct scene_outcome found = scene_on_plan(scene, SETTING, ajar_audit);

    assert_int_equal(opened.exit, AJAR_EXIT_DONE);
    assert_int_equal(found.exit, AJAR_EXIT_DONE);
    assert_string_equal(found.report->windows[0].changes[0].state, "held");
    assert_non_null(strstr(found.report->windows[0].changes[0].note, opened.report->windows[0].id));
}

static void what_was_closed_holds_nothing(void **state)
{
    const struct scene *scene = *state;
    OWNED(scene_outcome_release) struct scene_outcome closed = { 0 };
    OWNED(scene_outcome_release) struct scene_outcome opened = { 0 };

    scene_put(scene, 1, "open");
    closed = scene_on_plan(scene, SETTING, apply_close);
    assert_int_equal(closed.exit, AJAR_EXIT_DONE);
    opened = apply(scene, SETTING, NULL, NULL);
    assert_int_equal(opened.exit, AJAR_EXIT_DONE);
    assert_string_equal(scene->world->things[1].value, "open");
    assert_int_equal(scene_rollback(scene), AJAR_EXIT_DONE);
    assert_string_equal(scene->world->things[1].value, "closed");
}

static void an_audit_that_cannot_read_says_so(void **state)
{
    const struct scene *scene = *state;
    OWNED(scene_outcome_release) struct scene_outcome outcome = { 0 };

    scene->world->down = 3;
    outcome = scene_on_plan(
        scene, SETTING "[thing far]\non = host b.test\nid = 3\nopen = x\nclosed = absent\n",
        ajar_audit);
    assert_int_equal(outcome.exit, AJAR_EXIT_PARTLY);
    assert_string_equal(outcome.report->windows[0].changes[1].state, "unknown");
}

/* A host starts anew once each way, behind all changes: then what waits for that is in effect. */
#define RESTART       "[thing server]\non = host a.test\nid = 5\nopen = running\nrestart = yes\n"
#define RESTART_AGAIN "[thing again]\non = host a.test\nid = 5\nopen = running\nrestart = yes\n"
#define RUNS          "[thing server-runs]\non = host a.test\nid = 5\nopen = running\n"
#define WAITS                                                                  \
    "[plan]\nname = p\n" RESTART "[thing changed]\non = host a.test\nid = 1\n" \
    "open = open\ntakes-effect = restart\n"

static void an_action_is_done_once_each_way_and_last(void **state)
{
    const struct scene *scene = *state;
    OWNED(scene_outcome_release) struct scene_outcome planned = { 0 };
    OWNED(scene_outcome_release) struct scene_outcome opened = { 0 };
    OWNED(scene_outcome_release) struct scene_outcome again = { 0 };
    OWNED(scene_outcome_release) struct scene_outcome closed = { 0 };

    scene_put(scene, 5, "running");
    planned = scene_on_plan(scene, WAITS, plan_open);
    assert_string_equal(planned.report->windows[0].changes[0].action, "modify");
    opened = apply(scene, WAITS, NULL, NULL);
    assert_int_equal(opened.exit, AJAR_EXIT_DONE);
    assert_int_equal(scene->world->starts, 1);
    assert_null(opened.report->windows[0].changes[1].waiting);
    again = apply(scene, WAITS, NULL, NULL);
    assert_int_equal(again.exit, AJAR_EXIT_DONE);
    assert_int_equal(scene->world->starts, 1);
    closed = rollback(scene, NULL, NULL);
    assert_int_equal(closed.exit, AJAR_EXIT_DONE);
    assert_int_equal(scene->world->starts, 2);
    assert_string_equal(closed.report->windows[0].state, "closed");
    assert_null(closed.report->windows[0].changes[1].waiting);
    scene_assert_fsck(scene);
}

static void an_action_without_a_change_is_not_done(void **state)
{
    const struct scene *scene = *state;
    OWNED(scene_outcome_release) struct scene_outcome planned = { 0 };
    OWNED(scene_outcome_release) struct scene_outcome opened = { 0 };

    scene_put(scene, 5, "running");
    scene_put(scene, 1, "open");
    planned = scene_on_plan(scene, WAITS, plan_open);
    assert_int_equal(planned.exit, AJAR_EXIT_DONE);
    opened = apply(scene, WAITS, NULL, NULL);
    assert_int_equal(opened.exit, AJAR_EXIT_DONE);
    assert_null(opened.report->windows[0].id);
    assert_int_equal(scene->world->starts, 0);
}

/* The state of a service and its restart are two things; two restarts of it are one too many. */
static void an_action_stands_beside_a_setting_of_the_same_thing(void **state)
{
    const struct scene *scene = *state;
    OWNED(scene_outcome_release) struct scene_outcome twice = { .err = AJAR_NO_ERROR };
    OWNED(scene_outcome_release) struct scene_outcome outcome = { .err = AJAR_NO_ERROR };

    scene_put(scene, 5, "stopped");
    outcome = apply(scene, SETTING RESTART RUNS, NULL, NULL);
    assert_int_equal(outcome.exit, AJAR_EXIT_DONE);
    assert_string_equal(scene->world->things[5].value, "running");
    twice = scene_on_plan(scene, SETTING RESTART RESTART_AGAIN, plan_open);
    assert_int_equal(twice.exit, AJAR_EXIT_PLAN);
    assert_non_null(strstr(twice.err.text, "acts on the same thing as [thing server]"));
}

static void what_does_not_run_is_not_restarted(void **state)
{
    const struct scene *scene = *state;
    OWNED(scene_outcome_release) struct scene_outcome opened = apply(scene, WAITS, NULL, NULL);
    OWNED(scene_outcome_release) struct scene_outcome closed = rollback(scene, NULL, NULL);

    assert_int_equal(opened.exit, AJAR_EXIT_DONE);
    assert_int_equal(closed.exit, AJAR_EXIT_DONE);
    assert_int_equal(scene->world->starts, 0);
    assert_non_null(closed.report->windows[0].changes[1].waiting);
}

/* The host does not start any more: whoever keeps it so can close the window. */
static void an_action_that_fails_can_be_kept(void **state)
{
    const struct scene *scene = *state;
    OWNED(scene_outcome_release) struct scene_outcome opened = { 0 };
    OWNED(scene_outcome_release) struct scene_outcome failed = { 0 };

    scene_put(scene, 5, "running");
    opened = apply(scene, WAITS, NULL, NULL);
    assert_int_equal(opened.exit, AJAR_EXIT_DONE);
    scene->world->stuck = true;
    failed = rollback(scene, NULL, NULL);
    assert_int_equal(failed.exit, AJAR_EXIT_PARTLY);
    assert_string_equal(failed.report->windows[0].state, "partly-closed");
    assert_int_equal(scene_rollback_with(scene, AJAR_CONFLICT_KEEP), AJAR_EXIT_DONE);
    assert_int_equal(scene_count_open(scene), 0);
    scene_assert_fsck(scene);
}

/* It is as the window left it, but the host does not let it go: somebody may settle that. */
static void what_cannot_be_put_back_can_be_kept(void **state)
{
    const struct scene *scene = *state;
    OWNED(scene_outcome_release) struct scene_outcome opened = apply(scene, SETTING, NULL, NULL);

    assert_int_equal(opened.exit, AJAR_EXIT_DONE);
    scene->world->stuck = true;
    assert_int_equal(scene_rollback(scene), AJAR_EXIT_CONFLICT);
    assert_int_equal(scene_rollback(scene), AJAR_EXIT_CONFLICT);
    assert_int_equal(scene_rollback_with(scene, AJAR_CONFLICT_KEEP), AJAR_EXIT_DONE);
    assert_string_equal(scene->world->things[1].value, "open");
    assert_int_equal(scene_count_open(scene), 0);
}

/* Steps come in the order in which they are due, whatever the plan's; all references are told. */
static void steps_and_references_are_told_in_order(void **state)
{
    OWNED(scene_outcome_release)
    struct scene_outcome outcome = scene_on_plan(
        *state,
        SETTING "reference = one\nreference = two\n[manual last]\nwhen = closing\ndo = c\n"
                "[manual second]\ndo = b\n[manual first]\nwhen = before\ndo = a\n",
        plan_open);

    assert_string_equal(outcome.report->windows[0].changes[0].reference, "one; two");
    assert_string_equal(step(&outcome, 0)->name, "first");
    assert_string_equal(step(&outcome, 1)->name, "second");
    assert_string_equal(step(&outcome, 2)->name, "last");
}

/* The window was kept from writing; then somebody else did just that: it stays theirs. */
static void what_others_did_is_not_taken_away(void **state)
{
    const struct scene *scene = *state;
    OWNED(scene_outcome_release) struct scene_outcome failed = { 0 };
    OWNED(scene_outcome_release) struct scene_outcome closed = { 0 };

    scene->world->fault = WORLD_FAIL_BEFORE;
    scene->world->fail_at = 2; /* the write */
    failed = apply(scene, SETTING, NULL, NULL);
    assert_int_equal(failed.exit, AJAR_EXIT_FAILED);
    scene_put(scene, 1, "third");
    assert_int_equal(scene_resume(scene), AJAR_EXIT_CONFLICT);
    scene_put(scene, 1, "open");
    assert_int_equal(scene_resume(scene), AJAR_EXIT_CONFLICT);
    closed = rollback(scene, NULL, NULL);
    assert_int_equal(closed.exit, AJAR_EXIT_CONFLICT);
    assert_int_equal(scene_rollback(scene), AJAR_EXIT_CONFLICT);
    assert_string_equal(scene->world->things[1].value, "open");
    assert_int_equal(scene_rollback_with(scene, AJAR_CONFLICT_KEEP), AJAR_EXIT_DONE);
    assert_string_equal(scene->world->things[1].value, "open");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(a_check_tells_each_requirement_and_changes_nothing),
        TEST(a_check_where_all_holds_or_something_is_not_known),
        TEST(a_plan_shows_requirements),
        TEST(what_does_not_hold_stops_an_apply),
        TEST(what_the_plan_itself_meets_stops_nothing),
        TEST(what_is_met_by_a_change_elsewhere_stops_an_apply),
        TEST(despite_goes_on_and_is_recorded),
        TEST(despite_of_another_requirement_is_not_enough),
        TEST(what_is_not_known_stops_nothing),
        TEST(steps_are_confirmed_by_name_and_when_they_are_due),
        TEST(a_step_can_be_confirmed_after_the_window_is_closed),
        TEST(what_was_left_open_is_found_and_closed_and_opened_again),
        TEST(what_a_window_holds_is_not_found),
        TEST(what_was_closed_holds_nothing),
        TEST(an_audit_that_cannot_read_says_so),
        TEST(an_action_is_done_once_each_way_and_last),
        TEST(an_action_without_a_change_is_not_done),
        TEST(an_action_stands_beside_a_setting_of_the_same_thing),
        TEST(what_does_not_run_is_not_restarted),
        TEST(an_action_that_fails_can_be_kept),
        TEST(what_cannot_be_put_back_can_be_kept),
        TEST(steps_and_references_are_told_in_order),
        TEST(what_others_did_is_not_taken_away),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
