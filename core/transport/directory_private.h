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
struct ldap_conncb;
struct ldap_url_desc;
struct sockaddr;
struct sockbuf;

struct directory {
    struct ldap *ldap;
    struct ldap_conncb *on_connect; /* must live as long as `ldap` */
    bool is_catalog;
    bool is_connected;
    int64_t connect_until; /* milliseconds of the monotonic clock */
    int timeout_ms;
    char *address; /* the host's name as it was asked for */
    char *host;
    char *domain_dn;
    char *configuration_dn;
};

/* A directory that is not connected. */
bool directory_new(const char *host, int timeout_ms, struct directory **ret_directory,
                   struct ajar_error *err);

/* Connects, protected as the login says; who it is comes later. */
bool directory_connect(struct directory *directory, const struct login *login,
                       struct ajar_error *err);

/* Connecting may take the timeout from now on. */
void directory_start_clock(struct directory *directory);
bool directory_time_is_up(const struct directory *directory);

/* libldap calls this with each new socket, before TLS: it puts a limit on each wait. When a
 * connection breaks, libldap would make another one by itself, which nobody has bound: that would
 * be an anonymous login, and is refused here. */
int directory_limit_socket(struct ldap *ldap, struct sockbuf *buffer, struct ldap_url_desc *url,
                           struct sockaddr *address, struct ldap_conncb *callback);

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

/* LDAP_SERVER_SD_FLAGS_OID, and its value for the DACL alone ([MS-ADTS] 3.1.1.3.4.1.11). */
#define DIRECTORY_SD_FLAGS "1.2.840.113556.1.4.801"
extern const char directory_dacl_alone[5];

/* libldap takes names and values without const, and only reads them. */
static inline char *for_libldap(const void *read_only)
{
    return (char *)(uintptr_t)read_only;
}

#endif
