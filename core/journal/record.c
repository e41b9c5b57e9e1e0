/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal/record_private.h"

#include "base/clock.h"

#include <string.h>

static char **text_in(void *record, const struct record_texts *texts, size_t i)
{
    return (char **)(void *)((char *)record + texts->offsets[i]);
}

static const char *text_at(const void *record, const struct record_texts *texts, size_t i)
{
    return *(char *const *)(const void *)((const char *)record + texts->offsets[i]);
}

void record_release_texts(void *record, const struct record_texts *texts)
{
    for (size_t i = 0; i < texts->count; i++)
        free(*text_in(record, texts, i));
}

bool record_copy_texts(const void *source, void *copy, const struct record_texts *texts,
                       struct ajar_error *err)
{
    for (size_t i = 0; i < texts->count; i++) {
        const char *text = text_at(source, texts, i);

        *text_in(copy, texts, i) = text_copy(text);
        if (text && !*text_in(copy, texts, i))
            return ajar_no_memory(err);
    }
    return true;
}

void record_write_texts(struct text *text, const void *record, const struct record_texts *texts)
{
    for (size_t i = 0; i < texts->count; i++) {
        if (text_at(record, texts, i))
            ini_write_field(text, texts->fields[i].name, text_at(record, texts, i));
    }
}

bool record_read_texts(const struct ini_section *section, void *record,
                       const struct record_texts *texts, struct ajar_error *err)
{
    for (size_t i = 0; i < texts->count; i++) {
        const char *value = ini_value(section, texts->fields[i].name);

        *text_in(record, texts, i) = text_copy(value);
        if (value && !*text_in(record, texts, i))
            return ajar_no_memory(err);
    }
    return true;
}

bool record_check_texts(const void *record, const struct record_texts *texts,
                        struct ajar_error *err)
{
    for (size_t i = 0; i < texts->count; i++) {
        const char *text = text_at(record, texts, i);

        if (texts->fields[i].required && (!text || (!*text && texts->fields[i].type != FIELD_ANY)))
            return ajar_fail(err, AJAR_EJOURNAL, "a record without \"%s\"", texts->fields[i].name);
    }
    return true;
}

size_t record_find_word(const char *const *words, const char *word)
{
    size_t i = 0;

    while (strcmp(words[i], word) != 0)
        i++;
    return i;
}

bool record_is_safe_name(const char *name)
{
    size_t size = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-.");

    return size > 0 && size <= 200 && !name[size] && name[0] != '-' && name[0] != '.' &&
           !strstr(name, "..");
}

bool record_blame(struct ajar_error *err)
{
    if (err->status != AJAR_ESYSTEM)
        err->status = AJAR_EJOURNAL;
    return false;
}

bool record_check_sections(const struct ini *ini, const char *const *needed, const char *optional,
                           struct ajar_error *err)
{
    size_t count = 0;

    for (; needed[count]; count++) {
        if (count >= ini->count || strcmp(ini->sections[count].kind, needed[count]) != 0 ||
            *ini->sections[count].name)
            return ajar_fail(err, AJAR_EPLAN, "%s:%d: [%s] is missing here", ini->file,
                             count < ini->count ? ini->sections[count].line : 1, needed[count]);
    }
    if (optional && count < ini->count && strcmp(ini->sections[count].kind, optional) == 0 &&
        !*ini->sections[count].name)
        count++;
    if (count == ini->count)
        return true;
    return ajar_fail(err, AJAR_EPLAN, "%s:%d: section [%s%s%s] has no place here", ini->file,
                     ini->sections[count].line, ini->sections[count].kind,
                     *ini->sections[count].name ? " " : "", ini->sections[count].name);
}

bool record_read_time(const struct ini *ini, const struct ini_section *section, const char *name,
                      int64_t *ret_time, struct ajar_error *err)
{
    const char *value = ini_value(section, name);

    if (!value)
        return true;
    return clock_read_time(value, ret_time, err) ||
           ajar_while(err, "%s:%d: %s", ini->file, section->line, name);
}

bool record_check_facts(const struct ini *ini, const struct ini_section *section,
                        struct ajar_error *err)
{
    for (size_t i = 0; i < section->count; i++) {
        for (size_t j = i + 1; j < section->count; j++) {
            if (strcmp(section->fields[i].name, section->fields[j].name) == 0)
                return ajar_fail(err, AJAR_EPLAN, "%s:%d: field \"%s\" stands twice", ini->file,
                                 section->fields[j].line, section->fields[j].name);
        }
    }
    return true;
}
