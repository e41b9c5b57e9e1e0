/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The state of one thing: a registry value, a membership. Providers observe states, the journal
 * keeps them, the screen shows them; this form is the same in all three.
 *
 * Absent, present and not known are different states. A state that exists (or not) is described by
 * facts, `name = value`, in the order that its kind gives them:
 *
 *     registry    type = REG_DWORD · data = <hex> · text = 1
 *                 absent: key = empty, or key = absent · above = <deepest key that is there>
 *     member      principal = <GUID of the foreign security principal>, or absent
 *     group       type = <groupType, or another class> · guid = <GUID> · members = <count>
 *     permission  ace-1 = <SDDL> · is-1 = present, covered, absent · trustee-1 = <SID>
 *                 ace-2 = ... · acl-revision = <number>; the same when it is absent
 *     policy      value = <as in the file> · line · number · size · version · extensions
 *                 unsettled = versions, extensions, opening
 *                 absent: section = absent, or file = empty, or file = absent · above
 *     attribute   value = <text>, or data = <hex>
 *                 of bits: mask = 0x40 · bits = 0x40; the same when it is absent
 *                 of a character: position = 7 · character = 2; the same when it is absent
 *     service     name = <key name> · state = running · start = auto · process = <number>
 */
#ifndef AJAR_STATE_H
#define AJAR_STATE_H

#include <ajar/error.h>

#include <stddef.h>

struct ajar_fact {
    char *name;  /* lower case words with hyphens */
    char *value; /* UTF-8; may be empty, never NULL */
};

struct ajar_state {
    bool known;  /* false: nobody has read it yet, or nobody could */
    bool exists; /* only when known */
    size_t count;
    struct ajar_fact *facts; /* owned; NULL exactly when count is 0 */
};

/* The value of a fact, or NULL when the state has no such fact. */
const char *ajar_state_fact(const struct ajar_state *state, const char *name);

/* Adds a fact (copies both), or replaces the value of one that is there. */
bool ajar_state_set(struct ajar_state *state, const char *name, const char *value,
                    struct ajar_error *err);

bool ajar_state_copy(const struct ajar_state *source, struct ajar_state *ret_copy,
                     struct ajar_error *err);

/* Frees the facts; the state becomes "not known". */
void ajar_state_release(struct ajar_state *state);

#endif
