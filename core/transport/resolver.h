/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Questions to DNS servers: this host's own, or one that is named.
 *
 * Each question has an end: a server is given 2 seconds a try and two tries, and all of them
 * together no more than the resolver's time. An answer that was cut ([RFC1035] 4.2.1) is asked for
 * once more over TCP, within the same 2 seconds. What does not answer the question that was asked
 * is passed over, as if it had not come.
 */
#ifndef AJAR_TRANSPORT_RESOLVER_H
#define AJAR_TRANSPORT_RESOLVER_H

#include "transport/host_list.h"

struct resolver;

/* Asks the servers of /etc/resolv.conf, in their order. */
bool resolver_open(int timeout_ms, struct resolver **ret_resolver, struct ajar_error *err);

/* Asks this one server, and is told what it itself can find out. AJAR_EUNREACHABLE when `address`
 * is none. */
bool resolver_open_at(const char *address, unsigned port, int timeout_ms,
                      struct resolver **ret_resolver, struct ajar_error *err);

/* Appends the hosts of the SRV records of `name`, the most wanted first: see srv_parse(). No such
 * name, or no such record, is no failure: then `hosts` stays as it is. AJAR_EUNREACHABLE when no
 * server answers, or none of them could find out; AJAR_EPROTOCOL for a damaged answer. */
bool resolver_services(struct resolver *resolver, const char *name, struct host_list *hosts,
                       struct ajar_error *err);

/* Appends the addresses of `host` (IPv4, or else IPv6), under the same terms. */
bool resolver_addresses(struct resolver *resolver, const char *host, struct host_list *addresses,
                        struct ajar_error *err);

void resolver_close(struct resolver *resolver);
DEFINE_OWNED(struct resolver *, resolver_close);

#endif
