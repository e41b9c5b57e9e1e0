/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "glyph.h"

#include "owned.h"

#include <stdio.h>
#include <string.h>
#include <wchar.h>

static size_t sequence_length(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first < 0xe0)
        return 2;
    if (first >= 0xe0 && first < 0xf0)
        return 3;
    return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

static bool shortest_and_allowed(uint32_t code, size_t length)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };

    return code >= least[length] && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
}

size_t utf8_next(const char *text, uint32_t *ret_code)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t length = sequence_length(bytes[0]);
    uint32_t code = length < 2 ? bytes[0] : bytes[0] & (0x7fu >> length);

    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xc0) != 0x80) /* the NUL at the end stops here, too */
            return 0;
        code = code << 6 | (bytes[i] & 0x3fu);
    }
    if (length == 0 || !shortest_and_allowed(code, length))
        return 0;
    *ret_code = code;
    return length;
}

/* Neither seen nor harmless: marks that turn the direction of writing, spaces without width, line
 * separators. wcwidth() finds nothing wrong with some of them. */
static bool deceives(uint32_t code)
{
    return code == 0xad || code == 0x61c || (code >= 0x200b && code <= 0x200f) ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) ||
           code == 0xfeff || (code >= 0xe0000 && code <= 0xe0fff);
}

static struct glyph spelled(size_t used, const char *spelling)
{
    struct glyph glyph = { .used = used };

    glyph.size = glyph.width = strlen(spelling);
    memcpy(glyph.bytes, spelling, glyph.size);
    return glyph;
}

static struct glyph escaped_byte(char byte)
{
    char spelling[8];

    (void)snprintf(spelling, sizeof(spelling), "\\x%02x", (unsigned char)byte);
    return spelled(1, spelling);
}

static struct glyph escaped_code(size_t used, uint32_t code)
{
    char spelling[16];

    (void)snprintf(spelling, sizeof(spelling), "\\u{%x}", (unsigned)code);
    return spelled(used, spelling);
}

static struct glyph ascii(char byte)
{
    if (byte == '\n')
        return spelled(1, "\\n");
    if (byte == '\t')
        return spelled(1, "\\t");
    if (byte == '\r')
        return spelled(1, "\\r");
    if ((unsigned char)byte < 0x20 || byte == 0x7f)
        return escaped_byte(byte);
    return spelled(1, (char[]){ byte, '\0' });
}

struct glyph glyph_next(const char *text, bool unicode)
{
    struct glyph glyph = { 0 };
    uint32_t code = 0;
    size_t used = utf8_next(text, &code);
    int width;

    if (used == 0)
        return escaped_byte(text[0]);
    if (used == 1)
        return ascii(text[0]);
    if (!unicode && code == 0x2192)
        return spelled(used, "->");
    width = unicode ? wcwidth((wchar_t)code) : -1;
    if (width < 0 || deceives(code))
        return escaped_code(used, code);
    memcpy(glyph.bytes, text, used);
    glyph.size = glyph.used = used;
    glyph.width = (size_t)width;
    return glyph;
}

size_t glyph_width(const char *text, bool unicode)
{
    size_t width = 0;

    while (*text) {
        struct glyph glyph = glyph_next(text, unicode);

        width += glyph.width;
        text += glyph.used;
    }
    return width;
}
