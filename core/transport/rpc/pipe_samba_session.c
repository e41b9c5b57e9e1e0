/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libdcerpc waits by running our event loop until it is content. A deadline reaches into that: when
 * it has passed, the loop's hook makes each further turn of the loop fail (give_up_when_late), at
 * whatever depth it is waiting (SMB, Kerberos, the resolver), and a timer that does nothing sees to
 * it that there is a further turn. What was under way is freed with its request.
 */
#include "transport/rpc/pipe_samba_private.h"

#include "base/text.h"

#include <stdio.h>
#include <sys/mman.h>

/* Samba's headers use bool without including it, and mark as deprecated what we need:
 * tevent_loop_set_nesting_hook() is the only public way to end a wait inside libdcerpc. */
#define TEVENT_DEPRECATED
#include <tevent.h>

#include <core/ntstatus.h>
#include <credentials.h>
#include <dcerpc.h>
#include <param.h>

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

bool smb_session_set_deadline(struct smb_session *session, TALLOC_CTX *memory,
                              struct ajar_error *err)
{
    uint32_t limit = (uint32_t)session->timeout_ms;

    session->deadline.at = tevent_timeval_current_ofs(limit / 1000, limit % 1000 * 1000);
    session->deadline.passed = false;
    if (!tevent_add_timer(session->events, memory, session->deadline.at, wake, NULL))
        return ajar_no_memory(err);
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
