/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/guid_list.h"

#include <string.h>

bool guid_list_has(const struct guid_list *list, const struct guid *guid)
{
    for (size_t i = 0; i < list->count; i++) {
        if (guid_same(&list->guids[i], guid))
            return true;
    }
    return false;
}

static bool add(const struct setting *setting, const char *field, const char *word, size_t size,
                struct guid_list *list, struct ajar_error *err)
{
    char text[GUID_TEXT_SIZE + 2] = { 0 }; /* with braces */
    struct ajar_error refused = AJAR_NO_ERROR;
    struct guid guid;

    if (size < sizeof(text))
        memcpy(text, word, size);
    if (!guid_parse(text, &guid, &refused))
        return setting_fail(setting, field, err,
                            "%s: \"%.*s\" is no GUID, as 338cd001-2244-31f1-aaaa-900038001003 is: "
                            "GUIDs with blanks between them, or none",
                            field, size > 60 ? 60 : (int)size, word);
    if (guid_list_has(list, &guid))
        return setting_fail(setting, field, err, "%s: %s stands there twice", field, text);
    if (list->count == GUID_LIST_ROOM)
        return setting_fail(setting, field, err, "%s: at most %d", field, GUID_LIST_ROOM);
    list->guids[list->count++] = guid;
    return true;
}

bool guid_list_read(const struct setting *setting, const char *field, struct guid_list *ret_list,
                    struct ajar_error *err)
{
    static const char blanks[] = " \t";
    const char *text = setting_value(setting, field);
    const char *at = text ? text : "";
    struct guid_list list = { 0 };

    at += strspn(at, blanks);
    if (strcmp(at, "none") == 0)
        at = "";
    while (*at) {
        size_t size = strcspn(at, blanks);

        if (!add(setting, field, at, size, &list, err))
            return false;
        at += size;
        at += strspn(at, blanks);
    }
    *ret_list = list;
    return true;
}
