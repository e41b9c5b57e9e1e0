/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where everything that people read goes through: stdout for data, stderr for messages, progress
 * and questions. Whatever is put here is made harmless first (glyph.h); only sink_end_line()
 * writes a newline, so that data cannot forge a line.
 *
 * A failed write is remembered by the stream; main() asks for it once, at the end.
 */
#ifndef AJAR_CMD_SCREEN_H
#define AJAR_CMD_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct ajar_error;
struct ajar_progress;
struct options;

enum style {
    STYLE_PLAIN,
    STYLE_TITLE, /* bold */
    STYLE_FAINT,
    STYLE_GOOD,
    STYLE_CARE,
    STYLE_BAD,
};

struct sink {
    FILE *file;
    bool colour;
    bool unicode;
    bool faulty; /* out of memory while something was put */
};

struct screen {
    struct sink out;
    struct sink err;
    bool asks;     /* there is a terminal to ask on, and it is wanted */
    bool progress; /* progress is wanted ... */
    bool live;     /* ... on one line that is rewritten */
    bool drawn;    /* that line is on the terminal now */
};

void screen_init(struct screen *screen, const struct options *options);

/* The sinks; a live line of progress is taken away first. */
struct sink *screen_out(struct screen *screen);
struct sink *screen_err(struct screen *screen);

void screen_progress(struct screen *screen, const struct ajar_progress *progress);

/* "ajar: text", whatever else is quiet. */
void screen_warning(struct screen *screen, const char *text);

/* "ajar: text", and the hint on a line of its own. */
void screen_error(struct screen *screen, const struct ajar_error *err);

/* Asks "question [y/N] " on the terminal. No answer and a signal are a no. */
bool screen_ask(struct screen *screen, const char *question);

void sink_put(struct sink *sink, enum style style, const char *text);
void sink_format(struct sink *sink, enum style style, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts the text, and blanks up to `width` columns (or its own) and two more. */
void sink_cell(struct sink *sink, enum style style, const char *text, size_t width);

void sink_end_line(struct sink *sink);

/* One whole line. */
void sink_line(struct sink *sink, enum style style, const char *text);

/* The columns that the text takes on this sink. */
size_t sink_width(const struct sink *sink, const char *text);

#endif
