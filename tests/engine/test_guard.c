/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rules of the house: each keeps apply from what it forbids, names itself, and lets nothing be
 * asked, recorded or written. None of them keeps anybody from closing.
 */
#include "base/file.h"
#include "base/text.h"
#include "engine/guard.h"
#include "fake/scene.h"
#include "rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Thing 1 holds "closed" when a scene begins, thing 0 is not there. */
#define CHANGED "[thing changed]\non = host a.test\nid = 1\nopen = open\nclosed = safe\n"
#define CREATED "[thing created]\non = host b.test\nid = 0\nopen = new\n"
#define PLAN    "[plan]\nname = p\n" CHANGED CREATED
#define ROLE    "[plan]\nname = p\n[thing changed]\non = controllers f.test\nid = 1\nopen = open\n"
#define DOMAIN  "[plan]\nname = p\n[entry changed]\non = domain f.test\nid = 1\nopen = open\n"

/* In the configuration's third line. */
static void set_policy(const struct scene *scene, const char *rule)
{
    OWNED(free) char *text = text_make("[policy]\n# the house\n%s\n", rule);
    struct ajar_error err = AJAR_NO_ERROR;

    assert_non_null(text);
    assert_true(file_write(scene->config, text, strlen(text), 0600, &err));
}

static enum ajar_exit apply(const struct scene *scene, const char *text,
                            const struct ajar_apply_options *options, struct ajar_error *ret_err)
{
    struct ajar_report *report = NULL;
    struct ajar_plan *plan = scene_load(scene, text);
    struct ajar_run *run = scene_open_run(scene, "apply");
    bool ok;

    *ret_err = AJAR_NO_ERROR;
    ok = ajar_apply(run, plan, options, &report, ret_err);
    ajar_plan_free(plan);
    return scene_finish(run, ok, report, ret_err);
}

struct rule_case {
    const char *name;
    const char *rule;
    const char *plan;
    struct ajar_apply_options options;
    const char *says; /* behind the rule; NULL: it is allowed */
};

static const struct rule_case rule_cases[] = {
    { "longest-window: longer",
      "longest-window = 72h",
      PLAN,
      { .duration = 345600, .reason = "r" },
      "this window would be 4d" },
    { "longest-window: by --until",
      "longest-window = 72h",
      PLAN,
      { .until = 4070908800, .reason = "r" },
      "this window would be " },
    { "longest-window: as long",
      "longest-window = 72h",
      PLAN,
      { .duration = 259200, .reason = "r" },
      NULL },
    { "longest-window: toward closed",
      "longest-window = 1h",
      PLAN,
      { .toward = AJAR_TOWARD_CLOSED, .reason = "r" },
      NULL },
    { "ticket: none",
      "ticket = CHG-[0-9]+",
      PLAN,
      { .duration = 60, .reason = "r" },
      "no ticket was given" },
    { "ticket: another form",
      "ticket = CHG-[0-9]+",
      PLAN,
      { .duration = 60, .reason = "r", .ticket = "CHG-1x" },
      "\"CHG-1x\" is no such ticket" },
    { "ticket: toward closed",
      "ticket = CHG-[0-9]+",
      PLAN,
      { .toward = AJAR_TOWARD_CLOSED, .reason = "r" },
      "no ticket was given" },
    { "ticket: as it has to be",
      "ticket = CHG-[0-9]+",
      PLAN,
      { .duration = 60, .reason = "r", .ticket = "CHG-12" },
      NULL },
    { "never-touch: a host",
      "never-touch = x.test, B.test",
      PLAN,
      { .duration = 60, .reason = "r" },
      "created is on b.test" },
    { "never-touch: a host, toward closed",
      "never-touch = a.test",
      PLAN,
      { .toward = AJAR_TOWARD_CLOSED, .reason = "r" },
      "changed is on a.test" },
    { "never-touch: nothing to do there toward closed",
      "never-touch = b.test",
      PLAN,
      { .toward = AJAR_TOWARD_CLOSED, .reason = "r" },
      NULL },
    { "never-touch: a domain of hosts",
      "never-touch = test",
      PLAN,
      { .duration = 60, .reason = "r" },
      "changed is on a.test" },
    { "never-touch: not a part of a name",
      "never-touch = est .test a",
      PLAN,
      { .duration = 60, .reason = "r" },
      NULL },
    { "never-touch: a domain",
      "never-touch = f.test",
      DOMAIN,
      { .duration = 60, .reason = "r" },
      "changed is on f.test" },
    { "never-touch: the domain of a role",
      "never-touch = f.test",
      ROLE,
      { .duration = 60, .reason = "r" },
      "changed is on f.test" },
    { "never-touch: a host of a role",
      "never-touch = dc2.f.test",
      ROLE,
      { .duration = 60, .reason = "r" },
      "changed is on dc2.f.test" },
    { "never-touch: another host",
      "never-touch = c.test",
      PLAN,
      { .duration = 60, .reason = "r" },
      NULL },
};

static void run_rule_case(void **state)
{
    const struct rule_case *row = *state;
    struct scene scene = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    enum ajar_exit exit;

    scene_set(&scene);
    set_policy(&scene, row->rule);
    exit = apply(&scene, row->plan, &row->options, &err);
    if (row->says) {
        OWNED(free) char *place = text_make("(%s:3): %s", scene.config, row->says);

        assert_int_equal(exit, AJAR_EXIT_FAILED);
        assert_int_equal(err.status, AJAR_EPOLICY);
        assert_int_equal(strncmp(err.text, "policy \"", 8), 0);
        if (!strstr(err.text, place))
            fail_msg("\"%s\" is not in \"%s\"", place, err.text);
        assert_true(err.hint[0] != 0);
        assert_int_equal(scene.world->calls, 0);
        assert_int_equal(scene.world->writes, 0);
    } else if (exit != AJAR_EXIT_DONE) {
        fail_msg("%s", err.text);
    }
    assert_int_equal(scene_count_open(&scene) > 0,
                     !row->says && row->options.toward == AJAR_TOWARD_OPEN);
    scene_clear(&scene);
}

/* The rule came while a part was open already: no more is opened, and all of it is closed. */
static void a_rule_stops_resume_and_never_a_rollback(void **state)
{
    const struct scene *scene = *state;
    const struct ajar_apply_options options = { .duration = 60, .reason = "r" };
    struct ajar_error err = AJAR_NO_ERROR;

    scene->world->down = 0;
    assert_int_equal(apply(scene, PLAN, &options, &err), AJAR_EXIT_PARTLY);
    scene->world->down = -1;
    set_policy(scene, "never-touch = a.test");
    assert_int_equal(scene_resume(scene), AJAR_EXIT_DONE); /* what is due is on another host */
    assert_int_equal(scene_rollback(scene), AJAR_EXIT_DONE);
    scene_assert_start(scene);

    set_policy(scene, "");
    scene->world->down = 0;
    assert_int_equal(apply(scene, PLAN, &options, &err), AJAR_EXIT_PARTLY);
    scene->world->down = -1;
    set_policy(scene, "never-touch = a.test b.test");
    assert_int_equal(scene_resume(scene), AJAR_EXIT_FAILED);
    assert_false(scene->world->things[0].exists);
    assert_int_equal(scene_rollback(scene), AJAR_EXIT_DONE);
    scene_assert_start(scene);
}

struct plan_case {
    const char *name;
    const char *rule;
    const char *plan;
    const char *says; /* NULL: nothing */
};

static const struct plan_case plan_cases[] = {
    { "plan: nothing in the way", "never-touch = c.test", PLAN, NULL },
    { "plan: never-touch", "never-touch = b.test", PLAN,
      "apply will be refused: policy \"never-touch" },
    { "plan: approvals of the house", "approvals = 2", PLAN,
      "apply needs 2 approvals of the saved plan (--out FILE), says policy \"approvals = 2\" (" },
    { "plan: approvals of the plan", "approvals = 1", "[plan]\nname = p\napprovals = 2\n" CHANGED,
      "says plan p \"approvals = 2\": ajar approve FILE gives one" },
    { "plan: approvals of a setting", "need-approval = other, changed", PLAN,
      "apply needs 1 approval of the saved plan (--out FILE), says policy \"need-approval = other, "
      "changed\" (" },
    { "plan: no setting that needs one", "need-approval = other", PLAN, NULL },
};

static void run_plan_case(void **state)
{
    const struct plan_case *row = *state;
    const struct ajar_plan_options options = { .toward = AJAR_TOWARD_OPEN };
    struct scene scene = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_report *report = NULL;
    struct ajar_plan *plan;
    struct ajar_run *run;

    scene_set(&scene);
    set_policy(&scene, row->rule);
    plan = scene_load(&scene, row->plan);
    run = scene_open_run(&scene, "plan");
    assert_true(ajar_plan(run, plan, &options, &report, &err));
    assert_int_equal(report->exit, AJAR_EXIT_PENDING);
    assert_int_equal(report->policy != NULL, row->says != NULL);
    if (row->says && !strstr(report->policy, row->says))
        fail_msg("\"%s\" is not in \"%s\"", row->says, report->policy);
    ajar_plan_free(plan);
    (void)scene_finish(run, true, report, &err);
    scene_clear(&scene);
}

#define TESTS (LENGTH(rule_cases) + LENGTH(plan_cases) + 1)

int main(void)
{
    struct CMUnitTest tests[TESTS] = { cmocka_unit_test_setup_teardown(
        a_rule_stops_resume_and_never_a_rollback, scene_setup, scene_teardown) };
    size_t count = 1;

    ADD_CASES(rule_cases, run_rule_case);
    ADD_CASES(plan_cases, run_plan_case);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
