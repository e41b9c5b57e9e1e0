/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Stored is not effective: what a change waits for (takes-effect), and how one sees that it came.
 * On each host that has to do something, evidence is taken once the change is stored, and taken
 * again later; what differs tells.
 *
 * The facts of evidence, each only where the host tells it:
 *
 *     here       yes | no: the host's own directory has the change; for settings of a domain
 *     in-effect  yes | no: the host was seen to act by the change
 *     clock      the host's clock, seconds since 1970
 *     asked      the clock of the one who asked
 *     uptime     milliseconds since the host started; wraps after 49.7 days
 *     shutdown   SYSTEM\CurrentControlSet\Control\Windows:ShutdownTime, or absent
 *     process    of the service; 0 while it is stopped
 *     started    when the Server service started, seconds since 1970
 *     refreshed  when the security settings of the policy were last processed, or absent
 */
#ifndef AJAR_PROVIDER_EFFECT_H
#define AJAR_PROVIDER_EFFECT_H

#include <ajar/state.h>

#include "model/setting.h"
#include "transport/target.h"

/* Takes evidence on one host for a setting that says takes-effect. `goal` is the state that was
 * written. Changes nothing. What a host does not tell is left out; AJAR_EUNREACHABLE and the like
 * when it could not be asked at all. */
bool effect_observe(struct target *target, const struct setting *setting,
                    const struct ajar_state *goal, struct ajar_state *ret_evidence,
                    struct ajar_error *err);

/* Can something be seen to have changed since this evidence? Not while the change has not reached
 * the host. */
bool effect_is_baseline(const struct ajar_state *evidence);

/* Did what the change waits for happen between the two? */
bool effect_has_come(const struct ajar_state *since, const struct ajar_state *now);

#endif
