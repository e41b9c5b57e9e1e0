/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A field that holds GUIDs: `connectors = GUID GUID`, with blanks between them, with or without
 * braces. It may be missing, empty, or "none": then there are none.
 */
#ifndef AJAR_MODEL_GUID_LIST_H
#define AJAR_MODEL_GUID_LIST_H

#include "base/guid.h"
#include "model/setting.h"

enum { GUID_LIST_ROOM = 32 };

struct guid_list {
    size_t count;
    struct guid guids[GUID_LIST_ROOM];
};

/* AJAR_EPLAN, "file:line:", for what is no GUID, stands there twice, or is one too many. */
bool guid_list_read(const struct setting *setting, const char *field, struct guid_list *ret_list,
                    struct ajar_error *err);

bool guid_list_has(const struct guid_list *list, const struct guid *guid);

#endif
