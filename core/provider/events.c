/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/events.h"

#include "base/text.h"

#include <string.h>

/* So many records in a row from before `since` end a reading: one alone may have been written while
 * the clock was wrong. */
#define OLD_RUN 8U

/* The part of an operation's patience that one reading may use up. */
#define READINGS_OF_PATIENCE 3

/* The longest line of a finding, in bytes, without what tells that it was cut. */
#define LINE_CEILING 120U
#define CUT_MARK     "..."

struct collection {
    const struct events_query *query;
    struct events events;
    size_t room;
    unsigned old; /* records in a row from before `since` */
    struct patience patience;
    int64_t begun_ms;
};

/* What a reading needs of the host. */
struct sources {
    struct srvsvc *server;
    struct eventlog *events;
};

static bool ask_now(struct srvsvc *server, int64_t *ret_now, struct ajar_error *err)
{
    struct srvsvc_time time = { 0 };

    if (!srvsvc_remote_time(server, &time, err))
        return false;
    *ret_now = time.now;
    return true;
}

bool events_now(struct target *target, int64_t *ret_now, struct ajar_error *err)
{
    struct srvsvc *server = NULL;

    return target_server(target, &server, err) && ask_now(server, ret_now, err);
}

static bool is_source_wanted(const struct events_query *query, const char *source)
{
    const char *const *wanted = query->sources;

    while (wanted && *wanted && !text_same_ignoring_case(*wanted, source))
        wanted++;
    return !wanted || *wanted;
}

static bool is_id_wanted(const struct events_query *query, uint32_t id)
{
    size_t i = 0;

    while (query->ids && i < query->id_count && query->ids[i] != id)
        i++;
    return !query->ids || i < query->id_count;
}

static bool keep(struct collection *collection, struct event *event, struct ajar_error *err)
{
    struct events *events = &collection->events;

    if (events->count == collection->room) {
        size_t room = collection->room ? 2 * collection->room : 16;
        struct event *larger = realloc(events->list, room * sizeof(*larger));

        if (!larger)
            return ajar_no_memory(err);
        events->list = larger;
        collection->room = room;
    }
    events->list[events->count++] = *event;
    *event = (struct event){ 0 };
    return true;
}

static bool consider(struct collection *collection, struct event *event, struct ajar_error *err)
{
    const struct events_query *query = collection->query;
    struct events *events = &collection->events;

    events->records++;
    if (event->written < events->oldest)
        events->oldest = event->written;
    collection->old = event->written < query->since ? collection->old + 1 : 0;
    if (collection->old > 0 || !is_id_wanted(query, event->id) ||
        !is_source_wanted(query, event->source))
        return true;
    return keep(collection, event, err);
}

static bool is_used_up(const struct collection *collection, const struct eventlog_reading *reading)
{
    const struct patience *patience = &collection->patience;

    if (collection->events.records >= EVENTS_RECORDS_CEILING ||
        collection->events.count >= EVENTS_KEPT_CEILING ||
        eventlog_reading_bytes(reading) >= EVENTS_BYTES_CEILING)
        return true;
    return patience->now_ms && patience_now_ms(patience) - collection->begun_ms >=
                                   patience->ceiling_ms / READINGS_OF_PATIENCE;
}

static bool collect(struct eventlog_reading *reading, struct collection *collection,
                    struct ajar_error *err)
{
    struct events *events = &collection->events;
    bool is_end = false;

    while (!is_end && collection->old < OLD_RUN) {
        OWNED(event_release) struct event event = { 0 };

        if (is_used_up(collection, reading)) {
            events->end = EVENTS_REACHED_CEILING;
            return true;
        }
        if (!eventlog_next(reading, &event, &is_end, err) ||
            (!is_end && !consider(collection, &event, err)))
            return false;
    }
    events->end = is_end ? EVENTS_REACHED_OLDEST : EVENTS_REACHED_SINCE;
    return true;
}

static bool read_once(const struct sources *sources, const struct events_query *query,
                      const struct patience *patience, struct events *ret_events,
                      struct ajar_error *err)
{
    struct collection collection = { .query = query, .patience = *patience };
    OWNED(eventlog_reading_close) struct eventlog_reading *reading = NULL;

    if (!ask_now(sources->server, &collection.events.now, err) ||
        !eventlog_read(sources->events, query->log, &reading, err))
        return false;
    collection.begun_ms = patience->now_ms ? patience_now_ms(patience) : 0;
    collection.events.since = query->since;
    collection.events.oldest = collection.events.now;
    collection.events.is_cut_off = eventlog_reading_oldest(reading) > 1;
    if (!collect(reading, &collection, err)) {
        events_release(&collection.events);
        return false;
    }
    *ret_events = collection.events;
    return true;
}

bool events_read(struct target *target, const struct events_query *query, struct events *ret_events,
                 struct ajar_error *err)
{
    struct patience patience = target_patience(target);
    struct ajar_error first = AJAR_NO_ERROR;
    struct sources sources = { 0 };

    if (!target_server(target, &sources.server, err) ||
        !target_events(target, &sources.events, err))
        return false;
    if (read_once(&sources, query, &patience, ret_events, &first))
        return true;
    if (first.status == AJAR_ECONFLICT)
        return read_once(&sources, query, &patience, ret_events, err);
    *err = first;
    return false;
}

bool events_reach(const struct events *events, int64_t since)
{
    return since >= events->since &&
           (events->end == EVENTS_REACHED_SINCE || events->oldest <= since);
}

bool event_mentions(const struct event *event, const char *text)
{
    for (size_t i = 0; *text && i < event->count; i++) {
        if (strcasestr(event->strings[i], text))
            return true;
    }
    return false;
}

/* The bytes of the character at `at` that stands for nothing, or would disturb a terminal: blanks,
 * control characters, and those that break lines or turn the direction of text (U+2028 to U+202E,
 * U+2066 to U+2069); else 0. */
static size_t blank_size(const unsigned char *at)
{
    if (at[0] <= 0x20 || at[0] == 0x7f)
        return 1;
    if (at[0] == 0xc2 && at[1] <= 0xa0)
        return 2;
    if (at[0] == 0xe2 && ((at[1] == 0x80 && at[2] >= 0xa8 && at[2] <= 0xae) ||
                          (at[1] == 0x81 && at[2] >= 0xa6 && at[2] <= 0xa9)))
        return 3;
    return 0;
}

/* The text up to `end`, or as much as may be shown of it, with one blank in the place of each run
 * of blanks and the like. */
static void append_clean(struct text *line, const char *at, const char *end)
{
    bool is_apart = false;

    while (at < end && line->size <= LINE_CEILING + strlen(CUT_MARK)) {
        size_t size = blank_size((const unsigned char *)at);

        at += size;
        if (size > 0) {
            is_apart = line->size > 0;
            continue;
        }
        if (is_apart)
            text_append(line, " ");
        is_apart = false;
        text_append_bytes(line, at++, 1);
    }
}

/* The first line of a string that says something. */
static void append_line(struct text *line, const char *string)
{
    while (*string && line->size == 0) {
        const char *end = string + strcspn(string, "\r\n");

        append_clean(line, string, end);
        string = end + strspn(end, "\r\n");
    }
}

/* Cuts at the beginning of a character. */
static void shorten(char *line)
{
    size_t size = strlen(line);

    if (size <= LINE_CEILING + strlen(CUT_MARK))
        return;
    size = LINE_CEILING;
    while (size > 0 && ((unsigned char)line[size] & 0xc0) == 0x80)
        size--;
    memcpy(line + size, CUT_MARK, sizeof(CUT_MARK));
}

bool event_line(const struct event *event, char **ret_line, struct ajar_error *err)
{
    OWNED(text_release) struct text line = TEXT_UP_TO(2 * LINE_CEILING);

    for (size_t i = 0; i < event->count && line.size == 0; i++)
        append_line(&line, event->strings[i]);
    if (!text_take(&line, ret_line, err))
        return false;
    shorten(*ret_line);
    return true;
}

void events_release(struct events *events)
{
    for (size_t i = 0; i < events->count; i++)
        event_release(&events->list[i]);
    free(events->list);
    *events = (struct events){ 0 };
}
