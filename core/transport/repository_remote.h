/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A repository elsewhere that several hosts share, spoken to by the `git` program, so that the
 * operator's ssh configuration, agents, proxies and stored credentials work as they do by hand. It
 * never asks anybody anything: what would need an answer is refused.
 *
 * Failures: AJAR_EMISSING when there is no git program; AJAR_EUNREACHABLE, AJAR_ETIMEOUT,
 * AJAR_ELOGIN, AJAR_EINSECURE, AJAR_EDENIED for the remote, each with a hint; AJAR_EJOURNAL for the
 * repository here, and for a remote that is no journal. Their texts do not name the remote.
 */
#ifndef AJAR_TRANSPORT_REPOSITORY_REMOTE_H
#define AJAR_TRANSPORT_REPOSITORY_REMOTE_H

#include "transport/repository.h"

struct repository_remote {
    const char *url; /* as git names it */
    int patience_ms; /* for one exchange */
};

/* Brings what the remote's main has, and REPOSITORY_REMOTE to where it is; none when the remote has
 * no branches at all. AJAR_EJOURNAL when it has others, and no main. */
bool repository_fetch(struct repository *repository, const struct repository_remote *remote,
                      struct repository_id *ret_head, struct ajar_error *err);

/* What is pushed: all of it arrives, or nothing. */
struct repository_parcel {
    struct repository_id expected; /* where the remote's main must be; none: it must not be there */
    struct repository_id fresh;    /* where it will be; `expected` is among its ancestors */
    struct repository_id kept;     /* a commit that gets a name there, too; or none */
    const char *kept_name;         /* "refs/heads/..." */
};

/* AJAR_ECONFLICT when the remote's main was elsewhere: it stays there. When the answer got lost,
 * what was pushed may be there. Afterwards REPOSITORY_REMOTE is at `fresh`. */
bool repository_push(struct repository *repository, const struct repository_remote *remote,
                     const struct repository_parcel *parcel, struct ajar_error *err);

#endif
