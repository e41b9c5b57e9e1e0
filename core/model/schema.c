/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/schema.h"

#include <ctype.h>
#include <string.h>

/* A field that is being judged. */
struct judged {
    const char *file;
    const struct ini_field *field;
    const struct field_rule *rule;
};

static bool refuse(const struct judged *j, const char *right, struct ajar_error *err)
{
    return ajar_fail(err, AJAR_EPLAN, "%s:%d: %s = \"%.80s\" is not right: %s", j->file,
                     j->field->line, j->field->name, j->field->value, right);
}

bool schema_is_name(const char *text)
{
    if (!islower((unsigned char)text[0]))
        return false;
    for (const char *at = text; *at; at++) {
        if (!islower((unsigned char)*at) && !isdigit((unsigned char)*at) && *at != '-')
            return false;
    }
    return true;
}

/* Is `word` (of `size` bytes) one of the words in `list`, which blanks separate? */
static bool is_listed(const char *list, const char *word)
{
    size_t size = strlen(word);

    for (const char *at = list; *at; at += strspn(at, " ")) {
        size_t span = strcspn(at, " ");

        if (span == size && strncmp(at, word, size) == 0)
            return true;
        at += span;
    }
    return false;
}

static bool is_duration(const char *text)
{
    size_t digits = strspn(text, "0123456789");

    return digits > 0 && digits < 9 && strspn(text, "0") < digits && text[digits] != '\0' &&
           strchr("smhd", text[digits]) && text[digits + 1] == '\0';
}

bool schema_is_host_name(const char *text)
{
    size_t size = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.");

    return size > 0 && size < 254 && text[size] == '\0' && strchr(text, '.') && text[0] != '.' &&
           text[0] != '-' && !strstr(text, "..");
}

const char *const schema_places[] = { "host ",   "pdc ",    "controllers ", "forest-controllers ",
                                      "domain ", "domains " };

/* The words of a place that several names may follow. */
static bool takes_several(const char *place)
{
    return strcmp(place, "host ") == 0 || strcmp(place, "domain ") == 0;
}

/* One name after the other, blanks between them. */
static bool are_host_names(const char *text)
{
    char name[256];

    do {
        size_t size = strcspn(text, " ");

        if (size >= sizeof(name))
            return false;
        memcpy(name, text, size);
        name[size] = '\0';
        if (!schema_is_host_name(name))
            return false;
        text += size;
        text += strspn(text, " ");
    } while (*text);
    return true;
}

static bool is_place(const char *text)
{
    for (size_t i = 0; i < LENGTH(schema_places); i++) {
        size_t size = strlen(schema_places[i]);

        if (strncmp(text, schema_places[i], size) == 0)
            return takes_several(schema_places[i]) ? are_host_names(text + size)
                                                   : schema_is_host_name(text + size);
    }
    return false;
}

static bool is_effect(const char *text)
{
    static const char *const effects[] = { "at once", "restart", "policy refresh", "replication" };
    static const char before[] = "service ";
    static const char after[] = " restart";
    size_t size = strlen(text);

    for (size_t i = 0; i < LENGTH(effects); i++) {
        if (strcmp(text, effects[i]) == 0)
            return true;
    }
    return size > strlen(before) + strlen(after) && strncmp(text, before, strlen(before)) == 0 &&
           strcmp(text + size - strlen(after), after) == 0;
}

static bool is_hex(const char *text)
{
    size_t size = strspn(text, "0123456789abcdefABCDEF");

    return text[size] == '\0' && size % 2 == 0;
}

static bool refuse_choice(const struct judged *j, struct ajar_error *err)
{
    OWNED(free) char *right = text_make("it is one of: %s", j->rule->choices);

    return right ? refuse(j, right, err) : ajar_no_memory(err);
}

static bool check_value(const struct judged *j, struct ajar_error *err)
{
    const char *value = j->field->value;

    if (j->rule->may_be_empty && !value[0])
        return true;
    switch (j->rule->type) {
    case FIELD_ANY:
        return true;
    case FIELD_TEXT:
        return value[0] || refuse(j, "a text is needed", err);
    case FIELD_NAME:
        return schema_is_name(value) ||
               refuse(j, "a name is lower-case letters, digits and hyphens", err);
    case FIELD_CHOICE:
        return is_listed(j->rule->choices, value) || refuse_choice(j, err);
    case FIELD_YES_NO:
        return is_listed("yes no", value) || refuse(j, "it is yes or no", err);
    case FIELD_DURATION:
        return is_duration(value) || refuse(j, "a duration is like 30m, 72h or 14d", err);
    case FIELD_HEX:
        return is_hex(value) || refuse(j, "two hexadecimal digits are needed for each byte", err);
    case FIELD_PLACE:
        return is_place(value) || refuse(j,
                                         "it is host NAME, pdc DOMAIN, controllers DOMAIN, "
                                         "domain DOMAIN or domains FOREST, with a full DNS name",
                                         err);
    case FIELD_EFFECT:
        return is_effect(value) || refuse(j,
                                          "it is at once, restart, service NAME restart, policy "
                                          "refresh or replication",
                                          err);
    }
    return true;
}

static const struct field_rule *find_rule(const struct field_rule *rules, const char *name)
{
    for (; rules && rules->name; rules++) {
        if (strcmp(rules->name, name) == 0)
            return rules;
    }
    return NULL;
}

/* Names all fields that the tables know: "on, key, value". */
static bool list_names(const struct field_rule *rules, const struct field_rule *more,
                       char **ret_names, struct ajar_error *err)
{
    OWNED(text_release) struct text names = TEXT_UP_TO(400);

    for (; rules && rules->name; rules++)
        text_format(&names, "%s%s", names.size ? ", " : "", rules->name);
    for (; more && more->name; more++)
        text_format(&names, "%s%s", names.size ? ", " : "", more->name);
    return text_take(&names, ret_names, err);
}

static bool refuse_unknown(const struct judged *j, const struct ini_section *section,
                           const char *names, struct ajar_error *err)
{
    return ajar_fail(err, AJAR_EPLAN, "%s:%d: [%s%s%s] has no field \"%.60s\"; it knows %s",
                     j->file, j->field->line, section->kind, section->name[0] ? " " : "",
                     section->name, j->field->name, names);
}

static bool refuse_twice(const char *file, const struct ini_section *section, size_t second,
                         struct ajar_error *err)
{
    const struct ini_field *field = &section->fields[second];

    for (size_t i = 0; i < second; i++) {
        if (strcmp(section->fields[i].name, field->name) == 0)
            return ajar_fail(err, AJAR_EPLAN,
                             "%s:%d: field \"%s\" stands twice (first in line %d); keep one", file,
                             field->line, field->name, section->fields[i].line);
    }
    return true;
}

static bool check_required(const char *file, const struct ini_section *section,
                           const struct field_rule *rules, struct ajar_error *err)
{
    for (; rules && rules->name; rules++) {
        if (rules->required && !ini_value(section, rules->name))
            return ajar_fail(err, AJAR_EPLAN, "%s:%d: [%s%s%s] needs a field \"%s\"", file,
                             section->line, section->kind, section->name[0] ? " " : "",
                             section->name, rules->name);
    }
    return true;
}

bool schema_check(const char *file, const struct ini_section *section,
                  const struct field_rule *rules, const struct field_rule *more,
                  struct ajar_error *err)
{
    for (size_t i = 0; i < section->count; i++) {
        struct judged j = { .file = file, .field = &section->fields[i] };

        j.rule = find_rule(rules, j.field->name);
        if (!j.rule)
            j.rule = find_rule(more, j.field->name);
        if (!j.rule) {
            OWNED(free) char *names = NULL;

            return list_names(rules, more, &names, err) && refuse_unknown(&j, section, names, err);
        }
        if (!j.rule->repeatable && !refuse_twice(file, section, i, err))
            return false;
        if (!check_value(&j, err))
            return false;
    }
    return check_required(file, section, rules, err) && check_required(file, section, more, err);
}
