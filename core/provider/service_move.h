/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is done to a live service: all of what a state asks for, or nothing that stays.
 */
#ifndef AJAR_PROVIDER_SERVICE_MOVE_H
#define AJAR_PROVIDER_SERVICE_MOVE_H

#include "provider/service_live.h"

/* Does the service of this key name, or display name, carry ajar's own connection to the host? Who
 * stops it cannot start it again from here. */
bool service_is_carrier(const char *called);

/* Brings a service to what the facts `state` and `start` of `to` say, as far as it has them.
 * AJAR_ECONFLICT, with nothing written, when services that run need it, when it is disabled and
 * `to` does not enable it, or when it carries our connection. When it does not start, or stop, its
 * start type goes back to what it was; where the outcome is not known (AJAR_ETIMEOUT) it stays. */
bool service_move(struct service_live *live, const struct ajar_state *to,
                  const struct service_wait *wait, struct ajar_error *err);

/* Stops it and starts it, and sees that it runs, in another process where the server tells one. A
 * service that has stopped, what is left of a restart that was cut off, is started. AJAR_ECONFLICT
 * when it was left as it was; AJAR_EPROTOCOL when it has stopped and does not start. */
bool service_restart(struct service_live *live, const struct service_wait *wait,
                     struct ajar_error *err);

#endif
