/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/rpc/pipe_samba_private.h"

#include <core/ntstatus.h>

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

static const struct meaning *find_meaning(NTSTATUS code)
{
    for (size_t i = 0; i < LENGTH(meanings); i++) {
        if (NT_STATUS_EQUAL(meanings[i].code, code))
            return &meanings[i];
    }
    return NULL;
}

bool smb_session_fail(const struct smb_session *session, uint32_t status, const char *doing,
                      struct ajar_error *err)
{
    NTSTATUS code = NT_STATUS(status);
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
