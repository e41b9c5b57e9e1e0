/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/directory_private.h"
#include "transport/value_range.h"

#include "base/text.h"

#include <ldap.h>
#include <string.h>

/* Room for one more element: the room is the smallest power of two that holds `count`. */
static bool make_room(void **array, size_t count, size_t size, struct ajar_error *err)
{
    size_t room = count ? 2 * count : 1;
    void *larger;

    if (count & (count - 1))
        return true;
    larger = reallocarray(*array, room, size);
    if (!larger)
        return ajar_no_memory(err);
    *array = larger;
    return true;
}

static bool add_value(struct directory_attribute *attribute, const struct berval *value,
                      struct ajar_error *err)
{
    struct bytes bytes = { .size = value->bv_len };

    if (!make_room((void **)&attribute->values, attribute->count, sizeof(attribute->values[0]),
                   err))
        return false;
    if (value->bv_len > 0) {
        bytes.at = (uint8_t *)text_copy_bytes(value->bv_val, value->bv_len);
        if (!bytes.at)
            return ajar_no_memory(err);
    }
    attribute->values[attribute->count++].bytes = bytes;
    return true;
}

bool directory_attribute_add(struct directory_attribute *attribute,
                             const struct directory *directory, LDAPMessage *message,
                             const char *description, struct ajar_error *err)
{
    struct berval **values = ldap_get_values_len(directory->ldap, message, description);
    bool ok = true;

    for (size_t i = 0; values && values[i] && ok; i++)
        ok = add_value(attribute, values[i], err);
    ldap_value_free_len(values);
    return ok;
}

/* The attribute of this name, a new one if need be. */
static struct directory_attribute *find_or_add(struct directory_entry *entry, const char *name,
                                               size_t size, struct ajar_error *err)
{
    OWNED(free) char *copy = text_copy_bytes(name, size);
    struct directory_attribute *found = NULL;

    if (!copy) {
        ajar_no_memory(err);
        return NULL;
    }
    for (size_t i = 0; i < entry->count; i++) {
        if (text_same_ignoring_case(entry->attributes[i].name, copy))
            return &entry->attributes[i];
    }
    if (!make_room((void **)&entry->attributes, entry->count, sizeof(entry->attributes[0]), err))
        return NULL;
    found = &entry->attributes[entry->count++];
    *found = (struct directory_attribute){ .name = copy };
    copy = NULL;
    return found;
}

static bool add_attribute(struct directory_entry *entry, const struct directory *directory,
                          LDAPMessage *message, const char *description, struct ajar_error *err)
{
    struct directory_attribute *attribute;
    struct value_range range;

    if (!value_range_parse(description, &range))
        return ajar_fail(err, AJAR_EPROTOCOL, "cannot understand the range \"%.100s\"",
                         description);
    attribute = find_or_add(entry, description, range.name_size, err);
    return attribute && directory_attribute_add(attribute, directory, message, description, err);
}

static bool add_attributes(struct directory_entry *entry, const struct directory *directory,
                           LDAPMessage *message, struct ajar_error *err)
{
    BerElement *position = NULL;
    bool ok = true;
    char *description = ldap_first_attribute(directory->ldap, message, &position);

    while (description && ok) {
        ok = add_attribute(entry, directory, message, description, err);
        ldap_memfree(description);
        description = ok ? ldap_next_attribute(directory->ldap, message, position) : NULL;
    }
    ber_free(position, 0);
    return ok;
}

bool directory_result_add(struct directory_result *result, const struct directory *directory,
                          LDAPMessage *message, struct ajar_error *err)
{
    char *dn = ldap_get_dn(directory->ldap, message);
    struct directory_entry *entry;

    if (!dn)
        return ajar_fail(err, AJAR_EPROTOCOL, "an entry has no name");
    if (!make_room((void **)&result->entries, result->count, sizeof(result->entries[0]), err)) {
        ldap_memfree(dn);
        return false;
    }
    entry = &result->entries[result->count++];
    *entry = (struct directory_entry){ .dn = text_copy(dn) };
    ldap_memfree(dn);
    if (!entry->dn)
        return ajar_no_memory(err);
    return add_attributes(entry, directory, message, err);
}

const struct directory_attribute *directory_attribute(const struct directory_entry *entry,
                                                      const char *name)
{
    for (size_t i = 0; i < entry->count; i++) {
        if (text_same_ignoring_case(entry->attributes[i].name, name))
            return &entry->attributes[i];
    }
    return NULL;
}

const char *directory_text(const struct directory_entry *entry, const char *name)
{
    const struct directory_attribute *attribute = directory_attribute(entry, name);

    if (!attribute || attribute->count == 0)
        return NULL;
    return attribute->values[0].bytes.at ? (const char *)attribute->values[0].bytes.at : "";
}

bool directory_has_class(const struct directory_entry *entry, const char *name)
{
    const struct directory_attribute *classes = directory_attribute(entry, "objectClass");

    for (size_t i = 0; classes && i < classes->count; i++) {
        const char *class_name = (const char *)classes->values[i].bytes.at;

        if (class_name && text_same_ignoring_case(class_name, name))
            return true;
    }
    return false;
}

static void release_attribute(struct directory_attribute *attribute)
{
    for (size_t i = 0; i < attribute->count; i++)
        bytes_release(&attribute->values[i].bytes);
    free(attribute->values);
    free(attribute->name);
}

static void release_entry(struct directory_entry *entry)
{
    for (size_t i = 0; i < entry->count; i++)
        release_attribute(&entry->attributes[i]);
    free(entry->attributes);
    free(entry->dn);
}

void directory_result_release(struct directory_result *result)
{
    for (size_t i = 0; i < result->count; i++)
        release_entry(&result->entries[i]);
    free(result->entries);
    *result = (struct directory_result){ 0 };
}
