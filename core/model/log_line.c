/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/log_line.h"

#include "base/text.h"

#include <ctype.h>
#include <string.h>

/* What stands before the digit of the severity. */
static const struct {
    const char *letters;
    bool is_error;
} signs[] = {
    { "WRN", false },
    { "ERR", true },
    { "W", false },
    { "E", true },
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (c & 0x80);
}

/* "7:7557" behind the letters: the bytes it takes, or 0. */
static size_t read_number(const char *at, size_t size, unsigned *ret_id)
{
    unsigned id = 0;
    size_t digits = 0;

    if (size < 5 || !is_digit(at[0]) || at[1] != ':')
        return 0;
    for (; 2 + digits < size && is_digit(at[2 + digits]); digits++) {
        if (digits == 5)
            return 0;
        id = id * 10 + (unsigned)(at[2 + digits] - '0');
    }
    if (digits < 3 || (2 + digits < size && is_word(at[2 + digits])))
        return 0;
    *ret_id = id;
    return 2 + digits;
}

/* Is there a sign at `at`? */
static bool read_sign(struct log_line *line, size_t at)
{
    const char *begin = line->line + at;
    size_t left = line->size - at;

    for (size_t i = 0; i < LENGTH(signs); i++) {
        size_t letters = strlen(signs[i].letters);
        size_t number;

        if (left < letters || memcmp(begin, signs[i].letters, letters) != 0)
            continue;
        number = read_number(begin + letters, left - letters, &line->id);
        if (number == 0)
            continue;
        line->has_sign = true;
        line->is_error = signs[i].is_error;
        memcpy(line->sign, begin, letters + number);
        line->sign[letters + number] = '\0';
        line->behind_sign = at + letters + number;
        return true;
    }
    return false;
}

static void find_sign(struct log_line *line)
{
    size_t at = line->text;

    while (at < line->size) {
        const char *colon = memchr(line->line + at, ':', line->size - at);
        size_t begin;

        if (!colon)
            return;
        /* The word in front of the colon. */
        begin = (size_t)(colon - line->line);
        while (begin > line->text && is_word(line->line[begin - 1]))
            begin--;
        if (read_sign(line, begin))
            return;
        at = (size_t)(colon - line->line) + 1;
    }
}

static size_t skip_blanks(const struct log_line *line, size_t at)
{
    while (at < line->size && (line->line[at] == ' ' || line->line[at] == '\t'))
        at++;
    return at;
}

void log_line_read(const char *line, size_t size, struct log_line *ret_line)
{
    while (size > 0 && strchr(" \t\r\n", line[size - 1]) && line[size - 1])
        size--;
    *ret_line = (struct log_line){
        .line = line,
        .size = size < LOG_LINE_CEILING ? size : LOG_LINE_CEILING,
    };
    ret_line->text = log_date_read(line, ret_line->size, &ret_line->date);
    ret_line->text = skip_blanks(ret_line, ret_line->text);
    ret_line->behind_sign = ret_line->text;
    find_sign(ret_line);
    ret_line->behind_sign = skip_blanks(ret_line, ret_line->behind_sign);
}

/* Windows-1252, 0x80 to 0x9f; 0 for what it does not have. */
static const uint16_t high[] = {
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178,
};

static void append_point(struct text *text, uint32_t point)
{
    char bytes[] = { (char)(0xe0 | point >> 12), (char)(0x80 | (point >> 6 & 0x3f)),
                     (char)(0x80 | (point & 0x3f)) };

    if (point < 0x800) {
        bytes[1] = (char)(0xc0 | point >> 6);
        text_append_bytes(text, bytes + 1, 2);
    } else {
        text_append_bytes(text, bytes, 3);
    }
}

static void append_foreign(struct text *text, unsigned char byte)
{
    uint32_t point = byte >= 0xa0 ? byte : high[byte - 0x80];

    append_point(text, point ? point : 0xfffd);
}

/* Controls, line ends of Unicode, and what turns the direction of writing. */
static bool is_unwanted(const char *at, size_t size)
{
    unsigned char last = (unsigned char)at[size - 1];

    if (size == 1)
        return last < ' ' || last == 0x7f;
    if (size == 2)
        return at[0] == '\xc2' && last < 0xa0;
    if (size != 3 || at[0] != '\xe2')
        return false;
    return (at[1] == '\x80' && ((last >= 0xa8 && last <= 0xae) || last == 0x8e || last == 0x8f)) ||
           (at[1] == '\x81' && last >= 0xa6 && last <= 0xa9);
}

/* The size of the UTF-8 sequence at `at`, or 0 when there is none. */
static size_t sequence(const char *at, size_t left)
{
    unsigned char lead = (unsigned char)at[0];
    size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;

    return size <= left && text_is_utf8(at, size) ? size : 0;
}

char *log_text_clean(const char *text, size_t size, size_t most, bool *ret_foreign)
{
    OWNED(text_release) struct text clean = TEXT_UP_TO(most + 8);
    struct ajar_error err = AJAR_NO_ERROR;
    bool whole = size < LOG_LINE_CEILING; /* a line that was cut may end within a character */
    bool foreign = false;
    char *taken = NULL;
    size_t count;

    for (size_t i = 0; i < size; i += count) {
        count = sequence(text + i, size - i);
        if (clean.size + (count ? count : 3) > most) {
            text_append(&clean, "...");
            break;
        }
        if (count == 0) {
            append_foreign(&clean, (unsigned char)text[i]);
            foreign = foreign || whole || size - i > 3;
            count = 1;
        } else if (is_unwanted(text + i, count)) {
            text_append(&clean, " ");
        } else {
            text_append_bytes(&clean, text + i, count);
        }
    }
    if (foreign && ret_foreign)
        *ret_foreign = true;
    return text_take(&clean, &taken, &err) ? taken : NULL;
}
