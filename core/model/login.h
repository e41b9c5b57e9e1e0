/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How ajar proves to a domain who it is, as the configuration says it.
 */
#ifndef AJAR_MODEL_LOGIN_H
#define AJAR_MODEL_LOGIN_H

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

#endif
