/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One live service: found by either of its names, read, and moved from one state to another.
 */
#ifndef AJAR_PROVIDER_SERVICE_LIVE_H
#define AJAR_PROVIDER_SERVICE_LIVE_H

#include <ajar/state.h>

#include "base/patience.h"
#include "transport/rpc/svcctl.h"

struct service_live {
    struct svcctl *services; /* somebody else's */
    struct svcctl_service handle;
    char *name; /* the key name; NULL: there is no such service, and nothing below is set */
    struct service_status status;
    uint32_t start; /* enum service_start */
    bool delayed;   /* only with SERVICE_AUTO */
};

/* The waiting of one operation, which shares one ceiling. */
struct service_wait {
    struct patience patience;
    int64_t begun_ms;
};

struct service_wait service_wait_begin(const struct patience *patience);

/* Opens and reads the service whose key name, or else display name, is `called`. One that does not
 * exist is no failure. To be released. */
bool service_live_open(struct svcctl *services, const char *called, struct service_live *ret_live,
                       struct ajar_error *err);

/* Reads its status once more. */
bool service_live_look(struct service_live *live, struct ajar_error *err);

/* Opens it once more, with these rights besides those to read it. */
bool service_live_demand(struct service_live *live, uint32_t rights, struct ajar_error *err);

/* Is it on its way from one state to another? */
bool service_live_is_pending(const struct service_live *live);

/* Waits until it is not, as the documentation of wait hints says: the service is looked at every
 * tenth of its hint, and its check point must move within the hint. One that is still pending when
 * it does not, or when the patience is used up, is no failure: whoever asks looks at it. */
bool service_live_settle(struct service_live *live, const struct service_wait *wait,
                         struct ajar_error *err);

/* Does it share its process with other services? Then the process outlives it. */
bool service_live_shares_process(const struct service_live *live);

/* Fails with AJAR_ECONFLICT and their names when services that run depend on it. */
bool service_live_refuse_dependents(struct service_live *live, struct ajar_error *err);

/* Starts (stops) it, and waits until it runs (has stopped); nothing is sent when it is so already.
 * AJAR_ECONFLICT, too, when it starts and ends again; AJAR_ETIMEOUT when it is still on its way at
 * the end of the patience: what becomes of it is not known. */
bool service_live_start(struct service_live *live, const struct service_wait *wait,
                        struct ajar_error *err);
bool service_live_stop(struct service_live *live, const struct service_wait *wait,
                       struct ajar_error *err);

/* Brings its start type to "auto", "auto-delayed", "demand", ...; nothing is sent when it is so
 * already. */
bool service_live_change_start(struct service_live *live, const char *start,
                               struct ajar_error *err);

/* Its start type, "auto-delayed" among them. */
const char *service_live_start_name(const struct service_live *live);

/* Its state with the facts `name`, `state`, `start` and, when it runs and the
 * server tells, `process`. */
bool service_live_state(const struct service_live *live, struct ajar_state *ret_state,
                        struct ajar_error *err);

/* Closes it. */
void service_live_release(struct service_live *live);
DEFINE_OWNED_STRUCT(struct service_live, service_live_release);

#endif
