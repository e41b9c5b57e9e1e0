/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/parameters.h"

#include "base/text.h"
#include "model/schema.h"

#include <assert.h>
#include <string.h>

/* How many parameters may need each other in a row. */
#define LONGEST_CHAIN 16

/* Its place in the list; `count` when there is none. */
static size_t find(const struct parameters *parameters, const char *name, size_t size)
{
    for (size_t i = 0; i < parameters->count; i++) {
        const char *known = parameters->list[i].name;

        if (strlen(known) == size && memcmp(known, name, size) == 0)
            return i;
    }
    return parameters->count;
}

/* "a, b, c", for the end of a message. */
static void list_names(const struct parameters *parameters, char *ret_names, size_t room)
{
    OWNED(text_release) struct text names = TEXT_UP_TO(room - 1);

    for (size_t i = 0; i < parameters->count; i++)
        text_format(&names, "%s%s", i ? ", " : "", parameters->list[i].name);
    (void)snprintf(ret_names, room, "%s", names.size ? text_peek(&names) : "none");
}

/* Makes room for one more. */
static bool grow(struct parameters *parameters, struct ajar_error *err)
{
    struct ajar_parameter *list =
        reallocarray(parameters->list, parameters->count + 1, sizeof(*list));
    struct parameter_source *sources;

    if (!list)
        return ajar_no_memory(err);
    parameters->list = list;
    sources = reallocarray(parameters->sources, parameters->count + 1, sizeof(*sources));
    if (!sources)
        return ajar_no_memory(err);
    parameters->sources = sources;
    return true;
}

bool parameters_declare(struct parameters *parameters, struct origin at, const char *name,
                        const char *about, const char *fallback, struct ajar_error *err)
{
    struct ajar_parameter *fresh;
    struct parameter_source *source;

    if (!schema_is_name(name))
        return ajar_fail(err, AJAR_EPLAN,
                         "%s:%d: [parameter %s]: a name is lower-case letters, digits and hyphens",
                         at.file, at.line, name);
    if (find(parameters, name, strlen(name)) < parameters->count)
        return ajar_fail(err, AJAR_EPLAN,
                         "%s:%d: parameter \"%s\" is declared already, in a plan that this one "
                         "uses; leave it out here",
                         at.file, at.line, name);
    if (!grow(parameters, err))
        return false;
    fresh = &parameters->list[parameters->count];
    source = &parameters->sources[parameters->count++];
    *fresh = (struct ajar_parameter){ .name = text_copy(name), .about = text_copy(about) };
    *source = (struct parameter_source){ .text = text_copy(fallback), .at = at };
    return (fresh->name && !about == !fresh->about && !fallback == !source->text) ||
           ajar_no_memory(err);
}

/* One of the two is NULL. */
static bool give(struct parameters *parameters, size_t index, const char *text, const char *value,
                 struct ajar_error *err)
{
    return text_replace(&parameters->sources[index].text, text, err) &&
           text_replace(&parameters->list[index].value, value, err);
}

bool parameters_set(struct parameters *parameters, struct origin at, const char *name,
                    const char *text, struct ajar_error *err)
{
    size_t index = find(parameters, name, strlen(name));
    char names[200];

    if (index < parameters->count) {
        parameters->sources[index].at = at;
        return give(parameters, index, text, NULL, err);
    }
    list_names(parameters, names, sizeof(names));
    return ajar_fail(err, AJAR_EPLAN, "%s:%d: there is no parameter \"%s\"; the plan knows %s",
                     at.file, at.line, name, names);
}

bool parameters_tell(struct parameters *parameters, struct origin at, const char *name,
                     const char *value, struct ajar_error *err)
{
    return parameters_declare(parameters, at, name, NULL, NULL, err) &&
           give(parameters, parameters->count - 1, NULL, value, err);
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
    size_t index;
    char names[200];

    if (!equals || equals == word)
        return ajar_fail(err, AJAR_EUSAGE, "--set %s: NAME=VALUE is needed", word);
    if (!equals[1] || !is_one_line(equals + 1))
        return ajar_fail(err, AJAR_EUSAGE, "--set %.*s: the value must be one line of UTF-8 text",
                         (int)(equals - word), word);
    index = find(parameters, word, (size_t)(equals - word));
    if (index < parameters->count)
        return give(parameters, index, NULL, equals + 1, err);
    list_names(parameters, names, sizeof(names));
    return ajar_fail(err, AJAR_EUSAGE, "--set %.*s: the plan has no such parameter; it knows %s",
                     (int)(equals - word), word, names);
}

static bool refuse_empty_handed(struct origin at, const struct ajar_parameter *parameter,
                                struct ajar_error *err)
{
    return ajar_fail(err, AJAR_EPLAN,
                     "%s:%d: parameter \"%s\" has no value; give it with --set %s=VALUE%s%s",
                     at.file, at.line, parameter->name, parameter->name,
                     parameter->about ? ": " : "", parameter->about ? parameter->about : "");
}

/* `name` (of `size` bytes) is what stands between the braces. One that is made from another which
 * has no value is not what is missing: that one is. */
static bool append_value(const struct parameters *parameters, struct origin at, const char *name,
                         size_t size, struct text *filled, struct ajar_error *err)
{
    size_t index = find(parameters, name, size);
    char names[200];

    if (index < parameters->count) {
        const struct ajar_parameter *parameter = &parameters->list[index];
        const struct parameter_source *source = &parameters->sources[index];
        OWNED(free) char *ignored = NULL;

        assert(source->state == SOURCE_SETTLED || !source->text);
        if (parameter->value)
            text_append(filled, parameter->value);
        else if (source->text)
            return parameters_fill(parameters, source->at, source->text, &ignored, err);
        return parameter->value || refuse_empty_handed(at, parameter, err);
    }
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

/* The parameters that are being settled, each needed by the one before it. */
struct chain {
    size_t count;
    size_t links[LONGEST_CHAIN];
};

static bool refuse_circle(const struct parameters *parameters, const struct chain *chain,
                          size_t index, struct ajar_error *err)
{
    OWNED(text_release) struct text names = TEXT_UP_TO(300);
    size_t last = chain->links[chain->count - 1];
    size_t first = 0;

    while (first + 1 < chain->count && chain->links[first] != index)
        first++;
    for (size_t i = first; i < chain->count; i++)
        text_format(&names, "%s, ", parameters->list[chain->links[i]].name);
    text_append(&names, parameters->list[index].name);
    return ajar_fail(err, AJAR_EPLAN,
                     "%s:%d: parameters that need each other in a circle: %s; give one of them a "
                     "value of its own",
                     parameters->sources[last].at.file, parameters->sources[last].at.line,
                     text_peek(&names));
}

static bool settle(struct parameters *parameters, struct chain *chain, size_t index,
                   struct ajar_error *err);

/* Settles each parameter that a text names. `ret_complete`: all of them have a value. What is not
 * well-formed is told by parameters_fill(). */
static bool settle_needed(struct parameters *parameters, struct chain *chain, const char *text,
                          bool *ret_complete, struct ajar_error *err)
{
    *ret_complete = true;
    for (const char *open = strstr(text, "${"); open; open = strstr(open + 2, "${")) {
        size_t size = strcspn(open + 2, "}");
        size_t needed = find(parameters, open + 2, size);

        if ((open > text && open[-1] == '$') || needed == parameters->count)
            continue;
        if (!settle(parameters, chain, needed, err))
            return false;
        *ret_complete = *ret_complete && parameters->list[needed].value;
    }
    return true;
}

static bool settle(struct parameters *parameters, struct chain *chain, size_t index,
                   struct ajar_error *err)
{
    struct parameter_source *source = &parameters->sources[index];
    bool complete = false;

    if (source->state == SOURCE_SETTLED || !source->text)
        return true;
    if (source->state == SOURCE_UNDER_WAY)
        return refuse_circle(parameters, chain, index, err);
    if (chain->count == LONGEST_CHAIN)
        return ajar_fail(err, AJAR_EPLAN, "%s:%d: more than %d parameters that need each other",
                         source->at.file, source->at.line, LONGEST_CHAIN);
    source->state = SOURCE_UNDER_WAY;
    chain->links[chain->count++] = index;
    if (!settle_needed(parameters, chain, source->text, &complete, err))
        return false;
    chain->count--;
    source->state = SOURCE_SETTLED;
    return !complete || parameters_fill(parameters, source->at, source->text,
                                        &parameters->list[index].value, err);
}

bool parameters_settle(struct parameters *parameters, struct ajar_error *err)
{
    for (size_t i = 0; i < parameters->count; i++) {
        struct chain chain = { 0 };

        if (!settle(parameters, &chain, i, err))
            return false;
    }
    return true;
}

void parameters_release(struct parameters *parameters)
{
    for (size_t i = 0; i < parameters->count; i++) {
        free(parameters->list[i].name);
        free(parameters->list[i].about);
        free(parameters->list[i].value);
        free(parameters->sources[i].text);
    }
    free(parameters->list);
    free(parameters->sources);
    *parameters = (struct parameters){ 0 };
}
