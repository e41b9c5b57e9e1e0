/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "property/steps.h"

#include "base/cleanup.h"
#include "property/commands.h"
#include "property/forest.h"
#include "property/model.h"

#include <string.h>

/* Nothing, once or twice on the way of a command. */
static void draw_strikes(void)
{
    struct forest *forest = &history->forest;

    memset(forest->strikes, 0, sizeof(forest->strikes));
    for (int i = 0; i < MOST_STRIKES; i++) {
        if (draw(5) > 1)
            continue;
        forest->strikes[i] = (struct strike){
            .blow = draw(2) == 0 ? BLOW_KILL : (enum blow)draw((int)BLOWS),
            .at = 1 + draw(18),
        };
    }
}

static void step_plan(void)
{
    const struct command command = { .name = "plan",
                                     .plan = draw(history->plan_count),
                                     .perform = perform_plan };
    enum ajar_exit exit = AJAR_EXIT_DONE;

    history_note("  plan %d", command.plan);
    model_begin_command(MAY_LOOK);
    if (command_run(&command, &exit))
        model_judge_plan(&history->plans[command.plan], exit);
}

/* What becomes of the rest when a write fails. */
static struct ajar_failure_policy draw_policy(void)
{
    struct ajar_failure_policy policy = { .on_failure = (enum ajar_on_failure)draw(3) };

    if (draw(4) == 0) {
        policy.limited = true;
        policy.tolerated = (unsigned)draw(3);
    }
    if (draw(4) == 0)
        policy.canary = 1;
    return policy;
}

static void step_apply(void)
{
    static const char *const words[] = { "stop", "undo", "continue" };
    const struct command command = { .name = "apply",
                                     .plan = draw(history->plan_count),
                                     .duration = 3600 * (1 + draw(4)),
                                     .failure = draw_policy(),
                                     .perform = perform_apply };
    bool undoes = command.failure.on_failure == AJAR_FAILURE_UNDO;
    enum ajar_exit exit = AJAR_EXIT_DONE;

    history_note("  apply %d, on failure %s%s", command.plan, words[command.failure.on_failure],
                 command.failure.canary ? ", a canary first" : "");
    model_begin_command(undoes ? MAY_OPEN | MAY_UNDO : MAY_OPEN);
    if (command_run(&command, &exit))
        model_judge_apply(command.plan, exit);
}

/* One that is there; a closed one now and then, or the only one that is open. */
static const struct told_window *choose_window(const char **ret_id)
{
    struct model *model = &history->model;
    const struct told_window *window = NULL;

    *ret_id = NULL;
    if (model->window_count == 0)
        return NULL;
    window = &model->windows[draw(model->window_count)];
    for (int i = 0; i < 4 && window->state == WINDOW_CLOSED; i++)
        window = &model->windows[draw(model->window_count)];
    if (window->state == WINDOW_CLOSED || model_count_open() > 1 || draw(2) == 0)
        *ret_id = window->id;
    return window;
}

static void resume(const struct told_window *window, const char *id)
{
    const struct command command = { .name = "resume", .window = id, .perform = perform_resume };
    enum ajar_exit exit = AJAR_EXIT_DONE;

    history_note("  resume %s", window ? window->id : "(none)");
    model_begin_command(MAY_OPEN | MAY_CLOSE);
    if (command_run(&command, &exit))
        model_judge_resume(window, exit);
}

static void step_resume(void)
{
    const char *id = NULL;
    const struct told_window *window = choose_window(&id);

    resume(window, id);
}

static void rollback(const struct told_window *window, const char *id,
                     enum ajar_on_conflict on_conflict)
{
    static const char *const words[] = { "skip", "restore", "keep" };
    static const unsigned permissions[] = { MAY_CLOSE, MAY_CLOSE | MAY_RESTORE,
                                            MAY_CLOSE | MAY_KEEP };
    const struct command command = {
        .name = "rollback", .window = id, .on_conflict = on_conflict, .perform = perform_rollback
    };
    enum ajar_exit exit = AJAR_EXIT_DONE;

    history_note("  rollback %s, %s", window ? window->id : "(none)", words[on_conflict]);
    model_begin_command(permissions[on_conflict]);
    if (command_run(&command, &exit))
        model_judge_rollback(window, exit);
}

static void step_rollback(void)
{
    const char *id = NULL;
    const struct told_window *window = choose_window(&id);

    rollback(window, id, draw(2) == 0 ? AJAR_CONFLICT_SKIP : (enum ajar_on_conflict)draw(3));
}

static void step_live(void)
{
    const struct command command = { .name = "status", .live = true, .perform = perform_status };
    enum ajar_exit exit = AJAR_EXIT_DONE;

    history_note("  status --live");
    model_begin_command(MAY_LOOK);
    (void)command_run(&command, &exit);
    if (history->model.landed > 0)
        violated("status --live has written");
}

static void step_touch(void)
{
    const struct value value = forest_draw_value();

    history_note("  outside");
    forest_touch(draw(THINGS), &value);
}

/* Somebody else undoes, or does, what a window is about. */
static void step_meddle(void)
{
    const struct model *model = &history->model;
    const struct told_window *window;
    const struct told_change *change;

    if (model->window_count == 0)
        return;
    window = &model->windows[draw(model->window_count)];
    change = &window->changes[draw(window->count)];
    if (change->thing == NO_THING)
        return;
    history_note("  outside");
    forest_touch(change->thing,
                 change->has_before && draw(2) == 0 ? &change->before : &change->wanted);
}

static void step_down(void)
{
    int target = draw(TARGETS);

    history_note("  %s goes down", forest_names[target]);
    history->forest.down[target] = true;
}

static void step_up(void)
{
    history_note("  all are up");
    memset(history->forest.down, 0, sizeof(history->forest.down));
}

static void step_restart(void)
{
    int target = draw(3);

    history_note("  %s starts anew", forest_names[target]);
    history->forest.starts[target]++;
}

static void step_wait(void)
{
    int64_t time = draw(2) == 0 ? 1 + draw(4 * 3600) : 1 + draw(1200);

    history_note("  %lld s pass", (long long)time);
    history->forest.now += time;
}

/* A later end; now and then one that is none. */
static void step_extend(void)
{
    struct command command = { .name = "extend", .perform = perform_extend };
    const struct told_window *window = choose_window(&command.window);
    struct told_window before = { .count = 0 };
    enum ajar_exit exit = AJAR_EXIT_DONE;

    if (window)
        before = *window;
    if (draw(3) == 0)
        command.until = model_now() - 1800 + draw(4 * 3600);
    else
        command.duration = 60 + draw(3 * 3600);
    history_note("  extend %s", window ? window->id : "(none)");
    model_begin_command(MAY_EXTEND);
    if (command_run(&command, &exit))
        model_judge_extend(window, &before,
                           command.until ? command.until : before.until + command.duration, exit);
}

static void step_close_due(void)
{
    const struct command command = { .name = "close-due", .perform = perform_close_due };
    enum ajar_exit exit = AJAR_EXIT_DONE;

    history_note("  close-due");
    model_begin_command(MAY_CLOSE | ONLY_DUE);
    if (command_run(&command, &exit))
        model_judge_close_due(exit);
}

static void step_set_clock_back(void)
{
    int64_t time = draw(2) == 0 ? draw(200) : draw(2 * 3600);

    history_note("  the clock is set back by %lld s", (long long)time);
    history->forest.now -= time;
}

/* What a history is made of; a row more is a step more. */
static const struct step_kind {
    int weight;
    void (*perform)(void);
} kinds[] = {
    { 2, step_plan },      { 14, step_apply },         { 8, step_resume }, { 9, step_rollback },
    { 2, step_live },      { 3, step_touch },          { 6, step_meddle }, { 3, step_down },
    { 2, step_up },        { 1, step_restart },        { 4, step_wait },   { 4, step_extend },
    { 5, step_close_due }, { 1, step_set_clock_back },
};

void steps_begin(void)
{
    draw_strikes();
    step_apply();
}

void steps_next(void)
{
    int all = 0;
    int at;

    draw_strikes();
    for (size_t i = 0; i < LENGTH(kinds); i++)
        all += kinds[i].weight;
    at = draw(all);
    for (size_t i = 0; i < LENGTH(kinds); i++) {
        at -= kinds[i].weight;
        if (at < 0) {
            kinds[i].perform();
            return;
        }
    }
}

void steps_close(struct told_window *window)
{
    static const enum ajar_on_conflict ways[] = { AJAR_CONFLICT_SKIP, AJAR_CONFLICT_SKIP,
                                                  AJAR_CONFLICT_KEEP, AJAR_CONFLICT_RESTORE };

    memset(history->forest.strikes, 0, sizeof(history->forest.strikes));
    step_up();
    for (size_t i = 0; i < LENGTH(ways) && window->state != WINDOW_CLOSED; i++) {
        if (i == 0 && draw(2) == 0)
            resume(window, window->id);
        rollback(window, window->id, ways[i]);
        model_judge_claims();
    }
    if (window->state != WINDOW_CLOSED)
        violated("%s cannot be closed", window->id);
}

void steps_ask_status(void)
{
    const struct command command = { .name = "status", .perform = perform_status };
    enum ajar_exit exit = AJAR_EXIT_DONE;

    model_begin_command(MAY_LOOK);
    (void)command_run_in_peace(&command, &exit);
}
