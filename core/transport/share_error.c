/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/share_error.h"

#include "base/cleanup.h"

#include <errno.h>
#include <netdb.h>
#include <string.h>

#define SEE_HOST "see whether the host is up and answers, then try again; --timeout waits longer"

static const struct meaning {
    int code;
    enum ajar_status status;
    const char *text;
    const char *hint;
} meanings[] = {
    { ENOENT, AJAR_EMISSING, "no such file or folder", "" },
    { ENOTDIR, AJAR_EMISSING, "no such file or folder", "" },
    { EACCES, AJAR_EDENIED, "access denied",
      "the account needs the right to change this file; Domain Admins have it" },
    { EPERM, AJAR_EDENIED, "access denied",
      "the account needs the right to change this file; Domain Admins have it" },
    { EROFS, AJAR_EDENIED, "the share is read-only", "" },
    { ENOTEMPTY, AJAR_ECONFLICT, "something is in the folder", "" },
    { EBUSY, AJAR_EUNREACHABLE, "somebody has the file open",
      "close it in the Group Policy editor, then try again" },
    { ETXTBSY, AJAR_EUNREACHABLE, "somebody has the file open",
      "close it in the Group Policy editor, then try again" },
    { ENOSPC, AJAR_EDENIED, "the host's disk is full", "" },
    { ECONNREFUSED, AJAR_EUNREACHABLE, "port 445 cannot be reached",
      "check that the host is up and that SMB is not blocked by a firewall" },
    { EHOSTUNREACH, AJAR_EUNREACHABLE, "no route to the host",
      "check the network between here and there" },
    { ENETUNREACH, AJAR_EUNREACHABLE, "no route to its network",
      "check the network between here and there" },
    { ECONNRESET, AJAR_ETIMEOUT, "the connection broke", SEE_HOST },
    { ECONNABORTED, AJAR_ETIMEOUT, "the connection broke", SEE_HOST },
    { EPIPE, AJAR_ETIMEOUT, "the connection broke", SEE_HOST },
    { ENOTCONN, AJAR_ETIMEOUT, "the connection broke", SEE_HOST },
    { EIO, AJAR_ETIMEOUT, "the connection broke", SEE_HOST },
    { ENOMEM, AJAR_ESYSTEM, "out of memory", "" },
};

static bool fail_as(struct ajar_error *err, enum ajar_status status, const char *text,
                    const char *hint, int code)
{
    ajar_fail(err, status, "%s", text);
    ajar_native(err, (uint32_t)code);
    return ajar_hint(err, hint);
}

bool share_error(struct ajar_error *err, int code, int timeout_ms)
{
    if (code == ETIMEDOUT) {
        ajar_fail(err, AJAR_ETIMEOUT, "no answer within %d ms", timeout_ms);
        ajar_native(err, (uint32_t)code);
        return ajar_hint(err, SEE_HOST);
    }
    for (size_t i = 0; i < LENGTH(meanings); i++) {
        if (meanings[i].code == code)
            return fail_as(err, meanings[i].status, meanings[i].text, meanings[i].hint, code);
    }
    return fail_as(err, AJAR_EPROTOCOL, strerror(code), "", code);
}

static bool has_address(const char *host)
{
    struct addrinfo *addresses = NULL;
    bool found = getaddrinfo(host, NULL, NULL, &addresses) == 0;

    if (found)
        freeaddrinfo(addresses);
    return found;
}

bool share_connect_error(struct ajar_error *err, const char *host, const char *name, int code)
{
    if (!has_address(host))
        return fail_as(err, AJAR_EUNREACHABLE, "no address is known for this name",
                       "check the name and DNS", code);
    if (code == ENOENT || code == ENODEV) {
        ajar_fail(err, AJAR_EMISSING, "the host has no share \"%s\"", name);
        return ajar_native(err, (uint32_t)code);
    }
    if (code == ETIMEDOUT || code == ECONNABORTED || code == ECONNRESET)
        return fail_as(err, AJAR_EUNREACHABLE, "the host does not answer", SEE_HOST, code);
    if (code == ENOSYS || code == EPROTONOSUPPORT)
        return fail_as(err, AJAR_EINSECURE, "the host does not speak SMB 3 with signing",
                       "ajar needs SMB 3: allow it on the host", code);
    if (code == EINVAL)
        return fail_as(err, AJAR_ELOGIN, "no Kerberos ticket for the host could be had",
                       "check that the name is the host's full DNS name and that the ticket "
                       "(klist) is still valid",
                       code);
    if (code == EACCES || code == EPERM)
        return fail_as(err, AJAR_EDENIED, "the host refuses the login, or the share",
                       "check the ticket (klist) and the permissions of the share", code);
    return share_error(err, code, 0);
}
