/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A rollback is a plan, too. Each step is read first, then:
 *
 *   the baseline was never read, or
 *   this very run never wrote it     nothing was written: settled
 *   an action that was done          to be done once more
 *   now = before                     nothing to do: restored
 *   now is near before, or is or is
 *   near what is wanted              to be written
 *   anything else                    a conflict: left alone, written over, or kept, as told
 *   could not be read                failed, and stays listed
 */
#include "engine/closing.h"

#include "base/text.h"
#include "engine/debt.h"
#include "engine/notice.h"
#include "engine/perform.h"
#include "engine/verdict.h"

#include <string.h>

bool closing_is_due(const struct step *step)
{
    return change_record_holds(&step->record);
}

static bool is_readable(const struct step *step)
{
    return closing_is_due(step) && !step->postponed && !step->untouched &&
           step->record.before.known;
}

/* Somebody else did what this window was kept from doing: it never saw its own write arrive. */
static bool is_taken(const struct step *step)
{
    return step->record.state == CHANGE_CONFLICT && !step->record.reached.known;
}

/* What could not be put back may be left as it is, if somebody says so. */
static bool is_given_up(const struct step *step, enum ajar_on_conflict on_conflict)
{
    bool tried =
        step->record.closing && (step->record.state == CHANGE_CONFLICT ||
                                 (step_is_action(step) && step->record.state == CHANGE_FAILED));

    return tried && on_conflict == AJAR_CONFLICT_KEEP;
}

enum fate closing_decide(const struct step *step, enum ajar_on_conflict on_conflict)
{
    if (!closing_is_due(step) || step->postponed)
        return FATE_NONE;
    if (!step->record.before.known || step->untouched)
        return FATE_UNTOUCHED;
    if (!step->now.known)
        return FATE_UNREADABLE;
    if (step_is_action(step) ? strcmp(step->record.action, "none") == 0
                             : step_match_before(step) == MATCH_SAME)
        return FATE_RESTORED;
    if (is_given_up(step, on_conflict))
        return FATE_KEEP;
    if (step_is_action(step))
        return FATE_WRITE;
    if (step_match_before(step) == MATCH_NEAR ||
        (step_match_wanted(step) != MATCH_OTHER && !is_taken(step)))
        return FATE_WRITE;
    if (on_conflict == AJAR_CONFLICT_RESTORE)
        return FATE_WRITE;
    return on_conflict == AJAR_CONFLICT_KEEP ? FATE_KEEP : FATE_CONFLICT;
}

static bool note_conflict(struct step *step, struct ajar_error *err)
{
    OWNED(free) char *live = NULL;
    OWNED(free) char *before = NULL;
    OWNED(free) char *wanted = NULL;

    if (!step->provider->phrase(&step->now, &live, err) ||
        !step->provider->phrase(&step->record.before, &before, err) ||
        !step->provider->phrase(&step->record.wanted, &wanted, err))
        return false;
    step->trouble = AJAR_NO_ERROR;
    (void)ajar_fail(&step->trouble, AJAR_ECONFLICT,
                    "%s on %s is %s: neither %s (before) nor %s (this window); someone else "
                    "changed it",
                    step->record.setting, step->record.target, live, before, wanted);
    (void)ajar_hint(&step->trouble, "whoever owns it decides: ajar rollback --on-conflict restore "
                                    "puts the baseline back, keep accepts what is there");
    return true;
}

/* Nobody changed it, but it is not put back: the window never made it so, or could not undo it. */
static void note_left(struct step *step)
{
    step->trouble = AJAR_NO_ERROR;
    (void)ajar_fail(&step->trouble, AJAR_ECONFLICT,
                    step_is_action(step) ? "%s on %s is not done once more"
                                         : "%s on %s stays as the plan wanted it",
                    step->record.setting, step->record.target);
    (void)ajar_hint(&step->trouble, "whoever owns it decides: ajar rollback --on-conflict restore "
                                    "tries to put the baseline back, keep accepts what is there");
}

/* Sets what this run has to do with each step, for the preview. */
static bool preview(struct window *window, enum ajar_on_conflict on_conflict,
                    struct ajar_error *err)
{
    for (size_t i = 0; i < window->steps.count; i++) {
        struct step *step = &window->steps.list[i];
        enum fate fate = closing_decide(step, on_conflict);

        step->action = "none";
        if (fate == FATE_WRITE)
            step->action = step_action(step, &step->now, &step->record.before);
        if (fate != FATE_CONFLICT && fate != FATE_KEEP)
            continue;
        if (step_is_action(step) || step_match_wanted(step) != MATCH_OTHER)
            note_left(step);
        else if (!note_conflict(step, err))
            return false;
    }
    return true;
}

static bool keep(struct window *window, struct step *step, struct ajar_error *err)
{
    OWNED(free) char *note = text_make("%s accepted the present value", window->run->operator_name);

    if (!note)
        return ajar_no_memory(err);
    if (!step_settle(step, window, CLOSING, CHANGE_CONFLICT, err) ||
        !text_replace(&step->record.note, note, err))
        return false;
    step->record.kept = true;
    debt_count(&step->record);
    return true;
}

static bool settle_untouched(struct window *window, struct step *step, struct ajar_error *err)
{
    const char *note = step->untouched ? "it was never begun, so nothing was written"
                                       : "it was never reached, so nothing was written";

    return step_settle(step, window, CLOSING, CHANGE_RESTORED, err) &&
           text_replace(&step->record.note, note, err);
}

/* This window wrote it, so that a host may act by it still, whoever put it back. */
static bool was_open(const struct step *step)
{
    return strcmp(step->record.action, "none") != 0 && step->record.reached.known;
}

static bool settle(struct window *window, struct step *step, enum fate fate, struct ajar_error *err)
{
    switch (fate) {
    case FATE_NONE:
        return true;
    case FATE_UNTOUCHED:
        return settle_untouched(window, step, err);
    case FATE_RESTORED:
        return step_settle(step, window, CLOSING, CHANGE_RESTORED, err) &&
               (!was_open(step) || step_begin_waiting(step, err));
    case FATE_WRITE:
        step->trouble = AJAR_NO_ERROR;
        return step_settle(step, window, CLOSING, CHANGE_RESTORING, err);
    case FATE_CONFLICT:
        return step_settle(step, window, CLOSING, CHANGE_CONFLICT, err);
    case FATE_KEEP:
        return keep(window, step, err);
    case FATE_UNREADABLE:
        return step_settle(step, window, CLOSING, CHANGE_FAILED, err);
    }
    return true;
}

/* In the reverse order of opening: a key that two settings made goes when the last one is gone. */
static bool choose(struct window *window, enum ajar_on_conflict on_conflict, struct step **chosen,
                   size_t *ret_chosen, struct step **changed, size_t *ret_changed,
                   struct ajar_error *err)
{
    size_t chosen_count = 0;
    size_t changed_count = 0;

    for (size_t i = window->steps.count; i > 0; i--) {
        struct step *step = &window->steps.list[i - 1];
        enum fate fate = closing_decide(step, on_conflict);

        if (fate == FATE_NONE)
            continue;
        if (!settle(window, step, fate, err))
            return false;
        changed[changed_count++] = step;
        if (fate == FATE_WRITE)
            chosen[chosen_count++] = step;
    }
    *ret_chosen = chosen_count;
    *ret_changed = changed_count;
    return true;
}

static bool has_note(const struct step *step)
{
    return step->record.state == CHANGE_RESTORED && step->record.note &&
           step->record.before.known && !step->untouched;
}

/* What was in use by another setting of the window may be gone with that one: then there is nothing
 * to note. The steps whose note fell away come out in `changed`. */
static bool look_again(struct window *window, struct step **changed, size_t *ret_changed,
                       struct ajar_error *err)
{
    size_t count = 0;

    if (!steps_observe(window->run, &window->steps, has_note, err)) {
        *err = AJAR_NO_ERROR; /* the note stays: it was true when it was written */
        return true;
    }
    for (size_t i = 0; i < window->steps.count; i++) {
        struct step *step = &window->steps.list[i];

        if (!has_note(step))
            continue;
        step->trouble = AJAR_NO_ERROR; /* it is restored, whether it can be read now or not */
        if (step_match_before(step) != MATCH_SAME)
            continue;
        if (!text_replace(&step->record.note, NULL, err))
            return false;
        changed[count++] = step;
    }
    *ret_changed = count;
    return true;
}

/* How many steps are not closed; each that somebody has to decide about counts more than all others
 * together. */
static size_t weigh(const struct window *window, size_t *ret_due)
{
    size_t due = 0;
    size_t conflicts = 0;

    for (size_t i = 0; i < window->steps.count; i++) {
        const struct step *step = &window->steps.list[i];

        due += closing_is_due(step) ? 1 : 0;
        conflicts += closing_is_due(step) && step->record.state == CHANGE_CONFLICT ? 1 : 0;
    }
    if (ret_due)
        *ret_due = due;
    return due + conflicts * (window->steps.count + 1);
}

/* `changed` has room for as many again as there are steps. A try that changed nothing is no news:
 * `weight` is what there was to close before it. */
static bool commit_end(struct window *window, struct step **changed, size_t changed_count,
                       size_t weight, struct ajar_error *err)
{
    size_t more = 0;
    size_t due = 0;
    OWNED(free) char *subject = NULL;

    if (!look_again(window, changed + changed_count, &more, err))
        return false;
    changed_count = steps_merge(changed, changed_count, more);
    weight -= weigh(window, &due);
    window->record.state = due == 0 ? WINDOW_CLOSED : WINDOW_PARTLY_CLOSED;
    if (due == 0)
        window->record.closed = run_now(window->run);
    subject = text_make("%s: %zu of %zu settings of %s", window_state_name(window->record.state),
                        window->steps.count - due, window->steps.count, window->record.plan);
    if (!subject)
        return ajar_no_memory(err);
    if (!window_commit(window, JOURNAL_CLOSED, subject, NULL, changed, changed_count, err))
        return false;
    if (weight != 0)
        notice_closed(window, window->failures.acted ? window->failures.story : subject);
    return true;
}

static bool commit_closing(struct window *window, struct step *const *changed, size_t count,
                           struct ajar_error *err)
{
    OWNED(free)
    char *subject = window->failures.acted
                        ? failures_describe_undo(&window->failures, window->record.plan)
                        : text_make("closing: %s", window->record.plan);

    return subject ? window_commit(window, JOURNAL_CLOSING, subject, NULL, changed, count, err)
                   : ajar_no_memory(err);
}

/* A try that finds nothing to write takes one commit, not two: it changes nothing elsewhere. */
static bool restore(struct window *window, enum ajar_on_conflict on_conflict,
                    struct ajar_error *err)
{
    OWNED(free) struct step **chosen = calloc(window->steps.count + 1, sizeof(struct step *));
    OWNED(free) struct step **changed = calloc(3 * window->steps.count + 1, sizeof(struct step *));
    bool begun =
        window->record.state == WINDOW_CLOSING || window->record.state == WINDOW_PARTLY_CLOSED;
    size_t weight = begun ? weigh(window, NULL) : SIZE_MAX;
    size_t chosen_count = 0;
    size_t changed_count = 0;
    size_t more = 0;

    if (!chosen || !changed)
        return ajar_no_memory(err);
    window->record.state = WINDOW_CLOSING;
    if (!choose(window, on_conflict, chosen, &chosen_count, changed, &changed_count, err))
        return false;
    if (chosen_count > 0 || !begun) {
        if (!commit_closing(window, changed, changed_count, err))
            return false;
        changed_count = 0;
    }
    if (!perform_all(window, CLOSING, chosen, chosen_count, changed + changed_count, &more, err))
        return false;
    return commit_end(window, changed, steps_merge(changed, changed_count, more), weight, err);
}

bool closing_is_done(const struct window *window)
{
    for (size_t i = 0; i < window->steps.count; i++) {
        if (closing_is_due(&window->steps.list[i]))
            return false;
    }
    return window->record.state == WINDOW_CLOSED;
}

bool closing_perform(struct window *window, enum ajar_on_conflict on_conflict, bool ask,
                     struct ajar_error *err)
{
    return steps_observe(window->run, &window->steps, is_readable, err) &&
           verdict_any_readable(window, err) && preview(window, on_conflict, err) &&
           (!ask || verdict_confirm(window, err)) && restore(window, on_conflict, err);
}

bool closing_perform_due(struct window *window, struct ajar_error *err)
{
    for (size_t i = 0; i < window->steps.count; i++) {
        struct step *step = &window->steps.list[i];

        step->postponed = debt_next_try(&step->record) > run_now(window->run);
    }
    return steps_observe(window->run, &window->steps, is_readable, err) &&
           preview(window, AJAR_CONFLICT_SKIP, err) && restore(window, AJAR_CONFLICT_SKIP, err);
}
