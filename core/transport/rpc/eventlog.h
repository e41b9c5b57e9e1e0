/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The classic event logs of one host ([MS-EVEN]): Application, System, Security and what else is
 * below Services\EventLog. A record carries no message, only the strings that are inserted into
 * one; the text itself is in a library on the host.
 *
 * The server opens Application, without a word, for a log that it does not know (unconfirmed: so
 * the Windows event log service is said to do): whoever asks for another log must know its name.
 *
 * Failures of the server have its NTSTATUS as `native`: AJAR_EDENIED, AJAR_EMISSING (no such log,
 * or the server does not offer it), AJAR_ECONFLICT (the log was cleared, or its file changed, while
 * it was read: what was read so far may not hang together), AJAR_EPROTOCOL for the rest.
 */
#ifndef AJAR_TRANSPORT_RPC_EVENTLOG_H
#define AJAR_TRANSPORT_RPC_EVENTLOG_H

#include "transport/rpc/pipe.h"

struct eventlog; /* the bound pipe */

/* [MS-EVEN] 2.2.3, EventType. */
enum event_type {
    EVENT_SUCCESS = 0,
    EVENT_ERROR = 1,
    EVENT_WARNING = 2,
    EVENT_INFORMATION = 4,
    EVENT_AUDIT_SUCCESS = 8,
    EVENT_AUDIT_FAILURE = 16,
};

/* One record. All text is UTF-8; half of a surrogate pair has become U+FFFD. */
struct event {
    uint32_t record; /* its number in the log, which grows */
    uint32_t id;     /* as it is shown: the low 16 bits of the identifier */
    uint32_t type;   /* enum event_type */
    int64_t written; /* when the log got it, by the host's clock: seconds since 1970, UTC */
    char *source;    /* owned, never NULL */
    size_t count;    /* of the strings */
    char **strings;  /* the insertion strings; owned */
};

void event_release(struct event *event);
DEFINE_OWNED_STRUCT(struct event, event_release);

/* "error", "information"; "type" for a number that is none. */
const char *event_type_name(uint32_t type);

/* `host` names it in errors. The pipe, bound to eventlog, belongs to `*ret_events` from then on; on
 * failure it stays the caller's. Sends nothing. */
bool eventlog_open(struct rpc_pipe *pipe, const char *host, struct eventlog **ret_events,
                   struct ajar_error *err);

/* A reading of one log, from its newest record to its oldest. The connection must outlive it. */
struct eventlog_reading;

bool eventlog_read(struct eventlog *events, const char *log, struct eventlog_reading **ret_reading,
                   struct ajar_error *err);

/* The number of the log's oldest record when the reading began: older ones were overwritten, or the
 * log was cleared, when it is more than 1. 0: the log is empty. */
uint32_t eventlog_reading_oldest(const struct eventlog_reading *reading);

/* How many bytes the server has sent for this reading. */
size_t eventlog_reading_bytes(const struct eventlog_reading *reading);

/* The next record, each once and each older than the one before; `*ret_end` after the last one,
 * with
 * `*ret_event` untouched. `ret_event` is to be released. */
bool eventlog_next(struct eventlog_reading *reading, struct event *ret_event, bool *ret_end,
                   struct ajar_error *err);

/* Closes the log; that the server does not answer then is no failure. */
void eventlog_reading_close(struct eventlog_reading *reading);
DEFINE_OWNED(struct eventlog_reading *, eventlog_reading_close);

/* Closes the pipe, too. */
void eventlog_close(struct eventlog *events);
DEFINE_OWNED(struct eventlog *, eventlog_close);

#endif
