/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The scanner goes over a whole block at once; then each line of it is counted, and those in which
 * it found something are judged. Dates are read where somebody asks for one: in lines that count,
 * in the lines above one that has none, and, until it is known whether the day or the month is
 * first, in all lines.
 */
#include "engine/log_reading.h"

#include "base/file.h"

#include <string.h>

bool log_reading_init(struct log_reading *reading, const struct ajar_knowledge *knowledge,
                      struct tally *tally, struct ajar_error *err)
{
    OWNED(log_reading_release)
    struct log_reading fresh = { .knowledge = knowledge, .tally = tally };

    fresh.finds = malloc((LINE_READER_ROOM + 1) * sizeof(*fresh.finds));
    if (!fresh.finds)
        return ajar_no_memory(err);
    if (!log_matcher_new(knowledge, &fresh.matcher, err))
        return false;
    *reading = fresh;
    fresh = (struct log_reading){ 0 };
    return true;
}

void log_reading_release(struct log_reading *reading)
{
    log_matcher_free(reading->matcher);
    free(reading->finds);
    *reading = (struct log_reading){ 0 };
}

bool log_evidence_order(const struct log_evidence *evidence, enum log_order *ret_order)
{
    bool day_first = evidence->shown[LOG_DAY_FIRST];
    bool month_first = evidence->shown[LOG_MONTH_FIRST];

    if (day_first == month_first && (evidence->unsure || day_first))
        return false;
    *ret_order = month_first ? LOG_MONTH_FIRST : LOG_DAY_FIRST;
    return true;
}

static void note_date(struct log_evidence *evidence, const struct log_date *date)
{
    if (!evidence->seen)
        evidence->form = date->form;
    evidence->seen = true;
    if (date->form == LOG_YEAR_FIRST || date->form == LOG_DOTTED)
        return;
    for (size_t i = 0; i < LOG_ORDERS; i++) {
        if (date->wall[1 - i] == LOG_NO_TIME)
            evidence->shown[i] = true;
    }
    evidence->unsure = evidence->unsure || date->both;
}

/* Is it known how the dates of this log are to be read? */
static bool is_settled(const struct log_evidence *evidence)
{
    return evidence->seen && (!evidence->unsure || evidence->shown[LOG_DAY_FIRST] ||
                              evidence->shown[LOG_MONTH_FIRST]);
}

/* Finds the last date in the lines down to the one that ends at `last`. */
static void look_down(struct log_reading *reading, const char *last)
{
    while (reading->dated <= last) {
        const char *end = memchr(reading->dated, '\n', (size_t)(last + 1 - reading->dated));

        end = end ? end : last;
        (void)log_date_read(reading->dated, (size_t)(end - reading->dated), &reading->date);
        reading->dated = end + 1;
    }
}

/* The last date of the block, for lines of the next one that have none. */
static void look_at_end(struct log_reading *reading, const char *end)
{
    struct log_date date;

    while (end > reading->dated) {
        const char *newline = memrchr(reading->dated, '\n', (size_t)(end - 1 - reading->dated));
        const char *line = newline ? newline + 1 : reading->dated;

        if (log_date_read(line, (size_t)(end - 1 - line), &date) > 0) {
            reading->date = date;
            return;
        }
        end = line;
    }
}

/* What the date of a line says of the order. What was settled only a line that counts changes, so
 * that it does not matter where blocks end. */
static void seek_order(struct log_reading *reading, const char *line, const char *end)
{
    struct log_date date;

    if (log_date_read(line, (size_t)(end - line), &date) == 0)
        return;
    note_date(&reading->evidence, &date);
    reading->date = date;
    reading->dated = end + 1;
}

/* Judges the line from `line` to `end`, in which something was found. */
static void judge(struct log_reading *reading, const char *line, const char *end,
                  const struct log_find *finds, size_t count)
{
    struct log_match match;
    struct tally_place place = { .file = reading->file, .line = reading->lines };

    if (reading->failed ||
        !log_matcher_judge(reading->matcher, line, (size_t)(end - line), finds, count, &match))
        return;
    if (match.line->date.known)
        reading->date = match.line->date;
    else
        look_down(reading, end);
    reading->dated = end + 1;
    if (reading->date.known)
        note_date(&reading->evidence, &reading->date);
    place.date = reading->date;
    reading->failed = !tally_add(reading->tally, &match, &place, reading->err);
}

/* How many of the finds are in a line, and in that part of it which is looked at. */
static size_t count_finds(const struct log_find *finds, size_t count, size_t begin, size_t end,
                          size_t *ret_near)
{
    size_t in_line = 0;
    size_t near = 0;

    for (; in_line < count && finds[in_line].end < end; in_line++)
        near += finds[in_line].end - begin < LOG_LINE_CEILING;
    *ret_near = near;
    return in_line;
}

/* Takes a block of lines from the reader. */
static void take_lines(void *user, const char *lines, size_t size)
{
    struct log_reading *reading = user;
    size_t count = log_scanner_scan(reading->knowledge->scanner, lines, size, reading->finds);
    const struct log_find *finds = reading->finds;
    const char *end = lines + size;
    const char *newline;

    reading->dated = lines;
    for (const char *line = lines; line < end; line = newline + 1) {
        size_t near = 0;
        size_t found;

        newline = memchr(line, '\n', (size_t)(end - line));
        newline = newline ? newline : end - 1;
        reading->lines++;
        reading->cut += (size_t)(newline - line) > LOG_LINE_CEILING;
        if (!is_settled(&reading->evidence))
            seek_order(reading, line, newline);
        found = count_finds(finds, count, (size_t)(line - lines), (size_t)(newline - lines), &near);
        if (near > 0)
            judge(reading, line, newline, finds, near);
        finds += found;
        count -= found;
    }
    look_at_end(reading, end);
}

static const char *encoding_name(const struct log_reading *reading, const struct line_reader *lines)
{
    static const char *const names[] = {
        [LINES_BYTES] = "UTF-8",
        [LINES_UTF8] = "UTF-8",
        [LINES_UTF16LE] = "UTF-16LE",
        [LINES_UTF16BE] = "UTF-16BE",
    };

    return lines->encoding <= LINES_UTF8 && reading->tally->foreign ? "8-bit"
                                                                    : names[lines->encoding];
}

static void begin_file(struct log_reading *reading, struct ajar_error *err)
{
    reading->lines = 0;
    reading->cut = 0;
    reading->date = (struct log_date){ 0 };
    reading->err = err;
    reading->tally->foreign = false;
    log_matcher_begin(reading->matcher);
}

static void end_file(struct log_reading *reading, const char *path, struct line_reader *lines,
                     struct ajar_log_file *ret_file)
{
    line_reader_finish(lines);
    *ret_file = (struct ajar_log_file){
        .path = path,
        .encoding = encoding_name(reading, lines),
        .bytes = lines->bytes,
        .lines = reading->lines,
        .cut = reading->cut,
        .half = lines->half,
    };
    reading->file++;
}

static void feed(void *user, const void *bytes, size_t size)
{
    line_reader_feed(user, bytes, size);
}

bool log_reading_file(struct log_reading *reading, const char *path, struct ajar_log_file *ret_file,
                      struct ajar_error *err)
{
    OWNED(line_reader_release) struct line_reader lines = { 0 };
    struct ajar_log_file file;

    if (!line_reader_init(&lines, take_lines, reading, err))
        return false;
    begin_file(reading, err);
    if (!file_stream(path, feed, &lines, err))
        return false;
    end_file(reading, path, &lines, &file);
    if (reading->failed)
        return false;
    *ret_file = file;
    return true;
}

bool log_reading_bytes(struct log_reading *reading, const char *name, const void *bytes,
                       size_t size, struct ajar_log_file *ret_file, struct ajar_error *err)
{
    OWNED(line_reader_release) struct line_reader lines = { 0 };
    struct ajar_log_file file;

    if (!line_reader_init(&lines, take_lines, reading, err))
        return false;
    begin_file(reading, err);
    line_reader_feed(&lines, bytes, size);
    end_file(reading, name, &lines, &file);
    if (reading->failed)
        return false;
    *ret_file = file;
    return true;
}
