/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * In a window that is older than the run, a change cannot be restored: that is the way back, from
 * which none leads to the way in, and the window is to be opened further one day. What was written
 * becomes `intended` again, ahead of the write that puts it back, and stays so when that is done:
 * its baseline is recorded and holds. Whoever is killed in between leaves what a killed apply
 * leaves; resume and rollback look first.
 *
 *   intended (in the journal)  →  written, read back  →  intended, with a note    it was put back
 *                                                        failed, unknown, conflict
 */
#include "engine/undo.h"

#include "base/text.h"
#include "engine/closing.h"
#include "engine/notice.h"
#include "engine/perform.h"

#include <string.h>

bool undo_is_due(const struct window *window)
{
    const struct failures *failures = &window->failures;

    return failures->acted && failures->rule == AJAR_FAILURE_UNDO &&
           !run_is_interrupted(window->run);
}

/* The operator may stop it before it has begun: the window is then what the opening left. */
static bool forgive_stop(struct window *window, bool ok, struct ajar_error *err)
{
    window->failures.undone = ok;
    if (ok || err->status != AJAR_EINTERRUPTED || !run_is_interrupted(window->run))
        return ok;
    *err = AJAR_NO_ERROR;
    notice_add(window, NOTICE_FAILED, window->failures.story);
    return true;
}

static bool take_back_all(struct window *window, struct ajar_error *err)
{
    for (size_t i = 0; i < window->steps.count; i++) {
        struct step *step = &window->steps.list[i];

        step->untouched = !step->begun;
        if (step->untouched)
            step->trouble = AJAR_NO_ERROR;
    }
    return forgive_stop(window, closing_perform_due(window, err), err);
}

static bool was_begun(const struct step *step)
{
    return step->begun;
}

/* Somebody else's now, or out of reach: the record stays as it is. */
static void leave(struct step *step, enum fate fate)
{
    if (fate == FATE_CONFLICT)
        (void)ajar_fail(&step->trouble, AJAR_ECONFLICT,
                        "%s on %s was not put back: someone else changed it meanwhile",
                        step->record.setting, step->record.target);
}

static bool settle_unwritten(struct window *window, struct step *step, struct ajar_error *err)
{
    step->undone = true;
    return step_settle(step, window, UNDOING, CHANGE_INTENDED, err) &&
           text_replace(&step->record.note, "it is as before, though the run failed", err);
}

/* Those that have to be written come out in `chosen`; all that are to be recorded, in `changed`. */
static bool choose(struct window *window, struct step **chosen, size_t *ret_chosen,
                   struct step **changed, size_t *ret_changed, struct ajar_error *err)
{
    size_t chosen_count = 0;
    size_t changed_count = 0;

    for (size_t i = window->steps.count; i > 0; i--) {
        struct step *step = &window->steps.list[i - 1];
        enum fate fate = step->begun ? closing_decide(step, AJAR_CONFLICT_SKIP) : FATE_NONE;

        if (fate != FATE_WRITE && fate != FATE_RESTORED) {
            leave(step, fate);
            continue;
        }
        step->trouble = AJAR_NO_ERROR;
        if (fate == FATE_WRITE ? !step_settle(step, window, UNDOING, CHANGE_INTENDED, err)
                               : !settle_unwritten(window, step, err))
            return false;
        changed[changed_count++] = step;
        if (fate == FATE_WRITE)
            chosen[chosen_count++] = step;
    }
    *ret_chosen = chosen_count;
    *ret_changed = changed_count;
    return true;
}

static bool commit_end(struct window *window, struct step *const *changed, size_t count,
                       struct ajar_error *err)
{
    OWNED(free)
    char *subject = text_make(
        "%s: %zu of %zu changes of this run were put back", window_state_name(window->record.state),
        steps_count_undone(&window->steps), steps_count_begun(&window->steps));

    if (!subject)
        return ajar_no_memory(err);
    if (!window_commit(window, JOURNAL_APPLIED, subject, NULL, changed, count, err))
        return false;
    notice_add(window, NOTICE_UNDONE, window->failures.story);
    return true;
}

static bool take_back_own(struct window *window, const char *subject, struct ajar_error *err)
{
    OWNED(free) struct step **chosen = calloc(window->steps.count + 1, sizeof(struct step *));
    OWNED(free) struct step **changed = calloc(2 * window->steps.count + 1, sizeof(struct step *));
    size_t chosen_count = 0;
    size_t changed_count = 0;

    if (!chosen || !changed)
        return ajar_no_memory(err);
    if (!steps_observe(window->run, &window->steps, was_begun, err))
        return forgive_stop(window, false, err);
    window->failures.undone = true;
    window->record.state = WINDOW_PARTLY_OPEN;
    return choose(window, chosen, &chosen_count, changed, &changed_count, err) &&
           window_commit(window, JOURNAL_APPLIED, subject, NULL, changed, changed_count, err) &&
           perform_all(window, UNDOING, chosen, chosen_count, changed, &changed_count, err) &&
           commit_end(window, changed, changed_count, err);
}

bool undo_perform(struct window *window, bool is_new, struct ajar_error *err)
{
    OWNED(free) char *subject = failures_describe_undo(&window->failures, window->record.plan);

    if (!subject)
        return ajar_no_memory(err);
    run_tell(window->run, NULL, "%s", subject);
    return is_new ? take_back_all(window, err) : take_back_own(window, subject, err);
}
