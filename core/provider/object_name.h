/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names of the directory's objects, as plans give them and as searches take them.
 */
#ifndef AJAR_PROVIDER_OBJECT_NAME_H
#define AJAR_PROVIDER_OBJECT_NAME_H

#include "base/guid.h"
#include "model/setting.h"

/* Judges a DN in a field of a plan: parts of the form NAME=value ([RFC4514] 2). AJAR_EPLAN,
 * "file:line:". */
bool object_name_check(const struct setting *setting, const char *field, struct ajar_error *err);

/* The whole DN of an object that is named relative to `head` (DC=target,DC=test); a name that ends
 * in a part DC=... is whole already. To be freed. */
bool object_name_below(const char *name, const char *head, char **ret_dn, struct ajar_error *err);

/* "<GUID=...>", a name that stays when the object is renamed or moved. To be freed; NULL without
 * memory. */
char *object_name_of_guid(const struct guid *guid);

#endif
