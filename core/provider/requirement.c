/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/requirement.h"

#include <string.h>

/* One row a sort, in the order in which `ajar check` is best read. */
static const struct requirement *const requirements[] = {
    &requirement_names,           /* without names, nothing else is found */
    &requirement_ports,           /* or reached */
    &requirement_clock,           /* or let in */
    &requirement_controller,      /* it is one, and writable */
    &requirement_trust,           /* between the domains */
    &requirement_member,          /* accounts, their groups and rights */
    &requirement_right,           /* on an object */
    &requirement_account,         /* can log in */
    &requirement_credentials,     /* with the password in a file */
    &requirement_object,          /* one user whose password does not sync */
    &requirement_empty_group,     /* for the audit of SID history */
    &requirement_service,         /* on a host, from here on */
    &requirement_events,          /* what a service tells of itself */
    &requirement_audit,           /* what LSA audits */
    &requirement_password_server, /* is there, and can be loaded */
    &requirement_credential_guard,
    &requirement_password_sync_mode,
    &requirement_registry,  /* all else on a host */
    &requirement_no_policy, /* which would undo what was written */
    NULL,
};

const struct requirement *requirement_find(const char *check)
{
    for (size_t i = 0; requirements[i]; i++) {
        if (strcmp(requirements[i]->check, check) == 0)
            return requirements[i];
    }
    return NULL;
}

const struct requirement *const *requirement_all(void)
{
    return requirements;
}
