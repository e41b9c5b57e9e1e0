/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/attribute_section.h"

#include "base/text.h"
#include "provider/attribute_state.h"
#include "provider/object.h"

#include <string.h>

const struct field_rule attribute_section_fields[] = {
    OBJECT_FIELDS,
    { .name = "attribute", .type = FIELD_TEXT, .required = true },
    { .name = "open", .type = FIELD_TEXT },
    { .name = "data", .type = FIELD_HEX },
    { .name = "closed", .type = FIELD_TEXT },
    { .name = "set-bits", .type = FIELD_TEXT },
    { .name = "clear-bits", .type = FIELD_TEXT },
    { .name = "closed-bits", .type = FIELD_CHOICE, .choices = "set clear" },
    { .name = "position", .type = FIELD_TEXT },
    { .name = "character", .type = FIELD_TEXT },
    { .name = "closed-character", .type = FIELD_TEXT },
    { 0 },
};

/* The server never shows them ([MS-ADTS] 3.1.1.4.4), so what they were could not be put back; or a
 * change of theirs is of another kind. */
static const struct {
    const char *name;
    const char *why;
} never[] = {
    { "unicodePwd", "is a secret" },
    { "userPassword", "is a secret" },
    { "dBCSPwd", "is a secret" },
    { "ntPwdHistory", "is a secret" },
    { "lmPwdHistory", "is a secret" },
    { "supplementalCredentials", "is a secret" },
    { "trustAuthIncoming", "is a secret" },
    { "trustAuthOutgoing", "is a secret" },
    { "initialAuthIncoming", "is a secret" },
    { "initialAuthOutgoing", "is a secret" },
    { "currentValue", "is a secret" },
    { "priorValue", "is a secret" },
    { "member", "has many values: use the kind member" },
    { "nTSecurityDescriptor", "is more than a value" },
};

static const char *value_of(const struct setting *setting, const char *field)
{
    return setting_value(setting, field);
}

/* An attribute's name ([RFC4512] 2.5): no options. */
static bool check_attribute(const struct setting *setting, struct ajar_error *err)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    static const char others[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
    const char *name = value_of(setting, "attribute");

    if (!strchr(letters, name[0]) || name[strspn(name, others)] != '\0')
        return setting_fail(setting, "attribute", err, "attribute: \"%s\" is no attribute's name",
                            name);
    for (size_t i = 0; i < LENGTH(never); i++) {
        if (text_same_ignoring_case(name, never[i].name))
            return setting_fail(setting, "attribute", err, "attribute: %s %s", never[i].name,
                                never[i].why);
    }
    return true;
}

/* The fields of each form. The first are those of the open state. */
static const struct {
    const char *open[3];
    const char *closed;
} forms[] = {
    [ATTRIBUTE_VALUE] = { { "open", "data", NULL }, "closed" },
    [ATTRIBUTE_BITS] = { { "set-bits", "clear-bits", NULL }, "closed-bits" },
    [ATTRIBUTE_CHARACTER] = { { "position", "character", NULL }, "closed-character" },
};

/* A field of the open state in this form, or NULL. */
static const char *used_field(const struct setting *setting, size_t form)
{
    for (size_t i = 0; forms[form].open[i]; i++) {
        if (value_of(setting, forms[form].open[i]))
            return forms[form].open[i];
    }
    return NULL;
}

static bool read_form(const struct setting *setting, enum attribute_form *ret_form,
                      struct ajar_error *err)
{
    const char *found = NULL;

    for (size_t i = 0; i < LENGTH(forms); i++) {
        const char *field = used_field(setting, i);

        if (field && found)
            return setting_fail(setting, field, err, "either `%s` or `%s`, not both", found, field);
        if (!field)
            continue;
        found = field;
        *ret_form = (enum attribute_form)i;
    }
    if (!found)
        return setting_fail(setting, NULL, err,
                            "the open state is missing: `open = ...`, `set-bits`, `clear-bits`, or "
                            "`position` and `character`");
    for (size_t i = 0; i < LENGTH(forms); i++) {
        if (i != *ret_form && value_of(setting, forms[i].closed))
            return setting_fail(setting, forms[i].closed, err, "with `%s` it is `%s`", found,
                                forms[*ret_form].closed);
    }
    return true;
}

/* No such field: no bits. */
static bool read_bits(const struct setting *setting, const char *field, uint32_t *ret_bits,
                      struct ajar_error *err)
{
    const char *text = value_of(setting, field);
    uint32_t bits = 0;

    if (text && (!bits_parse(text, &bits) || bits == 0))
        return setting_fail(setting, field, err,
                            "%s: \"%s\" is no number from 1 to 0xffffffff, decimal or 0x "
                            "hexadecimal",
                            field, text);
    *ret_bits = bits;
    return true;
}

static bool read_both_bits(const struct setting *setting, uint32_t *ret_set, uint32_t *ret_clear,
                           struct ajar_error *err)
{
    if (!read_bits(setting, "set-bits", ret_set, err) ||
        !read_bits(setting, "clear-bits", ret_clear, err))
        return false;
    if (*ret_set & *ret_clear)
        return setting_fail(setting, "clear-bits", err, "0x%x is to be set, too",
                            (unsigned)(*ret_set & *ret_clear));
    if (*ret_set && *ret_clear && value_of(setting, "closed-bits"))
        return setting_fail(setting, "closed-bits", err,
                            "with both `set-bits` and `clear-bits`, it does not say enough; write "
                            "two settings");
    return true;
}

static bool check_character(const struct setting *setting, const char *field,
                            struct ajar_error *err)
{
    const char *text = value_of(setting, field);

    if (text && (text[0] <= ' ' || text[0] > '~' || text[1] != '\0'))
        return setting_fail(setting, field, err, "%s: \"%s\" is not one ASCII character", field,
                            text);
    return true;
}

static bool read_position(const struct setting *setting, size_t *ret_position,
                          struct ajar_error *err)
{
    const char *text = value_of(setting, "position");
    uint32_t position = 0;

    if (!text || !value_of(setting, "character"))
        return setting_fail(setting, NULL, err, "`position` needs `character`, and the reverse");
    if (!bits_parse(text, &position) || position == 0 || position > ATTRIBUTE_POSITION_CEILING)
        return setting_fail(setting, "position", err, "position: \"%s\" is no number from 1 to %d",
                            text, ATTRIBUTE_POSITION_CEILING);
    if (position % 10 == 0)
        return setting_fail(setting, "position", err,
                            "position: the character at %u counts the tens, it is always %u",
                            (unsigned)position, (unsigned)position / 10);
    *ret_position = position;
    return check_character(setting, "character", err) &&
           check_character(setting, "closed-character", err);
}

bool attribute_section_part(const struct setting *setting, struct attribute_part *ret_part,
                            struct ajar_error *err)
{
    struct attribute_part part = { 0 };
    uint32_t set = 0;
    uint32_t clear = 0;

    if (!read_form(setting, &part.form, err))
        return false;
    if (part.form == ATTRIBUTE_BITS && !read_both_bits(setting, &set, &clear, err))
        return false;
    if (part.form == ATTRIBUTE_CHARACTER && !read_position(setting, &part.position, err))
        return false;
    part.mask = set | clear;
    *ret_part = part;
    return true;
}

bool attribute_section_check(const struct setting *setting, struct ajar_error *err)
{
    struct attribute_part part;

    if (!object_check(setting, err) || !check_attribute(setting, err) ||
        !attribute_section_part(setting, &part, err))
        return false;
    if (value_of(setting, "open") && value_of(setting, "data"))
        return setting_fail(setting, "data", err, "either `open` or `data`, not both");
    return true;
}

static void append_object(struct text *text, const struct setting *setting)
{
    bool is_head = object_is_head(setting);

    if (object_is_in_configuration(setting))
        text_append(text, is_head ? "the configuration" : "the configuration's ");
    else if (is_head)
        text_append(text, "the domain");
    if (!is_head)
        object_append_name(text, setting);
}

bool attribute_section_thing(const struct setting *setting, char **ret_thing,
                             struct ajar_error *err)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(4096);
    struct attribute_part part;

    if (!attribute_section_part(setting, &part, err))
        return false;
    text_format(&text, "%s of ", value_of(setting, "attribute"));
    append_object(&text, setting);
    if (part.form == ATTRIBUTE_BITS)
        text_format(&text, ", bits 0x%x", (unsigned)part.mask);
    if (part.form == ATTRIBUTE_CHARACTER)
        text_format(&text, ", character %zu", part.position);
    return text_take(&text, ret_thing, err);
}

bool attribute_section_want(const struct setting *setting, struct ajar_state *ret_wanted,
                            struct ajar_error *err)
{
    char bits[BITS_TEXT_SIZE];
    struct attribute_part part;
    uint32_t set = 0;

    if (!attribute_section_part(setting, &part, err) || !read_bits(setting, "set-bits", &set, err))
        return false;
    if (value_of(setting, "data"))
        return attribute_state_wish_data(value_of(setting, "data"), ret_wanted, err);
    bits_format(set, bits);
    return attribute_state_wish(&part,
                                part.form == ATTRIBUTE_VALUE  ? value_of(setting, "open")
                                : part.form == ATTRIBUTE_BITS ? bits
                                                              : value_of(setting, "character"),
                                ret_wanted, err);
}

bool attribute_section_closed(const struct setting *setting, struct ajar_state *ret_closed,
                              struct ajar_error *err)
{
    char bits[BITS_TEXT_SIZE];
    struct attribute_part part;
    const char *said;

    if (!attribute_section_part(setting, &part, err))
        return false;
    said = value_of(setting, forms[part.form].closed);
    if (!said) {
        *ret_closed = (struct ajar_state){ 0 };
        return true;
    }
    bits_format(strcmp(said, "set") == 0 ? part.mask : 0, bits);
    return attribute_state_wish(&part, part.form == ATTRIBUTE_BITS ? bits : said, ret_closed, err);
}
