/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * ajar.ini: where the journal is, how to log in to each domain, what the house allows, whom to
 * tell.
 */
#ifndef AJAR_MODEL_CONFIGURATION_H
#define AJAR_MODEL_CONFIGURATION_H

#include "base/ini.h"
#include "model/guard_rails.h"
#include "model/login.h"

/* How long a notifier may take, in seconds: unless told, and at most. */
#define NOTIFIER_PATIENCE         10
#define NOTIFIER_LONGEST_PATIENCE 300

struct domain_configuration {
    struct login login;
    const char **controllers; /* ends with NULL; NULL: found over DNS */
};

/* Texts belong to the configuration. */
struct configuration {
    struct ini *ini;         /* NULL when there is no file */
    const char *journal;     /* path of the repository, or NULL */
    const char *remote;      /* the repository that several hosts share, as git names it; or NULL */
    const char *signing_key; /* a file with an SSH key; or NULL */
    const char *allowed_signers; /* a file as ssh-keygen(1) has it; or NULL */
    struct guard_rails policy;
    const char *notifier;      /* a command, with its arguments behind blanks; or NULL */
    int64_t notifier_patience; /* seconds */
    size_t domain_count;
    struct domain_configuration *domains;
};

/* Reads `path`; NULL: $XDG_CONFIG_HOME/ajar/ajar.ini (or ~/.config), else /etc/ajar/ajar.ini, else
 * the defaults. A path that is given must exist. AJAR_EPLAN, "file:line: ...". */
bool configuration_read(const char *path, int timeout_ms, struct configuration **ret_configuration,
                        struct ajar_error *err);

/* The domain that a host or domain name belongs to: the longest configured one that it ends with,
 * or NULL. */
const struct domain_configuration *configuration_find(const struct configuration *configuration,
                                                      const char *name);

void configuration_free(struct configuration *configuration);
DEFINE_OWNED(struct configuration *, configuration_free);

#endif
