/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * rollback and resume: both need the journal and the targets, not the plan file.
 */
#include "engine/closing.h"
#include "engine/guard.h"
#include "engine/opening.h"
#include "engine/verdict.h"
#include "engine/waiting.h"

#include "base/text.h"

static bool close_window(struct window *window, const struct ajar_rollback_options *options,
                         bool ask, struct ajar_report **ret_report, struct ajar_error *err)
{
    return manuals_check_names(window->plan, options->confirmed, err) &&
           (closing_is_done(window) ? waiting_notice(window, err)
                                    : closing_perform(window, options->on_conflict, ask, err)) &&
           window_confirm(window, MANUAL_CLOSING, options->confirmed, err) &&
           verdict_report(window, verdict_closed, ret_report, err);
}

bool ajar_rollback(struct ajar_run *run, const char *id,
                   const struct ajar_rollback_options *options, struct ajar_report **ret_report,
                   struct ajar_error *err)
{
    OWNED(window_release) struct window window = { 0 };

    return run_write_journal(run, JOURNAL_MUST_EXIST, err) &&
           window_choose(run, id, &window, err) &&
           close_window(&window, options, true, ret_report, err);
}

/* What is not open yet is read and opened; a step that was left in the middle of its write, too. */
static bool go_on_opening(struct window *window, const char *const *confirmed,
                          struct ajar_report **ret_report, struct ajar_error *err)
{
    OWNED(free) char *subject = text_make("going on with %s", window->record.plan);

    if (!subject)
        return ajar_no_memory(err);
    if (!manuals_check_names(window->plan, confirmed, err) || !window_check_end(window, err) ||
        !guard_check_steps(window->run, &window->steps, opening_is_due, err) ||
        !run_check_clock(window->run, err) ||
        !steps_observe(window->run, &window->steps, opening_is_due, err) ||
        !verdict_trustworthy(window, err))
        return false;
    if (verdict_needs_opening(window)
            ? !opening_perform(window, JOURNAL_RESUMED, subject, NULL, err)
            : !opening_conclude(window, err) || !waiting_notice(window, err))
        return false;
    return window_confirm(window, MANUAL_BEFORE | MANUAL_AFTER, confirmed, err) &&
           verdict_report(window, verdict_opened, ret_report, err);
}

bool ajar_resume(struct ajar_run *run, const char *id, const char *const *confirmed,
                 struct ajar_report **ret_report, struct ajar_error *err)
{
    const struct ajar_rollback_options closing = { .confirmed = confirmed };
    OWNED(window_release) struct window window = { 0 };

    if (!run_write_journal(run, JOURNAL_MUST_EXIST, err) || !window_choose(run, id, &window, err))
        return false;
    switch (window.record.state) {
    case WINDOW_OPENING:
    case WINDOW_OPEN:
    case WINDOW_PARTLY_OPEN:
        return go_on_opening(&window, confirmed, ret_report, err);
    case WINDOW_CLOSING:
    case WINDOW_PARTLY_CLOSED:
    case WINDOW_CLOSED:
        return close_window(&window, &closing, false, ret_report, err);
    }
    return ajar_fail(err, AJAR_EJOURNAL, "window %s has no state", window.record.id);
}
