/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Security identifiers ([MS-DTYP] 2.4.2): the text S-1-5-32-544 and the bytes that LDAP and RPC
 * carry. Two principals are the same exactly when their identifiers are.
 */
#ifndef AJAR_BASE_SID_H
#define AJAR_BASE_SID_H

#include <ajar/error.h>

#include <stddef.h>
#include <stdint.h>

/* Revision, count, six bytes of authority, at most fifteen sub-authorities. */
#define SID_SIZE_CEILING 68

struct sid {
    uint8_t size; /* 8 + 4 for each sub-authority */
    uint8_t bytes[SID_SIZE_CEILING];
};

/* The longest text of a SID, with its NUL, fits. */
#define SID_TEXT_SIZE 192

/* AJAR_EPLAN for a text that is no SID ([MS-DTYP] 2.4.2.1); the text is quoted. */
bool sid_parse(const char *text, struct sid *ret_sid, struct ajar_error *err);

/* AJAR_EPROTOCOL unless the bytes are one SID, from the first to the last. */
bool sid_from_bytes(const void *bytes, size_t size, struct sid *ret_sid, struct ajar_error *err);

void sid_format(const struct sid *sid, char ret_text[SID_TEXT_SIZE]);

bool sid_same(const struct sid *a, const struct sid *b);

/* The name of a SID that is the same everywhere ([MS-DTYP] 2.4.2.4), as people know it
 * ("Everyone"), or NULL. */
const char *sid_well_known_name(const struct sid *sid);

/* The SID of a well-known name, as plan files spell it ("anonymous-logon") or as people do
 * ("Anonymous Logon"), in any case. False, and nothing is set, for any other name. */
bool sid_from_name(const char *name, struct sid *ret_sid);

#endif
