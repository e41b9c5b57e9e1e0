/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Self-relative security descriptors ([MS-DTYP] 2.4.6), for those who add an entry to the DACL, or
 * take one away, and leave every other byte as it is. An entry of an unknown type, or with an
 * unknown inside, stays what it is: bytes.
 *
 * Entries are compared as what they say, not as bytes: type, flags, mask, GUIDs, trustee.
 */
#ifndef AJAR_MODEL_DESCRIPTOR_H
#define AJAR_MODEL_DESCRIPTOR_H

#include "base/bytes.h"
#include "base/guid.h"
#include "base/sid.h"

/* [MS-DTYP] 2.4.4.1 */
enum ace_type {
    ACE_ALLOW = 0,
    ACE_DENY = 1,
    ACE_ALLOW_OBJECT = 5,
    ACE_DENY_OBJECT = 6,
    ACE_ALLOW_CALLBACK = 9,
    ACE_DENY_CALLBACK = 10,
    ACE_ALLOW_CALLBACK_OBJECT = 11,
    ACE_DENY_CALLBACK_OBJECT = 12,
};

enum ace_flag {
    ACE_OBJECT_INHERIT = 0x01,
    ACE_CONTAINER_INHERIT = 0x02,
    ACE_NO_PROPAGATE = 0x04,
    ACE_INHERIT_ONLY = 0x08,
    ACE_INHERITED = 0x10, /* it came from a parent */
};

/* What an entry says. */
struct ace {
    uint8_t type;
    uint8_t flags;
    uint32_t mask;
    bool has_object;    /* a right, a property (set) or a class, by GUID */
    bool has_inherited; /* only objects of this class inherit it */
    struct guid object;
    struct guid inherited;
    struct sid trustee;
};

/* An entry where it stands. */
struct descriptor_ace {
    size_t at; /* in the descriptor's bytes */
    size_t size;
    uint8_t type;
    uint8_t flags;
    bool is_read;  /* false: of a type, or with an inside, that is not known; `ace` is not set */
    bool has_tail; /* bytes follow the trustee: a condition, or what nobody here knows */
    struct ace ace;
};

struct descriptor {
    struct bytes bytes; /* all of it, and what is to be written after a change */
    size_t dacl;        /* where the DACL begins */
    uint8_t revision;   /* of the DACL: 2, or 4 with entries that carry GUIDs ([MS-DTYP] 2.4.5) */
    size_t count;
    struct descriptor_ace *aces; /* in their order */
};

/* Reads a copy of the bytes. AJAR_EPROTOCOL for bytes that are no such descriptor; AJAR_EMISSING
 * when there is no DACL, or one that is null, and so gives everyone full access. `ret_descriptor`
 * is to be released. */
bool descriptor_read(const struct bytes *bytes, struct descriptor *ret_descriptor,
                     struct ajar_error *err);

/* Is there an explicit entry that says exactly this? */
bool descriptor_has(const struct descriptor *descriptor, const struct ace *ace);

/* Is there an entry, explicit or inherited, of the same type, flags (but for ACE_INHERITED), GUIDs
 * and trustee whose mask has at least these bits? */
bool descriptor_covers(const struct descriptor *descriptor, const struct ace *ace);

/* Puts a new explicit entry where the canonical order wants it: denials, then grants, then what is
 * inherited; no other entry moves. The DACL's revision rises to 4 with the first entry that has
 * GUIDs. AJAR_EDENIED when the DACL, at most 65535 bytes, has no room. */
bool descriptor_add(struct descriptor *descriptor, const struct ace *ace, struct ajar_error *err);

/* Takes one explicit entry away that says exactly this; false when there is none. Of several, the
 * one that descriptor_add() put there. */
bool descriptor_remove(struct descriptor *descriptor, const struct ace *ace);

/* Sets the DACL's revision back to a lower one, unless an entry needs the present one. */
void descriptor_lower_revision(struct descriptor *descriptor, uint8_t revision);

/* Is one the other but for entries that say one of `aces`? The entries that both have are the same
 * bytes in the same order; what is besides the DACL is the same, too. */
bool descriptor_differs_only_in(const struct descriptor *a, const struct descriptor *b,
                                const struct ace *aces, size_t count);

/* Do both say the same, GUIDs that are not there left out? */
bool ace_same(const struct ace *a, const struct ace *b);

/* Does an entry of this type have room for GUIDs? Is it one that denies, or one that grants? */
bool ace_has_guids(uint8_t type);
bool ace_denies(uint8_t type);
bool ace_allows(uint8_t type);

void descriptor_release(struct descriptor *descriptor);
DEFINE_OWNED_STRUCT(struct descriptor, descriptor_release);

#endif
