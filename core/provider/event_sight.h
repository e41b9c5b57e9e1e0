/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a host's event log tells of successes and troubles: lately, and when a success is missing
 * there, as far back as it goes.
 */
#ifndef AJAR_PROVIDER_EVENT_SIGHT_H
#define AJAR_PROVIDER_EVENT_SIGHT_H

#include "provider/event_terms.h"
#include "provider/events.h"

struct event_sight {
    const char *host;     /* belongs to the target */
    struct events lately; /* within the time that the terms allow */
    struct events ever;   /* all that is known; empty when it is `lately` */
    bool looked_back;
};

/* To be released. */
bool event_sight_look(struct target *target, const struct event_terms *terms,
                      struct event_sight *ret_sight, struct ajar_error *err);

/* As far back as was looked. */
const struct events *event_sight_longest(const struct event_sight *sight);

/* The newest success of a connector among these events, or NULL. */
const struct event *event_sight_success(const struct events *events,
                                        const struct event_terms *terms, size_t connector);

/* Has each connector one? */
bool event_sight_has_each(const struct events *events, const struct event_terms *terms);

/* The newest event of trouble that counts against the connector, or NULL: with a success in the
 * log, of all that came after it; without, of what was written lately. */
const struct event *event_sight_trouble(const struct event_sight *sight,
                                        const struct event_terms *terms, size_t connector);

/* How many seconds ago it was written, by the host's clock. */
int64_t event_sight_age(const struct event_sight *sight, const struct event *event);

void event_sight_release(struct event_sight *sight);
DEFINE_OWNED_STRUCT(struct event_sight, event_sight_release);

#endif
