/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Four eyes, with real keys: what keeps an approval from counting is named, nobody is asked then,
 * and nothing is recorded; what counted is in the journal. alice applies, on 2026-06-01.
 */
#include "base/file.h"
#include "base/program.h"
#include "base/text.h"
#include "engine/run.h"
#include "fake/scene.h"
#include "journal/approval.h"
#include "rows.h"
#include "transport/ssh_signature.h"

#include <ajar/approve.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define NOW  1780272000 /* 2026-06-01T00:00:00Z */
#define DAY  86400
#define BOB  "bob@example.test"
#define MANY 3

static char *keys; /* a folder: alice, bob, carol, dave and mallory with their .pub; signers */

static char *key_path(const char *name)
{
    char *path = text_make("%s/%s", keys, name);

    assert_non_null(path);
    return path;
}

static void put(const char *path, const char *text)
{
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(file_write(path, text, strlen(text), 0600, &err));
}

static void make_key(const char *name)
{
    const char *const arguments[] = { "ssh-keygen", "-q", "-t", "ed25519", "-N", "",
                                      "-C",         "",   "-f", name,      NULL };
    const struct program program = { .arguments = arguments, .folder = keys };
    OWNED(program_result_release) struct program_result result = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(program_run(&program, &result, &err));
    assert_int_equal(result.status, 0);
}

/* Appends a line of allowed signers. */
static void allow(struct text *text, const char *principals, const char *options, const char *key)
{
    OWNED(free) char *name = text_make("%s.pub", key);
    OWNED(free) char *path = key_path(name);
    OWNED(bytes_release) struct bytes public = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(file_read(path, 4096, &public, &err));
    text_format(text, "%s %s ", principals, options);
    text_append_bytes(text, (const char *)public.at, public.size);
}

static int set_keys(void **state)
{
    static const char *const names[] = { "alice", "bob", "carol", "dave", "mallory" };
    OWNED(text_release) struct text text = TEXT_UP_TO(8192);
    OWNED(free) char *signers = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    (void)unsetenv("SSH_AUTH_SOCK");
    if (!file_make_temporary_folder("test-approvals", &keys, &err))
        return -1;
    for (size_t i = 0; i < LENGTH(names); i++)
        make_key(names[i]);
    allow(&text, "alice,alice@example.test,second-name", "", "alice");
    allow(&text, BOB ",robert", "", "bob");
    allow(&text, "carol", "", "carol");
    allow(&text, "dave", "valid-before=\"20260520Z\"", "dave");
    signers = key_path("signers");
    put(signers, text_peek(&text));
    return 0;
}

static int clear_keys(void **state)
{
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    (void)file_remove_folder(keys, &err);
    free(keys);
    return 0;
}

/* An approval as somebody may have put it beside the plan. */
struct given {
    const char *key;
    const char *by;
    int64_t at;       /* 0: a day ago */
    int64_t until;    /* 0: in six days */
    const char *seal; /* NULL: the plan's */
    const char *space;
    bool altered; /* its end was made later after it was signed */
};

struct approval_case {
    const char *name;
    const char *policy; /* lines of [policy] */
    struct given given[MANY];
    const char *says[MANY]; /* all of this is in the refusal; none: it is opened */
    const char *approved;   /* who counted, in the journal */
};

#define ONE   "approvals = 1"
#define TWO   "approvals = 2"
#define OTHER "f123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct approval_case cases[] = {
    { .name = "approved",
      .policy = ONE,
      .given = { { .key = "bob", .by = BOB } },
      .approved = BOB },
    { .name = "approved by two, and one that does not count",
      .policy = TWO,
      .given = { { .key = "bob", .by = BOB },
                 { .key = "mallory", .by = BOB },
                 { .key = "carol", .by = "carol" } },
      .approved = BOB ", carol" },
    { .name = "approved although no rule asks",
      .policy = "approvals = 0",
      .given = { { .key = "bob", .by = BOB }, { .key = "alice", .by = "alice" } },
      .approved = BOB },
    { .name = "no rule asks", .policy = "approvals = 0" },
    { .name = "a setting that needs one",
      .policy = "need-approval = changed",
      .says = { "policy \"need-approval = changed\" (", "ajar.ini:6): 0 of 1 approval" } },
    { .name = "a setting that needs one, approved",
      .policy = "need-approval = changed",
      .given = { { .key = "bob", .by = BOB } },
      .approved = BOB },
    { .name = "a clock that is four minutes ahead",
      .policy = ONE,
      .given = { { .key = "bob", .by = BOB, .at = NOW + 240 } },
      .approved = BOB },
    { .name = "too few: none",
      .policy = TWO,
      .says = { "policy \"approvals = 2\" (", "ajar.ini:6): 0 of 2 approvals" } },
    { .name = "too few: one",
      .policy = TWO,
      .given = { { .key = "bob", .by = BOB } },
      .says = { "1 of 2 approvals: " BOB } },
    { .name = "wrong key: nobody's",
      .policy = ONE,
      .given = { { .key = "mallory", .by = BOB } },
      .says = { "0 of 1 approval; ", ".approvals:1: " BOB ": allowed signers ",
                "bob@example.test has no such key" } },
    { .name = "wrong key: another person's",
      .policy = ONE,
      .given = { { .key = "carol", .by = BOB } },
      .says = { "bob@example.test has no such key" } },
    { .name = "wrong key: nobody of that name",
      .policy = ONE,
      .given = { { .key = "mallory", .by = "mallory" } },
      .says = { "mallory has no such key" } },
    { .name = "wrong key: not valid any more",
      .policy = ONE,
      .given = { { .key = "dave", .by = "dave", .at = NOW - 20 * DAY } },
      .says = { ".approvals:1: dave: ",
                "at 2026-06-01T00:00:00Z: the key was not valid any more" } },
    { .name = "wrong key: not valid when it was used",
      .policy = ONE,
      .given = { { .key = "dave", .by = "dave", .at = NOW - DAY } },
      .says = { "at 2026-05-31T00:00:00Z: the key was not valid any more" } },
    { .name = "own name",
      .policy = ONE,
      .given = { { .key = "alice", .by = "alice" } },
      .says = { ".approvals:1: alice: alice is the operator: somebody else has to approve" } },
    { .name = "own name, as an address",
      .policy = ONE,
      .given = { { .key = "alice", .by = "alice@example.test" } },
      .says = { "alice is the operator" } },
    { .name = "own key, under another name",
      .policy = ONE,
      .given = { { .key = "alice", .by = "second-name" } },
      .says = { "second-name: it was signed with the operator's own key, SHA256:" } },
    { .name = "changed plan",
      .policy = ONE,
      .given = { { .key = "bob", .by = BOB, .seal = OTHER } },
      .says = { BOB ": it is of another plan (f123456789ab...; this one is ",
                "...): the plan was changed or saved again" } },
    { .name = "expired",
      .policy = ONE,
      .given = { { .key = "bob", .by = BOB, .at = NOW - 8 * DAY, .until = NOW } },
      .says = { BOB ": it ended at 2026-06-01T00:00:00Z" } },
    { .name = "not yet",
      .policy = ONE,
      .given = { { .key = "bob", .by = BOB, .at = NOW + 360 } },
      .says = { BOB ": it was made at 2026-06-01T00:06:00Z, which is not yet" } },
    { .name = "one person twice",
      .policy = TWO,
      .given = { { .key = "bob", .by = BOB }, { .key = "bob", .by = BOB, .at = NOW - 60 } },
      .says = { "1 of 2 approvals: " BOB "; ",
                ".approvals:9: " BOB ": " BOB " is counted already, at line 1" } },
    { .name = "one key twice",
      .policy = TWO,
      .given = { { .key = "bob", .by = BOB }, { .key = "bob", .by = "robert" } },
      .says = { "robert: its key is counted already, as that of " BOB } },
    { .name = "altered",
      .policy = ONE,
      .given = { { .key = "bob", .by = BOB, .altered = true } },
      .says = { BOB ": the signature is over something else, or was changed" } },
    { .name = "signed for another purpose",
      .policy = ONE,
      .given = { { .key = "bob", .by = BOB, .space = "git" } },
      .says = { BOB ": the signature was made for another purpose" } },
};

static int64_t first_of_june(void *user)
{
    (void)user;
    return NOW;
}

static struct ajar_run *open_run(const struct scene *scene, const char *command, const char *who)
{
    struct ajar_run *run = scene_open_run(scene, command);

    run->clock = (struct clock){ .now = first_of_june };
    free(run->operator_name);
    run->operator_name = text_copy(who);
    return run;
}

/* [policy] begins in line 5. */
static void configure(const struct scene *scene, const char *signers, const char *policy)
{
    OWNED(free)
    char *text =
        text_make("[journal]\npath = %s\nsigning-key = %s/alice\n%s%s/signers\n[policy]\n%s\n",
                  scene->journal, keys, signers, keys, policy);

    put(scene->config, text);
}

static char *save(const struct scene *scene)
{
    char *file = text_make("%s/p.saved", scene->folder);
    const struct ajar_plan_options options = { .out = file };
    struct ajar_plan_source source = { .path = scene->plan };
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_report *report = NULL;
    struct ajar_run *run = open_run(scene, "plan", "alice");
    struct ajar_plan *plan = NULL;

    assert_true(ajar_plan_load(&source, &plan, &err));
    if (!ajar_plan(run, plan, &options, &report, &err))
        fail_msg("%s", err.text);
    assert_non_null(report->saved_file);
    ajar_report_free(report);
    ajar_plan_free(plan);
    ajar_run_close(run);
    return file;
}

static struct ajar_saved *load(const char *file)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_saved *saved = NULL;

    if (!ajar_saved_load(file, &saved, &err))
        fail_msg("%s", err.text);
    return saved;
}

static void give(const char *file, const char *seal, const struct given *given)
{
    OWNED(free) char *key = key_path(given->key);
    const struct ssh_signing signing = { .key = key,
                                         .space = given->space ? given->space : APPROVAL_SPACE };
    struct approval_record approval = {
        .plan = (char *)(uintptr_t)(given->seal ? given->seal : seal),
        .by = (char *)(uintptr_t)given->by,
        .at = given->at ? given->at : NOW - DAY,
        .until = given->until ? given->until : NOW + 6 * DAY,
    };
    OWNED(free) char *text = NULL;
    OWNED(free) char *armour = NULL;
    OWNED(free) char *base64 = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    if (!approval_signed_text(&approval, &text, &err) ||
        !ssh_signature_make(&signing, text, strlen(text), &armour, &err) ||
        !ssh_signature_to_base64(armour, &base64, &err))
        fail_msg("%s", err.text);
    approval.signature = base64;
    approval.until += given->altered ? DAY : 0;
    if (!approvals_append(file, &approval, &err))
        fail_msg("%s", err.text);
}

static enum ajar_exit apply(const struct scene *scene, const char *file, struct ajar_error *ret_err)
{
    const struct ajar_apply_options options = { .duration = 3600, .reason = "a test" };
    struct ajar_run *run = open_run(scene, "apply", "alice");
    struct ajar_saved *saved = load(file);
    struct ajar_report *report = NULL;
    bool ok;

    *ret_err = AJAR_NO_ERROR;
    ok = ajar_apply_saved(run, saved, &options, &report, ret_err);
    ajar_saved_free(saved);
    return scene_finish(run, ok, report, ret_err);
}

static void assert_says(const struct ajar_error *err, const char *what)
{
    if (what && !strstr(err->text, what))
        fail_msg("\"%s\" is not in \"%s\"", what, err->text);
}

static bool keep_approved(void *user, const struct ajar_log_entry *entry)
{
    char **approved = user;

    if (entry->sequence == 1 && entry->approved)
        *approved = text_copy(entry->approved);
    return true;
}

/* The window has them, and the log names them. */
static void assert_recorded(const struct scene *scene, const char *approved)
{
    struct ajar_run *run = open_run(scene, "show", "alice");
    struct ajar_report *report = NULL;
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(text_release) struct text names = TEXT_UP_TO(400);
    OWNED(free) char *logged = NULL;
    const struct ajar_window *window;

    if (!ajar_show(run, NULL, &report, &err))
        fail_msg("%s", err.text);
    window = &report->windows[0];
    for (size_t i = 0; i < window->approval_count; i++) {
        text_format(&names, "%s%s", i ? ", " : "", window->approvals[i].by);
        assert_null(window->approvals[i].trouble);
        assert_int_equal(window->approvals[i].until, NOW + 6 * DAY);
    }
    assert_string_equal(text_peek(&names), approved ? approved : "");
    assert_true(ajar_log(run, NULL, keep_approved, (void *)&logged, &err));
    assert_string_equal(logged ? logged : "", approved ? approved : "");
    (void)scene_finish(run, true, report, &err);
}

static void run_case(void **state)
{
    const struct approval_case *row = *state;
    struct scene scene = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(free) char *file = NULL;
    struct ajar_saved *saved;
    enum ajar_exit exit;

    scene_set(&scene);
    configure(&scene, "allowed-signers = ", row->policy);
    file = save(&scene);
    saved = load(file);
    for (size_t i = 0; i < MANY && row->given[i].key; i++)
        give(file, ajar_saved_about(saved)->sha256, &row->given[i]);
    ajar_saved_free(saved);
    scene.world->calls = 0;
    exit = apply(&scene, file, &err);
    if (row->says[0]) {
        assert_int_equal(exit, AJAR_EXIT_FAILED);
        assert_int_equal(err.status, AJAR_EPOLICY);
        for (size_t i = 0; i < MANY; i++)
            assert_says(&err, row->says[i]);
        assert_int_equal(scene.world->calls, 0);
        assert_int_not_equal(access(scene.journal, F_OK), 0);
    } else {
        if (exit != AJAR_EXIT_DONE)
            fail_msg("%s", err.text);
        assert_recorded(&scene, row->approved);
    }
    scene_clear(&scene);
}

static void a_plan_that_was_not_saved_cannot_be_approved(void **state)
{
    const struct scene *scene = *state;
    const struct ajar_apply_options options = { .duration = 3600, .reason = "a test" };
    struct ajar_plan_source source = { .path = scene->plan };
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_report *report = NULL;
    struct ajar_plan *plan = NULL;
    struct ajar_run *run;

    configure(scene, "allowed-signers = ", TWO);
    run = open_run(scene, "apply", "alice");
    assert_true(ajar_plan_load(&source, &plan, &err));
    assert_false(ajar_apply(run, plan, &options, &report, &err));
    ajar_plan_free(plan);
    assert_int_equal(scene_finish(run, false, NULL, &err), AJAR_EXIT_FAILED);
    assert_says(&err, "ajar.ini:6): 2 approvals are needed, and only a saved plan can have one");
    assert_non_null(strstr(err.hint, "--out FILE"));
    assert_int_equal(scene->world->calls, 0);
}

static void without_allowed_signers_nothing_counts(void **state)
{
    const struct scene *scene = *state;
    OWNED(free) char *file = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    configure(scene, "# ", ONE);
    file = save(scene);
    assert_int_equal(apply(scene, file, &err), AJAR_EXIT_FAILED);
    assert_int_equal(err.status, AJAR_EPOLICY);
    assert_says(&err, "the configuration does not say whose signatures count");
    assert_non_null(strstr(err.hint, "allowed-signers = FILE in [journal]"));
}

static void a_mistake_beside_the_plan_is_told_with_its_line(void **state)
{
    const struct scene *scene = *state;
    OWNED(free) char *file = NULL;
    OWNED(free) char *beside = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    configure(scene, "allowed-signers = ", ONE);
    file = save(scene);
    beside = text_make("%s.approvals", file);
    put(beside, "[approval 1]\nby = bob\n");
    assert_int_equal(apply(scene, file, &err), AJAR_EXIT_PLAN);
    assert_says(&err, ".approvals:1: [approval 1] needs a field \"plan\"");
}

/* The approver's own run of ajar. */
static bool approve(const struct scene *scene, const char *file, const char *who, const char *key,
                    const char *as, struct ajar_report **ret_report, struct ajar_error *ret_err)
{
    OWNED(free) char *path = key ? key_path(key) : NULL;
    const struct ajar_approve_options options = { .key = path, .as = as, .duration = 6 * DAY };
    struct ajar_run *run = open_run(scene, "approve", who);
    struct ajar_saved *saved = load(file);
    bool ok;

    *ret_err = AJAR_NO_ERROR;
    ok = ajar_approve(run, saved, &options, ret_report, ret_err);
    ajar_saved_free(saved);
    ajar_run_close(run);
    return ok;
}

static void approving_is_enough_to_apply(void **state)
{
    const struct scene *scene = *state;
    OWNED(free) char *file = NULL;
    struct ajar_report *report = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    configure(scene, "allowed-signers = ", TWO);
    file = save(scene);
    if (!approve(scene, file, "bob", "bob", NULL, &report, &err))
        fail_msg("%s", err.text);
    assert_non_null(strstr(report->summary, "approved by " BOB " until 2026-06-07T00:00:00Z, in "));
    assert_int_equal(strncmp(report->policy, "1 of 2 approvals: " BOB ", says policy", 40), 0);
    assert_int_equal(report->windows[0].count, 4);
    assert_int_equal(report->windows[0].approval_count, 1);
    ajar_report_free(report);
    assert_int_equal(apply(scene, file, &err), AJAR_EXIT_FAILED);
    assert_says(&err, "1 of 2 approvals: " BOB);
    if (!approve(scene, file, "somebody", "carol", NULL, &report, &err))
        fail_msg("%s", err.text);
    ajar_report_free(report);
    assert_int_equal(apply(scene, file, &err), AJAR_EXIT_DONE);
    assert_recorded(scene, BOB ", carol");
    assert_int_equal(scene_rollback(scene), AJAR_EXIT_DONE); /* nobody needs to approve of that */
    scene_assert_start(scene);
}

struct refused_case {
    const char *name;
    const char *who;
    const char *key; /* NULL: as configured, which is alice's */
    const char *as;
    enum ajar_exit exit;
    const char *says;
};

static const struct refused_case refused_cases[] = {
    { "approve: nobody's key", "mallory", "mallory", NULL, AJAR_EXIT_FAILED,
      "nobody has this key" },
    { "approve: not hers", "carol", "carol", BOB, AJAR_EXIT_FAILED,
      "bob@example.test has no such key" },
    { "approve: a key that ended", "dave", "dave", NULL, AJAR_EXIT_FAILED,
      "the key was not valid any more" },
    { "approve: which of them?", "somebody", "bob", NULL, AJAR_EXIT_USAGE,
      "the allowed signers give this key to " BOB ", robert" },
    { "approve: no name", "bob", "bob", "a b", AJAR_EXIT_USAGE, "--as a b: the name of" },
    { "approve: no key", "bob", "nowhere", NULL, AJAR_EXIT_FAILED, "nowhere\": No such file" },
};

static void run_refused_case(void **state)
{
    const struct refused_case *row = *state;
    OWNED(free) char *file = NULL;
    OWNED(free) char *beside = NULL;
    struct scene scene = { 0 };
    struct ajar_report *report = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    scene_set(&scene);
    configure(&scene, "allowed-signers = ", ONE);
    file = save(&scene);
    beside = text_make("%s.approvals", file);
    assert_false(approve(&scene, file, row->who, row->key, row->as, &report, &err));
    assert_int_equal(ajar_exit_for(&err), row->exit);
    assert_says(&err, row->says);
    assert_null(report);
    assert_int_not_equal(access(beside, F_OK), 0);
    scene_clear(&scene);
}

/* What is shown of a saved plan has all of them, and why one does not count. */
static void what_does_not_count_is_shown_with_its_reason(void **state)
{
    const struct scene *scene = *state;
    const struct given given[] = { { .key = "bob", .by = BOB }, { .key = "alice", .by = "alice" } };
    OWNED(free) char *file = NULL;
    struct ajar_saved *saved;
    struct ajar_run *run;
    struct ajar_report *report = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    configure(scene, "allowed-signers = ", TWO);
    file = save(scene);
    saved = load(file);
    for (size_t i = 0; i < LENGTH(given); i++)
        give(file, ajar_saved_about(saved)->sha256, &given[i]);
    run = open_run(scene, "show", "bob");
    assert_true(ajar_show_saved(saved, &report, &err));
    assert_true(ajar_add_approvals(run, saved, report, &err));
    assert_int_equal(report->windows[0].approval_count, 2);
    assert_null(report->windows[0].approvals[0].trouble);
    assert_string_equal(report->windows[0].approvals[1].trouble,
                        "alice is the operator: somebody else has to approve");
    assert_int_equal(strncmp(report->policy, "1 of 2 approvals: " BOB ", says", 38), 0);
    ajar_report_free(report);
    ajar_run_close(run);
    report = NULL;
    configure(scene, "# ", "approvals = 0");
    run = open_run(scene, "show", "bob");
    assert_true(ajar_show_saved(saved, &report, &err));
    assert_true(ajar_add_approvals(run, saved, report, &err));
    assert_string_equal(report->windows[0].approvals[0].trouble,
                        "it cannot be verified: no allowed signers are configured");
    assert_string_equal(report->policy, "no rule asks for an approval of this plan");
    ajar_report_free(report);
    ajar_run_close(run);
    ajar_saved_free(saved);
}

#define IN_SCENE(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int main(void)
{
    struct CMUnitTest tests[LENGTH(cases) + LENGTH(refused_cases) + 5] = {
        IN_SCENE(a_plan_that_was_not_saved_cannot_be_approved),
        IN_SCENE(without_allowed_signers_nothing_counts),
        IN_SCENE(a_mistake_beside_the_plan_is_told_with_its_line),
        IN_SCENE(approving_is_enough_to_apply),
        IN_SCENE(what_does_not_count_is_shown_with_its_reason),
    };
    size_t count = 5;

    ADD_CASES(cases, run_case);
    ADD_CASES(refused_cases, run_refused_case);
    return cmocka_run_group_tests(tests, set_keys, clear_keys);
}
