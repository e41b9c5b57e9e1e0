/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/state.h"

#include "base/text.h"

#include <string.h>

static struct ajar_fact *find(const struct ajar_state *state, const char *name)
{
    for (size_t i = 0; i < state->count; i++) {
        if (strcmp(state->facts[i].name, name) == 0)
            return &state->facts[i];
    }
    return NULL;
}

const char *ajar_state_fact(const struct ajar_state *state, const char *name)
{
    const struct ajar_fact *fact = find(state, name);

    return fact ? fact->value : NULL;
}

static bool replace(struct ajar_fact *fact, const char *value, struct ajar_error *err)
{
    char *copy = text_copy(value);

    if (!copy)
        return ajar_no_memory(err);
    free(fact->value);
    fact->value = copy;
    return true;
}

bool ajar_state_set(struct ajar_state *state, const char *name, const char *value,
                    struct ajar_error *err)
{
    struct ajar_fact *fact = find(state, name);
    struct ajar_fact *more;

    if (fact)
        return replace(fact, value, err);
    more = reallocarray(state->facts, state->count + 1, sizeof(*more));
    if (!more)
        return ajar_no_memory(err);
    state->facts = more;
    fact = &more[state->count];
    *fact = (struct ajar_fact){ .name = text_copy(name), .value = text_copy(value) };
    if (!fact->name || !fact->value) {
        free(fact->name);
        free(fact->value);
        return ajar_no_memory(err);
    }
    state->count++;
    return true;
}

bool ajar_state_copy(const struct ajar_state *source, struct ajar_state *ret_copy,
                     struct ajar_error *err)
{
    struct ajar_state copy = { .known = source->known, .exists = source->exists };

    for (size_t i = 0; i < source->count; i++) {
        if (!ajar_state_set(&copy, source->facts[i].name, source->facts[i].value, err)) {
            ajar_state_release(&copy);
            return false;
        }
    }
    *ret_copy = copy;
    return true;
}

void ajar_state_release(struct ajar_state *state)
{
    for (size_t i = 0; i < state->count; i++) {
        free(state->facts[i].name);
        free(state->facts[i].value);
    }
    free(state->facts);
    *state = (struct ajar_state){ 0 };
}

bool state_same(const struct ajar_state *a, const struct ajar_state *b)
{
    if (a->known != b->known || a->exists != b->exists || a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        const char *value = ajar_state_fact(b, a->facts[i].name);

        if (!value || strcmp(value, a->facts[i].value) != 0)
            return false;
    }
    return true;
}
