/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Stands in for the engine, so that the command line can be tested without a network: canned
 * reports, chosen by the name of the plan, by the window, or else by $AJAR_FAKE:
 *
 *     clean       two changes, all goes well        done       nothing to do
 *     mixed       each kind of change and trouble   conflict   someone else changed one
 *     owed        partly closed, extended once; of close-due, a second one that fails
 *     overdue     two windows, one past its end     drift      a live value differs
 *     controls    hostile texts                     none       no window
 *     settled     rollback finds one put back       W          (a window) as clean
 *     steps       with steps for people    unmet      a requirement does not hold
 *     repair      a permanent plan; of status and show, its window, which waits for something
 *     staged      apply says which hosts go first, and that one failed and all was put back
 *     stale       what a saved plan is about moved; unread, could not be read
 *     guarded     a rule of the house forbids it         approved   with approvals
 *     slow        works until it is interrupted     exit-N     a report that ends with N
 *     error-WORD  fails with that status
 *
 * A file NAME.saved that is there is a saved plan of the plan NAME; "closing" goes toward closed.
 *
 * $AJAR_FAKE_WARNING is a warning at the end of each run.
 * $AJAR_FAKE_REMARK is what the journal has to say.
 *
 * What the command line asked for is appended to the file $AJAR_FAKE_TRACE, a line a call.
 */
#include "fake_engine.h"

#include "fake_report.h"

#include <ajar/saved.h>

#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct ajar_run {
    struct ajar_run_options options;
    int journal; /* a file that stays open, as a real journal's may */
};

struct ajar_plan {
    char name[64];
};

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

void trace(const char *format, ...)
{
    const char *path = getenv("AJAR_FAKE_TRACE");
    FILE *file = path ? fopen(path, "ae") : NULL;
    va_list arguments;

    if (!file)
        return;
    va_start(arguments, format);
    (void)vfprintf(file, format, arguments);
    va_end(arguments);
    (void)fputc('\n', file);
    (void)fclose(file);
}

static void trace_names(const char *what, const char *const *names)
{
    for (; names && *names; names++)
        trace("%s %s", what, *names);
}

static const char *or_none(const char *text)
{
    return text ? text : "-";
}

static const char *scenario(const char *chosen)
{
    const char *common = getenv("AJAR_FAKE");

    if (chosen)
        return chosen;
    return common ? common : "clean";
}

bool fail_if_told(const char *name, struct ajar_error *err)
{
    enum ajar_status status;

    if (strncmp(name, "error-", strlen("error-")) != 0)
        return true;
    status = ajar_status_from_name(name + strlen("error-"));
    (void)ajar_fail(err, status, "dc1.source.test: %s", name);
    (void)ajar_native(err, 5);
    return ajar_hint(err, "this is what to do next");
}

bool ajar_plan_load(const struct ajar_plan_source *source, struct ajar_plan **ret_plan,
                    struct ajar_error *err)
{
    struct ajar_plan *plan;

    trace("%s %s from %s", source->outline ? "outline" : "load", source->path,
          or_none(source->folder));
    for (const char *const *set = source->sets; set && *set; set++) {
        trace("set %s", *set);
        if (!strchr(*set, '='))
            return ajar_fail(err, AJAR_EUSAGE, "--set %s: not NAME=VALUE", *set);
    }
    if (strcmp(source->path, "broken") == 0)
        return ajar_fail(err, AJAR_EPLAN, "broken.ini:7: unknown field \"opn\"; known: open");
    plan = calloc(1, sizeof(*plan));
    if (!plan)
        return ajar_no_memory(err);
    (void)snprintf(plan->name, sizeof(plan->name), "%s", source->path);
    *ret_plan = plan;
    return true;
}

void ajar_plan_free(struct ajar_plan *plan)
{
    free(plan);
}

const char *ajar_plan_name(const struct ajar_plan *plan)
{
    return plan->name;
}

const char *ajar_plan_title(const struct ajar_plan *plan)
{
    return strcmp(plan->name, "controls") == 0 ? "bell \007 rings" : "Inter-forest migration";
}

bool ajar_plan_permanent(const struct ajar_plan *plan)
{
    return strcmp(plan->name, "repair") == 0;
}

static const struct ajar_section sections[] = {
    { AJAR_SECTION_SETTING, "registry", "restrict-anonymous" },
    { AJAR_SECTION_SETTING, "member", "everyone" },
    { AJAR_SECTION_REQUIREMENT, "require", "names-resolve" },
    { AJAR_SECTION_STEP, "manual", "export-key" },
};

size_t ajar_plan_sections(const struct ajar_plan *plan)
{
    (void)plan;
    return LENGTH(sections);
}

struct ajar_section ajar_plan_section(const struct ajar_plan *plan, size_t index)
{
    (void)plan;
    return sections[index];
}

size_t ajar_plan_parameters(const struct ajar_plan *plan, const struct ajar_parameter **ret_list)
{
    static char name[][16] = { "source-domain", "target-domain", "forest", "within" };
    static char value[] = "3h";
    static const struct ajar_parameter list[] = {
        { .name = name[0] },
        { .name = name[1] },
        { .name = name[2] },
        { .name = name[3], .value = value },
    };
    bool entra = strcmp(plan->name, "entra-password-hash-sync") == 0;
    bool history = strcmp(plan->name, "admt-sid-history") == 0;

    *ret_list = entra ? &list[2] : list;
    return history ? 1 : 2;
}

const char *ajar_plan_reference(const struct ajar_plan *plan)
{
    (void)plan;
    return "KB 322981";
}

bool ajar_run_open(const struct ajar_run_options *options, struct ajar_run **ret_run,
                   struct ajar_error *err)
{
    struct ajar_run *run = calloc(1, sizeof(*run));

    if (!run)
        return ajar_no_memory(err);
    run->options = *options;
    run->journal = open(getenv("AJAR_FAKE_TRACE") ? getenv("AJAR_FAKE_TRACE") : "/dev/null",
                        O_WRONLY | O_APPEND | O_CLOEXEC);
    if (options->offline)
        trace("offline");
    trace("open %s config=%s journal=%s workers=%u timeout=%d version=%s", options->command,
          or_none(options->config), or_none(options->journal), options->workers,
          options->timeout_ms, options->version);
    *ret_run = run;
    return true;
}

void ajar_run_close(struct ajar_run *run)
{
    const char *warning = getenv("AJAR_FAKE_WARNING");

    trace("close");
    if (warning)
        run->options.watch.warn(run->options.watch.user, warning);
    free(run);
}

static void progress(const struct ajar_run *run, const char *target, const char *text)
{
    const struct ajar_watch *watch = &run->options.watch;
    struct ajar_progress line = { .target = target, .text = text };

    if (watch->progress)
        watch->progress(watch->user, &line);
}

bool ajar_plan(struct ajar_run *run, const struct ajar_plan *plan,
               const struct ajar_plan_options *options, struct ajar_report **ret_report,
               struct ajar_error *err)
{
    struct ajar_report *report;

    trace("plan%s", options->toward == AJAR_TOWARD_CLOSED ? " --close" : "");
    trace_names("only", options->only);
    if (options->out)
        trace("out %s", options->out);
    progress(run, "dc1.source.test", "connecting");
    if (!fail_if_told(plan->name, err))
        return false;
    report = new_report(1);
    fill_changes(&report->windows[0], plan->name);
    if (options->out && strcmp(plan->name, "mixed") != 0) {
        report->saved_file = options->out;
        report->saved_sha256 = FAKE_SEAL;
    }
    if (strcmp(plan->name, "steps") == 0)
        fill_notes(&report->windows[0], plan->name);
    finish(report, plan->name, AJAR_EXIT_DONE);
    if (strcmp(plan->name, "guarded") == 0)
        report->policy =
            "apply will be refused: policy \"never-touch = dc1\" (ajar.ini:3): x is on dc1";
    if (strcmp(plan->name, "mixed") == 0)
        report->exit = AJAR_EXIT_PARTLY;
    if (strcmp(plan->name, "clean") == 0)
        report->exit = AJAR_EXIT_PENDING;
    *ret_report = report;
    return true;
}

/* As the engine tells settings that were asked about. */
static void stand_changes(struct ajar_window *window)
{
    static const char *const states[] = { "as-wanted", "not-as-wanted", "unknown", "action" };

    for (size_t i = 0; i < window->count; i++)
        window->changes[i].state = states[i % LENGTH(states)];
}

bool ajar_check(struct ajar_run *run, const struct ajar_plan *plan,
                const struct ajar_check_options *options, struct ajar_report **ret_report,
                struct ajar_error *err)
{
    struct ajar_report *report;

    (void)run;
    trace("check");
    trace_names("only", options->only);
    if (options->object)
        trace("object %s", options->object);
    if (!fail_if_told(plan->name, err))
        return false;
    report = new_report(1);
    fill_notes(&report->windows[0], plan->name);
    if (options->only) {
        fill_changes(&report->windows[0], "mixed");
        stand_changes(&report->windows[0]);
    }
    finish(report, plan->name, strcmp(plan->name, "clean") == 0 ? AJAR_EXIT_DONE : AJAR_EXIT_UNMET);
    report->summary = "a summary";
    report->object = options->object;
    report->left_out = options->object ? 0 : 3;
    *ret_report = report;
    return true;
}

bool ajar_audit(struct ajar_run *run, const struct ajar_plan *plan, struct ajar_report **ret_report,
                struct ajar_error *err)
{
    static const char *const states[] = { "open", "held", "unknown", "closed" };
    struct ajar_report *report;
    struct ajar_window *window;

    (void)run;
    trace("audit");
    if (!fail_if_told(plan->name, err))
        return false;
    report = new_report(1);
    window = &report->windows[0];
    fill_changes(window, plan->name);
    for (size_t i = 0; i < window->count; i++) {
        window->changes[i].state = i < LENGTH(states) ? states[i] : "closed";
        window->changes[i].note = i == 1 ? "held by window 20261118T080000Z-7f3a" : NULL;
    }
    finish(report, plan->name, AJAR_EXIT_PENDING);
    report->summary = "1 of 2 settings is open, and no window holds it";
    *ret_report = report;
    return true;
}

/* Asks for the step of each moment that is due, as the engine does. */
static void ask_steps(const struct ajar_run *run, const struct ajar_window *window,
                      const char *when)
{
    const struct ajar_watch *watch = &run->options.watch;

    for (size_t i = 0; watch->done && i < window->manual_count; i++) {
        if (strcmp(window->manuals[i].when, when) == 0 && !window->manuals[i].by)
            trace("%s is %s", window->manuals[i].name,
                  watch->done(watch->user, &window->manuals[i]) ? "done" : "not done");
    }
}

bool confirmed(struct ajar_run *run, const struct ajar_report *plan, struct ajar_error *err)
{
    const struct ajar_watch *watch = &run->options.watch;

    progress(run, "dc1.source.test", "read 2 settings");
    trace("%s", watch->confirm ? "asks" : "asks nothing");
    if (!watch->confirm || watch->confirm(watch->user, plan))
        return true;
    return ajar_fail(err, AJAR_EINTERRUPTED, "stopped before anything was recorded");
}

static bool interrupted(const struct ajar_run *run, struct ajar_error *err)
{
    const struct ajar_watch *watch = &run->options.watch;

    trace("working");
    for (int tick = 0; tick < 200; tick++) {
        struct timespec pause = { .tv_nsec = 50000000 };

        progress(run, "dc1.source.test", "working");
        if (watch->interrupted(watch->user)) {
            /* The change in flight: more signals may come meanwhile. */
            for (int more = 0; more < 10; more++)
                (void)nanosleep(&pause, NULL);
            trace("stopped safely");
            return ajar_fail(err, AJAR_EINTERRUPTED, "interrupted; the journal knows how far");
        }
        (void)nanosleep(&pause, NULL);
    }
    return ajar_fail(err, AJAR_ETIMEOUT, "nobody interrupted");
}

static void make_owing(struct ajar_window *window)
{
    window->state = "partly-closed";
    window->closed = 0;
    extend_window(window, window->until + 3600, "one site is late");
    owe_changes(window);
}

static void make_permanent(struct ajar_window *window, const char *name)
{
    if (strcmp(name, "repair") != 0)
        return;
    window->permanent = true;
    window->until = 0;
}

/* What the command line said about failures, and what came of it. */
static void fail_staged(struct ajar_report *report, const char *name,
                        const struct ajar_failure_policy *policy)
{
    static const char *const rules[] = { "stop", "undo", "continue" };
    static const char *const hosts[] = { "dc1.source.test", "dc2.source.test", "dc3.source.test",
                                         "dc4.source.test" };

    trace("on-failure %s limited=%d tolerated=%u%s canary=%u", rules[policy->on_failure],
          policy->limited, policy->tolerated, policy->percent ? "%" : "", policy->canary);
    report->failures = (struct ajar_failures){
        .rule = rules[policy->on_failure],
        .target_count = 4,
        .limited = policy->limited || policy->on_failure != AJAR_FAILURE_CONTINUE,
        .tolerated = policy->percent ? policy->tolerated * 4 / 100 : policy->tolerated,
        .canary_count = policy->canary < 4 ? policy->canary : 4,
        .canaries = hosts,
        .failed_count = strcmp(name, "staged") == 0 ? 1 : 0,
        .failed = hosts,
        .acted = strcmp(name, "staged") == 0,
        .begun = 2,
        .undone = strcmp(name, "staged") == 0 ? 2 : 0,
    };
}

bool ajar_apply(struct ajar_run *run, const struct ajar_plan *plan,
                const struct ajar_apply_options *options, struct ajar_report **ret_report,
                struct ajar_error *err)
{
    struct ajar_report *report;
    bool partly = strcmp(plan->name, "mixed") == 0;

    trace("apply duration=%" PRId64 " until=%" PRId64 " reason=%s ticket=%s", options->duration,
          options->until, options->reason, or_none(options->ticket));
    if (options->toward == AJAR_TOWARD_CLOSED)
        trace("toward closed");
    trace_names("despite", options->despite);
    trace_names("confirmed", options->confirmed);
    progress(run, "dc1.source.test", "connecting");
    if (!fail_if_told(plan->name, err))
        return false;
    if (strcmp(plan->name, "slow") == 0)
        (void)usleep(500000); /* time to type ahead */
    report = new_report(1);
    fill_changes(&report->windows[0], plan->name);
    fail_staged(report, plan->name, &options->failure);
    if (!confirmed(run, report, err) ||
        (strcmp(plan->name, "slow") == 0 && !interrupted(run, err))) {
        ajar_report_free(report);
        return false;
    }
    if (strcmp(plan->name, "stale") == 0 || strcmp(plan->name, "unread") == 0) {
        tell_moved(report, plan->name);
        *ret_report = report;
        return true;
    }
    if (strcmp(plan->name, "unmet") == 0) {
        fill_notes(&report->windows[0], plan->name);
        finish(report, plan->name, AJAR_EXIT_UNMET);
        report->summary = "a requirement does not hold; nothing was recorded or changed";
        *ret_report = report;
        return true;
    }
    if (strcmp(plan->name, "done") == 0) {
        finish(report, plan->name, AJAR_EXIT_DONE);
        report->summary = "nothing to do; no window was opened";
        *ret_report = report;
        return true;
    }
    trace("writes");
    tell_window(&report->windows[0], "20261118T080000Z-7f3a", partly ? "partly-open" : "open");
    report->windows[0].toward_closed = options->toward == AJAR_TOWARD_CLOSED;
    make_permanent(&report->windows[0], plan->name);
    open_changes(&report->windows[0]);
    if (strcmp(plan->name, "steps") == 0) {
        fill_notes(&report->windows[0], plan->name);
        ask_steps(run, &report->windows[0], "after");
    }
    finish(report, plan->name, partly ? AJAR_EXIT_PARTLY : AJAR_EXIT_DONE);
    if (report->failures.acted) {
        report->windows[0].state = "closed";
        report->exit = AJAR_EXIT_FAILED;
        report->summary = "dc1.source.test failed: what this run had done was put back";
    }
    *ret_report = report;
    return true;
}

bool ajar_apply_saved(struct ajar_run *run, const struct ajar_saved *saved,
                      const struct ajar_apply_options *options, struct ajar_report **ret_report,
                      struct ajar_error *err)
{
    trace("saved %s", ajar_saved_about(saved)->file);
    if (!ajar_apply(run, ajar_saved_plan(saved), options, ret_report, err))
        return false;
    if ((*ret_report)->windows[0].id)
        (*ret_report)->windows[0].saved = FAKE_SEAL;
    return true;
}

static void plan_rollback(struct ajar_window *window, bool conflict)
{
    tell_window(window, "20261118T080000Z-7f3a", "open");
    open_changes(window);
    window->changes[0].action = "delete";
    window->changes[1].action = "modify";
    if (conflict) {
        window->changes[1].action = "none";
        window->changes[1].trouble = AJAR_ECONFLICT;
        window->changes[1].now_phrase = "2";
    }
}

bool ajar_rollback(struct ajar_run *run, const char *window,
                   const struct ajar_rollback_options *options, struct ajar_report **ret_report,
                   struct ajar_error *err)
{
    const char *name = scenario(window);
    bool conflict = strcmp(name, "conflict") == 0;
    struct ajar_report *report;

    trace("rollback window=%s on-conflict=%d", or_none(window), (int)options->on_conflict);
    trace_names("confirmed", options->confirmed);
    progress(run, "dc1.source.test", "connecting");
    if (!fail_if_told(name, err))
        return false;
    report = new_report(1);
    fill_changes(&report->windows[0], name);
    plan_rollback(&report->windows[0], conflict);
    if (!confirmed(run, report, err)) {
        ajar_report_free(report);
        return false;
    }
    trace("writes");
    memset(&report->windows[0].counts, 0, sizeof(report->windows[0].counts));
    report->windows[0].state = conflict ? "partly-closed" : "closed";
    close_changes(&report->windows[0], conflict);
    if (strcmp(name, "settled") == 0)
        report->windows[0].changes[1].action = "none";
    finish(report, name, conflict ? AJAR_EXIT_CONFLICT : AJAR_EXIT_DONE);
    *ret_report = report;
    return true;
}

bool ajar_resume(struct ajar_run *run, const char *window, const char *const *names,
                 struct ajar_report **ret_report, struct ajar_error *err)
{
    const char *name = scenario(window);
    struct ajar_report *report;

    trace("resume window=%s", or_none(window));
    trace_names("confirmed", names);
    progress(run, NULL, "reading the journal");
    if (!fail_if_told(name, err))
        return false;
    report = new_report(1);
    fill_changes(&report->windows[0], name);
    tell_window(&report->windows[0], "20261118T080000Z-7f3a", "open");
    open_changes(&report->windows[0]);
    finish(report, name, AJAR_EXIT_DONE);
    *ret_report = report;
    return true;
}

bool ajar_extend(struct ajar_run *run, const char *window,
                 const struct ajar_extend_options *options, struct ajar_report **ret_report,
                 struct ajar_error *err)
{
    struct ajar_report *report;
    int64_t until;

    trace("extend window=%s duration=%" PRId64 " until=%" PRId64 " reason=%s", window,
          options->duration, options->until, options->reason);
    if (!fail_if_told(scenario(window), err))
        return false;
    report = new_report(1);
    fill_changes(&report->windows[0], window);
    tell_window(&report->windows[0], window, "open");
    until = options->until ? options->until : report->windows[0].until + options->duration;
    extend_window(&report->windows[0], until, options->reason);
    if (!confirmed(run, report, err)) {
        ajar_report_free(report);
        return false;
    }
    trace("extends");
    finish(report, window, AJAR_EXIT_DONE);
    *ret_report = report;
    return true;
}

bool ajar_close_due(struct ajar_run *run, struct ajar_report **ret_report, struct ajar_error *err)
{
    const char *name = scenario(NULL);
    bool owed = strcmp(name, "owed") == 0;
    struct ajar_report *report;

    trace("close-due %s", run->options.watch.confirm ? "asks" : "asks not");
    if (!fail_if_told(name, err))
        return false;
    report = new_report(strcmp(name, "none") == 0 ? 0 : owed ? 2 : 1);
    for (size_t i = 0; i < report->count; i++) {
        fill_changes(&report->windows[i], name);
        tell_window(&report->windows[i], i ? "20261118T090000Z-11aa" : "20261118T080000Z-7f3a",
                    owed ? "partly-closed" : "closed");
        report->windows[i].summary = "closed: 2 of 2 settings";
        fill_notes(&report->windows[i], name);
    }
    finish(report, name, owed ? AJAR_EXIT_PARTLY : AJAR_EXIT_DONE);
    report->summary = report->count == 0 ? "nothing is due" : owed ? "it stays owed" : NULL;
    if (owed) {
        report->windows[0].exit = AJAR_EXIT_PARTLY;
        report->windows[0].summary = "partly-closed: 0 of 2 settings; 1 owed";
        owe_changes(&report->windows[0]);
        report->windows[1].exit = AJAR_EXIT_PARTLY;
        report->windows[1].summary = "could not be closed: its plan is not known";
    }
    *ret_report = report;
    return true;
}

bool ajar_status(struct ajar_run *run, const char *window, bool live,
                 struct ajar_report **ret_report, struct ajar_error *err)
{
    const char *name = scenario(window);
    bool overdue = strcmp(name, "overdue") == 0;
    struct ajar_report *report;

    trace("status window=%s live=%d", or_none(window), live);
    progress(run, "dc1.source.test", "connecting");
    if (!fail_if_told(name, err))
        return false;
    report = new_report(strcmp(name, "none") == 0 ? 0 : overdue ? 2 : 1);
    finish(report, name, overdue ? AJAR_EXIT_OVERDUE : AJAR_EXIT_DONE);
    for (size_t i = 0; i < report->count; i++) {
        fill_changes(&report->windows[i], name);
        tell_window(&report->windows[i],
                    strcmp(name, "controls") == 0 ? name : "20261118T080000Z-7f3a", "open");
        open_changes(&report->windows[i]);
        make_permanent(&report->windows[i], name);
        if (strcmp(name, "owed") == 0)
            make_owing(&report->windows[i]);
    }
    if (overdue) {
        report->windows[1].id = "20261101T080000Z-11aa";
        report->windows[1].overdue = true;
        report->windows[1].until -= 7 * 86400;
    }
    if (strcmp(name, "drift") == 0 && live) {
        report->windows[0].changes[1].drifted = true;
        report->windows[0].changes[1].now_phrase = "2";
        report->exit = AJAR_EXIT_PENDING;
    }
    *ret_report = report;
    return true;
}

bool ajar_show(struct ajar_run *run, const char *window, struct ajar_report **ret_report,
               struct ajar_error *err)
{
    const char *name = scenario(window);
    bool conflict = strcmp(name, "conflict") == 0;
    struct ajar_report *report;

    (void)run;
    trace("show window=%s", or_none(window));
    if (!fail_if_told(name, err))
        return false;
    report = new_report(1);
    fill_changes(&report->windows[0], name);
    tell_window(&report->windows[0], "20261118T080000Z-7f3a",
                conflict ? "partly-closed" : "closed");
    close_changes(&report->windows[0], conflict);
    report->windows[0].closed = conflict ? 0 : report->windows[0].until - 3600;
    if (strcmp(name, "repair") == 0) {
        report->windows[0].state = "open";
        report->windows[0].closed = 0;
    }
    make_permanent(&report->windows[0], name);
    if (strcmp(name, "owed") == 0)
        make_owing(&report->windows[0]);
    finish(report, name, AJAR_EXIT_DONE);
    *ret_report = report;
    return strcmp(name, "approved") != 0 || fill_approvals(&report->windows[0]) ||
           ajar_no_memory(err);
}

bool ajar_log(struct ajar_run *run, const char *window,
              bool (*each)(void *user, const struct ajar_log_entry *entry), void *user,
              struct ajar_error *err)
{
    static const struct ajar_log_entry entries[] = {
        { .commit = "3f2a9c1d5e6f708192a3b4c5d6e7f8091a2b3c4d",
          .time = 1795248000,
          .operator_name = "alice",
          .subject = "close: 20261118T080000Z-7f3a",
          .window = "20261118T080000Z-7f3a",
          .event = "closed",
          .sequence = 3 },
        { .commit = "2f2a9c1d5e6f708192a3b4c5d6e7f8091a2b3c4d",
          .time = 1794988800,
          .operator_name = "J\xc3\xbcrgen",
          .approved = "bob@example.test, carol",
          .subject = "open: AllowPasswordExport on dc1.source.test: absent \xe2\x86\x92 1\033[5m",
          .window = "20261118T080000Z-7f3a",
          .event = "applied",
          .host = "dc1.source.test",
          .ticket = "CHG-1",
          .sequence = 2 },
    };
    const char *name = scenario(window);

    (void)run;
    trace("log window=%s", or_none(window));
    if (!fail_if_told(name, err))
        return false;
    for (size_t i = 0; i < LENGTH(entries) && strcmp(name, "none") != 0; i++) {
        if (!each(user, &entries[i]))
            break;
    }
    return true;
}

enum ajar_exit ajar_exit_for(const struct ajar_error *err)
{
    switch (err->status) {
    case AJAR_FINE:
        return AJAR_EXIT_DONE;
    case AJAR_EUSAGE:
        return AJAR_EXIT_USAGE;
    case AJAR_EPLAN:
        return AJAR_EXIT_PLAN;
    case AJAR_ECONFLICT:
        return AJAR_EXIT_CONFLICT;
    case AJAR_ELOCKED:
        return AJAR_EXIT_LOCKED;
    case AJAR_EOVERDUE:
        return AJAR_EXIT_OVERDUE;
    case AJAR_EUNMET:
        return AJAR_EXIT_UNMET;
    case AJAR_ESTALE:
        return AJAR_EXIT_STALE;
    case AJAR_EINTERRUPTED:
        return AJAR_EXIT_INTERRUPTED;
    case AJAR_EDENIED:
    case AJAR_ELOGIN:
    case AJAR_EUNREACHABLE:
    case AJAR_ETIMEOUT:
    case AJAR_EINSECURE:
    case AJAR_EPROTOCOL:
    case AJAR_EMISSING:
    case AJAR_EJOURNAL:
    case AJAR_EPOLICY:
    case AJAR_ESYSTEM:
    default:
        return AJAR_EXIT_FAILED;
    }
}

void ajar_time_text(int64_t when, char ret_text[AJAR_TIME_SIZE])
{
    struct tm parts;
    time_t seconds = (time_t)when;

    (void)gmtime_r(&seconds, &parts);
    (void)strftime(ret_text, AJAR_TIME_SIZE, "%Y-%m-%dT%H:%M:%SZ", &parts);
}

bool ajar_time_parse(const char *text, int64_t *ret_time, struct ajar_error *err)
{
    struct tm parts = { 0 };
    const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &parts);

    if (!end || *end)
        return ajar_fail(err, AJAR_EUSAGE, "\"%s\" is not a time such as 2026-11-21T08:00:00Z",
                         text);
    *ret_time = timegm(&parts);
    return true;
}

bool ajar_duration_parse(const char *text, int64_t *ret_seconds, struct ajar_error *err)
{
    static const struct {
        char letter;
        int64_t seconds;
    } units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
    char *end = NULL;
    long count = strtol(text, &end, 10);

    for (size_t i = 0; i < LENGTH(units) && end != text; i++) {
        if (end[0] == units[i].letter && end[1] == '\0') {
            *ret_seconds = count * units[i].seconds;
            return true;
        }
    }
    return ajar_fail(err, AJAR_EUSAGE, "\"%s\" is not a duration such as 90m, 72h or 14d", text);
}
