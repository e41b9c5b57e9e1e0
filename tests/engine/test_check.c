/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * check and plan for the sections that somebody named, and check for one user.
 */
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

/* With at most two names. */
static struct scene_outcome check_only(const struct scene *scene, const char *first,
                                       const char *second)
{
    const char *const only[] = { first, second, NULL };
    const struct ajar_check_options options = { .only = only };

    return scene_check_with(scene, PLAN, &options);
}

static struct scene_outcome plan_only(const struct scene *scene, const char *first,
                                      const char *second)
{
    const char *const only[] = { first, second, NULL };
    const struct ajar_plan_options options = { .only = only };

    return scene_plan_with(scene, PLAN, &options);
}

static void only_the_named_requirement_is_looked_at(void **state)
{
    OWNED(scene_outcome_release) struct scene_outcome outcome = check_only(*state, "holds", NULL);

    assert_int_equal(outcome.exit, AJAR_EXIT_DONE);
    assert_string_equal(outcome.report->summary, "everything that was looked at holds");
    assert_int_equal(outcome.report->windows[0].requirement_count, 1);
    assert_string_equal(outcome.report->windows[0].requirements[0].name, "holds");
    assert_int_equal(outcome.report->windows[0].count, 0);
}

static void a_setting_is_told_and_does_not_count(void **state)
{
    const struct scene *scene = *state;
    OWNED(scene_outcome_release) struct scene_outcome other = check_only(scene, "changed", "holds");
    OWNED(scene_outcome_release) struct scene_outcome alone = check_only(scene, "changed", "equal");
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
    OWNED(scene_outcome_release)
    struct scene_outcome outcome = check_only(*state, "equal", "fails");

    assert_int_equal(outcome.exit, AJAR_EXIT_UNMET);
    assert_string_equal(outcome.report->summary, "not everything that was looked at holds");
}

static void a_setting_that_cannot_be_read_is_not_known(void **state)
{
    struct scene *scene = *state;
    OWNED(scene_outcome_release) struct scene_outcome outcome = { 0 };

    scene->world->down = 1;
    outcome = check_only(scene, "changed", "holds");
    assert_int_equal(outcome.exit, AJAR_EXIT_PARTLY);
    assert_string_equal(outcome.report->windows[0].changes[0].state, "unknown");
    assert_non_null(outcome.report->windows[0].changes[0].error);
}

static void a_restart_has_nothing_to_compare(void **state)
{
    OWNED(scene_outcome_release)
    struct scene_outcome outcome = check_only(*state, "restarted", NULL);

    assert_int_equal(outcome.exit, AJAR_EXIT_DONE);
    assert_string_equal(outcome.report->windows[0].changes[0].state, "action");
}

static void a_name_that_no_section_has_is_refused(void **state)
{
    OWNED(scene_outcome_release) struct scene_outcome check = check_only(*state, "holds", "hodls");
    OWNED(scene_outcome_release) struct scene_outcome plan = plan_only(*state, "hodls", NULL);
    OWNED(scene_outcome_release) struct scene_outcome step = check_only(*state, "step", NULL);

    assert_int_equal(check.exit, AJAR_EXIT_USAGE);
    assert_string_equal(check.err.text, "--only hodls: the plan has no section of this name");
    assert_int_equal(plan.exit, AJAR_EXIT_USAGE);
    assert_int_equal(step.exit, AJAR_EXIT_USAGE);
    assert_string_equal(step.err.text, "--only step: that is a step for people");
}

static void a_plan_shows_the_named_sections_alone(void **state)
{
    OWNED(scene_outcome_release) struct scene_outcome setting = plan_only(*state, "changed", NULL);
    OWNED(scene_outcome_release) struct scene_outcome others = plan_only(*state, "holds", "step");

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

/* "user-02" is in the domains 0 and 2 of the world. Each domain has the controllers dc1 and dc2. */
#define ENABLED "[require enabled]\non = domains f.test\ncheck = object\nmust = ready\n"
#define EXISTS  "[require exists]\non = domains f.test\ncheck = object\nmust = exists\n"
#define HOSTS                                                                                 \
    "[require seen]\non = host dc1.f.test dc1.c.f.test dc2.c.f.test\ncheck = object\nmust = " \
    "ready\n"
#define ABOUT PLAN ENABLED EXISTS HOSTS

static struct scene_outcome check_object(const struct scene *scene, const char *text,
                                         const char *object)
{
    const struct ajar_check_options options = { .object = object };

    return scene_check_with(scene, text, &options);
}

/* "name target result" of each requirement, a line each. */
static void assert_told(const struct scene_outcome *outcome, const char *expected)
{
    OWNED(text_release) struct text told = TEXT_UP_TO(4096);

    if (!outcome->report)
        fail_msg("%s", outcome->err.text);
    for (size_t i = 0; i < outcome->report->windows[0].requirement_count; i++) {
        const struct ajar_requirement *requirement = &outcome->report->windows[0].requirements[i];

        text_format(&told, "%s %s %s\n", requirement->name, requirement->target,
                    requirement->result);
    }
    assert_string_equal(text_peek(&told), expected);
}

static const struct ajar_requirement *told(const struct scene_outcome *outcome, size_t index)
{
    return &outcome->report->windows[0].requirements[index];
}

static void a_user_is_looked_at_only_when_named(void **state)
{
    OWNED(scene_outcome_release) struct scene_outcome all = check_object(*state, ABOUT, NULL);
    OWNED(scene_outcome_release)
    struct scene_outcome alone = check_object(*state, "[plan]\nname = p\n" ENABLED, NULL);

    assert_told(&all, "holds b.test pass\nfails b.test fail\n");
    assert_int_equal(all.report->left_out, 3);
    assert_null(all.report->object);
    assert_int_equal(alone.exit, AJAR_EXIT_DONE);
    assert_string_equal(alone.report->summary,
                        "the plan has no requirements but those about one user");
}

static void an_apply_does_not_look_at_users(void **state)
{
    const struct scene *scene = *state;
    const struct ajar_apply_options options = { .duration = 3600, .reason = "r" };
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_report *report = NULL;
    struct ajar_plan *plan = scene_load(
        scene, "[plan]\nname = p\n[thing changed]\non = host a.test\nid = 1\nopen = open\n"
               "[require never]\non = domains f.test\ncheck = object\nmust = never\n");
    struct ajar_run *run = scene_open_run(scene, "apply");

    assert_true(ajar_apply(run, plan, &options, &report, &err));
    assert_int_equal(report->exit, AJAR_EXIT_DONE);
    assert_int_equal(report->windows[0].requirement_count, 0);
    ajar_plan_free(plan);
    (void)scene_finish(run, true, report, &err);
    assert_int_equal(scene_rollback(scene), AJAR_EXIT_DONE);
}

static void a_user_is_looked_at_in_the_domain_that_has_it(void **state)
{
    OWNED(scene_outcome_release)
    struct scene_outcome outcome = check_object(*state, ABOUT, "user-1");

    assert_told(&outcome, "enabled c.f.test pass\nexists c.f.test pass\n"
                          "seen dc1.c.f.test pass\nseen dc2.c.f.test pass\n");
    assert_int_equal(outcome.exit, AJAR_EXIT_DONE);
    assert_string_equal(outcome.report->object, "user-1");
    assert_int_equal(outcome.report->left_out, 0);
    assert_int_equal(outcome.report->windows[0].count, 0);
}

static void a_user_that_is_nowhere_fails_once(void **state)
{
    OWNED(scene_outcome_release)
    struct scene_outcome outcome = check_object(*state, ABOUT, "user-");

    assert_int_equal(outcome.exit, AJAR_EXIT_UNMET);
    assert_told(&outcome, "enabled f.test unknown\nexists f.test fail\n"
                          "seen dc1.f.test dc1.c.f.test dc2.c.f.test unknown\n");
    assert_string_equal(told(&outcome, 1)->reason, "f.test has no user-; c.f.test has no user-");
    assert_string_equal(told(&outcome, 1)->hint, "look for it");
    assert_string_equal(told(&outcome, 0)->reason,
                        "in which domain \"user-\" is, is not known: see exists");
}

static void a_user_that_is_in_several_domains_fails_once(void **state)
{
    struct scene *scene = *state;
    OWNED(scene_outcome_release) struct scene_outcome outcome = { 0 };

    scene->world->domains = 3;
    outcome = check_object(scene, "[plan]\nname = p\n" ENABLED, "user-02");
    assert_int_equal(outcome.exit, AJAR_EXIT_UNMET);
    assert_told(&outcome, "enabled f.test fail\n");
    assert_string_equal(told(&outcome, 0)->reason,
                        "\"user-02\" is in several domains: f.test, d.f.test");
    assert_string_equal(told(&outcome, 0)->hint, "say which one is meant, with its DN or its UPN");
}

static void a_domain_that_cannot_be_asked_may_have_it(void **state)
{
    struct scene *scene = *state;
    OWNED(scene_outcome_release) struct scene_outcome lost = { 0 };
    OWNED(scene_outcome_release) struct scene_outcome found = { 0 };

    scene->world->deaf = 1;
    lost = check_object(scene, "[plan]\nname = p\n" ENABLED, "user-1");
    found = check_object(scene, "[plan]\nname = p\n" ENABLED, "user-0");
    assert_int_equal(lost.exit, AJAR_EXIT_PARTLY);
    assert_told(&lost, "enabled f.test unknown\n");
    assert_string_equal(told(&lost, 0)->reason,
                        "\"user-1\" was not found, and c.f.test could not be asked: c.f.test does "
                        "not answer");
    assert_told(&found, "enabled f.test pass\n");
}

static void a_failure_of_the_user_is_one(void **state)
{
    OWNED(scene_outcome_release)
    struct scene_outcome outcome =
        check_object(*state,
                     "[plan]\nname = p\n" EXISTS
                     "[require n]\non = domains f.test\ncheck = object\nmust = never\n",
                     "user-0");

    assert_int_equal(outcome.exit, AJAR_EXIT_UNMET);
    assert_told(&outcome, "exists f.test pass\nn f.test fail\n");
}

/* No host of the object's domain is among those that are looked at. */
static void a_user_of_another_domain_than_the_hosts(void **state)
{
    OWNED(scene_outcome_release)
    struct scene_outcome outcome =
        check_object(*state,
                     "[plan]\nname = p\n" EXISTS
                     "[require h]\non = host dc1.f.test\ncheck = object\nmust = ready\n"
                     "[require c]\non = controllers c.f.test\ncheck = object\nmust = ready\n",
                     "user-1");

    assert_int_equal(outcome.exit, AJAR_EXIT_PARTLY);
    assert_told(&outcome, "exists c.f.test pass\nh dc1.f.test unknown\n"
                          "c dc1.c.f.test pass\nc dc2.c.f.test pass\n");
    assert_string_equal(told(&outcome, 1)->reason,
                        "\"user-1\" is in c.f.test, which has no target of this");
}

static void a_forest_that_does_not_answer_is_not_known(void **state)
{
    struct scene *scene = *state;
    OWNED(scene_outcome_release) struct scene_outcome alone = { 0 };
    OWNED(scene_outcome_release) struct scene_outcome with_hosts = { 0 };

    scene->world->domains = 0;
    alone = check_object(scene, "[plan]\nname = p\n" ENABLED, "user-0");
    with_hosts = check_object(scene, "[plan]\nname = p\n" ENABLED HOSTS, "user-0");
    assert_told(&alone, "enabled f.test unknown\n");
    assert_non_null(strstr(told(&alone, 0)->reason, "could not find the domains of the forest"));
    assert_told(&with_hosts, "enabled f.test unknown\nseen dc1.f.test pass\n");
}

static void only_and_object_go_together(void **state)
{
    static const char *const named[] = { "exists", "changed", NULL };
    static const char *const other[] = { "holds", NULL };
    const struct ajar_check_options both = { .only = named, .object = "user-0" };
    const struct ajar_check_options none = { .only = other, .object = "user-0" };
    const struct ajar_check_options lacking = { .only = named };
    OWNED(scene_outcome_release)
    struct scene_outcome looked = scene_check_with(*state, ABOUT, &both);
    OWNED(scene_outcome_release)
    struct scene_outcome refused = scene_check_with(*state, ABOUT, &none);
    OWNED(scene_outcome_release)
    struct scene_outcome nobody = scene_check_with(*state, ABOUT, &lacking);
    OWNED(scene_outcome_release) struct scene_outcome plain = check_object(*state, PLAN, "user-0");

    assert_told(&looked, "exists f.test pass\n");
    assert_int_equal(looked.report->windows[0].count, 1);
    assert_int_equal(refused.exit, AJAR_EXIT_USAGE);
    assert_string_equal(refused.err.text,
                        "--object: none of the requirements that --only names looks at one user");
    assert_int_equal(nobody.exit, AJAR_EXIT_USAGE);
    assert_string_equal(nobody.err.text, "--only names a requirement that looks at one user");
    assert_int_equal(plain.exit, AJAR_EXIT_USAGE);
    assert_string_equal(plain.err.text,
                        "--object: the plan has no requirement that looks at one user");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)

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
        TEST(a_user_is_looked_at_only_when_named),
        TEST(an_apply_does_not_look_at_users),
        TEST(a_user_is_looked_at_in_the_domain_that_has_it),
        TEST(a_user_that_is_nowhere_fails_once),
        TEST(a_user_that_is_in_several_domains_fails_once),
        TEST(a_domain_that_cannot_be_asked_may_have_it),
        TEST(a_failure_of_the_user_is_one),
        TEST(a_user_of_another_domain_than_the_hosts),
        TEST(a_forest_that_does_not_answer_is_not_known),
        TEST(only_and_object_go_together),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
