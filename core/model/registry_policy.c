/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 *     "PReg" 01 00 00 00  { "[" key NUL ";" value NUL ";" type ";" size ";" data "]" }
 *
 * Brackets, semicolons and names are UTF-16; type and size are numbers of four bytes, and all is
 * little-endian. One function moves the position.
 */
#include "model/registry_policy.h"

#include "base/text.h"
#include "base/utf16.h"
#include "model/value.h"

#include <string.h>
#include <strings.h>

static const uint8_t signature[] = { 'P', 'R', 'e', 'g', 1, 0, 0, 0 };

/* The next `size` bytes, or NULL when there are not that many. */
static const uint8_t *take(struct registry_policy *policy, size_t size)
{
    if (size > policy->size - policy->position)
        return NULL;
    policy->position += size;
    return policy->at + policy->position - size;
}

static bool fail_damaged(const struct registry_policy *policy, struct ajar_error *err)
{
    return ajar_fail(err, AJAR_EPROTOCOL, "it is damaged at byte %zu of %zu", policy->position,
                     policy->size);
}

bool registry_policy_open(const struct bytes *file, struct registry_policy *ret_policy,
                          struct ajar_error *err)
{
    struct registry_policy policy = { .at = file->at, .size = file->size };
    const uint8_t *head = take(&policy, sizeof(signature));

    if (!head || memcmp(head, signature, sizeof(signature)) != 0)
        return ajar_fail(err, AJAR_EPROTOCOL, "it is no registry policy file of version 1");
    *ret_policy = policy;
    return true;
}

static bool take_sign(struct registry_policy *policy, char sign)
{
    const uint8_t *at = take(policy, 2);

    return at && at[0] == (uint8_t)sign && at[1] == 0;
}

static bool take_number(struct registry_policy *policy, uint32_t *ret_number)
{
    const uint8_t *at = take(policy, 4);

    if (!at)
        return false;
    *ret_number =
        (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
    return true;
}

/* A text up to its NUL. */
static bool take_name(struct registry_policy *policy, char **ret_name, struct ajar_error *err)
{
    size_t begin = policy->position;
    const uint8_t *unit;

    do {
        unit = take(policy, 2);
        if (!unit)
            return fail_damaged(policy, err);
    } while (unit[0] != 0 || unit[1] != 0);
    return utf16_to_utf8(policy->at + begin, policy->position - begin - 2, ret_name, err);
}

static bool take_names(struct registry_policy *policy, struct registry_policy_item *item,
                       struct ajar_error *err)
{
    if (!take_sign(policy, '['))
        return fail_damaged(policy, err);
    if (!take_name(policy, &item->key, err))
        return false;
    if (!take_sign(policy, ';'))
        return fail_damaged(policy, err);
    return take_name(policy, &item->value, err);
}

static bool take_data(struct registry_policy *policy, struct registry_policy_item *item)
{
    uint32_t size = 0;
    const uint8_t *data;

    if (!take_sign(policy, ';') || !take_number(policy, &item->type) || !take_sign(policy, ';') ||
        !take_number(policy, &size) || !take_sign(policy, ';'))
        return false;
    data = take(policy, size);
    if (!data)
        return false;
    item->data = (struct bytes){ .at = size > 0 ? (uint8_t *)(uintptr_t)data : NULL, .size = size };
    return take_sign(policy, ']');
}

bool registry_policy_next(struct registry_policy *policy, struct registry_policy_item *ret_item,
                          bool *ret_is_end, struct ajar_error *err)
{
    OWNED(registry_policy_item_release) struct registry_policy_item item = { 0 };

    if (policy->position == policy->size) {
        *ret_is_end = true;
        return true;
    }
    if (!take_names(policy, &item, err))
        return false;
    if (!take_data(policy, &item))
        return fail_damaged(policy, err);
    *ret_item = item;
    *ret_is_end = false;
    item = (struct registry_policy_item){ 0 };
    return true;
}

/* Is the name one of a list with semicolons between them, which the data hold as a string? */
static bool lists(const struct bytes *data, const char *name)
{
    struct ajar_error ignored = AJAR_NO_ERROR;
    OWNED(free) char *text = NULL;
    size_t size = data->size;

    while (size >= 2 && data->at[size - 1] == 0 && data->at[size - 2] == 0)
        size -= 2;
    if (!utf16_to_utf8(size > 0 ? data->at : (const uint8_t *)"", size, &text, &ignored))
        return false;
    for (const char *at = text; *at;) {
        size_t length = strcspn(at, ";");

        if (length == strlen(name) && strncasecmp(at, name, length) == 0)
            return true;
        at += length + (at[length] == ';');
    }
    return false;
}

/* Does the data list a key on the way from the item's own to this one? */
static bool deletes_key(const struct registry_policy_item *item, const char *key)
{
    size_t size = strlen(item->key);
    const char *rest = size == 0 ? key : key + size + 1;
    OWNED(free) char *child = NULL;

    if (size > 0 && (strncasecmp(key, item->key, size) != 0 || key[size] != '\\'))
        return false;
    child = text_copy_bytes(rest, strcspn(rest, "\\"));
    return child && lists(&item->data, child);
}

bool registry_policy_touches(const struct registry_policy_item *item, const char *key,
                             const char *value)
{
    static const char *const prefixes[] = { "**del.", "**soft.", "" };

    if (text_same_ignoring_case(item->value, "**DeleteKeys"))
        return deletes_key(item, key);
    if (!text_same_ignoring_case(item->key, key))
        return false;
    if (strncasecmp(item->value, "**DelVals", strlen("**DelVals")) == 0)
        return true;
    if (text_same_ignoring_case(item->value, "**DeleteValues"))
        return lists(&item->data, value);
    for (size_t i = 0; i < LENGTH(prefixes); i++) {
        size_t size = strlen(prefixes[i]);

        if (strncasecmp(item->value, prefixes[i], size) == 0 &&
            text_same_ignoring_case(item->value + size, value))
            return true;
    }
    return false;
}

void registry_policy_item_release(struct registry_policy_item *item)
{
    free(item->key);
    free(item->value);
    *item = (struct registry_policy_item){ 0 };
}
