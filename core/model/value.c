/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/value.h"

#include "base/text.h"
#include "base/utf16.h"

#include <errno.h>
#include <inttypes.h>

enum { UNIT = 2 };

/* How much of a value people get to see, in bytes. */
#define SHOWN_TEXT 200
#define SHOWN_HEX  64

static const struct type_name {
    const char *word; /* in plans */
    const char *name; /* regedit's */
} type_names[] = {
    { "none", "REG_NONE" },
    { "sz", "REG_SZ" },
    { "expand_sz", "REG_EXPAND_SZ" },
    { "binary", "REG_BINARY" },
    { "dword", "REG_DWORD" },
    { "dword_be", "REG_DWORD_BIG_ENDIAN" },
    { "link", "REG_LINK" },
    { "multi_sz", "REG_MULTI_SZ" },
    { "resource_list", "REG_RESOURCE_LIST" },
    { "full_resource_descriptor", "REG_FULL_RESOURCE_DESCRIPTOR" },
    { "resource_requirements_list", "REG_RESOURCE_REQUIREMENTS_LIST" },
    { "qword", "REG_QWORD" },
};

static bool parse_number(const char *text, uint64_t ceiling, uint64_t *ret_number)
{
    bool is_hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const char *digits = is_hex ? text + 2 : text;
    unsigned long long number;

    if (digits[0] == '\0' ||
        digits[strspn(digits, is_hex ? "0123456789abcdefABCDEF" : "0123456789")] != '\0')
        return false;
    errno = 0;
    number = strtoull(digits, NULL, is_hex ? 16 : 10);
    if (errno != 0 || number > ceiling)
        return false;
    *ret_number = number;
    return true;
}

void value_type_format(uint32_t type, char ret_name[VALUE_TYPE_SIZE])
{
    if (type < LENGTH(type_names))
        (void)snprintf(ret_name, VALUE_TYPE_SIZE, "%s", type_names[type].name);
    else
        (void)snprintf(ret_name, VALUE_TYPE_SIZE, "type-%" PRIu32, type);
}

bool value_type_parse(const char *word, uint32_t *ret_type)
{
    uint64_t number;

    for (size_t i = 0; i < LENGTH(type_names); i++) {
        if (text_same_ignoring_case(word, type_names[i].word) ||
            text_same_ignoring_case(word, type_names[i].name)) {
            *ret_type = (uint32_t)i;
            return true;
        }
    }
    if (strncmp(word, "type-", 5) != 0 || !parse_number(word + 5, UINT32_MAX, &number))
        return false;
    *ret_type = (uint32_t)number;
    return true;
}

/* The bytes of a number, the least significant first or last; 0 when the type is no number. */
static size_t number_size(uint32_t type)
{
    return type == VALUE_QWORD ? 8 : type == VALUE_DWORD || type == VALUE_DWORD_BE ? 4 : 0;
}

static bool encode_number(uint32_t type, const char *text, struct bytes *ret_data,
                          struct ajar_error *err)
{
    size_t size = number_size(type);
    uint64_t ceiling = size == 4 ? UINT32_MAX : UINT64_MAX;
    uint8_t bytes[8];
    uint64_t number;

    if (!parse_number(text, ceiling, &number))
        return ajar_fail(err, AJAR_EPLAN,
                         "\"%s\" is no number from 0 to 0x%" PRIx64 ", decimal or 0x hexadecimal",
                         text, ceiling);
    for (size_t i = 0; i < size; i++)
        bytes[type == VALUE_DWORD_BE ? size - 1 - i : i] = (uint8_t)(number >> (8 * i));
    return bytes_copy(bytes, size, ret_data, err);
}

/* Appends a string and its NUL. */
static bool append_string(struct bytes *data, const char *text, struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes utf16 = { 0 };
    uint8_t *larger;

    if (!utf16_from_utf8(text, &utf16, err))
        return false;
    larger = realloc(data->at, data->size + utf16.size + UNIT);
    if (!larger)
        return ajar_no_memory(err);
    data->at = larger;
    if (utf16.size > 0)
        memcpy(data->at + data->size, utf16.at, utf16.size);
    memset(data->at + data->size + utf16.size, 0, UNIT);
    data->size += utf16.size + UNIT;
    return true;
}

static bool encode_strings(const char *const *texts, size_t count, struct bytes *ret_data,
                           struct ajar_error *err)
{
    bool is_empty = count == 1 && texts[0][0] == '\0';
    OWNED(bytes_release) struct bytes data = { 0 };

    for (size_t i = 0; !is_empty && i < count; i++) {
        if (texts[i][0] == '\0')
            return ajar_fail(err, AJAR_EPLAN, "an empty string would end a list of strings");
        if (!append_string(&data, texts[i], err))
            return false;
    }
    if (!append_string(&data, "", err))
        return false;
    *ret_data = data;
    data = (struct bytes){ 0 };
    return true;
}

static bool encode_string(const char *text, struct bytes *ret_data, struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes data = { 0 };

    if (!append_string(&data, text, err))
        return false;
    *ret_data = data;
    data = (struct bytes){ 0 };
    return true;
}

bool value_encode(uint32_t type, const char *const *texts, size_t count, struct bytes *ret_data,
                  struct ajar_error *err)
{
    if (type == VALUE_MULTI_SZ)
        return encode_strings(texts, count, ret_data, err);
    if (count != 1)
        return ajar_fail(err, AJAR_EPLAN, "%zu texts for one value: only multi_sz takes a list",
                         count);
    if (number_size(type) > 0)
        return encode_number(type, texts[0], ret_data, err);
    if (type == VALUE_SZ || type == VALUE_EXPAND_SZ)
        return encode_string(texts[0], ret_data, err);
    return bytes_from_hex(texts[0], ret_data, err);
}

static void append_hex(struct text *text, const struct bytes *data)
{
    for (size_t i = 0; i < data->size && i < SHOWN_HEX; i++)
        text_format(text, "%02x", data->at[i]);
    if (data->size > SHOWN_HEX)
        text_format(text, "... (%zu bytes)", data->size);
}

static void append_number(struct text *text, uint32_t type, const struct bytes *data)
{
    uint64_t number = 0;

    for (size_t i = 0; i < data->size; i++)
        number |= (uint64_t)data->at[type == VALUE_DWORD_BE ? data->size - 1 - i : i] << (8 * i);
    /* Small numbers are counted, large ones are made of bits. */
    text_format(text, number <= UINT16_MAX ? "%" PRIu64 : "0x%08" PRIx64, number);
}

/* The bytes of the character at `at` that would disturb a terminal: control characters, and those
 * that break lines or turn the direction of text (U+2028 to U+202E, U+2066 to U+2069); else 0. */
static size_t disturbing(const uint8_t *at)
{
    if (at[0] < 0x20 || at[0] == 0x7f)
        return 1;
    if (at[0] == 0xc2 && at[1] < 0xa0)
        return 2;
    if (at[0] == 0xe2 && ((at[1] == 0x80 && at[2] >= 0xa8 && at[2] <= 0xae) ||
                          (at[1] == 0x81 && at[2] >= 0xa6 && at[2] <= 0xa9)))
        return 3;
    return 0;
}

static size_t character_size(uint8_t lead)
{
    return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/* Appends as much of valid UTF-8 as is shown; what would disturb becomes U+FFFD. */
static void append_shown(struct text *text, const char *utf8)
{
    size_t shown = 0;

    for (const char *at = utf8; *at != '\0';) {
        size_t odd = disturbing((const uint8_t *)at);
        size_t size = odd > 0 ? odd : character_size((uint8_t)*at);

        if (shown + size > SHOWN_TEXT) {
            text_append(text, "...");
            return;
        }
        if (odd > 0)
            text_append(text, "\xef\xbf\xbd");
        else
            text_append_bytes(text, at, size);
        shown += size;
        at += size;
    }
}

/* The string at byte `*at`, which moves behind its NUL; to be freed. NULL when it has no NUL, or is
 * no text. */
static char *take_string(const struct bytes *data, size_t *at)
{
    struct ajar_error ignored = AJAR_NO_ERROR;
    OWNED(free) char *string = NULL;
    size_t from = *at;
    size_t end = from;
    char *taken;

    while (end + 1 < data->size && (data->at[end] != 0 || data->at[end + 1] != 0))
        end += UNIT;
    if (end + 1 >= data->size || !utf16_to_utf8(data->at + from, end - from, &string, &ignored) ||
        !text_is_utf8(string, strlen(string)))
        return NULL;
    *at = end + UNIT;
    taken = string;
    string = NULL;
    return taken;
}

bool value_list_has(const struct bytes *data, const char *text, bool *ret_has)
{
    bool has = false;
    size_t at = 0;

    while (at < data->size) {
        OWNED(free) char *string = take_string(data, &at);

        if (!string)
            return false;
        if (string[0] == '\0')
            break;
        has = has || text_same_ignoring_case(string, text);
    }
    if (at < data->size)
        return false;
    *ret_has = has;
    return true;
}

/* The one string of sz; false, with nothing appended, when it is odd. */
static bool append_string_of(struct text *text, const struct bytes *data, const char *quote)
{
    size_t at = 0;
    OWNED(free) char *string = take_string(data, &at);

    if (!string || at != data->size)
        return false;
    text_append(text, quote);
    append_shown(text, string);
    text_append(text, quote);
    return true;
}

/* The strings of multi_sz, the last of which is empty; false when they are odd. */
static bool append_list(struct text *text, const struct bytes *data, const char *quote)
{
    bool is_cut = false;
    size_t at = 0;

    for (const char *comma = "";; comma = ", ") {
        OWNED(free) char *string = take_string(data, &at);

        if (!string || (string[0] == '\0') != (at == data->size))
            return false;
        if (string[0] == '\0')
            break;
        if (text->size > SHOWN_TEXT) {
            is_cut = true;
            continue;
        }
        text_format(text, "%s%s", comma, quote);
        append_shown(text, string);
        text_append(text, quote);
    }
    if (is_cut)
        text_append(text, ", ...");
    return true;
}

/* The data as their type promises them; false, and anything appended, when they are not so. */
static bool append_typed(struct text *text, uint32_t type, const struct bytes *data,
                         const char *quote)
{
    if (number_size(type) > 0) {
        if (data->size != number_size(type))
            return false;
        append_number(text, type, data);
        return true;
    }
    if (type == VALUE_SZ || type == VALUE_EXPAND_SZ)
        return append_string_of(text, data, quote);
    if (type == VALUE_MULTI_SZ)
        return append_list(text, data, quote);
    append_hex(text, data);
    return true;
}

/* Text of people: bounded by what is shown, with room for quotes and escapes. */
#define TEXT_CEILING 4096

static bool describe(uint32_t type, const struct bytes *data, const char *quote, char **ret_text,
                     struct ajar_error *err)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(TEXT_CEILING);

    if (!append_typed(&text, type, data, quote)) {
        text_release(&text);
        text_append(&text, "hex:");
        append_hex(&text, data);
    }
    return text_take(&text, ret_text, err);
}

bool value_text(uint32_t type, const struct bytes *data, char **ret_text, struct ajar_error *err)
{
    return describe(type, data, "", ret_text, err);
}

bool value_phrase(uint32_t type, const struct bytes *data, char **ret_phrase,
                  struct ajar_error *err)
{
    char name[VALUE_TYPE_SIZE];
    OWNED(free) char *text = NULL;
    OWNED(text_release) struct text phrase = TEXT_UP_TO(TEXT_CEILING);

    if (!describe(type, data, "\"", &text, err))
        return false;
    value_type_format(type, name);
    if (type != VALUE_DWORD || data->size != number_size(type))
        text_format(&phrase, "%s ", name);
    text_append(&phrase, text[0] != '\0' ? text : "(empty)");
    return text_take(&phrase, ret_phrase, err);
}
