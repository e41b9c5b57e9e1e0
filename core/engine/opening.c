/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/opening.h"

#include "base/text.h"
#include "engine/notice.h"
#include "engine/perform.h"
#include "engine/undo.h"

#include <string.h>

bool opening_is_due(const struct step *step)
{
    const struct change_record *record = &step->record;

    return !record->closing && record->state != CHANGE_APPLIED;
}

bool opening_take_baseline(struct step *step, struct ajar_error *err)
{
    struct change_record *record = &step->record;

    if (record->before.known || !step->now.known)
        return true;
    return ajar_state_copy(&step->now, &record->before, err) &&
           text_replace(&record->action, step_action(step, &record->before, &record->wanted), err);
}

bool opening_spare_actions(struct window *window, struct ajar_error *err)
{
    bool changes = false;

    for (size_t i = 0; i < window->steps.count; i++) {
        const struct step *step = &window->steps.list[i];

        changes = changes || (!step_is_action(step) && strcmp(step->record.action, "none") != 0);
    }
    for (size_t i = 0; i < window->steps.count && !changes; i++) {
        struct step *step = &window->steps.list[i];

        if (step_is_action(step) && !text_replace(&step->record.action, "none", err))
            return false;
    }
    return true;
}

/* An action that has something to do is done, whatever the live state is like. */
static bool is_action_due(const struct step *step)
{
    return step_is_action(step) && strcmp(step->record.action, "none") != 0;
}

bool opening_writes(const struct step *step)
{
    if (!opening_is_due(step) || !step->now.known)
        return false;
    if (step_is_action(step))
        return is_action_due(step);
    return step_match_wanted(step) != MATCH_SAME &&
           (step_match_wanted(step) != MATCH_OTHER || step_match_before(step) != MATCH_OTHER);
}

bool opening_watch_failures(struct window *window, const struct ajar_failure_policy *policy,
                            struct ajar_error *err)
{
    for (size_t i = 0; i < window->steps.count; i++) {
        struct step *step = &window->steps.list[i];

        if (opening_is_due(step) && !opening_take_baseline(step, err))
            return false;
    }
    return failures_watch(&window->failures, policy, &window->steps, opening_writes, err);
}

/* This window was kept from writing it, and now it is as wanted: somebody else did that. It is not
 * the window's, which would take it away again. */
static bool settle_taken(const struct window *window, struct step *step, struct ajar_error *err)
{
    (void)ajar_fail(&step->trouble, AJAR_ECONFLICT,
                    "%s on %s is as wanted, but somebody else made it so", step->record.setting,
                    step->record.target);
    (void)ajar_hint(&step->trouble, "roll back and apply again to take it as it is");
    return step_settle(step, window, OPENING, CHANGE_CONFLICT, err);
}

/* Sets what becomes of a step that is due, as far as it can be said without a write. */
static bool settle(struct window *window, struct step *step, struct ajar_error *err)
{
    if (!step->now.known)
        return step_settle(step, window, OPENING,
                           step->record.state == CHANGE_UNKNOWN ? CHANGE_UNKNOWN : CHANGE_FAILED,
                           err);
    if (opening_writes(step))
        return step_settle(step, window, OPENING, CHANGE_INTENDED, err);
    if (step_is_action(step))
        return step_settle_applied(step, window, err);
    if (step_match_wanted(step) == MATCH_SAME)
        return step->record.state == CHANGE_CONFLICT ? settle_taken(window, step, err)
                                                     : step_settle_applied(step, window, err);
    (void)ajar_fail(&step->trouble, AJAR_ECONFLICT,
                    "%s on %s: someone changed it since it was first read; it was left alone",
                    step->record.setting, step->record.target);
    (void)ajar_hint(&step->trouble,
                    "find out who; put it back by hand and run ajar resume, or roll back");
    return step_settle(step, window, OPENING, CHANGE_CONFLICT, err);
}

/* Settles every step that is due; those that need a write come out in `chosen`. */
static bool choose(struct window *window, struct step **chosen, size_t *ret_chosen,
                   struct step **changed, size_t *ret_changed, struct ajar_error *err)
{
    size_t chosen_count = 0;
    size_t changed_count = 0;

    for (size_t i = 0; i < window->steps.count; i++) {
        struct step *step = &window->steps.list[i];

        if (!opening_is_due(step))
            continue;
        changed[changed_count++] = step;
        if (!opening_take_baseline(step, err) || !settle(window, step, err))
            return false;
        if (step->record.state == CHANGE_INTENDED)
            chosen[chosen_count++] = step;
    }
    *ret_chosen = chosen_count;
    *ret_changed = changed_count;
    return true;
}

/* The canaries alone, with their actions; then the rest. `changed` has room for three times the
 * steps: what the rest comes to is gathered behind the canaries'. */
static bool write_all(struct window *window, struct step **chosen, size_t count,
                      struct step **changed, size_t *ret_changed, struct ajar_error *err)
{
    struct failures *failures = &window->failures;
    size_t canaries = 0;
    size_t before = 0;
    size_t after = 0;
    bool ok;

    if (!failures_put_canaries_first(failures, chosen, count, &canaries, err))
        return false;
    failures->gate = true;
    ok = canaries == 0 || perform_all(window, OPENING, chosen, canaries, changed, &before, err);
    failures->gate = false;
    if (!ok || !perform_all(window, OPENING, chosen + canaries, count - canaries, changed + before,
                            &after, err))
        return false;
    *ret_changed = steps_merge(changed, before, after);
    return true;
}

/* What the rule left alone says why. It comes out behind the `count` steps in `changed`. */
static bool note_left(const struct window *window, struct step *const *chosen, size_t chosen_count,
                      struct step **changed, size_t *count, struct ajar_error *err)
{
    OWNED(free) char *failed = failures_describe(&window->failures);
    OWNED(free) char *note = failed ? text_make("not begun: %s failed", failed) : NULL;
    size_t left = 0;

    if (!window->failures.acted)
        return true;
    if (!note)
        return ajar_no_memory(err);
    for (size_t i = 0; i < chosen_count; i++) {
        if (chosen[i]->begun || chosen[i]->record.state != CHANGE_INTENDED)
            continue;
        if (!text_replace(&chosen[i]->record.note, note, err))
            return false;
        changed[*count + left++] = chosen[i];
    }
    *count = steps_merge(changed, *count, left);
    return true;
}

static size_t count_applied(const struct window *window)
{
    size_t applied = 0;

    for (size_t i = 0; i < window->steps.count; i++)
        applied += window->steps.list[i].record.state == CHANGE_APPLIED ? 1 : 0;
    return applied;
}

/* For a subject: how long it is so. To be freed. */
static char *describe_end(const struct window_record *record)
{
    if (record->permanent)
        return text_copy("to stay: a repair");
    if (record->toward_closed)
        return text_copy("toward the safe state");
    return text_make("until %s", clock_write_time(record->until).at);
}

/* What the window is at the end, in a commit of its own, with what its changes now wait for; and
 * what follows from it. */
static bool conclude(struct window *window, struct step *const *changed, size_t count, bool is_new,
                     struct ajar_error *err)
{
    size_t applied = count_applied(window);
    OWNED(free) char *until = describe_end(&window->record);
    OWNED(free) char *subject = NULL;

    if (!until)
        return ajar_no_memory(err);
    window->record.state = applied == window->steps.count ? WINDOW_OPEN : WINDOW_PARTLY_OPEN;
    subject =
        text_make("%s: %zu of %zu settings of %s, %s", window_state_name(window->record.state),
                  applied, window->steps.count, window->record.plan, until);
    if (!subject)
        return ajar_no_memory(err);
    if (!window_commit(window, JOURNAL_APPLIED, subject, NULL, changed, count, err))
        return false;
    if (undo_is_due(window))
        return undo_perform(window, is_new, err);
    notice_opened(window, window->failures.acted ? window->failures.story : subject);
    return true;
}

bool opening_conclude(struct window *window, struct ajar_error *err)
{
    return !window->record.id || window->record.state != WINDOW_OPENING ||
           conclude(window, NULL, 0, false, err);
}

bool opening_perform(struct window *window, enum journal_event_kind kind, const char *subject,
                     const char *plan_text, struct ajar_error *err)
{
    OWNED(free) struct step **chosen = calloc(window->steps.count + 1, sizeof(struct step *));
    OWNED(free) struct step **changed = calloc(3 * window->steps.count + 1, sizeof(struct step *));
    size_t chosen_count = 0;
    size_t changed_count = 0;

    if (!chosen || !changed)
        return ajar_no_memory(err);
    window->record.state = WINDOW_OPENING;
    return choose(window, chosen, &chosen_count, changed, &changed_count, err) &&
           window_commit(window, kind, subject, plan_text, changed, changed_count, err) &&
           write_all(window, chosen, chosen_count, changed, &changed_count, err) &&
           note_left(window, chosen, chosen_count, changed, &changed_count, err) &&
           conclude(window, changed, changed_count, plan_text != NULL, err);
}
