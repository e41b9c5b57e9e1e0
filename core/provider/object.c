/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/object.h"

#include <string.h>

/* Far more than a DN that fits on a line. */
#define DN_CEILING 2048

static const char attribute_characters[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";

static const char *base_of(const struct setting *setting)
{
    const char *base = setting_value(setting, "base");

    return base ? base : "domain";
}

bool object_is_in_configuration(const struct setting *setting)
{
    return strcmp(base_of(setting), "configuration") == 0;
}

bool object_is_head(const struct setting *setting)
{
    return strcmp(setting_value(setting, "object"), base_of(setting)) == 0;
}

static const char *skip_blanks(const char *at)
{
    return at + strspn(at, " ");
}

/* The end of a value: an unescaped comma, or the end of the text ([RFC4514] 2.4). */
static const char *end_of_value(const char *at)
{
    while (*at && *at != ',')
        at += at[0] == '\\' && at[1] ? 2 : 1;
    return at;
}

static const char *without_blanks(const char *from, const char *end)
{
    while (end > from && end[-1] == ' ' && !(end - from > 1 && end[-2] == '\\'))
        end--;
    return end;
}

/* Appends the first part of a DN, without blanks that do not count, and moves `*at` behind it and
 * its comma; false when it is not "name=value". */
static bool append_part(struct text *text, const char **at)
{
    const char *name = skip_blanks(*at);
    size_t size = strspn(name, attribute_characters);
    const char *equals = skip_blanks(name + size);
    const char *value;
    const char *end;

    if (size == 0 || *equals != '=')
        return false;
    value = skip_blanks(equals + 1);
    end = end_of_value(value);
    if (without_blanks(value, end) == value)
        return false;
    text_append_bytes(text, name, size);
    text_append(text, "=");
    text_append_bytes(text, value, (size_t)(without_blanks(value, end) - value));
    *at = end;
    return true;
}

/* Appends a DN in one spelling. `ret_is_whole`: its last part is a DC. */
static bool append_dn(struct text *text, const char *dn, bool *ret_is_whole)
{
    for (;;) {
        *ret_is_whole = strncasecmp(skip_blanks(dn), "DC=", 3) == 0;
        if (!append_part(text, &dn))
            return false;
        if (*dn == '\0')
            return true;
        text_append(text, ",");
        dn++;
    }
}

static bool is_dn(const char *text)
{
    OWNED(text_release) struct text dn = TEXT_UP_TO(DN_CEILING);
    bool is_whole = false;

    return append_dn(&dn, text, &is_whole);
}

bool object_check(const struct setting *setting, struct ajar_error *err)
{
    if (object_is_head(setting) || is_dn(setting_value(setting, "object")))
        return true;
    return setting_fail(setting, "object", err,
                        "object: \"%.100s\" is no DN; write it from the head of the %s on, as "
                        "CN=Server,CN=System, or \"%s\" for the head itself",
                        setting_value(setting, "object"), base_of(setting), base_of(setting));
}

bool object_check_name(const struct setting *setting, const char *field, struct ajar_error *err)
{
    const char *name = setting_value(setting, field);

    if (is_dn(name))
        return true;
    return setting_fail(setting, field, err,
                        "%s: \"%.100s\" is no name of an object, as CN=Users or "
                        "OU=Admins,OU=Berlin is",
                        field, name);
}

/* "target.test" is DC=target,DC=test. */
static void append_domain(struct text *text, const char *domain)
{
    for (const char *at = domain; *at;) {
        size_t size = strcspn(at, ".");

        text_format(text, "%sDC=%.*s", at == domain ? "" : ",", (int)size, at);
        at += size + (at[size] == '.' ? 1 : 0);
    }
}

static void append_head(struct text *text, const struct setting *setting)
{
    if (object_is_in_configuration(setting))
        text_format(text, "CN=Configuration of the forest of %s", setting->where);
    else
        append_domain(text, setting->where);
}

void object_append_name(struct text *text, const struct setting *setting)
{
    bool is_whole = false;

    (void)append_dn(text, setting_value(setting, "object"), &is_whole);
}

void object_append(struct text *text, const struct setting *setting)
{
    bool is_whole = false;

    if (!object_is_head(setting)) {
        (void)append_dn(text, setting_value(setting, "object"), &is_whole);
        if (is_whole)
            return;
        text_append(text, ",");
    }
    append_head(text, setting);
}

bool object_dn_below(const char *name, const char *head, char **ret_dn, struct ajar_error *err)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(DN_CEILING);
    bool is_whole = false;

    if (!append_dn(&text, name, &is_whole))
        return ajar_fail(err, AJAR_EPLAN, "\"%.100s\" is no name of an object", name);
    if (!is_whole)
        text_format(&text, ",%s", head);
    return text_take(&text, ret_dn, err);
}

bool object_dn(const struct setting *setting, const char *domain_dn, const char *configuration_dn,
               char **ret_dn, struct ajar_error *err)
{
    const char *head = object_is_in_configuration(setting) ? configuration_dn : domain_dn;
    char *dn;

    if (!object_is_head(setting))
        return object_dn_below(setting_value(setting, "object"), head, ret_dn, err);
    dn = text_copy(head);
    if (!dn)
        return ajar_no_memory(err);
    *ret_dn = dn;
    return true;
}

char *object_name_of_guid(const struct guid *guid)
{
    char text[GUID_TEXT_SIZE];

    guid_format(guid, text);
    return text_make("<GUID=%s>", text);
}

char *object_name_of_sid(const struct sid *sid)
{
    char text[SID_TEXT_SIZE];

    sid_format(sid, text);
    return text_make("<SID=%s>", text);
}
