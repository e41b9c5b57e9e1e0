/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a worker works on: one host or one domain, with the connections that were needed so far.
 * Each is made once, at first use: one LDAP bind a domain, one SMB session a host.
 */
#ifndef AJAR_TRANSPORT_TARGET_H
#define AJAR_TRANSPORT_TARGET_H

#include "transport/controllers.h"
#include "transport/rpc/winreg.h"

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

/* A target whose registry is this one (which it then owns): for tests. */
bool target_new_with_registry(const char *name, struct winreg *registry, struct target **ret_target,
                              struct ajar_error *err);

const char *target_name(const struct target *target);

/* The connections; they belong to the target. */
bool target_registry(struct target *target, struct winreg **ret_registry, struct ajar_error *err);

/* Writes need the PDC emulator. */
bool target_directory(struct target *target, struct directory **ret_directory,
                      struct ajar_error *err);

/* Any controller that answers, for questions about the domain's controllers: the PDC emulator's
 * connection when it can be had. */
bool target_any_directory(struct target *target, struct directory **ret_directory,
                          struct ajar_error *err);

void target_free(struct target *target);
DEFINE_OWNED(struct target *, target_free);

#endif
