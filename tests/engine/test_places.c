/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sections that are on several targets: named ones, and all domains of a forest.
 */
#include "fake/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* The entry 4 is the thing 4 in the first domain of the forest, 5 in the second, 6 in the third. */
#define ENTRY                                                                   \
    "[plan]\nname = p\n[entry all]\non = domains f.test\nid = 4\nopen = open\n" \
    "closed = closed\n"
#define NAMED "[plan]\nname = p\n[entry two]\non = domain f.test c.f.test\nid = 4\nopen = open\n"
#define HOSTS "[plan]\nname = p\n[thing two]\non = host a.test b.test\nid = 1\nopen = open\n"
#define FOREST_CONTROLLERS                                                                       \
    "[plan]\nname = p\n[require holds]\non = forest-controllers f.test\ncheck = value\nid = 4\n" \
    "value = open\n"
#define HOLDS "[require holds]\non = domains f.test\ncheck = value\nid = 4\nvalue = open\n"

static bool show_plan(struct ajar_run *run, const struct ajar_plan *plan,
                      struct ajar_report **ret_report, struct ajar_error *err)
{
    const struct ajar_plan_options options = { .toward = AJAR_TOWARD_OPEN };

    return ajar_plan(run, plan, &options, ret_report, err);
}

static bool check(struct ajar_run *run, const struct ajar_plan *plan,
                  struct ajar_report **ret_report, struct ajar_error *err)
{
    return ajar_check(run, plan, NULL, ret_report, err);
}

static bool apply(struct ajar_run *run, const struct ajar_plan *plan,
                  struct ajar_report **ret_report, struct ajar_error *err)
{
    const struct ajar_apply_options options = { .duration = 3600, .reason = "r" };

    return ajar_apply(run, plan, &options, ret_report, err);
}

static bool apply_close(struct ajar_run *run, const struct ajar_plan *plan,
                        struct ajar_report **ret_report, struct ajar_error *err)
{
    const struct ajar_apply_options options = { .toward = AJAR_TOWARD_CLOSED, .reason = "r" };

    return ajar_apply(run, plan, &options, ret_report, err);
}

/* Status needs no plan. */
static bool look_live(struct ajar_run *run, const struct ajar_plan *plan,
                      struct ajar_report **ret_report, struct ajar_error *err)
{
    (void)plan;
    return ajar_status(run, NULL, true, ret_report, err);
}

static void a_plan_is_on_each_target_that_is_named(void **state)
{
    OWNED(scene_outcome_release)
    struct scene_outcome hosts = scene_on_plan(*state, HOSTS, show_plan);
    OWNED(scene_outcome_release)
    struct scene_outcome domains = scene_on_plan(*state, NAMED, show_plan);
    const struct ajar_change *changes;

    assert_int_equal(hosts.exit, AJAR_EXIT_PENDING);
    assert_int_equal(hosts.report->windows[0].count, 2);
    changes = hosts.report->windows[0].changes;
    assert_string_equal(changes[0].target, "a.test");
    assert_string_equal(changes[1].target, "b.test");
    assert_int_equal(domains.report->windows[0].count, 2);
    changes = domains.report->windows[0].changes;
    assert_string_equal(changes[0].thing, "entry:4 of f.test");
    assert_string_equal(changes[1].thing, "entry:4 of c.f.test");
}

static void a_forest_is_each_of_its_domains(void **state)
{
    const struct scene *scene = *state;
    OWNED(scene_outcome_release) struct scene_outcome outcome = scene_on_plan(scene, ENTRY, apply);

    assert_int_equal(outcome.exit, AJAR_EXIT_DONE);
    assert_int_equal(outcome.report->windows[0].count, 2);
    assert_string_equal(outcome.report->windows[0].changes[0].target, "f.test");
    assert_string_equal(outcome.report->windows[0].changes[1].target, "c.f.test");
    assert_string_equal(scene->world->things[4].value, "open");
    assert_string_equal(scene->world->things[5].value, "open");
    assert_false(scene->world->things[6].exists);
}

/* Each controller is looked at by its name, one of another domain than the forest's, too. */
static void a_forest_has_controllers(void **state)
{
    OWNED(scene_outcome_release)
    struct scene_outcome checked = scene_on_plan(*state, FOREST_CONTROLLERS, check);

    assert_int_equal(checked.report->windows[0].requirement_count, 2);
    assert_string_equal(checked.report->windows[0].requirements[0].target, "dc1.f.test");
    assert_string_equal(checked.report->windows[0].requirements[1].target, "dc1.c.f.test");
}

/* Not the directory's list of today: what the window wrote is what is put back. */
static void a_rollback_needs_the_journal_alone(void **state)
{
    const struct scene *scene = *state;
    OWNED(scene_outcome_release) struct scene_outcome opened = { 0 };

    scene_put(scene, 5, "old");
    opened = scene_on_plan(scene, ENTRY, apply);
    assert_int_equal(opened.exit, AJAR_EXIT_DONE);
    scene->world->domains = 3; /* a domain that is new is not touched */
    scene_put(scene, 6, "open");
    assert_int_equal(scene_rollback(scene), AJAR_EXIT_DONE);
    assert_false(scene->world->things[4].exists);
    assert_string_equal(scene->world->things[5].value, "old");
    assert_string_equal(scene->world->things[6].value, "open");
}

static void a_domain_that_is_gone_stays_listed(void **state)
{
    const struct scene *scene = *state;
    OWNED(scene_outcome_release) struct scene_outcome opened = scene_on_plan(scene, ENTRY, apply);

    assert_int_equal(opened.exit, AJAR_EXIT_DONE);
    scene->world->domains = 1;
    scene->world->down = 5;
    assert_int_equal(scene_rollback(scene), AJAR_EXIT_PARTLY);
    assert_false(scene->world->things[4].exists);
    assert_string_equal(scene->world->things[5].value, "open");
    assert_int_equal(scene_count_open(scene), 1);
    scene->world->down = -1;
    scene->world->domains = 0; /* no directory tells anything */
    assert_int_equal(scene_resume(scene), AJAR_EXIT_DONE);
    assert_false(scene->world->things[5].exists);
    assert_int_equal(scene_count_open(scene), 0);
}

static void the_same_plan_goes_on_with_its_window(void **state)
{
    const struct scene *scene = *state;
    OWNED(scene_outcome_release) struct scene_outcome opened = { 0 };
    OWNED(scene_outcome_release) struct scene_outcome again = { 0 };

    scene->world->down = 5;
    opened = scene_on_plan(scene, ENTRY, apply);
    assert_int_equal(opened.exit, AJAR_EXIT_PARTLY);
    scene->world->down = -1;
    again = scene_on_plan(scene, ENTRY, apply);
    assert_int_equal(again.exit, AJAR_EXIT_DONE);
    assert_string_equal(again.report->windows[0].id, opened.report->windows[0].id);
    assert_string_equal(scene->world->things[5].value, "open");
}

static void drift_in_one_domain_is_seen(void **state)
{
    const struct scene *scene = *state;
    OWNED(scene_outcome_release) struct scene_outcome opened = scene_on_plan(scene, ENTRY, apply);
    OWNED(scene_outcome_release) struct scene_outcome looked = { 0 };

    scene_put(scene, 5, "third");
    assert_int_equal(opened.exit, AJAR_EXIT_DONE);
    looked = scene_on_plan(scene, ENTRY, look_live);
    assert_int_equal(looked.exit, AJAR_EXIT_PENDING);
    assert_string_equal(looked.report->windows[0].changes[0].target, "c.f.test");
    assert_true(looked.report->windows[0].changes[0].drifted);
    assert_false(looked.report->windows[0].changes[1].drifted);
}

static void audit_and_close_are_on_each_domain(void **state)
{
    const struct scene *scene = *state;
    OWNED(scene_outcome_release) struct scene_outcome found = { 0 };
    OWNED(scene_outcome_release) struct scene_outcome closed = { 0 };

    scene_put(scene, 4, "closed");
    scene_put(scene, 5, "open");
    found = scene_on_plan(scene, ENTRY, ajar_audit);
    assert_int_equal(found.exit, AJAR_EXIT_PENDING);
    assert_string_equal(found.report->windows[0].changes[0].state, "closed");
    assert_string_equal(found.report->windows[0].changes[1].state, "open");
    closed = scene_on_plan(scene, ENTRY, apply_close);
    assert_int_equal(closed.exit, AJAR_EXIT_DONE);
    assert_string_equal(scene->world->things[5].value, "closed");
}

static void a_requirement_is_looked_at_in_each_domain(void **state)
{
    const struct scene *scene = *state;
    OWNED(scene_outcome_release) struct scene_outcome outcome = { 0 };
    const struct ajar_requirement *requirements;

    scene_put(scene, 4, "open");
    outcome = scene_on_plan(scene, ENTRY HOLDS, check);
    assert_int_equal(outcome.exit, AJAR_EXIT_UNMET);
    assert_int_equal(outcome.report->windows[0].requirement_count, 2);
    requirements = outcome.report->windows[0].requirements;
    assert_string_equal(requirements[0].target, "f.test");
    assert_string_equal(requirements[0].result, "pass");
    assert_string_equal(requirements[1].target, "c.f.test");
    assert_string_equal(requirements[1].result, "fail");
}

static void a_forest_that_does_not_answer_is_told(void **state)
{
    const struct scene *scene = *state;
    OWNED(scene_outcome_release) struct scene_outcome planned = { 0 };
    OWNED(scene_outcome_release) struct scene_outcome checked = { 0 };
    const char *says = "could not find the domains of the forest of f.test: ";

    scene->world->domains = 0;
    planned = scene_on_plan(scene, ENTRY, show_plan);
    checked = scene_on_plan(scene, ENTRY HOLDS, check);
    assert_int_equal(planned.exit, AJAR_EXIT_FAILED);
    assert_int_equal(strncmp(planned.err.text, says, strlen(says)), 0);
    assert_int_equal(checked.exit, AJAR_EXIT_PARTLY);
    assert_int_equal(checked.report->windows[0].requirement_count, 1);
    assert_string_equal(checked.report->windows[0].requirements[0].result, "unknown");
    assert_string_equal(checked.report->windows[0].requirements[0].target, "f.test");
    assert_non_null(strstr(checked.report->windows[0].requirements[0].reason, says));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_plan_is_on_each_target_that_is_named),
        TEST(a_forest_is_each_of_its_domains),
        TEST(a_forest_has_controllers),
        TEST(a_rollback_needs_the_journal_alone),
        TEST(a_domain_that_is_gone_stays_listed),
        TEST(the_same_plan_goes_on_with_its_window),
        TEST(drift_in_one_domain_is_seen),
        TEST(audit_and_close_are_on_each_domain),
        TEST(a_requirement_is_looked_at_in_each_domain),
        TEST(a_forest_that_does_not_answer_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
