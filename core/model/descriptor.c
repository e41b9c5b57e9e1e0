/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/descriptor_private.h"

#include <string.h>

bool ace_has_guids(uint8_t type)
{
    /* [MS-DTYP] 2.4.4.1: 5 to 8, their callback forms 11 and 12, 15 and 16. */
    return (type >= 5 && type <= 8) || type == 11 || type == 12 || type == 15 || type == 16;
}

bool ace_denies(uint8_t type)
{
    return type == ACE_DENY || type == ACE_DENY_OBJECT || type == ACE_DENY_CALLBACK ||
           type == ACE_DENY_CALLBACK_OBJECT;
}

bool ace_allows(uint8_t type)
{
    return type == ACE_ALLOW || type == ACE_ALLOW_OBJECT || type == ACE_ALLOW_CALLBACK ||
           type == ACE_ALLOW_CALLBACK_OBJECT;
}

static bool is_grant_or_denial(uint8_t type)
{
    return ace_allows(type) || ace_denies(type);
}

/* The GUIDs at `*at`, which moves behind them; false when they are cut. */
static bool read_guids(const uint8_t *bytes, size_t size, size_t *at, struct ace *ace)
{
    uint32_t which;

    if (size - *at < 4)
        return false;
    which = read_u32(bytes + *at);
    *at += 4;
    ace->has_object = (which & OBJECT_PRESENT) != 0;
    ace->has_inherited = (which & INHERITED_PRESENT) != 0;
    for (int i = 0; i < 2; i++) {
        if (!(i == 0 ? ace->has_object : ace->has_inherited))
            continue;
        if (size - *at < GUID_SIZE)
            return false;
        memcpy(i == 0 ? ace->object.bytes : ace->inherited.bytes, bytes + *at, GUID_SIZE);
        *at += GUID_SIZE;
    }
    return true;
}

/* What the inside says; `is_read` stays false when it is not what its type promises. */
static void read_inside(const uint8_t *bytes, struct descriptor_ace *entry)
{
    struct ajar_error ignored = AJAR_NO_ERROR;
    size_t at = ACE_HEADER + 4;
    size_t sid_size;

    if (!is_grant_or_denial(entry->type) || entry->size < at)
        return;
    entry->ace = (struct ace){ .type = entry->type,
                               .flags = entry->flags,
                               .mask = read_u32(bytes + ACE_HEADER) };
    if (ace_has_guids(entry->type) && !read_guids(bytes, entry->size, &at, &entry->ace))
        return;
    if (entry->size - at < SID_HEADER)
        return;
    sid_size = SID_HEADER + 4 * (size_t)bytes[at + 1];
    if (entry->size - at < sid_size ||
        !sid_from_bytes(bytes + at, sid_size, &entry->ace.trustee, &ignored))
        return;
    entry->is_read = true;
    entry->has_tail = entry->size - at > sid_size;
}

/* The entry at `at`, of which `left` bytes can be had. */
static bool read_entry(const uint8_t *bytes, size_t at, size_t left, struct descriptor_ace *ret,
                       struct ajar_error *err)
{
    struct descriptor_ace entry = { .at = at };

    if (left < ACE_HEADER)
        return ajar_fail(err, AJAR_EPROTOCOL, "an entry at byte %zu is cut", at);
    entry.type = bytes[at];
    entry.flags = bytes[at + 1];
    entry.size = read_u16(bytes + at + 2);
    if (entry.size < ACE_HEADER || entry.size > left)
        return ajar_fail(err, AJAR_EPROTOCOL, "the entry at byte %zu says %zu bytes, %zu are there",
                         at, entry.size, left);
    read_inside(bytes + at, &entry);
    *ret = entry;
    return true;
}

static bool read_entries(struct descriptor *descriptor, struct ajar_error *err)
{
    const uint8_t *acl = descriptor->bytes.at + descriptor->dacl;
    size_t end = descriptor->dacl + read_u16(acl + ACL_SIZE_AT);
    size_t at = descriptor->dacl + ACL_HEADER;
    size_t count = read_u16(acl + ACL_COUNT_AT);

    if (count > (end - at) / ACE_HEADER)
        return ajar_fail(err, AJAR_EPROTOCOL, "%zu entries in %zu bytes", count, end - at);
    descriptor->aces = calloc(count + 1, sizeof(*descriptor->aces));
    if (!descriptor->aces)
        return ajar_no_memory(err);
    for (; descriptor->count < count; descriptor->count++) {
        struct descriptor_ace *entry = &descriptor->aces[descriptor->count];

        if (!read_entry(descriptor->bytes.at, at, end - at, entry, err))
            return false;
        at += entry->size;
    }
    return true;
}

/* The size of owner, group (SIDs) or SACL, which `left` bytes are there for; 0 when it is cut. */
static size_t part_size(const uint8_t *part, size_t left, bool is_acl)
{
    size_t size;

    if (left < SID_HEADER)
        return 0;
    size = is_acl ? read_u16(part + ACL_SIZE_AT) : SID_HEADER + 4 * (size_t)part[1];
    return size <= left ? size : 0;
}

/* No other part lies across the DACL: one that does could not be moved when that grows. */
static bool check_parts(const struct descriptor *descriptor, size_t dacl_size,
                        struct ajar_error *err)
{
    const struct bytes *bytes = &descriptor->bytes;

    for (size_t i = 0; i < LENGTH(descriptor_other_parts); i++) {
        size_t field = descriptor_other_parts[i];
        size_t part = read_u32(bytes->at + field);
        size_t size;

        if (part == 0)
            continue;
        if (part < HEADER || part >= bytes->size)
            return ajar_fail(err, AJAR_EPROTOCOL, "a part is outside, at byte %zu", part);
        size = part_size(bytes->at + part, bytes->size - part, field == SACL_AT);
        if (size == 0)
            return ajar_fail(err, AJAR_EPROTOCOL, "the part at byte %zu is cut", part);
        if (part < descriptor->dacl + dacl_size && descriptor->dacl < part + size)
            return ajar_fail(err, AJAR_EPROTOCOL, "the part at byte %zu lies across the DACL",
                             part);
    }
    return true;
}

static bool find_dacl(struct descriptor *descriptor, struct ajar_error *err)
{
    const struct bytes *bytes = &descriptor->bytes;
    size_t dacl = read_u32(bytes->at + DACL_AT);
    size_t size;

    if ((read_u16(bytes->at + CONTROL_AT) & DACL_PRESENT) == 0)
        return ajar_fail(err, AJAR_EMISSING, "there is no DACL") ||
               ajar_hint(err, "the account that reads needs the right to read permissions");
    if (dacl == 0)
        return ajar_fail(err, AJAR_EMISSING, "the DACL is null: everyone has full access") ||
               ajar_hint(err, "give the object permissions first; there is nothing to add to");
    if (dacl < HEADER || dacl > bytes->size || bytes->size - dacl < ACL_HEADER)
        return ajar_fail(err, AJAR_EPROTOCOL, "the DACL is outside, at byte %zu", dacl);
    size = read_u16(bytes->at + dacl + ACL_SIZE_AT);
    if (size < ACL_HEADER || size > bytes->size - dacl)
        return ajar_fail(err, AJAR_EPROTOCOL, "the DACL says %zu bytes, %zu are there", size,
                         bytes->size - dacl);
    descriptor->dacl = dacl;
    descriptor->revision = bytes->at[dacl];
    return check_parts(descriptor, size, err);
}

static bool read_descriptor(struct descriptor *descriptor, struct ajar_error *err)
{
    const struct bytes *bytes = &descriptor->bytes;

    if (bytes->size < HEADER)
        return ajar_fail(err, AJAR_EPROTOCOL, "%zu bytes are too few", bytes->size);
    if (bytes->at[0] != 1 || (read_u16(bytes->at + CONTROL_AT) & SELF_RELATIVE) == 0)
        return ajar_fail(err, AJAR_EPROTOCOL, "it is not self-relative, of revision 1");
    return find_dacl(descriptor, err) && read_entries(descriptor, err);
}

bool descriptor_read(const struct bytes *bytes, struct descriptor *ret_descriptor,
                     struct ajar_error *err)
{
    OWNED(descriptor_release) struct descriptor descriptor = { 0 };

    if (!bytes_copy(bytes->at, bytes->size, &descriptor.bytes, err))
        return false;
    if (!read_descriptor(&descriptor, err))
        return ajar_while(err, "security descriptor");
    *ret_descriptor = descriptor;
    descriptor = (struct descriptor){ 0 };
    return true;
}

static bool same_guid(bool has_a, const struct guid *a, bool has_b, const struct guid *b)
{
    return has_a == has_b && (!has_a || guid_same(a, b));
}

/* The same but for flags and mask. */
static bool same_subject(const struct ace *a, const struct ace *b)
{
    return a->type == b->type && sid_same(&a->trustee, &b->trustee) &&
           same_guid(a->has_object, &a->object, b->has_object, &b->object) &&
           same_guid(a->has_inherited, &a->inherited, b->has_inherited, &b->inherited);
}

bool ace_same(const struct ace *a, const struct ace *b)
{
    return a->flags == b->flags && a->mask == b->mask && same_subject(a, b);
}

size_t descriptor_find(const struct descriptor *descriptor, const struct ace *ace, size_t end)
{
    for (size_t i = end; i > 0; i--) {
        const struct descriptor_ace *entry = &descriptor->aces[i - 1];

        if (entry->is_read && !entry->has_tail && ace_same(&entry->ace, ace))
            return i - 1;
    }
    return descriptor->count;
}

bool descriptor_has(const struct descriptor *descriptor, const struct ace *ace)
{
    return descriptor_find(descriptor, ace, descriptor->count) < descriptor->count;
}

bool descriptor_covers(const struct descriptor *descriptor, const struct ace *ace)
{
    for (size_t i = 0; i < descriptor->count; i++) {
        const struct descriptor_ace *entry = &descriptor->aces[i];

        if (entry->is_read && !entry->has_tail && same_subject(&entry->ace, ace) &&
            (entry->flags & ~(unsigned)ACE_INHERITED) == ace->flags &&
            (entry->ace.mask & ace->mask) == ace->mask)
            return true;
    }
    return false;
}

static bool same_bytes(const struct descriptor *a, const struct descriptor_ace *x,
                       const struct descriptor *b, const struct descriptor_ace *y)
{
    return x->size == y->size && memcmp(a->bytes.at + x->at, b->bytes.at + y->at, x->size) == 0;
}

static bool is_one_of(const struct descriptor_ace *entry, const struct ace *aces, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (entry->is_read && !entry->has_tail && ace_same(&entry->ace, &aces[i]))
            return true;
    }
    return false;
}

static bool same_entries(const struct descriptor *a, const struct descriptor *b,
                         const struct ace *aces, size_t count)
{
    size_t i = 0;
    size_t j = 0;

    while (i < a->count || j < b->count) {
        if (i < a->count && j < b->count && same_bytes(a, &a->aces[i], b, &b->aces[j])) {
            i++;
            j++;
        } else if (i < a->count && is_one_of(&a->aces[i], aces, count)) {
            i++;
        } else if (j < b->count && is_one_of(&b->aces[j], aces, count)) {
            j++;
        } else {
            return false;
        }
    }
    return true;
}

/* Owner, group, SACL: there in both, or in none, and the same. */
static bool same_part(const struct descriptor *a, const struct descriptor *b, size_t field)
{
    size_t x = read_u32(a->bytes.at + field);
    size_t y = read_u32(b->bytes.at + field);
    size_t size;

    if (x == 0 || y == 0)
        return x == y;
    size = part_size(a->bytes.at + x, a->bytes.size - x, field == SACL_AT);
    return part_size(b->bytes.at + y, b->bytes.size - y, field == SACL_AT) == size &&
           memcmp(a->bytes.at + x, b->bytes.at + y, size) == 0;
}

bool descriptor_differs_only_in(const struct descriptor *a, const struct descriptor *b,
                                const struct ace *aces, size_t count)
{
    for (size_t i = 0; i < LENGTH(descriptor_other_parts); i++) {
        if (!same_part(a, b, descriptor_other_parts[i]))
            return false;
    }
    return read_u16(a->bytes.at + CONTROL_AT) == read_u16(b->bytes.at + CONTROL_AT) &&
           same_entries(a, b, aces, count);
}

void descriptor_release(struct descriptor *descriptor)
{
    bytes_release(&descriptor->bytes);
    free(descriptor->aces);
    *descriptor = (struct descriptor){ 0 };
}
