/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the wizard of Microsoft Entra Connect writes down each time it changes something: JSON,
 * Applied-SynchronizationPolicy-TIME.JSON and ...Exported-SynchronizationPolicy-TIME.json. What is
 * changed without the wizard is not in it.
 *
 * Three public scripts that read such files confirm `onpremisesDirectoryPolicy` (one object, or an
 * array of them) with `uniqueIdentifier`, `friendlyName`, `fullyQualifiedDomainName` and
 * `partitionFilters`. No document names a field for the staging mode or for password hash sync, so
 * nothing is concluded from what might be one: it is kept word for word.
 */
#ifndef AJAR_MODEL_CONNECT_POLICY_H
#define AJAR_MODEL_CONNECT_POLICY_H

#include "base/bytes.h"
#include "base/guid.h"

/* A forest that is synchronized. A text that is not in the file is NULL; all texts from the file
 * are ASCII as JSON writes it, without its quotes: nothing in them disturbs a terminal. */
struct connect_directory {
    bool has_id; /* of its connector */
    struct guid id;
    char *friendly_name;
    char *dns_name;
    char *partitions; /* the distinguished names, "; " between them */
};

/* Something that may speak of the staging mode, or of password hash sync. */
enum connect_topic { CONNECT_STAGING, CONNECT_HASH_SYNC };

struct connect_said {
    enum connect_topic topic;
    char *text; /* "azureDirectoryPolicy.passwordHashSync: true" */
};

struct connect_policy {
    size_t directory_count;
    struct connect_directory *directories;
    size_t said_count;
    struct connect_said *said;
};

/* UTF-8 or UTF-16, a byte order mark in front or not; names in any case. AJAR_EPROTOCOL, "line 12:
 * ...", for what is no JSON, or no such file. To be released. */
bool connect_policy_read(const struct bytes *file, struct connect_policy *ret_policy,
                         struct ajar_error *err);

/* Is it the name of such a file? `*ret_time` is when it was written, as the name says it (in UTC,
 * which is not confirmed), and 0 when it does not. */
bool connect_policy_is_name(const char *name, int64_t *ret_time);

void connect_policy_release(struct connect_policy *policy);
DEFINE_OWNED_STRUCT(struct connect_policy, connect_policy_release);

#endif
