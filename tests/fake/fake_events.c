/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake/fake_events.h"

#include "base/utf16.h"
#include "fake/scripted_pipe.h"
#include "transport/rpc/eventlog_codec.h"
#include "transport/rpc/ndr.h"
#include "transport/rpc/srvsvc_codec.h"

#include <string.h>

struct fake_events_pipe {
    struct rpc_pipe pipe;
    struct fake_events *server;
};

enum { UNIT = 2, FIXED = 56, SEQUENTIAL = 1, SEEK = 2, BACKWARDS = 8 };

#define ANSWER_CEILING (1U << 20)
#define FINE           0U
#define TOO_SMALL      0xc0000023U
#define END_OF_FILE    0xc0000011U
#define INVALID        0xc000000dU

/* What a well-behaved client always sends, and what a test cannot do without. */
static void expect(bool truth)
{
    if (!truth)
        abort();
}

static void write_text(struct ndr_writer *record, const char *text)
{
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(bytes_release) struct bytes utf16 = { 0 };

    expect(utf16_from_utf8(text, &utf16, &err));
    ndr_write_bytes(record, utf16.at, utf16.size);
    ndr_write_bytes(record, "\0", UNIT);
}

static void put_number(struct bytes *bytes, size_t at, size_t number)
{
    for (size_t i = 0; i < 4; i++)
        bytes->at[at + i] = (uint8_t)(number >> (8 * i));
}

struct bytes fake_event_bytes(const struct fake_event *event, uint32_t number)
{
    OWNED(ndr_writer_release) struct ndr_writer record = NDR_UP_TO(ANSWER_CEILING);
    struct ajar_error err = AJAR_NO_ERROR;
    struct bytes bytes = { 0 };
    size_t strings;
    size_t end;

    ndr_write_u32(&record, 0);
    ndr_write_u32(&record, 0x654c664c);
    ndr_write_u32(&record, number);
    ndr_write_u32(&record, (uint32_t)event->written);
    ndr_write_u32(&record, (uint32_t)event->written);
    ndr_write_u32(&record, event->id);
    ndr_write_u16(&record, (uint16_t)event->type);
    ndr_write_u16(&record, 0);
    for (size_t i = record.size; i < FIXED; i += 4)
        ndr_write_u32(&record, 0);
    write_text(&record, event->source);
    write_text(&record, "PES1");
    strings = record.size;
    for (size_t i = 0; i < FAKE_STRINGS && event->strings[i]; i++) {
        write_text(&record, event->strings[i]);
        record.at[26]++;
    }
    end = record.size;
    ndr_write_u32(&record, 0); /* aligned: the length once more */
    expect(ndr_write_end(&record, "record", &bytes, &err));
    put_number(&bytes, 0, bytes.size);
    put_number(&bytes, 36, strings);
    put_number(&bytes, 52, end);
    put_number(&bytes, bytes.size - 4, bytes.size);
    return bytes;
}

static uint32_t first_of(const struct fake_events *server)
{
    return server->first > 0 ? server->first : 1;
}

static void read_handle(struct ndr_reader *request)
{
    uint8_t handle[20];

    ndr_read_bytes(request, handle, sizeof(handle));
    expect(handle[4] == 77);
}

static uint32_t open_log(struct fake_events *server, struct ndr_reader *request,
                         struct ndr_writer *answer)
{
    static const uint8_t handle[20] = { [4] = 77 };
    struct ndr_array name;
    uint16_t size;

    expect(!ndr_read_pointer(request));
    size = ndr_read_u16(request);
    expect(ndr_read_u16(request) == size);
    expect(ndr_read_pointer(request));
    name = ndr_read_varying(request, UNIT);
    expect(name.count == strlen("Application") && name.at[0] == 'A');
    expect(ndr_read_u32(request) == 0);
    expect(!ndr_read_pointer(request));
    expect(ndr_read_u32(request) == 1);
    expect(ndr_read_u32(request) == 1);
    server->open_handles++;
    server->is_begun = false;
    ndr_write_bytes(answer, handle, sizeof(handle));
    return FINE;
}

static uint32_t close_log(struct fake_events *server, struct ndr_reader *request,
                          struct ndr_writer *answer)
{
    static const uint8_t none[20];

    read_handle(request);
    server->open_handles--;
    ndr_write_bytes(answer, none, sizeof(none));
    return FINE;
}

static uint32_t give_number(struct ndr_reader *request, size_t number, struct ndr_writer *answer)
{
    read_handle(request);
    ndr_write_u32(answer, (uint32_t)number);
    return FINE;
}

/* Where the reading begins: so many records are still to be read. */
static bool find_place(struct fake_events *server, uint32_t flags, uint32_t offset)
{
    uint32_t first = first_of(server);

    if (flags & SEEK) {
        if (offset < first || offset - first >= server->count)
            return false;
        server->at = offset - first + 1;
    } else if (!server->is_begun) {
        server->at = server->is_samba && server->count > 0 ? 1 : server->count;
    }
    server->is_begun = true;
    return true;
}

/* As many whole records as fit. */
static uint32_t fill(struct fake_events *server, uint32_t room, struct ndr_writer *block,
                     size_t *ret_needed)
{
    while (server->at > 0) {
        uint32_t number = first_of(server) + (uint32_t)server->at - 1;
        OWNED(bytes_release)
        struct bytes record = fake_event_bytes(&server->list[server->at - 1], number);

        if (record.size > room - block->size) {
            *ret_needed = block->size > 0 ? 0 : record.size;
            return block->size > 0 ? FINE : TOO_SMALL;
        }
        ndr_write_bytes(block, record.at, record.size);
        server->at--;
    }
    return block->size > 0 || server->is_samba ? FINE : END_OF_FILE;
}

static uint32_t read_log(struct fake_events *server, struct ndr_reader *request,
                         struct ndr_writer *answer)
{
    OWNED(ndr_writer_release) struct ndr_writer block = NDR_UP_TO(ANSWER_CEILING);
    size_t needed = 0;
    uint32_t code = INVALID;
    uint32_t flags;
    uint32_t offset;
    uint32_t room;

    read_handle(request);
    flags = ndr_read_u32(request);
    offset = ndr_read_u32(request);
    room = ndr_read_u32(request);
    expect(flags == (SEQUENTIAL | BACKWARDS) || flags == (SEEK | BACKWARDS));
    expect(room <= EVENTLOG_ROOM_CEILING);
    server->readings++;
    server->largest_room = room > server->largest_room ? room : server->largest_room;
    if (server->block.size > 0)
        ndr_write_bytes(&block, server->block.at, server->block.size);
    if (server->block.size > 0)
        code = FINE;
    else if (find_place(server, flags, offset))
        code = fill(server, room, &block, &needed);
    ndr_write_u32(answer, room);
    ndr_write_bytes(answer, block.at, block.size);
    for (size_t i = block.size; i < room; i++)
        ndr_write_u8(answer, 0);
    ndr_write_u32(answer, (uint32_t)block.size);
    ndr_write_u32(answer, (uint32_t)needed);
    return code;
}

static uint32_t serve(struct fake_events *server, unsigned opnum, struct ndr_reader *request,
                      struct ndr_writer *answer)
{
    switch ((enum eventlog_opnum)opnum) {
    case EVENTLOG_OPEN:
        return open_log(server, request, answer);
    case EVENTLOG_CLOSE:
        return close_log(server, request, answer);
    case EVENTLOG_NUMBER_OF_RECORDS:
        return give_number(request, server->count, answer);
    case EVENTLOG_OLDEST_RECORD:
        return give_number(request, server->count > 0 ? first_of(server) : 0, answer);
    case EVENTLOG_READ:
        return read_log(server, request, answer);
    }
    abort();
}

/* The outputs of a call that fails are there, as zeros. */
static void write_failure(unsigned opnum, struct ndr_reader *request, struct ndr_writer *answer)
{
    uint32_t zeros = opnum == EVENTLOG_OPEN ? 5 : 1;

    if (opnum == EVENTLOG_READ) {
        for (int i = 0; i < 7; i++) /* the handle, the flags, the offset */
            (void)ndr_read_u32(request);
        zeros = ndr_read_u32(request);
        ndr_write_u32(answer, zeros);
        zeros = zeros / 4 + 2;
    }
    for (uint32_t i = 0; i < zeros; i++)
        ndr_write_u32(answer, 0);
}

static bool call(struct rpc_pipe *rpc_pipe, unsigned opnum, const struct bytes *request,
                 struct bytes *ret_answer, struct ajar_error *err)
{
    struct fake_events *server = ((struct fake_events_pipe *)rpc_pipe)->server;
    OWNED(ndr_writer_release) struct ndr_writer answer = NDR_UP_TO(ANSWER_CEILING);
    struct ndr_reader reader = ndr_reader(request);
    uint32_t code;

    if (++server->calls == server->fail_at)
        return ajar_fail(err, AJAR_ETIMEOUT, "the connection broke");
    if (server->before_call)
        server->before_call(server, opnum);
    if (server->code != 0 && server->code_opnum == opnum && server->code_times > 0) {
        server->code_times--;
        code = server->code;
        write_failure(opnum, &reader, &answer);
    } else {
        code = serve(server, opnum, &reader, &answer);
        expect(ndr_read_end(&reader, "request", err));
    }
    ndr_write_u32(&answer, code);
    return ndr_write_end(&answer, "answer", ret_answer, err);
}

static void close_pipe(struct rpc_pipe *rpc_pipe)
{
    ((struct fake_events_pipe *)rpc_pipe)->server->is_closed = true;
    free(rpc_pipe);
}

struct fake_events *fake_events_new(void)
{
    struct fake_events *server = calloc(1, sizeof(*server));

    expect(server != NULL);
    return server;
}

void fake_events_free(struct fake_events *server)
{
    free(server);
}

struct fake_event *fake_events_add(struct fake_events *server, int64_t seconds_ago, uint32_t id,
                                   const char *string)
{
    struct fake_event *event = &server->list[server->count++];

    expect(server->count <= FAKE_EVENTS);
    *event = (struct fake_event){ .written = FAKE_NOW - seconds_ago,
                                  .id = id,
                                  .type = EVENT_INFORMATION,
                                  .source = "Directory Synchronization",
                                  .strings = { string } };
    return event;
}

struct eventlog *fake_events_open(struct fake_events *server)
{
    static const struct rpc_pipe_methods methods = { .call = call, .close = close_pipe };
    struct fake_events_pipe *pipe = calloc(1, sizeof(*pipe));
    struct ajar_error err = AJAR_NO_ERROR;
    struct eventlog *events = NULL;

    expect(pipe != NULL);
    *pipe = (struct fake_events_pipe){ { &methods }, server };
    expect(eventlog_open(&pipe->pipe, "pes1.source.test", &events, &err));
    return events;
}

struct target *fake_events_target(struct fake_events *server)
{
    static const char now[] =
        "00000200a57f016b000000000b0000001900000019000000000000000000000010270000150000000b000000ea"
        "0700000600000000000000";
    static const struct script_line script[] = {
        { SRVSVC_REMOTE_TOD, NULL, now, 0 },
        { SRVSVC_REMOTE_TOD, NULL, now, 0 },
        { SRVSVC_REMOTE_TOD, NULL, now, 0 },
    };
    static bool is_closed;
    struct target_connections connections = { .events = fake_events_open(server),
                                              .services = server->services,
                                              .patience = server->patience };
    struct ajar_error err = AJAR_NO_ERROR;
    struct target *target = NULL;

    expect(srvsvc_open(scripted_pipe(script, LENGTH(script), &is_closed), "pes1.source.test",
                       &connections.server, &err));
    expect(target_new_with("pes1.source.test", &connections, &target, &err));
    return target;
}
