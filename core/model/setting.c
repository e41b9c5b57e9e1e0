/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/setting.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void to_lower(char *text)
{
    for (; *text; text++)
        *text = (char)tolower((unsigned char)*text);
}

void setting_read_place(struct setting *setting)
{
    for (size_t i = 0; i < setting->section->count; i++) {
        char *on = setting->section->fields[i].value;

        if (strcmp(setting->section->fields[i].name, "on") != 0)
            continue;
        to_lower(on);
        for (size_t place = 0; place < LENGTH(schema_places); place++) {
            size_t size = strlen(schema_places[place]);

            if (strncmp(on, schema_places[place], size) != 0)
                continue;
            setting->place = (enum place)place;
            setting->where = on + size;
        }
    }
}

struct setting setting_at(const struct setting *setting, const char *target)
{
    struct setting narrowed = *setting;

    if (setting->place == PLACE_PDC || setting->place == PLACE_CONTROLLERS)
        return narrowed;
    narrowed.place = setting_is_on_domain(setting) ? PLACE_DOMAIN : PLACE_HOST;
    narrowed.where = target;
    return narrowed;
}

size_t setting_next_name(const char **at, const char **ret_name)
{
    size_t size;

    *at += strspn(*at, " ");
    size = strcspn(*at, " ");
    *ret_name = *at;
    *at += size;
    return size;
}

/* Is this one of the names before `name`? */
static bool stands_before(const struct setting *setting, const char *name, size_t size)
{
    const char *at = setting->where;
    const char *other = NULL;

    while (setting_next_name(&at, &other) > 0 && other < name) {
        if ((size_t)(at - other) == size && strncmp(other, name, size) == 0)
            return true;
    }
    return false;
}

bool setting_check_names(const struct setting *setting, struct ajar_error *err)
{
    const char *at = setting->where;
    const char *name = NULL;
    int count = 0;
    size_t size;

    while (at && (size = setting_next_name(&at, &name)) > 0) {
        if (stands_before(setting, name, size))
            return setting_fail(setting, "on", err, "on: \"%.*s\" stands twice; keep one",
                                (int)size, name);
        if (++count > PLACE_NAMES)
            return setting_fail(setting, "on", err,
                                "on: more than %d names; write another section for the rest",
                                PLACE_NAMES);
    }
    return true;
}

bool setting_values(const struct setting *setting, const char *field, const char ***ret_texts,
                    size_t *ret_count, struct ajar_error *err)
{
    const struct ini_section *section = setting->section;
    const char **texts = calloc(section->count + 1, sizeof(*texts));
    size_t count = 0;

    if (!texts)
        return ajar_no_memory(err);
    for (size_t i = 0; i < section->count; i++) {
        if (strcmp(section->fields[i].name, field) == 0)
            texts[count++] = section->fields[i].value;
    }
    *ret_texts = texts;
    *ret_count = count;
    return true;
}

int setting_line(const struct setting *setting, const char *field)
{
    return field ? ini_line(setting->section, field) : setting->section->line;
}

bool setting_fail(const struct setting *setting, const char *field, struct ajar_error *err,
                  const char *format, ...)
{
    char text[sizeof(err->text)];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    return ajar_fail(err, AJAR_EPLAN, "%s:%d: %s", setting->file, setting_line(setting, field),
                     text);
}
