/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * rollback and resume: both need the journal and the targets, not the plan file.
 */
#include "engine/closing.h"
#include "engine/opening.h"
#include "engine/verdict.h"

#include "base/text.h"

bool ajar_rollback(struct ajar_run *run, const char *id, enum ajar_on_conflict on_conflict,
                   struct ajar_report **ret_report, struct ajar_error *err)
{
    OWNED(window_release) struct window window = { 0 };

    return run_write_journal(run, JOURNAL_MUST_EXIST, err) &&
           window_choose(run, id, &window, err) &&
           closing_perform(&window, on_conflict, true, ret_report, err);
}

/* What is not open yet is read and opened; a step that was left in the middle of its write, too. */
static bool go_on_opening(struct window *window, struct ajar_report **ret_report,
                          struct ajar_error *err)
{
    OWNED(free) char *subject = text_make("going on with %s", window->record.plan);

    if (!subject)
        return ajar_no_memory(err);
    if (!window_check_end(window, err) ||
        !steps_observe(window->run, &window->steps, opening_is_due, err) ||
        !verdict_trustworthy(window, err))
        return false;
    if (verdict_needs_opening(window) &&
        !opening_perform(window, JOURNAL_RESUMED, subject, NULL, err))
        return false;
    return verdict_report(window, verdict_opened, ret_report, err);
}

bool ajar_resume(struct ajar_run *run, const char *id, struct ajar_report **ret_report,
                 struct ajar_error *err)
{
    OWNED(window_release) struct window window = { 0 };

    if (!run_write_journal(run, JOURNAL_MUST_EXIST, err) || !window_choose(run, id, &window, err))
        return false;
    switch (window.record.state) {
    case WINDOW_OPENING:
    case WINDOW_OPEN:
    case WINDOW_PARTLY_OPEN:
        return go_on_opening(&window, ret_report, err);
    case WINDOW_CLOSING:
    case WINDOW_PARTLY_CLOSED:
    case WINDOW_CLOSED:
        return closing_perform(&window, AJAR_CONFLICT_SKIP, false, ret_report, err);
    }
    return ajar_fail(err, AJAR_EJOURNAL, "window %s has no state", window.record.id);
}
