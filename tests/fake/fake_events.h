/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One event log of a host in memory, behind a pipe: it speaks the eventlog interface as bytes, as
 * Windows does, or as Samba where they differ.
 */
#ifndef FAKE_EVENTS_H
#define FAKE_EVENTS_H

#include "transport/target.h"

/* The host's clock, while a test runs: 2026-11-21T11:25:25Z. */
#define FAKE_NOW INT64_C(1795260325)

enum { FAKE_EVENTS = 4096, FAKE_STRINGS = 3 };

struct fake_event {
    int64_t written;
    uint32_t id; /* all 32 bits of it */
    uint32_t type;
    const char *source;
    const char *strings[FAKE_STRINGS]; /* those that are not NULL */
};

struct fake_events {
    /* What the test sets. */
    struct fake_event list[FAKE_EVENTS]; /* oldest first */
    size_t count;
    uint32_t first;      /* the number of the oldest one; 1 when it is 0 */
    bool is_samba;       /* begins with the oldest record, and ends without a word */
    size_t fail_at;      /* this call breaks the connection; 0: none */
    unsigned code_opnum; /* calls with this number are answered with `code`, ... */
    uint32_t code;       /* 0: no call is */
    size_t code_times;   /* ... so often */
    struct bytes block;  /* what each reading gives instead, if it is not empty; not owned */
    void (*before_call)(struct fake_events *server, unsigned opnum);
    struct svcctl *services; /* of its target, which owns them; or NULL */
    struct patience patience;

    /* What the test reads. */
    size_t calls;
    size_t readings;
    size_t open_handles;
    uint32_t largest_room;
    bool is_closed;

    /* What it keeps for itself. */
    bool is_begun;
    size_t at; /* so many of the list are still to be read */
};

struct fake_events *fake_events_new(void);
void fake_events_free(struct fake_events *server);
DEFINE_OWNED(struct fake_events *, fake_events_free);

/* Adds the newest one, of "Directory Synchronization" and of the type information; texts are not
 * copied. */
struct fake_event *fake_events_add(struct fake_events *server, int64_t seconds_ago, uint32_t id,
                                   const char *string);

/* A client of it. Closing it leaves the log as it is. */
struct eventlog *fake_events_open(struct fake_events *server);

/* pes1.source.test, with this log, and FAKE_NOW on its clock. */
struct target *fake_events_target(struct fake_events *server);

/* The record's bytes, to be released. */
struct bytes fake_event_bytes(const struct fake_event *event, uint32_t number);

#endif
