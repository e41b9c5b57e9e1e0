/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One question to one DNS server, and its answer ([RFC1035] 4.2).
 */
#ifndef AJAR_TRANSPORT_DNS_EXCHANGE_H
#define AJAR_TRANSPORT_DNS_EXCHANGE_H

#include "transport/deadline.h"

#include <stddef.h>
#include <sys/socket.h>

struct dns_server {
    struct sockaddr_storage end;
    socklen_t size;
};

struct dns_message {
    uint8_t *bytes; /* the caller's */
    size_t size;
};

/* Sends a question over UDP, and once more over TCP when the answer was cut. `answer` has room for
 * NS_MAXMSG bytes. What comes with another number or another question is not the answer. False with
 * errno, ETIMEDOUT when no answer came in time. */
bool dns_exchange(const struct dns_server *server, const struct dns_message *question,
                  struct dns_message *answer, struct deadline deadline);

/* The response code of an answer that dns_exchange() took. */
unsigned dns_answer_code(const struct dns_message *answer);

#endif
