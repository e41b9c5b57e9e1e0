/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/attribute_live.h"

#include "base/text.h"
#include "provider/object.h"

#include <string.h>

/* LDAP's unwillingToPerform ([RFC4511] A.1). */
enum { UNWILLING = 53 };

static bool take_object(const struct directory_entry *entry, struct attribute_live *live,
                        struct ajar_error *err)
{
    const struct directory_attribute *guid = directory_attribute(entry, "objectGUID");
    struct guid own;

    if (!guid || guid->count != 1 || guid->values[0].bytes.size != sizeof(own.bytes))
        return ajar_fail(err, AJAR_EPROTOCOL, "the object came without its GUID");
    memcpy(own.bytes, guid->values[0].bytes.at, sizeof(own.bytes));
    live->is_trust = directory_has_class(entry, "trustedDomain");
    live->object = object_name_of_guid(&own);
    return live->object || ajar_no_memory(err);
}

static bool take_value(const struct directory_entry *entry, const char *name,
                       struct attribute_live *live, struct ajar_error *err)
{
    const struct directory_attribute *attribute = directory_attribute(entry, name);
    const struct bytes *value;

    if (!attribute || attribute->count == 0)
        return true;
    if (attribute->count > 1) {
        ajar_fail(err, AJAR_ECONFLICT, "%s has %zu values", name, attribute->count);
        return ajar_hint(err, "a setting of the kind attribute is about a single value");
    }
    value = &attribute->values[0].bytes;
    live->exists = true;
    live->value.at = (uint8_t *)text_copy_bytes(value->at ? (char *)value->at : "", value->size);
    live->value.size = value->size;
    return live->value.at || ajar_no_memory(err);
}

bool attribute_live_read(struct directory *directory, const char *dn, const char *attribute,
                         struct attribute_live *ret_live, struct ajar_error *err)
{
    const char *const attributes[] = { attribute, "objectGUID", "objectClass", NULL };
    const struct directory_query query = { .base = dn, .attributes = attributes };
    OWNED(directory_result_release) struct directory_result found = { 0 };
    OWNED(attribute_live_release) struct attribute_live live = { 0 };

    if (!directory_search(directory, &query, &found, err))
        return false;
    if (found.count != 1)
        return ajar_fail(err, AJAR_EMISSING, "\"%s\": there is no such object", dn);
    if (!take_object(&found.entries[0], &live, err) ||
        !take_value(&found.entries[0], attribute, &live, err))
        return ajar_while(err, "\"%s\"", dn);
    *ret_live = live;
    live = (struct attribute_live){ 0 };
    return true;
}

static bool is_still_there(struct directory *directory, const struct attribute_live *live,
                           const char *attribute)
{
    OWNED(attribute_live_release) struct attribute_live now = { 0 };
    struct ajar_error ignored = AJAR_NO_ERROR;

    return attribute_live_read(directory, live->object, attribute, &now, &ignored) &&
           now.exists == live->exists && bytes_same(&now.value, &live->value);
}

/* "Not willing" may be about the old value that is gone, or about the change itself. */
static bool explain(struct directory *directory, const struct attribute_live *live,
                    const char *attribute, struct ajar_error *err)
{
    if (err->status == AJAR_ECONFLICT && err->native == UNWILLING &&
        is_still_there(directory, live, attribute)) {
        err->status = AJAR_EDENIED;
        ajar_hint(err, "");
    }
    if (err->status == AJAR_EDENIED && live->is_trust)
        ajar_hint(err, "if the account may change trusts, the server does not take this one by "
                       "LDAP: run netdom trust on a controller (/quarantine, /enablesidhistory, "
                       "/SelectiveAUTH, /EnableTGTDelegation), then ajar resume");
    return false;
}

bool attribute_live_swap(struct directory *directory, const struct attribute_live *live,
                         const char *attribute, const struct bytes *fresh, struct ajar_error *err)
{
    struct directory_change changes[2] = { { 0 } };
    size_t count = 0;

    if (live->exists == (fresh != NULL) && (!fresh || bytes_same(&live->value, fresh)))
        return true;
    if (live->exists)
        changes[count++] =
            (struct directory_change){ DIRECTORY_DELETE, attribute, 1, &live->value };
    if (fresh)
        changes[count++] = (struct directory_change){ DIRECTORY_ADD, attribute, 1, fresh };
    return directory_modify(directory, live->object, changes, count, err) ||
           explain(directory, live, attribute, err);
}

void attribute_live_release(struct attribute_live *live)
{
    bytes_release(&live->value);
    free(live->object);
    *live = (struct attribute_live){ 0 };
}
