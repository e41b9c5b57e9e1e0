/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/sid.h"

#include "base/cleanup.h"
#include "base/text.h"

#include <inttypes.h>

enum { REVISION = 1, AUTHORITY_AT = 2, SUB_AUTHORITIES_AT = 8, SUB_AUTHORITY_CEILING = 15 };

static const struct well_known {
    const char *word; /* in plan files */
    const char *name; /* for people */
    const char *sid;
} well_known[] = {
    { "nobody", "Nobody", "S-1-0-0" },
    { "everyone", "Everyone", "S-1-1-0" },
    { "creator-owner", "Creator Owner", "S-1-3-0" },
    { "network", "Network", "S-1-5-2" },
    { "interactive", "Interactive", "S-1-5-4" },
    { "service", "Service", "S-1-5-6" },
    { "anonymous-logon", "Anonymous Logon", "S-1-5-7" },
    { "enterprise-domain-controllers", "Enterprise Domain Controllers", "S-1-5-9" },
    { "self", "Self", "S-1-5-10" },
    { "authenticated-users", "Authenticated Users", "S-1-5-11" },
    { "local-system", "Local System", "S-1-5-18" },
    { "local-service", "Local Service", "S-1-5-19" },
    { "network-service", "Network Service", "S-1-5-20" },
    { "administrators", "Administrators", "S-1-5-32-544" },
    { "users", "Users", "S-1-5-32-545" },
    { "guests", "Guests", "S-1-5-32-546" },
    { "account-operators", "Account Operators", "S-1-5-32-548" },
    { "server-operators", "Server Operators", "S-1-5-32-549" },
    { "print-operators", "Print Operators", "S-1-5-32-550" },
    { "backup-operators", "Backup Operators", "S-1-5-32-551" },
    { "replicator", "Replicator", "S-1-5-32-552" },
    { "pre-windows-2000-compatible-access", "Pre-Windows 2000 Compatible Access", "S-1-5-32-554" },
    { "remote-desktop-users", "Remote Desktop Users", "S-1-5-32-555" },
    { "network-configuration-operators", "Network Configuration Operators", "S-1-5-32-556" },
    { "incoming-forest-trust-builders", "Incoming Forest Trust Builders", "S-1-5-32-557" },
    { "windows-authorization-access-group", "Windows Authorization Access Group", "S-1-5-32-560" },
    { "event-log-readers", "Event Log Readers", "S-1-5-32-573" },
    { "remote-management-users", "Remote Management Users", "S-1-5-32-580" },
};

static unsigned digit_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return (unsigned)(digit - '0');
    if ((digit >= 'a' && digit <= 'f') || (digit >= 'A' && digit <= 'F'))
        return (unsigned)((digit | 0x20) - 'a' + 10);
    return 16;
}

/* Reads one number, decimal or 0x hexadecimal, and moves `*at` behind it; false when there is none
 * or it is above `ceiling`. */
static bool read_number(const char **at, uint64_t ceiling, uint64_t *ret_number)
{
    bool is_hex = (*at)[0] == '0' && ((*at)[1] == 'x' || (*at)[1] == 'X');
    unsigned base = is_hex ? 16 : 10;
    const char *digits = *at + (is_hex ? 2 : 0);
    const char *end = digits;
    uint64_t number = 0;

    for (; digit_value(*end) < base; end++) {
        number = number * base + digit_value(*end);
        if (number > ceiling)
            return false;
    }
    if (end == digits)
        return false;
    *at = end;
    *ret_number = number;
    return true;
}

static bool read_sid(const char *text, struct sid *ret_sid)
{
    struct sid sid = { .size = SUB_AUTHORITIES_AT, .bytes = { REVISION } };
    uint64_t number;

    if ((text[0] != 'S' && text[0] != 's') || text[1] != '-' || text[2] != '1' || text[3] != '-')
        return false;
    text += 4;
    if (!read_number(&text, 0xffffffffffffU, &number))
        return false;
    for (int i = 0; i < 6; i++)
        sid.bytes[AUTHORITY_AT + i] = (uint8_t)(number >> (8 * (5 - i)));
    for (; *text == '-'; sid.bytes[1]++) {
        text++;
        if (sid.bytes[1] == SUB_AUTHORITY_CEILING || !read_number(&text, UINT32_MAX, &number))
            return false;
        for (int i = 0; i < 4; i++)
            sid.bytes[sid.size++] = (uint8_t)(number >> (8 * i));
    }
    if (*text != '\0')
        return false;
    *ret_sid = sid;
    return true;
}

bool sid_parse(const char *text, struct sid *ret_sid, struct ajar_error *err)
{
    if (!read_sid(text, ret_sid))
        return ajar_fail(err, AJAR_EPLAN, "\"%s\" is no SID such as S-1-5-32-544", text);
    return true;
}

bool sid_from_bytes(const void *bytes, size_t size, struct sid *ret_sid, struct ajar_error *err)
{
    const uint8_t *at = bytes;
    struct sid sid = { 0 };

    if (size < SUB_AUTHORITIES_AT || at[0] != REVISION || at[1] > SUB_AUTHORITY_CEILING ||
        size != SUB_AUTHORITIES_AT + 4 * (size_t)at[1])
        return ajar_fail(err, AJAR_EPROTOCOL, "%zu bytes that are no SID", size);
    sid.size = (uint8_t)size;
    memcpy(sid.bytes, at, size);
    *ret_sid = sid;
    return true;
}

static uint64_t authority(const struct sid *sid)
{
    uint64_t number = 0;

    for (int i = 0; i < 6; i++)
        number = number << 8 | sid->bytes[AUTHORITY_AT + i];
    return number;
}

static uint32_t sub_authority(const struct sid *sid, size_t index)
{
    const uint8_t *at = sid->bytes + SUB_AUTHORITIES_AT + 4 * index;

    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

void sid_format(const struct sid *sid, char ret_text[SID_TEXT_SIZE])
{
    uint64_t top = authority(sid);
    int used;

    /* [MS-DTYP] 2.4.2.1: an authority of 2^32 or more is hexadecimal, always twelve digits. */
    used = snprintf(ret_text, SID_TEXT_SIZE,
                    top <= UINT32_MAX ? "S-1-%" PRIu64 : "S-1-0x%012" PRIx64, top);
    for (size_t i = 0; i < sid->bytes[1]; i++)
        used += snprintf(ret_text + used, SID_TEXT_SIZE - (size_t)used, "-%" PRIu32,
                         sub_authority(sid, i));
}

bool sid_same(const struct sid *a, const struct sid *b)
{
    return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

const char *sid_well_known_name(const struct sid *sid)
{
    char text[SID_TEXT_SIZE];

    sid_format(sid, text);
    for (size_t i = 0; i < LENGTH(well_known); i++) {
        if (strcmp(text, well_known[i].sid) == 0)
            return well_known[i].name;
    }
    return NULL;
}

bool sid_from_name(const char *name, struct sid *ret_sid)
{
    for (size_t i = 0; i < LENGTH(well_known); i++) {
        if (text_same_ignoring_case(name, well_known[i].word) ||
            text_same_ignoring_case(name, well_known[i].name))
            return read_sid(well_known[i].sid, ret_sid);
    }
    return false;
}
