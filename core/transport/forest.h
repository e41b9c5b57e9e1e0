/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which domains a forest has.
 */
#ifndef AJAR_TRANSPORT_FOREST_H
#define AJAR_TRANSPORT_FOREST_H

#include "transport/directory.h"
#include "transport/host_list.h"

/* The DNS names of all domains of the directory's forest, sorted. Every controller of the forest
 * knows them: the configuration is the same in all its domains. AJAR_EPROTOCOL for a name that is
 * none. */
bool forest_find_domains(struct directory *directory, struct host_list *ret_domains,
                         struct ajar_error *err);

#endif
