/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/entries.h"

#include "base/text.h"
#include "model/right.h"
#include "provider/trustee.h"

#include <string.h>

/* "file:line: field: " in front of what is wrong with it. */
static bool refuse_field(const struct setting *setting, const struct ini_field *field,
                         const struct ajar_error *trouble, struct ajar_error *err)
{
    return ajar_fail(err, trouble->status, "%s:%d: %s: %s", setting->file, field->line, field->name,
                     trouble->text);
}

/* The same entry twice would be added once, and so be found twice. */
static bool is_listed(const struct entries *entries, const struct sddl_ace *ace)
{
    for (size_t i = 0; i < entries->count; i++) {
        const struct sddl_ace *other = &entries->list[i];

        if (ace_same(&other->ace, &ace->ace) && !other->account == !ace->account &&
            (!ace->account || text_same_ignoring_case(ace->account, other->account)))
            return true;
    }
    return false;
}

static bool read_ace(const struct setting *setting, const struct ini_field *field,
                     struct entries *entries, struct ajar_error *err)
{
    OWNED(sddl_release) struct sddl_ace ace = { 0 };
    struct ajar_error trouble = AJAR_NO_ERROR;

    if (!sddl_parse(field->value, &ace, &trouble))
        return refuse_field(setting, field, &trouble, err);
    if (is_listed(entries, &ace))
        return ajar_fail(err, AJAR_EPLAN, "%s:%d: ace: this entry is in the section already",
                         setting->file, field->line);
    if (entries->count == ENTRIES_CEILING)
        return ajar_fail(err, AJAR_EPLAN, "%s:%d: ace: a section has at most %d entries",
                         setting->file, field->line, ENTRIES_CEILING);
    entries->list[entries->count++] = ace;
    ace = (struct sddl_ace){ 0 };
    return true;
}

static bool read_aces(const struct setting *setting, struct entries *entries,
                      struct ajar_error *err)
{
    static const char *const others[] = { "trustee", "right", "inherit" };

    for (size_t i = 0; i < LENGTH(others); i++) {
        if (setting_value(setting, others[i]))
            return setting_fail(setting, others[i], err, "an ace says it all: it stands without %s",
                                others[i]);
    }
    for (size_t i = 0; i < setting->section->count; i++) {
        const struct ini_field *field = &setting->section->fields[i];

        if (strcmp(field->name, "ace") == 0 && !read_ace(setting, field, entries, err))
            return false;
    }
    return true;
}

static uint8_t flags_of(const char *inherit)
{
    if (!inherit || strcmp(inherit, "no") == 0)
        return 0;
    return strcmp(inherit, "all") == 0 ? ACE_CONTAINER_INHERIT
                                       : ACE_CONTAINER_INHERIT | ACE_INHERIT_ONLY;
}

static bool read_words(const struct setting *setting, struct sddl_ace *ace, struct ajar_error *err)
{
    const char *inherit = setting_value(setting, "inherit");
    struct ajar_error trouble = AJAR_NO_ERROR;
    struct right right = { 0 };

    if (!sddl_parse_trustee(setting_value(setting, "trustee"), &ace->ace.trustee, &ace->account,
                            &trouble))
        return setting_fail(setting, "trustee", err, "%s", trouble.text);
    if (!right_parse(setting_value(setting, "right"), &right, &trouble))
        return setting_fail(setting, "right", err, "right: %s", trouble.text);
    ace->ace.type = right.has_object ? ACE_ALLOW_OBJECT : ACE_ALLOW;
    ace->ace.flags = flags_of(inherit);
    ace->ace.mask = right.mask;
    ace->ace.has_object = right.has_object;
    ace->ace.object = right.object;
    if (!sddl_check(ace, &trouble))
        return setting_fail(setting, "trustee", err, "%s", trouble.text);
    return true;
}

static bool read_entries(const struct setting *setting, struct entries *entries,
                         struct ajar_error *err)
{
    if (setting_value(setting, "ace"))
        return read_aces(setting, entries, err);
    if (!setting_value(setting, "trustee") || !setting_value(setting, "right"))
        return setting_fail(setting, NULL, err,
                            "a permission needs an ace, or both trustee and right");
    entries->count = 1;
    return read_words(setting, &entries->list[0], err);
}

bool entries_read(const struct setting *setting, struct entries *ret_entries,
                  struct ajar_error *err)
{
    OWNED(entries_release) struct entries entries = { 0 };

    if (!read_entries(setting, &entries, err))
        return false;
    *ret_entries = entries;
    entries = (struct entries){ 0 };
    return true;
}

bool entries_resolve(struct directory *directory, struct entries *entries, struct ajar_error *err)
{
    for (size_t i = 0; i < entries->count; i++) {
        struct sddl_ace *ace = &entries->list[i];

        if (ace->account && !trustee_resolve(directory, ace->account, &ace->ace.trustee, err))
            return false;
    }
    return true;
}

void entries_release(struct entries *entries)
{
    for (size_t i = 0; i < entries->count; i++)
        sddl_release(&entries->list[i]);
    entries->count = 0;
}
