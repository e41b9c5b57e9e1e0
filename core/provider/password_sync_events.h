/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the events of a Microsoft Entra Connect host let one infer about whether it synchronizes
 * password hashes. Neither staging mode nor the switch of a connector is an event; but a server
 * that is in staging mode, or whose switch is off, does not even try:
 *
 *     650-657   password hash sync works (654 a heartbeat, 656 and 657 passwords), begins
 *               something (650, 651, 653), or tries and fails (652, 655)
 *     904       the scheduler runs
 *
 * all by "Directory Synchronization" in the log Application, of the last three hours: a heartbeat
 * is due every thirty minutes, and Microsoft's own diagnostics look back three hours.
 */
#ifndef AJAR_PROVIDER_PASSWORD_SYNC_EVENTS_H
#define AJAR_PROVIDER_PASSWORD_SYNC_EVENTS_H

#include "base/guid.h"
#include "provider/events.h"

bool password_sync_events_read(struct target *target, struct events *ret_events,
                               struct ajar_error *err);

/* The newest event of the connector (NULL: of any) that shows that hashes are synchronized (654,
 * 656, 657); or else the newest that shows that it is tried; NULL when there is neither. */
const struct event *password_sync_event(const struct events *events, const struct guid *connector);

/* Does the event show that it works, and not only that it is tried? */
bool password_sync_works(const struct event *event);

/* The newest sign of the scheduler; NULL when there is none. */
const struct event *password_sync_scheduler(const struct events *events);

#endif
