/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/rpc/pipe_samba_private.h"

#include "base/text.h"

#include <core/ntstatus.h>
#include <dcerpc.h>
#include <netdb.h>
#include <string.h>
#include <time.h>

/* How long to wait for the service behind a pipe that is not there yet, and how often to look. */
#define PATIENCE_MS 5000
#define PAUSE_MS    250

DEFINE_OWNED(TALLOC_CTX *, talloc_free);

/* Where the pipe is: ncacn_np:HOST[\pipe\NAME,smb2]. */
static bool make_binding(const struct smb_session *session, const char *name, TALLOC_CTX *memory,
                         struct dcerpc_binding **ret_binding, struct ajar_error *err)
{
    struct dcerpc_binding *binding = NULL;
    const char *endpoint = talloc_asprintf(memory, "\\pipe\\%s", name);

    if (!endpoint || !NT_STATUS_IS_OK(dcerpc_parse_binding(memory, "ncacn_np:", &binding)) ||
        !NT_STATUS_IS_OK(dcerpc_binding_set_string_option(binding, "host", session->host)) ||
        !NT_STATUS_IS_OK(
            dcerpc_binding_set_string_option(binding, "target_hostname", session->host)) ||
        !NT_STATUS_IS_OK(dcerpc_binding_set_string_option(binding, "endpoint", endpoint)) ||
        !NT_STATUS_IS_OK(dcerpc_binding_set_flags(binding, DCERPC_SMB2, 0)))
        return ajar_fail(err, AJAR_ESYSTEM, "\"%s\" makes no RPC binding", session->host);
    *ret_binding = binding;
    return true;
}

/* libdcerpc wants to know an interface by its table; ours has no stubs, only names. It reads
 * `authservices` without asking whether there are any. */
static struct ndr_interface_table *make_table(const struct rpc_interface *interface,
                                              TALLOC_CTX *memory)
{
    struct ndr_interface_table *table = talloc_zero(memory, struct ndr_interface_table);
    struct ndr_interface_string_array *names =
        talloc_zero_array(table, struct ndr_interface_string_array, 2);
    const char **texts = talloc_zero_array(table, const char *, 2);
    const uint8_t *uuid = interface->uuid;

    if (!table || !names || !texts)
        return NULL;
    texts[0] = talloc_asprintf(table, "ncacn_np:[\\pipe\\%s]", interface->pipe);
    texts[1] = "host";
    names[0] = (struct ndr_interface_string_array){ .count = 1, .names = &texts[0] };
    names[1] = (struct ndr_interface_string_array){ .count = 1, .names = &texts[1] };
    table->name = interface->pipe;
    table->num_calls = UINT16_MAX;
    table->endpoints = &names[0];
    table->authservices = &names[1];
    table->syntax_id.if_version = (uint32_t)interface->minor << 16 | interface->major;
    table->syntax_id.uuid.time_low = (uint32_t)uuid[0] | (uint32_t)uuid[1] << 8 |
                                     (uint32_t)uuid[2] << 16 | (uint32_t)uuid[3] << 24;
    table->syntax_id.uuid.time_mid = (uint16_t)(uuid[4] | uuid[5] << 8);
    table->syntax_id.uuid.time_hi_and_version = (uint16_t)(uuid[6] | uuid[7] << 8);
    memcpy(table->syntax_id.uuid.clock_seq, uuid + 8, 2);
    memcpy(table->syntax_id.uuid.node, uuid + 10, 6);
    return texts[0] ? table : NULL;
}

/* Puts our krb5.conf in front of the operator's. */
static void limit_kerberos(const struct smb_session *session, const char *operators)
{
    OWNED(free)
    char *files = text_make("/proc/self/fd/%d:%s", session->kerberos_limit,
                            operators ? operators : "/etc/krb5.conf");

    if (files)
        (void)setenv("KRB5_CONFIG", files, 1);
}

/* And takes it away again. */
static void unlimit_kerberos(const char *operators)
{
    if (operators)
        (void)setenv("KRB5_CONFIG", operators, 1);
    else
        (void)unsetenv("KRB5_CONFIG");
}

/* The first pipe: connects, proves who we are, opens the pipe, binds. */
static NTSTATUS connect_first(struct smb_session *session, const struct dcerpc_binding *binding,
                              const struct ndr_interface_table *table,
                              struct dcerpc_pipe **ret_pipe)
{
    OWNED(free) char *operators = text_copy(getenv("KRB5_CONFIG"));
    NTSTATUS code;

    limit_kerberos(session, operators);
    code = dcerpc_pipe_connect_b(session->memory, ret_pipe, binding, table, session->credentials,
                                 session->events, session->settings);
    unlimit_kerberos(operators);
    /* libdcerpc takes a socket that could not connect for one that did, and stumbles later. */
    return NT_STATUS_EQUAL(code, NT_STATUS_NO_MEMORY) ? NT_STATUS_CONNECTION_REFUSED : code;
}

/* A further pipe on the same connection. */
static NTSTATUS connect_further(struct smb_session *session, const struct dcerpc_binding *binding,
                                const struct ndr_interface_table *table,
                                struct dcerpc_pipe **ret_pipe)
{
    struct dcerpc_pipe *pipe = NULL;
    NTSTATUS code = dcerpc_secondary_connection_recv(
        dcerpc_secondary_connection_send(session->first, binding), &pipe);

    if (!NT_STATUS_IS_OK(code))
        return code;
    code = dcerpc_bind_auth_none(pipe, table);
    if (!NT_STATUS_IS_OK(code))
        talloc_free(pipe);
    else
        *ret_pipe = pipe;
    return code;
}

static bool is_not_there_yet(NTSTATUS code)
{
    return NT_STATUS_EQUAL(code, NT_STATUS_PIPE_NOT_AVAILABLE) ||
           NT_STATUS_EQUAL(code, NT_STATUS_INSTANCE_NOT_AVAILABLE) ||
           NT_STATUS_EQUAL(code, NT_STATUS_PIPE_BUSY) ||
           NT_STATUS_EQUAL(code, NT_STATUS_OBJECT_NAME_NOT_FOUND);
}

/* libdcerpc has one code for a host and a pipe that does not exist. */
static bool has_address(const char *host)
{
    struct addrinfo *addresses = NULL;
    bool found = getaddrinfo(host, NULL, NULL, &addresses) == 0;

    if (found)
        freeaddrinfo(addresses);
    return found;
}

static void pause_briefly(void)
{
    struct timespec pause = { .tv_nsec = PAUSE_MS * 1000000L };

    (void)nanosleep(&pause, NULL);
}

/* Connects, and waits for a service that starts on demand to make its pipe. */
static NTSTATUS connect_patiently(struct smb_session *session, const struct dcerpc_binding *binding,
                                  const struct ndr_interface_table *table,
                                  struct dcerpc_pipe **ret_pipe)
{
    for (int waited = 0;; waited += PAUSE_MS) {
        NTSTATUS code = session->first ? connect_further(session, binding, table, ret_pipe)
                                       : connect_first(session, binding, table, ret_pipe);

        if (!is_not_there_yet(code) || waited >= PATIENCE_MS || session->deadline.passed)
            return code;
        if (waited == 0 && !session->first && !has_address(session->host))
            return NT_STATUS_BAD_NETWORK_PATH;
        pause_briefly();
    }
}

bool samba_pipe_connect(struct samba_pipe *pipe, const struct rpc_interface *interface,
                        struct ajar_error *err)
{
    struct smb_session *session = pipe->session;
    OWNED(talloc_free) TALLOC_CTX *memory = talloc_new(session->memory);
    struct ndr_interface_table *table = make_table(interface, memory);
    struct dcerpc_binding *binding = NULL;
    struct dcerpc_pipe *samba = NULL;
    NTSTATUS code;

    if (!memory || !table)
        return ajar_no_memory(err);
    if (!make_binding(session, interface->pipe, memory, &binding, err) ||
        !smb_session_set_deadline(session, memory, err))
        return false;
    code = connect_patiently(session, binding, table, &samba);
    if (!NT_STATUS_IS_OK(code))
        return smb_session_fail(session, NT_STATUS_V(code), pipe->name, err);
    /* libdcerpc was told to refuse it, and did; trust, but look. */
    if (!dcerpc_transport_encrypted(samba)) {
        talloc_free(samba);
        return smb_session_fail(session, NT_STATUS_V(NT_STATUS_NOT_SUPPORTED), pipe->name, err);
    }
    pipe->samba = samba;
    (void)talloc_steal(samba, table);
    (void)dcerpc_binding_handle_set_timeout(samba->binding_handle,
                                            (uint32_t)session->timeout_ms / 1000 + 2);
    if (!session->first)
        session->first = samba;
    return true;
}
