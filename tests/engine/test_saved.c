/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Plans that are saved: applied as they were read, once, or not at all.
 */
#include "base/file.h"
#include "base/sha256.h"
#include "base/text.h"
#include "fake/scene.h"

#include <ajar/saved.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define TEXT_CEILING (1 << 20)

struct stage {
    struct scene scene;
    char *file; /* the saved plan */
    struct ajar_report *report;
    struct ajar_error err;
};

static int set_up(void **state)
{
    struct stage *stage = calloc(1, sizeof(*stage));

    scene_set(&stage->scene);
    stage->file = text_make("%s/plan.saved", stage->scene.folder);
    *state = stage;
    return 0;
}

static int tear_down(void **state)
{
    struct stage *stage = *state;

    ajar_report_free(stage->report);
    scene_clear(&stage->scene);
    free(stage->file);
    free(stage);
    return 0;
}

static void write_text(const char *path, const char *text)
{
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(file_write(path, text, strlen(text), 0600, &err));
}

/* To be freed. */
static char *read_text(const char *path)
{
    OWNED(bytes_release) struct bytes bytes = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(file_read(path, TEXT_CEILING, &bytes, &err));
    return text_copy_bytes((const char *)bytes.at, bytes.size);
}

static void forget(struct stage *stage)
{
    ajar_report_free(stage->report);
    stage->report = NULL;
    stage->err = AJAR_NO_ERROR;
}

static enum ajar_exit save_with(struct stage *stage, const struct ajar_plan_options *options)
{
    struct ajar_plan_source source = { .path = stage->scene.plan };
    struct ajar_run *run = scene_open_run(&stage->scene, "plan");
    struct ajar_plan *plan = NULL;
    bool ok;

    forget(stage);
    assert_true(ajar_plan_load(&source, &plan, &stage->err));
    ok = ajar_plan(run, plan, options, &stage->report, &stage->err);
    ajar_plan_free(plan);
    ajar_run_close(run);
    return ok ? stage->report->exit : ajar_exit_for(&stage->err);
}

static enum ajar_exit save(struct stage *stage)
{
    const struct ajar_plan_options options = { .out = stage->file };

    return save_with(stage, &options);
}

static enum ajar_exit apply_for(struct stage *stage, int64_t duration)
{
    struct ajar_apply_options options = { .duration = duration, .reason = "a test" };
    struct ajar_run *run;
    struct ajar_saved *saved = NULL;
    bool ok;

    forget(stage);
    if (!ajar_saved_load(stage->file, &saved, &stage->err))
        return ajar_exit_for(&stage->err);
    run = scene_open_run(&stage->scene, "apply");
    ok = ajar_apply_saved(run, saved, &options, &stage->report, &stage->err);
    ajar_saved_free(saved);
    ajar_run_close(run);
    return ok ? stage->report->exit : ajar_exit_for(&stage->err);
}

static enum ajar_exit apply(struct stage *stage)
{
    return apply_for(stage, 3600);
}

/* The change of this setting, on the target if one is named, in the last report. */
static const struct ajar_change *find(const struct stage *stage, const char *setting,
                                      const char *target)
{
    const struct ajar_window *window = &stage->report->windows[0];

    for (size_t i = 0; i < window->count; i++) {
        if (strcmp(window->changes[i].setting, setting) == 0 &&
            (!target || strcmp(window->changes[i].target, target) == 0))
            return &window->changes[i];
    }
    fail_msg("no change %s", setting);
    return NULL;
}

static void assert_nothing_done(const struct stage *stage)
{
    assert_int_equal(stage->scene.world->writes, 0);
    assert_int_equal(scene_count_open(&stage->scene), 0);
}

static void set_value(struct stage *stage, int id, const char *value)
{
    struct world_thing *thing = &stage->scene.world->things[id];

    thing->exists = value != NULL;
    (void)snprintf(thing->value, sizeof(thing->value), "%s", value ? value : "");
    stage->scene.world->versions[id]++;
}

static void test_a_saved_plan_is_applied_and_rolled_back(void **state)
{
    struct stage *stage = *state;

    assert_int_equal(save(stage), AJAR_EXIT_PENDING);
    assert_string_equal(stage->report->saved_file, stage->file);
    assert_int_equal(strlen(stage->report->saved_sha256), 64);
    assert_nothing_done(stage);

    assert_int_equal(apply(stage), AJAR_EXIT_DONE);
    assert_string_equal(stage->scene.world->things[0].value, "new");
    assert_string_equal(stage->scene.world->things[1].value, "open");
    assert_int_equal(strlen(stage->report->windows[0].saved), 64);
    assert_int_equal(scene_rollback(&stage->scene), AJAR_EXIT_DONE);
    scene_assert_start(&stage->scene);
    scene_assert_fsck(&stage->scene);
}

/* Nothing but the file is asked: the forest is down, and there is no journal. */
static void test_it_is_shown_without_anything_else(void **state)
{
    struct stage *stage = *state;
    struct ajar_saved *saved = NULL;
    const struct ajar_change *change;

    assert_int_equal(save(stage), AJAR_EXIT_PENDING);
    forget(stage);
    assert_true(ajar_saved_is(stage->file));
    assert_false(ajar_saved_is(stage->scene.plan));
    assert_true(ajar_saved_load(stage->file, &saved, &stage->err));
    assert_string_equal(ajar_saved_about(saved)->version, "test");
    assert_string_equal(ajar_plan_name(ajar_saved_plan(saved)), "everything");
    assert_true(ajar_show_saved(saved, &stage->report, &stage->err));
    ajar_saved_free(saved);
    assert_int_equal(stage->report->windows[0].count, 4);
    change = find(stage, "changed", NULL);
    assert_string_equal(change->before_phrase, "closed");
    assert_string_equal(change->wanted_phrase, "open");
    assert_string_equal(change->action, "modify");
    assert_string_equal(change->state, "planned");
    assert_string_equal(change->takes_effect, "restart");
    assert_string_equal(ajar_state_fact(&change->evidence, "version"), "0");
    assert_int_not_equal(access(stage->scene.journal, F_OK), 0);
}

static void test_it_is_used_once(void **state)
{
    struct stage *stage = *state;

    assert_int_equal(save(stage), AJAR_EXIT_PENDING);
    assert_int_equal(apply(stage), AJAR_EXIT_DONE);
    assert_int_equal(apply(stage), AJAR_EXIT_STALE);
    assert_int_equal(stage->err.status, AJAR_ESTALE);
    assert_non_null(strstr(stage->err.text, "was applied already: window "));
    assert_non_null(strstr(stage->err.text, ", opened by "));
    assert_non_null(strstr(stage->err.hint, "ajar plan PLAN --out FILE"));

    /* Also once its window is closed, and all is as it was. */
    assert_int_equal(scene_rollback(&stage->scene), AJAR_EXIT_DONE);
    memset(stage->scene.world->versions, 0, sizeof(stage->scene.world->versions));
    assert_int_equal(apply(stage), AJAR_EXIT_STALE);
    assert_int_equal(stage->err.status, AJAR_ESTALE);
    scene_assert_start(&stage->scene);
}

/* Whoever is killed on the way has used it: resume goes on. */
static void test_an_apply_that_was_killed_used_it(void **state)
{
    struct stage *stage = *state;
    int status = 0;
    pid_t child;

    assert_int_equal(save(stage), AJAR_EXIT_PENDING);
    stage->scene.world->calls = 0;
    stage->scene.world->fail_at = 5; /* four reads, then the first write */
    stage->scene.world->fault = WORLD_KILL_AFTER;
    (void)fflush(NULL);
    child = fork();
    if (child == 0) {
        (void)apply(stage);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    stage->scene.world->fail_at = 0;

    assert_int_equal(apply(stage), AJAR_EXIT_STALE);
    assert_non_null(strstr(stage->err.hint, "ajar resume goes on with it"));
    assert_int_equal(scene_resume(&stage->scene), AJAR_EXIT_DONE);
    assert_int_equal(scene_rollback(&stage->scene), AJAR_EXIT_DONE);
    scene_assert_start(&stage->scene);
}

static void test_a_value_that_moved_makes_it_stale(void **state)
{
    struct stage *stage = *state;
    const struct ajar_change *change;

    assert_int_equal(save(stage), AJAR_EXIT_PENDING);
    set_value(stage, 1, "third");
    assert_int_equal(apply(stage), AJAR_EXIT_STALE);
    assert_non_null(strstr(stage->report->summary, "stale: 1 of 4 is not what it was"));
    change = find(stage, "changed", NULL);
    assert_string_equal(change->moved, "it was changed since the plan was saved");
    assert_string_equal(change->before_phrase, "closed");
    assert_string_equal(change->now_phrase, "third");
    assert_string_equal(change->wanted_phrase, "open");
    assert_null(find(stage, "created", NULL)->moved);
    assert_null(stage->report->windows[0].id);
    assert_nothing_done(stage);
}

/* Also where somebody did what the plan wants. */
static void test_what_is_as_wanted_by_now_moved(void **state)
{
    struct stage *stage = *state;

    assert_int_equal(save(stage), AJAR_EXIT_PENDING);
    set_value(stage, 0, "new");
    assert_int_equal(apply(stage), AJAR_EXIT_STALE);
    assert_non_null(find(stage, "created", NULL)->moved);
    assert_nothing_done(stage);
}

static void test_what_was_changed_back_is_stale(void **state)
{
    struct stage *stage = *state;

    assert_int_equal(save(stage), AJAR_EXIT_PENDING);
    set_value(stage, 1, "third");
    set_value(stage, 1, "closed");
    assert_int_equal(apply(stage), AJAR_EXIT_STALE);
    assert_string_equal(find(stage, "changed", NULL)->moved,
                        "it was changed and changed back: version 0 → 2");
    assert_nothing_done(stage);
}

/* Evidence that covers more than the thing says that somebody was near it, no more. */
static void test_vague_evidence_is_a_note(void **state)
{
    struct stage *stage = *state;

    stage->scene.world->vague = true;
    assert_int_equal(save(stage), AJAR_EXIT_PENDING);
    stage->scene.world->versions[1] = 2;
    assert_int_equal(apply(stage), AJAR_EXIT_DONE);
}

static void test_without_evidence_values_are_compared(void **state)
{
    struct stage *stage = *state;
    OWNED(free) char *text = NULL;

    stage->scene.world->mum = true;
    assert_int_equal(save(stage), AJAR_EXIT_PENDING);
    text = read_text(stage->file);
    assert_null(strstr(text, "[evidence"));
    stage->scene.world->versions[1] = 2;
    assert_int_equal(apply(stage), AJAR_EXIT_DONE);
}

static void test_evidence_that_is_not_given_any_more(void **state)
{
    struct stage *stage = *state;

    assert_int_equal(save(stage), AJAR_EXIT_PENDING);
    stage->scene.world->mum = true;
    assert_int_equal(apply(stage), AJAR_EXIT_DONE);
}

static void test_what_cannot_be_read_is_not_saved(void **state)
{
    struct stage *stage = *state;

    stage->scene.world->down = 3;
    assert_int_equal(save(stage), AJAR_EXIT_PARTLY);
    assert_null(stage->report->saved_file);
    assert_string_equal(stage->report->summary, "the plan was not saved: not everything could be "
                                                "read (elsewhere on b.test)");
    assert_int_not_equal(access(stage->file, F_OK), 0);
}

static void test_what_cannot_be_read_is_not_applied(void **state)
{
    struct stage *stage = *state;
    const struct ajar_change *change;

    assert_int_equal(save(stage), AJAR_EXIT_PENDING);
    stage->scene.world->down = 3;
    assert_int_equal(apply(stage), AJAR_EXIT_FAILED);
    change = find(stage, "elsewhere", NULL);
    assert_string_equal(change->error, "the host is down");
    assert_string_equal(change->before_phrase, "");
    assert_null(change->moved);
    assert_nothing_done(stage);
}

#define ENTRIES                                                                               \
    "[plan]\nname = entries\n[entry x]\non = domains f.test\nid = 5\nopen = there\nclosed = " \
    "absent\n"

static void test_a_target_that_is_new(void **state)
{
    struct stage *stage = *state;
    const struct ajar_change *change;

    write_text(stage->scene.plan, ENTRIES);
    assert_int_equal(save(stage), AJAR_EXIT_PENDING);
    stage->scene.world->domains = 3;
    assert_int_equal(apply(stage), AJAR_EXIT_STALE);
    change = find(stage, "x", "d.f.test");
    assert_string_equal(change->moved, "it is new: the saved plan does not have it");
    assert_string_equal(change->before_phrase, "not known");
    assert_null(find(stage, "x", "c.f.test")->moved);
    assert_nothing_done(stage);
}

static void test_a_target_that_is_gone(void **state)
{
    struct stage *stage = *state;
    const struct ajar_change *change;

    write_text(stage->scene.plan, ENTRIES);
    stage->scene.world->domains = 3;
    assert_int_equal(save(stage), AJAR_EXIT_PENDING);
    stage->scene.world->domains = 2;
    assert_int_equal(apply(stage), AJAR_EXIT_STALE);
    change = find(stage, "x", "d.f.test");
    assert_string_equal(change->moved, "d.f.test is not one of its targets any more");
    assert_string_equal(change->before_phrase, "absent");
    assert_string_equal(change->now_phrase, "not known");
    assert_nothing_done(stage);
}

/* Replaces `old` by `fresh` in the file, and seals it again: no human hand, but another ajar. */
static void make_up(const struct stage *stage, const char *old, const char *fresh)
{
    OWNED(free) char *text = read_text(stage->file);
    OWNED(free) char *altered = NULL;
    OWNED(free) char *sealed = NULL;
    char *place = strstr(text, old);

    assert_non_null(place);
    *place = '\0';
    altered = text_make("%s%s%s", text, fresh, place + strlen(old));
    *strstr(altered, "sha256 = ") = '\0';
    sealed = text_make("%ssha256 = %s\n", altered, sha256_of(altered, strlen(altered)).hex);
    write_text(stage->file, sealed);
}

static void test_what_means_something_else_is_stale(void **state)
{
    struct stage *stage = *state;

    assert_int_equal(save(stage), AJAR_EXIT_PENDING);
    make_up(stage, "value = new", "value = old");
    assert_int_equal(apply(stage), AJAR_EXIT_STALE);
    assert_string_equal(
        find(stage, "created", NULL)->moved,
        "this ajar makes something else of it than the one that saved the plan: new at thing:0");
    assert_string_equal(find(stage, "created", NULL)->wanted_phrase, "old");
    assert_nothing_done(stage);
}

static void test_changes_that_are_not_the_plans_are_refused(void **state)
{
    struct stage *stage = *state;

    assert_int_equal(save(stage), AJAR_EXIT_PENDING);
    make_up(stage, "setting = created", "setting = slipped-in");
    assert_int_equal(apply(stage), AJAR_EXIT_PLAN);
    assert_non_null(strstr(stage->err.text, "a change has no setting in its plan"));
    assert_nothing_done(stage);
}

static void test_an_altered_file_is_refused(void **state)
{
    struct stage *stage = *state;
    OWNED(free) char *text = NULL;

    assert_int_equal(save(stage), AJAR_EXIT_PENDING);
    text = read_text(stage->file);
    *strstr(text, "open = new") = 'O';
    write_text(stage->file, text);
    assert_int_equal(apply(stage), AJAR_EXIT_PLAN);
    assert_non_null(strstr(stage->err.text, "its seal does not match"));
    assert_nothing_done(stage);
}

static void test_the_longest_window_goes_along(void **state)
{
    struct stage *stage = *state;

    write_text(stage->scene.plan, "[plan]\nname = short\nlongest-window = 2h\n[thing created]\non "
                                  "= host a.test\nid = 0\nopen = new\n");
    assert_int_equal(save(stage), AJAR_EXIT_PENDING);
    assert_int_equal(apply_for(stage, 3 * 3600), AJAR_EXIT_USAGE);
    assert_int_equal(apply_for(stage, 2 * 3600), AJAR_EXIT_DONE);
}

/* Nothing has to be done: no window, and the file is not used up. */
static void test_a_plan_without_changes(void **state)
{
    struct stage *stage = *state;

    write_text(stage->scene.plan, "[plan]\nname = same\n[thing equal]\non = host b.test\nid = "
                                  "2\nopen = same\n");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(save(stage), AJAR_EXIT_DONE);
        assert_int_equal(apply(stage), AJAR_EXIT_DONE);
        assert_null(stage->report->windows[0].id);
    }
    assert_nothing_done(stage);
}

static void test_it_may_go_toward_closed(void **state)
{
    struct stage *stage = *state;
    const struct ajar_plan_options options = { .toward = AJAR_TOWARD_CLOSED, .out = stage->file };

    write_text(stage->scene.plan, ENTRIES);
    set_value(stage, 5, "there");
    assert_int_equal(save_with(stage, &options), AJAR_EXIT_PENDING);
    assert_int_equal(apply_for(stage, 0), AJAR_EXIT_DONE);
    assert_false(stage->scene.world->things[5].exists);
    assert_true(stage->report->windows[0].toward_closed);
}

/* A window of the same plan is not joined. */
static void test_it_opens_a_window_of_its_own(void **state)
{
    struct stage *stage = *state;

    stage->scene.world->fail_at = 5;
    assert_int_equal(scene_apply(&stage->scene), AJAR_EXIT_PARTLY);
    stage->scene.world->fail_at = 0;
    assert_int_equal(save(stage), AJAR_EXIT_PENDING);
    assert_int_equal(apply(stage), AJAR_EXIT_CONFLICT);
    assert_non_null(strstr(stage->err.text, "of the same plan is there already (partly-open)"));
}

static void test_a_part_is_not_saved(void **state)
{
    struct stage *stage = *state;
    const char *only[] = { "created", NULL };
    const struct ajar_plan_options options = { .only = only, .out = stage->file };

    assert_int_equal(save_with(stage, &options), AJAR_EXIT_USAGE);
    assert_int_not_equal(access(stage->file, F_OK), 0);
}

/* What would be lost is found before anybody is asked. */
static void test_nothing_else_is_written_over(void **state)
{
    struct stage *stage = *state;

    write_text(stage->file, "mine\n");
    assert_int_equal(save(stage), AJAR_EXIT_USAGE);
    assert_int_equal(stage->scene.world->calls, 0);
    assert_int_equal(unlink(stage->file), 0);
    assert_int_equal(save(stage), AJAR_EXIT_PENDING);
    assert_int_equal(save(stage), AJAR_EXIT_PENDING);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_saved_plan_is_applied_and_rolled_back),
        TEST(test_it_is_shown_without_anything_else),
        TEST(test_it_is_used_once),
        TEST(test_an_apply_that_was_killed_used_it),
        TEST(test_a_value_that_moved_makes_it_stale),
        TEST(test_what_is_as_wanted_by_now_moved),
        TEST(test_what_was_changed_back_is_stale),
        TEST(test_vague_evidence_is_a_note),
        TEST(test_without_evidence_values_are_compared),
        TEST(test_evidence_that_is_not_given_any_more),
        TEST(test_what_cannot_be_read_is_not_saved),
        TEST(test_what_cannot_be_read_is_not_applied),
        TEST(test_a_target_that_is_new),
        TEST(test_a_target_that_is_gone),
        TEST(test_what_means_something_else_is_stale),
        TEST(test_changes_that_are_not_the_plans_are_refused),
        TEST(test_an_altered_file_is_refused),
        TEST(test_the_longest_window_goes_along),
        TEST(test_a_plan_without_changes),
        TEST(test_it_may_go_toward_closed),
        TEST(test_it_opens_a_window_of_its_own),
        TEST(test_a_part_is_not_saved),
        TEST(test_nothing_else_is_written_over),
    };

    return cmocka_run_group_tests_name("saved", tests, NULL, NULL);
}
