/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * States of a reading: opened (no answer yet) -> within a block -> at the end. need_block() gets
 * the next block, and is the only one that sees the end. After a failure a reading is only closed.
 *
 * A reading is sequential: the server knows where it is. Only a server that does not begin with the
 * newest record (Samba begins with the oldest) is told each time which record comes next: Windows
 * is said to refuse that in very large logs.
 */
#include "transport/rpc/eventlog.h"

#include "base/text.h"
#include "transport/rpc/eventlog_record.h"
#include "transport/rpc/win32_error.h"

/* A server sends all that it was asked for, used or not: more would be slow in a small log, less in
 * a large one. */
#define FIRST_ROOM 0x10000U

/* So many blocks may be looked at for one record. */
#define BLOCKS 3

/* NTSTATUS ([MS-ERREF] 2.3). */
#define STATUS_ACCESS_DENIED    0xc0000022U
#define STATUS_END_OF_FILE      0xc0000011U
#define STATUS_BUFFER_TOO_SMALL 0xc0000023U

struct eventlog {
    struct rpc_pipe *pipe;
    char *host;
};

struct eventlog_reading {
    struct eventlog *events; /* somebody else's */
    char *log;
    struct eventlog_handle handle;
    uint32_t oldest;
    uint32_t newest;             /* when it was opened */
    bool is_told;                /* each block is asked for by its first record's number */
    struct bytes answer;         /* the last one */
    struct eventlog_block block; /* what is left of it */
    bool is_at_end;
    bool has_begun;
    uint32_t last; /* the number of the record that was given last; once it has begun */
    size_t bytes;
};

static const struct win32_meaning meanings[] = {
    { 0xc0000008, AJAR_EPROTOCOL, "the server does not know the handle" },
    { 0xc000000d, AJAR_EPROTOCOL, "the server finds a parameter wrong" },
    { STATUS_END_OF_FILE, AJAR_EPROTOCOL, "the log ends early" },
    { 0xc0000017, AJAR_EPROTOCOL, "the server is out of memory" },
    { STATUS_ACCESS_DENIED, AJAR_EDENIED, "access denied" },
    { STATUS_BUFFER_TOO_SMALL, AJAR_EPROTOCOL, "a record is larger than any answer" },
    { 0xc0000033, AJAR_EMISSING, "no event log can be called so" },
    { 0xc0000034, AJAR_EMISSING, "no such event log" },
    { 0xc0000039, AJAR_EMISSING, "no such event log" }, /* as Samba says it */
    { 0xc0000098, AJAR_ECONFLICT, "the log was replaced while it was read" },
    { 0xc00000bb, AJAR_EMISSING, "the server does not offer the call" },
    { 0xc000018e, AJAR_EPROTOCOL, "the log's file is corrupted" },
    { 0xc000018f, AJAR_EPROTOCOL, "the event log service could not start" },
    { 0xc0000197, AJAR_ECONFLICT, "the log was cleared, or its file changed, while it was read" },
};

static const struct type_name {
    uint32_t type;
    const char *name;
} type_names[] = {
    { EVENT_SUCCESS, "success" },
    { EVENT_ERROR, "error" },
    { EVENT_WARNING, "warning" },
    { EVENT_INFORMATION, "information" },
    { EVENT_AUDIT_SUCCESS, "audit success" },
    { EVENT_AUDIT_FAILURE, "audit failure" },
};

const char *event_type_name(uint32_t type)
{
    for (size_t i = 0; i < LENGTH(type_names); i++) {
        if (type_names[i].type == type)
            return type_names[i].name;
    }
    return "type";
}

void event_release(struct event *event)
{
    for (size_t i = 0; i < event->count; i++)
        free(event->strings[i]);
    free(event->strings);
    free(event->source);
    *event = (struct event){ 0 };
}

static bool judge(uint32_t code, struct ajar_error *err)
{
    for (size_t i = 0; i < LENGTH(meanings); i++) {
        if (meanings[i].code == code)
            return win32_judge(code, meanings, LENGTH(meanings), err);
    }
    if (code == 0)
        return true;
    ajar_fail(err, AJAR_EPROTOCOL, "the server answers with status 0x%08x", code);
    return ajar_native(err, code);
}

/* Says what was done when it failed. */
static bool fail_log(const struct eventlog *events, const char *log, struct ajar_error *err)
{
    if (err->status == AJAR_EDENIED)
        ajar_hint(err, "let this account read event logs there: by its group Event Log Readers "
                       "(S-1-5-32-573)");
    return ajar_while(err, "could not read the event log \"%s\" of %s", log, events->host);
}

bool eventlog_open(struct rpc_pipe *pipe, const char *host, struct eventlog **ret_events,
                   struct ajar_error *err)
{
    OWNED(free) struct eventlog *events = calloc(1, sizeof(*events));

    if (!events)
        return ajar_no_memory(err);
    events->pipe = pipe;
    events->host = text_copy(host);
    if (!events->host)
        return ajar_no_memory(err);
    *ret_events = events;
    events = NULL;
    return true;
}

static bool open_log(struct eventlog_reading *reading, struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes request = { 0 };
    OWNED(bytes_release) struct bytes answer = { 0 };
    uint32_t code;

    return eventlog_write_open(reading->log, &request, err) &&
           rpc_call(reading->events->pipe, EVENTLOG_OPEN, &request, &answer, err) &&
           eventlog_read_handle("OpenEL answer", &answer, &reading->handle, &code, err) &&
           judge(code, err);
}

/* NumberOfRecords and OldestRecord: `message` is what they are called. */
static bool ask_number(const struct eventlog_reading *reading, enum eventlog_opnum opnum,
                       const char *message, uint32_t *ret_number, struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes request = { 0 };
    OWNED(bytes_release) struct bytes answer = { 0 };
    uint32_t number;
    uint32_t code;

    if (!eventlog_write_handle(&reading->handle, message, &request, err) ||
        !rpc_call(reading->events->pipe, opnum, &request, &answer, err) ||
        !eventlog_read_number(message, &answer, &number, &code, err) || !judge(code, err))
        return false;
    *ret_number = number;
    return true;
}

static bool ask_oldest(struct eventlog_reading *reading, struct ajar_error *err)
{
    uint32_t count = 0;
    uint32_t oldest = 0;

    if (!ask_number(reading, EVENTLOG_NUMBER_OF_RECORDS, "NumberOfRecords", &count, err) ||
        (count > 0 && !ask_number(reading, EVENTLOG_OLDEST_RECORD, "OldestRecord", &oldest, err)))
        return false;
    reading->oldest = oldest;
    reading->newest = count > 0 ? oldest + count - 1 : 0;
    return true;
}

static void reading_free(struct eventlog_reading *reading)
{
    bytes_release(&reading->answer);
    free(reading->log);
    free(reading);
}
DEFINE_OWNED(struct eventlog_reading *, reading_free);

static void close_log(const struct eventlog_reading *reading)
{
    OWNED(bytes_release) struct bytes request = { 0 };
    OWNED(bytes_release) struct bytes answer = { 0 };
    struct ajar_error ignored = AJAR_NO_ERROR;

    if (eventlog_write_handle(&reading->handle, "CloseEL", &request, &ignored))
        (void)rpc_call(reading->events->pipe, EVENTLOG_CLOSE, &request, &answer, &ignored);
}

bool eventlog_read(struct eventlog *events, const char *log, struct eventlog_reading **ret_reading,
                   struct ajar_error *err)
{
    OWNED(reading_free) struct eventlog_reading *reading = calloc(1, sizeof(*reading));

    if (!reading)
        return ajar_no_memory(err);
    reading->events = events;
    reading->log = text_copy(log);
    if (!reading->log)
        return ajar_no_memory(err);
    if (!open_log(reading, err))
        return fail_log(events, log, err);
    if (!ask_oldest(reading, err)) {
        close_log(reading);
        return fail_log(events, log, err);
    }
    *ret_reading = reading;
    reading = NULL;
    return true;
}

uint32_t eventlog_reading_oldest(const struct eventlog_reading *reading)
{
    return reading->oldest;
}

size_t eventlog_reading_bytes(const struct eventlog_reading *reading)
{
    return reading->bytes;
}

/* Asks for the next records: what the code means is the caller's matter. */
static bool ask_block(struct eventlog_reading *reading, uint32_t room, uint32_t *ret_code,
                      struct ajar_error *err)
{
    uint32_t next = reading->has_begun ? reading->last - 1 : reading->newest;
    OWNED(bytes_release) struct bytes request = { 0 };
    OWNED(bytes_release) struct bytes answer = { 0 };
    struct eventlog_block block;

    if (!eventlog_write_read(&reading->handle, reading->is_told ? next : 0, room, &request, err) ||
        !rpc_call(reading->events->pipe, EVENTLOG_READ, &request, &answer, err) ||
        !eventlog_read_block(&answer, room, &block, ret_code, err))
        return false;
    reading->bytes += answer.size;
    bytes_release(&reading->answer);
    reading->answer = answer;
    reading->block = block;
    answer = (struct bytes){ 0 };
    return true;
}

/* Makes sure that there are bytes to take a record from, or that the end is known. */
static bool need_block(struct eventlog_reading *reading, struct ajar_error *err)
{
    uint32_t room = FIRST_ROOM;
    uint32_t code;

    reading->is_at_end = reading->is_at_end || (reading->is_told && reading->has_begun &&
                                                reading->last <= reading->oldest);
    if (reading->is_at_end || reading->block.size > 0)
        return true;
    if (!ask_block(reading, room, &code, err))
        return false;
    if (code == STATUS_BUFFER_TOO_SMALL && reading->block.needed > room &&
        reading->block.needed <= EVENTLOG_ROOM_CEILING) {
        room = reading->block.needed;
        if (!ask_block(reading, room, &code, err))
            return false;
    }
    /* Samba's end is an answer without records. */
    reading->is_at_end = code == STATUS_END_OF_FILE || (code == 0 && reading->block.size == 0);
    return reading->is_at_end || judge(code, err);
}

/* Newest first is what was asked for. A server that goes round in circles would never end. */
static bool check_order(const struct eventlog_reading *reading, uint32_t record,
                        struct ajar_error *err)
{
    if (!reading->has_begun || record < reading->last)
        return true;
    return ajar_fail(err, AJAR_EPROTOCOL, "the server gives record %u behind record %u", record,
                     reading->last);
}

/* Does the server begin somewhere in the log? Then it is asked once more, for the newest record. */
static bool is_begun_elsewhere(struct eventlog_reading *reading, uint32_t record)
{
    if (reading->has_begun || reading->is_told || record >= reading->newest)
        return false;
    reading->is_told = true;
    reading->block = (struct eventlog_block){ 0 };
    return true;
}

static bool take_event(struct eventlog_reading *reading, struct event *ret_event, bool *ret_end,
                       struct ajar_error *err)
{
    OWNED(event_release) struct event event = { 0 };
    bool is_used_up = true;

    /* What is left of a block may be filling; a whole one is not. */
    for (int blocks = 0; is_used_up; blocks++) {
        if (blocks == BLOCKS)
            return ajar_fail(err, AJAR_EPROTOCOL, "the server gives neither a record nor the end");
        if (!need_block(reading, err))
            return false;
        if (reading->is_at_end) {
            *ret_end = true;
            return true;
        }
        if (!eventlog_take_record(&reading->block, &event, &is_used_up, err))
            return false;
        if (!is_used_up && is_begun_elsewhere(reading, event.record)) {
            event_release(&event);
            is_used_up = true;
        }
    }
    if (!check_order(reading, event.record, err))
        return false;
    reading->has_begun = true;
    reading->last = event.record;
    *ret_event = event;
    *ret_end = false;
    event = (struct event){ 0 };
    return true;
}

bool eventlog_next(struct eventlog_reading *reading, struct event *ret_event, bool *ret_end,
                   struct ajar_error *err)
{
    return take_event(reading, ret_event, ret_end, err) ||
           fail_log(reading->events, reading->log, err);
}

void eventlog_reading_close(struct eventlog_reading *reading)
{
    close_log(reading);
    reading_free(reading);
}

void eventlog_close(struct eventlog *events)
{
    rpc_pipe_close(events->pipe);
    free(events->host);
    free(events);
}
