/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The calls of the service control manager as bytes ([MS-SCMR] 3.1.4): a request is written, an
 * answer is read, nothing is sent. A failed write is AJAR_EPLAN for a name that cannot be a
 * service's, else AJAR_ESYSTEM; a failed read is AJAR_EPROTOCOL and names the message and the byte.
 *
 * Each answer ends with a Win32 error code, `ret_code` here. Where it is not 0 the other outputs
 * are empty.
 */
#ifndef AJAR_TRANSPORT_RPC_SVCCTL_CODEC_H
#define AJAR_TRANSPORT_RPC_SVCCTL_CODEC_H

#include "transport/rpc/svcctl.h"

enum svcctl_opnum {
    SVCCTL_CLOSE_HANDLE = 0,
    SVCCTL_CONTROL = 1,
    SVCCTL_QUERY_STATUS_OF = 6,
    SVCCTL_CHANGE_CONFIG_OF = 11,
    SVCCTL_ENUM_DEPENDENTS = 13,
    SVCCTL_OPEN_MANAGER = 15,
    SVCCTL_OPEN_SERVICE = 16,
    SVCCTL_QUERY_CONFIG_OF = 17,
    SVCCTL_START_SERVICE = 19,
    SVCCTL_GET_DISPLAY_NAME = 20,
    SVCCTL_GET_KEY_NAME = 21,
    SVCCTL_CHANGE_CONFIG_2 = 37,
    SVCCTL_QUERY_CONFIG_2 = 39,
    SVCCTL_QUERY_STATUS_EX = 40,
};

/* Win32 error codes ([MS-ERREF] 2.2). */
#define SVCCTL_FINE          0U
#define SVCCTL_DENIED        5U
#define SVCCTL_SMALL_BUFFER  122U
#define SVCCTL_INVALID_LEVEL 124U
#define SVCCTL_MORE_DATA     234U
#define SVCCTL_DEPENDED_ON   1051U
#define SVCCTL_SLOW          1053U
#define SVCCTL_RUNNING       1056U
#define SVCCTL_DISABLED      1058U
#define SVCCTL_NO_SERVICE    1060U
#define SVCCTL_NOT_RUNNING   1062U

/* The largest buffers that a server takes ([MS-SCMR] 2.2.10, 2.2.11). */
#define SVCCTL_CONFIG_CEILING     8192U
#define SVCCTL_DEPENDENTS_CEILING 0x40000U

/* To connect; the database is always the one of active services. */
bool svcctl_write_open_manager(const char *host, struct bytes *ret_request, struct ajar_error *err);
bool svcctl_write_open_service(const struct svcctl_service *manager, const char *name,
                               uint32_t rights, struct bytes *ret_request, struct ajar_error *err);

/* CloseServiceHandle, QueryServiceStatus: a handle alone. */
bool svcctl_write_handle(const struct svcctl_service *service, const char *message,
                         struct bytes *ret_request, struct ajar_error *err);

/* GetServiceKeyName and GetServiceDisplayName: a name for the other one. */
bool svcctl_write_get_name(const struct svcctl_service *manager, const char *name,
                           const char *message, struct bytes *ret_request, struct ajar_error *err);

bool svcctl_write_query_status_ex(const struct svcctl_service *service, struct bytes *ret_request,
                                  struct ajar_error *err);
bool svcctl_write_query_config(const struct svcctl_service *service, struct bytes *ret_request,
                               struct ajar_error *err);
bool svcctl_write_change_start(const struct svcctl_service *service, enum service_start start,
                               struct bytes *ret_request, struct ajar_error *err);
bool svcctl_write_query_delayed(const struct svcctl_service *service, struct bytes *ret_request,
                                struct ajar_error *err);
bool svcctl_write_change_delayed(const struct svcctl_service *service, bool delayed,
                                 struct bytes *ret_request, struct ajar_error *err);
bool svcctl_write_start(const struct svcctl_service *service, struct bytes *ret_request,
                        struct ajar_error *err);
bool svcctl_write_stop(const struct svcctl_service *service, struct bytes *ret_request,
                       struct ajar_error *err);

/* Asks for at most `room` bytes. */
bool svcctl_write_enum_dependents(const struct svcctl_service *service, uint32_t room,
                                  struct bytes *ret_request, struct ajar_error *err);

/* StartService, ChangeServiceConfig2: nothing but the code. `message` names the answer. */
bool svcctl_read_code(const char *message, const struct bytes *answer, uint32_t *ret_code,
                      struct ajar_error *err);

/* A handle and the code. */
bool svcctl_read_handle(const char *message, const struct bytes *answer,
                        struct svcctl_service *ret_service, uint32_t *ret_code,
                        struct ajar_error *err);

/* `ret_name` is to be freed; NULL unless the code is 0. */
bool svcctl_read_get_name(const char *message, const struct bytes *answer, char **ret_name,
                          uint32_t *ret_code, struct ajar_error *err);

/* QueryServiceStatus and ControlService, which have no process id; QueryServiceStatusEx. */
bool svcctl_read_status(const char *message, const struct bytes *answer,
                        struct service_status *ret_status, uint32_t *ret_code,
                        struct ajar_error *err);
bool svcctl_read_status_ex(const struct bytes *answer, struct service_status *ret_status,
                           uint32_t *ret_code, struct ajar_error *err);

bool svcctl_read_query_config(const struct bytes *answer, struct service_config *ret_config,
                              uint32_t *ret_code, struct ajar_error *err);
bool svcctl_read_change_config(const struct bytes *answer, uint32_t *ret_code,
                               struct ajar_error *err);
bool svcctl_read_query_delayed(const struct bytes *answer, bool *ret_delayed, uint32_t *ret_code,
                               struct ajar_error *err);

/* SVCCTL_MORE_DATA when they need more room. `ret_names` is to be released. */
bool svcctl_read_enum_dependents(const struct bytes *answer, struct service_names *ret_names,
                                 uint32_t *ret_code, struct ajar_error *err);

#endif
