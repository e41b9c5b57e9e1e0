/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The text is edited in place, one line of it at a time.
 */
#include "model/template.h"

#include "base/text.h"

#include <string.h>
#include <strings.h>

/* A piece of the text. */
struct span {
    size_t at;
    size_t size;
};

/* One line. */
struct line {
    size_t number;     /* from 1 */
    struct span whole; /* without its end */
    size_t next;       /* where the next one begins; the text's size after the last one */
};

struct found {
    enum template_place place;
    struct line line;        /* TEMPLATE_KEY: its line */
    struct span value;       /* in it */
    struct line header;      /* of the first section of this name */
    struct line last;        /* the last line in it that is not empty; or the header */
    struct line last_header; /* of the last section of this name */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct span trim(const char *text, struct span span)
{
    while (span.size > 0 && is_blank(text[span.at])) {
        span.at++;
        span.size--;
    }
    while (span.size > 0 && is_blank(text[span.at + span.size - 1]))
        span.size--;
    return span;
}

static bool span_is(const char *text, struct span span, const char *name)
{
    return strlen(name) == span.size && strncasecmp(text + span.at, name, span.size) == 0;
}

/* Moves to the next line; false at the end. `line` begins as { 0 }. */
static bool next_line(const char *text, struct line *line)
{
    const char *begin = text + line->next;
    size_t size = strcspn(begin, "\n");

    if (!*begin)
        return false;
    line->number++;
    line->whole.at = line->next;
    line->next += size + (begin[size] == '\n');
    line->whole.size = size > 0 && begin[size] == '\n' && begin[size - 1] == '\r' ? size - 1 : size;
    return true;
}

/* Is it a "[name]"? */
static bool read_header(const char *text, const struct line *line, struct span *ret_name)
{
    struct span span = trim(text, line->whole);

    if (span.size < 2 || text[span.at] != '[' || text[span.at + span.size - 1] != ']')
        return false;
    *ret_name = trim(text, (struct span){ span.at + 1, span.size - 2 });
    return true;
}

/* Is it a "name = value"? A quoted name loses its quotes. */
static bool read_pair(const char *text, const struct line *line, struct span *ret_name,
                      struct span *ret_value)
{
    size_t at = line->whole.at;
    size_t end = at + line->whole.size;
    struct span name = trim(text, line->whole);
    bool quoted = name.size > 0 && text[name.at] == '"';

    if (name.size == 0 || text[name.at] == ';')
        return false;
    at = name.at;
    if (quoted) {
        const char *close = memchr(text + at + 1, '"', end - at - 1);

        if (!close)
            return false;
        at = (size_t)(close - text) + 1;
    }
    while (at < end && text[at] != '=')
        at++;
    if (at == end)
        return false;
    *ret_value = trim(text, (struct span){ at + 1, end - at - 1 });
    name = trim(text, (struct span){ name.at, at - name.at });
    if (quoted && text[name.at + name.size - 1] == '"')
        name = (struct span){ name.at + 1, name.size - 2 };
    *ret_name = name;
    return true;
}

static bool note_key(const char *section, const char *key, const struct line *line,
                     struct span value, struct found *found, struct ajar_error *err)
{
    if (found->place == TEMPLATE_KEY) {
        ajar_fail(err, AJAR_EPROTOCOL, "[%s] %s stands there twice, in line %zu and in line %zu",
                  section, key, found->line.number, line->number);
        return ajar_hint(err, "leave one of them in the Group Policy editor");
    }
    found->place = TEMPLATE_KEY;
    found->line = *line;
    found->value = value;
    return true;
}

static void note_header(const struct line *line, struct found *found)
{
    if (found->place == TEMPLATE_NO_SECTION) {
        found->place = TEMPLATE_NO_KEY;
        found->header = *line;
        found->last = *line;
    }
    found->last_header = *line;
}

/* A section may stand there more than once: then all of them count, as for Windows. */
static bool find(const struct template *template, const char *section, const char *key,
                 struct found *ret_found, struct ajar_error *err)
{
    const char *text = template->text;
    struct found found = { 0 };
    struct line line = { 0 };
    struct span name = { 0 };
    struct span value = { 0 };
    bool inside = false;

    while (next_line(text, &line)) {
        if (read_header(text, &line, &name)) {
            inside = span_is(text, name, section);
            if (inside)
                note_header(&line, &found);
            continue;
        }
        if (!inside)
            continue;
        if (found.header.number == found.last_header.number && trim(text, line.whole).size > 0)
            found.last = line;
        if (read_pair(text, &line, &name, &value) && span_is(text, name, key) &&
            !note_key(section, key, &line, value, &found, err))
            return false;
    }
    *ret_found = found;
    return true;
}

/* Puts `fresh` in the place of a span. */
static bool splice(struct template *template, struct span span, const char *fresh,
                   struct ajar_error *err)
{
    char *made = text_make("%.*s%s%s", (int)span.at, template->text, fresh,
                           template->text + span.at + span.size);

    if (!made)
        return ajar_no_memory(err);
    free(template->text);
    template->text = made;
    return true;
}

static bool is_one_line(const char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < ' ' && *text != '\t')
            return false;
    }
    return true;
}

static bool is_ascii(const char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text > 0x7e)
            return false;
    }
    return true;
}

/* Can all of it stand in a line of this file, and be read again as what it is? */
static bool check_line(const struct template *template, const char *section, const char *key,
                       const char *value, struct ajar_error *err)
{
    const struct span all = { 0, strlen(value) };

    if (!*section || !*key || strpbrk(section, "[]") || strchr(key, '"') || strchr("[;", key[0]) ||
        is_blank(key[0]) || is_blank(key[strlen(key) - 1]) || !is_one_line(section) ||
        !is_one_line(key))
        return ajar_fail(err, AJAR_EPLAN, "[%s] %s cannot be a name in a template", section, key);
    if (!is_one_line(value) || trim(value, all).size != all.size || !text_is_utf8(value, all.size))
        return ajar_fail(err, AJAR_EPLAN, "\"%s\" cannot be a value in a template", value);
    if (template->encoding == TEMPLATE_8BIT &&
        !(is_ascii(section) && is_ascii(key) && is_ascii(value)))
        return ajar_fail(err, AJAR_EPLAN, "the template is no Unicode, and \"%s\" needs it", value);
    return true;
}

/* "key = value", or "key=value" for a registry value and in GPT.INI, as Windows writes them. */
static char *make_line(const char *section, const char *key, const char *value)
{
    const char *quote = strchr(key, '=') ? "\"" : "";
    bool is_tight = strchr(key, '\\') || strcasecmp(section, "General") == 0;
    const char *equals = is_tight ? "=" : " = ";

    return text_make("%s%s%s%s%s", quote, key, quote, equals, value);
}

/* Adds lines behind `at`, where a line ends: with an end of line or, at the end of the text,
 * without one. */
static bool add_lines(struct template *template, size_t at, const char *lines,
                      struct ajar_error *err)
{
    bool ended = at == 0 || template->text[at - 1] == '\n';
    /* A last line that ends with a CR would take a LF for its own. */
    const char *end = !ended && template->text[at - 1] == '\r' ? "\r\n" : template_end(template);
    OWNED(free)
    char *fresh = ended ? text_make("%s%s", lines, end) : text_make("%s%s", end, lines);

    if (!fresh)
        return ajar_no_memory(err);
    return splice(template, (struct span){ at, 0 }, fresh, err);
}

static bool add_key(struct template *template, const struct found *found, const char *section,
                    const char *line, struct ajar_error *err)
{
    OWNED(free) char *lines = NULL;

    if (found->place == TEMPLATE_NO_KEY)
        return add_lines(template, found->last.next, line, err);
    lines = text_make("[%s]%s%s", section, template_end(template), line);
    if (!lines)
        return ajar_no_memory(err);
    return add_lines(template, strlen(template->text), lines, err);
}

bool template_set(struct template *template, const char *section, const char *key,
                  const char *value, struct ajar_error *err)
{
    OWNED(free) char *line = NULL;
    struct found found;

    if (!check_line(template, section, key, value, err) ||
        !find(template, section, key, &found, err))
        return false;
    if (found.place == TEMPLATE_KEY)
        return splice(template, found.value, value, err);
    line = make_line(section, key, value);
    if (!line)
        return ajar_no_memory(err);
    return add_key(template, &found, section, line, err);
}

/* Takes a whole line away; of the last one, when it has no end, the end in front of it instead. */
static bool remove_line(struct template *template, const struct line *line, struct ajar_error *err)
{
    struct span span = { line->whole.at, line->next - line->whole.at };
    const char *text = template->text;

    if (line->whole.at + line->whole.size == line->next && line->whole.at > 0) {
        size_t end = line->whole.at > 1 && text[line->whole.at - 2] == '\r' ? 2 : 1;

        span = (struct span){ span.at - end, span.size + end };
    }
    return splice(template, span, "", err);
}

/* Is there nothing but empty lines between the header and the next one? */
static bool is_empty_section(const char *text, struct line header)
{
    struct span name;

    while (next_line(text, &header)) {
        if (read_header(text, &header, &name))
            return true;
        if (trim(text, header.whole).size > 0)
            return false;
    }
    return true;
}

bool template_remove(struct template *template, const char *section, const char *key,
                     bool with_section, struct ajar_error *err)
{
    struct found found;

    if (!find(template, section, key, &found, err))
        return false;
    if (found.place == TEMPLATE_KEY &&
        (!remove_line(template, &found.line, err) || !find(template, section, key, &found, err)))
        return false;
    if (with_section && found.place == TEMPLATE_NO_KEY &&
        is_empty_section(template->text, found.last_header))
        return remove_line(template, &found.last_header, err);
    return true;
}

bool template_get(const struct template *template, const char *section, const char *key,
                  enum template_place *ret_place, char **ret_value, struct ajar_error *err)
{
    struct found found;
    char *value = NULL;

    if (!find(template, section, key, &found, err))
        return false;
    if (found.place == TEMPLATE_KEY) {
        if (!text_is_utf8(template->text + found.value.at, found.value.size))
            return ajar_fail(err, AJAR_EPROTOCOL, "the value of [%s] %s, in line %zu, is no UTF-8",
                             section, key, found.line.number);
        value = text_copy_bytes(template->text + found.value.at, found.value.size);
        if (!value)
            return ajar_no_memory(err);
    }
    *ret_place = found.place;
    *ret_value = value;
    return true;
}

bool template_get_line(const struct template *template, const char *section, const char *key,
                       size_t *ret_number, char **ret_line, struct ajar_error *err)
{
    struct found found;
    char *line;

    if (!find(template, section, key, &found, err))
        return false;
    if (found.place != TEMPLATE_KEY)
        return ajar_fail(err, AJAR_EMISSING, "there is no [%s] %s", section, key);
    line = text_copy_bytes(template->text + found.line.whole.at, found.line.whole.size);
    if (!line)
        return ajar_no_memory(err);
    *ret_number = found.line.number;
    *ret_line = line;
    return true;
}

/* Where the line of this number begins, if the section goes on there, or ends there. */
static bool find_place(const struct template *template, const struct found *found, size_t number,
                       size_t *ret_at)
{
    struct line line = found->header;
    struct span name;

    if (found->place == TEMPLATE_NO_SECTION || number <= found->header.number)
        return false;
    while (line.number + 1 < number) {
        if (!next_line(template->text, &line) || read_header(template->text, &line, &name))
            return false;
    }
    *ret_at = line.next;
    return true;
}

bool template_put_line(struct template *template, const char *section, size_t number,
                       const char *line, struct ajar_error *err)
{
    struct found found;
    size_t at = 0;

    if (!find(template, section, "", &found, err))
        return false;
    if (find_place(template, &found, number, &at))
        return add_lines(template, at, line, err);
    return add_key(template, &found, section, line, err);
}

bool template_is_bare(const struct template *template)
{
    const char *text = template->text;
    struct line line = { 0 };
    bool preamble = false;

    while (next_line(text, &line)) {
        struct span span = trim(text, line.whole);
        struct span name;

        if (read_header(text, &line, &name)) {
            preamble = span_is(text, name, "Unicode") || span_is(text, name, "Version");
            if (!preamble)
                return false;
        } else if (!preamble && span.size > 0 && text[span.at] != ';') {
            return false;
        }
    }
    return true;
}
