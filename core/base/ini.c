/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * inih asks for the text line by line and reports fields. It never sees a line that it would bend:
 * next_line() judges each one first, notes the sections (inih cuts their names) and the line's
 * number (inih does not tell it), and hands over what is left. A field that is handed over is due
 * back in take_field() before the next line is asked for.
 */
#include "base/ini.h"

#include "base/bytes.h"
#include "base/file.h"

#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FILE_CEILING    (1024 * 1024)
#define SECTION_CEILING 4096 /* of what people write */
#define RECORD_CEILING  (1024 * SECTION_CEILING)
#define FIRST_ROOM      64
#define NAME_CEILING    64

struct parser {
    const char *at; /* the text that inih has not asked for yet */
    const char *end;
    int line; /* the number of the last line it asked for */
    bool due; /* that line is a field, and inih has not reported it yet */
    bool failed;
    enum ini_dialect dialect;
    struct ini *ini;
    struct text value; /* of the last field, while it may still be continued */
    size_t *seen;      /* sections by the hash of their names: 1 for the first; 0 is room */
    size_t room;       /* at least twice as many as there are sections; a power of two */
    struct ajar_error *err;
};

__attribute__((format(printf, 2, 3))) static bool refuse(struct parser *parser, const char *format,
                                                         ...)
{
    char why[400];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(why, sizeof(why), format, arguments);
    va_end(arguments);
    parser->failed = true;
    return ajar_fail(parser->err, AJAR_EPLAN, "%s:%d: %s", parser->ini->file, parser->line, why);
}

static bool fail_memory(struct parser *parser)
{
    parser->failed = true;
    return ajar_no_memory(parser->err);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_name(const char *at, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        char c = (char)(at[i] | 0x20);

        if ((c < 'a' || c > 'z') && (at[i] < '0' || at[i] > '9') && !strchr("-_.", at[i]))
            return false;
    }
    return size > 0 && size <= NAME_CEILING;
}

/* The array with room for one more: it doubles whenever its count is a power of two. */
static void *with_room(void *array, size_t count, size_t size)
{
    if (count & (count - 1))
        return array;
    return reallocarray(array, count > 0 ? 2 * count : 1, size);
}

static struct ini_section *last_section(const struct parser *parser)
{
    return parser->ini->count > 0 ? &parser->ini->sections[parser->ini->count - 1] : NULL;
}

static struct ini_field *last_field(const struct parser *parser)
{
    struct ini_section *section = last_section(parser);

    return section && section->count > 0 ? &section->fields[section->count - 1] : NULL;
}

/* Gives the last field its value; nothing continues it from here on. */
static bool end_field(struct parser *parser)
{
    struct ini_field *field = last_field(parser);

    if (!field || field->value)
        return true;
    if (text_take(&parser->value, &field->value, parser->err))
        return true;
    parser->failed = true;
    return false;
}

static bool check_bytes(struct parser *parser, const char *line, size_t size)
{
    if (parser->line == 1 && size >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0)
        return refuse(parser, "a byte order mark: save the file as UTF-8 without one");
    if (memchr(line, '\0', size))
        return refuse(parser, "a NUL byte: this is not a text file in UTF-8");
    if (!text_is_utf8(line, size))
        return refuse(parser, "bytes that are not UTF-8: save the file as UTF-8");
    for (size_t i = 0; i < size; i++) {
        if (((unsigned char)line[i] < ' ' && line[i] != '\t') || line[i] == 0x7f)
            return refuse(parser, "a control character (0x%02x) at column %zu: remove it",
                          (unsigned)line[i], i + 1);
    }
    if (size > INI_LINE_CEILING)
        return refuse(parser,
                      "a line of %zu bytes: at most %d; continue a value with \"name+ = more\"",
                      size, INI_LINE_CEILING);
    return true;
}

static bool add_section(struct parser *parser, const char *kind, size_t kind_size, const char *name,
                        size_t name_size)
{
    struct ini *ini = parser->ini;
    struct ini_section *sections = with_room(ini->sections, ini->count, sizeof(*sections));
    struct ini_section *section;

    if (!sections)
        return fail_memory(parser);
    ini->sections = sections;
    section = &sections[ini->count++];
    *section = (struct ini_section){
        .kind = text_copy_bytes(kind, kind_size),
        .name = text_copy_bytes(name, name_size),
        .line = parser->line,
    };
    return (section->kind && section->name) || fail_memory(parser);
}

static size_t hash_text(size_t hash, const char *text)
{
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 16777619U;
    return hash;
}

/* The place of a section in the table of those that were seen: its own, or the next that is room.
 */
static size_t *find_seen(const struct parser *parser, const struct ini_section *section)
{
    size_t at = hash_text(hash_text(2166136261U, section->kind) ^ ' ', section->name);

    for (;; at++) {
        size_t *seen = &parser->seen[at & (parser->room - 1)];
        const struct ini_section *there = *seen ? &parser->ini->sections[*seen - 1] : NULL;

        if (!there ||
            (strcmp(there->kind, section->kind) == 0 && strcmp(there->name, section->name) == 0))
            return seen;
    }
}

/* The table gets room for one more. */
static bool make_room(struct parser *parser)
{
    if (2 * parser->ini->count <= parser->room)
        return true;
    free(parser->seen);
    parser->room = parser->room > 0 ? 2 * parser->room : FIRST_ROOM;
    parser->seen = calloc(parser->room, sizeof(*parser->seen));
    if (!parser->seen)
        return fail_memory(parser);
    for (size_t i = 0; i + 1 < parser->ini->count; i++)
        *find_seen(parser, &parser->ini->sections[i]) = i + 1;
    return true;
}

static bool check_repetition(struct parser *parser)
{
    size_t ceiling = parser->dialect == INI_RECORD ? RECORD_CEILING : SECTION_CEILING;
    const struct ini_section *last = last_section(parser);
    const struct ini_section *first;
    size_t *seen;

    if (!make_room(parser))
        return false;
    seen = find_seen(parser, last);
    first = *seen ? &parser->ini->sections[*seen - 1] : last;
    *seen = *seen ? *seen : parser->ini->count;
    if (first != last)
        return refuse(parser, "section [%s%s%s] is at line %d already: put its fields there",
                      last->kind, *last->name ? " " : "", last->name, first->line);
    if (parser->ini->count > ceiling)
        return refuse(parser, "more than %zu sections: split the file", ceiling);
    return true;
}

/* "[kind]" or "[kind name]" */
static bool begin_section(struct parser *parser, const char *line, size_t size)
{
    const char *close = memchr(line, ']', size);
    const char *kind = line + 1;
    const char *blank;
    const char *name;

    if (!close)
        return refuse(parser, "\"[\" without \"]\": a section is [kind] or [kind name]");
    if (close != line + size - 1)
        return refuse(parser, "text after \"]\": a field or a comment needs a line of its own");
    if (close == kind)
        return refuse(parser, "an empty section name: a section is [kind] or [kind name]");
    blank = memchr(kind, ' ', (size_t)(close - kind));
    name = blank ? blank + 1 : close;
    if (!is_name(kind, (size_t)((blank ? blank : close) - kind)) ||
        (blank && !is_name(name, (size_t)(close - name))))
        return refuse(parser, "a section is [kind] or [kind name]: one or two words of letters, "
                              "digits, \"-\", \"_\" and \".\" with one blank between");
    return end_field(parser) &&
           add_section(parser, kind, (size_t)((blank ? blank : close) - kind), name,
                       (size_t)(close - name)) &&
           check_repetition(parser);
}

/* A line that inih would take for what it is not. */
static bool check_field(struct parser *parser, const char *line, size_t size)
{
    const char *equals = memchr(line, '=', size);
    const char *colon = memchr(line, ':', size);

    if (colon && (!equals || colon < equals))
        return refuse(parser, "\":\" where \"=\" belongs: a field is \"name = value\"");
    if (!equals)
        return refuse(parser, "neither a section, a field nor a comment: a field is "
                              "\"name = value\", a comment begins with \"#\"");
    for (size_t i = 1; i < size; i++) {
        if (line[i] == ';' && is_blank(line[i - 1]))
            return refuse(parser, "\";\" after a blank: a comment needs a line of its own%s",
                          parser->dialect == INI_RECORD ? "; in quotes write \\x3b"
                                                        : ", a value has \";\" without the blank");
    }
    if (!last_section(parser))
        return refuse(parser, "a field before the first section: put [kind] or [kind name] above");
    parser->due = true;
    return true;
}

static bool judge_line(struct parser *parser, const char *line, size_t size)
{
    bool indented = size > 0 && is_blank(line[0]);

    if (!check_bytes(parser, line, size))
        return false;
    while (size > 0 && is_blank(line[size - 1]))
        size--;
    if (size == 0 || line[0] == ';' || line[0] == '#')
        return true;
    if (indented)
        return refuse(parser, "blanks at the begin of a line: begin at the first column, continue "
                              "a value with \"name+ = more\"");
    return line[0] == '[' ? begin_section(parser, line, size) : check_field(parser, line, size);
}

/* The line source of inih, in the manner of fgets(). */
static char *next_line(char *buffer, int room, void *user)
{
    struct parser *parser = user;
    const char *line = parser->at;
    size_t left = (size_t)(parser->end - parser->at);
    const char *newline = left > 0 ? memchr(line, '\n', left) : NULL;
    size_t size = newline ? (size_t)(newline - line) : left;

    if (!parser->failed && parser->due)
        (void)refuse(parser, "this line cannot be read");
    if (parser->failed || left == 0)
        return NULL;
    parser->at = newline ? newline + 1 : parser->end;
    parser->line++;
    if (size > 0 && line[size - 1] == '\r')
        size--;
    if (!judge_line(parser, line, size))
        return NULL;
    if (room < 2 || size > (size_t)room - 2) {
        (void)refuse(parser, "a line of %zu bytes: the INI library takes %d", size, room - 2);
        return NULL;
    }
    memcpy(buffer, line, size);
    memcpy(buffer + size, "\n", 2);
    return buffer;
}

static bool begin_field(struct parser *parser, const char *name)
{
    struct ini_section *section = last_section(parser);
    struct ini_field *fields;

    if (!is_name(name, strlen(name)))
        return refuse(parser,
                      "\"%.*s\" is no field name: at most %d letters, digits, \"-\", \"_\", \".\"",
                      NAME_CEILING, name, NAME_CEILING);
    if (!end_field(parser))
        return false;
    fields = with_room(section->fields, section->count, sizeof(*fields));
    if (!fields)
        return fail_memory(parser);
    section->fields = fields;
    fields[section->count] = (struct ini_field){ .name = text_copy(name), .line = parser->line };
    if (!fields[section->count].name)
        return fail_memory(parser);
    section->count++;
    return true;
}

static bool continue_field(struct parser *parser, const char *name, size_t size)
{
    const struct ini_field *field = last_field(parser);

    if (!field || strlen(field->name) != size || memcmp(field->name, name, size) != 0)
        return refuse(parser, "\"%.*s+\" continues nothing: \"%.*s = ...\" must stand just above",
                      (int)size, name, (int)size, name);
    /* People continue sentences, and cannot write a blank at the end of a line. */
    if (parser->dialect == INI_PLAIN)
        text_append(&parser->value, " ");
    return true;
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    const char *at = c ? strchr(digits, c) : NULL;
    int value = at ? (int)(at - digits) : -1;

    return value < 16 ? value : value - 6;
}

/* Appends the byte that the escape at `at` (behind its backslash) stands for; ret_size: its size.
 */
static bool take_escape(struct parser *parser, const char *at, size_t *ret_size)
{
    static const char letters[] = "\"\\ntr";
    static const char meanings[] = "\"\\\n\t\r";
    const char *letter = *at ? strchr(letters, *at) : NULL;
    int high = *at == 'x' ? hex_digit(at[1]) : -1;
    int low = high >= 0 ? hex_digit(at[2]) : -1;
    char byte = letter ? meanings[letter - letters] : (char)(high * 16 + low);

    if (!letter && low < 0)
        return refuse(parser, "an escape that is not one of \\\" \\\\ \\n \\t \\r \\xHH");
    if (!byte)
        return refuse(parser, "\\x00 in a value: text holds no NUL byte");
    text_append_bytes(&parser->value, &byte, 1);
    *ret_size = letter ? 1 : 3;
    return true;
}

static bool take_quoted(struct parser *parser, const char *at)
{
    size_t size;

    for (;;) {
        size = strcspn(at, "\"\\");
        text_append_bytes(&parser->value, at, size);
        at += size;
        if (*at != '\\')
            break;
        if (!take_escape(parser, at + 1, &size))
            return false;
        at += 1 + size;
    }
    if (*at != '"')
        return refuse(parser, "a value in quotes without the closing quote");
    return !at[1] || refuse(parser, "text after the closing quote: write a quote in it as \\\"");
}

static bool take_value(struct parser *parser, const char *value)
{
    if (parser->dialect == INI_RECORD && value[0] == '"')
        return take_quoted(parser, value + 1);
    text_append(&parser->value, value);
    return true;
}

/* The handler of inih: nonzero goes on. */
static int take_field(void *user, const char *section, const char *name, const char *value)
{
    struct parser *parser = user;
    size_t size = name ? strlen(name) : 0;

    (void)section;
    if (parser->failed || !parser->due || !name || !value)
        return 0;
    parser->due = false;
    if (size > 0 && name[size - 1] == '+')
        return continue_field(parser, name, size - 1) && take_value(parser, value);
    return begin_field(parser, name) && take_value(parser, value);
}

static bool parse(struct parser *parser)
{
    int result = ini_parse_stream(next_line, parser, take_field, parser);

    if (parser->failed)
        return false;
    if (result == 0 && !parser->due)
        return end_field(parser);
    parser->line = result > 0 ? result : parser->line;
    return refuse(parser, "this line cannot be read");
}

bool ini_read(const char *file, const char *bytes, size_t size, enum ini_dialect dialect,
              struct ini **ret_ini, struct ajar_error *err)
{
    OWNED(ini_free) struct ini *ini = calloc(1, sizeof(*ini));
    OWNED(text_release) struct text value = TEXT_UP_TO(size);
    struct parser parser = {
        .at = bytes, .end = bytes + size, .dialect = dialect, .ini = ini, .value = value, .err = err
    };
    bool good;

    if (!ini || !(ini->file = text_copy(file)))
        return ajar_no_memory(err);
    good = parse(&parser);
    value = parser.value;
    free(parser.seen);
    if (!good)
        return false;
    *ret_ini = ini;
    ini = NULL;
    return true;
}

bool ini_read_file(const char *path, enum ini_dialect dialect, struct ini **ret_ini,
                   struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes bytes = { 0 };

    if (!file_read(path, FILE_CEILING, &bytes, err)) {
        err->status = AJAR_EPLAN;
        return false;
    }
    return ini_read(path, bytes.size > 0 ? (const char *)bytes.at : "", bytes.size, dialect,
                    ret_ini, err);
}

const struct ini_section *ini_find(const struct ini *ini, const char *kind, const char *name)
{
    for (size_t i = 0; i < ini->count; i++) {
        const struct ini_section *section = &ini->sections[i];

        if (strcmp(section->kind, kind) == 0 && (!name || strcmp(section->name, name) == 0))
            return section;
    }
    return NULL;
}

const char *ini_value(const struct ini_section *section, const char *name)
{
    for (size_t i = 0; section && i < section->count; i++) {
        if (strcmp(section->fields[i].name, name) == 0)
            return section->fields[i].value;
    }
    return NULL;
}

int ini_line(const struct ini_section *section, const char *name)
{
    for (size_t i = 0; i < section->count; i++) {
        if (strcmp(section->fields[i].name, name) == 0)
            return section->fields[i].line;
    }
    return section->line;
}

void ini_free(struct ini *ini)
{
    if (!ini)
        return;
    for (size_t i = 0; i < ini->count; i++) {
        struct ini_section *section = &ini->sections[i];

        for (size_t j = 0; j < section->count; j++) {
            free(section->fields[j].name);
            free(section->fields[j].value);
        }
        free(section->fields);
        free(section->kind);
        free(section->name);
    }
    free(ini->sections);
    free(ini->file);
    free(ini);
}
