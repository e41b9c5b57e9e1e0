/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/extended_dn.h"

#include <string.h>
#include <strings.h>

/* One "<NAME=value>": `text` is behind the "<", `size` goes up to the ">". Components of other
 * names say nothing that is needed. */
static bool read_component(const char *text, size_t size, struct extended_dn *name,
                           struct ajar_error *err)
{
    char value[SID_TEXT_SIZE];
    const char *at = memchr(text, '=', size);
    size_t length;

    if (!at || size - (size_t)(at + 1 - text) >= sizeof(value))
        return ajar_fail(err, AJAR_EPROTOCOL, "a component is damaged");
    at++;
    length = size - (size_t)(at - text);
    memcpy(value, at, length);
    value[length] = '\0';
    if (strncasecmp(text, "GUID=", 5) == 0) {
        name->has_guid = true;
        return guid_parse(value, &name->guid, err);
    }
    if (strncasecmp(text, "SID=", 4) == 0) {
        name->has_sid = true;
        return sid_parse(value, &name->sid, err);
    }
    return true;
}

static bool read_components(const char *text, struct extended_dn *name, struct ajar_error *err)
{
    while (*text == '<') {
        const char *end = strchr(text, '>');

        if (!end)
            return ajar_fail(err, AJAR_EPROTOCOL, "it ends inside a component");
        if (!read_component(text + 1, (size_t)(end - text - 1), name, err))
            return false;
        text = end + 1;
        if (*text == ';')
            text++;
        else if (*text)
            return ajar_fail(err, AJAR_EPROTOCOL, "its components are not apart");
    }
    name->dn = text;
    return true;
}

bool extended_dn_parse(const char *text, struct extended_dn *ret_name, struct ajar_error *err)
{
    struct extended_dn name = { 0 };

    if (!read_components(text, &name, err)) {
        err->status = AJAR_EPROTOCOL; /* what the server wrote, not what a plan says */
        return ajar_while(err, "extended DN \"%.200s\"", text);
    }
    *ret_name = name;
    return true;
}
