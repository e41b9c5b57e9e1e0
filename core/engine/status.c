/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * status and show: the journal, read. With `live`, the targets are read, too, and what was seen to
 * have taken effect is recorded; nothing is changed on them.
 */
#include "engine/closing.h"
#include "engine/outcome.h"
#include "engine/verdict.h"
#include "engine/waiting.h"

#include <string.h>

/* Somebody else may be writing: then it is looked at all the same, and recorded by a later look. */
static bool notice(struct window *window, struct ajar_error *err)
{
    OWNED(free) struct step **seen = NULL;
    size_t count = 0;

    if (window->run->may_write)
        return waiting_notice(window, err);
    seen = calloc(window->steps.count + 1, sizeof(struct step *));
    return seen ? waiting_look(window, seen, &count, err) : ajar_no_memory(err);
}

static bool look(struct window *window, struct ajar_error *err)
{
    if (!steps_observe(window->run, &window->steps, closing_is_due, err) || !notice(window, err))
        return false;
    window_note_drift(window);
    return true;
}

static bool add_window(struct ajar_report *report, struct ajar_run *run, const char *id, bool live,
                       struct ajar_error *err)
{
    OWNED(window_release) struct window window = { 0 };

    return window_load(run, id, &window, err) && (!live || look(&window, err)) &&
           report_add(report, &window, err);
}

/* Not closed, or closed and still waiting for something. */
static bool is_worth_telling(struct ajar_run *run, const struct window_record *record,
                             bool *ret_worth, struct ajar_error *err)
{
    OWNED(journal_window_release) struct journal_window window = { 0 };

    *ret_worth = window_record_holds(record);
    if (*ret_worth)
        return true;
    if (!journal_load(run->journal, record->id, &window, err))
        return false;
    for (size_t i = 0; i < window.count; i++)
        *ret_worth = *ret_worth || window.changes[i].waiting;
    return true;
}

static bool add_windows(struct ajar_report *report, struct ajar_run *run, bool live,
                        struct ajar_error *err)
{
    OWNED(journal_windows_release) struct journal_windows windows = { 0 };

    if (!journal_list(run->journal, &windows, err))
        return false;
    for (size_t i = 0; i < windows.count; i++) {
        bool worth = false;

        if (!is_worth_telling(run, &windows.list[i], &worth, err) ||
            (worth && !add_window(report, run, windows.list[i].id, live, err)))
            return false;
    }
    return true;
}

/* Nobody has opened a window yet: that is no failure. */
static bool is_no_journal(struct ajar_error *err)
{
    if (err->status != AJAR_EMISSING)
        return false;
    *err = AJAR_NO_ERROR;
    return true;
}

/* For writing, unless somebody else is writing, or the journal is not ours to write, or what it is
 * shared through is away. */
static bool open_journal(struct ajar_run *run, struct ajar_error *err)
{
    if (run_write_journal(run, JOURNAL_TO_NOTICE, err))
        return true;
    if (err->status != AJAR_ELOCKED && err->status != AJAR_EJOURNAL && !run_is_shared(run))
        return false;
    *err = AJAR_NO_ERROR;
    return run_read_journal(run, err);
}

bool ajar_status(struct ajar_run *run, const char *id, bool live, struct ajar_report **ret_report,
                 struct ajar_error *err)
{
    OWNED(ajar_report_free) struct ajar_report *report = NULL;

    if (!report_new(&report, err))
        return false;
    if (live ? open_journal(run, err) : run_read_journal(run, err)) {
        if (id ? !add_window(report, run, id, live, err) : !add_windows(report, run, live, err))
            return false;
        if (!report_add_journal(report, run, err))
            return false;
    } else if (id || !is_no_journal(err)) {
        return false;
    }
    verdict_status(report);
    *ret_report = report;
    report = NULL;
    return true;
}

static bool newest(struct ajar_run *run, char **ret_id, struct ajar_error *err)
{
    OWNED(journal_windows_release) struct journal_windows windows = { 0 };

    if (!journal_list(run->journal, &windows, err))
        return false;
    if (windows.count == 0)
        return ajar_fail(err, AJAR_EMISSING, "the journal has no windows yet");
    *ret_id = text_copy(windows.list[windows.count - 1].id);
    return *ret_id || ajar_no_memory(err);
}

bool ajar_show(struct ajar_run *run, const char *id, struct ajar_report **ret_report,
               struct ajar_error *err)
{
    OWNED(ajar_report_free) struct ajar_report *report = NULL;
    OWNED(free) char *found = NULL;

    if (!run_read_journal(run, err) || (!id && !newest(run, &found, err)))
        return false;
    if (!report_new(&report, err) || !add_window(report, run, id ? id : found, false, err) ||
        !report_add_journal(report, run, err))
        return false;
    report_say(report, AJAR_EXIT_DONE, NULL);
    *ret_report = report;
    report = NULL;
    return true;
}
