/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How ajar proves to a domain who it is. A login is what the configuration says of a domain; a
 * ticket is what came of it: a Kerberos credential cache that LDAP (MIT, under SASL) and RPC
 * (Heimdal, in Samba) both read. A cache that ajar made itself is private (a file of mode 0600 in a
 * folder of mode 0700) and is destroyed with ticket_close(). Never anonymous, never a quiet step
 * down.
 */
#ifndef AJAR_TRANSPORT_LOGIN_H
#define AJAR_TRANSPORT_LOGIN_H

#include <ajar/error.h>

#include "base/cleanup.h"
#include "model/login.h"

struct ticket;

/* Gets a ticket as `login` says. `folder` is a private folder of this run, for caches.
 * AJAR_ELOGIN for a wrong password, an expired ticket, no ticket at all, an unreadable file (each
 * with its own text and hint); AJAR_EUNREACHABLE when no KDC answers. */
bool ticket_open(const struct login *login, const char *folder, struct ticket **ret_ticket,
                 struct ajar_error *err);

/* "FILE:/path", for $KRB5CCNAME and for Samba. */
const char *ticket_cache(const struct ticket *ticket);

/* "Administrator@SOURCE.TEST" */
const char *ticket_principal(const struct ticket *ticket);

/* Destroys a cache that ticket_open() made. */
void ticket_close(struct ticket *ticket);
DEFINE_OWNED(struct ticket *, ticket_close);

#endif
