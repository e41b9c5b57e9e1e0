/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Words that stand in a table. "Error" and "Success" are words of every log; they mean a status
 * only where they are all that a cell holds: between tabs, between commas without blanks around
 * them, between runs of two blanks and more, or behind "Status :".
 */
#include "model/log_pattern.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* The kind of border that stands somewhere. */
enum border {
    BORDER_NONE,
    BORDER_LINE, /* the begin or end of the line */
    BORDER_CELL,
};

/* Does "status :" stand right before `at`? */
static bool is_labelled(const struct log_line *line, size_t at)
{
    static const char label[] = "status";
    size_t size = strlen(label);

    while (at > line->text && is_blank(line->line[at - 1]))
        at--;
    if (at == line->text || line->line[at - 1] != ':')
        return false;
    at--;
    while (at > line->text && is_blank(line->line[at - 1]))
        at--;
    return at >= line->text + size && strncasecmp(line->line + at - size, label, size) == 0 &&
           (at == line->text + size || !isalnum((unsigned char)line->line[at - size - 1]));
}

static enum border border_before(const struct log_line *line, size_t at)
{
    const char *begin = line->line + line->text;
    const char *here = line->line + at;

    if (here > begin && here[-1] == '"')
        here--;
    if (here == begin)
        return BORDER_LINE;
    if (here[-1] == '\t' || here[-1] == ',' || here[-1] == ';' || here[-1] == '|')
        return BORDER_CELL;
    if (here[-1] == ' ' && here - begin >= 2 && (is_blank(here[-2]) || here[-2] == '|'))
        return BORDER_CELL;
    return BORDER_NONE;
}

static enum border border_after(const struct log_line *line, size_t at)
{
    const char *end = line->line + line->size;
    const char *here = line->line + at;

    if (here < end && *here == '"')
        here++;
    if (here == end)
        return BORDER_LINE;
    if (*here == '\t' || *here == '|')
        return BORDER_CELL;
    if (*here == ',' || *here == ';')
        return here + 1 < end && here[1] == ' ' ? BORDER_NONE : BORDER_CELL;
    if (*here == ' ' && here + 1 < end && (is_blank(here[1]) || here[1] == '|'))
        return BORDER_CELL;
    return BORDER_NONE;
}

static bool is_cell(const struct log_line *line, size_t at, size_t size)
{
    enum border before = border_before(line, at);
    enum border after = border_after(line, at + size);

    if (is_labelled(line, at))
        return after != BORDER_NONE;
    return before != BORDER_NONE && after != BORDER_NONE &&
           (before == BORDER_CELL || after == BORDER_CELL);
}

static bool is_distinguished_name(const char *at, size_t size)
{
    return size > 3 && (strncasecmp(at, "CN=", 3) == 0 || strncasecmp(at, "OU=", 3) == 0);
}

/* Does the cell look like an account: a distinguished name, user@domain, DOMAIN\user? */
static bool is_account(const char *at, size_t size)
{
    return is_distinguished_name(at, size) ||
           (size > 3 && (memchr(at, '@', size) || memchr(at, '\\', size)));
}

/* Does a comma within a distinguished name stand at `comma`: "OU=..." follows? */
static bool goes_on(const char *begin, const char *comma, const char *end)
{
    const char *part = comma + 1;

    while (part < end && isalpha((unsigned char)*part))
        part++;
    return is_distinguished_name(begin, (size_t)(comma - begin)) && part > comma + 1 &&
           part < end && *part == '=';
}

/* The cell that begins at `at`; where the next one begins. */
static size_t take_cell(const struct log_line *line, size_t at, struct log_span *ret_cell)
{
    const char *end = line->line + line->size;
    const char *begin = line->line + at;
    const char *here = begin;

    if (*begin == '"') {
        const char *quote = memchr(begin + 1, '"', (size_t)(end - begin - 1));

        here = quote ? quote : end;
        *ret_cell = (struct log_span){ begin + 1, (size_t)(here - begin - 1) };
        return (size_t)((here < end ? here + 1 : end) - line->line);
    }
    while (here < end && !strchr("\t;|", *here) && (*here != ',' || goes_on(begin, here, end)) &&
           (*here != ' ' || here + 1 == end || !is_blank(here[1])))
        here++;
    *ret_cell = (struct log_span){ begin, (size_t)(here - begin) };
    return (size_t)((here < end ? here + 1 : end) - line->line);
}

static struct log_span find_account(const struct log_line *line)
{
    size_t at = line->text;

    while (at < line->size) {
        struct log_span cell = { 0 };

        while (at < line->size && strchr(" \t,;|", line->line[at]) && line->line[at])
            at++;
        if (at == line->size)
            break;
        at = take_cell(line, at, &cell);
        if (is_account(cell.at, cell.size))
            return cell;
    }
    return (struct log_span){ 0 };
}

bool log_cell_match(const char *word, const struct log_line *line, struct log_span *ret_account)
{
    size_t size = strlen(word);

    for (size_t at = line->text; at + size <= line->size; at++) {
        if (strncasecmp(line->line + at, word, size) == 0 && is_cell(line, at, size)) {
            *ret_account = find_account(line);
            return true;
        }
    }
    return false;
}
