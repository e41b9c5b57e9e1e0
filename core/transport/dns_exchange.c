/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/dns_exchange.h"

#include "base/cleanup.h"
#include "transport/address.h"

#include <arpa/nameser.h>
#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <string.h>

/* The bytes of a header that say what a message is ([RFC1035] 4.1.1). */
enum { FLAGS = 2, CODES = 3, QUESTION_COUNT = 4 };
#define IS_ANSWER 0x80
#define OPERATION 0x78
#define IS_CUT    0x02
#define CODE      0x0f

unsigned dns_answer_code(const struct dns_message *answer)
{
    return answer->bytes[CODES] & CODE;
}

/* Is it an answer to this question? A server may return the name in another case. */
static bool is_answer(const struct dns_message *question, const uint8_t *bytes, size_t size)
{
    if (size < question->size || memcmp(bytes, question->bytes, NS_INT16SZ) != 0 ||
        !(bytes[FLAGS] & IS_ANSWER) || (bytes[FLAGS] & OPERATION) != 0 ||
        ns_get16(bytes + QUESTION_COUNT) != 1)
        return false;
    for (size_t i = NS_HFIXEDSZ; i < question->size; i++) {
        if (tolower(bytes[i]) != tolower(question->bytes[i]))
            return false;
    }
    return true;
}

static bool ask_over_udp(const struct dns_server *server, const struct dns_message *question,
                         struct dns_message *answer, struct deadline deadline)
{
    OWNED(close) int descriptor = address_connect(&server->end, server->size, SOCK_DGRAM);

    if (descriptor < 0 || send(descriptor, question->bytes, question->size, 0) < 0)
        return false;
    while (deadline_wait(deadline, descriptor, POLLIN)) {
        ssize_t size = recv(descriptor, answer->bytes, NS_MAXMSG, 0);

        if (size < 0 && errno != EAGAIN && errno != EINTR)
            return false;
        if (size >= 0 && is_answer(question, answer->bytes, (size_t)size)) {
            answer->size = (size_t)size;
            return true;
        }
    }
    return false;
}

/* Sends or receives exactly so many bytes. */
static bool move_all(int descriptor, uint8_t *bytes, size_t size, short events,
                     struct deadline deadline)
{
    while (size > 0) {
        ssize_t moved;

        if (!deadline_wait(deadline, descriptor, events))
            return false;
        moved = events == POLLIN ? recv(descriptor, bytes, size, 0)
                                 : send(descriptor, bytes, size, MSG_NOSIGNAL);
        if (moved == 0)
            errno = ECONNRESET;
        if (moved == 0 || (moved < 0 && errno != EAGAIN && errno != EINTR))
            return false;
        if (moved > 0) {
            bytes += moved;
            size -= (size_t)moved;
        }
    }
    return true;
}

/* Over TCP, a message has its size in front ([RFC1035] 4.2.2). */
static bool ask_over_tcp(const struct dns_server *server, const struct dns_message *question,
                         struct dns_message *answer, struct deadline deadline)
{
    OWNED(close) int descriptor = address_connect(&server->end, server->size, SOCK_STREAM);
    uint8_t size[NS_INT16SZ];
    size_t announced;

    ns_put16((unsigned)question->size, size);
    if (descriptor < 0 || !move_all(descriptor, size, sizeof(size), POLLOUT, deadline) ||
        !move_all(descriptor, question->bytes, question->size, POLLOUT, deadline) ||
        !move_all(descriptor, size, sizeof(size), POLLIN, deadline))
        return false;
    announced = ns_get16(size);
    if (!move_all(descriptor, answer->bytes, announced, POLLIN, deadline))
        return false;
    if (!is_answer(question, answer->bytes, announced)) {
        errno = EBADMSG;
        return false;
    }
    answer->size = announced;
    return true;
}

bool dns_exchange(const struct dns_server *server, const struct dns_message *question,
                  struct dns_message *answer, struct deadline deadline)
{
    return ask_over_udp(server, question, answer, deadline) &&
           (!(answer->bytes[FLAGS] & IS_CUT) || ask_over_tcp(server, question, answer, deadline));
}
