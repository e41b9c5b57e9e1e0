/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a host has in one of its event logs: how requirements read it. Newest first, back to a time
 * on the host's own clock (a clock that is off on this side, or on that one, does not matter), and
 * never more than the ceilings below.
 */
#ifndef AJAR_PROVIDER_EVENTS_H
#define AJAR_PROVIDER_EVENTS_H

#include "transport/rpc/eventlog.h"
#include "transport/target.h"

/* A reading ends at the first of them, whatever was found: records and bytes that the host sent,
 * events that were kept. Its time ends it, too: a third of target_patience(), for there may be a
 * second reading. */
#define EVENTS_RECORDS_CEILING 200000U
#define EVENTS_BYTES_CEILING   (64U << 20)
#define EVENTS_KEPT_CEILING    4096U

/* As far back as anybody needs to look for "the last one was ...". */
#define EVENTS_LONG_AGO (31 * INT64_C(86400))

struct events_query {
    const char *log;            /* "Application" */
    const char *const *sources; /* without regard to case, ends with NULL; NULL: any source */
    const uint32_t *ids;        /* as they are shown; NULL: any id */
    size_t id_count;
    int64_t since; /* on the host's clock: events_now(), less so many seconds */
};

/* Why a reading ended. */
enum events_end {
    EVENTS_REACHED_SINCE,   /* records from before `since` were met: nothing is missing */
    EVENTS_REACHED_OLDEST,  /* all of the log was read; it may begin after `since` */
    EVENTS_REACHED_CEILING, /* there is more: what is older than `oldest` was not looked at */
};

struct events {
    int64_t now;   /* on the host's clock, when the reading began */
    int64_t since; /* as the query says */
    size_t count;
    struct event *list; /* those that were asked for, none written before `since`, newest first */
    enum events_end end;
    size_t records;  /* that were looked at, of any source */
    int64_t oldest;  /* when the oldest of them was written; `now` when there was none */
    bool is_cut_off; /* the log's first record is gone: overwritten, or the log was cleared */
};

/* What time it is there. */
bool events_now(struct target *target, int64_t *ret_now, struct ajar_error *err);

/* Reads. A log that is empty is no failure. A log that is cleared meanwhile is read once more, from
 * its new end; the second time it is AJAR_ECONFLICT. `ret_events` is to be released. */
bool events_read(struct target *target, const struct events_query *query, struct events *ret_events,
                 struct ajar_error *err);

/* Was every record looked at that the host wrote at `since` or later? When it was not, that an
 * event is not in the list says nothing: the log was cleared, or is too small, or too much is in
 * it. */
bool events_reach(const struct events *events, int64_t since);

/* Is the text (a connector's GUID) in one of the insertion strings, without regard to the case of
 * ASCII letters? An empty text is in none. */
bool event_mentions(const struct event *event, const char *text);

/* For a finding: the first line of the insertion strings that says something, without control
 * characters, shortened; "" when none does. To be freed. */
bool event_line(const struct event *event, char **ret_line, struct ajar_error *err);

void events_release(struct events *events);
DEFINE_OWNED_STRUCT(struct events, events_release);

#endif
