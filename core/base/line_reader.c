/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The text holds, from its begin: lines that are complete (until pass_lines() hands them over), a
 * line that is not, of which `scanned` bytes are known to hold no end, and at the very end perhaps
 * one CR of which nobody knows yet whether LF follows it.
 */
#include "base/line_reader.h"

#include <endian.h>
#include <string.h>

#define REPLACEMENT 0xfffd

bool line_reader_init(struct line_reader *reader,
                      void (*take)(void *user, const char *lines, size_t size), void *user,
                      struct ajar_error *err)
{
    char *text = malloc(LINE_READER_ROOM + 1);

    if (!text)
        return ajar_no_memory(err);
    *reader = (struct line_reader){ .take = take, .user = user, .text = text };
    return true;
}

void line_reader_release(struct line_reader *reader)
{
    free(reader->text);
    reader->text = NULL;
}

/* Each CR that ends a line by itself becomes LF. */
static void end_lines(struct line_reader *reader)
{
    char *end = reader->text + reader->used;
    char *at = reader->text + reader->scanned;

    while ((at = memchr(at, '\r', (size_t)(end - at))) && at + 1 < end) {
        if (at[1] != '\n')
            *at = '\n';
        at++;
    }
    reader->scanned = (size_t)((at ? at : end) - reader->text);
}

static void drop(struct line_reader *reader, size_t size)
{
    memmove(reader->text, reader->text + size, reader->used - size);
    reader->used -= size;
    reader->scanned -= size < reader->scanned ? size : reader->scanned;
}

/* Drops what is left of a line that was too long. */
static void skip_line(struct line_reader *reader)
{
    const char *newline = memchr(reader->text, '\n', reader->used);

    if (newline) {
        reader->skipping = false;
        drop(reader, (size_t)(newline - reader->text) + 1);
    } else {
        drop(reader, reader->scanned);
    }
}

/* Hands over the lines that are complete. */
static void pass_lines(struct line_reader *reader)
{
    const char *newline;
    size_t size;

    end_lines(reader);
    if (reader->skipping)
        skip_line(reader);
    newline = memrchr(reader->text, '\n', reader->used);
    if (newline) {
        size = (size_t)(newline - reader->text) + 1;
        reader->take(reader->user, reader->text, size);
        drop(reader, size);
    } else if (reader->used == LINE_READER_ROOM) {
        reader->text[reader->scanned] = '\n';
        reader->take(reader->user, reader->text, reader->scanned + 1);
        reader->text[0] = '\r'; /* in the case that it was one */
        reader->used -= reader->scanned;
        reader->scanned = 0;
        reader->skipping = true;
    }
}

static void feed_bytes(struct line_reader *reader, const uint8_t *at, size_t size)
{
    while (size > 0) {
        size_t room = LINE_READER_ROOM - reader->used;
        size_t part = size < room ? size : room;

        memcpy(reader->text + reader->used, at, part);
        reader->used += part;
        at += part;
        size -= part;
        pass_lines(reader);
    }
}

static void put_byte(struct line_reader *reader, uint32_t byte)
{
    if (reader->used == LINE_READER_ROOM)
        pass_lines(reader);
    reader->text[reader->used++] = (char)byte;
}

static void put_point(struct line_reader *reader, uint32_t point)
{
    if (point < 0x80) {
        put_byte(reader, point);
    } else if (point < 0x800) {
        put_byte(reader, 0xc0 | point >> 6);
        put_byte(reader, 0x80 | (point & 0x3f));
    } else if (point < 0x10000) {
        put_byte(reader, 0xe0 | point >> 12);
        put_byte(reader, 0x80 | (point >> 6 & 0x3f));
        put_byte(reader, 0x80 | (point & 0x3f));
    } else {
        put_byte(reader, 0xf0 | point >> 18);
        put_byte(reader, 0x80 | (point >> 12 & 0x3f));
        put_byte(reader, 0x80 | (point >> 6 & 0x3f));
        put_byte(reader, 0x80 | (point & 0x3f));
    }
}

static void put_unit(struct line_reader *reader, uint32_t unit)
{
    bool low = unit >= 0xdc00 && unit <= 0xdfff;
    uint32_t high = reader->high;

    reader->high = 0;
    if (high && low) {
        put_point(reader, 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00));
        return;
    }
    if (high)
        put_point(reader, REPLACEMENT);
    if (unit >= 0xd800 && unit <= 0xdbff)
        reader->high = unit;
    else
        put_point(reader, low ? REPLACEMENT : unit);
}

/* Four units that are ASCII at a time; how many bytes it took. */
static size_t feed_ascii(struct line_reader *reader, const uint8_t *at, size_t size)
{
    bool big = reader->encoding == LINES_UTF16BE;
    uint64_t others = big ? 0x80ff80ff80ff80ff : 0xff80ff80ff80ff80;
    size_t room = (LINE_READER_ROOM - reader->used) * 2;
    size_t most = size < room ? size : room;
    char *to = reader->text + reader->used;
    size_t done = 0;

    for (; done + 8 <= most; done += 8) {
        uint64_t units;
        uint32_t four;

        memcpy(&units, at + done, sizeof(units));
        units = le64toh(units);
        if (units & others)
            break;
        units = big ? units >> 8 : units;
        units = (units | units >> 8) & 0x0000ffff0000ffff;
        four = htole32((uint32_t)(units | units >> 16));
        memcpy(to + done / 2, &four, sizeof(four));
    }
    reader->used += done / 2;
    return done;
}

static void feed_utf16(struct line_reader *reader, const uint8_t *at, size_t size)
{
    bool big = reader->encoding == LINES_UTF16BE;

    while (size > 0) {
        size_t done = reader->has_odd || reader->high ? 0 : feed_ascii(reader, at, size);

        at += done;
        size -= done;
        for (int i = 0; size > 0 && (i < 8 || reader->has_odd); i++, at++, size--) {
            uint32_t first = reader->odd;

            reader->odd = *at;
            reader->has_odd = !reader->has_odd;
            if (!reader->has_odd)
                put_unit(reader, big ? first << 8 | *at : (uint32_t)*at << 8 | first);
        }
    }
    pass_lines(reader);
}

/* Text in UTF-16 without a mark: the other half of each digit, blank and Latin letter is 0. */
static enum line_encoding guess(const uint8_t *head, size_t size)
{
    size_t units = size / 2;
    size_t zeros[2] = { 0, 0 };

    for (size_t i = 0; i < 2 * units; i++)
        zeros[i % 2] += head[i] == 0;
    if (units > 0 && zeros[1] * 3 >= units && zeros[0] * 4 <= zeros[1])
        return LINES_UTF16LE;
    if (units > 0 && zeros[0] * 3 >= units && zeros[1] * 4 <= zeros[0])
        return LINES_UTF16BE;
    return LINES_BYTES;
}

static void feed_encoded(struct line_reader *reader, const uint8_t *at, size_t size)
{
    if (reader->encoding == LINES_BYTES || reader->encoding == LINES_UTF8)
        feed_bytes(reader, at, size);
    else
        feed_utf16(reader, at, size);
}

static void decide(struct line_reader *reader)
{
    static const struct {
        const char *mark;
        size_t size;
        enum line_encoding encoding;
    } marks[] = {
        { "\xef\xbb\xbf", 3, LINES_UTF8 },
        { "\xff\xfe", 2, LINES_UTF16LE },
        { "\xfe\xff", 2, LINES_UTF16BE },
    };
    size_t skip = 0;

    reader->decided = true;
    reader->encoding = guess(reader->head, reader->head_size);
    for (size_t i = 0; i < LENGTH(marks); i++) {
        if (reader->head_size >= marks[i].size &&
            memcmp(reader->head, marks[i].mark, marks[i].size) == 0) {
            reader->encoding = marks[i].encoding;
            skip = marks[i].size;
        }
    }
    feed_encoded(reader, reader->head + skip, reader->head_size - skip);
}

void line_reader_feed(struct line_reader *reader, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;

    reader->bytes += size;
    if (!reader->decided) {
        size_t room = LINE_READER_HEAD - reader->head_size;
        size_t part = size < room ? size : room;

        if (part > 0)
            memcpy(reader->head + reader->head_size, at, part);
        reader->head_size += part;
        at += part;
        size -= part;
        if (reader->head_size < LINE_READER_HEAD)
            return;
        decide(reader);
    }
    if (size > 0)
        feed_encoded(reader, at, size);
}

void line_reader_finish(struct line_reader *reader)
{
    if (!reader->decided)
        decide(reader);
    reader->half = reader->has_odd || reader->high;
    if (reader->high)
        put_point(reader, REPLACEMENT);
    if (reader->used > 0 && reader->text[reader->used - 1] == '\r')
        reader->text[reader->used - 1] = '\n';
    pass_lines(reader);
    if (reader->used == 0 || reader->skipping)
        return;
    reader->text[reader->used] = '\n';
    reader->take(reader->user, reader->text, reader->used + 1);
    reader->used = 0;
}
