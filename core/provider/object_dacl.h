/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The DACL of the object of a directory that a section of a plan means (provider/object.h).
 */
#ifndef AJAR_PROVIDER_OBJECT_DACL_H
#define AJAR_PROVIDER_OBJECT_DACL_H

#include "model/descriptor.h"
#include "model/setting.h"
#include "transport/directory.h"

/* Reads it, and the object's name that stays: "<GUID=...>". `ret_name` is to be freed,
 * `ret_descriptor` to be released. AJAR_EMISSING when there is no such object, or when it has no
 * DACL; AJAR_EDENIED when its permissions are not shown. */
bool object_read_dacl(struct directory *directory, const struct setting *setting, char **ret_name,
                      struct descriptor *ret_descriptor, struct ajar_error *err);

/* The same, once its name is known: the bytes alone. */
bool object_reread_dacl(struct directory *directory, const char *name, struct bytes *ret_bytes,
                        struct ajar_error *err);

#endif
