/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A registry value on a live host: observed as a state, put, taken away. Paths are below HKLM.
 *
 * [MS-RRP] has no compare-and-swap: whoever compares does so between two calls. A change that
 * somebody else makes within that round trip is overwritten unseen, and so is a value that appears
 * in an empty key just before the key is deleted.
 */
#ifndef AJAR_PROVIDER_REGISTRY_LIVE_H
#define AJAR_PROVIDER_REGISTRY_LIVE_H

#include "model/setting.h"
#include "model/state.h"
#include "transport/rpc/winreg.h"

/* How a path begins, in states and messages. */
#define REGISTRY_ROOT "HKLM"

/* The part of a key's name below HKLM (or HKEY_LOCAL_MACHINE), or NULL when it has none. */
const char *registry_path_below(const char *key);

/* Judges the field `key` of a section: it is below HKLM, and each part has a name. AJAR_EPLAN,
 * "file:line:". */
bool registry_check_key(const struct setting *setting, struct ajar_error *err);

/* The state of a value that exists: the facts `type`, `data` (hexadecimal) and `text`. */
bool registry_state_of(uint32_t type, const struct bytes *data, struct ajar_state *ret_state,
                       struct ajar_error *err);

/* The value that such a state describes, to be released. AJAR_EJOURNAL when it does not. */
bool registry_value_of(const struct ajar_state *state, struct winreg_value *ret_value,
                       struct ajar_error *err);

/* A value that does not exist has the facts `key = absent` and `above` (the deepest key on the way
 * that is there), or `key = empty` (no values, no sub-keys), or none (the key is in use). */
bool registry_observe(struct winreg *registry, const char *path, const char *name,
                      struct ajar_state *ret_now, struct ajar_error *err);

/* When anything in the key was last written, in seconds since 1970; 0 when the key is not there, or
 * the host does not tell. */
bool registry_last_write(struct winreg *registry, const char *path, int64_t *ret_time,
                         struct ajar_error *err);

/* Writes the value, and the keys on the way that are missing, to the host's disk. */
bool registry_put(struct winreg *registry, const char *path, const char *name,
                  const struct winreg_value *value, struct ajar_error *err);

/* Deletes the value, if it is there. Then, unless `above` is NULL, its key and those above it up to
 * `above` (which stays), as long as each is empty; the first that is not ends it, without an error.
 * AJAR_EJOURNAL, with nothing deleted, when `above` is not above the path. */
bool registry_take_away(struct winreg *registry, const char *path, const char *name,
                        const char *above, struct ajar_error *err);

#endif
