/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The live look: what a cause bears on is asked, and nothing else; and how that judges the cause.
 */
#include "engine/diagnosis.h"
#include "engine/standing.h"

#include "base/file.h"
#include "fake/scene.h"
#include "rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define L AJAR_STANDING_LIKELY
#define R AJAR_STANDING_RULED_OUT
#define U AJAR_STANDING_UNKNOWN

static const struct mark_row {
    const char *name;
    size_t count;
    enum ajar_standing seen[3];
    enum ajar_standing standing;
} marks[] = {
    { "nothing to ask", 0, { 0 }, U },
    { "one that does not hold", 1, { L }, L },
    { "one that holds", 1, { R }, R },
    { "one that cannot be told", 1, { U }, U },
    { "all hold", 3, { R, R, R }, R },
    { "one of three does not", 3, { R, R, L }, L },
    { "one of three is not told", 3, { R, U, R }, U },
    { "one does not hold, one is not told", 2, { U, L }, L },
};

static void run_mark(void **state)
{
    const struct mark_row *row = *state;
    struct ajar_bearing_seen seen[3] = { 0 };

    for (size_t i = 0; i < row->count; i++)
        seen[i].standing = row->seen[i];
    assert_int_equal(standing_of_cause(seen, row->count), row->standing);
}

static void test_words_of_a_check(void **state)
{
    (void)state;
    assert_int_equal(standing_of_requirement("pass"), R);
    assert_int_equal(standing_of_requirement("fail"), L);
    assert_int_equal(standing_of_requirement("unknown"), U);
    assert_int_equal(standing_of_setting("as-wanted"), R);
    assert_int_equal(standing_of_setting("not-as-wanted"), L);
    assert_int_equal(standing_of_setting("unknown"), U);
    assert_int_equal(standing_of_setting("action"), U);
    assert_string_equal(ajar_standing_name(R), "ruled-out");
}

/* Thing 1 holds "closed" when a scene begins, thing 2 "same". */
#define PLAN                                                                    \
    "[plan]\nname = p\n"                                                        \
    "[thing changed]\non = host a.test\nid = 1\nopen = open\n"                  \
    "[thing equal]\non = host b.test\nid = 2\nopen = same\n"                    \
    "[thing elsewhere]\non = host c.test\nid = 4\nopen = same\n"                \
    "[require holds]\non = host b.test\ncheck = value\nid = 2\nvalue = same\n"  \
    "[require fails]\non = host b.test\ncheck = value\nid = 2\nvalue = other\n" \
    "[manual step]\ndo = this\n"

#define CAUSE(number, bears)                                                            \
    "[cause c" number "]\ntitle = t\nid = 100" number "\nseverity = error\nmeans = m\n" \
    "bears-on = " bears "\n"

#define KNOWLEDGE                                                                   \
    "[diagnose]\nname = k\ntitle = K\n" CAUSE("1", "p: thing changed, thing equal") \
        CAUSE("2", "p: thing equal, require holds") CAUSE("3", "p: require fails")  \
            CAUSE("4", "p: require holds, manual step")                             \
                CAUSE("5", "p: require holds\nbears-on = q: thing x")               \
                    CAUSE("6", "p: thing elsewhere, thing gone")

static struct ajar_knowledge *make_knowledge(void)
{
    struct ajar_knowledge *knowledge = calloc(1, sizeof(*knowledge));
    struct ajar_error err = AJAR_NO_ERROR;
    struct ini *ini = NULL;

    if (!ini_read("k.ini", KNOWLEDGE, strlen(KNOWLEDGE), INI_PLAIN, &ini, &err) ||
        !knowledge_add(knowledge, ini, &err) || !knowledge_finish(knowledge, &err))
        fail_msg("%s", err.text);
    return knowledge;
}

static struct ajar_plan *load(const struct scene *scene)
{
    OWNED(free) char *path = text_make("%s/p.ini", scene->folder);
    struct ajar_plan_source source = { .path = path };
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_plan *plan = NULL;

    assert_true(file_write(path, PLAN, strlen(PLAN), 0600, &err));
    if (!ajar_plan_load(&source, &plan, &err))
        fail_msg("%s", err.text);
    return plan;
}

/* Looks live at the causes of a log. */
static void look(const struct scene *scene, const struct ajar_plan *plan,
                 struct ajar_diagnosis *diagnosis)
{
    const struct ajar_plan *plans[] = { plan, NULL };
    struct ajar_run *run = scene_open_run(scene, "diagnose");
    const struct ajar_diagnose_live live = { .run = run, .plans = plans };
    struct ajar_error err = AJAR_NO_ERROR;

    if (!ajar_diagnose_live(&live, diagnosis, &err))
        fail_msg("%s", err.text);
    ajar_run_close(run);
}

static const struct look_row {
    const char *name;
    const char *log;
    const char *says; /* standing, then for each section: target standing reason */
} looks[] = {
    { "a setting that is not as wanted", "E1:1001",
      "likely|a.test likely it is closed, the plan wants open|b.test ruled-out it is same, as the "
      "plan wants it" },
    { "everything holds", "E1:1002",
      "ruled-out|b.test ruled-out it is same, as the plan wants it|b.test ruled-out " },
    { "a requirement that fails", "E1:1003", "likely|b.test likely " },
    { "a step of a person", "E1:1004",
      "unknown|b.test ruled-out |- unknown only a person can tell whether this step was done" },
    { "a plan that is not given", "E1:1005",
      "unknown|b.test ruled-out |- unknown the plan was not given" },
    { "a section that the plan leaves out", "E1:1006",
      "likely|c.test likely |- unknown the plan leaves this section out" },
};

/* The part of `text` up to the reason, where the row has none; then compared. */
static void assert_says(const char *says, const struct ajar_found *found)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(2000);
    const char *at = says;

    text_append(&text, ajar_standing_name(found->standing));
    for (size_t i = 0; i < found->seen_count; i++) {
        const struct ajar_bearing_seen *seen = &found->seen[i];
        const char *end;
        bool bare;

        at = strchr(at, '|');
        assert_non_null(at);
        end = strchr(++at, '|');
        bare = (end ? end[-1] : at[strlen(at) - 1]) == ' ';
        text_format(&text, "|%s %s %s", seen->target ? seen->target : "-",
                    ajar_standing_name(seen->standing), bare ? "" : seen->reason);
        assert_true(seen->reason[0]);
    }
    assert_string_equal(text_peek(&text), says);
}

static void run_look(void **state)
{
    const struct look_row *row = *state;
    OWNED(ajar_knowledge_free) struct ajar_knowledge *knowledge = make_knowledge();
    OWNED(diagnosis_free) struct diagnosis *diagnosis = NULL;
    struct ajar_error err = AJAR_NO_ERROR;
    struct scene scene = { 0 };
    struct ajar_plan *plan;

    scene_set(&scene);
    plan = load(&scene);
    assert_true(
        diagnosis_read_bytes(knowledge, "log", row->log, strlen(row->log), &diagnosis, &err));
    assert_int_equal(diagnosis->shown.found[0].standing, AJAR_STANDING_NOT_ASKED);
    look(&scene, plan, &diagnosis->shown);
    assert_says(row->says, &diagnosis->shown.found[0]);
    look(&scene, plan, &diagnosis->shown);
    assert_says(row->says, &diagnosis->shown.found[0]);
    ajar_plan_free(plan);
    scene_clear(&scene);
}

/* The world counts how often it was asked. */
static void test_nothing_else_is_asked(void **state)
{
    OWNED(ajar_knowledge_free) struct ajar_knowledge *knowledge = make_knowledge();
    struct ajar_error err = AJAR_NO_ERROR;
    struct scene scene = { 0 };
    struct ajar_plan *plan;
    int calls[2];

    (void)state;
    scene_set(&scene);
    plan = load(&scene);
    for (size_t i = 0; i < 2; i++) {
        OWNED(diagnosis_free) struct diagnosis *diagnosis = NULL;
        const char *log = i == 0 ? "nothing\n" : "E1:1001\n";
        int before = scene.world->calls;

        assert_true(diagnosis_read_bytes(knowledge, "log", log, strlen(log), &diagnosis, &err));
        look(&scene, plan, &diagnosis->shown);
        calls[i] = scene.world->calls - before;
    }
    assert_int_equal(calls[0], 0);
    assert_int_equal(calls[1], 2);
    ajar_plan_free(plan);
    scene_clear(&scene);
}

static void test_who_cannot_be_reached_cannot_be_told(void **state)
{
    OWNED(ajar_knowledge_free) struct ajar_knowledge *knowledge = make_knowledge();
    OWNED(diagnosis_free) struct diagnosis *diagnosis = NULL;
    struct ajar_error err = AJAR_NO_ERROR;
    struct scene scene = { 0 };
    struct ajar_plan *plan;

    (void)state;
    scene_set(&scene);
    scene.world->down = 2;
    plan = load(&scene);
    assert_true(diagnosis_read_bytes(knowledge, "log", "E1:1002", 7, &diagnosis, &err));
    look(&scene, plan, &diagnosis->shown);
    assert_int_equal(diagnosis->shown.found[0].standing, AJAR_STANDING_UNKNOWN);
    assert_int_equal(diagnosis->shown.found[0].seen_count, 2);
    assert_true(diagnosis->shown.found[0].seen[0].reason[0]);
    ajar_plan_free(plan);
    scene_clear(&scene);
}

static void test_the_plans_that_are_needed_are_named(void **state)
{
    OWNED(ajar_knowledge_free) struct ajar_knowledge *knowledge = make_knowledge();
    OWNED(diagnosis_free) struct diagnosis *diagnosis = NULL;
    OWNED(free) const char **names = NULL;
    static const char log[] = "E1:1001\nE1:1005\nE1:1002\n";
    struct ajar_error err = AJAR_NO_ERROR;
    size_t count = 0;

    (void)state;
    assert_true(diagnosis_read_bytes(knowledge, "log", log, strlen(log), &diagnosis, &err));
    assert_true(ajar_diagnosis_plans(&diagnosis->shown, &names, &count, &err));
    assert_int_equal(count, 2);
    assert_string_equal(names[0], "p");
    assert_string_equal(names[1], "q");
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(marks) + LENGTH(looks) + 4] = {
        cmocka_unit_test(test_words_of_a_check),
        cmocka_unit_test(test_nothing_else_is_asked),
        cmocka_unit_test(test_who_cannot_be_reached_cannot_be_told),
        cmocka_unit_test(test_the_plans_that_are_needed_are_named),
    };
    size_t count = 4;

    ADD_CASES(marks, run_mark);
    ADD_CASES(looks, run_look);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
