/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/line_reader.h"

#include "base/text.h"
#include "rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* The lines that were taken, each in brackets, without LF. */
static void take(void *user, const char *lines, size_t size)
{
    struct text *text = user;

    assert_int_equal(lines[size - 1], '\n');
    while (size > 0) {
        const char *newline = memchr(lines, '\n', size);
        size_t count = (size_t)(newline - lines);

        text_append(text, "[");
        text_append_bytes(text, lines, count > 0 && lines[count - 1] == '\r' ? count - 1 : count);
        text_append(text, "]");
        lines += count + 1;
        size -= count + 1;
    }
}

/* Feeds the bytes in chunks of this size (0: all at once). */
static void read_in_chunks(const char *bytes, size_t size, size_t chunk, struct text *text,
                           struct line_reader *reader)
{
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(line_reader_init(reader, take, text, &err));
    for (size_t at = 0; at < size; at += chunk ? chunk : size) {
        /* In memory of its own size, so that a sanitizer sees who reads beyond it. */
        size_t part = chunk && chunk < size - at ? chunk : size - at;
        OWNED(free) char *copy = text_copy_bytes(bytes + at, part);

        line_reader_feed(reader, copy, part);
    }
    line_reader_finish(reader);
}

static const size_t chunks[] = { 0, 1, 2, 3, 7, 63, 64, 65 };

#define ROW(text) text, sizeof(text) - 1

static const struct row {
    const char *name;
    const char *bytes;
    size_t size;
    const char *lines;
    enum line_encoding encoding;
    bool half;
} rows[] = {
    { "nothing", ROW(""), "", LINES_BYTES, false },
    { "LF", ROW("a\nb\n"), "[a][b]", LINES_BYTES, false },
    { "CRLF", ROW("a\r\nb\r\n"), "[a][b]", LINES_BYTES, false },
    { "CR", ROW("a\rb\r"), "[a][b]", LINES_BYTES, false },
    { "all three", ROW("a\rb\nc\r\nd\r\re\n\r"), "[a][b][c][d][][e][]", LINES_BYTES, false },
    { "no end", ROW("a\nb"), "[a][b]", LINES_BYTES, false },
    { "empty lines", ROW("\n\n\r\n"), "[][][]", LINES_BYTES, false },
    { "a code page", ROW("M\xfcller\n\xe4"), "[M\xfcller][\xe4]", LINES_BYTES, false },
    { "UTF-8", ROW("M\xc3\xbcller\n"), "[M\xc3\xbcller]", LINES_BYTES, false },
    { "UTF-8 with a mark", ROW("\xef\xbb\xbfM\xc3\xbc\n"), "[M\xc3\xbc]", LINES_UTF8, false },
    { "a mark and nothing", ROW("\xff\xfe"), "", LINES_UTF16LE, false },
    { "UTF-16LE with a mark", ROW("\xff\xfe\x61\0\r\0\n\0\x62\0"), "[a][b]", LINES_UTF16LE, false },
    { "UTF-16LE without", ROW("\x61\0\x62\0\n\0\x63\0"), "[ab][c]", LINES_UTF16LE, false },
    { "UTF-16BE with a mark", ROW("\xfe\xff\0\x61\0\r\0\n\0\x62"), "[a][b]", LINES_UTF16BE, false },
    { "UTF-16BE without", ROW("\0\x61\0\x62\0\n\0\x63"), "[ab][c]", LINES_UTF16BE, false },
    { "UTF-16 with CR", ROW("\xff\xfe\x61\0\r\0\x62\0\r\0"), "[a][b]", LINES_UTF16LE, false },
    { "UTF-16 beyond Latin", ROW("\xff\xfe\xfc\0\x3d\xd8\x00\xde\xac\x20\n\0"),
      "[\xc3\xbc\xf0\x9f\x98\x80\xe2\x82\xac]", LINES_UTF16LE, false },
    { "UTF-16BE beyond Latin", ROW("\xfe\xff\0\xfc\xd8\x3d\xde\x00\x20\xac\0\n"),
      "[\xc3\xbc\xf0\x9f\x98\x80\xe2\x82\xac]", LINES_UTF16BE, false },
    { "a long run of ASCII, then others",
      ROW("\xff\xfe\x31\0\x32\0\x33\0\x34\0\x35\0\x36\0\x37\0\x38\0\x39\0\xfc\0\x30\0\n\0"),
      "[123456789\xc3\xbc"
      "0]",
      LINES_UTF16LE, false },
    { "halves of pairs alone", ROW("\xff\xfe\x3d\xd8\x61\0\x00\xde\n\0"),
      "[\xef\xbf\xbd"
      "a\xef\xbf\xbd]",
      LINES_UTF16LE, false },
    { "half a unit at the end", ROW("\xff\xfe\x61\0\x62"), "[a]", LINES_UTF16LE, true },
    { "half a pair at the end", ROW("\xff\xfe\x61\0\x3d\xd8"), "[a\xef\xbf\xbd]", LINES_UTF16LE,
      true },
    { "a mark later on", ROW("a\n\xff\xfe\x62\n"), "[a][\xff\xfe\x62]", LINES_BYTES, false },
    { "an unmarked Cyrillic line behind a date",
      ROW("\x32\0\x30\0\x32\0\x36\0\x20\0\x1f\x04\x30\x04\x40\x04\x3e\x04\x3b\x04\n\0"),
      "[2026 \xd0\x9f\xd0\xb0\xd1\x80\xd0\xbe\xd0\xbb]", LINES_UTF16LE, false },
};

static void run_row(void **state)
{
    const struct row *row = *state;

    for (size_t i = 0; i < LENGTH(chunks); i++) {
        OWNED(line_reader_release) struct line_reader reader = { 0 };
        OWNED(text_release) struct text text = TEXT_UP_TO(4096);

        read_in_chunks(row->bytes, row->size, chunks[i], &text, &reader);
        assert_string_equal(text_peek(&text), row->lines);
        assert_int_equal(reader.encoding, row->encoding);
        assert_int_equal(reader.half, row->half);
        assert_int_equal(reader.bytes, row->size);
    }
}

static void test_nuls_stay(void **state)
{
    OWNED(line_reader_release) struct line_reader reader = { 0 };
    OWNED(text_release) struct text text = TEXT_UP_TO(4096);

    (void)state;
    read_in_chunks("a\0b\n2026-11-21 08:15:00 and more\n", 33, 1, &text, &reader);
    assert_memory_equal(text_peek(&text), "[a\0b][2026-11-21 08:15:00 and more]", 35);
    assert_int_equal(reader.encoding, LINES_BYTES);
}

/* What a line of this size, with these two ends, comes to: its size, then the line behind it. */
static void assert_long(size_t size, const char *end, bool wide)
{
    size_t unit = wide ? 2 : 1;
    size_t ends = strlen(end);
    OWNED(free) char *bytes = calloc(size + ends + 2, unit);
    static const size_t parts[] = { 0, 4096, 65537 };

    for (size_t i = 0; i < size + ends + 1; i++)
        bytes[i * unit] = i < size ? 'x' : i < size + ends ? end[i - size] : 'y';
    for (size_t i = 0; i < LENGTH(parts); i++) {
        OWNED(line_reader_release) struct line_reader reader = { 0 };
        OWNED(text_release) struct text text = TEXT_UP_TO(LINE_READER_ROOM * 2);
        const char *close;

        read_in_chunks(bytes, (size + ends + 1) * unit, parts[i], &text, &reader);
        close = strchr(text_peek(&text), ']');
        assert_non_null(close);
        assert_in_range(close - text_peek(&text) - 1, LINE_READER_ROOM - 4, LINE_READER_ROOM);
        assert_string_equal(close, "][y]");
    }
}

static void test_long_lines_are_cut(void **state)
{
    static const char *const ends[] = { "\n", "\r\n", "\r" };

    (void)state;
    for (size_t i = 0; i < LENGTH(ends); i++) {
        for (size_t more = 0; more < 4; more++) {
            assert_long(LINE_READER_ROOM - 1 + more, ends[i], false);
            assert_long(LINE_READER_ROOM - 1 + more, ends[i], true);
        }
        assert_long(3 * LINE_READER_ROOM + 17, ends[i], false);
        assert_long(3 * LINE_READER_ROOM + 17, ends[i], true);
    }
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(rows) + 2] = {
        cmocka_unit_test(test_nuls_stay),
        cmocka_unit_test(test_long_lines_are_cut),
    };
    size_t count = 2;

    ADD_CASES(rows, run_row);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
