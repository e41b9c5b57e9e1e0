/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Addresses of hosts, as numbers in text: "192.0.2.1", "2001:db8::1".
 */
#ifndef AJAR_TRANSPORT_ADDRESS_H
#define AJAR_TRANSPORT_ADDRESS_H

#include "transport/host_list.h"

#include <sys/socket.h>

/* Appends each address that this host knows for `host`: from /etc/hosts, DNS, or what else it is
 * told to ask; the limits of time are its own. AJAR_EUNREACHABLE when there is none. */
bool address_find(const char *host, struct host_list *addresses, struct ajar_error *err);

/* The end of a connection. False when the text is no address. */
bool address_parse(const char *address, unsigned port, struct sockaddr_storage *ret_end,
                   socklen_t *ret_size);

/* A stream or datagram socket that does not block, and is closed in other programs. Connecting may
 * still go on: it is done when the socket can be written to. -1 with errno. */
int address_connect(const struct sockaddr_storage *end, socklen_t size, int type);

#endif
