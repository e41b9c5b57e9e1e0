/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake/fake_services.h"

#include "base/utf16.h"
#include "transport/rpc/ndr.h"
#include "transport/rpc/svcctl_codec.h"

#include <string.h>
#include <strings.h>

struct fake_services_pipe {
    struct rpc_pipe pipe;
    struct fake_services *server;
};

enum { ANSWER_CEILING = 1 << 20, UNIT = 2, BAD_HANDLE = 6, MANAGER = -1, CLOSED = -2 };

#define FAULT_NO_SUCH_CALL 0x1c010002U

/* What a well-behaved client always sends, and what a test cannot do without. */
static void expect(bool truth)
{
    if (!truth)
        abort();
}

static struct bytes to_utf16(const char *text)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct bytes utf16 = { 0 };

    expect(utf16_from_utf8(text, &utf16, &err));
    return utf16;
}

static void write_string(struct ndr_writer *answer, const char *text)
{
    OWNED(bytes_release) struct bytes utf16 = to_utf16(text);
    uint32_t units = (uint32_t)utf16.size / UNIT + 1;

    ndr_write_u32(answer, units);
    ndr_write_u32(answer, 0);
    ndr_write_u32(answer, units);
    ndr_write_bytes(answer, utf16.at, utf16.size);
    ndr_write_bytes(answer, "\0", UNIT);
}

static char *read_string(struct ndr_reader *request)
{
    struct ndr_array units = ndr_read_varying(request, UNIT);
    struct ajar_error err = AJAR_NO_ERROR;
    char *text = NULL;

    expect(units.count > 0);
    expect(utf16_to_utf8(units.at, UNIT * ((size_t)units.count - 1), &text, &err));
    return text;
}

/* Handles are numbers, from 1, in the second four bytes. */
static void write_handle(struct fake_services *server, int service, uint32_t rights,
                         struct ndr_writer *answer)
{
    uint8_t handle[20] = { 0 };

    expect(server->handle_count < FAKE_HANDLES);
    server->handles[server->handle_count].service = service;
    server->handles[server->handle_count].rights = rights;
    server->open_handles++;
    handle[4] = (uint8_t)++server->handle_count;
    ndr_write_bytes(answer, handle, sizeof(handle));
}

static size_t read_handle(const struct fake_services *server, struct ndr_reader *request)
{
    uint8_t handle[20];

    ndr_read_bytes(request, handle, sizeof(handle));
    expect(handle[4] > 0 && handle[4] <= server->handle_count);
    expect(server->handles[handle[4] - 1].service != CLOSED);
    return handle[4] - 1U;
}

/* The service of the request's handle, when it was opened with these rights; else NULL. */
static struct fake_service *read_service(struct fake_services *server, struct ndr_reader *request,
                                         uint32_t rights)
{
    size_t handle = read_handle(server, request);

    expect(server->handles[handle].service >= 0);
    if ((server->handles[handle].rights & rights) != rights)
        return NULL;
    return &server->services[server->handles[handle].service];
}

static int find(const struct fake_services *server, const char *name)
{
    for (int i = 0; i < FAKE_SERVICES; i++) {
        if (server->services[i].name && strcasecmp(server->services[i].name, name) == 0)
            return i;
    }
    return -1;
}

/* Lets a service arrive where it is on its way to. */
static void arrive(const struct fake_services *server, struct fake_service *service)
{
    if (service->goal == 0 || server->now_ms < service->due_ms)
        return;
    service->state = service->goal;
    if (service->goal == SERVICE_RUNNING && service->ends_with != 0) {
        service->state = SERVICE_STOPPED;
        service->exit_code = service->ends_with;
    }
    service->process = service->state == SERVICE_RUNNING ? service->process + 1 : service->process;
    service->goal = 0;
}

static void send_to(const struct fake_services *server, struct fake_service *service, uint32_t goal,
                    int64_t in_ms)
{
    service->state = goal == SERVICE_RUNNING ? SERVICE_START_PENDING : SERVICE_STOP_PENDING;
    service->goal = goal;
    service->begun_ms = server->now_ms;
    service->due_ms = in_ms == FAKE_FOR_EVER ? INT64_MAX : server->now_ms + in_ms;
    arrive(server, service);
}

static void write_status(const struct fake_services *server, struct fake_service *service,
                         struct ndr_writer *answer)
{
    int64_t since = server->now_ms - service->begun_ms;
    bool lingers;

    arrive(server, service);
    lingers = service->state == SERVICE_STOP_PENDING && since < service->lingers_ms;
    ndr_write_u32(answer, service->type);
    ndr_write_u32(answer, lingers ? SERVICE_RUNNING : service->state);
    ndr_write_u32(answer, 1);
    ndr_write_u32(answer, service->exit_code);
    ndr_write_u32(answer, 0);
    ndr_write_u32(answer, service->goal && service->check_point_ms
                              ? (uint32_t)(since / service->check_point_ms)
                              : 0);
    ndr_write_u32(answer, service->goal ? service->wait_hint_ms : 0);
}

static uint32_t open_manager(struct fake_services *server, struct ndr_reader *request,
                             struct ndr_writer *answer)
{
    OWNED(free) char *machine = NULL;
    OWNED(free) char *database = NULL;

    expect(ndr_read_pointer(request));
    machine = read_string(request);
    expect(strncmp(machine, "\\\\", 2) == 0);
    expect(ndr_read_pointer(request));
    database = read_string(request);
    expect(strcmp(database, "ServicesActive") == 0);
    expect(ndr_read_u32(request) == 1);
    write_handle(server, MANAGER, 1, answer);
    return SVCCTL_FINE;
}

static uint32_t open_service(struct fake_services *server, struct ndr_reader *request,
                             struct ndr_writer *answer)
{
    static const uint8_t none[20];
    OWNED(free) char *name = NULL;
    uint32_t rights;
    int service;

    expect(server->handles[read_handle(server, request)].service == MANAGER);
    name = read_string(request);
    rights = ndr_read_u32(request);
    service = find(server, name);
    if (service >= 0)
        write_handle(server, service, rights, answer);
    else
        ndr_write_bytes(answer, none, sizeof(none));
    return service >= 0 ? SVCCTL_FINE : SVCCTL_NO_SERVICE;
}

static uint32_t close_handle(struct fake_services *server, struct ndr_reader *request,
                             struct ndr_writer *answer)
{
    static const uint8_t none[20];

    server->handles[read_handle(server, request)].service = CLOSED;
    server->open_handles--;
    ndr_write_bytes(answer, none, sizeof(none));
    return SVCCTL_FINE;
}

static uint32_t give_name(const char *name, struct ndr_writer *answer)
{
    write_string(answer, name ? name : "");
    ndr_write_u32(answer, name ? (uint32_t)strlen(name) : 0);
    return name ? SVCCTL_FINE : SVCCTL_NO_SERVICE;
}

static uint32_t get_key_name(struct fake_services *server, struct ndr_reader *request,
                             struct ndr_writer *answer)
{
    OWNED(free) char *name = NULL;

    expect(server->handles[read_handle(server, request)].service == MANAGER);
    name = read_string(request);
    expect(ndr_read_u32(request) > 256);
    for (size_t i = 0; i < FAKE_SERVICES; i++) {
        const char *displayed = server->services[i].display_name;

        if (server->services[i].name && displayed && strcasecmp(displayed, name) == 0)
            return give_name(server->services[i].name, answer);
    }
    return give_name(NULL, answer);
}

static uint32_t get_display_name(struct fake_services *server, struct ndr_reader *request,
                                 struct ndr_writer *answer)
{
    OWNED(free) char *name = NULL;
    int service;

    expect(server->handles[read_handle(server, request)].service == MANAGER);
    name = read_string(request);
    expect(ndr_read_u32(request) > 256);
    service = find(server, name);
    return give_name(service >= 0 ? server->services[service].display_name : NULL, answer);
}

static uint32_t query_status(struct fake_services *server, struct ndr_reader *request,
                             struct ndr_writer *answer)
{
    struct fake_service *service = read_service(server, request, SVCCTL_QUERY_STATUS);

    expect(service != NULL);
    write_status(server, service, answer);
    return SVCCTL_FINE;
}

static uint32_t query_status_ex(struct fake_services *server, struct ndr_reader *request,
                                struct ndr_writer *answer)
{
    struct fake_service *service = read_service(server, request, SVCCTL_QUERY_STATUS);

    expect(service != NULL);
    expect(ndr_read_u32(request) == 0);
    expect(ndr_read_u32(request) == 36);
    ndr_write_u32(answer, 36);
    write_status(server, service, answer);
    ndr_write_u32(answer, service->process); /* as Samba does, also for one that has stopped */
    ndr_write_u32(answer, 0);
    ndr_write_u32(answer, 36);
    return SVCCTL_FINE;
}

static uint32_t query_config(struct fake_services *server, struct ndr_reader *request,
                             struct ndr_writer *answer)
{
    const struct fake_service *service = read_service(server, request, SVCCTL_QUERY_CONFIG);

    expect(service != NULL);
    expect(ndr_read_u32(request) == 8192);
    ndr_write_u32(answer, service->type);
    ndr_write_u32(answer, service->start);
    ndr_write_u32(answer, 1);
    ndr_write_pointer(answer, true);
    ndr_write_pointer(answer, false);
    ndr_write_u32(answer, 0);
    ndr_write_pointer(answer, true);
    ndr_write_pointer(answer, true);
    ndr_write_pointer(answer, service->display_name != NULL);
    write_string(answer, "C:\\Windows\\service.exe");
    write_string(answer, "RPCSS/");
    write_string(answer, "LocalSystem");
    if (service->display_name)
        write_string(answer, service->display_name);
    ndr_write_u32(answer, 300);
    return SVCCTL_FINE;
}

static uint32_t change_config(struct fake_services *server, struct ndr_reader *request,
                              struct ndr_writer *answer)
{
    struct fake_service *service = read_service(server, request, SVCCTL_CHANGE_CONFIG);
    uint32_t start;

    expect(ndr_read_u32(request) == 0xffffffff);
    start = ndr_read_u32(request);
    expect(ndr_read_u32(request) == 0xffffffff);
    for (int i = 0; i < 9; i++)
        expect(ndr_read_u32(request) == 0);
    ndr_write_pointer(answer, false);
    if (!service)
        return SVCCTL_DENIED;
    service->start = start;
    text_format(&server->log, "change %s; ", service_start_name(start));
    return SVCCTL_FINE;
}

static uint32_t query_config_2(struct fake_services *server, struct ndr_reader *request,
                               struct ndr_writer *answer)
{
    const struct fake_service *service = read_service(server, request, SVCCTL_QUERY_CONFIG);

    expect(service != NULL);
    expect(ndr_read_u32(request) == 3);
    expect(ndr_read_u32(request) == 4);
    ndr_write_u32(answer, 4);
    ndr_write_u32(answer, service->delayed && !server->lacks_delayed);
    ndr_write_u32(answer, server->lacks_delayed ? 0 : 4);
    return server->lacks_delayed ? SVCCTL_INVALID_LEVEL : SVCCTL_FINE;
}

static uint32_t change_config_2(struct fake_services *server, struct ndr_reader *request,
                                struct ndr_writer *answer)
{
    struct fake_service *service = read_service(server, request, SVCCTL_CHANGE_CONFIG);
    uint32_t delayed;

    (void)answer;
    expect(ndr_read_u32(request) == 3);
    expect(ndr_read_u32(request) == 3);
    expect(ndr_read_pointer(request));
    delayed = ndr_read_u32(request);
    if (!service)
        return SVCCTL_DENIED;
    if (service->start != SERVICE_AUTO)
        return 87;
    service->delayed = delayed != 0;
    text_format(&server->log, "delayed %u; ", delayed);
    return SVCCTL_FINE;
}

static uint32_t start_service(struct fake_services *server, struct ndr_reader *request,
                              struct ndr_writer *answer)
{
    struct fake_service *service = read_service(server, request, SVCCTL_START);

    (void)answer;
    expect(ndr_read_u32(request) == 0 && !ndr_read_pointer(request));
    if (!service)
        return SVCCTL_DENIED;
    arrive(server, service);
    if (service->start == SERVICE_DISABLED)
        return SVCCTL_DISABLED;
    if (service->state != SERVICE_STOPPED)
        return SVCCTL_RUNNING;
    text_append(&server->log, "start; ");
    send_to(server, service, SERVICE_RUNNING, service->starts_in_ms);
    return SVCCTL_FINE;
}

static bool is_needed(const struct fake_services *server, const char *name)
{
    int service = find(server, name);

    return service < 0 || server->services[service].state != SERVICE_STOPPED;
}

static uint32_t refuse_stop(const struct fake_services *server, const struct fake_service *service)
{
    for (size_t i = 0; i < FAKE_NEEDED_BY && service->needed_by[i]; i++) {
        if (is_needed(server, service->needed_by[i]))
            return SVCCTL_DEPENDED_ON;
    }
    return service->state == SERVICE_STOPPED ? SVCCTL_NOT_RUNNING : SVCCTL_FINE;
}

static uint32_t control(struct fake_services *server, struct ndr_reader *request,
                        struct ndr_writer *answer)
{
    struct fake_service *service = read_service(server, request, SVCCTL_STOP);
    uint32_t code = SVCCTL_DENIED;

    expect(ndr_read_u32(request) == 1);
    if (service)
        code = refuse_stop(server, service);
    if (code == SVCCTL_FINE) {
        text_append(&server->log, "stop; ");
        send_to(server, service, SERVICE_STOPPED, service->stops_in_ms);
        write_status(server, service, answer);
    }
    for (int i = 0; code != SVCCTL_FINE && i < 7; i++)
        ndr_write_u32(answer, 0);
    return code;
}

/* The structures come first, then the names that they point into. */
static uint32_t enum_dependents(struct fake_services *server, struct ndr_reader *request,
                                struct ndr_writer *answer)
{
    const struct fake_service *service = read_service(server, request, SVCCTL_DEPENDENTS);
    uint32_t count = 0;
    uint32_t room;
    uint32_t at;

    expect(service != NULL && ndr_read_u32(request) == 1);
    room = ndr_read_u32(request);
    ndr_write_u32(answer, room);
    while (count < FAKE_NEEDED_BY && service->needed_by[count] &&
           is_needed(server, service->needed_by[count]))
        count++;
    at = 36 * count;
    for (uint32_t i = 0; i < count; i++) {
        ndr_write_u32(answer, at);
        ndr_write_u32(answer, at);
        at += UNIT * ((uint32_t)strlen(service->needed_by[i]) + 1);
        for (int j = 0; j < 7; j++)
            ndr_write_u32(answer, 4);
    }
    for (uint32_t i = 0; i < count; i++) {
        OWNED(bytes_release) struct bytes utf16 = to_utf16(service->needed_by[i]);

        ndr_write_bytes(answer, utf16.at, utf16.size);
        ndr_write_bytes(answer, "\0", UNIT);
    }
    for (; at < room; at++)
        ndr_write_u8(answer, 0);
    ndr_write_u32(answer, 0);
    ndr_write_u32(answer, count);
    return SVCCTL_FINE;
}

static const struct server_call {
    enum svcctl_opnum opnum;
    uint32_t (*run)(struct fake_services *, struct ndr_reader *, struct ndr_writer *);
    size_t zeros; /* in front of the code, when the call is refused */
} server_calls[] = {
    { SVCCTL_CLOSE_HANDLE, close_handle, 20 },
    { SVCCTL_CONTROL, control, 28 },
    { SVCCTL_QUERY_STATUS_OF, query_status, 28 },
    { SVCCTL_CHANGE_CONFIG_OF, change_config, 4 },
    { SVCCTL_ENUM_DEPENDENTS, enum_dependents, 12 },
    { SVCCTL_OPEN_MANAGER, open_manager, 20 },
    { SVCCTL_OPEN_SERVICE, open_service, 20 },
    { SVCCTL_QUERY_CONFIG_OF, query_config, 40 },
    { SVCCTL_START_SERVICE, start_service, 0 },
    { SVCCTL_GET_DISPLAY_NAME, get_display_name, 16 },
    { SVCCTL_GET_KEY_NAME, get_key_name, 16 },
    { SVCCTL_CHANGE_CONFIG_2, change_config_2, 0 },
    { SVCCTL_QUERY_CONFIG_2, query_config_2, 8 },
    { SVCCTL_QUERY_STATUS_EX, query_status_ex, 8 },
};

static const struct server_call *find_call(unsigned opnum)
{
    for (size_t i = 0; i < LENGTH(server_calls); i++) {
        if (server_calls[i].opnum == opnum)
            return &server_calls[i];
    }
    abort();
}

static void serve(struct fake_services *server, unsigned opnum, const struct bytes *request,
                  struct bytes *ret_answer)
{
    static const uint8_t zeros[64];
    const struct server_call *call = find_call(opnum);
    struct ndr_reader reader = ndr_reader(request);
    struct ndr_writer writer = NDR_UP_TO(ANSWER_CEILING);
    struct ajar_error err = AJAR_NO_ERROR;
    uint32_t code = server->code;

    if (code != 0 && server->code_opnum == opnum) {
        ndr_write_bytes(&writer, zeros, call->zeros);
    } else {
        code = call->run(server, &reader, &writer);
        expect(ndr_read_end(&reader, "request", &err));
    }
    ndr_write_u32(&writer, code);
    expect(ndr_write_end(&writer, "answer", ret_answer, &err));
}

static bool fail_broken(struct fake_services *server, struct ajar_error *err)
{
    server->broken = true;
    return ajar_fail(err, AJAR_ETIMEOUT, "fake pipe: no answer to call %zu", server->calls);
}

static bool is_lacking(const struct fake_services *server, unsigned opnum)
{
    return (server->lacks_status_ex && opnum == SVCCTL_QUERY_STATUS_EX) ||
           (server->lacks_key_name && opnum == SVCCTL_GET_KEY_NAME);
}

static bool call(struct rpc_pipe *pipe, unsigned opnum, const struct bytes *request,
                 struct bytes *ret_answer, struct ajar_error *err)
{
    struct fake_services *server = ((struct fake_services_pipe *)pipe)->server;
    struct bytes answer = { 0 };

    if (server->broken)
        return ajar_fail(err, AJAR_EUNREACHABLE, "fake pipe: broken");
    if (server->before_call)
        server->before_call(server, opnum);
    if (++server->calls == server->fail_at && !server->fail_after)
        return fail_broken(server, err);
    if (is_lacking(server, opnum)) {
        ajar_fail(err, AJAR_EPROTOCOL, "fake pipe: fault");
        return ajar_native(err, FAULT_NO_SUCH_CALL);
    }
    serve(server, opnum, request, &answer);
    if (server->calls == server->fail_at) {
        bytes_release(&answer);
        return fail_broken(server, err);
    }
    *ret_answer = answer;
    return true;
}

static void close_pipe(struct rpc_pipe *pipe)
{
    free(pipe);
}

struct fake_services *fake_services_new(void)
{
    struct fake_services *server = calloc(1, sizeof(*server));

    expect(server != NULL);
    server->log = TEXT_UP_TO(4096);
    return server;
}

void fake_services_free(struct fake_services *server)
{
    text_release(&server->log);
    free(server);
}

struct rpc_pipe *fake_services_pipe(struct fake_services *server)
{
    static const struct rpc_pipe_methods methods = { .call = call, .close = close_pipe };
    struct fake_services_pipe *pipe = calloc(1, sizeof(*pipe));

    expect(pipe != NULL);
    pipe->pipe.methods = &methods;
    pipe->server = server;
    return &pipe->pipe;
}

struct svcctl *fake_services_open(struct fake_services *server)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct svcctl *client = NULL;

    expect(svcctl_open(fake_services_pipe(server), "pes.source.test", &client, &err));
    return client;
}

static int64_t tell_time(void *user)
{
    return ((struct fake_services *)user)->now_ms;
}

static void pass_time(int64_t ms, void *user)
{
    struct fake_services *server = user;

    server->now_ms += ms;
    if (server->pauses == 0 || ms < server->shortest_pause_ms)
        server->shortest_pause_ms = ms;
    if (ms > server->longest_pause_ms)
        server->longest_pause_ms = ms;
    server->pauses++;
}

struct patience fake_services_patience(struct fake_services *server, int64_t ceiling_ms)
{
    return (struct patience){
        .ceiling_ms = ceiling_ms, .now_ms = tell_time, .pause = pass_time, .user = server
    };
}
