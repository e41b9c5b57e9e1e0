/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The services of one host: the service control manager ([MS-SCMR]). Names are UTF-8 here and
 * UTF-16 on the wire. A service has two names: the key name, by which it is opened
 * ("LanmanServer"), and the display name, for people ("Server").
 *
 * Failures of the manager have its Win32 error as `native`: AJAR_EMISSING (no such service),
 * AJAR_EDENIED, AJAR_ECONFLICT (already running, not running, disabled, dependents run, marked for
 * deletion, busy with another request), AJAR_ETIMEOUT (the service did not answer the manager in
 * time: whether it does what was asked is not known), AJAR_EPROTOCOL for the rest.
 */
#ifndef AJAR_TRANSPORT_RPC_SVCCTL_H
#define AJAR_TRANSPORT_RPC_SVCCTL_H

#include "transport/rpc/pipe.h"

/* Access rights of a service ([MS-SCMR] 3.1.4). */
#define SVCCTL_QUERY_CONFIG  0x00000001U
#define SVCCTL_CHANGE_CONFIG 0x00000002U
#define SVCCTL_QUERY_STATUS  0x00000004U
#define SVCCTL_DEPENDENTS    0x00000008U
#define SVCCTL_START         0x00000010U
#define SVCCTL_STOP          0x00000020U

struct svcctl; /* the bound pipe and the open manager */

struct svcctl_service {
    uint8_t handle[20]; /* dies with the pipe */
};

enum service_state {
    SERVICE_STOPPED = 1,
    SERVICE_START_PENDING,
    SERVICE_STOP_PENDING,
    SERVICE_RUNNING,
    SERVICE_CONTINUE_PENDING,
    SERVICE_PAUSE_PENDING,
    SERVICE_PAUSED,
};

enum service_start {
    SERVICE_BOOT, /* drivers only, and SYSTEM */
    SERVICE_SYSTEM,
    SERVICE_AUTO,
    SERVICE_DEMAND,
    SERVICE_DISABLED,
};

/* [MS-SCMR] 2.2.47 and 2.2.49. */
struct service_status {
    uint32_t type;
    uint32_t state; /* enum service_state */
    uint32_t accepted;
    uint32_t exit_code;
    uint32_t service_exit_code;
    uint32_t check_point; /* grows while a pending state makes progress */
    uint32_t wait_hint_ms;
    uint32_t process_id; /* 0: it has no process, or the server does not tell */
};

/* [MS-SCMR] 2.2.15. */
struct service_config {
    uint32_t type;
    uint32_t start;     /* enum service_start */
    char *path;         /* of its program, as it is called; owned, never NULL */
    char *display_name; /* owned, never NULL */
};

/* Key names of services; owned. */
struct service_names {
    size_t count;
    char **names;
};

/* Opens the manager of `host`, to connect only, on a pipe that is bound to svcctl. The pipe belongs
 * to `*ret_services` from then on; on failure it stays the caller's. */
bool svcctl_open(struct rpc_pipe *pipe, const char *host, struct svcctl **ret_services,
                 struct ajar_error *err);

/* Opens a service by its key name. */
bool svcctl_open_service(struct svcctl *services, const char *name, uint32_t rights,
                         struct svcctl_service *ret_service, struct ajar_error *err);

/* From one name to the other; to be freed. AJAR_EMISSING when no service is called so, also when
 * the server does not offer the call (Samba). */
bool svcctl_key_name(struct svcctl *services, const char *display_name, char **ret_name,
                     struct ajar_error *err);
bool svcctl_display_name(struct svcctl *services, const char *name, char **ret_display_name,
                         struct ajar_error *err);

/* With the process where the server can tell it, else without. */
bool svcctl_query_status(struct svcctl *services, const struct svcctl_service *service,
                         struct service_status *ret_status, struct ajar_error *err);

/* `ret_config` is to be released. */
bool svcctl_query_config(struct svcctl *services, const struct svcctl_service *service,
                         struct service_config *ret_config, struct ajar_error *err);

/* Changes the start type, and nothing else. */
bool svcctl_change_start(struct svcctl *services, const struct svcctl_service *service,
                         enum service_start start, struct ajar_error *err);

/* Does a service that starts by itself wait until the others have started? False on a server that
 * does not know of it (Samba). */
bool svcctl_query_delayed(struct svcctl *services, const struct svcctl_service *service,
                          bool *ret_delayed, struct ajar_error *err);

/* The service must start by itself (SERVICE_AUTO) for it to be delayed. */
bool svcctl_change_delayed(struct svcctl *services, const struct svcctl_service *service,
                           bool delayed, struct ajar_error *err);

/* Asks for it and returns: the service is then on its way, and svcctl_query_status() tells how far.
 * The manager does not stop a service while others that run depend on it. */
bool svcctl_start(struct svcctl *services, const struct svcctl_service *service,
                  struct ajar_error *err);
bool svcctl_stop(struct svcctl *services, const struct svcctl_service *service,
                 struct ajar_error *err);

/* The services that depend on it and are not stopped; to be released. */
bool svcctl_list_dependents(struct svcctl *services, const struct svcctl_service *service,
                            struct service_names *ret_names, struct ajar_error *err);

bool svcctl_close_service(struct svcctl *services, struct svcctl_service *service,
                          struct ajar_error *err);

/* "running", "start-pending"; NULL for a number that is no state. "auto", "demand"; likewise. */
const char *service_state_name(uint32_t state);
const char *service_start_name(uint32_t start);

/* And back from the name of a start type. */
bool service_start_parse(const char *name, enum service_start *ret_start);

void service_config_release(struct service_config *config);
DEFINE_OWNED_STRUCT(struct service_config, service_config_release);

void service_names_release(struct service_names *names);
DEFINE_OWNED_STRUCT(struct service_names, service_names_release);

/* Closes the pipe, too. */
void svcctl_close(struct svcctl *services);
DEFINE_OWNED(struct svcctl *, svcctl_close);

#endif
