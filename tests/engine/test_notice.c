/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Telling others: a script reads what a run tells, and writes it down; and notifiers that fail, are
 * missing, hang, or talk. None of them changes how a run ends.
 */
#include "base/file.h"
#include "base/text.h"
#include "fake/scene.h"

#include <jansson.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

/* A scene with a notifier: what it was told, a line a notice, and what was warned of. */
struct stage {
    struct scene scene;
    char *script;
    char *heard;
    char warnings[1024];
};

/* `script` is run with the file that it may write to as its first argument. */
static void set_stage(struct stage *stage, const char *script, const char *patience)
{
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(free) char *config = NULL;

    *stage = (struct stage){ 0 };
    scene_set(&stage->scene);
    stage->script = text_make("%s/notify", stage->scene.folder);
    stage->heard = text_make("%s/heard", stage->scene.folder);
    config = text_make("[notify]\ncommand = %s  %s \t second\npatience = %s\n", stage->script,
                       stage->heard, patience);
    assert_true(file_write(stage->scene.config, config, strlen(config), 0600, &err));
    if (script)
        assert_true(file_write(stage->script, script, strlen(script), 0700, &err));
}

static void clear_stage(struct stage *stage)
{
    scene_clear(&stage->scene);
    free(stage->script);
    free(stage->heard);
}

static void hear_warning(void *user, const char *text)
{
    struct stage *stage = user;

    (void)snprintf(stage->warnings + strlen(stage->warnings),
                   sizeof(stage->warnings) - strlen(stage->warnings), "%s\n", text);
}

static struct ajar_run *open_run(struct stage *stage, const char *command)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_run *run = NULL;
    struct ajar_run_options options = {
        .command = command,
        .config = stage->scene.config,
        .journal = stage->scene.journal,
        .workers = 1,
        .timeout_ms = 2000,
        .version = "test",
        .watch = { .user = stage, .warn = hear_warning },
    };

    assert_true(ajar_run_open(&options, &run, &err));
    return run;
}

static enum ajar_exit apply_for(struct stage *stage, int64_t duration, enum ajar_on_failure rule)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_plan_source source = { .path = stage->scene.plan };
    struct ajar_apply_options options = { .duration = duration,
                                          .reason = "a \"test\" of \xc3\xa4",
                                          .ticket = "CHG-1",
                                          .failure = { .on_failure = rule } };
    struct ajar_report *report = NULL;
    struct ajar_plan *plan = NULL;
    struct ajar_run *run = open_run(stage, "apply");
    bool ok;

    assert_true(ajar_plan_load(&source, &plan, &err));
    ok = ajar_apply(run, plan, &options, &report, &err);
    ajar_plan_free(plan);
    return scene_finish(run, ok, report, &err);
}

static enum ajar_exit apply(struct stage *stage)
{
    return apply_for(stage, 3600, AJAR_FAILURE_STOP);
}

static enum ajar_exit roll_back(struct stage *stage)
{
    struct ajar_error err = AJAR_NO_ERROR;
    const struct ajar_rollback_options options = { .on_conflict = AJAR_CONFLICT_SKIP };
    struct ajar_report *report = NULL;
    struct ajar_run *run = open_run(stage, "rollback");
    bool ok = ajar_rollback(run, NULL, &options, &report, &err);

    return scene_finish(run, ok, report, &err);
}

static enum ajar_exit extend(struct stage *stage)
{
    struct ajar_error err = AJAR_NO_ERROR;
    const struct ajar_extend_options options = { .duration = 60, .reason = "not ready" };
    struct ajar_report *report = NULL;
    struct ajar_run *run = open_run(stage, "extend");
    bool ok = ajar_extend(run, NULL, &options, &report, &err);

    return scene_finish(run, ok, report, &err);
}

static enum ajar_exit close_due(struct stage *stage)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_report *report = NULL;
    struct ajar_run *run = open_run(stage, "close-due");
    bool ok = ajar_close_due(run, &report, &err);

    return scene_finish(run, ok, report, &err);
}

/* What it was told so far; each line is one whole object. */
struct heard {
    size_t count;
    json_t *notices[16];
};

static void listen(const struct stage *stage, struct heard *ret_heard)
{
    FILE *file = fopen(stage->heard, "re");
    char *line = NULL;
    size_t room = 0;

    *ret_heard = (struct heard){ 0 };
    while (file && getline(&line, &room, file) > 0) {
        assert_true(ret_heard->count < 16);
        ret_heard->notices[ret_heard->count] = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
        assert_non_null(ret_heard->notices[ret_heard->count++]);
    }
    free(line);
    if (file)
        (void)fclose(file);
}

static void heard_release(struct heard *heard)
{
    for (size_t i = 0; i < heard->count; i++)
        json_decref(heard->notices[i]);
}

static const char *text_at(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

/* "opened open, closed closed": event and state of each. */
static void assert_heard(const struct stage *stage, const char *expected)
{
    char said[400] = "";
    struct heard heard;

    listen(stage, &heard);
    for (size_t i = 0; i < heard.count; i++)
        (void)snprintf(said + strlen(said), sizeof(said) - strlen(said), "%s%s %s",
                       i > 0 ? ", " : "", text_at(heard.notices[i], "event"),
                       text_at(heard.notices[i], "state"));
    assert_string_equal(said, expected);
    heard_release(&heard);
}

static const char writing[] = "#!/bin/sh\n[ \"$2\" = second ] && cat >>\"$1\"\n";

static void a_window_is_told_as_it_opens_and_closes(void **state)
{
    struct stage stage;

    (void)state;
    set_stage(&stage, writing, "10s");
    assert_int_equal(apply(&stage), AJAR_EXIT_DONE);
    assert_heard(&stage, "opened open");
    assert_int_equal(apply(&stage), AJAR_EXIT_DONE); /* nothing to do: nothing to tell */
    assert_int_equal(extend(&stage), AJAR_EXIT_DONE);
    assert_int_equal(roll_back(&stage), AJAR_EXIT_DONE);
    assert_heard(&stage, "opened open, extended open, closed closed");
    assert_string_equal(stage.warnings, "");
    clear_stage(&stage);
}

/* Every member, and that the object has no other. */
static void a_notice_has_what_a_person_needs(void **state)
{
    static const char *const names[] = { "format",
                                         "event",
                                         "message",
                                         "at",
                                         "by",
                                         "window",
                                         "plan",
                                         "title",
                                         "state",
                                         "operator",
                                         "host",
                                         "reason",
                                         "ticket",
                                         "opened",
                                         "until",
                                         "closed",
                                         "overdue",
                                         "counts",
                                         "problems_left_out",
                                         "problems",
                                         "journal" };
    struct stage stage;
    struct heard heard;
    const json_t *notice;
    const json_t *problem;

    (void)state;
    set_stage(&stage, writing, "10s");
    stage.scene.world->down = 3;
    assert_int_equal(apply(&stage), AJAR_EXIT_PARTLY);
    listen(&stage, &heard);
    assert_int_equal(heard.count, 1);
    notice = heard.notices[0];
    assert_int_equal(json_object_size(notice), LENGTH(names));
    for (size_t i = 0; i < LENGTH(names); i++)
        assert_non_null(json_object_get(notice, names[i]));
    assert_string_equal(text_at(notice, "format"), "ajar-notice/1");
    assert_string_equal(text_at(notice, "state"), "partly-open");
    assert_string_equal(text_at(notice, "reason"), "a \"test\" of \xc3\xa4");
    assert_string_equal(text_at(notice, "ticket"), "CHG-1");
    assert_non_null(strstr(text_at(notice, "message"), "partly-open: 3 of 4 settings"));
    assert_int_equal(strlen(text_at(notice, "until")), strlen("2026-11-21T08:00:00Z"));
    assert_true(json_is_null(json_object_get(notice, "closed")));
    assert_true(json_is_false(json_object_get(notice, "overdue")));
    assert_int_equal(
        json_integer_value(json_object_get(json_object_get(notice, "counts"), "applied")), 3);
    assert_int_equal(json_array_size(json_object_get(notice, "problems")), 1);
    problem = json_array_get(json_object_get(notice, "problems"), 0);
    assert_string_equal(text_at(problem, "target"), "b.test");
    assert_string_equal(text_at(problem, "setting"), "elsewhere");
    assert_string_equal(text_at(problem, "state"), "failed");
    assert_non_null(strstr(text_at(problem, "error"), "the host is down"));
    assert_int_equal(strlen(text_at(json_object_get(notice, "journal"), "head")), 40);
    assert_true(json_integer_value(json_object_get(json_object_get(notice, "journal"), "entries")) >
                2);
    heard_release(&heard);
    clear_stage(&stage);
}

static void a_run_that_fails_or_is_undone_is_told_as_that(void **state)
{
    struct stage stage;

    (void)state;
    set_stage(&stage, writing, "10s");
    stage.scene.world->sore = 1;
    stage.scene.world->sore_times = 1;
    assert_int_equal(apply_for(&stage, 3600, AJAR_FAILURE_UNDO), AJAR_EXIT_FAILED);
    assert_heard(&stage, "undone closed");
    stage.scene.world->sore_times = 1;
    assert_int_equal(apply_for(&stage, 3600, AJAR_FAILURE_STOP), AJAR_EXIT_PARTLY);
    assert_heard(&stage, "undone closed, failed partly-open");
    stage.scene.world->sore_times = 1;
    assert_int_equal(apply_for(&stage, 3600, AJAR_FAILURE_UNDO), AJAR_EXIT_FAILED);
    assert_heard(&stage, "undone closed, failed partly-open, undone partly-open");
    clear_stage(&stage);
}

/* Somebody has to decide; and a try that changes nothing is no news. */
static void a_conflict_and_a_host_that_is_away_are_told_once(void **state)
{
    struct stage stage;

    (void)state;
    set_stage(&stage, writing, "10s");
    assert_int_equal(apply(&stage), AJAR_EXIT_DONE);
    stage.scene.world->down = 3;
    assert_int_equal(roll_back(&stage), AJAR_EXIT_PARTLY);
    assert_int_equal(roll_back(&stage), AJAR_EXIT_FAILED); /* nothing can be read */
    assert_heard(&stage, "opened open, partly-closed partly-closed");
    stage.scene.world->down = -1;
    (void)snprintf(stage.scene.world->things[3].value, WORLD_VALUE, "third");
    assert_int_equal(roll_back(&stage), AJAR_EXIT_CONFLICT);
    assert_int_equal(roll_back(&stage), AJAR_EXIT_CONFLICT);
    assert_heard(&stage, "opened open, partly-closed partly-closed, conflict partly-closed");
    clear_stage(&stage);
}

static void a_window_past_its_end_is_told_before_it_is_closed(void **state)
{
    struct stage stage;

    (void)state;
    set_stage(&stage, writing, "10s");
    assert_int_equal(apply_for(&stage, 6, AJAR_FAILURE_STOP), AJAR_EXIT_DONE);
    assert_int_equal(close_due(&stage), AJAR_EXIT_DONE); /* not yet */
    (void)sleep(7);
    assert_int_equal(close_due(&stage), AJAR_EXIT_DONE);
    assert_heard(&stage, "opened open, overdue open, closed closed");
    assert_int_equal(close_due(&stage), AJAR_EXIT_DONE);
    assert_heard(&stage, "opened open, overdue open, closed closed");
    clear_stage(&stage);
}

/* Of the window that is closed, too: but it is not waited for a second time. */
static void one_that_hangs_is_not_asked_again(void **state)
{
    static const char script[] = "#!/bin/sh\ncat >>\"$1\"\n"
                                 "if grep -q overdue.,.message \"$1\"; then sleep 60; fi\n";
    struct stage stage;

    (void)state;
    set_stage(&stage, script, "1s");
    assert_int_equal(apply_for(&stage, 6, AJAR_FAILURE_STOP), AJAR_EXIT_DONE);
    (void)sleep(7);
    assert_int_equal(close_due(&stage), AJAR_EXIT_DONE);
    assert_heard(&stage, "opened open, overdue open");
    assert_non_null(strstr(stage.warnings, "did not end within 1 s"));
    clear_stage(&stage);
}

/* What goes wrong with it, and what is said of it then. */
static const struct trouble {
    const char *name;
    const char *script; /* NULL: there is none */
    const char *says;   /* NULL: nothing */
} troubles[] = {
    { "it fails", "#!/bin/sh\nexit 3\n", "ended with status 3; nothing else is affected\n" },
    { "it is missing", NULL, "No such file or directory; nothing else is affected\n" },
    { "it hangs", "#!/bin/sh\nsleep 60\n",
      "did not end within 1 s and was ended; nothing else is affected\n" },
    { "it hangs, and does not want to end",
      "#!/bin/sh\ntrap '' TERM INT HUP\nsleep 60 & wait; sleep 60\n",
      "did not end within 1 s and was ended; nothing else is affected\n" },
    { "it leaves its output to somebody who stays", "#!/bin/sh\nsleep 60 &\n", NULL },
    { "it talks", "#!/bin/sh\nhead -c 2000000 /dev/zero\nhead -c 2000000 /dev/zero >&2\n", NULL },
    { "it does not listen", "#!/bin/sh\nexec <&-\n", NULL },
};

static void trouble_changes_nothing(void **state)
{
    const struct trouble *trouble = *state;
    struct stage stage;
    time_t began;

    set_stage(&stage, trouble->script, "1s");
    began = time(NULL);
    assert_int_equal(apply(&stage), AJAR_EXIT_DONE);
    assert_true(time(NULL) - began < 8);
    if (trouble->says)
        assert_non_null(strstr(stage.warnings, trouble->says));
    else
        assert_string_equal(stage.warnings, "");
    assert_null(strchr(stage.warnings, '\n') ? strchr(strchr(stage.warnings, '\n') + 1, '\n')
                                             : NULL); /* one line */
    assert_int_equal(roll_back(&stage), AJAR_EXIT_DONE);
    scene_assert_start(&stage.scene);
    clear_stage(&stage);
}

/* While it is told, the journal is nobody's: a slow notifier keeps nobody out. */
static void a_slow_one_keeps_nobody_out(void **state)
{
    static const char script[] = "#!/bin/sh\nflock -n \"${1%heard}journal.git/ajar.lock\" true && "
                                 "cat >>\"$1\"\n";
    struct stage stage;

    (void)state;
    set_stage(&stage, script, "10s");
    assert_int_equal(apply(&stage), AJAR_EXIT_DONE);
    assert_heard(&stage, "opened open");
    assert_int_equal(roll_back(&stage), AJAR_EXIT_DONE);
    clear_stage(&stage);
}

/* The process that the notifier said it is; 0 when it said nothing yet. */
static pid_t notifier_of(const struct stage *stage)
{
    OWNED(bytes_release) struct bytes said = { 0 };
    OWNED(free) char *text = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    if (!file_read(stage->heard, 4096, &said, &err))
        return 0;
    text = text_copy_bytes((const char *)said.at, said.size);
    return text ? (pid_t)strtol(text, NULL, 10) : 0;
}

static bool ends_soon(pid_t process)
{
    const struct timespec moment = { .tv_nsec = 20000000 };

    for (int i = 0; i < 250; i++) {
        if (kill(process, 0) != 0)
            return true;
        (void)nanosleep(&moment, NULL);
    }
    return false;
}

/* The run is killed while its notifier works: it ends, too. */
static void it_does_not_outlive_the_run(void **state)
{
    const struct timespec moment = { .tv_nsec = 20000000 };
    struct stage stage;
    pid_t process = 0;
    pid_t child;

    (void)state;
    set_stage(&stage, "#!/bin/sh\necho $$ >\"$1\"\nexec sleep 60\n", "60s");
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)apply(&stage);
        _exit(0);
    }
    for (int i = 0; i < 500 && process == 0; i++) {
        process = notifier_of(&stage);
        (void)nanosleep(&moment, NULL);
    }
    assert_true(process > 0);
    (void)kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_true(ends_soon(process));

    clear_stage(&stage);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(a_window_is_told_as_it_opens_and_closes),
        cmocka_unit_test(a_notice_has_what_a_person_needs),
        cmocka_unit_test(a_run_that_fails_or_is_undone_is_told_as_that),
        cmocka_unit_test(a_conflict_and_a_host_that_is_away_are_told_once),
        cmocka_unit_test(a_window_past_its_end_is_told_before_it_is_closed),
        cmocka_unit_test(one_that_hangs_is_not_asked_again),
        cmocka_unit_test(a_slow_one_keeps_nobody_out),
        cmocka_unit_test(it_does_not_outlive_the_run),
    };
    struct CMUnitTest tests[LENGTH(troubles)];
    int failed;

    for (size_t i = 0; i < LENGTH(troubles); i++)
        tests[i] = (struct CMUnitTest){ .name = troubles[i].name,
                                        .test_func = trouble_changes_nothing,
                                        .initial_state = (void *)(uintptr_t)&troubles[i] };
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    return cmocka_run_group_tests(others, NULL, NULL) + failed;
}
