/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Hosts by their DNS names: in lower case, each once, in the order in which they were added.
 */
#ifndef AJAR_TRANSPORT_HOST_LIST_H
#define AJAR_TRANSPORT_HOST_LIST_H

#include <ajar/error.h>

#include "base/cleanup.h"

#include <stddef.h>

struct host_list {
    size_t count;
    char **names;
};

/* Adds a name unless it is there already. */
bool host_list_add(struct host_list *hosts, const char *name, struct ajar_error *err);

void host_list_release(struct host_list *hosts);
DEFINE_OWNED_STRUCT(struct host_list, host_list_release);

#endif
