/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * close-due: for a timer. It looks first, without the journal's lock: where nothing can be done
 * yet, nobody is kept out and nothing is recorded.
 */
#include "engine/closing.h"
#include "engine/debt.h"
#include "engine/notice.h"
#include "engine/outcome.h"
#include "engine/verdict.h"

#include "base/text.h"

/* Past its end, or being closed. */
static bool is_due(const struct ajar_run *run, const struct window_record *record)
{
    if (record->state == WINDOW_CLOSED)
        return false;
    if (record->state == WINDOW_CLOSING || record->state == WINDOW_PARTLY_CLOSED)
        return true;
    return record->until != 0 && run_now(run) > record->until;
}

/* A window that was left without its last commit has nothing to put back, and is to be closed. */
static bool has_work(const struct window *window)
{
    bool owes = false;

    for (size_t i = 0; i < window->steps.count; i++) {
        const struct change_record *record = &window->steps.list[i].record;

        if (debt_next_try(record) <= run_now(window->run))
            return true;
        owes = owes || closing_is_due(&window->steps.list[i]);
    }
    return !owes;
}

/* Sets when the next try is, 0 for none; how many changes are owed, and in conflict. */
static int64_t count_debts(const struct window *window, size_t *ret_owed, size_t *ret_conflicts)
{
    int64_t first = DEBT_NEVER;

    *ret_owed = 0;
    *ret_conflicts = 0;
    for (size_t i = 0; i < window->steps.count; i++) {
        const struct step *step = &window->steps.list[i];
        int64_t next = debt_next_try(&step->record);

        if (!closing_is_due(step))
            continue;
        *(step->record.state == CHANGE_CONFLICT ? ret_conflicts : ret_owed) += 1;
        first = next < first ? next : first;
    }
    return first == DEBT_NEVER ? 0 : first;
}

/* The line of a window that is in hand. */
static bool sum_up(struct ajar_report *report, const struct window *window, struct ajar_error *err)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(400);
    struct ajar_window *told = &report->windows[report->count - 1];
    size_t owed = 0;
    size_t conflicts = 0;
    int64_t next = count_debts(window, &owed, &conflicts);

    verdict_closed(report, window);
    told->exit = report->exit;
    text_format(&text, "%s: %zu of %zu settings", window_state_name(window->record.state),
                window->steps.count - owed - conflicts, window->steps.count);
    if (owed > 0)
        text_format(&text, "; %zu owed", owed);
    if (next > 0)
        text_format(&text, ", tried again at %s", clock_write_time(next).at);
    if (conflicts > 0)
        text_format(&text, "; %zu in conflict, for somebody to decide", conflicts);
    told->summary = report_text(report, "%s", text_peek(&text));
    return told->summary || ajar_no_memory(err);
}

static enum ajar_exit exit_for(const struct ajar_error *trouble)
{
    if (trouble->status == AJAR_EINTERRUPTED)
        return AJAR_EXIT_INTERRUPTED;
    return trouble->status == AJAR_ELOCKED ? AJAR_EXIT_LOCKED : AJAR_EXIT_PARTLY;
}

/* One that could not be loaded or closed: as the journal has it, with the reason. */
static bool tell_trouble(struct ajar_report *report, struct ajar_run *run,
                         const struct window_record *record, const struct ajar_error *trouble,
                         struct ajar_error *err)
{
    struct ajar_error ignored = AJAR_NO_ERROR;
    OWNED(window_release) struct window window = { 0 };
    struct ajar_window *told;

    if (!window_load(run, record->id, &window, &ignored)) {
        window.run = run;
        if (!window_record_copy(record, &window.record, err))
            return false;
    }
    if (!report_add(report, &window, err))
        return false;
    told = &report->windows[report->count - 1];
    told->exit = exit_for(trouble);
    told->summary = report_text(report, "could not be closed: %s", trouble->text);
    return told->summary || ajar_no_memory(err);
}

static bool tell_window(struct ajar_report *report, const struct window *window,
                        struct ajar_error *err)
{
    return report_add(report, window, err) && sum_up(report, window, err);
}

/* While it is still open, and before it is closed: whoever left it so may want to know at once. */
static void tell_overdue(struct ajar_run *run, const struct window *window)
{
    OWNED(free)
    char *message = text_make("%s is past its end: it is being closed", window->record.id);

    if (window->record.state == WINDOW_CLOSING || window->record.state == WINDOW_PARTLY_CLOSED)
        return;
    notice_add(window, NOTICE_OVERDUE, message);
    run_tell_notifier(run);
}

/* One window: looked at, or (`act`) closed as far as it can be. False only where this host fails.
 */
static bool handle(struct ajar_report *report, struct ajar_run *run,
                   const struct window_record *record, bool act, bool *work, struct ajar_error *err)
{
    struct ajar_error trouble = AJAR_NO_ERROR;
    OWNED(window_release) struct window window = { 0 };

    if (!window_load(run, record->id, &window, &trouble))
        return tell_trouble(report, run, record, &trouble, err);
    if (!has_work(&window))
        return tell_window(report, &window, err);
    *work = true;
    if (act) {
        run_tell(run, NULL, "closing window %s", record->id);
        tell_overdue(run, &window);
    }
    if (!act || closing_perform_due(&window, &trouble))
        return tell_window(report, &window, err);
    return tell_trouble(report, run, record, &trouble, err);
}

static bool handle_all(struct ajar_run *run, bool act, struct ajar_report **ret_report,
                       bool *ret_work, struct ajar_error *err)
{
    OWNED(journal_windows_release) struct journal_windows windows = { 0 };
    OWNED(ajar_report_free) struct ajar_report *report = NULL;

    *ret_work = false;
    if (!report_new(&report, err) || !journal_list(run->journal, &windows, err))
        return false;
    for (size_t i = 0; i < windows.count && !run_is_interrupted(run); i++) {
        if (is_due(run, &windows.list[i]) &&
            !handle(report, run, &windows.list[i], act, ret_work, err))
            return false;
    }
    if (!report_add_journal(report, run, err))
        return false;
    *ret_report = report;
    report = NULL;
    return true;
}

static void judge(struct ajar_report *report, const struct ajar_run *run)
{
    static const struct {
        enum ajar_exit exit;
        const char *summary;
    } order[] = {
        { AJAR_EXIT_INTERRUPTED, "interrupted; what was begun is finished and recorded" },
        { AJAR_EXIT_PARTLY, "not everything could be put back; it stays owed, and is tried again" },
        { AJAR_EXIT_CONFLICT, "someone else changed what a window holds: someone has to decide" },
        { AJAR_EXIT_LOCKED, "somebody else is at work on it; the next run tries again" },
    };

    for (size_t i = 0; i < LENGTH(order); i++) {
        bool any = i == 0 && run_is_interrupted(run);

        for (size_t j = 0; j < report->count; j++)
            any = any || report->windows[j].exit == order[i].exit;
        if (any) {
            report_say(report, order[i].exit, order[i].summary);
            return;
        }
    }
    report_say(report, AJAR_EXIT_DONE, report->count == 0 ? "nothing is due" : NULL);
}

/* Is there anything to do? Then the journal is open for writing. Nobody may have opened a window
 * yet: then there is no journal. */
static bool look_first(struct ajar_run *run, struct ajar_report **ret_report, bool *ret_work,
                       struct ajar_error *err)
{
    if (run_read_journal(run, err))
        return handle_all(run, false, ret_report, ret_work, err);
    if (err->status != AJAR_EMISSING)
        return false;
    *err = AJAR_NO_ERROR;
    *ret_work = false;
    return report_new(ret_report, err);
}

bool ajar_close_due(struct ajar_run *run, struct ajar_report **ret_report, struct ajar_error *err)
{
    OWNED(ajar_report_free) struct ajar_report *report = NULL;
    bool work = false;

    if (!look_first(run, &report, &work, err))
        return false;
    if (work) {
        ajar_report_free(report);
        report = NULL;
        journal_close(run->journal);
        run->journal = NULL;
        if (!run_write_journal(run, JOURNAL_MUST_EXIST, err) ||
            !handle_all(run, true, &report, &work, err))
            return false;
    }
    judge(report, run);
    *ret_report = report;
    report = NULL;
    return true;
}
