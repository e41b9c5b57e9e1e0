/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/group_live.h"

#include "base/text.h"
#include "provider/bits.h"
#include "provider/object.h"
#include "transport/extended_dn.h"

#include <string.h>

/* How many members a message names, and in how many bytes. */
enum { NAMED_MEMBERS = 3, MEMBERS_CEILING = 300 };

static const char *as_text(const struct directory_value *value)
{
    return value->bytes.at ? (const char *)value->bytes.at : "";
}

/* The last class is the most special one ([MS-ADTS] 3.1.1.2.4.3). */
static bool read_class(const struct directory_entry *entry, struct group_live *live,
                       struct ajar_error *err)
{
    const struct directory_attribute *classes = directory_attribute(entry, "objectClass");

    if (!classes || classes->count == 0)
        return ajar_fail(err, AJAR_EPROTOCOL, "\"%s\" came without its class", entry->dn);
    live->class_name = text_copy(as_text(&classes->values[classes->count - 1]));
    if (!live->class_name)
        return ajar_no_memory(err);
    live->is_group = text_same_ignoring_case(live->class_name, "group");
    return true;
}

static bool read_type(const struct directory_entry *entry, struct group_live *live,
                      struct ajar_error *err)
{
    const char *type = directory_text(entry, "groupType");

    if (live->is_group && (!type || !bits_from_integer(type, &live->type)))
        return ajar_fail(err, AJAR_EPROTOCOL, "\"%s\" has the group type \"%s\"", entry->dn,
                         type ? type : "");
    return true;
}

static bool read_guid(const struct directory_entry *entry, struct group_live *live,
                      struct ajar_error *err)
{
    struct extended_dn name;

    if (!extended_dn_parse(entry->dn, &name, err))
        return false;
    if (!name.has_guid)
        return ajar_fail(err, AJAR_EPROTOCOL, "the group's name came without its GUID");
    live->guid = name.guid;
    return true;
}

static bool read_members(const struct directory_entry *entry, struct group_live *live,
                         struct ajar_error *err)
{
    const struct directory_attribute *members = directory_attribute(entry, "member");
    OWNED(text_release) struct text text = TEXT_UP_TO(MEMBERS_CEILING + sizeof(", ..."));

    live->member_count = members ? members->count : 0;
    for (size_t i = 0; i < live->member_count && i < NAMED_MEMBERS; i++) {
        struct extended_dn member;

        if (!extended_dn_parse(as_text(&members->values[i]), &member, err))
            return false;
        if (text.size + strlen(member.dn) + strlen(", ") < MEMBERS_CEILING)
            text_format(&text, "%s%s", text.size > 0 ? ", " : "", member.dn);
    }
    if (live->member_count > NAMED_MEMBERS || (live->member_count > 0 && text.size == 0))
        text_append(&text, text.size > 0 ? ", ..." : "...");
    return live->member_count == 0 || text_take(&text, &live->members, err);
}

static bool read_entry(const struct directory_entry *entry, struct group_live *live,
                       struct ajar_error *err)
{
    const struct directory_attribute *used = directory_attribute(entry, "memberOf");

    live->exists = true;
    live->used_count = used ? used->count : 0;
    return read_class(entry, live, err) && read_type(entry, live, err) &&
           read_guid(entry, live, err) && read_members(entry, live, err);
}

static bool search(struct directory *directory, const char *name,
                   struct directory_result *ret_found, struct ajar_error *err)
{
    static const char *const attributes[] = { "objectClass", "groupType", "member", "memberOf",
                                              NULL };
    OWNED(free) char *filter = NULL;
    struct directory_query query = { .base = directory_domain_dn(directory),
                                     .scope = DIRECTORY_SUBTREE,
                                     .attributes = attributes,
                                     .extended_dn = true };

    if (!directory_filter("(sAMAccountName=@)", name, strlen(name), &filter, err))
        return false;
    query.filter = filter;
    return directory_search(directory, &query, ret_found, err);
}

bool group_live_read(struct directory *directory, const char *name, struct group_live *ret_live,
                     struct ajar_error *err)
{
    OWNED(directory_result_release) struct directory_result found = { 0 };
    OWNED(group_live_release) struct group_live live = { 0 };

    if (!search(directory, name, &found, err))
        return ajar_while(err, "group \"%s\"", name);
    if (found.count > 1)
        return ajar_fail(err, AJAR_ECONFLICT, "%zu objects have the account name \"%s\"",
                         found.count, name);
    if (found.count == 1 && !read_entry(&found.entries[0], &live, err))
        return ajar_while(err, "group \"%s\"", name);
    *ret_live = live;
    live = (struct group_live){ 0 };
    return true;
}

/* One attribute of a new object. */
static struct directory_change attribute(const char *name, const struct bytes *value)
{
    return (struct directory_change){
        .operation = DIRECTORY_ADD, .attribute = name, .count = 1, .values = value
    };
}

static struct bytes bytes_of(const char *text)
{
    return (struct bytes){ (uint8_t *)(uintptr_t)text, strlen(text) };
}

static bool add_group(struct directory *directory, const struct group_design *design,
                      const char *dn, struct ajar_error *err)
{
    char type[BITS_TEXT_SIZE];
    struct bytes class_name = bytes_of("group");
    struct bytes name = bytes_of(design->name);
    struct bytes description = bytes_of(design->description ? design->description : "");
    struct bytes type_value;
    const struct directory_change attributes[] = { attribute("objectClass", &class_name),
                                                   attribute("cn", &name),
                                                   attribute("sAMAccountName", &name),
                                                   attribute("groupType", &type_value),
                                                   attribute("description", &description) };

    bits_to_integer(design->type, type);
    type_value = bytes_of(type);
    return directory_add(directory, dn, attributes,
                         LENGTH(attributes) - (design->description ? 0 : 1), err);
}

bool group_live_create(struct directory *directory, const struct group_design *design,
                       struct ajar_error *err)
{
    OWNED(free) char *below = NULL;
    OWNED(free) char *dn = NULL;

    if (!object_dn_below(design->container, directory_domain_dn(directory), &below, err))
        return false;
    /* '#' would begin a hexadecimal value ([RFC4514] 2.4). */
    dn = text_make("CN=%s%s,%s", design->name[0] == '#' ? "\\" : "", design->name, below);
    if (!dn)
        return ajar_no_memory(err);
    return add_group(directory, design, dn, err);
}

bool group_live_delete(struct directory *directory, const struct guid *guid, struct ajar_error *err)
{
    OWNED(free) char *name = object_name_of_guid(guid);

    if (!name)
        return ajar_no_memory(err);
    if (directory_delete(directory, name, err))
        return true;
    if (err->status != AJAR_EMISSING)
        return false;
    *err = AJAR_NO_ERROR;
    return true;
}

char *group_type_phrase(uint32_t type)
{
    static const struct {
        uint32_t scope;
        const char *name;
    } scopes[] = {
        { GROUP_GLOBAL, "global" },
        { GROUP_DOMAIN_LOCAL, "domain-local" },
        { GROUP_UNIVERSAL, "universal" },
    };

    for (size_t i = 0; i < LENGTH(scopes); i++) {
        if ((type & ~GROUP_SECURITY) == scopes[i].scope)
            return text_make("%s %sgroup", scopes[i].name,
                             type & GROUP_SECURITY ? "" : "distribution ");
    }
    return text_make("group of type 0x%x", (unsigned)type);
}

void group_live_release(struct group_live *live)
{
    free(live->class_name);
    free(live->members);
    *live = (struct group_live){ 0 };
}
