/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the directory*.c files share, and nobody else sees: the connection, and how an answer is
 * waited for.
 */
#ifndef AJAR_TRANSPORT_DIRECTORY_PRIVATE_H
#define AJAR_TRANSPORT_DIRECTORY_PRIVATE_H

#include "transport/directory.h"

struct ldap;    /* libldap's LDAP */
struct ldapmsg; /* libldap's LDAPMessage */
struct ldapcontrol;

struct directory {
    struct ldap *ldap;
    struct ldap_conncb *on_connect; /* must live as long as `ldap` */
    bool is_connected;
    int timeout_ms;
    char *address; /* the host's name as it was asked for */
    char *host;
    char *domain_dn;
    char *configuration_dn;
};

/* Waits for the whole answer to a request that was sent. `ret_answer` is to be freed. AJAR_ETIMEOUT
 * when none came in time or the connection broke. */
bool directory_await(struct directory *directory, int request, struct ldapmsg **ret_answer,
                     struct ajar_error *err);

/* Fails with `result` and the connection's diagnostic message. Returns false. */
bool directory_fail(const struct directory *directory, int result, struct ajar_error *err);

/* Takes the result out of an answer (which stays the caller's): success, or an error.
 * `ret_controls` is to be freed with ldap_controls_free(); it may be NULL. */
bool directory_read_result(const struct directory *directory, struct ldapmsg *answer,
                           struct ldapcontrol ***ret_controls, struct ajar_error *err);

/* Appends one entry of an answer to `result`, with the values that are in this answer. */
bool directory_result_add(struct directory_result *result, const struct directory *directory,
                          struct ldapmsg *message, struct ajar_error *err);

/* Appends the values of one attribute of an answer, whose whole description is given. */
bool directory_attribute_add(struct directory_attribute *attribute,
                             const struct directory *directory, struct ldapmsg *message,
                             const char *description, struct ajar_error *err);

/* libldap takes names and values without const, and only reads them. */
static inline char *for_libldap(const void *read_only)
{
    return (char *)(uintptr_t)read_only;
}

#endif
