/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From bytes in some encoding to lines of text, in one pass and in bounded memory. UTF-16 of both
 * orders, with or without a byte order mark, becomes UTF-8; what has one byte a character, or is
 * UTF-8 already, stays as it is. Lines may end in LF, CRLF or CR, also in one file.
 *
 * How the bytes are cut into calls changes nothing about the lines.
 */
#ifndef AJAR_BASE_LINE_READER_H
#define AJAR_BASE_LINE_READER_H

#include <ajar/error.h>

#include "base/cleanup.h"

#include <stddef.h>
#include <stdint.h>

enum line_encoding {
    LINES_BYTES, /* UTF-8, or a code page of 8 bits */
    LINES_UTF8,  /* UTF-8, as its mark says */
    LINES_UTF16LE,
    LINES_UTF16BE,
};

/* A line that is longer reaches the taker in its first so many bytes. */
#define LINE_READER_ROOM ((size_t)256 * 1024)

/* How many bytes at the begin of a file decide on its encoding. */
#define LINE_READER_HEAD 64

struct line_reader {
    /* Takes whole lines, each with '\n' at its end (and perhaps '\r' before). */
    void (*take)(void *user, const char *lines, size_t size);
    void *user;
    char *text;     /* LINE_READER_ROOM bytes and one; lines that are not complete yet */
    size_t used;    /* of them */
    size_t scanned; /* so many have no CR that ends a line any more */
    bool skipping;  /* the rest of a line that was too long is dropped */
    bool decided;   /* on the encoding */
    enum line_encoding encoding;
    uint8_t head[LINE_READER_HEAD]; /* until then */
    size_t head_size;
    uint8_t odd; /* the first half of a unit of UTF-16 */
    bool has_odd;
    uint32_t high; /* the first half of a surrogate pair; 0: none */
    bool half;     /* the bytes ended within a character */
    uint64_t bytes;
};

bool line_reader_init(struct line_reader *reader,
                      void (*take)(void *user, const char *lines, size_t size), void *user,
                      struct ajar_error *err);
void line_reader_feed(struct line_reader *reader, const void *bytes, size_t size);

/* There are no more bytes: the last line is taken, also without its end. */
void line_reader_finish(struct line_reader *reader);

void line_reader_release(struct line_reader *reader);
DEFINE_OWNED_STRUCT(struct line_reader, line_reader_release);

#endif
