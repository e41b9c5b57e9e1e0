/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a window notes besides its changes: requirements, as they were found, and the steps of
 * people. Each is a file with one section.
 */
#include "journal/record_private.h"

#include "base/clock.h"

#include <stddef.h>
#include <string.h>

static const struct field_rule requirement_fields[] = {
    { .name = "name", .type = FIELD_NAME, .required = true },
    { .name = "target", .type = FIELD_TEXT, .required = true },
    { .name = "check", .type = FIELD_NAME, .required = true },
    { .name = "result", .type = FIELD_CHOICE, .required = true, .choices = "pass fail unknown" },
    { .name = "reason", .type = FIELD_ANY, .required = true },
    { .name = "hint", .type = FIELD_ANY },
    { .name = "despite", .type = FIELD_TEXT },
    { 0 },
};
static const size_t requirement_texts[] = {
    offsetof(struct requirement_record, name),    offsetof(struct requirement_record, target),
    offsetof(struct requirement_record, check),   offsetof(struct requirement_record, result),
    offsetof(struct requirement_record, reason),  offsetof(struct requirement_record, hint),
    offsetof(struct requirement_record, despite),
};
static const struct field_rule requirement_moments[] = {
    { .name = "at", .type = FIELD_TEXT, .required = true },
    { 0 },
};

static const struct field_rule manual_fields[] = {
    { .name = "name", .type = FIELD_NAME, .required = true },
    { .name = "when", .type = FIELD_CHOICE, .required = true, .choices = "before after closing" },
    { .name = "by", .type = FIELD_TEXT },
    { 0 },
};
static const size_t manual_texts[] = {
    offsetof(struct manual_record, name),
    offsetof(struct manual_record, when),
    offsetof(struct manual_record, by),
};
static const struct field_rule manual_moments[] = {
    { .name = "at", .type = FIELD_TEXT },
    { 0 },
};

static const struct record_texts of_requirement = { requirement_fields, requirement_texts,
                                                    LENGTH(requirement_texts) };
static const struct record_texts of_manual = { manual_fields, manual_texts, LENGTH(manual_texts) };

void requirement_record_release(struct requirement_record *requirement)
{
    record_release_texts(requirement, &of_requirement);
    *requirement = (struct requirement_record){ 0 };
}

void manual_record_release(struct manual_record *manual)
{
    record_release_texts(manual, &of_manual);
    *manual = (struct manual_record){ 0 };
}

bool requirement_record_copy(const struct requirement_record *source,
                             struct requirement_record *ret_copy, struct ajar_error *err)
{
    OWNED(requirement_record_release) struct requirement_record copy = { .at = source->at };

    if (!record_copy_texts(source, &copy, &of_requirement, err))
        return false;
    *ret_copy = copy;
    copy = (struct requirement_record){ 0 };
    return true;
}

bool manual_record_copy(const struct manual_record *source, struct manual_record *ret_copy,
                        struct ajar_error *err)
{
    OWNED(manual_record_release) struct manual_record copy = { .at = source->at };

    if (!record_copy_texts(source, &copy, &of_manual, err))
        return false;
    *ret_copy = copy;
    copy = (struct manual_record){ 0 };
    return true;
}

static bool check_requirement(const struct requirement_record *requirement, struct ajar_error *err)
{
    if (!record_check_texts(requirement, &of_requirement, err))
        return false;
    if (!record_is_safe_name(requirement->name) || !record_is_safe_name(requirement->target))
        return ajar_fail(err, AJAR_EJOURNAL,
                         "[require %s] on %s: a name that cannot be a file name", requirement->name,
                         requirement->target);
    if (requirement->despite && strcmp(requirement->result, "pass") == 0)
        return ajar_fail(err, AJAR_EJOURNAL,
                         "[require %s] on %s holds: nothing was done despite it", requirement->name,
                         requirement->target);
    return true;
}

static bool check_manual(const struct manual_record *manual, struct ajar_error *err)
{
    if (!record_check_texts(manual, &of_manual, err))
        return false;
    if (!record_is_safe_name(manual->name))
        return ajar_fail(err, AJAR_EJOURNAL, "[manual %s]: a name that cannot be a file name",
                         manual->name);
    if (!manual->by != !manual->at)
        return ajar_fail(err, AJAR_EJOURNAL, "[manual %s]: who confirmed it and when go together",
                         manual->name);
    return true;
}

bool record_write_requirement(struct text *text, const char *heading,
                              const struct requirement_record *requirement, struct ajar_error *err)
{
    if (!check_requirement(requirement, err))
        return false;
    ini_write_section(text, heading, "");
    record_write_texts(text, requirement, &of_requirement);
    ini_write_field(text, "at", clock_write_time(requirement->at).at);
    return true;
}

bool requirement_record_write(const struct requirement_record *requirement, char **ret_text,
                              struct ajar_error *err)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(RECORD_CEILING);

    return record_write_requirement(&text, "requirement", requirement, err) &&
           text_take(&text, ret_text, err);
}

bool manual_record_write(const struct manual_record *manual, char **ret_text,
                         struct ajar_error *err)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(RECORD_CEILING);

    if (!check_manual(manual, err))
        return false;
    ini_write_section(&text, "manual", "");
    record_write_texts(&text, manual, &of_manual);
    if (manual->at)
        ini_write_field(&text, "at", clock_write_time(manual->at).at);
    return text_take(&text, ret_text, err);
}

bool record_read_requirement(const struct ini *ini, const struct ini_section *section,
                             struct requirement_record *requirement, struct ajar_error *err)
{
    return schema_check(ini->file, section, requirement_fields, requirement_moments, err) &&
           record_read_texts(section, requirement, &of_requirement, err) &&
           record_read_time(ini, section, "at", &requirement->at, err) &&
           check_requirement(requirement, err);
}

bool requirement_record_read(const char *file, const char *text, size_t size,
                             struct requirement_record *ret_requirement, struct ajar_error *err)
{
    static const char *const needed[] = { "requirement", NULL };
    OWNED(ini_free) struct ini *ini = NULL;
    OWNED(requirement_record_release) struct requirement_record requirement = { 0 };

    if (!ini_read(file, text, size, INI_RECORD, &ini, err) ||
        !record_check_sections(ini, needed, NULL, err) ||
        !record_read_requirement(ini, ini->sections, &requirement, err))
        return record_blame(err);
    *ret_requirement = requirement;
    requirement = (struct requirement_record){ 0 };
    return true;
}

bool manual_record_read(const char *file, const char *text, size_t size,
                        struct manual_record *ret_manual, struct ajar_error *err)
{
    static const char *const needed[] = { "manual", NULL };
    OWNED(ini_free) struct ini *ini = NULL;
    OWNED(manual_record_release) struct manual_record manual = { 0 };

    if (!ini_read(file, text, size, INI_RECORD, &ini, err) ||
        !record_check_sections(ini, needed, NULL, err) ||
        !schema_check(file, ini->sections, manual_fields, manual_moments, err) ||
        !record_read_texts(ini->sections, &manual, &of_manual, err) ||
        !record_read_time(ini, ini->sections, "at", &manual.at, err) || !check_manual(&manual, err))
        return record_blame(err);
    *ret_manual = manual;
    manual = (struct manual_record){ 0 };
    return true;
}
