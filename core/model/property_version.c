/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * replPropertyMetaData is little-endian, without padding to speak of:
 *
 *     u32 version of the form (1)   u32 reserved   u32 count   u32 reserved
 *     count times: u32 attribute    u32 version    u64 seconds since 1601
 *                  16 bytes GUID    u64 usn        u64 usn on this controller
 */
#include "model/property_version.h"

#include "base/clock.h"
#include "base/text.h"
#include "model/xml.h"

#include <errno.h>
#include <string.h>

#define HEADER     16
#define ENTRY      48
#define SINCE_1601 INT64_C(11644473600) /* seconds, until 1970 */

static uint32_t read_u32(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static uint64_t read_u64(const uint8_t *at)
{
    return read_u32(at) | (uint64_t)read_u32(at + 4) << 32;
}

static struct property_version read_entry(const uint8_t *at)
{
    struct property_version version = {
        .version = read_u32(at + 4),
        .written = (int64_t)(read_u64(at + 8) & INT64_MAX) - SINCE_1601,
        .usn = read_u64(at + 32),
    };

    memcpy(version.by.bytes, at + 16, sizeof(version.by.bytes));
    return version;
}

bool property_version_find(const struct bytes *value, uint32_t attribute,
                           struct property_version *ret_version, struct ajar_error *err)
{
    uint32_t count;

    if (value->size < HEADER || read_u32(value->at) != 1)
        return ajar_fail(err, AJAR_EPROTOCOL, "replPropertyMetaData of an unknown form");
    count = read_u32(value->at + 8);
    if ((value->size - HEADER) / ENTRY < count)
        return ajar_fail(err, AJAR_EPROTOCOL, "replPropertyMetaData ends early");
    *ret_version = (struct property_version){ 0 };
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *at = value->at + HEADER + (size_t)i * ENTRY;

        if (read_u32(at) == attribute)
            *ret_version = read_entry(at);
    }
    return true;
}

bool property_number(const char *identifier, uint32_t *ret_number)
{
    static const struct {
        const char *prefix;
        uint32_t number;
    } prefixes[] = {
        { "2.5.4.", 0 },
        { "1.2.840.113556.1.2.", 2 },
        { "1.2.840.113556.1.4.", 9 },
        { "0.9.2342.19200300.100.1.", 21 },
        { "2.16.840.1.113730.3.1.", 22 },
    };

    for (size_t i = 0; i < LENGTH(prefixes); i++) {
        size_t size = strlen(prefixes[i].prefix);
        char *end = NULL;
        unsigned long last;

        if (strncmp(identifier, prefixes[i].prefix, size) != 0)
            continue;
        last = strtoul(identifier + size, &end, 10);
        if (end == identifier + size || *end || last >= 16384) /* more bytes, another prefix */
            return false;
        *ret_number = prefixes[i].number << 16 | (uint32_t)last;
        return true;
    }
    return false;
}

static bool read_number(const char *text, uint64_t most, uint64_t *ret_number,
                        struct ajar_error *err)
{
    char *end = NULL;
    unsigned long long number;

    errno = 0;
    number = strtoull(text, &end, 10);
    if (errno != 0 || *text < '0' || *text > '9' || *end || number > most)
        return ajar_fail(err, AJAR_EPROTOCOL, "\"%s\" is no number", text);
    *ret_number = number;
    return true;
}

static bool take_version(const char *text, struct property_told *told, struct ajar_error *err)
{
    uint64_t number = 0;

    if (!read_number(text, UINT32_MAX, &number, err))
        return false;
    told->version.version = (uint32_t)number;
    return true;
}

static bool take_usn(const char *text, struct property_told *told, struct ajar_error *err)
{
    return read_number(text, UINT64_MAX, &told->version.usn, err);
}

static bool take_time(const char *text, struct property_told *told, struct ajar_error *err)
{
    return clock_read_time(text, &told->version.written, err);
}

static bool take_by(const char *text, struct property_told *told, struct ajar_error *err)
{
    return guid_parse(text, &told->version.by, err);
}

static bool take_attribute(const char *text, struct property_told *told, struct ajar_error *err)
{
    return text_replace(&told->attribute, text, err);
}

static bool take_object(const char *text, struct property_told *told, struct ajar_error *err)
{
    return text_replace(&told->object, text, err);
}

static const struct {
    const char *element;
    bool (*take)(const char *text, struct property_told *told, struct ajar_error *err);
} elements[] = {
    { "pszAttributeName", take_attribute },
    { "pszObjectDn", take_object },
    { "dwVersion", take_version },
    { "ftimeLastOriginatingChange", take_time },
    { "uuidLastOriginatingDsaInvocationID", take_by },
    { "usnOriginatingChange", take_usn },
};

static bool begin(void *user, const struct xml_element *element, struct ajar_error *err)
{
    (void)user;
    (void)element;
    (void)err;
    return true;
}

static bool end(void *user, const struct xml_element *element, struct ajar_error *err)
{
    for (size_t i = 0; i < LENGTH(elements); i++) {
        if (element->depth == 1 && strcmp(element->name, elements[i].element) == 0)
            return elements[i].take(element->text ? element->text : "", user, err) ||
                   ajar_while(err, "%s", element->name);
    }
    return true;
}

bool property_told_read(const struct bytes *value, struct property_told *ret_told,
                        struct ajar_error *err)
{
    static const struct xml_reader reader = { .begin = begin, .end = end };
    OWNED(property_told_release) struct property_told told = { 0 };
    struct xml_reader own = reader;
    struct bytes xml = *value;

    while (xml.size > 0 && (xml.at[xml.size - 1] == '\0' || xml.at[xml.size - 1] == '\n'))
        xml.size--;
    own.user = &told;
    if (!xml_read(&xml, &own, err)) {
        if (err->status != AJAR_ESYSTEM)
            err->status = AJAR_EPROTOCOL;
        return ajar_while(err, "metadata of replication");
    }
    if (!told.attribute)
        return ajar_fail(err, AJAR_EPROTOCOL, "metadata of replication without an attribute");
    *ret_told = told;
    told = (struct property_told){ 0 };
    return true;
}

void property_told_release(struct property_told *told)
{
    free(told->attribute);
    free(told->object);
    *told = (struct property_told){ 0 };
}
