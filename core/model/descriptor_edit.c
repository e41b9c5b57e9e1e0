/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading has proven each length and offset: the changes rely on that.
 */
#include "model/descriptor_private.h"

#include <string.h>

/* 0: an explicit denial, 1: any other explicit entry, 2: inherited. */
static int rank(uint8_t type, uint8_t flags)
{
    if (flags & ACE_INHERITED)
        return 2;
    return ace_denies(type) ? 0 : 1;
}

static bool is_canonical(const struct descriptor *descriptor)
{
    for (size_t i = 1; i < descriptor->count; i++) {
        const struct descriptor_ace *entry = &descriptor->aces[i];

        if (rank(entry->type, entry->flags) < rank(entry[-1].type, entry[-1].flags))
            return false;
    }
    return true;
}

/* The index of the entry in front of which a new one goes. A DACL out of canonical order has no
 * right place: there a new entry goes in front of the first inherited one. */
static size_t place_for(const struct descriptor *descriptor, const struct ace *ace)
{
    int wanted = is_canonical(descriptor) ? rank(ace->type, ace->flags) : 1;
    size_t i = 0;

    while (i < descriptor->count &&
           rank(descriptor->aces[i].type, descriptor->aces[i].flags) <= wanted)
        i++;
    return i;
}

/* The bytes of an entry; their number. */
static size_t write_entry(const struct ace *ace, uint8_t ret_bytes[ACE_CEILING])
{
    size_t size = ACE_HEADER + 4;

    ret_bytes[0] = ace->type;
    ret_bytes[1] = ace->flags;
    write_u32(ret_bytes + ACE_HEADER, ace->mask);
    if (ace_has_guids(ace->type)) {
        write_u32(ret_bytes + size, (ace->has_object ? OBJECT_PRESENT : 0U) |
                                        (ace->has_inherited ? INHERITED_PRESENT : 0U));
        size += 4;
        if (ace->has_object)
            memcpy(ret_bytes + size, ace->object.bytes, GUID_SIZE);
        size += ace->has_object ? GUID_SIZE : 0;
        if (ace->has_inherited)
            memcpy(ret_bytes + size, ace->inherited.bytes, GUID_SIZE);
        size += ace->has_inherited ? GUID_SIZE : 0;
    }
    memcpy(ret_bytes + size, ace->trustee.bytes, ace->trustee.size);
    size += ace->trustee.size;
    write_u16(ret_bytes + 2, size);
    return size;
}

/* The DACL has become larger or smaller, by so many bytes and one entry: says so in its header, and
 * in the offsets of the parts behind it. */
static void note_growth(struct descriptor *descriptor, size_t size, bool is_larger)
{
    uint8_t *acl = descriptor->bytes.at + descriptor->dacl;
    size_t old_size = read_u16(acl + ACL_SIZE_AT);

    write_u16(acl + ACL_SIZE_AT, is_larger ? old_size + size : old_size - size);
    write_u16(acl + ACL_COUNT_AT, descriptor->count);
    for (size_t i = 0; i < LENGTH(descriptor_other_parts); i++) {
        uint8_t *at = descriptor->bytes.at + descriptor_other_parts[i];
        size_t part = read_u32(at);

        if (part > descriptor->dacl)
            write_u32(at, is_larger ? part + size : part - size);
    }
}

static void shift(struct descriptor *descriptor, size_t from, size_t size, bool is_larger)
{
    for (size_t i = from; i < descriptor->count; i++) {
        size_t at = descriptor->aces[i].at;

        descriptor->aces[i].at = is_larger ? at + size : at - size;
    }
}

/* Makes room for one more entry, and so many bytes more. */
static bool make_room(struct descriptor *descriptor, size_t size, struct ajar_error *err)
{
    size_t used = read_u16(descriptor->bytes.at + descriptor->dacl + ACL_SIZE_AT);
    struct descriptor_ace *more;
    uint8_t *larger;

    if (used + size > UINT16_MAX || descriptor->count == UINT16_MAX)
        return ajar_fail(err, AJAR_EDENIED,
                         "the DACL has %zu of at most 65535 bytes: there is no room for another "
                         "entry",
                         used);
    more = realloc(descriptor->aces, (descriptor->count + 1) * sizeof(*more));
    if (!more)
        return ajar_no_memory(err);
    descriptor->aces = more;
    larger = realloc(descriptor->bytes.at, descriptor->bytes.size + size);
    if (!larger)
        return ajar_no_memory(err);
    descriptor->bytes.at = larger;
    return true;
}

static void set_revision(struct descriptor *descriptor, uint8_t revision)
{
    descriptor->revision = revision;
    descriptor->bytes.at[descriptor->dacl] = revision;
}

/* Where the entry of this index begins; behind the last one for `count`. */
static size_t begin_of(const struct descriptor *descriptor, size_t index)
{
    const struct descriptor_ace *previous;

    if (index == 0)
        return descriptor->dacl + ACL_HEADER;
    previous = &descriptor->aces[index - 1];
    return previous->at + previous->size;
}

static bool has_guids(const struct descriptor *descriptor)
{
    for (size_t i = 0; i < descriptor->count; i++) {
        if (ace_has_guids(descriptor->aces[i].type))
            return true;
    }
    return false;
}

bool descriptor_add(struct descriptor *descriptor, const struct ace *ace, struct ajar_error *err)
{
    size_t index = place_for(descriptor, ace);
    size_t at = begin_of(descriptor, index);
    uint8_t entry[ACE_CEILING];
    size_t size = write_entry(ace, entry);
    bool rises = ace_has_guids(ace->type) && !has_guids(descriptor) &&
                 descriptor->revision < REVISION_WITH_GUIDS;
    uint8_t *bytes;

    if (!make_room(descriptor, size, err))
        return false;
    bytes = descriptor->bytes.at;
    memmove(bytes + at + size, bytes + at, descriptor->bytes.size - at);
    memcpy(bytes + at, entry, size);
    descriptor->bytes.size += size;
    shift(descriptor, index, size, true);
    memmove(&descriptor->aces[index + 1], &descriptor->aces[index],
            (descriptor->count - index) * sizeof(descriptor->aces[0]));
    descriptor->aces[index] = (struct descriptor_ace){
        .at = at, .size = size, .type = ace->type, .flags = ace->flags, .is_read = true, .ace = *ace
    };
    descriptor->count++;
    note_growth(descriptor, size, true);
    if (rises)
        set_revision(descriptor, REVISION_WITH_GUIDS);
    return true;
}

bool descriptor_remove(struct descriptor *descriptor, const struct ace *ace)
{
    size_t index = descriptor_find(descriptor, ace, place_for(descriptor, ace));
    uint8_t *bytes = descriptor->bytes.at;
    size_t size;
    size_t at;

    if (index == descriptor->count)
        index = descriptor_find(descriptor, ace, descriptor->count);
    if (index == descriptor->count)
        return false;
    at = descriptor->aces[index].at;
    size = descriptor->aces[index].size;
    memmove(bytes + at, bytes + at + size, descriptor->bytes.size - at - size);
    descriptor->bytes.size -= size;
    descriptor->count--;
    memmove(&descriptor->aces[index], &descriptor->aces[index + 1],
            (descriptor->count - index) * sizeof(descriptor->aces[0]));
    shift(descriptor, index, size, false);
    note_growth(descriptor, size, false);
    return true;
}

void descriptor_lower_revision(struct descriptor *descriptor, uint8_t revision)
{
    if (revision < descriptor->revision && !has_guids(descriptor))
        set_revision(descriptor, revision);
}
