/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 *     at 0  length, "LfLe", number, generated, written, identifier, type, count of the strings,
 *       26  category, flags, closing record, offset of the strings,
 *       40  size and offset of the user's SID, size and offset of the data
 *       56  source NUL, computer NUL, SID, strings NUL each, data, padding
 *      -4  the length once more
 *
 * Numbers are little-endian, of four bytes but for type, count, category and flags (two); texts
 * are UTF-16.
 */
#include "transport/rpc/eventlog_record.h"

#include "base/text.h"
#include "base/utf16.h"

#include <string.h>

enum { UNIT = 2, NUMBER = 4, FIXED = 56 };

enum {
    AT_SIGNATURE = 4,
    AT_RECORD = 8,
    AT_WRITTEN = 16,
    AT_ID = 20,
    AT_TYPE = 24,
    AT_COUNT = 26,
    AT_STRINGS = 36,
    AT_SID_SIZE = 40,
    AT_SID = 44,
    AT_DATA_SIZE = 48,
    AT_DATA = 52,
};

#define SIGNATURE 0x654c664cU /* "LfLe" */

/* What fills the end of the file when no record fits ([MS-EVEN] 3.1.1.2), and the record behind the
 * newest one (ELF_EOF_RECORD): forty bytes, with four numbers by which it is found. */
#define FILLING       0x00000027U
#define END_SIZE      0x00000028U
#define END_SIGNATURE 0x11111111U

#define SHOWN 0xffffU

static uint32_t number_at(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static uint32_t short_at(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8;
}

static void advance(struct eventlog_block *block, size_t size)
{
    block->size -= size;
    block->at = block->size > 0 ? block->at + size : NULL;
}

static void skip_filling(struct eventlog_block *block)
{
    while (block->size >= NUMBER) {
        uint32_t size = number_at(block->at);

        if (size == FILLING)
            advance(block, NUMBER);
        else if (size == END_SIZE && block->size >= END_SIZE &&
                 number_at(block->at + AT_SIGNATURE) == END_SIGNATURE)
            advance(block, END_SIZE);
        else
            return;
    }
}

/* Where the texts of a record may be: from its fixed part, or a later place, to `end`. */
struct texts {
    const uint8_t *at;
    size_t end;
};

/* The text at `*position`, which moves behind its NUL. */
static bool take_text(const struct texts *texts, size_t *position, char **ret_text,
                      struct ajar_error *err)
{
    size_t end = *position;

    while (texts->end - end >= UNIT && short_at(texts->at + end) != 0)
        end += UNIT;
    if (!utf16_to_utf8(texts->at + *position, end - *position, ret_text, err))
        return false;
    *position = texts->end - end >= UNIT ? end + UNIT : texts->end;
    return true;
}

/* Half of a surrogate pair is ED A0..BF and a third byte here; U+FFFD has three bytes, too. */
static void replace_halves(char *text)
{
    unsigned char *at = (unsigned char *)text;

    for (; *at; at++) {
        if (at[0] != 0xed || at[1] < 0xa0)
            continue;
        at[0] = 0xef;
        at[1] = 0xbf;
        at[2] = 0xbd;
    }
}

static bool take_clean_text(const struct texts *texts, size_t *position, char **ret_text,
                            struct ajar_error *err)
{
    if (!take_text(texts, position, ret_text, err))
        return false;
    replace_halves(*ret_text);
    return true;
}

/* Is the part inside the record, behind what is fixed? One without any bytes may be said to be
 * anywhere. */
static bool is_inside(size_t offset, size_t size, size_t end)
{
    return size == 0 || (offset >= FIXED && offset <= end && size <= end - offset);
}

static bool check_parts(const uint8_t *at, size_t end, struct ajar_error *err)
{
    if (!is_inside(number_at(at + AT_SID), number_at(at + AT_SID_SIZE), end))
        return ajar_fail(err, AJAR_EPROTOCOL, "its user is outside of it");
    if (!is_inside(number_at(at + AT_DATA), number_at(at + AT_DATA_SIZE), end))
        return ajar_fail(err, AJAR_EPROTOCOL, "its data are outside of it");
    if (!is_inside(number_at(at + AT_STRINGS), short_at(at + AT_COUNT) > 0, end))
        return ajar_fail(err, AJAR_EPROTOCOL, "its strings are outside of it");
    return true;
}

static size_t nearest(size_t end, size_t position, size_t offset, size_t size)
{
    return size > 0 && offset >= position && offset < end ? offset : end;
}

/* Where a part that begins at `position` ends, at the latest: where another one begins. */
static size_t end_of(const uint8_t *at, size_t position, size_t end)
{
    end = nearest(end, position, number_at(at + AT_SID), number_at(at + AT_SID_SIZE));
    end = nearest(end, position, number_at(at + AT_DATA), number_at(at + AT_DATA_SIZE));
    return nearest(end, position + 1, number_at(at + AT_STRINGS), short_at(at + AT_COUNT));
}

static bool read_source(const uint8_t *at, size_t end, struct event *event, struct ajar_error *err)
{
    const struct texts texts = { at, end_of(at, FIXED, end) };
    size_t position = FIXED;

    return take_clean_text(&texts, &position, &event->source, err);
}

static bool read_strings(const uint8_t *at, size_t end, struct event *event, struct ajar_error *err)
{
    size_t count = short_at(at + AT_COUNT);
    size_t position = number_at(at + AT_STRINGS);
    struct texts texts = { .at = at };

    if (count == 0)
        return true;
    texts.end = end_of(at, position, end);
    event->strings = calloc(count, sizeof(*event->strings));
    if (!event->strings)
        return ajar_no_memory(err);
    while (event->count < count && texts.end - position >= UNIT) {
        if (!take_clean_text(&texts, &position, &event->strings[event->count], err))
            return false;
        event->count++;
    }
    return true;
}

/* A whole record: `size` bytes, of which the last ones say so once more. */
static bool read_record(const uint8_t *at, size_t size, struct event *ret_event,
                        struct ajar_error *err)
{
    OWNED(event_release) struct event event = { 0 };
    size_t end = size - NUMBER;

    if (number_at(at + AT_SIGNATURE) != SIGNATURE)
        return ajar_fail(err, AJAR_EPROTOCOL, "it does not look like one");
    if (number_at(at + end) != size)
        return ajar_fail(err, AJAR_EPROTOCOL, "it does not end with its length");
    event.record = number_at(at + AT_RECORD);
    event.written = number_at(at + AT_WRITTEN);
    event.id = number_at(at + AT_ID) & SHOWN;
    event.type = short_at(at + AT_TYPE);
    if (!check_parts(at, end, err) || !read_source(at, end, &event, err) ||
        !read_strings(at, end, &event, err))
        return false;
    *ret_event = event;
    event = (struct event){ 0 };
    return true;
}

bool eventlog_take_record(struct eventlog_block *block, struct event *ret_event, bool *ret_end,
                          struct ajar_error *err)
{
    size_t size;

    skip_filling(block);
    if (block->size == 0) {
        *ret_end = true;
        return true;
    }
    if (block->size < FIXED + NUMBER)
        return ajar_fail(err, AJAR_EPROTOCOL, "a record of the event log ends early");
    size = number_at(block->at);
    if (size < FIXED + NUMBER || size > block->size)
        return ajar_fail(err, AJAR_EPROTOCOL,
                         "a record of the event log says that it has %zu bytes, of %zu", size,
                         block->size);
    if (!read_record(block->at, size, ret_event, err))
        return ajar_while(err, "record %u of the event log", number_at(block->at + AT_RECORD));
    advance(block, size);
    *ret_end = false;
    return true;
}
