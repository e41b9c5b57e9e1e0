/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libdcerpc waits by running our event loop until it is content. A deadline reaches into that: when
 * it has passed, the loop's hook makes each further turn of the loop fail (give_up_when_late), at
 * whatever depth it is waiting (SMB, Kerberos, the resolver), and a timer that does nothing sees to
 * it that there is a further turn. What was under way is freed with its request.
 *
 * States of a session: no connection (`first` is NULL) -> connected -> broken. smb_session_pipe()
 * makes the connection, with the first pipe; call() breaks it, by an answer that did not come.
 * smb_session_pipe() starts over when no pipe is open any more.
 */
#include "transport/rpc/pipe_samba.h"

#include "base/text.h"

#include <netdb.h>
#include <sys/mman.h>
#include <time.h>

/* Samba's headers use bool without including it, and mark as deprecated what we need:
 * tevent_loop_set_nesting_hook() is the only public way to end a wait inside libdcerpc. */
#define TEVENT_DEPRECATED
#include <tevent.h>

#include <core/ntstatus.h>
#include <credentials.h>
#include <dcerpc.h>
#include <param.h>
#include <util/tevent_ntstatus.h>

/* How long to wait for the service behind a pipe that is not there yet, and how often to look. */
#define PATIENCE_MS 5000
#define PAUSE_MS    250

const struct rpc_interface rpc_winreg = {
    .pipe = "winreg",
    .uuid = { 0x01, 0xd0, 0x8c, 0x33, 0x44, 0x22, 0xf1, 0x31, 0xaa, 0xaa, 0x90, 0x00, 0x38, 0x00,
              0x10, 0x03 },
    .major = 1,
    .minor = 0,
};

struct deadline {
    struct timeval at;
    bool passed; /* somebody waited for longer */
};

struct smb_session {
    char *host;
    int timeout_ms;
    TALLOC_CTX *memory; /* all that is below */
    struct tevent_context *events;
    struct loadparm_context *settings;
    struct cli_credentials *credentials;
    struct dcerpc_pipe *first; /* carries the connection, and each pipe after it */
    int open_pipes;
    bool broken;
    int kerberos_limit;       /* descriptor of a krb5.conf that says how long to wait for a KDC */
    struct deadline deadline; /* of the wait that is under way */
};

struct samba_pipe {
    struct rpc_pipe pipe;
    struct smb_session *session;
    struct dcerpc_pipe *samba;
    char *name;
};

#define SEE_HOST "see whether the host is up and answers, then try again; --timeout waits longer"

static const struct meaning {
    NTSTATUS code;
    enum ajar_status status;
    const char *text;
    const char *hint;
} meanings[] = {
    { NT_STATUS_CONNECTION_REFUSED, AJAR_EUNREACHABLE, "port 445 cannot be reached",
      "check that the host is up and that SMB is not blocked by a firewall" },
    { NT_STATUS_HOST_UNREACHABLE, AJAR_EUNREACHABLE, "no route to the host",
      "check the network between here and there" },
    { NT_STATUS_NETWORK_UNREACHABLE, AJAR_EUNREACHABLE, "no route to its network",
      "check the network between here and there" },
    { NT_STATUS_CONNECTION_RESET, AJAR_EUNREACHABLE, "the host closed the connection", NULL },
    { NT_STATUS_CONNECTION_DISCONNECTED, AJAR_EUNREACHABLE, "the host closed the connection",
      NULL },
    { NT_STATUS_CONNECTION_ABORTED, AJAR_EUNREACHABLE, "the host closed the connection", NULL },
    { NT_STATUS_LOCAL_DISCONNECT, AJAR_EUNREACHABLE, "the connection is closed", NULL },
    { NT_STATUS_BAD_NETWORK_PATH, AJAR_EUNREACHABLE, "no address is known for this name",
      "check the name and DNS" },
    { NT_STATUS_BAD_NETWORK_NAME, AJAR_EUNREACHABLE, "the host has no IPC$ share", NULL },
    { NT_STATUS_LOGON_FAILURE, AJAR_ELOGIN, "the host refuses the Kerberos ticket",
      "check the host's name, the ticket (klist) and the clocks" },
    { NT_STATUS_NO_LOGON_SERVERS, AJAR_ELOGIN, "no KDC gives a ticket for the host",
      "check krb5.conf and that the ticket (klist) is still valid" },
    { NT_STATUS_INVALID_PARAMETER, AJAR_ELOGIN, "no Kerberos ticket for the host could be had",
      "check that the name is the host's full DNS name and that the ticket (klist) is still "
      "valid" },
    { NT_STATUS_TIME_DIFFERENCE_AT_DC, AJAR_ELOGIN, "the clocks differ too much",
      "set this host's clock" },
    { NT_STATUS_CANT_ACCESS_DOMAIN_INFO, AJAR_ELOGIN, "no Kerberos ticket could be read", NULL },
    { NT_STATUS_NOT_SUPPORTED, AJAR_EINSECURE, "the host does not offer SMB 3 encryption",
      "allow encryption on the host (Windows: Set-SmbServerConfiguration; Samba: server smb "
      "encrypt)" },
    { NT_STATUS_PROTOCOL_NOT_SUPPORTED, AJAR_EINSECURE, "the host does not speak SMB 3",
      "ajar needs SMB 3 with encryption" },
    { NT_STATUS_INVALID_NETWORK_RESPONSE, AJAR_EPROTOCOL, "the host does not answer as SMB 3 does",
      NULL },
    { NT_STATUS_ACCESS_DENIED, AJAR_EDENIED, "access denied",
      "the account must be an administrator of the host" },
    { NT_STATUS_NETWORK_ACCESS_DENIED, AJAR_EDENIED, "access denied",
      "the account must be an administrator of the host" },
    { NT_STATUS_OBJECT_NAME_NOT_FOUND, AJAR_EMISSING, "no such pipe",
      "is the service behind it (Remote Registry) disabled on the host?" },
    { NT_STATUS_PIPE_NOT_AVAILABLE, AJAR_EMISSING, "the pipe is not available",
      "is the service behind it (Remote Registry) disabled on the host?" },
    { NT_STATUS_NO_MEMORY, AJAR_ESYSTEM, "out of memory", NULL },
};

static void talloc_free_slot(TALLOC_CTX **slot)
{
    talloc_free(*slot);
}

static const struct meaning *find_meaning(NTSTATUS code)
{
    for (size_t i = 0; i < LENGTH(meanings); i++) {
        if (NT_STATUS_EQUAL(meanings[i].code, code))
            return &meanings[i];
    }
    return NULL;
}

/* Ends each turn of the event loop once the deadline has passed. */
static int give_up_when_late(struct tevent_context *events, void *data, uint32_t level, bool begin,
                             void *stack, const char *location)
{
    struct deadline *deadline = data;

    (void)events;
    (void)level;
    (void)stack;
    (void)location;
    if (begin && timeval_expired(&deadline->at))
        deadline->passed = true;
    return deadline->passed ? -1 : 0;
}

static void wake(struct tevent_context *events, struct tevent_timer *timer, struct timeval now,
                 void *data)
{
    (void)events;
    (void)timer;
    (void)now;
    (void)data;
}

/* Starts the clock: what follows must be done within the session's time limit. The timer is freed
 * with `memory`. */
static bool set_deadline(struct smb_session *session, TALLOC_CTX *memory, struct ajar_error *err)
{
    uint32_t limit = (uint32_t)session->timeout_ms;

    session->deadline.at = tevent_timeval_current_ofs(limit / 1000, limit % 1000 * 1000);
    session->deadline.passed = false;
    if (!tevent_add_timer(session->events, memory, session->deadline.at, wake, NULL))
        return ajar_no_memory(err);
    return true;
}

/* Says what `code` means. `doing` is what was under way; the host stands in front. */
static bool fail_with(const struct smb_session *session, NTSTATUS code, const char *doing,
                      struct ajar_error *err)
{
    const struct meaning *meaning = find_meaning(code);

    if (session->deadline.passed || NT_STATUS_EQUAL(code, NT_STATUS_IO_TIMEOUT)) {
        code = NT_STATUS_IO_TIMEOUT;
        ajar_fail(err, AJAR_ETIMEOUT, "%s: %s: no answer within %d ms", session->host, doing,
                  session->timeout_ms);
        ajar_hint(err, SEE_HOST);
    } else if (meaning) {
        ajar_fail(err, meaning->status, "%s: %s: %s", session->host, doing, meaning->text);
        if (meaning->hint)
            ajar_hint(err, meaning->hint);
    } else {
        ajar_fail(err, AJAR_EPROTOCOL, "%s: %s: %s", session->host, doing, nt_errstr(code));
    }
    return ajar_native(err, NT_STATUS_V(code));
}

static void samba_pipe_free(struct samba_pipe *pipe)
{
    /* The first one carries the connection and stays with the session. */
    if (pipe->samba && pipe->samba != pipe->session->first)
        talloc_free(pipe->samba);
    pipe->session->open_pipes--;
    free(pipe->name);
    free(pipe);
}
DEFINE_OWNED(struct samba_pipe *, samba_pipe_free);

static void close_pipe(struct rpc_pipe *pipe)
{
    samba_pipe_free((struct samba_pipe *)pipe);
}

/* A fault is the server's own answer; anything else means that the answer did not come. */
static bool fail_call(struct samba_pipe *pipe, NTSTATUS code, struct ajar_error *err)
{
    struct smb_session *session = pipe->session;
    uint32_t fault = pipe->samba->last_fault_code;

    if (fault != 0 && NT_STATUS_EQUAL(code, NT_STATUS_ACCESS_DENIED))
        return fail_with(session, code, pipe->name, err);
    if (fault != 0) {
        ajar_fail(err, AJAR_EPROTOCOL, "%s: %s: the server answers with fault 0x%08x (%s)",
                  session->host, pipe->name, fault, nt_errstr(code));
        return ajar_native(err, fault);
    }
    session->broken = true;
    if (session->deadline.passed || NT_STATUS_EQUAL(code, NT_STATUS_IO_TIMEOUT))
        return fail_with(session, code, pipe->name, err);
    ajar_fail(err, AJAR_ETIMEOUT, "%s: %s: the connection broke before an answer came (%s)",
              session->host, pipe->name, nt_errstr(code));
    ajar_hint(err, SEE_HOST);
    return ajar_native(err, NT_STATUS_V(code));
}

/* Runs one call within the time limit; all that it allocates is `memory`'s. */
static NTSTATUS run_call(struct samba_pipe *pipe, TALLOC_CTX *memory, unsigned opnum,
                         const struct bytes *request, struct bytes *ret_view)
{
    struct tevent_context *events = pipe->session->events;
    struct tevent_req *call;
    uint32_t flags = 0;

    pipe->samba->last_fault_code = 0;
    call = dcerpc_binding_handle_raw_call_send(memory, events, pipe->samba->binding_handle, NULL,
                                               opnum, 0, request->at, request->size);
    if (!call)
        return NT_STATUS_NO_MEMORY;
    if (!tevent_req_poll(call, events))
        return NT_STATUS_IO_TIMEOUT;
    return dcerpc_binding_handle_raw_call_recv(call, memory, &ret_view->at, &ret_view->size,
                                               &flags);
}

static bool call(struct rpc_pipe *rpc_pipe, unsigned opnum, const struct bytes *request,
                 struct bytes *ret_answer, struct ajar_error *err)
{
    struct samba_pipe *pipe = (struct samba_pipe *)rpc_pipe;
    struct smb_session *session = pipe->session;
    OWNED(talloc_free) TALLOC_CTX *memory = talloc_new(session->memory);
    struct bytes view = { 0 };
    NTSTATUS code;

    if (!memory)
        return ajar_no_memory(err);
    if (session->broken || !dcerpc_binding_handle_is_connected(pipe->samba->binding_handle))
        return ajar_fail(err, AJAR_EUNREACHABLE,
                         "%s: %s: the connection broke earlier; nothing was sent", session->host,
                         pipe->name);
    if (!set_deadline(session, memory, err))
        return false;
    code = run_call(pipe, memory, opnum, request, &view);
    if (!NT_STATUS_IS_OK(code))
        return fail_call(pipe, code, err);
    return bytes_copy(view.at, view.size, ret_answer, err);
}

static const struct rpc_pipe_methods methods = { .call = call, .close = close_pipe };

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

/* Heimdal waits for a KDC in a loop of its own, which no deadline of ours can end, for 30 seconds
 * and more than once. Its configuration can say less; the first of several files wins. */
static bool make_kerberos_limit(struct smb_session *session, struct ajar_error *err)
{
    /* It asks twice, and each time takes up to a second more. */
    int seconds = session->timeout_ms >= 4000 ? session->timeout_ms / 2000 - 1 : 1;

    session->kerberos_limit = memfd_create("krb5.conf", MFD_CLOEXEC);
    if (session->kerberos_limit < 0 ||
        dprintf(session->kerberos_limit, "[libdefaults]\nkdc_timeout = %d\nmax_retries = 1\n",
                seconds) < 0)
        return ajar_fail(err, AJAR_ESYSTEM, "could not write a krb5.conf in memory: %m");
    return true;
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

/* Frees a connection that broke, once nobody uses it any more. */
static bool forget_broken(struct smb_session *session, struct ajar_error *err)
{
    if (!session->first)
        return true;
    if (!session->broken && dcerpc_binding_handle_is_connected(session->first->binding_handle))
        return true;
    if (session->open_pipes > 0)
        return ajar_fail(err, AJAR_EUNREACHABLE, "%s: the connection broke earlier", session->host);
    talloc_free(session->first);
    session->first = NULL;
    session->broken = false;
    return true;
}

/* Connects a pipe that is named and counted already. */
static bool connect_pipe(struct samba_pipe *pipe, const struct rpc_interface *interface,
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
        !set_deadline(session, memory, err))
        return false;
    code = connect_patiently(session, binding, table, &samba);
    if (!NT_STATUS_IS_OK(code))
        return fail_with(session, code, pipe->name, err);
    /* libdcerpc was told to refuse it, and did; trust, but look. */
    if (!dcerpc_transport_encrypted(samba)) {
        talloc_free(samba);
        return fail_with(session, NT_STATUS_NOT_SUPPORTED, pipe->name, err);
    }
    pipe->samba = samba;
    (void)talloc_steal(samba, table);
    (void)dcerpc_binding_handle_set_timeout(samba->binding_handle,
                                            (uint32_t)session->timeout_ms / 1000 + 2);
    if (!session->first)
        session->first = samba;
    return true;
}

bool smb_session_pipe(struct smb_session *session, const struct rpc_interface *interface,
                      struct rpc_pipe **ret_pipe, struct ajar_error *err)
{
    OWNED(samba_pipe_free) struct samba_pipe *pipe = NULL;

    if (!forget_broken(session, err))
        return false;
    pipe = calloc(1, sizeof(*pipe));
    if (!pipe)
        return ajar_no_memory(err);
    pipe->pipe.methods = &methods;
    pipe->session = session;
    session->open_pipes++;
    pipe->name = text_make("pipe %s", interface->pipe);
    if (!pipe->name)
        return ajar_no_memory(err);
    if (!connect_pipe(pipe, interface, err))
        return false;
    *ret_pipe = &pipe->pipe;
    pipe = NULL;
    return true;
}

/* Everything that smb.conf could say differently: it is never read. */
static const struct option {
    const char *name;
    const char *value;
} settings[] = {
    { "log level", "all:-1" }, /* libraries do not print */
    { "client smb encrypt", "required" },
    { "client signing", "required" },
    { "client ipc signing", "required" },
    { "client min protocol", "SMB3_00" },
    { "client ipc min protocol", "SMB3_00" },
    { "client use kerberos", "required" },
    { "name resolve order", "host" },
    { "disable netbios", "yes" },
    { "smb ports", "445" },
};

static bool make_settings(struct smb_session *session, struct ajar_error *err)
{
    session->settings = loadparm_init_global(false);
    if (!session->settings)
        return ajar_no_memory(err);
    for (size_t i = 0; i < LENGTH(settings); i++) {
        if (!lpcfg_set_cmdline(session->settings, settings[i].name, settings[i].value))
            return ajar_fail(err, AJAR_ESYSTEM, "libdcerpc does not know the setting \"%s\"",
                             settings[i].name);
    }
    return true;
}

/* Kerberos from this one cache, or nothing. */
static bool make_credentials(struct smb_session *session, const char *cache, struct ajar_error *err)
{
    const char *reason = NULL;

    session->credentials = cli_credentials_init(session->memory);
    if (!session->credentials)
        return ajar_no_memory(err);
    (void)cli_credentials_set_conf(session->credentials, session->settings);
    (void)cli_credentials_set_kerberos_state(session->credentials, CRED_USE_KERBEROS_REQUIRED,
                                             CRED_SPECIFIED);
    if (cli_credentials_set_ccache(session->credentials, session->settings, cache, CRED_SPECIFIED,
                                   &reason) != 0) {
        ajar_fail(err, AJAR_ELOGIN, "ticket cache %s: %s", cache,
                  reason ? reason : "it cannot be read");
        return ajar_hint(err, "get a ticket with kinit");
    }
    return true;
}

static bool make_events(struct smb_session *session, struct ajar_error *err)
{
    session->events = tevent_context_init(session->memory);
    if (!session->events)
        return ajar_no_memory(err);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    tevent_loop_set_nesting_hook(session->events, give_up_when_late, &session->deadline);
#pragma GCC diagnostic pop
    return true;
}

bool smb_session_open(const char *host, const struct login *login, const struct ticket *ticket,
                      struct smb_session **ret_session, struct ajar_error *err)
{
    OWNED(smb_session_close) struct smb_session *session = calloc(1, sizeof(*session));

    if (!session)
        return ajar_no_memory(err);
    session->timeout_ms = login->timeout_ms;
    session->kerberos_limit = -1;
    session->host = text_copy(host);
    session->memory = talloc_new(NULL);
    if (!session->host || !session->memory)
        return ajar_no_memory(err);
    if (!NT_STATUS_IS_OK(dcerpc_init()))
        return ajar_fail(err, AJAR_ESYSTEM, "libdcerpc could not be started");
    if (!make_kerberos_limit(session, err) || !make_events(session, err) ||
        !make_settings(session, err) || !make_credentials(session, ticket_cache(ticket), err))
        return ajar_while(err, "%s", host);
    *ret_session = session;
    session = NULL;
    return true;
}

void smb_session_close(struct smb_session *session)
{
    talloc_free(session->memory);
    close_slot(&session->kerberos_limit);
    free(session->host);
    free(session);
}
