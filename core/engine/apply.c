/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * apply:
 *
 *   1. look at the requirements and read every target; nothing is recorded, nothing is written;
 *   2. refuse what the rules of the house forbid (before anybody is asked, where that is known
 *      already), and what cannot go well: a login that fails, a thing that another window holds, a
 *      requirement that does not hold and that nobody said to go on despite of;
 *   3. show it and ask; ask for the steps that people do before;
 *   4. one commit: the window, the plan, the requirements, every baseline;
 *   5. write, read back, commit the outcomes as they come in: canaries first, and nothing more once
 *      too much failed (failure.h);
 *   6. one commit: the window is open, or partly open; then undo what was done (undo.h), if too
 *      much failed and the operator said so;
 *   7. ask for the steps that people do afterwards.
 *
 * The same plan with the same parameters goes on with the window that it opened: no second window,
 * no second baseline.
 */
#include "engine/four_eyes.h"
#include "engine/guard.h"
#include "engine/opening.h"
#include "engine/outcome.h"
#include "engine/proposal.h"
#include "engine/saved.h"
#include "engine/verdict.h"
#include "engine/waiting.h"

#include "base/text.h"

#include <string.h>

static bool tell(const struct window *window, verdict_judge *judge, struct ajar_report **ret_report,
                 struct ajar_error *err)
{
    OWNED(ajar_report_free) struct ajar_report *report = NULL;

    if (!report_new(&report, err) || !report_add(report, window, err) ||
        !report_add_failures(report, window, err))
        return false;
    judge(report, window);
    *ret_report = report;
    report = NULL;
    return true;
}

/* When the window ends. */
static bool set_end(struct window *window, const struct ajar_plan *plan,
                    const struct ajar_apply_options *options, struct ajar_error *err)
{
    struct window_record *record = &window->record;

    record->opened = run_now(window->run);
    if (options->toward == AJAR_TOWARD_CLOSED)
        return true;
    if (plan->permanent)
        return (!options->until && !options->duration) ||
               ajar_fail(err, AJAR_EUSAGE, "a repair has no end: what it changes stays");
    record->until = options->until ? options->until : record->opened + options->duration;
    if (record->until <= record->opened)
        return ajar_fail(err, AJAR_EUSAGE, "the window would end at %s, which is not in the future",
                         clock_write_time(record->until).at);
    if (!window_has_time(window))
        return ajar_fail(err, AJAR_EUSAGE,
                         "the window would end at %s, and a single change may take %s (--timeout): "
                         "it needs more time",
                         clock_write_time(record->until).at,
                         clock_write_duration(run_patience(window->run)).at);
    if (plan->longest_window > 0 && record->until - record->opened > plan->longest_window)
        return ajar_fail(err, AJAR_EUSAGE, "the plan allows at most %s; ask for less with --for",
                         clock_write_duration(plan->longest_window).at);
    return guard_check_length(window->run, record->until - record->opened, err);
}

static bool set_parameters(struct window_record *record, const struct ajar_plan *plan,
                           struct ajar_error *err)
{
    for (size_t i = 0; i < plan->parameters.count; i++) {
        const struct ajar_parameter *parameter = &plan->parameters.list[i];

        if (parameter->value &&
            !window_record_add_parameter(record, parameter->name, parameter->value, err))
            return false;
    }
    return true;
}

static bool set_purpose(struct window *window, const struct ajar_plan *plan,
                        const struct ajar_apply_options *options, struct ajar_error *err)
{
    struct window_record *record = &window->record;

    return set_end(window, plan, options, err) && set_parameters(record, plan, err) &&
           text_replace(&record->reason, options->reason, err) &&
           text_replace(&record->ticket, options->ticket, err) &&
           text_replace(&record->tool_version, window->run->options.version, err) &&
           journal_make_id(window->run->journal, plan->name, record->opened, &record->id, err);
}

/* A window that is not closed and holds something that a step wants to change. */
static bool check_held(const struct journal_window *other, const struct steps *steps,
                       struct ajar_error *err)
{
    for (size_t i = 0; i < other->count; i++) {
        const struct change_record *held = &other->changes[i];

        for (size_t j = 0; j < steps->count; j++) {
            const struct change_record *record = &steps->list[j].record;

            if (!change_record_holds(held) || strcmp(held->target, record->target) != 0 ||
                !text_same_ignoring_case(held->thing, record->thing))
                continue;
            (void)ajar_fail(err, AJAR_ECONFLICT,
                            "%s on %s is held by window %s already, opened by %s", record->setting,
                            record->target, other->window.id, other->window.operator_name);
            return ajar_hint(err, "roll that window back first, or leave the setting out with a "
                                  "plan of your own ([skip])");
        }
    }
    return true;
}

/* Finds the window that this plan opened; any other that is open must not be in the way. */
static bool find_own(struct ajar_run *run, const char *plan_text, const struct steps *steps,
                     struct window *ret_own, struct ajar_error *err)
{
    OWNED(journal_windows_release) struct journal_windows windows = { 0 };

    if (!journal_list(run->journal, &windows, err))
        return false;
    for (size_t i = 0; i < windows.count; i++) {
        OWNED(journal_window_release) struct journal_window other = { 0 };

        if (!window_record_holds(&windows.list[i]))
            continue;
        if (!journal_load(run->journal, windows.list[i].id, &other, err))
            return false;
        if (plan_is_same_record(other.plan, plan_text))
            return window_load(run, other.window.id, ret_own, err);
        if (!check_held(&other, steps, err))
            return false;
    }
    return true;
}

static bool may_go_on(const struct window *own, struct ajar_error *err)
{
    if (own->record.state == WINDOW_OPENING || own->record.state == WINDOW_OPEN ||
        own->record.state == WINDOW_PARTLY_OPEN)
        return window_check_end(own, err);
    (void)ajar_fail(err, AJAR_ECONFLICT, "window %s of the same plan is being closed (%s)",
                    own->record.id, window_state_name(own->record.state));
    return ajar_hint(err, "finish it with ajar resume, then apply again");
}

/* Does every requirement hold, or will once this run has changed what it is met by, or is the
 * operator willing to go on despite it? Who goes on is noted. */
static bool requirements_met(struct window *window, const char *const *despite, bool *ret_met,
                             struct ajar_error *err)
{
    *ret_met = true;
    for (size_t i = 0; i < window->examinations.count; i++) {
        struct examination *examination = &window->examinations.list[i];

        if (!examination_failed(examination) || examination_met_by(examination, &window->steps))
            continue;
        if (!names_hold(despite, examination->record.name))
            *ret_met = false;
        else if (!text_replace(&examination->record.despite, window->run->operator_name, err))
            return false;
    }
    return true;
}

/* What was read for the plan is what was read for the window's own steps. */
static void move_observations(struct steps *from, struct steps *to)
{
    for (size_t i = 0; i < to->count; i++) {
        struct step *step = &to->list[i];

        for (size_t j = 0; j < from->count; j++) {
            struct step *seen = &from->list[j];

            if (!step_is_of(step, &seen->record))
                continue;
            step->now = seen->now;
            step->trouble = seen->trouble;
            seen->now = (struct ajar_state){ 0 };
        }
    }
}

static bool finish(struct window *window, const struct ajar_apply_options *options,
                   struct ajar_report **ret_report, struct ajar_error *err)
{
    if (window->record.id && !window->failures.acted &&
        !window_confirm(window, MANUAL_BEFORE | MANUAL_AFTER, options->confirmed, err))
        return false;
    window_note_drift(window);
    return verdict_report(window, verdict_applied, ret_report, err);
}

/* Steps 3 to 7. `plan_text` is NULL when the window is there already. */
static bool open_window(struct window *window, const char *plan_text,
                        const struct ajar_apply_options *options, struct ajar_report **ret_report,
                        struct ajar_error *err)
{
    OWNED(free) char *subject = NULL;
    size_t confirmed = 0;
    size_t targets;

    if (!verdict_needs_opening(window))
        return opening_conclude(window, err) && waiting_notice(window, err) &&
               finish(window, options, ret_report, err);
    if (!verdict_confirm(window, err) ||
        !manuals_confirm(window->run, &window->manuals, MANUAL_BEFORE, options->confirmed,
                         &confirmed, err))
        return false;
    targets = verdict_count_targets(window);
    subject =
        text_make("%s: %s on %zu target%s: %s",
                  !plan_text                 ? "going on with"
                  : window->record.permanent ? "repairing"
                                             : "opening",
                  window->record.plan, targets, targets == 1 ? "" : "s", window->record.reason);
    if (!subject)
        return ajar_no_memory(err);
    return opening_perform(window, plan_text ? JOURNAL_OPENED : JOURNAL_RESUMED, subject, plan_text,
                           err) &&
           finish(window, options, ret_report, err);
}

/* Goes on with the window that the plan opened. */
static bool go_on(struct window *fresh, struct window *own,
                  const struct ajar_apply_options *options, struct ajar_report **ret_report,
                  struct ajar_error *err)
{
    move_observations(&fresh->steps, &own->steps);
    if (!examinations_keep_despite(&own->examinations, &fresh->examinations, err))
        return false;
    examinations_release(&own->examinations);
    own->examinations = fresh->examinations;
    fresh->examinations = (struct examinations){ 0 };
    return may_go_on(own, err) && opening_watch_failures(own, &options->failure, err) &&
           open_window(own, NULL, options, ret_report, err);
}

/* A saved plan opens a window of its own. */
static bool check_own(const struct ajar_saved *saved, const struct window *own,
                      struct ajar_error *err)
{
    if (!saved || !own->record.id)
        return true;
    (void)ajar_fail(err, AJAR_ECONFLICT, "window %s of the same plan is there already (%s)",
                    own->record.id, window_state_name(own->record.state));
    return ajar_hint(err, "a saved plan opens a window of its own: ajar resume goes on with that "
                          "one, ajar rollback closes it");
}

static bool write_plan(const struct window *fresh, const struct ajar_plan *plan,
                       const struct ajar_saved *saved, char **ret_text, struct ajar_error *err)
{
    return saved ? text_replace(ret_text, saved->file.plan, err)
                 : plan_to_record(plan, fresh->record.toward_closed, ret_text, err);
}

static bool apply_read(struct window *fresh, const struct ajar_plan *plan,
                       const struct ajar_saved *saved, const struct ajar_apply_options *options,
                       struct ajar_report **ret_report, struct ajar_error *err)
{
    OWNED(window_release) struct window own = { 0 };
    OWNED(free) char *plan_text = NULL;
    bool met = true;

    if (!opening_watch_failures(fresh, &options->failure, err) ||
        !write_plan(fresh, plan, saved, &plan_text, err) ||
        !find_own(fresh->run, plan_text, &fresh->steps, &own, err) || !check_own(saved, &own, err))
        return false;
    if (!own.record.id && !verdict_needs_opening(fresh))
        return finish(fresh, options, ret_report, err);
    if (!requirements_met(fresh, options->despite, &met, err))
        return false;
    if (!met)
        return tell(fresh, verdict_unmet, ret_report, err);
    if (own.record.id)
        return go_on(fresh, &own, options, ret_report, err);
    return set_purpose(fresh, plan, options, err) &&
           open_window(fresh, plan_text, options, ret_report, err);
}

static bool check_names(const struct ajar_plan *plan, const struct ajar_apply_options *options,
                        struct ajar_error *err)
{
    for (const char *const *name = options->despite; name && *name; name++) {
        if (strcmp(*name, "all") == 0 ||
            plan_section(plan, PLAN_REQUIREMENT, "require", *name) != NULL)
            continue;
        (void)ajar_fail(err, AJAR_EUSAGE, "--despite %s: the plan has no such requirement", *name);
        return ajar_hint(err, "ajar check shows the plan's requirements");
    }
    return manuals_check_names(plan, options->confirmed, err);
}

/* Holds what was read against what was saved. Where it is not the same, the report says so. */
static bool compare(const struct ajar_saved *saved, struct window *fresh,
                    struct ajar_report **ret_report, struct ajar_error *err)
{
    enum saved_standing standing = SAVED_FRESH;

    if (!saved)
        return true;
    if (!saved_compare(saved, fresh, &standing, err) ||
        !text_replace(&fresh->record.saved, saved->about.sha256, err))
        return false;
    if (standing == SAVED_FRESH)
        return true;
    return tell(fresh, standing == SAVED_STALE ? saved_judge_stale : saved_judge_unread, ret_report,
                err);
}

/* What is known before anybody is asked. */
static bool check_rules(struct window *fresh, const struct ajar_plan *plan,
                        const struct ajar_saved *saved, const struct ajar_apply_options *options,
                        struct ajar_error *err)
{
    return guard_check_ticket(fresh->run, options->ticket, err) &&
           guard_check_plan(fresh->run, plan, options->toward, err) &&
           four_eyes_check(fresh->run, plan, saved ? saved->file.file : NULL,
                           saved ? saved->about.sha256 : NULL, &fresh->approvals, err);
}

/* `saved` is NULL when the plan is a plan file. */
static bool apply(struct ajar_run *run, const struct ajar_plan *plan,
                  const struct ajar_saved *saved, const struct ajar_apply_options *options,
                  struct ajar_report **ret_report, struct ajar_error *err)
{
    const struct selection_options all = { .only = NULL };
    OWNED(selection_release) struct selection selection = { 0 };
    OWNED(window_release) struct window fresh = { .run = run };
    struct ajar_report *refusal = NULL;

    if (!proposal_check_direction(plan, options->toward, err) || !check_names(plan, options, err) ||
        !selection_make(plan, &all, &selection, err) || !set_end(&fresh, plan, options, err) ||
        !check_rules(&fresh, plan, saved, options, err) ||
        !run_write_journal(run, JOURNAL_MAY_BE_NEW, err) || !run_check_clock(run, err) ||
        (saved && !saved_check_unused(run, saved, err)) ||
        !proposal_make(run, &selection, options->toward, &fresh, err) ||
        !guard_check_steps(run, &fresh.steps, NULL, err) ||
        !proposal_read(&fresh, &selection, saved != NULL, err) ||
        !verdict_any_readable(&fresh, err) || !verdict_trustworthy(&fresh, err) ||
        !compare(saved, &fresh, &refusal, err))
        return false;
    if (!refusal)
        return apply_read(&fresh, plan, saved, options, ret_report, err);
    *ret_report = refusal;
    return true;
}

bool ajar_apply(struct ajar_run *run, const struct ajar_plan *plan,
                const struct ajar_apply_options *options, struct ajar_report **ret_report,
                struct ajar_error *err)
{
    return apply(run, plan, NULL, options, ret_report, err);
}

bool ajar_apply_saved(struct ajar_run *run, const struct ajar_saved *saved,
                      const struct ajar_apply_options *options, struct ajar_report **ret_report,
                      struct ajar_error *err)
{
    struct ajar_apply_options same_way = *options;

    same_way.toward = saved->about.toward;
    return apply(run, saved->plan, saved, &same_way, ret_report, err);
}
