/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/attribute_state.h"

#include "base/text.h"
#include "model/state.h"
#include "model/value.h"

#include <stdio.h>
#include <string.h>

/* The word for a value that is not there. */
static const char absent[] = "absent";

/* `text`: the bits, or the character. */
static bool set_part(const struct attribute_part *part, const char *text, struct ajar_state *state,
                     struct ajar_error *err)
{
    char what[BITS_TEXT_SIZE];

    if (part->form == ATTRIBUTE_BITS) {
        bits_format(part->mask, what);
        return ajar_state_set(state, "mask", what, err) && ajar_state_set(state, "bits", text, err);
    }
    (void)snprintf(what, sizeof(what), "%zu", part->position);
    return ajar_state_set(state, "position", what, err) &&
           ajar_state_set(state, "character", text, err);
}

static bool is_text(const struct bytes *value)
{
    for (size_t i = 0; i < value->size; i++) {
        if (value->at[i] < ' ' || value->at[i] == 0x7f)
            return false;
    }
    return value->size > 0 && text_is_utf8((const char *)value->at, value->size);
}

static bool set_value(const struct bytes *value, struct ajar_state *state, struct ajar_error *err)
{
    OWNED(free) char *text = NULL;

    if (!is_text(value))
        return bytes_to_hex(value->at, value->size, &text, err) &&
               ajar_state_set(state, "data", text, err);
    text = text_copy_bytes((const char *)value->at, value->size);
    if (!text)
        return ajar_no_memory(err);
    return ajar_state_set(state, "value", text, err);
}

static bool add_part(const struct attribute_part *part, struct ajar_state *state,
                     struct ajar_error *err)
{
    char text[BITS_TEXT_SIZE];

    if (ajar_state_fact(state, "data"))
        return ajar_fail(err, AJAR_ECONFLICT, "the value is no text");
    return attribute_part_of(part, ajar_state_fact(state, "value"), text, err) &&
           set_part(part, text, state, err);
}

bool attribute_state_read(const struct attribute_part *part, const struct bytes *value,
                          struct ajar_state *ret_state, struct ajar_error *err)
{
    OWNED(ajar_state_release)
    struct ajar_state state = { .known = true, .exists = value != NULL };

    if ((value && !set_value(value, &state, err)) ||
        (part->form != ATTRIBUTE_VALUE && !add_part(part, &state, err)))
        return false;
    *ret_state = state;
    state = (struct ajar_state){ 0 };
    return true;
}

bool attribute_state_wish(const struct attribute_part *part, const char *said,
                          struct ajar_state *ret_state, struct ajar_error *err)
{
    OWNED(ajar_state_release) struct ajar_state state = { .known = true, .exists = true };
    const struct bytes value = { (uint8_t *)(uintptr_t)said, strlen(said) };

    if (part->form != ATTRIBUTE_VALUE) {
        if (!set_part(part, said, &state, err))
            return false;
    } else {
        state.exists = strcmp(said, absent) != 0;
        if (state.exists && !set_value(&value, &state, err))
            return false;
    }
    *ret_state = state;
    state = (struct ajar_state){ 0 };
    return true;
}

bool attribute_state_wish_data(const char *hex, struct ajar_state *ret_state,
                               struct ajar_error *err)
{
    const struct attribute_part whole = { .form = ATTRIBUTE_VALUE };
    OWNED(bytes_release) struct bytes value = { 0 };

    return bytes_from_hex(hex, &value, err) && attribute_state_read(&whole, &value, ret_state, err);
}

/* Do both states have the fact, with the same value, or neither of them? */
static bool same_fact(const struct ajar_state *a, const struct ajar_state *b, const char *name)
{
    const char *of_a = ajar_state_fact(a, name);
    const char *of_b = ajar_state_fact(b, name);

    return of_a && of_b ? strcmp(of_a, of_b) == 0 : of_a == of_b;
}

static bool has_part(const struct ajar_state *state)
{
    return ajar_state_fact(state, "mask") || ajar_state_fact(state, "position");
}

static bool is_wish(const struct ajar_state *state)
{
    return state->exists && has_part(state) && !ajar_state_fact(state, "value");
}

enum match attribute_state_match(const struct ajar_state *now, const struct ajar_state *meant)
{
    static const char *const of_part[] = { "mask", "bits", "position", "character" };

    if (!now->known || !meant->known)
        return MATCH_OTHER;
    if (!has_part(now) && !has_part(meant))
        return now->exists == meant->exists && same_fact(now, meant, "value") &&
                       same_fact(now, meant, "data")
                   ? MATCH_SAME
                   : MATCH_OTHER;
    for (size_t i = 0; i < LENGTH(of_part); i++) {
        if (!same_fact(now, meant, of_part[i]))
            return MATCH_OTHER;
    }
    return now->exists == meant->exists || is_wish(meant) || is_wish(now) ? MATCH_SAME : MATCH_NEAR;
}

/* The bytes of a whole value; none without its facts. */
static bool read_value(const struct ajar_state *state, struct bytes *ret_value,
                       struct ajar_error *err)
{
    const char *text = ajar_state_fact(state, "value");
    const char *hex = ajar_state_fact(state, "data");

    if (text)
        return bytes_copy(text, strlen(text), ret_value, err);
    if (!hex)
        return ajar_fail(err, AJAR_EJOURNAL, "an attribute is recorded without its value");
    return bytes_from_hex(hex, ret_value, err) || ajar_while(err, "recorded data");
}

bool attribute_state_goal(const struct attribute_part *part, const struct ajar_state *now,
                          const struct ajar_state *goal, bool *ret_exists, struct bytes *ret_value,
                          struct ajar_error *err)
{
    const char *own = ajar_state_fact(goal, part->form == ATTRIBUTE_BITS ? "bits" : "character");
    const struct attribute_rest rest = { .is_kept = is_wish(goal),
                                         .before = ajar_state_fact(goal, "value") };
    OWNED(free) char *text = NULL;

    if (part->form == ATTRIBUTE_VALUE) {
        *ret_exists = goal->exists;
        return !goal->exists || read_value(goal, ret_value, err);
    }
    if (!own)
        return ajar_fail(err, AJAR_EJOURNAL, "an attribute is recorded without its part");
    if (!attribute_part_put(part, ajar_state_fact(now, "value"), own, &rest, &text, err))
        return false;
    *ret_exists = text != NULL;
    return !text || bytes_copy(text, strlen(text), ret_value, err);
}

/* The value as people get to see it: never too long, nothing that disturbs a terminal. */
static bool show_value(const struct ajar_state *state, char **ret_text, struct ajar_error *err)
{
    const char *text = ajar_state_fact(state, "value");
    const char *hex = ajar_state_fact(state, "data");
    uint32_t type = text ? VALUE_SZ : VALUE_BINARY;
    OWNED(bytes_release) struct bytes data = { 0 };

    if (!text && !hex)
        text = "";
    return value_encode(type, text ? &text : &hex, 1, &data, err) &&
           value_text(type, &data, ret_text, err);
}

/* "0x40 set", "0x4 clear", "0x40 set, 0x4 clear"; "character 7 is 2". */
static void append_part(struct text *text, const struct ajar_state *state)
{
    const char *position = ajar_state_fact(state, "position");
    const char *character = ajar_state_fact(state, "character");
    const char *mask_text = ajar_state_fact(state, "mask");
    const char *bits_text = ajar_state_fact(state, "bits");
    uint32_t mask = 0;
    uint32_t bits = 0;

    if (position && character)
        text_format(text, "character %s is %s", position, character);
    if (!mask_text || !bits_text || !bits_parse(mask_text, &mask) || !bits_parse(bits_text, &bits))
        return;
    if (mask & bits)
        text_format(text, "0x%x set", (unsigned)(mask & bits));
    if (mask & ~bits)
        text_format(text, "%s0x%x clear", mask & bits ? ", " : "", (unsigned)(mask & ~bits));
}

bool attribute_state_phrase(const struct ajar_state *state, char **ret_phrase,
                            struct ajar_error *err)
{
    OWNED(text_release) struct text phrase = TEXT_UP_TO(4096);
    OWNED(free) char *value = NULL;

    if (!state->known || !state->exists) {
        text_append(&phrase, state->known ? absent : "not known");
    } else if (is_wish(state)) {
        append_part(&phrase, state);
    } else {
        if (!show_value(state, &value, err))
            return false;
        text_append(&phrase, value);
        if (has_part(state)) {
            text_append(&phrase, " (");
            append_part(&phrase, state);
            text_append(&phrase, ")");
        }
    }
    return text_take(&phrase, ret_phrase, err);
}
