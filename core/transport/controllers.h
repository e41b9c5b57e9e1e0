/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which controllers a domain has: candidates from the configuration or DNS (SRV records,
 * [MS-ADTS] 6.3.2.3), the truth from the directory.
 */
#ifndef AJAR_TRANSPORT_CONTROLLERS_H
#define AJAR_TRANSPORT_CONTROLLERS_H

#include "transport/directory.h"
#include "transport/host_list.h"

/* The order in which to try controllers of `domain`: the PDC emulator first when DNS names one
 * (_ldap._tcp.pdc._msdcs.DOMAIN), then all others (_ldap._tcp.dc._msdcs.DOMAIN). AJAR_EUNREACHABLE
 * when DNS names none. */
bool controllers_from_dns(const char *domain, struct host_list *ret_hosts, struct ajar_error *err);

/* The controllers of any domain of the forest that have a global catalog
 * (_ldap._tcp.gc._msdcs.FOREST). AJAR_EUNREACHABLE when DNS names none. */
bool controllers_with_catalog(const char *forest, struct host_list *ret_hosts,
                              struct ajar_error *err);

/* The PDC emulator: the owner of the domain head's fSMORoleOwner ([MS-ADTS] 6.1.5.3). To be
 * freed. */
bool controllers_find_pdc(struct directory *directory, char **ret_host, struct ajar_error *err);

/* Every writable controller of the domain, sorted by name; read-only ones are left out. */
bool controllers_find_writable(struct directory *directory, struct host_list *ret_hosts,
                               struct ajar_error *err);

/* The same of all domains of the forest: every controller knows them, as the configuration is the
 * same in all of them. */
bool controllers_find_in_forest(struct directory *directory, struct host_list *ret_hosts,
                                struct ajar_error *err);

#endif
