/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal/record_private.h"

#include "base/clock.h"

#include <stddef.h>
#include <string.h>

#define SEAL_DIGITS 64

static const char *const window_words[] = { "opening", "open",          "partly-open",
                                            "closing", "partly-closed", "closed" };

static const struct field_rule window_fields[] = {
    { .name = "id", .type = FIELD_TEXT, .required = true },
    { .name = "plan", .type = FIELD_TEXT, .required = true },
    { .name = "title", .type = FIELD_ANY, .required = true },
    { .name = "operator", .type = FIELD_TEXT, .required = true },
    { .name = "host", .type = FIELD_TEXT, .required = true },
    { .name = "reason", .type = FIELD_TEXT, .required = true },
    { .name = "ticket", .type = FIELD_ANY },
    { .name = "version", .type = FIELD_TEXT, .required = true },
    { .name = "saved", .type = FIELD_HEX },
    { 0 },
};
static const size_t window_texts[] = {
    offsetof(struct window_record, id),     offsetof(struct window_record, plan),
    offsetof(struct window_record, title),  offsetof(struct window_record, operator_name),
    offsetof(struct window_record, host),   offsetof(struct window_record, reason),
    offsetof(struct window_record, ticket), offsetof(struct window_record, tool_version),
    offsetof(struct window_record, saved),
};
static const struct field_rule window_moments[] = {
    { .name = "state",
      .type = FIELD_CHOICE,
      .required = true,
      .choices = "opening open partly-open closing partly-closed closed" },
    { .name = "toward", .type = FIELD_CHOICE, .choices = "closed" },
    { .name = "permanent", .type = FIELD_CHOICE, .choices = "yes" },
    { .name = "opened", .type = FIELD_TEXT, .required = true },
    { .name = "until", .type = FIELD_TEXT },
    { .name = "closed", .type = FIELD_TEXT },
    { 0 },
};

static const struct record_texts of_window = { window_fields, window_texts, LENGTH(window_texts) };

const char *window_state_name(enum window_state state)
{
    return window_words[state];
}

void window_record_release(struct window_record *window)
{
    record_release_texts(window, &of_window);
    for (size_t i = 0; i < window->parameter_count; i++) {
        free(window->parameters[i].name);
        free(window->parameters[i].value);
    }
    free(window->parameters);
    record_release_extensions(window);
    *window = (struct window_record){ 0 };
}

bool window_record_add_parameter(struct window_record *window, const char *name, const char *value,
                                 struct ajar_error *err)
{
    struct record_parameter *parameters =
        reallocarray(window->parameters, window->parameter_count + 1, sizeof(*parameters));
    struct record_parameter added = { NULL, NULL };

    if (!parameters)
        return ajar_no_memory(err);
    window->parameters = parameters;
    added.name = text_copy(name);
    added.value = text_copy(value);
    parameters[window->parameter_count++] = added;
    return (added.name && added.value) || ajar_no_memory(err);
}

bool window_record_copy(const struct window_record *source, struct window_record *ret_copy,
                        struct ajar_error *err)
{
    OWNED(window_record_release)
    struct window_record copy = {
        .toward_closed = source->toward_closed,
        .permanent = source->permanent,
        .opened = source->opened,
        .until = source->until,
        .closed = source->closed,
        .state = source->state,
    };

    if (!record_copy_texts(source, &copy, &of_window, err))
        return false;
    for (size_t i = 0; i < source->parameter_count; i++) {
        if (!window_record_add_parameter(&copy, source->parameters[i].name,
                                         source->parameters[i].value, err))
            return false;
    }
    for (size_t i = 0; i < source->extension_count; i++) {
        if (!window_record_extend(&copy, &source->extensions[i], err))
            return false;
    }
    *ret_copy = copy;
    copy = (struct window_record){ 0 };
    return true;
}

static bool check_window(const struct window_record *window, struct ajar_error *err)
{
    if (!record_check_texts(window, &of_window, err))
        return false;
    for (size_t i = 0; i < window->parameter_count; i++) {
        if (!schema_is_name(window->parameters[i].name))
            return ajar_fail(err, AJAR_EJOURNAL, "\"%s\" cannot be the name of a parameter",
                             window->parameters[i].name);
    }
    if (window->saved && strlen(window->saved) != SEAL_DIGITS)
        return ajar_fail(err, AJAR_EJOURNAL, "window %s: a seal has %d digits", window->id,
                         SEAL_DIGITS);
    if (!record_is_safe_name(window->id))
        return ajar_fail(err, AJAR_EJOURNAL, "window \"%s\": an id that cannot be a file name",
                         window->id);
    if (window->toward_closed && window->permanent)
        return ajar_fail(err, AJAR_EJOURNAL, "window %s only closes, and is permanent", window->id);
    if (window_record_is_endless(window) != (window->until == 0))
        return ajar_fail(err, AJAR_EJOURNAL, "window %s %s", window->id,
                         !window->until      ? "has no end"
                         : window->permanent ? "is permanent, and has an end"
                                             : "only closes, and has an end");
    if ((window->state == WINDOW_CLOSED) != (window->closed != 0))
        return ajar_fail(err, AJAR_EJOURNAL, "window %s is %s and %s a time of closing", window->id,
                         window_state_name(window->state), window->closed ? "has" : "lacks");
    return record_check_extensions(window, err);
}

bool window_record_write(const struct window_record *window, char **ret_text,
                         struct ajar_error *err)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(RECORD_CEILING);

    if (!check_window(window, err))
        return false;
    ini_write_section(&text, "window", "");
    record_write_texts(&text, window, &of_window);
    ini_write_field(&text, "state", window_state_name(window->state));
    if (window->toward_closed)
        ini_write_field(&text, "toward", "closed");
    if (window->permanent)
        ini_write_field(&text, "permanent", "yes");
    ini_write_field(&text, "opened", clock_write_time(window->opened).at);
    if (window->until)
        ini_write_field(&text, "until", clock_write_time(window->until).at);
    if (window->closed)
        ini_write_field(&text, "closed", clock_write_time(window->closed).at);
    if (window->parameter_count > 0)
        ini_write_section(&text, "parameters", "");
    for (size_t i = 0; i < window->parameter_count; i++)
        ini_write_field(&text, window->parameters[i].name, window->parameters[i].value);
    record_write_extensions(&text, window);
    return text_take(&text, ret_text, err);
}

static bool read_parameters(const struct ini *ini, struct window_record *window,
                            struct ajar_error *err)
{
    const struct ini_section *section = ini_find(ini, "parameters", "");

    if (!section)
        return true;
    for (size_t i = 0; i < section->count; i++) {
        if (!window_record_add_parameter(window, section->fields[i].name, section->fields[i].value,
                                         err))
            return false;
    }
    return record_check_facts(ini, section, err);
}

static bool read_window(const struct ini *ini, struct window_record *window, struct ajar_error *err)
{
    static const char *const needed[] = { "window", NULL };
    const struct ini_section *section = ini->sections;
    struct ini front = *ini; /* ahead of the extensions */

    front.count -= record_count_extensions(ini);
    if (!record_check_sections(&front, needed, "parameters", err) ||
        !schema_check(ini->file, section, window_fields, window_moments, err) ||
        !record_read_texts(section, window, &of_window, err) ||
        !record_read_time(ini, section, "opened", &window->opened, err) ||
        !record_read_time(ini, section, "until", &window->until, err) ||
        !record_read_time(ini, section, "closed", &window->closed, err) ||
        !read_parameters(ini, window, err) || !record_read_extensions(ini, window, err))
        return false;
    window->toward_closed = ini_value(section, "toward") != NULL;
    window->permanent = ini_value(section, "permanent") != NULL;
    window->state = (enum window_state)record_find_word(window_words, ini_value(section, "state"));
    return check_window(window, err) || ajar_while(err, "%s:1", ini->file);
}

bool window_record_read(const char *file, const char *text, size_t size,
                        struct window_record *ret_window, struct ajar_error *err)
{
    OWNED(ini_free) struct ini *ini = NULL;
    OWNED(window_record_release) struct window_record window = { 0 };

    if (!ini_read(file, text, size, INI_RECORD, &ini, err) || !read_window(ini, &window, err))
        return record_blame(err);
    *ret_window = window;
    window = (struct window_record){ 0 };
    return true;
}
