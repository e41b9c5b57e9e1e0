/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Where the next `more` bytes go (and a NUL behind them), or NULL. */
static char *make_room(struct text *text, size_t more)
{
    size_t room = text->room ? text->room : 64;
    char *larger = text->at;

    if (text->faulty || more > text->ceiling - text->size) {
        text->faulty = true;
        return NULL;
    }
    while (room < text->size + more + 1)
        room *= 2;
    if (room > text->room)
        larger = realloc(text->at, room);
    if (!larger) {
        text->faulty = true;
        return NULL;
    }
    text->at = larger;
    text->room = room;
    return larger + text->size;
}

void text_append_bytes(struct text *text, const char *piece, size_t size)
{
    char *end = make_room(text, size);

    if (!end)
        return;
    if (size > 0)
        memcpy(end, piece, size);
    end[size] = '\0';
    text->size += size;
}

void text_append(struct text *text, const char *piece)
{
    text_append_bytes(text, piece, strlen(piece));
}

void text_format(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_list again;
    char *end;
    int size;

    va_start(arguments, format);
    va_copy(again, arguments);
    size = vsnprintf(NULL, 0, format, arguments);
    end = size < 0 ? NULL : make_room(text, (size_t)size);
    if (end) {
        (void)vsnprintf(end, (size_t)size + 1, format, again);
        text->size += (size_t)size;
    }
    text->faulty = text->faulty || size < 0;
    va_end(again);
    va_end(arguments);
}

const char *text_peek(const struct text *text)
{
    return text->at ? text->at : "";
}

bool text_take(struct text *text, char **ret_text, struct ajar_error *err)
{
    if (!text->faulty && !text->at)
        text_append_bytes(text, "", 0);
    if (text->faulty)
        return ajar_fail(err, AJAR_ESYSTEM, "text grows over %zu bytes, or out of memory",
                         text->ceiling);
    *ret_text = text->at;
    *text = TEXT_UP_TO(text->ceiling);
    return true;
}

void text_release(struct text *text)
{
    free(text->at);
    *text = TEXT_UP_TO(text->ceiling);
}

char *text_copy(const char *source)
{
    return source ? text_copy_bytes(source, strlen(source)) : NULL;
}

char *text_copy_bytes(const char *source, size_t size)
{
    char *copy = malloc(size + 1);

    if (!copy)
        return NULL;
    if (size > 0)
        memcpy(copy, source, size);
    copy[size] = '\0';
    return copy;
}

char *text_make(const char *format, ...)
{
    char *made = NULL;
    va_list arguments;
    int size;

    va_start(arguments, format);
    size = vasprintf(&made, format, arguments);
    va_end(arguments);
    return size < 0 ? NULL : made;
}

bool text_replace(char **slot, const char *fresh, struct ajar_error *err)
{
    char *copy = text_copy(fresh);

    if (fresh && !copy)
        return ajar_no_memory(err);
    free(*slot);
    *slot = copy;
    return true;
}

bool text_same_ignoring_case(const char *a, const char *b)
{
    return strcasecmp(a, b) == 0;
}

/* The smallest code point that a sequence of 2, 3 or 4 bytes may spell. */
static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };

static size_t sequence_size(unsigned char lead)
{
    if (lead < 0x80)
        return 1;
    if (lead >= 0xc2 && lead < 0xe0)
        return 2;
    if (lead >= 0xe0 && lead < 0xf0)
        return 3;
    return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

static bool is_sequence(const unsigned char *bytes, size_t size)
{
    uint32_t point = bytes[0] & (0xffU >> (size + 1));

    for (size_t i = 1; i < size; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return false;
        point = point << 6 | (bytes[i] & 0x3f);
    }
    return point >= smallest[size] && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
}

bool text_is_utf8(const char *bytes, size_t size)
{
    const unsigned char *at = (const unsigned char *)bytes;
    size_t count;

    for (size_t i = 0; i < size; i += count) {
        count = sequence_size(at[i]);
        if (count == 0 || count > size - i || (count > 1 && !is_sequence(at + i, count)))
            return false;
    }
    return true;
}
