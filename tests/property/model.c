/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What happens in the world, judged as it happens.
 */
#include "property/model.h"

#include "property/forest.h"

#include <string.h>

static struct model *model_of(void)
{
    return &history->model;
}

void model_begin(void)
{
    struct model *model = model_of();

    for (int i = 0; i < THINGS; i++) {
        model->things[i].start = history->forest.things[i];
        model->things[i].rest = history->forest.things[i];
        model->things[i].writer = -1;
    }
}

void model_begin_command(unsigned permissions)
{
    struct model *model = model_of();

    model->command++;
    model->began = model_now();
    model->landed = 0;
    model->commits = 0;
    model->permissions = permissions;
    model->disturbed = false;
    for (int i = 0; i < model->window_count; i++) {
        struct told_window *window = &model->windows[i];

        window->due = model_is_overdue(window) || model_is_closing(window);
    }
}

int64_t model_now(void)
{
    int64_t now = history->forest.now;

    return now > model_of()->last_commit ? now : model_of()->last_commit;
}

bool model_is_behind(void)
{
    return history->forest.now < model_of()->last_commit;
}

bool model_is_closing(const struct told_window *window)
{
    return window->state == WINDOW_CLOSING || window->state == WINDOW_PARTLY_CLOSED;
}

bool model_is_overdue(const struct told_window *window)
{
    return window->state != WINDOW_CLOSED && window->until > 0 && model_now() > window->until;
}

struct told_window *model_find_open(int plan)
{
    struct model *model = model_of();

    for (int i = 0; i < model->window_count; i++) {
        if (model->windows[i].plan == plan && model->windows[i].state != WINDOW_CLOSED)
            return &model->windows[i];
    }
    return NULL;
}

size_t model_count_open(void)
{
    const struct model *model = model_of();
    size_t count = 0;

    for (int i = 0; i < model->window_count; i++)
        count += model->windows[i].state != WINDOW_CLOSED ? 1 : 0;
    return count;
}

void model_is_disturbed(void)
{
    model_of()->disturbed = true;
}

void model_fails(int target)
{
    model_of()->failed_in[target] = model_of()->command;
    model_is_disturbed();
}

void model_sees(int thing, const struct value *value)
{
    struct known_thing *known = &model_of()->things[thing];

    if (history->forest.dead)
        return; /* nobody is there to learn of it */
    known->seen = *value;
    known->seen_in = model_of()->command;
    known->seen_at = ++model_of()->happened;
}

/* For all windows but `writer`, somebody else changes the thing. */
static void note_touch(int thing, int writer)
{
    struct model *model = model_of();

    for (int i = 0; i < model->window_count; i++) {
        struct told_window *window = &model->windows[i];

        for (int j = 0; i != writer && j < window->count; j++) {
            struct told_change *change = &window->changes[j];

            if (change->thing == thing && change->has_before)
                change->touched = true;
        }
    }
}

void model_touches(int thing, const struct value *value)
{
    struct known_thing *known = &model_of()->things[thing];

    known->rest = *value;
    known->foreign = true;
    known->touched_at = ++model_of()->happened;
    known->writer = -1;
    note_touch(thing, -1);
}

/* Does the journal, as it is now, say that this write is about to be made? */
static bool opens(const struct told_change *change, const struct value *live,
                  const struct value *to)
{
    return change->state == CHANGE_INTENDED && !change->closing && change->has_before &&
           value_same(&change->wanted, to) && value_same(&change->before, live);
}

static bool closes(const struct told_change *change, const struct value *live,
                   const struct value *to)
{
    return change->state == CHANGE_RESTORING && change->has_before &&
           value_same(&change->before, to) &&
           (value_same(&change->wanted, live) || (model_of()->permissions & MAY_RESTORE));
}

/* In a window that was there before the run, what is undone is still intended. */
static bool undoes(const struct told_change *change, const struct value *live,
                   const struct value *to)
{
    return (model_of()->permissions & MAY_UNDO) && change->state == CHANGE_INTENDED &&
           change->has_before && value_same(&change->before, to) &&
           value_same(&change->wanted, live);
}

static void judge_opening(int window, const struct told_change *change)
{
    const struct told_window *told = &model_of()->windows[window];
    struct known_thing *known = &model_of()->things[change->thing];

    if (!(model_of()->permissions & MAY_OPEN))
        violated("%s is opened by a command that opens nothing", forest_say(change->thing));
    if (told->until > 0 && model_of()->began > told->until)
        violated("%s is opened in a window that is past its end", forest_say(change->thing));
    if (!known->foreign && !value_same(&change->before, &known->rest))
        violated("the baseline of %s is %s, and nobody but ajar made it so",
                 forest_say(change->thing), value_say(&change->before));
    known->writer = window;
}

static void judge_closing(int window, const struct told_change *change)
{
    struct known_thing *known = &model_of()->things[change->thing];

    if (!(model_of()->permissions & (MAY_CLOSE | MAY_UNDO)))
        violated("%s is closed by a command that closes nothing", forest_say(change->thing));
    if ((model_of()->permissions & ONLY_DUE) && !model_of()->windows[window].due)
        violated("%s is closed, and its window is not due", forest_say(change->thing));
    if ((model_of()->permissions & MAY_UNDO) && known->written_in != model_of()->command)
        violated("%s is undone, and the run did not open it", forest_say(change->thing));
    if (!known->foreign && !value_same(&change->before, &known->rest))
        violated("%s is put back to %s, which it never was", forest_say(change->thing),
                 value_say(&change->before));
    known->rest = change->before;
    known->writer = -1;
}

/* Which window's write is it? */
static bool judge_by(int window, int thing, const struct value *live, const struct value *to)
{
    struct told_window *told = &model_of()->windows[window];

    for (int i = 0; i < told->count; i++) {
        const struct told_change *change = &told->changes[i];

        if (change->thing != thing)
            continue;
        if (opens(change, live, to))
            judge_opening(window, change);
        else if (closes(change, live, to) || undoes(change, live, to))
            judge_closing(window, change);
        else
            continue;
        if (history->thorough)
            model_judge_record(told, change);
        return true;
    }
    return false;
}

static void note_origin(int thing, const struct value *live)
{
    struct known_thing *known = &model_of()->things[thing];

    if (known->written_in == model_of()->command)
        return;
    known->written_in = model_of()->command;
    known->origin = *live;
}

void model_judge_write(int thing, const struct value *live, const struct value *from,
                       const struct value *to)
{
    struct model *model = model_of();

    if (!value_same(live, from))
        violated("%s was to be written over %s, and was %s", forest_say(thing), value_say(from),
                 value_say(live));
    for (int i = 0; i < model->window_count; i++) {
        if (!judge_by(i, thing, live, to))
            continue;
        model->landed++;
        model->happened++;
        note_origin(thing, live);
        note_touch(thing, i);
        return;
    }
    violated("%s is written, %s -> %s, and the journal does not say so", forest_say(thing),
             value_say(live), value_say(to));
}

void model_judge_action(int target, const char *setting)
{
    struct model *model = model_of();

    for (int i = 0; i < model->window_count; i++) {
        for (int j = 0; j < model->windows[i].count; j++) {
            const struct told_change *change = &model->windows[i].changes[j];

            if (change->thing == NO_THING && change->target == target && change->acts &&
                strcmp(change->setting, setting) == 0 &&
                (change->state == CHANGE_INTENDED || change->state == CHANGE_RESTORING)) {
                model->landed++;
                return;
            }
        }
    }
    violated("%s is done on %s, and the journal does not say so", setting, forest_names[target]);
}

void model_judge_end(void)
{
    for (int i = 0; i < THINGS; i++) {
        const struct known_thing *known = &model_of()->things[i];
        const struct value *live = &history->forest.things[i];

        if (!value_same(live, &known->rest))
            violated("%s is left as %s; without ajar it would be %s", forest_say(i),
                     value_say(live), value_say(&known->rest));
        if (!known->foreign && !value_same(live, &known->start))
            violated("%s is left as %s; it was %s, and nobody else touched it", forest_say(i),
                     value_say(live), value_say(&known->start));
    }
}
