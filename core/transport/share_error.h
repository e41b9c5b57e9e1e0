/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What libsmbclient's errno means to the operator.
 */
#ifndef AJAR_TRANSPORT_SHARE_ERROR_H
#define AJAR_TRANSPORT_SHARE_ERROR_H

#include <ajar/error.h>

/* Fails with the cause of `code`, an errno, while a connection stands. Returns false. */
bool share_error(struct ajar_error *err, int code, int timeout_ms);

/* Fails with the cause of a connection that could not be made. libsmbclient has one code (EINVAL)
 * for a name without an address and for a ticket that cannot be had: a look at the name tells.
 * Returns false. */
bool share_connect_error(struct ajar_error *err, const char *host, const char *name, int code);

#endif
