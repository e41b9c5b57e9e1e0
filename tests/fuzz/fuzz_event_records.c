/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers of an event log from anywhere: their records are read or refused, one after the other, up
 * to the end. What was read is text, and is looked at as a finding would.
 */
#include "base/text.h"
#include "fuzz/fuzz.h"
#include "provider/events.h"
#include "transport/rpc/eventlog_record.h"

#include <string.h>

static void look_at(const struct event *event)
{
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(free) char *line = NULL;

    if (event->id > UINT16_MAX || !event->source ||
        !text_is_utf8(event->source, strlen(event->source)))
        abort();
    for (size_t i = 0; i < event->count; i++) {
        if (!text_is_utf8(event->strings[i], strlen(event->strings[i])))
            abort();
    }
    (void)event_mentions(event, "5f8a2c1e");
    if (!event_line(event, &line, &err) || strlen(line) > 130 || strpbrk(line, "\r\n\x1b") ||
        !text_is_utf8(line, strlen(line)))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OWNED(bytes_release) struct bytes answer = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    struct eventlog_block block;
    bool is_end = false;
    uint32_t code;

    if (!bytes_copy(data, size, &answer, &err) ||
        !eventlog_read_block(&answer, EVENTLOG_ROOM_CEILING, &block, &code, &err))
        return 0;
    while (!is_end) {
        OWNED(event_release) struct event event = { 0 };
        size_t before = block.size;

        if (!eventlog_take_record(&block, &event, &is_end, &err))
            return 0;
        if (!is_end && block.size >= before)
            abort();
        if (!is_end)
            look_at(&event);
    }
    return 0;
}
