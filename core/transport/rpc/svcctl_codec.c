/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/rpc/svcctl_codec.h"

#include "base/text.h"
#include "base/utf16.h"
#include "transport/rpc/ndr.h"

/* A request is a handle, two names at most, and some fields. */
#define REQUEST_CEILING 4096U

/* The longest name of a service, key name or display name ([MS-SCMR] 3.1.4.11). */
#define NAME_CEILING 256U

/* The longest name that is asked for, in UTF-16 units ([MS-SCMR] 3.1.4.20, 3.1.4.21). */
#define NAME_ROOM 4096U

#define CONNECT_TO_MANAGER  1U
#define CONTROL_STOP        1U
#define ACTIVE              1U
#define NO_CHANGE           0xffffffffU
#define LEVEL_PROCESS       0U
#define LEVEL_DELAYED_START 3U

enum { UNIT = 2, STATUS_EX_SIZE = 36, DELAYED_SIZE = 4, DEPENDENT_SIZE = 36 };

static void write_handle(struct ndr_writer *writer, const struct svcctl_service *service)
{
    ndr_write_bytes(writer, service->handle, sizeof(service->handle));
}

/* [string]: its characters and a NUL. */
static bool write_string(struct ndr_writer *writer, const char *string, struct ajar_error *err)
{
    static const uint8_t nul[UNIT];
    OWNED(bytes_release) struct bytes utf16 = { 0 };
    uint32_t units;

    if (!utf16_from_utf8(string, &utf16, err))
        return ajar_while(err, "name of a service");
    if (utf16.size > NAME_CEILING * UNIT)
        return ajar_fail(err, AJAR_EPLAN, "name of a service of %zu characters: at most %u fit",
                         utf16.size / UNIT, NAME_CEILING);
    units = (uint32_t)utf16.size / UNIT + 1;
    ndr_write_u32(writer, units);
    ndr_write_u32(writer, 0);
    ndr_write_u32(writer, units);
    ndr_write_bytes(writer, utf16.at, utf16.size);
    ndr_write_bytes(writer, nul, sizeof(nul));
    return true;
}

bool svcctl_write_open_manager(const char *host, struct bytes *ret_request, struct ajar_error *err)
{
    OWNED(ndr_writer_release) struct ndr_writer writer = NDR_UP_TO(REQUEST_CEILING);
    OWNED(free) char *machine = text_make("\\\\%s", host);

    if (!machine)
        return ajar_no_memory(err);
    ndr_write_pointer(&writer, true);
    if (!write_string(&writer, machine, err))
        return false;
    ndr_write_pointer(&writer, true);
    if (!write_string(&writer, "ServicesActive", err))
        return false;
    ndr_write_u32(&writer, CONNECT_TO_MANAGER);
    return ndr_write_end(&writer, "OpenSCManager request", ret_request, err);
}

bool svcctl_write_open_service(const struct svcctl_service *manager, const char *name,
                               uint32_t rights, struct bytes *ret_request, struct ajar_error *err)
{
    OWNED(ndr_writer_release) struct ndr_writer writer = NDR_UP_TO(REQUEST_CEILING);

    write_handle(&writer, manager);
    if (!write_string(&writer, name, err))
        return false;
    ndr_write_u32(&writer, rights);
    return ndr_write_end(&writer, "OpenService request", ret_request, err);
}

bool svcctl_write_handle(const struct svcctl_service *service, const char *message,
                         struct bytes *ret_request, struct ajar_error *err)
{
    OWNED(ndr_writer_release) struct ndr_writer writer = NDR_UP_TO(REQUEST_CEILING);

    write_handle(&writer, service);
    return ndr_write_end(&writer, message, ret_request, err);
}

bool svcctl_write_get_name(const struct svcctl_service *manager, const char *name,
                           const char *message, struct bytes *ret_request, struct ajar_error *err)
{
    OWNED(ndr_writer_release) struct ndr_writer writer = NDR_UP_TO(REQUEST_CEILING);

    write_handle(&writer, manager);
    if (!write_string(&writer, name, err))
        return false;
    ndr_write_u32(&writer, NAME_ROOM);
    return ndr_write_end(&writer, message, ret_request, err);
}

bool svcctl_write_query_status_ex(const struct svcctl_service *service, struct bytes *ret_request,
                                  struct ajar_error *err)
{
    OWNED(ndr_writer_release) struct ndr_writer writer = NDR_UP_TO(REQUEST_CEILING);

    write_handle(&writer, service);
    ndr_write_u16(&writer, LEVEL_PROCESS); /* an enumeration: 16 bits ([C706] 14.2.5) */
    ndr_write_u32(&writer, STATUS_EX_SIZE);
    return ndr_write_end(&writer, "QueryServiceStatusEx request", ret_request, err);
}

bool svcctl_write_query_config(const struct svcctl_service *service, struct bytes *ret_request,
                               struct ajar_error *err)
{
    OWNED(ndr_writer_release) struct ndr_writer writer = NDR_UP_TO(REQUEST_CEILING);

    write_handle(&writer, service);
    ndr_write_u32(&writer, SVCCTL_CONFIG_CEILING);
    return ndr_write_end(&writer, "QueryServiceConfig request", ret_request, err);
}

bool svcctl_write_change_start(const struct svcctl_service *service, enum service_start start,
                               struct bytes *ret_request, struct ajar_error *err)
{
    OWNED(ndr_writer_release) struct ndr_writer writer = NDR_UP_TO(REQUEST_CEILING);

    write_handle(&writer, service);
    ndr_write_u32(&writer, NO_CHANGE); /* its type */
    ndr_write_u32(&writer, start);
    ndr_write_u32(&writer, NO_CHANGE); /* what happens when it does not start */
    ndr_write_pointer(&writer, false); /* its program */
    ndr_write_pointer(&writer, false); /* its group */
    ndr_write_pointer(&writer, false); /* its place in the group */
    ndr_write_pointer(&writer, false); /* what it depends on, ... */
    ndr_write_u32(&writer, 0);         /* ... in bytes */
    ndr_write_pointer(&writer, false); /* its account */
    ndr_write_pointer(&writer, false); /* the account's password, ... */
    ndr_write_u32(&writer, 0);         /* ... in bytes */
    ndr_write_pointer(&writer, false); /* its display name */
    return ndr_write_end(&writer, "ChangeServiceConfig request", ret_request, err);
}

bool svcctl_write_query_delayed(const struct svcctl_service *service, struct bytes *ret_request,
                                struct ajar_error *err)
{
    OWNED(ndr_writer_release) struct ndr_writer writer = NDR_UP_TO(REQUEST_CEILING);

    write_handle(&writer, service);
    ndr_write_u32(&writer, LEVEL_DELAYED_START);
    ndr_write_u32(&writer, DELAYED_SIZE);
    return ndr_write_end(&writer, "QueryServiceConfig2 request", ret_request, err);
}

bool svcctl_write_change_delayed(const struct svcctl_service *service, bool delayed,
                                 struct bytes *ret_request, struct ajar_error *err)
{
    OWNED(ndr_writer_release) struct ndr_writer writer = NDR_UP_TO(REQUEST_CEILING);

    write_handle(&writer, service);
    ndr_write_u32(&writer, LEVEL_DELAYED_START);
    ndr_write_u32(&writer, LEVEL_DELAYED_START); /* once more: which arm of the union follows */
    ndr_write_pointer(&writer, true);
    ndr_write_u32(&writer, delayed);
    return ndr_write_end(&writer, "ChangeServiceConfig2 request", ret_request, err);
}

bool svcctl_write_start(const struct svcctl_service *service, struct bytes *ret_request,
                        struct ajar_error *err)
{
    OWNED(ndr_writer_release) struct ndr_writer writer = NDR_UP_TO(REQUEST_CEILING);

    write_handle(&writer, service);
    ndr_write_u32(&writer, 0); /* no arguments */
    ndr_write_pointer(&writer, false);
    return ndr_write_end(&writer, "StartService request", ret_request, err);
}

bool svcctl_write_stop(const struct svcctl_service *service, struct bytes *ret_request,
                       struct ajar_error *err)
{
    OWNED(ndr_writer_release) struct ndr_writer writer = NDR_UP_TO(REQUEST_CEILING);

    write_handle(&writer, service);
    ndr_write_u32(&writer, CONTROL_STOP);
    return ndr_write_end(&writer, "ControlService request", ret_request, err);
}

bool svcctl_write_enum_dependents(const struct svcctl_service *service, uint32_t room,
                                  struct bytes *ret_request, struct ajar_error *err)
{
    OWNED(ndr_writer_release) struct ndr_writer writer = NDR_UP_TO(REQUEST_CEILING);

    write_handle(&writer, service);
    ndr_write_u32(&writer, ACTIVE);
    ndr_write_u32(&writer, room);
    return ndr_write_end(&writer, "EnumDependentServices request", ret_request, err);
}

bool svcctl_read_code(const char *message, const struct bytes *answer, uint32_t *ret_code,
                      struct ajar_error *err)
{
    struct ndr_reader reader = ndr_reader(answer);
    uint32_t code = ndr_read_u32(&reader);

    if (!ndr_read_end(&reader, message, err))
        return false;
    *ret_code = code;
    return true;
}

bool svcctl_read_handle(const char *message, const struct bytes *answer,
                        struct svcctl_service *ret_service, uint32_t *ret_code,
                        struct ajar_error *err)
{
    struct ndr_reader reader = ndr_reader(answer);
    struct svcctl_service service;
    uint32_t code;

    ndr_read_bytes(&reader, service.handle, sizeof(service.handle));
    code = ndr_read_u32(&reader);
    if (!ndr_read_end(&reader, message, err))
        return false;
    *ret_service = service;
    *ret_code = code;
    return true;
}

/* The characters of a string; the NUL at the end counts on the wire, but not in a text. */
static bool take_string(const struct ndr_array *units, char **ret_text, struct ajar_error *err)
{
    size_t size = (size_t)units->count * UNIT;

    if (size > 0 && units->at[size - 1] == 0 && units->at[size - 2] == 0)
        size -= UNIT;
    return utf16_to_utf8(units->at, size, ret_text, err);
}

bool svcctl_read_get_name(const char *message, const struct bytes *answer, char **ret_name,
                          uint32_t *ret_code, struct ajar_error *err)
{
    struct ndr_reader reader = ndr_reader(answer);
    struct ndr_array units = ndr_read_varying(&reader, UNIT);
    uint32_t code;
    char *name = NULL;

    (void)ndr_read_u32(&reader); /* its length, which the string says itself */
    code = ndr_read_u32(&reader);
    if (!ndr_read_end(&reader, message, err))
        return false;
    if (code == SVCCTL_FINE && !take_string(&units, &name, err))
        return ajar_while(err, "%s", message);
    *ret_name = name;
    *ret_code = code;
    return true;
}

/* SERVICE_STATUS ([MS-SCMR] 2.2.47): seven numbers. */
static struct service_status read_status(struct ndr_reader *reader)
{
    struct service_status status = { .type = ndr_read_u32(reader) };

    status.state = ndr_read_u32(reader);
    status.accepted = ndr_read_u32(reader);
    status.exit_code = ndr_read_u32(reader);
    status.service_exit_code = ndr_read_u32(reader);
    status.check_point = ndr_read_u32(reader);
    status.wait_hint_ms = ndr_read_u32(reader);
    return status;
}

static void demand_state(struct ndr_reader *reader, const struct service_status *status)
{
    if (!service_state_name(status->state))
        ndr_refuse(reader, "has a state that no service can be in");
}

bool svcctl_read_status(const char *message, const struct bytes *answer,
                        struct service_status *ret_status, uint32_t *ret_code,
                        struct ajar_error *err)
{
    struct ndr_reader reader = ndr_reader(answer);
    struct service_status status = read_status(&reader);
    uint32_t code = ndr_read_u32(&reader);

    if (code == SVCCTL_FINE)
        demand_state(&reader, &status);
    if (!ndr_read_end(&reader, message, err))
        return false;
    *ret_status = code == SVCCTL_FINE ? status : (struct service_status){ 0 };
    *ret_code = code;
    return true;
}

/* SERVICE_STATUS_PROCESS ([MS-SCMR] 2.2.49), as bytes within the answer. */
static struct service_status parse_process_status(struct ndr_reader *reader,
                                                  const struct ndr_array *buffer)
{
    struct ndr_reader inside = { .bytes = buffer->at, .size = buffer->count };
    struct service_status status = read_status(&inside);

    status.process_id = ndr_read_u32(&inside);
    (void)ndr_read_u32(&inside); /* does it run in a process of the system? */
    if (inside.fault)
        ndr_refuse(reader, "has a status that ends early");
    return status;
}

bool svcctl_read_status_ex(const struct bytes *answer, struct service_status *ret_status,
                           uint32_t *ret_code, struct ajar_error *err)
{
    struct ndr_reader reader = ndr_reader(answer);
    struct ndr_array buffer = ndr_read_conformant(&reader, 1);
    struct service_status status = { 0 };
    uint32_t code;

    (void)ndr_read_u32(&reader); /* the room that it needs */
    code = ndr_read_u32(&reader);
    if (code == SVCCTL_FINE && !reader.fault) {
        status = parse_process_status(&reader, &buffer);
        demand_state(&reader, &status);
    }
    if (!ndr_read_end(&reader, "QueryServiceStatusEx answer", err))
        return false;
    *ret_status = status;
    *ret_code = code;
    return true;
}

/* QUERY_SERVICE_CONFIGW ([MS-SCMR] 2.2.15), still in the answer's bytes: its strings follow the
 * whole structure, in its order. */
struct config_view {
    uint32_t type;
    uint32_t start;
    struct ndr_array path;
    struct ndr_array display_name;
};

static struct ndr_array read_pointed_string(struct ndr_reader *reader, bool follows)
{
    return follows ? ndr_read_varying(reader, UNIT) : (struct ndr_array){ 0 };
}

static struct config_view read_config(struct ndr_reader *reader)
{
    struct config_view view = { .type = ndr_read_u32(reader) };
    bool has_path;
    bool has_group;
    bool has_dependencies;
    bool has_account;
    bool has_display_name;

    view.start = ndr_read_u32(reader);
    (void)ndr_read_u32(reader); /* what happens when it does not start */
    has_path = ndr_read_pointer(reader);
    has_group = ndr_read_pointer(reader);
    (void)ndr_read_u32(reader); /* its place in the group */
    has_dependencies = ndr_read_pointer(reader);
    has_account = ndr_read_pointer(reader);
    has_display_name = ndr_read_pointer(reader);
    view.path = read_pointed_string(reader, has_path);
    (void)read_pointed_string(reader, has_group);
    (void)read_pointed_string(reader, has_dependencies);
    (void)read_pointed_string(reader, has_account);
    view.display_name = read_pointed_string(reader, has_display_name);
    return view;
}

static bool take_config(const struct config_view *view, struct service_config *ret_config,
                        struct ajar_error *err)
{
    OWNED(service_config_release)
    struct service_config config = { .type = view->type, .start = view->start };

    if (!take_string(&view->path, &config.path, err) ||
        !take_string(&view->display_name, &config.display_name, err))
        return ajar_while(err, "QueryServiceConfig answer");
    *ret_config = config;
    config = (struct service_config){ 0 };
    return true;
}

bool svcctl_read_query_config(const struct bytes *answer, struct service_config *ret_config,
                              uint32_t *ret_code, struct ajar_error *err)
{
    struct ndr_reader reader = ndr_reader(answer);
    struct config_view view = read_config(&reader);
    struct service_config config = { 0 };
    uint32_t code;

    (void)ndr_read_u32(&reader); /* the room that it needs */
    code = ndr_read_u32(&reader);
    if (code == SVCCTL_FINE && !service_start_name(view.start))
        ndr_refuse(&reader, "has a start type that does not exist");
    if (!ndr_read_end(&reader, "QueryServiceConfig answer", err))
        return false;
    if (code == SVCCTL_FINE && !take_config(&view, &config, err))
        return false;
    *ret_config = config;
    *ret_code = code;
    return true;
}

bool svcctl_read_change_config(const struct bytes *answer, uint32_t *ret_code,
                               struct ajar_error *err)
{
    struct ndr_reader reader = ndr_reader(answer);
    uint32_t code;

    if (ndr_read_pointer(&reader))
        (void)ndr_read_u32(&reader); /* its place in the group, which was not asked for */
    code = ndr_read_u32(&reader);
    if (!ndr_read_end(&reader, "ChangeServiceConfig answer", err))
        return false;
    *ret_code = code;
    return true;
}

bool svcctl_read_query_delayed(const struct bytes *answer, bool *ret_delayed, uint32_t *ret_code,
                               struct ajar_error *err)
{
    struct ndr_reader reader = ndr_reader(answer);
    struct ndr_array buffer = ndr_read_conformant(&reader, 1);
    struct ndr_reader inside = { .bytes = buffer.at, .size = buffer.count };
    uint32_t delayed = ndr_read_u32(&inside);
    uint32_t code;

    (void)ndr_read_u32(&reader); /* the room that it needs */
    code = ndr_read_u32(&reader);
    if (code == SVCCTL_FINE && inside.fault)
        ndr_refuse(&reader, "does not say whether the start is delayed");
    if (!ndr_read_end(&reader, "QueryServiceConfig2 answer", err))
        return false;
    *ret_delayed = code == SVCCTL_FINE && delayed != 0;
    *ret_code = code;
    return true;
}

/* The NUL-terminated name at `offset` of the buffer, without its NUL; false when it does not end in
 * there, or is longer than a name can be. */
static bool find_name(const struct ndr_array *buffer, uint32_t offset, struct ndr_array *ret_units)
{
    size_t end = (size_t)offset + (NAME_CEILING + 1) * UNIT;

    if (end > buffer->count)
        end = buffer->count;
    for (size_t at = offset; at + UNIT <= end; at += UNIT) {
        if (buffer->at[at] == 0 && buffer->at[at + 1] == 0) {
            *ret_units = (struct ndr_array){ .at = buffer->at + offset,
                                             .count = (uint32_t)(at - offset) / UNIT };
            return true;
        }
    }
    return false;
}

/* ENUM_SERVICE_STATUSW ([MS-SCMR] 2.2.10): where in the buffer its two names are, and a status. */
static bool take_dependent(const struct ndr_array *buffer, uint32_t index, char **ret_name,
                           struct ajar_error *err)
{
    struct ndr_reader inside = { .bytes = buffer->at,
                                 .size = buffer->count,
                                 .at = (size_t)index * DEPENDENT_SIZE };
    struct ndr_array units = { 0 };

    if (!find_name(buffer, ndr_read_u32(&inside), &units))
        return ajar_fail(err, AJAR_EPROTOCOL,
                         "EnumDependentServices answer has a name that does not end in it");
    return take_string(&units, ret_name, err) || ajar_while(err, "EnumDependentServices answer");
}

static bool take_dependents(const struct ndr_array *buffer, uint32_t count,
                            struct service_names *ret_names, struct ajar_error *err)
{
    OWNED(service_names_release) struct service_names names = { 0 };

    if (count > buffer->count / DEPENDENT_SIZE)
        return ajar_fail(err, AJAR_EPROTOCOL,
                         "EnumDependentServices answer names more services than it holds");
    names.names = calloc((size_t)count + 1, sizeof(*names.names));
    if (!names.names)
        return ajar_no_memory(err);
    for (; names.count < count; names.count++) {
        if (!take_dependent(buffer, (uint32_t)names.count, &names.names[names.count], err))
            return false;
    }
    *ret_names = names;
    names = (struct service_names){ 0 };
    return true;
}

bool svcctl_read_enum_dependents(const struct bytes *answer, struct service_names *ret_names,
                                 uint32_t *ret_code, struct ajar_error *err)
{
    struct ndr_reader reader = ndr_reader(answer);
    struct ndr_array buffer = ndr_read_conformant(&reader, 1);
    struct service_names names = { 0 };
    uint32_t count;
    uint32_t code;

    (void)ndr_read_u32(&reader); /* the room that all of them need */
    count = ndr_read_u32(&reader);
    code = ndr_read_u32(&reader);

    if (!ndr_read_end(&reader, "EnumDependentServices answer", err))
        return false;
    if (code == SVCCTL_FINE && !take_dependents(&buffer, count, &names, err))
        return false;
    *ret_names = names;
    *ret_code = code;
    return true;
}
