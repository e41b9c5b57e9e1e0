/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/event_sight.h"

static bool is_about_none(const struct event *event, const struct event_terms *terms)
{
    size_t i = 0;

    while (i < terms->connectors.count && !event_terms_concern(event, terms, i))
        i++;
    return i == terms->connectors.count;
}

const struct event *event_sight_success(const struct events *events,
                                        const struct event_terms *terms, size_t connector)
{
    for (size_t i = 0; i < events->count; i++) {
        const struct event *event = &events->list[i];

        if (event_ids_have(&terms->success, event->id) &&
            event_terms_concern(event, terms, connector))
            return event;
    }
    return NULL;
}

/* The newest event of trouble in front of the connector's last success, or NULL. */
static const struct event *find_trouble(const struct events *events,
                                        const struct event_terms *terms, size_t connector)
{
    const struct event *success = event_sight_success(events, terms, connector);

    for (size_t i = 0; i < events->count && &events->list[i] != success; i++) {
        const struct event *event = &events->list[i];

        if (event_ids_have(&terms->trouble, event->id) &&
            (event_terms_concern(event, terms, connector) || is_about_none(event, terms)))
            return event;
    }
    return NULL;
}

/* Reads successes and troubles back to `since`. */
static bool read_back(struct target *target, const struct event_terms *terms, int64_t since,
                      struct events *ret_events, struct ajar_error *err)
{
    const char *const sources[] = { terms->source, NULL };
    uint32_t ids[2 * EVENT_IDS_CEILING];
    struct events_query query = {
        .log = terms->log, .sources = sources, .ids = ids, .since = since
    };

    for (size_t i = 0; i < terms->success.count; i++)
        ids[query.id_count++] = terms->success.list[i];
    for (size_t i = 0; i < terms->trouble.count; i++)
        ids[query.id_count++] = terms->trouble.list[i];
    return events_read(target, &query, ret_events, err);
}

bool event_sight_has_each(const struct events *events, const struct event_terms *terms)
{
    for (size_t i = 0; i < event_terms_connectors(terms); i++) {
        if (!event_sight_success(events, terms, i))
            return false;
    }
    return true;
}

void event_sight_release(struct event_sight *sight)
{
    events_release(&sight->lately);
    events_release(&sight->ever);
}
/* Was there more in the log than was asked for? */
static bool has_more(const struct events *events)
{
    return events->end != EVENTS_REACHED_CEILING && events->oldest < events->since;
}

/* Looks further back when a success is missing and there is more to see. */
bool event_sight_look(struct target *target, const struct event_terms *terms,
                      struct event_sight *ret_sight, struct ajar_error *err)
{
    OWNED(event_sight_release) struct event_sight sight = { .host = target_name(target) };
    int64_t now = 0;

    if (!events_now(target, &now, err) ||
        !read_back(target, terms, now - terms->within, &sight.lately, err))
        return false;
    if (has_more(&sight.lately) && !event_sight_has_each(&sight.lately, terms)) {
        if (!read_back(target, terms, now - EVENTS_LONG_AGO, &sight.ever, err))
            return false;
        sight.looked_back = true;
    }
    *ret_sight = sight;
    sight = (struct event_sight){ 0 };
    return true;
}

const struct events *event_sight_longest(const struct event_sight *sight)
{
    return sight->looked_back ? &sight->ever : &sight->lately;
}

int64_t event_sight_age(const struct event_sight *sight, const struct event *event)
{
    return sight->lately.now > event->written ? sight->lately.now - event->written : 0;
}

const struct event *event_sight_trouble(const struct event_sight *sight,
                                        const struct event_terms *terms, size_t connector)
{
    const struct events *events = event_sight_longest(sight);

    return find_trouble(event_sight_success(events, terms, connector) ? events : &sight->lately,
                        terms, connector);
}
