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

enum login_method {
    LOGIN_CACHE,    /* the ticket cache of the operator ($KRB5CCNAME, or the system's default) */
    LOGIN_KEYTAB,   /* a keytab: `user`, `keytab` */
    LOGIN_PASSWORD, /* a file that holds a password in its first line: `user`, `password_file` */
};

enum login_ldap {
    LDAP_SEALED, /* 389 with GSS-SPNEGO, signed and sealed */
    LDAP_TLS,    /* 636 with a certificate that verifies */
};

/* All texts belong to the configuration and outlive the run. */
struct login {
    const char *domain; /* DNS name, lower case: source.test */
    enum login_method method;
    const char *user; /* "Administrator" (then the realm is DOMAIN) or "name@REALM" */
    const char *keytab;
    const char *password_file; /* refused unless only its owner can read it */
    enum login_ldap ldap;
    const char *ca_file; /* LDAP_TLS: the authorities, PEM; NULL: the system's */
    int timeout_ms;      /* for each connection and each answer */
};

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
