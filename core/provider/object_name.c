/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/object_name.h"

#include "base/text.h"

#include <string.h>

/* Where this part of a DN ends: at its comma, or at the end. A comma after a backslash belongs to a
 * value ([RFC4514] 2.4). */
static const char *end_of_part(const char *part)
{
    for (; *part && *part != ','; part++) {
        if (*part == '\\' && part[1])
            part++;
    }
    return part;
}

static bool is_part(const char *part, const char *end)
{
    const char *equals = memchr(part, '=', (size_t)(end - part));

    return equals && equals > part && equals + 1 < end && *part != ' ';
}

bool object_name_check(const struct setting *setting, const char *field, struct ajar_error *err)
{
    const char *name = setting_value(setting, field);
    const char *part = name;
    const char *end;

    for (;; part = end + 1) {
        end = end_of_part(part);
        if (!is_part(part, end))
            return setting_fail(setting, field, err,
                                "%s: \"%s\" is no name of an object, as CN=Users or "
                                "OU=Admins,OU=Berlin is",
                                field, name);
        if (!*end)
            return true;
    }
}

static bool is_whole(const char *name)
{
    const char *last = name;

    for (const char *end = end_of_part(last); *end; end = end_of_part(last))
        last = end + 1;
    return strncasecmp(last, "DC=", 3) == 0;
}

bool object_name_below(const char *name, const char *head, char **ret_dn, struct ajar_error *err)
{
    char *dn = is_whole(name) ? text_copy(name) : text_make("%s,%s", name, head);

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
