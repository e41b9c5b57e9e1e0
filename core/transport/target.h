/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a worker works on: one host or one domain, with the connections that were needed so far.
 * Each is made once, at first use: one LDAP bind a domain, one SMB session a host.
 */
#ifndef AJAR_TRANSPORT_TARGET_H
#define AJAR_TRANSPORT_TARGET_H

#include "base/patience.h"
#include "transport/controllers.h"
#include "transport/rpc/eventlog.h"
#include "transport/rpc/lsarpc.h"
#include "transport/rpc/srvsvc.h"
#include "transport/rpc/svcctl.h"
#include "transport/rpc/winreg.h"
#include "transport/share.h"

struct target;

struct target_options {
    const char *name;           /* "dc1.source.test", or the domain: "target.test" */
    bool is_domain;             /* a domain is reached at its PDC emulator */
    const struct login *login;  /* for the host's, or the domain's own, domain */
    const char *folder;         /* private, for ticket caches */
    const char *const *servers; /* controllers from the configuration, ends with NULL; or NULL */
};

/* Opens nothing yet. All of `options` must outlive the target. */
bool target_new(const struct target_options *options, struct target **ret_target,
                struct ajar_error *err);

/* Connections that are made already, each of them NULL or one that the target then owns; and who
 * waits for it. For tests. */
struct target_connections {
    struct winreg *registry;
    struct svcctl *services;
    struct srvsvc *server;
    struct lsarpc *security;
    struct eventlog *events;
    struct patience patience;
};

bool target_new_with(const char *name, const struct target_connections *connections,
                     struct target **ret_target, struct ajar_error *err);

const char *target_name(const struct target *target);

/* For how long, and how, an operation on this target may wait for something to happen there. What
 * runs in a worker has a deadline (core/engine/fleet.c): most of it is for waiting, the rest for
 * the calls. */
struct patience target_patience(const struct target *target);

/* How long one answer may take, as the login says it; without a login, 10 seconds. */
int target_timeout_ms(const struct target *target);

/* The connections; they belong to the target.
 *
 * Those to a host's pipes share one SMB session. When it breaks (the host restarts, a service ends
 * below an open pipe), the operation at hand fails and is not repeated: only a new look can tell
 * what it did. The next of these five calls then closes all of them and connects anew, so that one
 * broken session costs one operation. Therefore an operation takes all that it needs before it
 * makes its first call, and keeps nothing for the next operation: not the pointer, and not a
 * handle. */
bool target_registry(struct target *target, struct winreg **ret_registry, struct ajar_error *err);

bool target_services(struct target *target, struct svcctl **ret_services, struct ajar_error *err);
bool target_server(struct target *target, struct srvsvc **ret_server, struct ajar_error *err);
bool target_security(struct target *target, struct lsarpc **ret_security, struct ajar_error *err);
bool target_events(struct target *target, struct eventlog **ret_events, struct ajar_error *err);

/* Writes need the PDC emulator. */
bool target_directory(struct target *target, struct directory **ret_directory,
                      struct ajar_error *err);

/* While it does, target_directory() is the host's own copy of the directory and not that of the PDC
 * emulator: for a look at what has been replicated to it. */
void target_face_itself(struct target *target, bool does);

/* Whether an account's password is the one in the first line of a file: a ticket of the target's
 * domain, in a private cache, to be closed; and a login with it at the controller whose directory
 * target_directory() is, which is over when the call returns. A wrong password counts at the
 * domain: whoever asks has seen that it does no harm. `user` is an account name, without its
 * domain. */
bool target_ticket_of(struct target *target, const char *user, const char *password_file,
                      struct ticket **ret_ticket, struct ajar_error *err);
bool target_bind_as(struct target *target, const struct ticket *ticket, struct ajar_error *err);

/* Any controller that answers, for questions about the domain's controllers: the PDC emulator's
 * connection when it can be had. */
bool target_any_directory(struct target *target, struct directory **ret_directory,
                          struct ajar_error *err);

/* The forest's global catalog, at the controller of target_any_directory() or, when that has none,
 * at one that DNS names. The domain's login is good for all of its forest. */
bool target_catalog(struct target *target, struct directory **ret_catalog, struct ajar_error *err);

/* Any controller of the domain that the object of this DN is in, by the same login: this target's
 * own domain, or another one of its forest, whose controllers DNS names. It stays until another
 * domain is asked for. */
bool target_directory_of(struct target *target, const char *dn, struct directory **ret_directory,
                         struct ajar_error *err);

/* The share of the domain's policy files, at its PDC emulator: policies are edited there. */
bool target_sysvol(struct target *target, struct share **ret_sysvol, struct ajar_error *err);

/* Another share of a host, not of a domain: "C$". One at a time: the one before it is closed, and
 * whoever kept it must not use it any more. */
bool target_share(struct target *target, const char *name, struct share **ret_share,
                  struct ajar_error *err);

void target_free(struct target *target);
DEFINE_OWNED(struct target *, target_free);

#endif
