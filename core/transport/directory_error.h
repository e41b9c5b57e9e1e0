/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an LDAP result means to the operator.
 */
#ifndef AJAR_TRANSPORT_DIRECTORY_ERROR_H
#define AJAR_TRANSPORT_DIRECTORY_ERROR_H

#include <ajar/error.h>

/* Fails with the meaning of `result` ([RFC4511] A, or one of libldap's own, below zero) and the
 * server's `diagnostic` message (or NULL), brought to one line. `native` is the result. Returns
 * false. */
bool directory_error(struct ajar_error *err, int result, const char *diagnostic);

#endif
