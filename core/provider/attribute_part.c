/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/attribute_part.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

char attribute_default_character(size_t position)
{
    return (char)('0' + (position % 10 == 0 ? position / 10 : 0));
}

static bool read_bits(const char *value, uint32_t *ret_bits, struct ajar_error *err)
{
    if (!value) {
        *ret_bits = 0;
        return true;
    }
    if (!bits_from_integer(value, ret_bits))
        return ajar_fail(err, AJAR_ECONFLICT, "the value is no 32-bit integer, it has no bits");
    return true;
}

static bool is_plain(const char *value)
{
    for (; *value; value++) {
        if (*value <= ' ' || *value > '~')
            return false;
    }
    return true;
}

static char character_of(const char *value, size_t position)
{
    return value && position <= strlen(value) ? value[position - 1]
                                              : attribute_default_character(position);
}

bool attribute_part_of(const struct attribute_part *part, const char *value,
                       char ret_text[BITS_TEXT_SIZE], struct ajar_error *err)
{
    uint32_t bits = 0;

    if (part->form == ATTRIBUTE_CHARACTER) {
        if (value && !is_plain(value))
            return ajar_fail(err, AJAR_ECONFLICT,
                             "the value holds other than ASCII letters, digits and signs, its "
                             "positions are not clear");
        (void)snprintf(ret_text, BITS_TEXT_SIZE, "%c", character_of(value, part->position));
        return true;
    }
    if (!read_bits(value, &bits, err))
        return false;
    bits_format(bits & part->mask, ret_text);
    return true;
}

static bool put_bits(const struct attribute_part *part, const char *live, const char *text,
                     const struct attribute_rest *rest, char **ret_value, struct ajar_error *err)
{
    char fresh[BITS_TEXT_SIZE];
    uint32_t bits = 0;
    uint32_t own = 0;

    if (!read_bits(live, &bits, err))
        return false;
    if (!bits_parse(text, &own))
        return ajar_fail(err, AJAR_EJOURNAL, "bits are recorded as \"%s\"", text);
    bits = (bits & ~part->mask) | (own & part->mask);
    if (bits == 0 && !rest->is_kept && !rest->before) {
        *ret_value = NULL;
        return true;
    }
    bits_to_integer(bits, fresh);
    *ret_value = text_copy(fresh);
    return *ret_value || ajar_no_memory(err);
}

/* A copy of `live` that is long enough to have the position; NULL without memory. */
static char *pad(const char *live, size_t position)
{
    size_t live_size = live ? strlen(live) : 0;
    size_t size = live_size > position ? live_size : position;
    char *value = malloc(size + 1);

    if (!value)
        return NULL;
    for (size_t i = 0; i < size; i++)
        value[i] = character_of(live, i + 1);
    value[size] = '\0';
    return value;
}

/* Behind what was there before, characters that say nothing were only padding. */
static size_t size_without_padding(const char *value, const char *before)
{
    size_t least = before ? strlen(before) : 0;
    size_t size = strlen(value);

    while (size > least && value[size - 1] == attribute_default_character(size))
        size--;
    return size;
}

static bool put_character(const struct attribute_part *part, const char *live, const char *text,
                          const struct attribute_rest *rest, char **ret_value,
                          struct ajar_error *err)
{
    OWNED(free) char *value = pad(live, part->position);

    if (!value)
        return ajar_no_memory(err);
    value[part->position - 1] = text[0];
    if (!rest->is_kept)
        value[size_without_padding(value, rest->before)] = '\0';
    *ret_value = NULL;
    if (value[0] != '\0') {
        *ret_value = value;
        value = NULL;
    }
    return true;
}

bool attribute_part_put(const struct attribute_part *part, const char *live, const char *text,
                        const struct attribute_rest *rest, char **ret_value, struct ajar_error *err)
{
    char own[BITS_TEXT_SIZE];
    char *copy;

    if (!attribute_part_of(part, live, own, err))
        return false;
    if (strcmp(own, text) != 0)
        return part->form == ATTRIBUTE_BITS ? put_bits(part, live, text, rest, ret_value, err)
                                            : put_character(part, live, text, rest, ret_value, err);
    copy = text_copy(live);
    if (live && !copy)
        return ajar_no_memory(err);
    *ret_value = copy;
    return true;
}
