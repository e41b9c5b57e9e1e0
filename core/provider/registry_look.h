/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A registry value that is only looked at, for requirements.
 */
#ifndef AJAR_PROVIDER_REGISTRY_LOOK_H
#define AJAR_PROVIDER_REGISTRY_LOOK_H

#include "provider/requirement.h"
#include "transport/rpc/winreg.h"

struct registry_look {
    bool has_key; /* the key is there */
    bool exists;  /* and the value is */
    struct winreg_value value;
    char *phrase; /* for people: "absent", "1", `REG_SZ "text"` */
};

/* `path` is below HKLM. `ret_look` is to be released. */
bool registry_look(struct target *target, const char *path, const char *name,
                   struct registry_look *ret_look, struct ajar_error *err);

/* The number of a value that exists and is a REG_DWORD. */
bool registry_look_number(const struct registry_look *look, uint32_t *ret_number);

/* Does a REG_MULTI_SZ have this string, in any case? False, with `ret_has` untouched, when the
 * value is another one, or is not what its type promises. */
bool registry_look_has(const struct registry_look *look, const char *text, bool *ret_has);

void registry_look_release(struct registry_look *look);
DEFINE_OWNED_STRUCT(struct registry_look, registry_look_release);

#endif
