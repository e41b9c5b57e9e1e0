/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/gpt.h"

#include "base/guid.h"
#include "base/text.h"
#include "model/template.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

/* More than any list of extensions or links that clients can take in. */
#define LIST_CEILING (1024 * 1024)

#define GUID_SIZE 38 /* with its braces */

bool gpt_parse_version(const char *text, uint32_t *ret_version, struct ajar_error *err)
{
    char *end = NULL;
    long long number;

    errno = 0;
    number = strtoll(text, &end, 10);
    if (end == text || *end || errno != 0 || number < INT32_MIN || number > UINT32_MAX)
        return ajar_fail(err, AJAR_EPROTOCOL, "\"%.40s\" is no version", text);
    *ret_version = (uint32_t)number;
    return true;
}

bool gpt_read_version(const struct bytes *file, uint32_t *ret_version, struct ajar_error *err)
{
    OWNED(template_release) struct template template = { 0 };
    enum template_place place = TEMPLATE_NO_SECTION;
    OWNED(free) char *value = NULL;

    if (!template_read(file, &template, err) ||
        !template_get(&template, "General", "Version", &place, &value, err))
        return ajar_while(err, "GPT.INI");
    if (place != TEMPLATE_KEY || !*value) {
        *ret_version = 0;
        return true;
    }
    return gpt_parse_version(value, ret_version, err) || ajar_while(err, "GPT.INI");
}

bool gpt_write_version(const struct bytes *file, uint32_t version, struct bytes *ret_file,
                       struct ajar_error *err)
{
    OWNED(template_release) struct template template = { 0 };
    OWNED(free) char *text = text_make("%u", version);

    if (!text)
        return ajar_no_memory(err);
    if (!template_read(file, &template, err) ||
        !template_set(&template, "General", "Version", text, err))
        return ajar_while(err, "GPT.INI");
    return template_write(&template, 0, ret_file, err);
}

uint32_t gpt_raise_version(uint32_t a, uint32_t b)
{
    uint32_t user = a >> 16 > b >> 16 ? a >> 16 : b >> 16;
    uint32_t machine = (a & 0xffff) > (b & 0xffff) ? a & 0xffff : b & 0xffff;

    return user << 16 | (machine == 0xffff ? 1 : machine + 1);
}

/* Takes a "{GUID}" at `*at`. */
static bool take_guid(const char **at, const char **ret_guid)
{
    char text[GUID_SIZE + 1] = "";
    struct ajar_error ignored = AJAR_NO_ERROR;
    struct guid guid;

    if (strnlen(*at, GUID_SIZE) < GUID_SIZE)
        return false;
    memcpy(text, *at, GUID_SIZE);
    if (text[0] != '{' || !guid_parse(text, &guid, &ignored))
        return false;
    *ret_guid = *at;
    *at += GUID_SIZE;
    return true;
}

/* An "[{extension}{tool}...]". */
struct entry {
    const char *extension;
    const char *end; /* at the ']' */
};

static bool take_entry(const char **at, struct entry *ret_entry)
{
    const char *next = *at;
    const char *tool;

    if (*next++ != '[' || !take_guid(&next, &ret_entry->extension))
        return false;
    while (*next == '{' && take_guid(&next, &tool)) {
    }
    if (*next != ']')
        return false;
    ret_entry->end = next;
    *at = next + 1;
    return true;
}

static int compare(const char *guid, const char *other)
{
    return strncasecmp(guid, other, GUID_SIZE);
}

/* Writes the entry with the tool among its own. */
static void append_with_tool(struct text *text, const struct entry *entry, const char *tool)
{
    bool done = false;

    text_append(text, "[");
    text_append_bytes(text, entry->extension, GUID_SIZE);
    for (const char *at = entry->extension + GUID_SIZE; at < entry->end; at += GUID_SIZE) {
        if (!done && compare(at, tool) >= 0) {
            if (compare(at, tool) != 0)
                text_append(text, tool);
            done = true;
        }
        text_append_bytes(text, at, GUID_SIZE);
    }
    text_append(text, done ? "]" : "");
    if (!done)
        text_format(text, "%s]", tool);
}

static bool complete(struct text *text, const char *at, const char *extension, const char *tool)
{
    bool done = false;

    while (*at) {
        struct entry entry;

        if (!take_entry(&at, &entry))
            return false;
        if (!done && compare(entry.extension, extension) > 0) {
            text_format(text, "[%s%s]", extension, tool);
            done = true;
        }
        if (!done && compare(entry.extension, extension) == 0) {
            append_with_tool(text, &entry, tool);
            done = true;
            continue;
        }
        text_append_bytes(text, entry.extension - 1, (size_t)(entry.end - entry.extension) + 2);
    }
    if (!done)
        text_format(text, "[%s%s]", extension, tool);
    return true;
}

/* Windows empties such an attribute by writing one blank. */
static bool is_empty(const char *text)
{
    return !text || !text[strspn(text, " ")];
}

bool gpt_complete_extensions(const char *names, const char *extension, const char *tool,
                             char **ret_names, struct ajar_error *err)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(LIST_CEILING);

    if (!complete(&text, is_empty(names) ? "" : names, extension, tool))
        return ajar_fail(err, AJAR_EPROTOCOL, "\"%.80s\" is no list of extensions", names);
    return text_take(&text, ret_names, err);
}

/* Takes a "[LDAP://DN;options]". */
static bool take_link(const char **at, const char **ret_dn, size_t *ret_size, uint32_t *ret_options)
{
    static const char scheme[] = "[LDAP://";
    const char *dn = *at + strlen(scheme);
    const char *end;
    const char *semicolon;
    char *after = NULL;

    if (strncasecmp(*at, scheme, strlen(scheme)) != 0)
        return false;
    end = strchr(dn, ']');
    semicolon = end ? memrchr(dn, ';', (size_t)(end - dn)) : NULL;
    if (!semicolon || semicolon == dn || !isdigit((unsigned char)semicolon[1]))
        return false;
    *ret_options = (uint32_t)strtoul(semicolon + 1, &after, 10);
    if (after != end)
        return false;
    *ret_dn = dn;
    *ret_size = (size_t)(semicolon - dn);
    *at = end + 1;
    return true;
}

static bool add_link(struct gpt_links *links, const char *dn, size_t size, uint32_t options,
                     struct ajar_error *err)
{
    struct gpt_link *list = reallocarray(links->list, links->count + 1, sizeof(*list));

    if (!list)
        return ajar_no_memory(err);
    links->list = list;
    list[links->count] = (struct gpt_link){ .dn = text_copy_bytes(dn, size), .options = options };
    if (!list[links->count].dn)
        return ajar_no_memory(err);
    links->count++;
    return true;
}

bool gpt_parse_links(const char *text, struct gpt_links *ret_links, struct ajar_error *err)
{
    OWNED(gpt_links_release) struct gpt_links links = { 0 };
    const char *at = is_empty(text) ? "" : text;

    while (!is_empty(at)) {
        const char *dn = NULL;
        size_t size = 0;
        uint32_t options = 0;

        if (!take_link(&at, &dn, &size, &options))
            return ajar_fail(err, AJAR_EPROTOCOL, "\"%.80s\" is no list of links", at);
        if (!add_link(&links, dn, size, options, err))
            return false;
    }
    *ret_links = links;
    links = (struct gpt_links){ 0 };
    return true;
}

void gpt_links_release(struct gpt_links *links)
{
    for (size_t i = 0; i < links->count; i++)
        free(links->list[i].dn);
    free(links->list);
    *links = (struct gpt_links){ 0 };
}
