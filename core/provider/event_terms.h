/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which events a [require] with `check = events` is about.
 */
#ifndef AJAR_PROVIDER_EVENT_TERMS_H
#define AJAR_PROVIDER_EVENT_TERMS_H

#include "model/guid_list.h"
#include "transport/rpc/eventlog.h"

/* What writes the events when the section does not say it. */
#define EVENT_TERMS_SOURCE "Directory Synchronization"

#define EVENT_IDS_CEILING 16U

struct event_ids {
    uint32_t list[EVENT_IDS_CEILING];
    size_t count;
};

struct event_terms {
    const char *log; /* both belong to the setting, or are constant */
    const char *source;
    struct event_ids success;
    struct event_ids trouble;
    int64_t within; /* seconds */
    struct guid_list connectors;
};

/* AJAR_EPLAN, "file:line:". */
bool event_terms_read(const struct setting *setting, struct event_terms *ret_terms,
                      struct ajar_error *err);

bool event_ids_have(const struct event_ids *ids, uint32_t id);

/* How many connectors there are: with none in the plan it is one, without a name. */
size_t event_terms_connectors(const struct event_terms *terms);

/* Does the event name this connector? Each event is about the one without a name. */
bool event_terms_concern(const struct event *event, const struct event_terms *terms,
                         size_t connector);

#endif
