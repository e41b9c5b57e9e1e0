/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Registry.pol ([MS-GPREG] 2.2.1): the registry values that a Group Policy object sets, in a file
 * of its own. Read only.
 */
#ifndef AJAR_MODEL_REGISTRY_POLICY_H
#define AJAR_MODEL_REGISTRY_POLICY_H

#include "base/bytes.h"

/* One instruction of it. */
struct registry_policy_item {
    char *key;   /* below HKEY_LOCAL_MACHINE: "SYSTEM\CurrentControlSet\Control\Lsa" */
    char *value; /* a name; or one that begins with "**": an instruction, see below */
    uint32_t type;
    struct bytes data; /* a part of the file, not owned */
};

struct registry_policy {
    const uint8_t *at;
    size_t size;
    size_t position;
};

/* Begins to read the file, which must outlive the reader. AJAR_EPROTOCOL when it is none. */
bool registry_policy_open(const struct bytes *file, struct registry_policy *ret_policy,
                          struct ajar_error *err);

/* The next instruction, to be released; `*ret_is_end` is true, and no item is given, after the last
 * one. AJAR_EPROTOCOL, with the byte, for what is damaged. */
bool registry_policy_next(struct registry_policy *policy, struct registry_policy_item *ret_item,
                          bool *ret_is_end, struct ajar_error *err);

/* Does the instruction set or delete the value of this name in this key: by its name, by
 * "**del.NAME", "**soft.NAME", "**DelVals" (all values of the key), "**DeleteValues" (those that
 * the data lists), or "**DeleteKeys" (the keys below it that the data lists; [MS-GPREG] 3.2.5.1)?
 */
bool registry_policy_touches(const struct registry_policy_item *item, const char *key,
                             const char *value);

void registry_policy_item_release(struct registry_policy_item *item);
DEFINE_OWNED_STRUCT(struct registry_policy_item, registry_policy_item_release);

#endif
