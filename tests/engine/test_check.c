/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * check and plan for the sections that somebody named.
 */
#include "base/file.h"
#include "base/text.h"
#include "fake/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Thing 1 holds "closed" when a scene begins, thing 2 "same". */
#define PLAN                                                                    \
    "[plan]\nname = p\n"                                                        \
    "[thing changed]\non = host a.test\nid = 1\nopen = open\n"                  \
    "[thing equal]\non = host b.test\nid = 2\nopen = same\n"                    \
    "[thing restarted]\non = host b.test\nid = 3\nopen = x\nrestart = yes\n"    \
    "[require holds]\non = host b.test\ncheck = value\nid = 2\nvalue = same\n"  \
    "[require fails]\non = host b.test\ncheck = value\nid = 2\nvalue = other\n" \
    "[manual step]\ndo = this\n"

struct outcome {
    enum ajar_exit exit;
    struct ajar_report *report; /* NULL when it failed */
    struct ajar_error err;
};

static void outcome_release(struct outcome *outcome)
{
    ajar_report_free(outcome->report);
}
DEFINE_OWNED_STRUCT(struct outcome, outcome_release);

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

static struct outcome check_with(const struct scene *scene, const char *text,
                                 const struct ajar_check_options *options)
{
    struct outcome outcome = { .err = AJAR_NO_ERROR };
    struct ajar_plan *plan = load(scene, text);
    struct ajar_run *run = scene_open_run(scene, "check");
    bool ok = ajar_check(run, plan, options, &outcome.report, &outcome.err);

    outcome.exit = ok ? outcome.report->exit : ajar_exit_for(&outcome.err);
    ajar_run_close(run);
    ajar_plan_free(plan);
    return outcome;
}

/* With at most two names. */
static struct outcome check_only(const struct scene *scene, const char *first, const char *second)
{
    const char *const only[] = { first, second, NULL };
    const struct ajar_check_options options = { .only = only };

    return check_with(scene, PLAN, &options);
}

static struct outcome plan_only(const struct scene *scene, const char *first, const char *second)
{
    const char *const only[] = { first, second, NULL };
    const struct ajar_plan_options options = { .only = only };
    struct outcome outcome = { .err = AJAR_NO_ERROR };
    struct ajar_plan *plan = load(scene, PLAN);
    struct ajar_run *run = scene_open_run(scene, "plan");
    bool ok = ajar_plan(run, plan, &options, &outcome.report, &outcome.err);

    outcome.exit = ok ? outcome.report->exit : ajar_exit_for(&outcome.err);
    ajar_run_close(run);
    ajar_plan_free(plan);
    return outcome;
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

static void only_the_named_requirement_is_looked_at(void **state)
{
    OWNED(outcome_release) struct outcome outcome = check_only(*state, "holds", NULL);

    assert_int_equal(outcome.exit, AJAR_EXIT_DONE);
    assert_string_equal(outcome.report->summary, "everything that was looked at holds");
    assert_int_equal(outcome.report->windows[0].requirement_count, 1);
    assert_string_equal(outcome.report->windows[0].requirements[0].name, "holds");
    assert_int_equal(outcome.report->windows[0].count, 0);
}

static void a_setting_is_told_and_does_not_count(void **state)
{
    const struct scene *scene = *state;
    OWNED(outcome_release) struct outcome other = check_only(scene, "changed", "holds");
    OWNED(outcome_release) struct outcome alone = check_only(scene, "changed", "equal");
    const struct ajar_change *changes;

    assert_int_equal(other.exit, AJAR_EXIT_DONE);
    assert_int_equal(other.report->windows[0].count, 1);
    assert_string_equal(other.report->windows[0].changes[0].state, "not-as-wanted");
    assert_string_equal(other.report->windows[0].changes[0].now_phrase, "closed");
    assert_string_equal(other.report->windows[0].changes[0].wanted_phrase, "open");
    assert_int_equal(alone.exit, AJAR_EXIT_DONE);
    assert_string_equal(alone.report->summary, "1 of 2 settings as the plan wants them");
    changes = alone.report->windows[0].changes;
    assert_string_equal(changes[1].setting, "equal");
    assert_string_equal(changes[1].state, "as-wanted");
    assert_int_equal(scene->world->writes, 0);
}

static void a_failing_requirement_counts_beside_a_setting(void **state)
{
    OWNED(outcome_release) struct outcome outcome = check_only(*state, "equal", "fails");

    assert_int_equal(outcome.exit, AJAR_EXIT_UNMET);
    assert_string_equal(outcome.report->summary, "not everything that was looked at holds");
}

static void a_setting_that_cannot_be_read_is_not_known(void **state)
{
    struct scene *scene = *state;
    OWNED(outcome_release) struct outcome outcome = { 0 };

    scene->world->down = 1;
    outcome = check_only(scene, "changed", "holds");
    assert_int_equal(outcome.exit, AJAR_EXIT_PARTLY);
    assert_string_equal(outcome.report->windows[0].changes[0].state, "unknown");
    assert_non_null(outcome.report->windows[0].changes[0].error);
}

static void a_restart_has_nothing_to_compare(void **state)
{
    OWNED(outcome_release) struct outcome outcome = check_only(*state, "restarted", NULL);

    assert_int_equal(outcome.exit, AJAR_EXIT_DONE);
    assert_string_equal(outcome.report->windows[0].changes[0].state, "action");
}

static void a_name_that_no_section_has_is_refused(void **state)
{
    OWNED(outcome_release) struct outcome check = check_only(*state, "holds", "hodls");
    OWNED(outcome_release) struct outcome plan = plan_only(*state, "hodls", NULL);
    OWNED(outcome_release) struct outcome step = check_only(*state, "step", NULL);

    assert_int_equal(check.exit, AJAR_EXIT_USAGE);
    assert_string_equal(check.err.text, "--only hodls: the plan has no section of this name");
    assert_int_equal(plan.exit, AJAR_EXIT_USAGE);
    assert_int_equal(step.exit, AJAR_EXIT_USAGE);
    assert_string_equal(step.err.text, "--only step: that is a step for people");
}

static void a_plan_shows_the_named_sections_alone(void **state)
{
    OWNED(outcome_release) struct outcome setting = plan_only(*state, "changed", NULL);
    OWNED(outcome_release) struct outcome others = plan_only(*state, "holds", "step");

    assert_int_equal(setting.exit, AJAR_EXIT_PENDING);
    assert_int_equal(setting.report->windows[0].count, 1);
    assert_int_equal(setting.report->windows[0].requirement_count, 0);
    assert_int_equal(setting.report->windows[0].manual_count, 0);
    assert_int_equal(others.exit, AJAR_EXIT_DONE);
    assert_null(others.report->summary); /* it says nothing about settings */
    assert_int_equal(others.report->windows[0].count, 0);
    assert_int_equal(others.report->windows[0].requirement_count, 1);
    assert_int_equal(others.report->windows[0].manual_count, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_scene, clear_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(only_the_named_requirement_is_looked_at),
        TEST(a_setting_is_told_and_does_not_count),
        TEST(a_failing_requirement_counts_beside_a_setting),
        TEST(a_setting_that_cannot_be_read_is_not_known),
        TEST(a_restart_has_nothing_to_compare),
        TEST(a_name_that_no_section_has_is_refused),
        TEST(a_plan_shows_the_named_sections_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
