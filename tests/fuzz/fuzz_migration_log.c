/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A log from anywhere, against the knowledge that comes with ajar: it is read to its end, each line
 * is counted once, what is shown of it can be shown, and how the bytes come does not matter. The
 * first byte says in how large pieces they come the second time.
 */
#include "engine/diagnosis.h"
#include "fuzz/fuzz.h"

#include <stdio.h>
#include <string.h>

/* Read once; a fuzzer calls a million times. */
static struct ajar_knowledge *knowledge;

static void read_knowledge(void)
{
    struct ajar_error err = AJAR_NO_ERROR;

    if (knowledge || knowledge_read(SOURCE_DIR "/plans/diagnose", &knowledge, &err))
        return;
    (void)fprintf(stderr, "%s\n", err.text);
    abort();
}

static void demand(bool holds)
{
    if (!holds)
        abort();
}

static void demand_clean(const char *text)
{
    size_t size = strlen(text);

    demand(text_is_utf8(text, size));
    for (size_t i = 0; i < size; i++)
        demand((unsigned char)text[i] >= ' ' && text[i] != 0x7f);
}

static void demand_sense(const struct ajar_diagnosis *diagnosis)
{
    uint64_t lines = diagnosis->quiet + diagnosis->unexplained;

    for (size_t i = 0; i < AJAR_SEVERITIES; i++)
        lines += diagnosis->explained[i];
    demand(lines == diagnosis->lines);
    for (size_t i = 0; i < diagnosis->count; i++) {
        const struct ajar_found *found = &diagnosis->found[i];

        demand(found->count > 0 && found->first_line <= found->last_line);
        demand(found->last_line <= diagnosis->lines && found->account_count <= found->count);
        demand_clean(found->example);
        demand_clean(found->first.text);
        for (size_t j = 0; j < found->account_listed; j++)
            demand_clean(found->accounts[j]);
    }
    for (size_t i = 0; i < diagnosis->unknown_count; i++)
        demand_clean(diagnosis->unknown[i].example);
}

/* The lines that were taken, as one number. */
static void take(void *user, const char *lines, size_t size)
{
    uint64_t *sum = user;

    demand(size > 0 && lines[size - 1] == '\n');
    for (size_t i = 0; i < size; i++)
        *sum = (*sum ^ (uint8_t)lines[i]) * 0x100000001b3;
}

static uint64_t sum_lines(const uint8_t *data, size_t size, size_t piece)
{
    OWNED(line_reader_release) struct line_reader reader = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    uint64_t sum = 0xcbf29ce484222325;

    demand(line_reader_init(&reader, take, &sum, &err));
    for (size_t at = 0; at < size; at += piece)
        line_reader_feed(&reader, data + at, piece < size - at ? piece : size - at);
    line_reader_finish(&reader);
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OWNED(diagnosis_free) struct diagnosis *diagnosis = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    read_knowledge();
    if (size == 0)
        return 0;
    demand(diagnosis_read_bytes(knowledge, "log", data + 1, size - 1, &diagnosis, &err));
    demand_sense(&diagnosis->shown);
    demand(sum_lines(data + 1, size - 1, size) ==
           sum_lines(data + 1, size - 1, (size_t)data[0] + 1));
    return 0;
}
