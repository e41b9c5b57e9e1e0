/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/verdict.h"

#include "engine/opening.h"

#include "base/text.h"

#include <string.h>

bool verdict_any_readable(const struct window *window, struct ajar_error *err)
{
    const struct step *troubled = NULL;

    for (size_t i = 0; i < window->steps.count; i++) {
        const struct step *step = &window->steps.list[i];

        if (step->now.known)
            return true;
        if (!troubled && step->trouble.status != AJAR_FINE)
            troubled = step;
    }
    if (!troubled)
        return true;
    *err = troubled->trouble;
    return false;
}

bool verdict_trustworthy(const struct window *window, struct ajar_error *err)
{
    for (size_t i = 0; i < window->steps.count; i++) {
        const struct ajar_error *trouble = &window->steps.list[i].trouble;

        if (trouble->status == AJAR_FINE || trouble->status == AJAR_EUNREACHABLE ||
            trouble->status == AJAR_ETIMEOUT)
            continue;
        *err = *trouble;
        return false;
    }
    return true;
}

/* Before there is a window, what is as wanted already is no reason for one, nor is an action. */
static bool needs_opening(const struct window *window, const struct step *step)
{
    if (!opening_is_due(step))
        return false;
    return window->record.id || (!step_is_action(step) && step_match_wanted(step) != MATCH_SAME);
}

bool verdict_needs_opening(const struct window *window)
{
    for (size_t i = 0; i < window->steps.count; i++) {
        if (needs_opening(window, &window->steps.list[i]))
            return true;
    }
    return false;
}

size_t verdict_count_targets(const struct window *window)
{
    size_t count = 0;

    for (size_t i = 0; i < window->steps.count; i++) {
        size_t first = 0;

        while (strcmp(window->steps.list[first].record.target,
                      window->steps.list[i].record.target) != 0)
            first++;
        count += first == i ? 1 : 0;
    }
    return count;
}

bool verdict_confirm(const struct window *window, struct ajar_error *err)
{
    OWNED(ajar_report_free) struct ajar_report *report = NULL;
    const struct ajar_watch *watch = &window->run->options.watch;

    if (!watch->confirm)
        return true;
    if (!report_new(&report, err) || !report_add(report, window, err) ||
        !report_add_failures(report, window, err))
        return false;
    if (watch->confirm(watch->user, report))
        return true;
    return ajar_fail(err, AJAR_EINTERRUPTED, "stopped; nothing was recorded or changed");
}

/* Will apply stop at a requirement? */
static bool stops(const struct window *window)
{
    for (size_t i = 0; i < window->examinations.count; i++) {
        const struct examination *examination = &window->examinations.list[i];

        if (examination_failed(examination) && !examination_met_by(examination, &window->steps))
            return true;
    }
    return false;
}

void verdict_plan(struct ajar_report *report, const struct window *window)
{
    bool unreadable = false;
    bool pending = false;

    for (size_t i = 0; i < window->steps.count; i++) {
        const struct step *step = &window->steps.list[i];

        unreadable = unreadable || !step->now.known;
        pending = pending || (step->now.known && strcmp(step->record.action, "none") != 0);
    }
    if (unreadable)
        report_say(report, AJAR_EXIT_PARTLY, "some targets could not be read");
    else if (pending && stops(window))
        report_say(report, AJAR_EXIT_PENDING,
                   "a requirement does not hold: apply will stop there, unless told --despite");
    else if (pending)
        report_say(report, AJAR_EXIT_PENDING, NULL);
    else
        report_say(report, AJAR_EXIT_DONE,
                   window->steps.count > 0 ? "nothing to do: everything is as the plan wants it"
                                           : NULL);
}

void verdict_unmet(struct ajar_report *report, const struct window *window)
{
    (void)window;
    report_say(report, AJAR_EXIT_UNMET,
               "a requirement does not hold; nothing was recorded or changed. --despite NAME goes "
               "on without it, and is recorded");
}

/* How a window's steps stand, for the exit status. */
struct tally {
    size_t done;     /* applied, by a write of this window */
    size_t unknown;  /* perhaps written */
    size_t undone;   /* failed, unknown, or not begun */
    size_t unread;   /* recorded as applied, and not to be read in this run */
    size_t conflict; /* left alone: someone else changed it */
};

/* It failed, and is not as it was either: something was changed. */
static bool is_bent(const struct step *step)
{
    return step->begun && step->record.state == CHANGE_FAILED && step->now.known &&
           !step_is_action(step) && step_match_before(step) != MATCH_SAME;
}

static void count_opened(const struct step *step, struct tally *tally)
{
    if (step->record.state == CHANGE_CONFLICT || step->drifted)
        tally->conflict++;
    else if (step->record.state != CHANGE_APPLIED)
        tally->undone++;
    else if (strcmp(step->record.action, "none") != 0)
        tally->done++;
    if (step->record.state == CHANGE_UNKNOWN || is_bent(step))
        tally->unknown++;
    if (step->record.state == CHANGE_APPLIED && step->trouble.status != AJAR_FINE)
        tally->unread++;
}

/* What failed, and which rule left the rest alone. `what_then` is static text. */
static const char *tell_rule(struct ajar_report *report, const struct window *window,
                             const char *what_then)
{
    OWNED(free) char *failed = failures_describe(&window->failures);
    OWNED(free) char *rule = failures_describe_rule(&window->failures);

    if (!failed || !rule)
        return what_then;
    return report_text(report, "%s failed (%s): %s. First: %s", failed, rule, what_then,
                       window->failures.story);
}

static void verdict_undone(struct ajar_report *report, const struct window *window)
{
    bool closing = window->record.state != WINDOW_PARTLY_OPEN;

    if (steps_count_undone(&window->steps) == steps_count_begun(&window->steps))
        report_say(report, AJAR_EXIT_FAILED,
                   tell_rule(report, window, "what this run had done was put back"));
    else if (run_is_interrupted(window->run))
        report_say(report, AJAR_EXIT_INTERRUPTED,
                   closing ? "interrupted while it was put back; go on with ajar resume"
                           : "interrupted while it was put back; ajar rollback closes the window");
    else
        report_say(report, AJAR_EXIT_PARTLY,
                   tell_rule(report, window,
                             closing ? "not all that this run had done could be put back: finish "
                                       "it with ajar resume"
                                     : "not all that this run had done could be put back: ajar "
                                       "rollback closes the window"));
}

static void verdict_stopped(struct ajar_report *report, const struct window *window)
{
    if (report->exit != AJAR_EXIT_INTERRUPTED)
        report_say(report, report->exit,
                   tell_rule(report, window,
                             "nothing more was begun; go on with ajar resume, or roll back"));
}

void verdict_applied(struct ajar_report *report, const struct window *window)
{
    if (window->failures.undone) {
        verdict_undone(report, window);
        return;
    }
    verdict_opened(report, window);
    if (window->failures.acted)
        verdict_stopped(report, window);
}

void verdict_opened(struct ajar_report *report, const struct window *window)
{
    struct tally tally = { 0 };

    if (!window->record.id) {
        report_say(report, AJAR_EXIT_DONE,
                   "nothing to do: everything is as the plan wants it; no "
                   "window was opened");
        return;
    }
    for (size_t i = 0; i < window->steps.count; i++)
        count_opened(&window->steps.list[i], &tally);
    if (window->late && tally.undone > 0)
        report_say(report, window_is_overdue(window) ? AJAR_EXIT_OVERDUE : AJAR_EXIT_PARTLY,
                   "the window ends too soon to begin more: ajar extend, then ajar resume; or roll "
                   "back");
    else if (run_is_interrupted(window->run) && tally.undone > 0)
        report_say(report, AJAR_EXIT_INTERRUPTED,
                   "interrupted; what was begun is finished and recorded: go on with ajar resume, "
                   "or roll back");
    else if (tally.undone > 0 && tally.done == 0 && tally.unknown == 0)
        report_say(report, AJAR_EXIT_FAILED,
                   "nothing could be changed: try again with ajar resume, or close the window");
    else if (tally.undone > 0)
        report_say(report, AJAR_EXIT_PARTLY, "partly open: finish it with ajar resume");
    else if (tally.conflict > 0)
        report_say(report, AJAR_EXIT_CONFLICT,
                   "someone else changed what this window holds; it was left alone");
    else if (tally.unread > 0)
        report_say(report, AJAR_EXIT_PARTLY,
                   "all of it was opened, but some of it could not be read now");
    else
        report_say(report, AJAR_EXIT_DONE, NULL);
}

void verdict_extended(struct ajar_report *report, const struct window *window)
{
    (void)window;
    report_say(report, AJAR_EXIT_DONE, NULL);
}

void verdict_closed(struct ajar_report *report, const struct window *window)
{
    struct tally tally = { 0 };

    for (size_t i = 0; i < window->steps.count; i++) {
        const struct change_record *record = &window->steps.list[i].record;

        if (record->state == CHANGE_CONFLICT && !record->kept)
            tally.conflict++;
        else if (record->state != CHANGE_RESTORED && record->state != CHANGE_CONFLICT)
            tally.undone++;
    }
    if (run_is_interrupted(window->run) && tally.undone > 0)
        report_say(report, AJAR_EXIT_INTERRUPTED,
                   "interrupted; what was begun is finished and recorded: go on with ajar resume");
    else if (tally.undone > 0)
        report_say(report, AJAR_EXIT_PARTLY, "partly closed: finish it with ajar resume");
    else if (tally.conflict > 0)
        report_say(report, AJAR_EXIT_CONFLICT,
                   "partly closed: someone else changed something, which was left alone");
    else
        report_say(report, AJAR_EXIT_DONE, NULL);
}

/* Work that is done, and that others cannot see yet, is not all of it. */
static bool judge_sharing(struct ajar_report *report, struct ajar_run *run, struct ajar_error *err)
{
    struct journal_standing standing;

    if (!journal_stand(run->journal, &standing, err))
        return false;
    if (standing.cut_off && report->exit == AJAR_EXIT_DONE)
        report_say(report, AJAR_EXIT_PARTLY,
                   "done, but the journal's remote went away: others do not see it until the next "
                   "run takes it there");
    return true;
}

bool verdict_report(const struct window *window, verdict_judge *judge,
                    struct ajar_report **ret_report, struct ajar_error *err)
{
    OWNED(ajar_report_free) struct ajar_report *report = NULL;

    if (!report_new(&report, err) || !report_add(report, window, err) ||
        !report_add_failures(report, window, err) || !report_add_journal(report, window->run, err))
        return false;
    judge(report, window);
    if (!judge_sharing(report, window->run, err))
        return false;
    *ret_report = report;
    report = NULL;
    return true;
}

/* The exit status that one window calls for. */
static enum ajar_exit call_for(const struct ajar_window *window)
{
    const struct ajar_change_counts *counts = &window->counts;
    bool done = strcmp(window->state, "open") == 0 || strcmp(window->state, "closed") == 0;

    if (window->overdue)
        return AJAR_EXIT_OVERDUE;
    if (!done && (counts->intended || counts->failed || counts->unknown || !counts->conflict))
        return AJAR_EXIT_PARTLY;
    if (!done)
        return AJAR_EXIT_CONFLICT;
    for (size_t i = 0; i < window->count; i++) {
        if (window->changes[i].drifted)
            return AJAR_EXIT_PENDING;
        if (window->changes[i].trouble != AJAR_FINE && strcmp(window->state, "open") == 0)
            return AJAR_EXIT_PARTLY;
    }
    return AJAR_EXIT_DONE;
}

void verdict_status(struct ajar_report *report)
{
    static const struct {
        enum ajar_exit exit;
        const char *summary;
    } order[] = {
        { AJAR_EXIT_OVERDUE,
          "a window is past its end: close it with ajar rollback, or extend it" },
        { AJAR_EXIT_PARTLY, "a window is not finished: ajar resume goes on with it" },
        { AJAR_EXIT_CONFLICT, "someone else changed what a window holds: someone has to decide" },
        { AJAR_EXIT_PENDING, "something is not as this window left it" },
    };

    for (size_t i = 0; i < LENGTH(order); i++) {
        for (size_t j = 0; j < report->count; j++) {
            if (call_for(&report->windows[j]) == order[i].exit) {
                report_say(report, order[i].exit, order[i].summary);
                return;
            }
        }
    }
    report_say(report, AJAR_EXIT_DONE, NULL);
}
