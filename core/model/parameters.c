/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/parameters.h"

#include "base/text.h"
#include "model/schema.h"

#include <string.h>

static struct ajar_parameter *find(const struct parameters *parameters, const char *name,
                                   size_t size)
{
    for (size_t i = 0; i < parameters->count; i++) {
        const char *known = parameters->list[i].name;

        if (strlen(known) == size && memcmp(known, name, size) == 0)
            return &parameters->list[i];
    }
    return NULL;
}

/* "a, b, c", for the end of a message. */
static void list_names(const struct parameters *parameters, char *ret_names, size_t room)
{
    OWNED(text_release) struct text names = TEXT_UP_TO(room - 1);

    for (size_t i = 0; i < parameters->count; i++)
        text_format(&names, "%s%s", i ? ", " : "", parameters->list[i].name);
    (void)snprintf(ret_names, room, "%s", names.size ? text_peek(&names) : "none");
}

bool parameters_declare(struct parameters *parameters, struct origin at, const char *name,
                        const char *about, const char *fallback, struct ajar_error *err)
{
    struct ajar_parameter fresh = { 0 };
    struct ajar_parameter *more;

    if (!schema_is_name(name))
        return ajar_fail(err, AJAR_EPLAN,
                         "%s:%d: [parameter %s]: a name is lower-case letters, digits and hyphens",
                         at.file, at.line, name);
    if (find(parameters, name, strlen(name)))
        return ajar_fail(err, AJAR_EPLAN,
                         "%s:%d: parameter \"%s\" is declared already, in a plan that this one "
                         "uses; leave it out here",
                         at.file, at.line, name);
    more = reallocarray(parameters->list, parameters->count + 1, sizeof(*more));
    if (!more)
        return ajar_no_memory(err);
    parameters->list = more;
    fresh.name = text_copy(name);
    fresh.about = text_copy(about);
    fresh.value = text_copy(fallback);
    more[parameters->count++] = fresh;
    return (fresh.name && !about == !fresh.about && !fallback == !fresh.value) ||
           ajar_no_memory(err);
}

static bool give(struct ajar_parameter *parameter, const char *value, struct ajar_error *err)
{
    char *copy = text_copy(value);

    if (!copy)
        return ajar_no_memory(err);
    free(parameter->value);
    parameter->value = copy;
    return true;
}

bool parameters_set(struct parameters *parameters, struct origin at, const char *name,
                    const char *value, struct ajar_error *err)
{
    struct ajar_parameter *parameter = find(parameters, name, strlen(name));
    char names[200];

    if (parameter)
        return give(parameter, value, err);
    list_names(parameters, names, sizeof(names));
    return ajar_fail(err, AJAR_EPLAN, "%s:%d: there is no parameter \"%s\"; the plan knows %s",
                     at.file, at.line, name, names);
}

static bool is_one_line(const char *value)
{
    for (const char *at = value; *at; at++) {
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            return false;
    }
    return text_is_utf8(value, strlen(value));
}

bool parameters_set_word(struct parameters *parameters, const char *word, struct ajar_error *err)
{
    const char *equals = strchr(word, '=');
    struct ajar_parameter *parameter;
    char names[200];

    if (!equals || equals == word)
        return ajar_fail(err, AJAR_EUSAGE, "--set %s: NAME=VALUE is needed", word);
    if (!equals[1] || !is_one_line(equals + 1))
        return ajar_fail(err, AJAR_EUSAGE, "--set %.*s: the value must be one line of UTF-8 text",
                         (int)(equals - word), word);
    parameter = find(parameters, word, (size_t)(equals - word));
    if (parameter)
        return give(parameter, equals + 1, err);
    list_names(parameters, names, sizeof(names));
    return ajar_fail(err, AJAR_EUSAGE, "--set %.*s: the plan has no such parameter; it knows %s",
                     (int)(equals - word), word, names);
}

/* `name` (of `size` bytes) is what stands between the braces. */
static bool append_value(const struct parameters *parameters, struct origin at, const char *name,
                         size_t size, struct text *filled, struct ajar_error *err)
{
    const struct ajar_parameter *parameter = find(parameters, name, size);
    char names[200];

    if (parameter && parameter->value) {
        text_append(filled, parameter->value);
        return true;
    }
    if (parameter)
        return ajar_fail(err, AJAR_EPLAN,
                         "%s:%d: parameter \"%s\" has no value; give it with --set %s=VALUE%s%s",
                         at.file, at.line, parameter->name, parameter->name,
                         parameter->about ? ": " : "", parameter->about ? parameter->about : "");
    list_names(parameters, names, sizeof(names));
    return ajar_fail(err, AJAR_EPLAN, "%s:%d: there is no parameter \"%.*s\"; the plan knows %s",
                     at.file, at.line, (int)size, name, names);
}

bool parameters_fill(const struct parameters *parameters, struct origin at, const char *text,
                     char **ret_text, struct ajar_error *err)
{
    OWNED(text_release) struct text filled = TEXT_UP_TO(4096);
    const char *rest = text;
    const char *open;

    while ((open = strstr(rest, "${")) != NULL) {
        const char *close = strchr(open, '}');

        if (open > rest && open[-1] == '$') {
            text_append_bytes(&filled, rest, (size_t)(open - 1 - rest));
            text_append(&filled, "${");
            rest = open + 2;
            continue;
        }
        if (!close)
            return ajar_fail(err, AJAR_EPLAN, "%s:%d: \"${\" without \"}\"; a literal one is $${",
                             at.file, at.line);
        text_append_bytes(&filled, rest, (size_t)(open - rest));
        if (!append_value(parameters, at, open + 2, (size_t)(close - open - 2), &filled, err))
            return false;
        rest = close + 1;
    }
    text_append(&filled, rest);
    return text_take(&filled, ret_text, err);
}

void parameters_release(struct parameters *parameters)
{
    for (size_t i = 0; i < parameters->count; i++) {
        free(parameters->list[i].name);
        free(parameters->list[i].about);
        free(parameters->list[i].value);
    }
    free(parameters->list);
    *parameters = (struct parameters){ 0 };
}
