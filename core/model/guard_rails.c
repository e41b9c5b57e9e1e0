/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/guard_rails.h"

#include "base/clock.h"
#include "base/text.h"
#include "model/name_list.h"
#include "model/schema.h"

#include <regex.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MOST_APPROVALS 9
#define LONGEST_WINDOW (INT64_C(10) * 365 * 86400)

static const struct field_rule fields[] = {
    { .name = "longest-window", .type = FIELD_DURATION },
    { .name = "ticket", .type = FIELD_TEXT },
    { .name = "approvals", .type = FIELD_TEXT },
    { .name = "never-touch", .type = FIELD_TEXT },
    { .name = "need-approval", .type = FIELD_TEXT },
    { 0 },
};

/* Fails with "file:line: field: ", and what would be right. */
static bool refuse(const struct guard_rails *rails, const char *field, struct ajar_error *err,
                   const char *right)
{
    return ajar_fail(err, AJAR_EPLAN, "%s:%d: %s: %s", rails->file, ini_line(rails->section, field),
                     field, right);
}

static bool read_duration(struct guard_rails *rails, struct ajar_error *err)
{
    const char *value = ini_value(rails->section, "longest-window");

    if (!value || clock_read_duration(value, 1, LONGEST_WINDOW, &rails->longest_window, err))
        return true;
    err->status = AJAR_EPLAN;
    return ajar_while(err, "%s:%d: longest-window", rails->file,
                      ini_line(rails->section, "longest-window"));
}

static bool read_approvals(struct guard_rails *rails, struct ajar_error *err)
{
    const char *value = ini_value(rails->section, "approvals");

    if (!value)
        return true;
    if (value[0] < '0' || value[0] > '0' + MOST_APPROVALS || value[1])
        return refuse(rails, "approvals", err, "how many are needed is a number from 0 to 9");
    rails->approvals = (unsigned)(value[0] - '0');
    return true;
}

/* For all of the text. To be freed with regfree(). */
static int compile(const char *pattern, regex_t *ret_expression)
{
    OWNED(free) char *whole = text_make("^(%s)$", pattern);

    return whole ? regcomp(ret_expression, whole, REG_EXTENDED | REG_NOSUB) : REG_ESPACE;
}

static bool read_ticket(struct guard_rails *rails, struct ajar_error *err)
{
    regex_t expression;
    char why[128];
    int code;

    rails->ticket = ini_value(rails->section, "ticket");
    if (!rails->ticket)
        return true;
    code = compile(rails->ticket, &expression);
    if (code == 0) {
        regfree(&expression);
        return true;
    }
    (void)regerror(code, &expression, why, sizeof(why));
    return ajar_fail(err, AJAR_EPLAN, "%s:%d: ticket: no extended regular expression: %s",
                     rails->file, ini_line(rails->section, "ticket"), why);
}

static bool read_list(struct ini_section *section, const char *name, const char ***ret_names,
                      struct ajar_error *err)
{
    for (size_t i = 0; i < section->count; i++) {
        if (strcmp(section->fields[i].name, name) == 0)
            return name_list_cut(section->fields[i].value, ret_names, err);
    }
    return true;
}

bool guard_rails_read(const char *file, struct ini_section *section, struct guard_rails *ret_rails,
                      struct ajar_error *err)
{
    struct guard_rails *rails = ret_rails;

    *rails = (struct guard_rails){ .file = file, .section = section };
    return schema_check(file, section, fields, NULL, err) && read_duration(rails, err) &&
           read_ticket(rails, err) && read_approvals(rails, err) &&
           read_list(section, "never-touch", &rails->never_touch, err) &&
           read_list(section, "need-approval", &rails->need_approval, err);
}

bool guard_rails_match_ticket(const struct guard_rails *rails, const char *ticket)
{
    regex_t expression;
    bool matches;

    if (!rails->ticket)
        return true;
    if (!ticket || compile(rails->ticket, &expression) != 0)
        return false;
    matches = regexec(&expression, ticket, 0, NULL, 0) == 0;
    regfree(&expression);
    return matches;
}

/* The value as it stands in the file; of a list, which was cut, its names. */
static void write_value(const struct guard_rails *rails, const char *field, struct text *text)
{
    const char *const *names = NULL;

    if (strcmp(field, "never-touch") == 0)
        names = rails->never_touch;
    else if (strcmp(field, "need-approval") == 0)
        names = rails->need_approval;
    if (!names)
        text_append(text, ini_value(rails->section, field));
    for (const char *const *name = names; name && *name; name++)
        text_format(text, "%s%s", name == names ? "" : ", ", *name);
}

void guard_rails_name(const struct guard_rails *rails, const char *field, struct text *text)
{
    OWNED(text_release) struct text value = TEXT_UP_TO(200);

    write_value(rails, field, &value);
    text_format(text, "policy \"%s = %s\" (%s:%d)", field, text_peek(&value), rails->file,
                ini_line(rails->section, field));
}

bool guard_rails_fail(const struct guard_rails *rails, const char *field, struct ajar_error *err,
                      const char *format, ...)
{
    OWNED(text_release) struct text rule = TEXT_UP_TO(500);
    char asked[256];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(asked, sizeof(asked), format, arguments);
    va_end(arguments);
    guard_rails_name(rails, field, &rule);
    return ajar_fail(err, AJAR_EPOLICY, "%s: %s", text_peek(&rule), asked);
}

void guard_rails_release(struct guard_rails *rails)
{
    free(rails->never_touch);
    free(rails->need_approval);
    *rails = (struct guard_rails){ 0 };
}
