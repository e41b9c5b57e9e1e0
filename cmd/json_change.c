/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "glyph.h"
#include "json.h"
#include "owned.h"

#include <ajar/engine.h>

#include <string.h>

static json_t *repaired_text(const char *text)
{
    static const char replacement[] = "\xef\xbf\xbd";
    char *copy = calloc(strlen(text) + 1, 3); /* the replacement is three bytes for one */
    char *end = copy;
    json_t *value;

    if (!copy)
        return NULL;
    while (*text) {
        uint32_t code;
        size_t used = utf8_next(text, &code);
        const char *piece = used ? text : replacement;
        size_t size = used ? used : sizeof(replacement) - 1;

        memcpy(end, piece, size);
        end += size;
        text += used ? used : 1;
    }
    value = json_string(copy);
    free(copy);
    return value;
}

json_t *json_text(const char *text)
{
    json_t *value;

    if (!text)
        return json_null();
    value = json_string(text);
    return value ? value : repaired_text(text);
}

json_t *json_time(int64_t time)
{
    char text[AJAR_TIME_SIZE];

    if (time == 0)
        return json_null();
    ajar_time_text(time, text);
    return json_string(text);
}

bool json_add(json_t *object, const char *name, json_t *owned_value)
{
    return json_object_set_new(object, name, owned_value) == 0;
}

/* A fact of that name would say otherwise. */
static bool is_reserved(const char *fact)
{
    return strcmp(fact, "exists") == 0 || strcmp(fact, "known") == 0;
}

static bool add_facts(json_t *object, const struct ajar_state *state)
{
    bool fine = json_add(object, "exists", json_boolean(state->exists));

    for (size_t i = 0; i < state->count && fine; i++) {
        if (!is_reserved(state->facts[i].name))
            fine = json_add(object, state->facts[i].name, json_text(state->facts[i].value));
    }
    return fine;
}

json_t *json_state(const struct ajar_state *state)
{
    json_t *object = json_object();
    bool fine = state->known ? add_facts(object, state) : json_add(object, "known", json_false());

    if (fine)
        return object;
    json_decref(object);
    return NULL;
}

static json_t *phrases(const struct ajar_change *change)
{
    json_t *object = json_object();

    if (json_add(object, "before", json_text(change->before_phrase)) &&
        json_add(object, "wanted", json_text(change->wanted_phrase)) &&
        json_add(object, "now", json_text(change->now_phrase)))
        return object;
    json_decref(object);
    return NULL;
}

static bool add_texts(json_t *object, const struct ajar_change *change)
{
    const struct {
        const char *name;
        const char *text;
    } members[] = {
        { "setting", change->setting },
        { "kind", change->kind },
        { "target", change->target },
        { "thing", change->thing },
        { "action", change->action },
        { "state", change->state },
        { "takes_effect", change->takes_effect },
        { "waiting", change->waiting },
        { "why", change->why },
        { "risk", change->risk },
        { "reference", change->reference },
        { "trouble", change->trouble == AJAR_FINE ? NULL : ajar_status_name(change->trouble) },
        { "error", change->error },
        { "hint", change->hint },
        { "note", change->note },
        { "moved", change->moved },
    };
    bool fine = true;

    for (size_t i = 0; i < LENGTH(members) && fine; i++)
        fine = json_add(object, members[i].name, json_text(members[i].text));
    return fine;
}

json_t *json_change(const struct ajar_change *change)
{
    json_t *object = json_object();

    if (add_texts(object, change) && json_add(object, "before", json_state(&change->before)) &&
        json_add(object, "wanted", json_state(&change->wanted)) &&
        json_add(object, "now", json_state(&change->now)) &&
        json_add(object, "phrases", phrases(change)) &&
        json_add(object, "evidence", json_state(&change->evidence)) &&
        json_add(object, "drifted", json_boolean(change->drifted)) &&
        json_add(object, "owed", json_time(change->owed)) &&
        json_add(object, "tries", json_integer((json_int_t)change->tries)) &&
        json_add(object, "next", json_time(change->next)))
        return object;
    json_decref(object);
    return NULL;
}

json_t *json_changes(const struct ajar_window *window)
{
    json_t *list = json_array();

    for (size_t i = 0; i < window->count; i++) {
        if (json_array_append_new(list, json_change(&window->changes[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}
