/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is claimed: by the journal after each step, and by a command that ended.
 */
#include "property/forest.h"
#include "property/model.h"

#include <string.h>

static const struct model *model_of(void)
{
    return &history->model;
}

static const struct value *live_of(int thing)
{
    return &history->forest.things[thing];
}

/* ------------------------------------------------------------------ after each step */

static void judge_claim(const struct told_window *window, const struct told_change *change)
{
    if (change->state == CHANGE_APPLIED && !change->touched &&
        !value_same(live_of(change->thing), &change->wanted))
        violated("%s: %s is recorded as applied, is %s, and nobody touched it", window->id,
                 forest_say(change->thing), value_say(live_of(change->thing)));
}

/* What a window wrote, it still lists. */
static void judge_listed(int thing)
{
    int writer = model_of()->things[thing].writer;
    const struct told_window *window;

    if (writer < 0)
        return;
    window = &model_of()->windows[writer];
    for (int i = 0; i < window->count; i++) {
        const struct told_change *change = &window->changes[i];

        if (change->thing == thing && window->state != WINDOW_CLOSED &&
            (change->state != CHANGE_RESTORED || value_same(&change->before, &change->wanted)))
            return;
    }
    violated("%s was opened by %s, which does not list it any more", forest_say(thing), window->id);
}

void model_judge_claims(void)
{
    for (int i = 0; i < model_of()->window_count; i++) {
        const struct told_window *window = &model_of()->windows[i];

        for (int j = 0; j < window->count; j++) {
            if (window->changes[j].thing != NO_THING)
                judge_claim(window, &window->changes[j]);
        }
    }
    for (int thing = 0; thing < THINGS; thing++)
        judge_listed(thing);
}

/* ------------------------------------------------------------------ how a command ended */

struct tally {
    int applied;
    int restored; /* or kept */
    int conflicts;
    int begun; /* intended or restoring */
    int troubled;
    int touched;
};

static struct tally tally(const struct told_window *window)
{
    struct tally tally = { 0 };

    for (int i = 0; window && i < window->count; i++) {
        const struct told_change *change = &window->changes[i];

        tally.touched += change->touched ? 1 : 0;
        if (change->state == CHANGE_APPLIED)
            tally.applied++;
        else if (change->state == CHANGE_RESTORED || change->kept)
            tally.restored++;
        else if (change->state == CHANGE_CONFLICT)
            tally.conflicts++;
        else if (change->state == CHANGE_INTENDED || change->state == CHANGE_RESTORING)
            tally.begun++;
        else
            tally.troubled++;
    }
    return tally;
}

static bool is_seen_as(const struct planned *planned)
{
    const struct known_thing *known = &model_of()->things[planned->thing];

    return known->seen_in == model_of()->command && value_same(&known->seen, &planned->wanted);
}

static bool is_all_as_wanted(const struct plan_model *plan)
{
    for (int i = 0; i < plan->count; i++) {
        if (plan->changes[i].thing != NO_THING && !is_seen_as(&plan->changes[i]))
            return false;
    }
    return true;
}

/* Is a thing of the plan another window's? */
static bool is_held(const struct plan_model *plan, int own)
{
    for (int i = 0; i < model_of()->window_count; i++) {
        const struct told_window *window = &model_of()->windows[i];

        for (int j = 0; window->plan != own && window->state != WINDOW_CLOSED && j < window->count;
             j++) {
            const struct told_change *change = &window->changes[j];

            for (int k = 0; k < plan->count; k++) {
                if (plan->changes[k].target == change->target &&
                    plan->changes[k].thing == change->thing && change->state != CHANGE_RESTORED &&
                    !change->kept)
                    return true;
            }
        }
    }
    return false;
}

/* What it has written, it has put back. */
static void judge_nothing_done(const char *command)
{
    for (int i = 0; i < THINGS; i++) {
        const struct known_thing *known = &model_of()->things[i];

        if (known->written_in == model_of()->command && !value_same(live_of(i), &known->origin) &&
            known->touched_at <= known->seen_at)
            violated("%s says that nothing was changed, and %s was", command, forest_say(i));
    }
}

/* A command that ended left nothing in the middle, unless it was told to stop, or could not
 * record. */
static void judge_finished(const struct told_window *window, enum ajar_exit exit)
{
    if (window && tally(window).begun > 0 && exit == AJAR_EXIT_DONE)
        violated("%s is said to be done, and something in it has only begun", window->id);
    if (window && tally(window).begun > 0 && !model_of()->disturbed && model_of()->commits > 0 &&
        tally(window).touched == 0)
        violated("%s: something has only begun, and nothing went wrong", window->id);
}

void model_judge_plan(const struct plan_model *plan, enum ajar_exit exit)
{
    if (model_of()->landed > 0 || model_of()->commits > 0)
        violated("plan has written");
    if (exit == AJAR_EXIT_DONE && !is_all_as_wanted(plan))
        violated("plan finds nothing to do, and there is");
    if (exit == AJAR_EXIT_PENDING && is_all_as_wanted(plan))
        violated("plan finds something to do, and there is nothing");
    if (exit != AJAR_EXIT_DONE && exit != AJAR_EXIT_PENDING && !model_of()->disturbed)
        violated("plan ends with %d, and nothing went wrong", (int)exit);
}

static void judge_open(const struct told_window *window, const char *command)
{
    if (window->state != WINDOW_OPEN || tally(window).applied != window->count)
        violated("%s says that all is open, and %s is %s, with %d of %d", command, window->id,
                 window_state_name(window->state), tally(window).applied, window->count);
}

static void judge_conflict(const struct told_window *window, const char *command, bool held)
{
    if (held || (window && (model_is_closing(window) || tally(window).touched > 0)))
        return;
    violated("%s speaks of a conflict, and nobody else changed anything", command);
}

/* Something failed, is not known, has only begun, or could not be read; or the end is missing. */
static bool is_partly(const struct told_window *window)
{
    if (window->state != WINDOW_OPEN && window->state != WINDOW_CLOSED)
        return true;
    for (int i = 0; i < window->count; i++) {
        if (model_of()->failed_in[window->changes[i].target] == model_of()->command)
            return true;
    }
    return tally(window).begun + tally(window).troubled > 0;
}

static void judge_exit(const struct told_window *window, enum ajar_exit exit, const char *command,
                       bool held)
{
    switch ((int)exit) {
    case AJAR_EXIT_FAILED:
        judge_nothing_done(command);
        break;
    case AJAR_EXIT_PARTLY:
        if (!window || !is_partly(window))
            violated("%s says that it is done in part, and nothing is left", command);
        break;
    case AJAR_EXIT_CONFLICT:
        judge_conflict(window, command, held);
        break;
    case AJAR_EXIT_OVERDUE:
        if (!window || !model_is_overdue(window))
            violated("%s says that a window is overdue, and none is", command);
        break;
    case AJAR_EXIT_INTERRUPTED:
        if (!history->forest.stopped)
            violated("%s says that it was interrupted, and it was not", command);
        break;
    case AJAR_EXIT_DONE:
        break;
    default:
        violated("%s ends with %d", command, (int)exit);
    }
}

/* Neither is anything opened while this host's clock is behind, nor when there is no time left. */
static bool is_out_of_time(const struct told_window *window)
{
    return model_is_behind() || (window && window->until > 0 && model_now() + 60 > window->until);
}

void model_judge_apply(int plan, enum ajar_exit exit)
{
    const struct told_window *window = model_find_open(plan);
    bool held = is_held(&history->plans[plan], plan);

    judge_finished(window, exit);
    judge_exit(window, exit, "apply", held);
    if (exit == AJAR_EXIT_DONE && window)
        judge_open(window, "apply");
    if (exit == AJAR_EXIT_DONE && !is_all_as_wanted(&history->plans[plan]))
        violated("apply says that all is as wanted, and it was not seen to be");
    if (exit != AJAR_EXIT_DONE && !model_of()->disturbed && !held && !is_out_of_time(window) &&
        !(window && (model_is_closing(window) || tally(window).touched > 0)))
        violated("apply ends with %d, and nothing went wrong", (int)exit);
}

static void judge_closed(const struct told_window *window, const char *command)
{
    if (window->state != WINDOW_CLOSED || tally(window).restored != window->count)
        violated("%s says that all is closed, and %s is %s, with %d of %d", command, window->id,
                 window_state_name(window->state), tally(window).restored, window->count);
}

void model_judge_rollback(const struct told_window *window, enum ajar_exit exit)
{
    if (!window) {
        if (exit != AJAR_EXIT_FAILED && exit != AJAR_EXIT_USAGE)
            violated("rollback of nothing ends with %d", (int)exit);
        return;
    }
    judge_finished(window, exit);
    judge_exit(window, exit, "rollback", false);
    if (exit == AJAR_EXIT_DONE)
        judge_closed(window, "rollback");
    else if (!model_of()->disturbed && tally(window).touched == 0)
        violated("rollback ends with %d, and nothing went wrong", (int)exit);
}

void model_judge_resume(const struct told_window *window, enum ajar_exit exit)
{
    if (!window || model_is_closing(window) || window->state == WINDOW_CLOSED) {
        model_judge_rollback(window, exit);
        return;
    }
    judge_finished(window, exit);
    judge_exit(window, exit, "resume", false);
    if (exit == AJAR_EXIT_DONE)
        judge_open(window, "resume");
    else if (!model_of()->disturbed && tally(window).touched == 0 && !is_out_of_time(window))
        violated("resume ends with %d, and nothing went wrong", (int)exit);
}

static bool is_extendable(const struct told_window *before, int64_t until)
{
    return before->state != WINDOW_CLOSED && !model_is_closing(before) && until > before->until &&
           until > model_now();
}

void model_judge_extend(const struct told_window *window, const struct told_window *before,
                        int64_t until, enum ajar_exit exit)
{
    bool done = window && window->until == until && window->state == before->state;

    if (model_of()->landed > 0)
        violated("extend has written");
    if (exit == AJAR_EXIT_DONE && (!done || !is_extendable(before, until)))
        violated("extend says that the window ends later, and it does not or must not");
    if (exit != AJAR_EXIT_DONE && window && window->until != before->until)
        violated("extend ends with %d, and the window ends later", (int)exit);
    if (exit != AJAR_EXIT_DONE && window && !model_of()->disturbed && !model_is_behind() &&
        is_extendable(before, until))
        violated("extend ends with %d, and nothing went wrong", (int)exit);
}

void model_judge_close_due(enum ajar_exit exit)
{
    bool left = false;
    bool excused = model_of()->disturbed;

    for (int i = 0; i < model_of()->window_count; i++) {
        const struct told_window *window = &model_of()->windows[i];
        const struct tally now = tally(window);

        if (!window->due || window->state == WINDOW_CLOSED)
            continue;
        left = true;
        excused = excused || now.touched + now.troubled > 0;
    }
    if (exit == AJAR_EXIT_DONE && left)
        violated("close-due says that all is closed, and something is due");
    if (exit != AJAR_EXIT_DONE && !excused)
        violated("close-due ends with %d, and nothing went wrong", (int)exit);
    if (exit == AJAR_EXIT_FAILED)
        judge_nothing_done("close-due");
}

/* ------------------------------------------------------------------ status */

static const struct ajar_window *find_reported(const struct ajar_report *report, const char *id)
{
    for (size_t i = 0; i < report->count; i++) {
        if (strcmp(report->windows[i].id, id) == 0)
            return &report->windows[i];
    }
    return NULL;
}

static void judge_reported_change(const struct told_window *window, const struct ajar_change *told)
{
    for (int i = 0; i < window->count; i++) {
        const struct told_change *change = &window->changes[i];
        const char *word = change->kept ? "kept" : change_state_name(change->state);

        if (strcmp(change->setting, told->setting) != 0 ||
            strcmp(forest_names[change->target], told->target) != 0)
            continue;
        if (strcmp(word, told->state) != 0)
            violated("status says that %s on %s is %s, and it is %s", told->setting, told->target,
                     told->state, word);
        return;
    }
    violated("status tells of %s on %s, which is not in %s", told->setting, told->target,
             window->id);
}

static void judge_reported(const struct told_window *window, const struct ajar_window *told)
{
    if (strcmp(told->state, window_state_name(window->state)) != 0)
        violated("status says that %s is %s, and it is %s", window->id, told->state,
                 window_state_name(window->state));
    if (told->overdue != model_is_overdue(window))
        violated("status says that %s is%s overdue", window->id, told->overdue ? "" : " not");
    if ((int)told->count != window->count)
        violated("status tells of %zu changes of %s, and it has %d", told->count, window->id,
                 window->count);
    for (size_t i = 0; i < told->count; i++)
        judge_reported_change(window, &told->changes[i]);
}

static void judge_status_exit(const struct ajar_report *report, bool overdue, bool unfinished)
{
    if (overdue != (report->exit == AJAR_EXIT_OVERDUE))
        violated("a window is%s overdue, and status ends with %d", overdue ? "" : " not",
                 (int)report->exit);
    if (!overdue &&
        unfinished != (report->exit == AJAR_EXIT_PARTLY || report->exit == AJAR_EXIT_CONFLICT))
        violated("a window is%s unfinished, and status ends with %d", unfinished ? "" : " not",
                 (int)report->exit);
    if (!overdue && !unfinished && report->exit != AJAR_EXIT_DONE)
        violated("all is well, and status ends with %d", (int)report->exit);
}

void model_judge_status(const struct ajar_report *report)
{
    bool overdue = false;
    bool unfinished = false;
    size_t open = 0;

    for (int i = 0; i < model_of()->window_count; i++) {
        const struct told_window *window = &model_of()->windows[i];
        const struct ajar_window *told = find_reported(report, window->id);

        if (!told && window->state != WINDOW_CLOSED)
            violated("status does not tell of %s", window->id);
        if (!told)
            continue;
        open++;
        judge_reported(window, told);
        overdue = overdue || model_is_overdue(window);
        unfinished = unfinished || (window->state != WINDOW_CLOSED && window->state != WINDOW_OPEN);
    }
    if (open != report->count)
        violated("status tells of %zu windows, and there are %zu", report->count, open);
    judge_status_exit(report, overdue, unfinished);
    if (model_of()->landed > 0 || model_of()->commits > 0)
        violated("status has written");
}
