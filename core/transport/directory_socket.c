/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A layer of libldap's stack of sockets, just above TCP, below TLS and SASL. It gives every read
 * and write an end: libldap itself waits without one when a server stops in the middle of a
 * message, and its TLS handshake over GnuTLS asks a silent socket again and again, timeout or not.
 */
#include "transport/directory_private.h"

#include <errno.h>
#include <ldap.h>
#include <poll.h>
#include <time.h>

/* Between TCP (10) and TLS (20). */
enum { LEVEL = LBER_SBIOD_LEVEL_PROVIDER + 5 };

static int64_t milliseconds_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* While connecting, there is one end for all reads and writes together; later each has its own, and
 * directory_await() watches the whole. */
static int time_left(const struct directory *directory)
{
    int64_t left = directory->is_connected ? directory->timeout_ms
                                           : directory->connect_until - milliseconds_now();

    return left > 0 ? (int)left : 0;
}

/* An end is no "try again": any other error ends what libldap is doing. */
static bool wait_for(Sockbuf_IO_Desc *layer, short events)
{
    const struct directory *directory = layer->sbiod_pvt;
    ber_socket_t descriptor = -1;
    struct pollfd wanted = { .events = events };
    int count;

    if (ber_sockbuf_ctrl(layer->sbiod_sb, LBER_SB_OPT_GET_FD, &descriptor) != 1) {
        errno = ENOTCONN;
        return false;
    }
    wanted.fd = descriptor;
    do
        count = poll(&wanted, 1, time_left(directory));
    while (count < 0 && errno == EINTR);
    if (count == 0)
        errno = ETIMEDOUT;
    return count > 0;
}

static int setup(Sockbuf_IO_Desc *layer, void *directory)
{
    layer->sbiod_pvt = directory;
    return 0;
}

static int nothing_to_undo(Sockbuf_IO_Desc *layer)
{
    (void)layer;
    return 0;
}

static int control(Sockbuf_IO_Desc *layer, int option, void *argument)
{
    return LBER_SBIOD_CTRL_NEXT(layer, option, argument);
}

/* The layer below may have read ahead. */
static ber_slen_t read_in_time(Sockbuf_IO_Desc *layer, void *buffer, ber_len_t size)
{
    if (LBER_SBIOD_CTRL_NEXT(layer, LBER_SB_OPT_DATA_READY, NULL) <= 0 && !wait_for(layer, POLLIN))
        return -1;
    return LBER_SBIOD_READ_NEXT(layer, buffer, size);
}

static ber_slen_t write_in_time(Sockbuf_IO_Desc *layer, void *buffer, ber_len_t size)
{
    if (!wait_for(layer, POLLOUT))
        return -1;
    return LBER_SBIOD_WRITE_NEXT(layer, buffer, size);
}

static const Sockbuf_IO limited = {
    .sbi_setup = setup,
    .sbi_remove = nothing_to_undo,
    .sbi_ctrl = control,
    .sbi_read = read_in_time,
    .sbi_write = write_in_time,
    .sbi_close = nothing_to_undo,
};

void directory_start_clock(struct directory *directory)
{
    directory->connect_until = milliseconds_now() + directory->timeout_ms;
}

bool directory_time_is_up(const struct directory *directory)
{
    return milliseconds_now() >= directory->connect_until;
}

int directory_limit_socket(LDAP *ldap, Sockbuf *buffer, LDAPURLDesc *url, struct sockaddr *address,
                           struct ldap_conncb *callback)
{
    struct directory *directory = callback->lc_arg;

    (void)ldap;
    (void)url;
    (void)address;
    if (directory->is_connected)
        return -1;
    return ber_sockbuf_add_io(buffer, (Sockbuf_IO *)(uintptr_t)&limited, LEVEL, directory);
}
