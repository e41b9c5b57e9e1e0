/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers of a service manager from anywhere: they are read or refused, and what was read has the
 * names that it must have. The first byte chooses the call, by its number; the rest is the answer.
 */
#include "base/text.h"
#include "fuzz/fuzz.h"
#include "transport/rpc/svcctl_codec.h"

static void demand(bool truth)
{
    if (!truth)
        abort();
}

static void read_status(unsigned opnum, const struct bytes *answer)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct service_status status;
    uint32_t code;
    bool ok = opnum == SVCCTL_QUERY_STATUS_EX
                  ? svcctl_read_status_ex(answer, &status, &code, &err)
                  : svcctl_read_status("QueryServiceStatus answer", answer, &status, &code, &err);

    demand(!ok || code != SVCCTL_FINE || service_state_name(status.state) != NULL);
}

static void read_config(const struct bytes *answer)
{
    OWNED(service_config_release) struct service_config config = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    uint32_t code;

    if (svcctl_read_query_config(answer, &config, &code, &err) && code == SVCCTL_FINE)
        demand(config.path && config.display_name && service_start_name(config.start));
}

static void read_dependents(const struct bytes *answer)
{
    OWNED(service_names_release) struct service_names names = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    uint32_t code;

    if (!svcctl_read_enum_dependents(answer, &names, &code, &err))
        return;
    for (size_t i = 0; i < names.count; i++)
        demand(names.names[i] != NULL);
}

static void read_other(unsigned opnum, const struct bytes *answer)
{
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(free) char *name = NULL;
    struct svcctl_service service;
    bool delayed;
    uint32_t code;

    if (opnum == SVCCTL_GET_KEY_NAME)
        (void)svcctl_read_get_name("GetServiceKeyName answer", answer, &name, &code, &err);
    else if (opnum == SVCCTL_CHANGE_CONFIG_OF)
        (void)svcctl_read_change_config(answer, &code, &err);
    else if (opnum == SVCCTL_QUERY_CONFIG_2)
        (void)svcctl_read_query_delayed(answer, &delayed, &code, &err);
    else if (opnum == SVCCTL_OPEN_SERVICE)
        (void)svcctl_read_handle("OpenService answer", answer, &service, &code, &err);
    else
        (void)svcctl_read_code("StartService answer", answer, &code, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OWNED(bytes_release) struct bytes answer = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    if (size == 0 || !bytes_copy(data + 1, size - 1, &answer, &err))
        return 0;
    if (data[0] == SVCCTL_QUERY_STATUS_EX || data[0] == SVCCTL_QUERY_STATUS_OF)
        read_status(data[0], &answer);
    else if (data[0] == SVCCTL_QUERY_CONFIG_OF)
        read_config(&answer);
    else if (data[0] == SVCCTL_ENUM_DEPENDENTS)
        read_dependents(&answer);
    else
        read_other(data[0], &answer);
    return 0;
}
