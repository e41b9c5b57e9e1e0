/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/version.h"

#include "base/clock.h"
#include "base/text.h"
#include "model/property_version.h"
#include "model/state.h"
#include "provider/object.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char told_attributes[] = "msDS-ReplAttributeMetaData";
static const char told_links[] = "msDS-ReplValueMetaData";
static const char stored_versions[] = "replPropertyMetaData";
static const char changed[] = "uSNChanged";

static bool set_number(struct ajar_state *state, const char *name, uint64_t number,
                       struct ajar_error *err)
{
    char text[24];

    (void)snprintf(text, sizeof(text), "%" PRIu64, number);
    return ajar_state_set(state, name, text, err);
}

static bool describe(const struct property_version *version, bool exact,
                     struct ajar_state *ret_evidence, struct ajar_error *err)
{
    OWNED(ajar_state_release) struct ajar_state evidence = { .known = true, .exists = true };
    char by[GUID_TEXT_SIZE];

    guid_format(&version->by, by);
    if (!ajar_state_set(&evidence, "exact", exact ? "yes" : "no", err) ||
        !set_number(&evidence, "version", version->version, err))
        return false;
    if (version->version > 0 &&
        (!ajar_state_set(&evidence, "written", clock_write_time(version->written).at, err) ||
         !ajar_state_set(&evidence, "by", by, err) ||
         !set_number(&evidence, "usn", version->usn, err)))
        return false;
    *ret_evidence = evidence;
    evidence = (struct ajar_state){ 0 };
    return true;
}

static bool search_one(struct directory *directory, const char *base, const char *const *attributes,
                       struct directory_result *ret_found, struct ajar_error *err)
{
    const struct directory_query query = { .base = base, .attributes = attributes };

    if (!directory_search(directory, &query, ret_found, err))
        return false;
    return ret_found->count == 1 ||
           ajar_fail(err, AJAR_EMISSING, "\"%s\": there is no such object", base);
}

/* The version among those that are told; 0 when it is not there. `object` is NULL for an
 * attribute. */
static bool find_told(const struct directory_attribute *values, const char *attribute,
                      const char *object, struct property_version *ret_version,
                      struct ajar_error *err)
{
    *ret_version = (struct property_version){ 0 };
    for (size_t i = 0; values && i < values->count; i++) {
        OWNED(property_told_release) struct property_told told = { 0 };

        if (!property_told_read(&values->values[i].bytes, &told, err))
            return false;
        if (text_same_ignoring_case(told.attribute, attribute) &&
            (!object || (told.object && text_same_ignoring_case(told.object, object))))
            *ret_version = told.version;
    }
    return true;
}

/* The number of an attribute, as the schema says it; 0 when it is not known. */
static bool find_number(struct directory *directory, const char *attribute, uint32_t *ret_number,
                        struct ajar_error *err)
{
    static const char *const attributes[] = { "attributeID", "msDS-IntId", NULL };
    OWNED(free) char *schema = text_make("CN=Schema,%s", directory_configuration_dn(directory));
    OWNED(free) char *filter = NULL;
    OWNED(directory_result_release) struct directory_result found = { 0 };
    struct directory_query query = { .base = schema,
                                     .scope = DIRECTORY_ONE,
                                     .attributes = attributes };
    const char *identifier;
    const char *own;

    if (!schema)
        return ajar_no_memory(err);
    if (!directory_filter("(lDAPDisplayName=@)", attribute, strlen(attribute), &filter, err))
        return false;
    query.filter = filter;
    if (!directory_search(directory, &query, &found, err))
        return false;
    *ret_number = 0;
    own = found.count == 1 ? directory_text(&found.entries[0], "msDS-IntId") : NULL;
    identifier = found.count == 1 ? directory_text(&found.entries[0], "attributeID") : NULL;
    if (own)
        *ret_number = (uint32_t)strtol(own, NULL, 10);
    else if (identifier)
        (void)property_number(identifier, ret_number);
    return true;
}

static bool read_stored(struct directory *directory, const struct bytes *value,
                        const char *attribute, bool exact, struct ajar_state *ret_evidence,
                        struct ajar_error *err)
{
    struct property_version version;
    uint32_t number = 0;

    if (!find_number(directory, attribute, &number, err))
        return false;
    if (number == 0)
        return true;
    return property_version_find(value, number, &version, err) &&
           describe(&version, exact, ret_evidence, err);
}

bool version_of_attribute(struct directory *directory, const char *base, const char *attribute,
                          bool exact, struct ajar_state *ret_evidence, struct ajar_error *err)
{
    static const char *const attributes[] = { told_attributes, stored_versions, NULL };
    OWNED(directory_result_release) struct directory_result found = { 0 };
    const struct directory_attribute *told;
    const struct directory_attribute *stored;
    struct property_version version;

    if (!search_one(directory, base, attributes, &found, err))
        return false;
    told = directory_attribute(&found.entries[0], told_attributes);
    stored = directory_attribute(&found.entries[0], stored_versions);
    if (told && told->count > 0)
        return find_told(told, attribute, NULL, &version, err) &&
               describe(&version, exact, ret_evidence, err);
    if (!stored || stored->count != 1)
        return true;
    return read_stored(directory, &stored->values[0].bytes, attribute, exact, ret_evidence, err);
}

/* "usn-at-dc1-source-test": only the same controller counts the same way. To be freed. */
static char *name_of_count(struct directory *directory)
{
    char *name = text_make("usn-at-%s", directory_host(directory));

    for (char *at = name; at && *at; at++)
        *at = *at == '.' ? '-' : *at;
    return name;
}

static bool describe_object(struct directory *directory, const struct directory_entry *entry,
                            struct ajar_state *ret_evidence, struct ajar_error *err)
{
    OWNED(ajar_state_release) struct ajar_state evidence = { .known = true, .exists = true };
    OWNED(free) char *name = name_of_count(directory);
    const char *count = directory_text(entry, changed);

    if (!name)
        return ajar_no_memory(err);
    if (!count)
        return true;
    if (!ajar_state_set(&evidence, "exact", "no", err) ||
        !ajar_state_set(&evidence, name, count, err))
        return false;
    *ret_evidence = evidence;
    evidence = (struct ajar_state){ 0 };
    return true;
}

bool version_of_object(struct directory *directory, const char *base,
                       struct ajar_state *ret_evidence, struct ajar_error *err)
{
    static const char *const attributes[] = { changed, NULL };
    OWNED(directory_result_release) struct directory_result found = { 0 };

    return search_one(directory, base, attributes, &found, err) &&
           describe_object(directory, &found.entries[0], ret_evidence, err);
}

static bool find_dn(struct directory *directory, const struct guid *object, char **ret_dn,
                    struct ajar_error *err)
{
    static const char *const attributes[] = { "objectClass", NULL };
    OWNED(free) char *base = object_name_of_guid(object);
    OWNED(directory_result_release) struct directory_result found = { 0 };

    if (!base)
        return ajar_no_memory(err);
    return search_one(directory, base, attributes, &found, err) &&
           text_replace(ret_dn, found.entries[0].dn, err);
}

bool version_of_member(struct directory *directory, const char *group, const struct guid *member,
                       struct ajar_state *ret_evidence, struct ajar_error *err)
{
    static const char *const attributes[] = { told_attributes, told_links, changed, NULL };
    OWNED(directory_result_release) struct directory_result found = { 0 };
    OWNED(free) char *dn = NULL;
    const struct directory_entry *entry;
    struct property_version link = { 0 };
    struct property_version all = { 0 };

    if (!search_one(directory, group, attributes, &found, err) ||
        (member && !find_dn(directory, member, &dn, err)))
        return false;
    entry = &found.entries[0];
    if (!directory_attribute(entry, told_attributes))
        return describe_object(directory, entry, ret_evidence, err);
    if ((dn && !find_told(directory_attribute(entry, told_links), "member", dn, &link, err)) ||
        !find_told(directory_attribute(entry, told_attributes), "member", NULL, &all, err))
        return false;
    if (link.version == 0 && all.version > 0)
        return describe(&all, false, ret_evidence, err);
    return describe(&link, true, ret_evidence, err);
}
