/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/port_probe.h"

#include "transport/address.h"
#include "transport/deadline.h"

#include <errno.h>
#include <poll.h>

/* How it ended: after poll() saw the socket do something. */
static int result_of(int descriptor)
{
    int code = 0;
    socklen_t size = sizeof(code);

    return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size) == 0 ? code : errno;
}

/* The waiting sockets are those with a descriptor; poll() passes over -1. */
static void end_wait(struct pollfd *waiting, struct port_answer *answer, int code)
{
    (void)close(waiting->fd);
    waiting->fd = -1;
    answer->code = code;
}

static void start(struct pollfd *waiting, struct port_answer *answer)
{
    struct sockaddr_storage end;
    socklen_t size = 0;

    waiting->fd = -1;
    waiting->events = POLLOUT;
    answer->code = EADDRNOTAVAIL;
    if (!address_parse(answer->address, answer->port, &end, &size))
        return;
    waiting->fd = address_connect(&end, size, SOCK_STREAM);
    answer->code = waiting->fd < 0 ? errno : 0;
}

static size_t count_waiting(const struct pollfd *waiting, size_t count)
{
    size_t left = 0;

    for (size_t i = 0; i < count; i++)
        left += waiting[i].fd >= 0;
    return left;
}

static void await(struct pollfd *waiting, struct port_answer *answers, size_t count,
                  struct deadline deadline)
{
    while (count_waiting(waiting, count) > 0) {
        int ready = poll(waiting, count, deadline_left(deadline));
        int code = errno;

        if (ready < 0 && code == EINTR)
            continue;
        for (size_t i = 0; i < count; i++) {
            if (waiting[i].fd < 0 || (ready > 0 && waiting[i].revents == 0))
                continue;
            if (ready > 0)
                code = result_of(waiting[i].fd);
            end_wait(&waiting[i], &answers[i], ready == 0 ? ETIMEDOUT : code);
        }
    }
}

bool port_probe(const struct host_list *addresses, const unsigned *ports, size_t count,
                int timeout_ms, struct port_answer **ret_answers, struct ajar_error *err)
{
    size_t all = addresses->count * count;
    OWNED(free) struct port_answer *answers = calloc(all + 1, sizeof(*answers));
    OWNED(free) struct pollfd *waiting = calloc(all + 1, sizeof(*waiting));
    struct deadline deadline = deadline_in(timeout_ms);

    if (!answers || !waiting)
        return ajar_no_memory(err);
    for (size_t i = 0; i < all; i++) {
        answers[i].address = addresses->names[i / count];
        answers[i].port = ports[i % count];
        start(&waiting[i], &answers[i]);
    }
    await(waiting, answers, all, deadline);
    *ret_answers = answers;
    answers = NULL;
    return true;
}
