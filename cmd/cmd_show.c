/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command.h"
#include "json.h"
#include "log_beside.h"
#include "options.h"
#include "owned.h"
#include "screen.h"
#include "session.h"
#include "view.h"

#include <ajar/approve.h>

#include <string.h>
#include <sys/stat.h>

static bool check_show(const struct options *options, struct ajar_error *err)
{
    if (!options->utc_offset.given || options->logs.count > 0)
        return true;
    return ajar_fail(err, AJAR_EUSAGE, "show takes --utc-offset only together with --log");
}

/* The id of a window has no "/"; a file that is there is meant before a window of its name. */
static bool is_file(const char *operand)
{
    struct stat found;

    return operand &&
           (strchr(operand, '/') || (stat(operand, &found) == 0 && !S_ISDIR(found.st_mode)));
}

static bool check_alone(const struct options *options, struct ajar_error *err)
{
    if (options->logs.count == 0)
        return true;
    (void)ajar_fail(err, AJAR_EUSAGE, "--log is set beside a window, and this is a saved plan");
    return ajar_hint(err, "leave it out, or name the window that the plan opened");
}

/* Who may approve is for the configuration to say. */
static bool add_approvals(struct session *session, const struct ajar_saved *saved,
                          struct ajar_report *report, struct ajar_error *err)
{
    OWNED(ajar_run_close) struct ajar_run *run = NULL;

    return !ajar_has_approvals(saved) ||
           (session_open_run(session, &run, err) && ajar_add_approvals(run, saved, report, err));
}

/* A file is all that this needs: neither configuration (unless approvals stand beside it) nor
 * journal, and no network. */
static bool run_saved(struct session *session, enum ajar_exit *ret_exit, struct ajar_error *err)
{
    OWNED(ajar_saved_free) struct ajar_saved *saved = NULL;
    OWNED(ajar_report_free) struct ajar_report *report = NULL;

    if (!check_alone(session->options, err) || !ajar_saved_load(session->operand, &saved, err) ||
        !ajar_show_saved(saved, &report, err) || !add_approvals(session, saved, report, err))
        return false;
    *ret_exit = report->exit;
    if (session->options->json)
        return json_print_saved(stdout, "ajar-saved-plan/1", saved, report, err);
    view_saved(screen_out(session->screen), saved, report);
    view_approvals(screen_out(session->screen), &report->windows[0]);
    if (report->policy)
        sink_line(screen_out(session->screen), STYLE_PLAIN, report->policy);
    return true;
}

static bool show_log(const struct session *session, struct ajar_report **ret_report,
                     const struct ajar_knowledge *knowledge, struct ajar_diagnosis **ret_log,
                     struct ajar_error *err)
{
    const struct options *options = session->options;
    struct ajar_diagnose_options wanted = {
        .files = (const char *const *)options->logs.items,
        .offset_given = options->utc_offset.given,
        .utc_offset_seconds = options->utc_offset.seconds,
    };

    return ajar_show_log(session->run, session->operand, knowledge, &wanted, ret_report, ret_log,
                         err);
}

/* The window's times are the journal's, in UTC; the log's only as well as its clock is known. */
static bool run_beside(struct session *session, enum ajar_exit *ret_exit, struct ajar_error *err)
{
    OWNED(ajar_knowledge_free) struct ajar_knowledge *knowledge = NULL;
    OWNED(ajar_diagnosis_free) struct ajar_diagnosis *log = NULL;
    OWNED(ajar_report_free) struct ajar_report *report = NULL;

    if (!session_load_knowledge(&knowledge, err) ||
        !show_log(session, &report, knowledge, &log, err))
        return false;
    *ret_exit = report->exit;
    if (session->options->json)
        return json_print_beside(stdout, report, log, err);
    view_beside(screen_out(session->screen), report, log);
    return true;
}

static bool run_window(struct session *session, enum ajar_exit *ret_exit, struct ajar_error *err)
{
    OWNED(ajar_report_free) struct ajar_report *report = NULL;

    if (session->options->logs.count > 0)
        return run_beside(session, ret_exit, err);
    if (!ajar_show(session->run, session->operand, &report, err))
        return false;
    *ret_exit = report->exit;
    if (session->options->json)
        return json_print_window(stdout, "ajar-show/1", report, err);
    view_story(screen_out(session->screen), report);
    return true;
}

static bool run_show(struct session *session, enum ajar_exit *ret_exit, struct ajar_error *err)
{
    OWNED(ajar_run_close) struct ajar_run *run = NULL;

    if (is_file(session->operand))
        return run_saved(session, ret_exit, err);
    if (!session_open_run(session, &run, err))
        return false;
    session->run = run;
    return run_window(session, ret_exit, err);
}

static const char *const examples[] = {
    "ajar show",
    "ajar show WINDOW",
    "ajar show monday.plan",
    "ajar show WINDOW --log Migration.log --utc-offset +01:00",
    NULL,
};

const struct command command_show = {
    .name = "show",
    .operand = "[WINDOW|SAVED]",
    .summary = "the story of a window: who, why, and each change before, open and after; or a "
               "saved plan",
    .examples = examples,
    .check = check_show,
    .run = run_show,
};
