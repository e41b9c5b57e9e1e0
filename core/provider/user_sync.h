/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether a user's password was synchronized since it was set, as the event log of the host tells
 * where Entra Connect runs: events 656 (password change request) and 657 (password change result)
 * of the source "Directory Synchronization". What they say is known from old versions only,
 *
 *     Anchor : eX5b50Rf+UizRIMe2CA/tg==, Dn : CN=Ann,OU=Staff,DC=source,DC=test, Result : Success.
 *
 * so that an event which is not found proves nothing (unconfirmed). The anchor is the object's GUID
 * in base64. One event may tell of many objects.
 */
#ifndef AJAR_PROVIDER_USER_SYNC_H
#define AJAR_PROVIDER_USER_SYNC_H

#include "provider/requirement.h"
#include "provider/user.h"

/* `set_at`: when the password was set, in seconds since 1970. */
bool user_sync_look(struct target *target, const struct user *user, int64_t set_at,
                    struct finding *ret_finding, struct ajar_error *err);

#endif
