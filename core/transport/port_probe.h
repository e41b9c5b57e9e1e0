/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which TCP ports of some addresses answer this host. A connection is made and closed; nothing is
 * sent, and no login is needed.
 */
#ifndef AJAR_TRANSPORT_PORT_PROBE_H
#define AJAR_TRANSPORT_PORT_PROBE_H

#include "transport/host_list.h"

struct port_answer {
    const char *address; /* belongs to the list that was asked for */
    unsigned port;
    int code; /* 0: it answers; else errno: ECONNREFUSED, ETIMEDOUT (no answer in time), ... */
};

/* Tries all ports of all addresses at the same time. `ret_answers` is to be freed; it has one row
 * for each address and port, address by address. Fails when this host cannot try. */
bool port_probe(const struct host_list *addresses, const unsigned *ports, size_t count,
                int timeout_ms, struct port_answer **ret_answers, struct ajar_error *err);

#endif
