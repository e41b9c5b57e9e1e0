/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/object.h"

#include "transport/extended_dn.h"

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

static bool is_in_configuration(const struct setting *setting)
{
    return strcmp(base_of(setting), "configuration") == 0;
}

/* Does the section mean the head itself? */
static bool is_head(const struct setting *setting)
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

bool object_check(const struct setting *setting, struct ajar_error *err)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(DN_CEILING);
    bool is_whole = false;

    if (is_head(setting) || append_dn(&text, setting_value(setting, "object"), &is_whole))
        return true;
    return setting_fail(setting, "object", err,
                        "object: \"%.100s\" is no DN; write it from the head of the %s on, as "
                        "CN=Server,CN=System, or \"%s\" for the head itself",
                        setting_value(setting, "object"), base_of(setting), base_of(setting));
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
    if (is_in_configuration(setting))
        text_format(text, "CN=Configuration of the forest of %s", setting->where);
    else
        append_domain(text, setting->where);
}

void object_append(struct text *text, const struct setting *setting)
{
    bool is_whole = false;

    if (!is_head(setting)) {
        (void)append_dn(text, setting_value(setting, "object"), &is_whole);
        if (is_whole)
            return;
        text_append(text, ",");
    }
    append_head(text, setting);
}

static bool make_dn(const struct directory *directory, const struct setting *setting, char **ret_dn,
                    struct ajar_error *err)
{
    const char *head = is_in_configuration(setting) ? directory_configuration_dn(directory)
                                                    : directory_domain_dn(directory);
    OWNED(text_release) struct text text = TEXT_UP_TO(DN_CEILING);
    bool is_whole = false;

    if (is_head(setting)) {
        text_append(&text, head);
    } else if (!append_dn(&text, setting_value(setting, "object"), &is_whole)) {
        return object_check(setting, err);
    } else if (!is_whole) {
        text_format(&text, ",%s", head);
    }
    return text_take(&text, ret_dn, err);
}

/* Reads the DACL of one object; its entry, too. */
static bool search_dacl(struct directory *directory, const char *base,
                        struct directory_result *ret_found, struct bytes *ret_bytes,
                        struct ajar_error *err)
{
    static const char *const attributes[] = { "nTSecurityDescriptor", NULL };
    const struct directory_query query = {
        .base = base, .attributes = attributes, .extended_dn = true, .dacl = true
    };
    OWNED(directory_result_release) struct directory_result found = { 0 };
    const struct directory_attribute *descriptor;

    if (!directory_search(directory, &query, &found, err))
        return false;
    if (found.count != 1)
        return ajar_fail(err, AJAR_EMISSING, "there is no \"%s\"", base);
    descriptor = directory_attribute(&found.entries[0], attributes[0]);
    if (!descriptor || descriptor->count != 1) {
        ajar_fail(err, AJAR_EDENIED, "the permissions of \"%s\" are not shown", base);
        return ajar_hint(err, "the account needs the right to read permissions; Domain Admins have "
                              "it");
    }
    if (!bytes_copy(descriptor->values[0].bytes.at, descriptor->values[0].bytes.size, ret_bytes,
                    err))
        return false;
    *ret_found = found;
    found = (struct directory_result){ 0 };
    return true;
}

static bool make_name(const char *extended, char **ret_name, struct ajar_error *err)
{
    struct extended_dn name;
    char guid[GUID_TEXT_SIZE];
    char *text;

    if (!extended_dn_parse(extended, &name, err))
        return false;
    if (!name.has_guid)
        return ajar_fail(err, AJAR_EPROTOCOL, "the object's name came without its GUID");
    guid_format(&name.guid, guid);
    text = text_make("<GUID=%s>", guid);
    if (!text)
        return ajar_no_memory(err);
    *ret_name = text;
    return true;
}

bool object_read_dacl(struct directory *directory, const struct setting *setting, char **ret_name,
                      struct descriptor *ret_descriptor, struct ajar_error *err)
{
    OWNED(directory_result_release) struct directory_result found = { 0 };
    OWNED(bytes_release) struct bytes bytes = { 0 };
    OWNED(free) char *dn = NULL;
    OWNED(free) char *name = NULL;

    if (!make_dn(directory, setting, &dn, err) ||
        !search_dacl(directory, dn, &found, &bytes, err) ||
        !make_name(found.entries[0].dn, &name, err))
        return false;
    if (!descriptor_read(&bytes, ret_descriptor, err))
        return ajar_while(err, "\"%s\"", dn);
    *ret_name = name;
    name = NULL;
    return true;
}

bool object_reread_dacl(struct directory *directory, const char *name, struct bytes *ret_bytes,
                        struct ajar_error *err)
{
    OWNED(directory_result_release) struct directory_result found = { 0 };

    return search_dacl(directory, name, &found, ret_bytes, err);
}
