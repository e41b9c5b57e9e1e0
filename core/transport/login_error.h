/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a Kerberos library's code means to the operator.
 */
#ifndef AJAR_TRANSPORT_LOGIN_ERROR_H
#define AJAR_TRANSPORT_LOGIN_ERROR_H

#include <ajar/error.h>

/* Fails with the cause and the next step of `code`, a krb5_error_code ([RFC4120] 7.5.9 and the
 * library's own); of one that is in no table, with `message`, the library's text. `native` is the
 * code. Returns false. */
bool login_error(struct ajar_error *err, int32_t code, const char *message);

/* Is it the error of a login whose password the KDC has looked at and refused? */
bool login_is_wrong_password(const struct ajar_error *err);

#endif
