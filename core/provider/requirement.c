/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/requirement.h"

#include <string.h>

/* One row a sort, in the order in which `ajar check` is best read. */
static const struct requirement *const requirements[] = {
    &requirement_service,
    &requirement_audit,
    &requirement_controller,
    &requirement_empty_group,
    &requirement_member,
    &require_right,
    &requirement_names,
    &requirement_ports,
    &requirement_clock,
    &requirement_trust,
    &requirement_password_server,
    &requirement_credential_guard,
    &requirement_registry,
    &requirement_names,            /* without names, nothing else is found */
    &requirement_ports,            /* or reached */
    &requirement_clock,            /* or let in */
    &requirement_trust,            /* between the domains */
    &requirement_password_server,  /* on a host */
    &requirement_credential_guard, /* on a host */
    &requirement_registry,         /* all else on a host */
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
