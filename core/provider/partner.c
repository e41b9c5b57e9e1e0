/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/partner.h"

#include <string.h>
#include <strings.h>

bool partner_check(const struct setting *setting, const char *itself, struct ajar_error *err)
{
    const char *partner = setting_value(setting, "partner");
    const char *at = setting->where;
    const char *name = NULL;
    size_t size;

    if (!schema_is_host_name(partner))
        return setting_fail(setting, "partner", err,
                            "partner: \"%s\" is no full DNS name of a domain", partner);
    while ((size = setting_next_name(&at, &name)) > 0) {
        if (size == strlen(partner) && strncasecmp(name, partner, size) == 0)
            return setting_fail(setting, "partner", err, "%s", itself);
    }
    return true;
}
