/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal/record_private.h"

#include "base/clock.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define NUMBER_SIZE 24

static const struct field_rule extension_fields[] = {
    { .name = "by", .type = FIELD_TEXT, .required = true },
    { .name = "host", .type = FIELD_TEXT, .required = true },
    { .name = "reason", .type = FIELD_TEXT, .required = true },
    { 0 },
};
static const size_t extension_texts[] = {
    offsetof(struct extension_record, by),
    offsetof(struct extension_record, host),
    offsetof(struct extension_record, reason),
};
static const struct field_rule extension_moments[] = {
    { .name = "from", .type = FIELD_TEXT, .required = true },
    { .name = "until", .type = FIELD_TEXT, .required = true },
    { .name = "at", .type = FIELD_TEXT, .required = true },
    { 0 },
};

static const struct record_texts of_extension = { extension_fields, extension_texts,
                                                  LENGTH(extension_texts) };

void record_release_extensions(struct window_record *window)
{
    for (size_t i = 0; i < window->extension_count; i++)
        record_release_texts(&window->extensions[i], &of_extension);
    free(window->extensions);
}

/* An empty one behind those that there are; NULL when there is no memory. */
static struct extension_record *add_extension(struct window_record *window)
{
    struct extension_record *more =
        reallocarray(window->extensions, window->extension_count + 1, sizeof(*more));

    if (!more)
        return NULL;
    window->extensions = more;
    more[window->extension_count] = (struct extension_record){ 0 };
    return &more[window->extension_count++];
}

bool window_record_extend(struct window_record *window, const struct extension_record *extension,
                          struct ajar_error *err)
{
    struct extension_record *added = add_extension(window);

    if (!added)
        return ajar_no_memory(err);
    added->from = extension->from;
    added->until = extension->until;
    added->at = extension->at;
    window->until = extension->until;
    return record_copy_texts(extension, added, &of_extension, err);
}

bool record_check_extensions(const struct window_record *window, struct ajar_error *err)
{
    for (size_t i = 0; i < window->extension_count; i++) {
        const struct extension_record *extension = &window->extensions[i];
        int64_t next = i + 1 < window->extension_count ? extension[1].from : window->until;

        if (!record_check_texts(extension, &of_extension, err))
            return false;
        if (extension->until <= extension->from || extension->until != next)
            return ajar_fail(err, AJAR_EJOURNAL,
                             "window %s: [extension %zu] leads from %s to %s, and %s follows",
                             window->id, i + 1, clock_write_time(extension->from).at,
                             clock_write_time(extension->until).at, clock_write_time(next).at);
    }
    return true;
}

void record_write_extensions(struct text *text, const struct window_record *window)
{
    for (size_t i = 0; i < window->extension_count; i++) {
        const struct extension_record *extension = &window->extensions[i];
        char number[NUMBER_SIZE];

        (void)snprintf(number, sizeof(number), "%zu", i + 1);
        ini_write_section(text, "extension", number);
        ini_write_field(text, "from", clock_write_time(extension->from).at);
        ini_write_field(text, "until", clock_write_time(extension->until).at);
        record_write_texts(text, extension, &of_extension);
        ini_write_field(text, "at", clock_write_time(extension->at).at);
    }
}

size_t record_count_extensions(const struct ini *ini)
{
    size_t count = 0;

    while (count < ini->count &&
           strcmp(ini->sections[ini->count - 1 - count].kind, "extension") == 0)
        count++;
    return count;
}

static bool read_extension(const struct ini *ini, const struct ini_section *section,
                           struct extension_record *extension, struct ajar_error *err)
{
    return schema_check(ini->file, section, extension_fields, extension_moments, err) &&
           record_read_texts(section, extension, &of_extension, err) &&
           record_read_time(ini, section, "from", &extension->from, err) &&
           record_read_time(ini, section, "until", &extension->until, err) &&
           record_read_time(ini, section, "at", &extension->at, err);
}

bool record_read_extensions(const struct ini *ini, struct window_record *window,
                            struct ajar_error *err)
{
    for (size_t i = ini->count - record_count_extensions(ini); i < ini->count; i++) {
        const struct ini_section *section = &ini->sections[i];
        struct extension_record *added = add_extension(window);
        char number[NUMBER_SIZE];

        if (!added)
            return ajar_no_memory(err);
        (void)snprintf(number, sizeof(number), "%zu", window->extension_count);
        if (strcmp(section->name, number) != 0)
            return ajar_fail(err, AJAR_EPLAN, "%s:%d: [extension %s] is to stand here, not [%s %s]",
                             ini->file, section->line, number, section->kind, section->name);
        if (!read_extension(ini, section, added, err))
            return false;
    }
    return true;
}
