/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One change a line, grouped by target:
 *
 *     dc1.source.test
 *       + registry allow-password-export  absent → 1
 *
 * The sign says what is to be done, or was: + create, ~ modify, - delete, = nothing to do, ? not
 * known, ! conflict or failed.
 */
#include "view.h"

#include <stdlib.h>
#include <string.h>

enum { WIDEST_PHRASE = 44, LABEL_WIDTH = 12 };

struct columns {
    size_t name;
    size_t phrase;
};

bool view_same(const char *word, const char *other)
{
    return word && strcmp(word, other) == 0;
}

static const char *or_not_known(const char *phrase)
{
    return phrase ? phrase : "not known";
}

bool view_is_done(const struct ajar_window *window)
{
    return (window->toward_closed || window->permanent) && view_same(window->state, "open");
}

bool view_is_conflict(const struct ajar_change *change)
{
    return !change->kept &&
           (change->trouble == AJAR_ECONFLICT || view_same(change->state, "conflict"));
}

static const char *fact(const struct ajar_state *state, const char *name)
{
    for (size_t i = 0; i < state->count; i++) {
        if (strcmp(state->facts[i].name, name) == 0)
            return state->facts[i].value;
    }
    return NULL;
}

bool view_is_unmoved(const struct ajar_change *change)
{
    const struct ajar_state *before = &change->before;
    const struct ajar_state *wanted = &change->wanted;

    if (view_same(change->state, "applied") && view_same(change->action, "none"))
        return true;
    if (!before->known || !wanted->known || before->exists != wanted->exists ||
        before->count != wanted->count)
        return false;
    for (size_t i = 0; i < before->count; i++) {
        if (!view_same(fact(wanted, before->facts[i].name), before->facts[i].value))
            return false;
    }
    return true;
}

enum direction view_direction(const struct ajar_window *window)
{
    return view_same(window->state, "closing") || view_same(window->state, "partly-closed") ||
                   view_same(window->state, "closed")
               ? CLOSING
               : OPENING;
}

static char sign_of_action(const char *action)
{
    if (view_same(action, "create"))
        return '+';
    if (view_same(action, "modify"))
        return '~';
    return view_same(action, "delete") ? '-' : '=';
}

bool view_is_unread(const struct ajar_change *change)
{
    return change->trouble != AJAR_FINE && !change->now.known;
}

/* What became of it: a state that is neither done nor given up is one that nobody knows. */
static char sign_of_result(const struct ajar_change *change)
{
    if (view_same(change->state, "failed"))
        return '!';
    if (change->kept)
        return '=';
    if (view_same(change->state, "applied") || view_same(change->state, "restored"))
        return sign_of_action(change->action);
    return '?';
}

static char sign(const struct ajar_change *change, const struct view_style *style)
{
    if (view_is_conflict(change))
        return '!';
    if (style->states)
        return sign_of_result(change);
    return view_is_unread(change) ? '?' : sign_of_action(change->action);
}

static enum style colour_of(char sign)
{
    switch (sign) {
    case '+':
        return STYLE_GOOD;
    case '~':
    case '?':
        return STYLE_CARE;
    case '-':
    case '!':
        return STYLE_BAD;
    default:
        return STYLE_FAINT;
    }
}

/* Where a closing change starts from: what was seen, and after the deed what the window had put
 * there. */
static const char *closing_from(const struct ajar_change *change)
{
    if (view_same(change->state, "restored") || !change->now.known)
        return or_not_known(view_same(change->state, "restored") ? change->wanted_phrase
                                                                 : change->now_phrase);
    return or_not_known(change->now_phrase);
}

/* To be freed; NULL when there is no memory. */
static char *phrase(const struct ajar_change *change, const struct view_style *style)
{
    const char *from = or_not_known(change->before_phrase);
    const char *to = or_not_known(change->wanted_phrase);
    char *text = NULL;
    int size;

    if (style->direction == CLOSING) {
        to = from;
        from = closing_from(change);
    }
    if (sign(change, style) == '=')
        size = asprintf(&text, "%s (already so)", to);
    else if (strcmp(from, to) == 0 && view_same(change->action, "modify"))
        size = asprintf(&text, "%s (restart)", to); /* an action: nothing else stays the same */
    else
        size = asprintf(&text, "%s → %s", from, to);
    return size < 0 ? NULL : text;
}

static char *name(const struct ajar_change *change)
{
    char *text = NULL;

    return asprintf(&text, "%s %s", change->kind, change->setting) < 0 ? NULL : text;
}

static size_t wider(const struct sink *sink, size_t width, char *owned_text)
{
    size_t own = owned_text ? sink_width(sink, owned_text) : 0;

    free(owned_text);
    return own > width ? own : width;
}

static struct columns measure(const struct sink *sink, const struct ajar_window *window,
                              const struct view_style *style)
{
    struct columns columns = { 0 };

    for (size_t i = 0; i < window->count; i++) {
        columns.name = wider(sink, columns.name, name(&window->changes[i]));
        columns.phrase = wider(sink, columns.phrase, phrase(&window->changes[i], style));
    }
    if (columns.phrase > WIDEST_PHRASE)
        columns.phrase = WIDEST_PHRASE;
    return columns;
}

void view_fact(struct sink *sink, size_t indent, const char *label, const char *text)
{
    if (!text)
        return;
    for (size_t i = 0; i < indent; i++)
        sink_put(sink, STYLE_PLAIN, " ");
    sink_cell(sink, STYLE_FAINT, label, LABEL_WIDTH);
    sink_line(sink, STYLE_PLAIN, text);
}

static void put_line(struct sink *sink, const struct ajar_change *change,
                     const struct view_style *style, const struct columns *columns)
{
    char mark[] = { sign(change, style), '\0' };
    char *named = name(change);
    char *phrased = phrase(change, style);

    sink_put(sink, STYLE_PLAIN, "  ");
    sink_put(sink, colour_of(mark[0]), mark);
    sink_put(sink, STYLE_PLAIN, " ");
    if (named && phrased && style->states) {
        sink_cell(sink, STYLE_PLAIN, named, columns->name);
        sink_cell(sink, STYLE_PLAIN, phrased, columns->phrase);
        sink_put(sink, mark[0] == '!' ? STYLE_BAD : STYLE_PLAIN, change->state);
        if (change->drifted)
            sink_format(sink, STYLE_BAD, ", but it is %s now", or_not_known(change->now_phrase));
    } else if (named && phrased) {
        sink_cell(sink, STYLE_PLAIN, named, columns->name);
        sink_put(sink, STYLE_PLAIN, phrased);
    } else {
        sink->faulty = true;
    }
    sink_end_line(sink);
    free(named);
    free(phrased);
}

static void put_reasons(struct sink *sink, const struct ajar_change *change)
{
    view_fact(sink, 6, "acts on", change->thing);
    view_fact(sink, 6, "takes effect", change->takes_effect);
    view_fact(sink, 6, "why", change->why);
    view_fact(sink, 6, "risk", change->risk);
    view_fact(sink, 6, "reference", change->reference);
}

static void put_conflict(struct sink *sink, const struct ajar_change *change)
{
    view_fact(sink, 6, "before", or_not_known(change->before_phrase));
    view_fact(sink, 6, "wanted", or_not_known(change->wanted_phrase));
    view_fact(sink, 6, "now", or_not_known(change->now_phrase));
}

/* `last_error` is the one that the target's line above showed: a target that does not answer says
 * so once. */
static const char *put_change(struct sink *sink, const struct ajar_change *change,
                              const struct view_style *style, const struct columns *columns,
                              const char *last_error)
{
    bool conflict = view_is_conflict(change);
    /* Ahead of a run, an error on record of a thing that was read by now is history. */
    bool in_trouble = change->error && (style->states || conflict || view_is_unread(change));

    put_line(sink, change, style, columns);
    if (style->reasons && sign(change, style) != '=')
        put_reasons(sink, change);
    else if (in_trouble || conflict)
        view_fact(sink, 6, "acts on", change->thing);
    if (conflict)
        put_conflict(sink, change);
    if (in_trouble && !view_same(last_error, change->error)) {
        view_fact(sink, 6, "error", change->error);
        view_fact(sink, 6, "hint", change->hint);
    }
    view_fact(sink, 6, "note", change->note);
    return change->error;
}

static bool seen_above(const struct ajar_window *window, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (view_same(window->changes[i].target, window->changes[index].target))
            return true;
    }
    return false;
}

void view_changes(struct sink *sink, const struct ajar_window *window,
                  const struct view_style *style)
{
    struct columns columns = measure(sink, window, style);

    for (size_t i = 0; i < window->count; i++) {
        const char *target = window->changes[i].target;
        const char *last_error = NULL;

        if (seen_above(window, i))
            continue;
        sink_line(sink, STYLE_TITLE, target);
        for (size_t j = i; j < window->count; j++) {
            if (view_same(target, window->changes[j].target))
                last_error = put_change(sink, &window->changes[j], style, &columns, last_error);
        }
        sink_end_line(sink);
    }
}
