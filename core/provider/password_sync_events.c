/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/password_sync_events.h"

#define WITHIN    (3 * INT64_C(3600))
#define SCHEDULER 904U

bool password_sync_events_read(struct target *target, struct events *ret_events,
                               struct ajar_error *err)
{
    static const char *const sources[] = { "Directory Synchronization", NULL };
    static const uint32_t ids[] = { 650, 651, 652, 653, 654, 655, 656, 657, SCHEDULER };
    struct events_query query = {
        .log = "Application", .sources = sources, .ids = ids, .id_count = LENGTH(ids)
    };
    int64_t now = 0;

    if (!events_now(target, &now, err))
        return false;
    query.since = now - WITHIN;
    return events_read(target, &query, ret_events, err);
}

bool password_sync_works(const struct event *event)
{
    return event->id == 654 || event->id == 656 || event->id == 657;
}

static bool is_of(const struct event *event, const struct guid *connector)
{
    char text[GUID_TEXT_SIZE];

    if (!connector)
        return true;
    guid_format(connector, text);
    return event_mentions(event, text);
}

const struct event *password_sync_event(const struct events *events, const struct guid *connector)
{
    const struct event *tried = NULL;

    for (size_t i = 0; i < events->count; i++) {
        const struct event *event = &events->list[i];

        if (event->id == SCHEDULER || !is_of(event, connector))
            continue;
        if (password_sync_works(event))
            return event;
        if (!tried)
            tried = event;
    }
    return tried;
}

const struct event *password_sync_scheduler(const struct events *events)
{
    for (size_t i = 0; i < events->count; i++) {
        if (events->list[i].id == SCHEDULER)
            return &events->list[i];
    }
    return NULL;
}
