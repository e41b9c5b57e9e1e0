/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GUIDs ([MS-DTYP] 2.3.4): the text 338cd001-2244-31f1-aaaa-900038001003 and the 16 bytes that LDAP
 * and RPC carry, the first three groups little-endian.
 */
#ifndef AJAR_BASE_GUID_H
#define AJAR_BASE_GUID_H

#include <ajar/error.h>

#include <stdint.h>

struct guid {
    uint8_t bytes[16]; /* as on the wire */
};

#define GUID_TEXT_SIZE 37

/* Accepts the text with or without braces, in any case. AJAR_EPLAN for any other text. */
bool guid_parse(const char *text, struct guid *ret_guid, struct ajar_error *err);

/* Lower case, without braces. */
void guid_format(const struct guid *guid, char ret_text[GUID_TEXT_SIZE]);

bool guid_same(const struct guid *a, const struct guid *b);

#endif
