/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The answer of a DNS server to a question for SRV records ([RFC2782]).
 */
#ifndef AJAR_TRANSPORT_SRV_H
#define AJAR_TRANSPORT_SRV_H

#include "transport/host_list.h"

#include <stdint.h>

/* Appends the hosts that the answer names, the most wanted first: by priority, then by weight (not
 * by lot: a run is to be the same each time), then by name. AJAR_EPROTOCOL for an answer that is
 * cut or damaged, or names a host by what is no host name; then `hosts` is untouched. */
bool srv_parse(const uint8_t *answer, size_t size, struct host_list *hosts, struct ajar_error *err);

#endif
