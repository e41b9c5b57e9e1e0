/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The other domain of a migration, as a requirement names it: `partner = source.test`.
 */
#ifndef AJAR_PROVIDER_PARTNER_H
#define AJAR_PROVIDER_PARTNER_H

#include "model/setting.h"

/* Judges the field: the DNS name of a domain that is not the section's own; `itself` is what to say
 * of one that is. AJAR_EPLAN, "file:line:". */
bool partner_check(const struct setting *setting, const char *itself, struct ajar_error *err);

#endif
