/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The layout of a security descriptor ([MS-DTYP] 2.4.4 to 2.4.6), for those who read and change it:
 *
 *     descriptor  revision 1, 0, control 2, offsets of owner, group, SACL, DACL 4 each; the parts
 *     ACL         revision 1, 0, size 2, count 2, 0 0; entries; perhaps bytes that nobody uses
 *     entry       type 1, flags 1, size 2; the inside
 *     inside      mask 4; with GUIDs: which of them 4, the GUIDs; the trustee; perhaps a condition
 *
 * All little-endian. Reading proves each length and offset, so that the changes need not.
 */
#ifndef AJAR_MODEL_DESCRIPTOR_PRIVATE_H
#define AJAR_MODEL_DESCRIPTOR_PRIVATE_H

#include "model/descriptor.h"

enum {
    HEADER = 20,
    CONTROL_AT = 2,
    OWNER_AT = 4,
    GROUP_AT = 8,
    SACL_AT = 12,
    DACL_AT = 16,
    DACL_PRESENT = 0x0004,
    SELF_RELATIVE = 0x8000,
    ACL_HEADER = 8,
    ACL_SIZE_AT = 2,
    ACL_COUNT_AT = 4,
    ACE_HEADER = 4,
    REVISION_WITH_GUIDS = 4,
    OBJECT_PRESENT = 1,
    INHERITED_PRESENT = 2,
    GUID_SIZE = 16,
    SID_HEADER = 8,
    /* the longest entry that is written: header, mask, flags, two GUIDs, a SID */
    ACE_CEILING = ACE_HEADER + 4 + 4 + 2 * GUID_SIZE + SID_SIZE_CEILING,
};

static inline uint16_t read_u16(const uint8_t *at)
{
    return (uint16_t)(at[0] | at[1] << 8);
}

static inline uint32_t read_u32(const uint8_t *at)
{
    return (uint32_t)read_u16(at) | (uint32_t)read_u16(at + 2) << 16;
}

static inline void write_u16(uint8_t *at, size_t number)
{
    at[0] = (uint8_t)number;
    at[1] = (uint8_t)(number >> 8);
}

static inline void write_u32(uint8_t *at, size_t number)
{
    write_u16(at, number);
    write_u16(at + 2, number >> 16);
}

/* Where the offsets of the parts besides the DACL stand. */
static const size_t descriptor_other_parts[] = { OWNER_AT, GROUP_AT, SACL_AT };

/* The last of the first `end` entries that says this, or `count` when there is none. */
size_t descriptor_find(const struct descriptor *descriptor, const struct ace *ace, size_t end);

#endif
