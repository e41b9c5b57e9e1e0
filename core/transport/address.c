/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/address.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

static bool add_all(const struct addrinfo *found, struct host_list *addresses,
                    struct ajar_error *err)
{
    char text[NI_MAXHOST];

    for (; found; found = found->ai_next) {
        if (getnameinfo(found->ai_addr, found->ai_addrlen, text, sizeof(text), NULL, 0,
                        NI_NUMERICHOST) == 0 &&
            !host_list_add(addresses, text, err))
            return false;
    }
    return true;
}

bool address_find(const char *host, struct host_list *addresses, struct ajar_error *err)
{
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
    struct addrinfo *found = NULL;
    int resolved = getaddrinfo(host, NULL, &hints, &found);
    bool ok;

    if (resolved != 0) {
        ajar_fail(err, AJAR_EUNREACHABLE, "could not find the address of %s: %s", host,
                  resolved == EAI_SYSTEM ? strerror(errno) : gai_strerror(resolved));
        return ajar_hint(err, "check the name and this host's DNS servers");
    }
    ok = add_all(found, addresses, err);
    freeaddrinfo(found);
    return ok;
}

bool address_parse(const char *address, unsigned port, struct sockaddr_storage *ret_end,
                   socklen_t *ret_size)
{
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
                                    .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV };
    struct addrinfo *found = NULL;
    char service[16];

    (void)snprintf(service, sizeof(service), "%u", port);
    if (getaddrinfo(address, service, &hints, &found) != 0)
        return false;
    memcpy(ret_end, found->ai_addr, found->ai_addrlen);
    *ret_size = found->ai_addrlen;
    freeaddrinfo(found);
    return true;
}

int address_connect(const struct sockaddr_storage *end, socklen_t size, int type)
{
    int descriptor = socket(end->ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int code;

    if (descriptor < 0 || connect(descriptor, (const struct sockaddr *)end, size) == 0 ||
        errno == EINPROGRESS)
        return descriptor;
    code = errno;
    (void)close(descriptor);
    errno = code;
    return -1;
}
