/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * ajar.ini: where the journal is, and how to log in to each domain.
 */
#ifndef AJAR_MODEL_CONFIGURATION_H
#define AJAR_MODEL_CONFIGURATION_H

#include "base/ini.h"
#include "model/login.h"

struct domain_configuration {
    struct login login;
    const char **controllers; /* ends with NULL; NULL: found over DNS */
};

/* Texts belong to the configuration. */
struct configuration {
    struct ini *ini;     /* NULL when there is no file */
    const char *journal; /* path of the repository, or NULL */
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
