/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A file of knowledge from anywhere: it is read, or refused with "file:line: "; what was read is
 * found by its own words, and can judge a log.
 */
#include "engine/diagnosis.h"
#include "fuzz/fuzz.h"

#include <string.h>

static bool read_file(struct ajar_knowledge *knowledge, const uint8_t *data, size_t size,
                      struct ajar_error *err)
{
    struct ini *ini = NULL;

    return ini_read("fuzz", (const char *)data, size, INI_PLAIN, &ini, err) &&
           knowledge_add(knowledge, ini, err) && knowledge_finish(knowledge, err);
}

/* The text of a probe is a line in which its word is found. */
static void demand_that_it_is_found(const struct ajar_knowledge *knowledge,
                                    const struct probe *probe, struct log_find *finds)
{
    OWNED(free) char *line = text_make("%s\n", probe->word);
    size_t count;

    if (!line)
        return;
    count = log_scanner_scan(knowledge->scanner, line, strlen(line), finds);
    for (size_t i = 0; i < count; i++) {
        const uint32_t *words = NULL;
        size_t found = log_scanner_words(knowledge->scanner, finds[i].state, &words);

        for (size_t j = 0; j < found; j++) {
            if (words[j] == (uint32_t)(probe - knowledge->probes))
                return;
        }
    }
    abort();
}

static void demand_that_it_works(const struct ajar_knowledge *knowledge, const uint8_t *data,
                                 size_t size)
{
    OWNED(diagnosis_free) struct diagnosis *diagnosis = NULL;
    struct ajar_error err = AJAR_NO_ERROR;
    struct log_find finds[256];

    for (size_t i = 0; i < knowledge->probe_count; i++)
        demand_that_it_is_found(knowledge, &knowledge->probes[i], finds);
    if (!diagnosis_read_bytes(knowledge, "log", data, size, &diagnosis, &err))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OWNED(ajar_knowledge_free) struct ajar_knowledge *knowledge = calloc(1, sizeof(*knowledge));
    struct ajar_error err = AJAR_NO_ERROR;

    if (!knowledge)
        return 0;
    if (read_file(knowledge, data, size, &err))
        demand_that_it_works(knowledge, data, size);
    else if (err.status == AJAR_EPLAN && strncmp(err.text, "fuzz:", 5) != 0 &&
             !strstr(err.text, "too many texts"))
        abort();
    return 0;
}
