/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * "<GUID=...>;<SID=...>;CN=...": a name as the extended-DN control gives it, in its string form
 * ([MS-ADTS] 3.1.1.3.4.1.5). An object without a SID has no SID here; a deleted or foreign one may
 * lack a GUID.
 */
#ifndef AJAR_TRANSPORT_EXTENDED_DN_H
#define AJAR_TRANSPORT_EXTENDED_DN_H

#include "base/guid.h"
#include "base/sid.h"

struct extended_dn {
    bool has_guid;
    bool has_sid;
    struct guid guid;
    struct sid sid;
    const char *dn; /* the plain name: a part of the text that was parsed */
};

/* Also takes a plain name. AJAR_EPROTOCOL for a component that is cut or damaged. */
bool extended_dn_parse(const char *text, struct extended_dn *ret_name, struct ajar_error *err);

#endif
