/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/partner.h"

#include "base/text.h"

bool partner_check(const struct setting *setting, const char *itself, struct ajar_error *err)
{
    const char *partner = setting_value(setting, "partner");

    if (!schema_is_host_name(partner))
        return setting_fail(setting, "partner", err,
                            "partner: \"%s\" is no full DNS name of a domain", partner);
    if (text_same_ignoring_case(partner, setting->where))
        return setting_fail(setting, "partner", err, "%s", itself);
    return true;
}
