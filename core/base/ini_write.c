/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The writing half of ini.h. A value is cut into units, each a UTF-8 sequence or the escape of one
 * byte; a line takes as many whole units as fit. Whatever ini_read() refuses or inih would bend is
 * spelled as an escape.
 */
#include "base/ini.h"

#include <stdio.h>
#include <string.h>

/* "+ = " and two quotes */
#define TRIMMINGS    6
#define NAME_CEILING 64

/* The size in bytes of the UTF-8 sequence at `at`; 1 for a byte that begins none. */
static size_t sequence_size(const char *at)
{
    unsigned char lead = (unsigned char)*at;
    size_t size = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;

    return strnlen(at, size) == size && text_is_utf8(at, size) ? size : 1;
}

static bool is_odd(const char *at)
{
    unsigned char byte = (unsigned char)*at;

    return byte < ' ' || byte == 0x7f || !text_is_utf8(at, sequence_size(at));
}

/* Would these bytes be read back as something else if they stood there as they are? */
static bool needs_quotes(const char *value, bool is_split)
{
    size_t size = strlen(value);

    if (size == 0 || strchr(" \";", value[0]) || value[size - 1] == ' ' || strstr(value, " ;"))
        return true;
    if (is_split && strpbrk(value, " \";"))
        return true;
    for (const char *at = value; *at; at += sequence_size(at)) {
        if (is_odd(at))
            return true;
    }
    return false;
}

/* Writes the unit at `at` as it stands in quotes into `unit`; its size in the value. */
static size_t spell_unit(const char *at, bool after_blank, char unit[5])
{
    static const char named[] = "\"\\\n\t";
    static const char letters[] = "\"\\nt";
    const char *known = strchr(named, *at);
    size_t size = sequence_size(at);

    if (known)
        (void)snprintf(unit, 5, "\\%c", letters[known - named]);
    else if (is_odd(at) || (*at == ';' && after_blank))
        (void)snprintf(unit, 5, "\\x%02x", (unsigned)(unsigned char)*at);
    else
        (void)snprintf(unit, 5, "%.*s", (int)size, at);
    return size;
}

/* Appends what fits into `room` bytes; where the rest begins. */
static const char *write_quoted(struct text *text, const char *value, size_t room)
{
    char unit[5];
    size_t size;
    bool after_blank = false;

    text_append(text, "\"");
    while (*value) {
        size = spell_unit(value, after_blank, unit);
        if (strlen(unit) > room)
            break;
        text_append(text, unit);
        room -= strlen(unit);
        after_blank = *value == ' ';
        value += size;
    }
    text_append(text, "\"");
    return value;
}

static const char *write_plain(struct text *text, const char *value, size_t room)
{
    size_t used = 0;

    while (value[used] && used + sequence_size(value + used) <= room)
        used += sequence_size(value + used);
    text_append_bytes(text, value, used);
    return value + used;
}

void ini_write_section(struct text *text, const char *kind, const char *name)
{
    text_format(text, "%s[%s%s%s]\n", text->size > 0 ? "\n" : "", kind, *name ? " " : "", name);
}

void ini_write_field(struct text *text, const char *name, const char *value)
{
    size_t room = INI_LINE_CEILING - TRIMMINGS - strnlen(name, NAME_CEILING);
    bool quoted = needs_quotes(value, strlen(value) > room);
    const char *sign = "";

    text->faulty |= strlen(name) > NAME_CEILING;
    do {
        text_format(text, "%s%s = ", name, sign);
        value = quoted ? write_quoted(text, value, room) : write_plain(text, value, room);
        text_append(text, "\n");
        sign = "+";
    } while (*value);
}
