/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "screen.h"

#include "glyph.h"
#include "options.h"
#include "owned.h"
#include "signals.h"

#include <langinfo.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static const char *const style_codes[] = {
    [STYLE_PLAIN] = "",        [STYLE_TITLE] = "\033[1m", [STYLE_FAINT] = "\033[2m",
    [STYLE_GOOD] = "\033[32m", [STYLE_CARE] = "\033[33m", [STYLE_BAD] = "\033[1;31m",
};

static bool terminal_is_dumb(void)
{
    const char *term = getenv("TERM");

    return !term || strcmp(term, "dumb") == 0;
}

static bool colour_is_wanted(const struct options *options)
{
    const char *no_color = getenv("NO_COLOR");

    return !options->no_color && !(no_color && no_color[0]) && !terminal_is_dumb() &&
           isatty(STDOUT_FILENO);
}

void screen_init(struct screen *screen, const struct options *options)
{
    bool err_is_terminal = isatty(STDERR_FILENO);
    bool colour = colour_is_wanted(options);
    bool unicode = strcasecmp(nl_langinfo(CODESET), "UTF-8") == 0;

    (void)setvbuf(stderr, NULL, _IOLBF, 0); /* a line of a message is one write */
    *screen = (struct screen){
        .out = { .file = stdout, .colour = colour, .unicode = unicode },
        .err = { .file = stderr, .colour = colour && err_is_terminal, .unicode = unicode },
        .asks = isatty(STDIN_FILENO) && err_is_terminal && !options->json,
        .progress = !options->quiet,
        .live = err_is_terminal && !terminal_is_dumb(),
    };
}

static void settle(struct screen *screen)
{
    if (!screen->drawn)
        return;
    (void)fputs("\r\033[K", stderr);
    (void)fflush(stderr);
    screen->drawn = false;
}

/* What was put out so far is flushed, so that the two streams keep their order on a terminal. */
struct sink *screen_out(struct screen *screen)
{
    settle(screen);
    return &screen->out;
}

struct sink *screen_err(struct screen *screen)
{
    settle(screen);
    (void)fflush(stdout);
    return &screen->err;
}

static size_t terminal_columns(void)
{
    struct winsize size = { 0 };

    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20)
        return 80;
    return size.ws_col;
}

/* Puts no more than `room` columns; returns the columns that are left. */
static size_t put_up_to(struct sink *sink, const char *text, size_t room)
{
    while (*text) {
        struct glyph glyph = glyph_next(text, sink->unicode);

        if (glyph.width > room)
            return 0;
        (void)fwrite(glyph.bytes, 1, glyph.size, sink->file);
        room -= glyph.width;
        text += glyph.used;
    }
    return room;
}

/* The target to put in front: NULL when the text names it already, as most errors do. */
static const char *front_of(const struct ajar_progress *progress)
{
    size_t size = progress->target ? strlen(progress->target) : 0;

    if (size > 0 && strncmp(progress->text, progress->target, size) == 0 &&
        progress->text[size] == ':')
        return NULL;
    return progress->target;
}

static void draw_live_line(struct screen *screen, const struct ajar_progress *progress)
{
    size_t room = terminal_columns() - 1; /* the last column would wrap on some terminals */
    const char *front = front_of(progress);

    settle(screen);
    if (front) {
        room = put_up_to(&screen->err, front, room);
        room = put_up_to(&screen->err, ": ", room);
    }
    (void)put_up_to(&screen->err, progress->text, room);
    (void)fflush(stderr);
    screen->drawn = true;
}

void screen_progress(struct screen *screen, const struct ajar_progress *progress)
{
    struct sink *sink;

    if (!screen->progress || !progress->text)
        return;
    if (screen->live) {
        draw_live_line(screen, progress);
        return;
    }
    sink = screen_err(screen);
    if (front_of(progress))
        sink_format(sink, STYLE_PLAIN, "%s: ", progress->target);
    sink_line(sink, STYLE_PLAIN, progress->text);
}

void screen_warning(struct screen *screen, const char *text)
{
    struct sink *sink = screen_err(screen);

    sink_put(sink, STYLE_PLAIN, "ajar: ");
    sink_line(sink, STYLE_PLAIN, text);
}

void screen_error(struct screen *screen, const struct ajar_error *err)
{
    struct sink *sink = screen_err(screen);

    screen_warning(screen, err->text);
    if (!err->hint[0])
        return;
    sink_put(sink, STYLE_PLAIN, "  ");
    sink_line(sink, STYLE_PLAIN, err->hint);
}

/* Reads without stdio, which would start a read again that a signal ended. */
static bool read_yes(void)
{
    char line[64] = "";
    ssize_t size = read(STDIN_FILENO, line, sizeof(line) - 1);

    if (size <= 0 || signals_pending())
        return false;
    line[strcspn(line, "\r\n")] = '\0';
    return strcasecmp(line, "y") == 0 || strcasecmp(line, "yes") == 0;
}

bool screen_ask(struct screen *screen, const char *question)
{
    struct sink *sink = screen_err(screen);
    bool yes;

    /* What was typed ahead was not an answer to this question. */
    (void)tcflush(STDIN_FILENO, TCIFLUSH);
    sink_put(sink, STYLE_TITLE, question);
    sink_put(sink, STYLE_PLAIN, " [y/N] ");
    (void)fflush(stderr);
    yes = read_yes();
    if (signals_pending())
        sink_end_line(sink);
    return yes;
}

void sink_put(struct sink *sink, enum style style, const char *text)
{
    bool colour = sink->colour && style != STYLE_PLAIN;

    if (colour)
        (void)fputs(style_codes[style], sink->file);
    (void)put_up_to(sink, text, SIZE_MAX);
    if (colour)
        (void)fputs("\033[0m", sink->file);
}

void sink_format(struct sink *sink, enum style style, const char *format, ...)
{
    va_list arguments;
    char *text = NULL;
    int size;

    va_start(arguments, format);
    size = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (size < 0) {
        sink->faulty = true;
        return;
    }
    sink_put(sink, style, text);
    free(text);
}

void sink_cell(struct sink *sink, enum style style, const char *text, size_t width)
{
    size_t own = sink_width(sink, text);

    sink_put(sink, style, text);
    for (size_t i = own; i < (own > width ? own : width) + 2; i++)
        (void)fputc(' ', sink->file);
}

void sink_end_line(struct sink *sink)
{
    (void)fputc('\n', sink->file);
}

void sink_line(struct sink *sink, enum style style, const char *text)
{
    sink_put(sink, style, text);
    sink_end_line(sink);
}

size_t sink_width(const struct sink *sink, const char *text)
{
    return glyph_width(text, sink->unicode);
}
