/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/rpc/svcctl.h"

#include "base/text.h"
#include "transport/rpc/svcctl_codec.h"
#include "transport/rpc/win32_error.h"

#include <string.h>

/* The faults of a server that does not have the call ([MS-ERREF] 2.2; [C706] appendix N), and of
 * one that has it in another form. */
#define FAULT_NO_SUCH_CALL 0x1c010002U
#define FAULT_BAD_STUB     0x000006f7U

/* The names of a few dependents fit, and mostly there are none. */
#define FIRST_ROOM 2048U

struct svcctl {
    struct rpc_pipe *pipe;
    struct svcctl_service manager;
    bool tells_no_process; /* the server has no QueryServiceStatusEx */
};

static const struct win32_meaning meanings[] = {
    { 2, AJAR_EMISSING, "the service's program does not exist" },
    { 3, AJAR_EMISSING, "the folder of the service's program does not exist" },
    { SVCCTL_DENIED, AJAR_EDENIED, "access denied" },
    { 6, AJAR_EPROTOCOL, "the server does not know the handle" },
    { 8, AJAR_EPROTOCOL, "the server is out of memory" },
    { 87, AJAR_EPROTOCOL, "the server finds a parameter wrong" },
    { SVCCTL_SMALL_BUFFER, AJAR_EPROTOCOL, "the answer is larger than the call allows" },
    { 123, AJAR_EMISSING, "no service can be called so" },
    { SVCCTL_INVALID_LEVEL, AJAR_EPROTOCOL, "the server does not support the call" },
    { SVCCTL_MORE_DATA, AJAR_EPROTOCOL, "the list grows while it is read" },
    { SVCCTL_DEPENDED_ON, AJAR_ECONFLICT, "other services that run depend on it" },
    { 1052, AJAR_ECONFLICT, "the service does not take this request in its present state" },
    { SVCCTL_SLOW, AJAR_ETIMEOUT, "the service did not answer the service manager in time" },
    { 1054, AJAR_EPROTOCOL, "the server could not create a thread for the service" },
    { 1055, AJAR_ECONFLICT, "the service database is locked" },
    { SVCCTL_RUNNING, AJAR_ECONFLICT, "the service is running already" },
    { 1057, AJAR_EDENIED, "the service's account does not exist" },
    { SVCCTL_DISABLED, AJAR_ECONFLICT, "the service, or one that it needs, is disabled" },
    { 1059, AJAR_ECONFLICT, "the service depends on itself" },
    { SVCCTL_NO_SERVICE, AJAR_EMISSING, "no such service" },
    { 1061, AJAR_ECONFLICT, "the service cannot take requests at this time" },
    { SVCCTL_NOT_RUNNING, AJAR_ECONFLICT, "the service is not running" },
    { 1063, AJAR_EPROTOCOL, "the service's process could not connect to the service manager" },
    { 1065, AJAR_EMISSING, "the server has no such service database" },
    { 1066, AJAR_EPROTOCOL, "the service ended with an error of its own" },
    { 1067, AJAR_EPROTOCOL, "the service's process ended unexpectedly" },
    { 1068, AJAR_ECONFLICT, "a service that it depends on could not start" },
    { 1069, AJAR_EDENIED, "the service could not log on with its account" },
    { 1070, AJAR_ETIMEOUT, "the service hung while it started" },
    { 1072, AJAR_ECONFLICT, "the service is marked for deletion" },
    { 1075, AJAR_EMISSING, "a service that it depends on does not exist" },
    { 1079, AJAR_ECONFLICT, "the service has another account than others of its process" },
    { 1115, AJAR_EUNREACHABLE, "the server is shutting down" },
};

static const char *const state_names[] = {
    [SERVICE_STOPPED] = "stopped",
    [SERVICE_START_PENDING] = "start-pending",
    [SERVICE_STOP_PENDING] = "stop-pending",
    [SERVICE_RUNNING] = "running",
    [SERVICE_CONTINUE_PENDING] = "continue-pending",
    [SERVICE_PAUSE_PENDING] = "pause-pending",
    [SERVICE_PAUSED] = "paused",
};

static const char *const start_names[] = {
    [SERVICE_BOOT] = "boot",     [SERVICE_SYSTEM] = "system",     [SERVICE_AUTO] = "auto",
    [SERVICE_DEMAND] = "demand", [SERVICE_DISABLED] = "disabled",
};

const char *service_state_name(uint32_t state)
{
    return state < LENGTH(state_names) ? state_names[state] : NULL;
}

const char *service_start_name(uint32_t start)
{
    return start < LENGTH(start_names) ? start_names[start] : NULL;
}

bool service_start_parse(const char *name, enum service_start *ret_start)
{
    for (size_t i = 0; i < LENGTH(start_names); i++) {
        if (strcmp(start_names[i], name) == 0) {
            *ret_start = (enum service_start)i;
            return true;
        }
    }
    return false;
}

static bool judge(uint32_t code, struct ajar_error *err)
{
    return win32_judge(code, meanings, LENGTH(meanings), err);
}

/* Sends a request that its codec made. */
static bool call(struct svcctl *services, enum svcctl_opnum opnum, const struct bytes *request,
                 struct bytes *ret_answer, struct ajar_error *err)
{
    return rpc_call(services->pipe, opnum, request, ret_answer, err);
}

/* Sends a request whose answer is only a code. */
static bool call_for_code(struct svcctl *services, enum svcctl_opnum opnum, const char *message,
                          const struct bytes *request, struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes answer = { 0 };
    uint32_t code;

    return call(services, opnum, request, &answer, err) &&
           svcctl_read_code(message, &answer, &code, err) && judge(code, err);
}

/* Sends a request whose answer is a handle and a code. */
static bool call_for_handle(struct svcctl *services, enum svcctl_opnum opnum, const char *message,
                            const struct bytes *request, struct svcctl_service *ret_service,
                            struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes answer = { 0 };
    struct svcctl_service service;
    uint32_t code;

    if (!call(services, opnum, request, &answer, err) ||
        !svcctl_read_handle(message, &answer, &service, &code, err) || !judge(code, err))
        return false;
    *ret_service = service;
    return true;
}

bool svcctl_open(struct rpc_pipe *pipe, const char *host, struct svcctl **ret_services,
                 struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes request = { 0 };
    OWNED(free) struct svcctl *services = calloc(1, sizeof(*services));

    if (!services)
        return ajar_no_memory(err);
    services->pipe = pipe;
    if (!svcctl_write_open_manager(host, &request, err) ||
        !call_for_handle(services, SVCCTL_OPEN_MANAGER, "OpenSCManager answer", &request,
                         &services->manager, err))
        return ajar_while(err, "could not open the service manager of %s", host);
    *ret_services = services;
    services = NULL;
    return true;
}

bool svcctl_open_service(struct svcctl *services, const char *name, uint32_t rights,
                         struct svcctl_service *ret_service, struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes request = { 0 };

    if (!svcctl_write_open_service(&services->manager, name, rights, &request, err) ||
        !call_for_handle(services, SVCCTL_OPEN_SERVICE, "OpenService answer", &request, ret_service,
                         err))
        return ajar_while(err, "could not open service \"%s\"", name);
    return true;
}

/* Samba has neither of these two calls: it faults on one and wants other bytes for the other. */
static bool call_for_name(struct svcctl *services, enum svcctl_opnum opnum, const char *message,
                          const struct bytes *request, char **ret_name, struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes answer = { 0 };
    OWNED(free) char *name = NULL;
    uint32_t code;

    if (!call(services, opnum, request, &answer, err)) {
        uint32_t fault = err->native;

        if (fault != FAULT_NO_SUCH_CALL && fault != FAULT_BAD_STUB)
            return false;
        *err = AJAR_NO_ERROR;
        ajar_fail(err, AJAR_EMISSING, "the server does not offer the call");
        return ajar_native(err, fault);
    }
    if (!svcctl_read_get_name(message, &answer, &name, &code, err) || !judge(code, err))
        return false;
    *ret_name = name;
    name = NULL;
    return true;
}

bool svcctl_key_name(struct svcctl *services, const char *display_name, char **ret_name,
                     struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes request = { 0 };

    if (!svcctl_write_get_name(&services->manager, display_name, "GetServiceKeyName request",
                               &request, err) ||
        !call_for_name(services, SVCCTL_GET_KEY_NAME, "GetServiceKeyName answer", &request,
                       ret_name, err))
        return ajar_while(err, "could not find the service that is displayed as \"%s\"",
                          display_name);
    return true;
}

bool svcctl_display_name(struct svcctl *services, const char *name, char **ret_display_name,
                         struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes request = { 0 };

    if (!svcctl_write_get_name(&services->manager, name, "GetServiceDisplayName request", &request,
                               err) ||
        !call_for_name(services, SVCCTL_GET_DISPLAY_NAME, "GetServiceDisplayName answer", &request,
                       ret_display_name, err))
        return ajar_while(err, "could not find how service \"%s\" is displayed", name);
    return true;
}

static bool query_status(struct svcctl *services, const struct svcctl_service *service,
                         struct service_status *ret_status, struct ajar_error *err)
{
    static const char message[] = "QueryServiceStatus answer";
    OWNED(bytes_release) struct bytes request = { 0 };
    OWNED(bytes_release) struct bytes answer = { 0 };
    struct service_status status;
    uint32_t code;

    if (!svcctl_write_handle(service, "QueryServiceStatus request", &request, err) ||
        !call(services, SVCCTL_QUERY_STATUS_OF, &request, &answer, err) ||
        !svcctl_read_status(message, &answer, &status, &code, err) || !judge(code, err))
        return false;
    *ret_status = status;
    return true;
}

static bool query_process_status(struct svcctl *services, const struct svcctl_service *service,
                                 struct service_status *ret_status, struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes request = { 0 };
    OWNED(bytes_release) struct bytes answer = { 0 };
    struct service_status status;
    uint32_t code;

    if (!svcctl_write_query_status_ex(service, &request, err) ||
        !call(services, SVCCTL_QUERY_STATUS_EX, &request, &answer, err) ||
        !svcctl_read_status_ex(&answer, &status, &code, err) || !judge(code, err))
        return false;
    *ret_status = status;
    return true;
}

bool svcctl_query_status(struct svcctl *services, const struct svcctl_service *service,
                         struct service_status *ret_status, struct ajar_error *err)
{
    struct ajar_error first = AJAR_NO_ERROR;

    if (!services->tells_no_process) {
        if (query_process_status(services, service, ret_status, &first))
            return true;
        services->tells_no_process = first.native == FAULT_NO_SUCH_CALL;
    }
    if (!services->tells_no_process)
        *err = first;
    else if (query_status(services, service, ret_status, err))
        return true;
    return ajar_while(err, "could not read the service's state");
}

bool svcctl_query_config(struct svcctl *services, const struct svcctl_service *service,
                         struct service_config *ret_config, struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes request = { 0 };
    OWNED(bytes_release) struct bytes answer = { 0 };
    struct service_config config;
    uint32_t code;

    if (!svcctl_write_query_config(service, &request, err) ||
        !call(services, SVCCTL_QUERY_CONFIG_OF, &request, &answer, err) ||
        !svcctl_read_query_config(&answer, &config, &code, err) || !judge(code, err))
        return ajar_while(err, "could not read the service's configuration");
    *ret_config = config;
    return true;
}

bool svcctl_change_start(struct svcctl *services, const struct svcctl_service *service,
                         enum service_start start, struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes request = { 0 };
    OWNED(bytes_release) struct bytes answer = { 0 };
    uint32_t code;

    if (!svcctl_write_change_start(service, start, &request, err) ||
        !call(services, SVCCTL_CHANGE_CONFIG_OF, &request, &answer, err) ||
        !svcctl_read_change_config(&answer, &code, err) || !judge(code, err))
        return ajar_while(err, "could not change the service's start type");
    return true;
}

static bool query_delayed(struct svcctl *services, const struct svcctl_service *service,
                          bool *ret_delayed, struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes request = { 0 };
    OWNED(bytes_release) struct bytes answer = { 0 };
    bool delayed;
    uint32_t code;

    if (!svcctl_write_query_delayed(service, &request, err) ||
        !call(services, SVCCTL_QUERY_CONFIG_2, &request, &answer, err) ||
        !svcctl_read_query_delayed(&answer, &delayed, &code, err) || !judge(code, err))
        return false;
    *ret_delayed = delayed;
    return true;
}

bool svcctl_query_delayed(struct svcctl *services, const struct svcctl_service *service,
                          bool *ret_delayed, struct ajar_error *err)
{
    struct ajar_error inner = AJAR_NO_ERROR;
    bool delayed = false;

    if (!query_delayed(services, service, &delayed, &inner) &&
        inner.native != SVCCTL_INVALID_LEVEL && inner.native != FAULT_NO_SUCH_CALL) {
        *err = inner;
        return ajar_while(err, "could not read whether the service's start is delayed");
    }
    *ret_delayed = delayed;
    return true;
}

bool svcctl_change_delayed(struct svcctl *services, const struct svcctl_service *service,
                           bool delayed, struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes request = { 0 };

    if (!svcctl_write_change_delayed(service, delayed, &request, err) ||
        !call_for_code(services, SVCCTL_CHANGE_CONFIG_2, "ChangeServiceConfig2 answer", &request,
                       err))
        return ajar_while(err, "could not change whether the service's start is delayed");
    return true;
}

bool svcctl_start(struct svcctl *services, const struct svcctl_service *service,
                  struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes request = { 0 };

    if (!svcctl_write_start(service, &request, err) ||
        !call_for_code(services, SVCCTL_START_SERVICE, "StartService answer", &request, err))
        return ajar_while(err, "could not start the service");
    return true;
}

bool svcctl_stop(struct svcctl *services, const struct svcctl_service *service,
                 struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes request = { 0 };
    OWNED(bytes_release) struct bytes answer = { 0 };
    struct service_status status;
    uint32_t code;

    if (!svcctl_write_stop(service, &request, err) ||
        !call(services, SVCCTL_CONTROL, &request, &answer, err) ||
        !svcctl_read_status("ControlService answer", &answer, &status, &code, err) ||
        !judge(code, err))
        return ajar_while(err, "could not stop the service");
    return true;
}

static bool list_once(struct svcctl *services, const struct svcctl_service *service, uint32_t room,
                      struct service_names *ret_names, uint32_t *ret_code, struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes request = { 0 };
    OWNED(bytes_release) struct bytes answer = { 0 };

    return svcctl_write_enum_dependents(service, room, &request, err) &&
           call(services, SVCCTL_ENUM_DEPENDENTS, &request, &answer, err) &&
           svcctl_read_enum_dependents(&answer, ret_names, ret_code, err);
}

static bool list_all(struct svcctl *services, const struct svcctl_service *service,
                     struct service_names *ret_names, struct ajar_error *err)
{
    OWNED(service_names_release) struct service_names names = { 0 };
    uint32_t code;

    if (!list_once(services, service, FIRST_ROOM, &names, &code, err))
        return false;
    if (code == SVCCTL_MORE_DATA &&
        !list_once(services, service, SVCCTL_DEPENDENTS_CEILING, &names, &code, err))
        return false;
    if (!judge(code, err))
        return false;
    *ret_names = names;
    names = (struct service_names){ 0 };
    return true;
}

bool svcctl_list_dependents(struct svcctl *services, const struct svcctl_service *service,
                            struct service_names *ret_names, struct ajar_error *err)
{
    return list_all(services, service, ret_names, err) ||
           ajar_while(err, "could not list what depends on the service");
}

bool svcctl_close_service(struct svcctl *services, struct svcctl_service *service,
                          struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes request = { 0 };

    if (!svcctl_write_handle(service, "CloseServiceHandle request", &request, err) ||
        !call_for_handle(services, SVCCTL_CLOSE_HANDLE, "CloseServiceHandle answer", &request,
                         service, err))
        return ajar_while(err, "could not close the service");
    return true;
}

void service_config_release(struct service_config *config)
{
    free(config->path);
    free(config->display_name);
    *config = (struct service_config){ 0 };
}

void service_names_release(struct service_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->names[i]);
    free(names->names);
    *names = (struct service_names){ 0 };
}

void svcctl_close(struct svcctl *services)
{
    rpc_pipe_close(services->pipe);
    free(services);
}
