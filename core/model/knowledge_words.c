/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For each probe the word that must stand in a line before it is worth a closer look: a part of
 * its text that few other texts have. Causes that only a number shows, and signs of trouble that
 * nobody knows, are found by the letters in front of their number.
 */
#include "model/knowledge.h"

#include <string.h>

#define WORD_CEILING 24

static const char *const sign_words[] = { "wrn0:0", "err0:0", "w0:0", "e0:0" };

/* How many texts have these bytes? */
static size_t count_texts(const struct ajar_knowledge *knowledge, const char *at, size_t size)
{
    size_t count = 0;

    for (size_t i = 0; i < knowledge->probe_count; i++) {
        const struct log_pattern *pattern = &knowledge->probes[i].pattern;

        for (size_t j = 0; j < pattern->count; j++) {
            const struct log_piece *piece = &pattern->pieces[j];

            if (piece->literal && memmem(piece->literal, piece->size, at, size)) {
                count++;
                break;
            }
        }
    }
    return count;
}

/* A part of a literal, and how good it is. */
struct choice {
    const char *at;
    size_t size;
    size_t texts;
};

static void consider(const struct ajar_knowledge *knowledge, const char *at, size_t size,
                     struct choice *best)
{
    size_t texts;

    size = size < WORD_CEILING ? size : WORD_CEILING;
    while (size > 0 && at[size - 1] == ' ')
        size--;
    if (size < LOG_PATTERN_LEAST)
        return;
    texts = count_texts(knowledge, at, size);
    if (!best->at || texts < best->texts || (texts == best->texts && size > best->size))
        *best = (struct choice){ at, size, texts };
}

/* Each begin of a word may begin the choice. */
static struct choice choose(const struct ajar_knowledge *knowledge,
                            const struct log_pattern *pattern)
{
    struct choice best = { 0 };

    for (size_t i = 0; i < pattern->count; i++) {
        const struct log_piece *piece = &pattern->pieces[i];

        for (size_t at = 0; at < piece->size; at++) {
            if (piece->literal[at] != ' ' && (at == 0 || piece->literal[at - 1] == ' '))
                consider(knowledge, piece->literal + at, piece->size - at, &best);
        }
    }
    return best;
}

static char *lower_copy(const char *word)
{
    char *copy = text_copy(word);

    for (char *at = copy; at && *at; at++)
        *at = (char)(*at >= 'A' && *at <= 'Z' ? *at | 0x20 : *at);
    return copy;
}

static bool choose_word(struct ajar_knowledge *knowledge, struct probe *probe,
                        struct ajar_error *err)
{
    if (probe->sort == PROBE_STATUS) {
        probe->word = lower_copy(probe->status);
    } else {
        struct choice choice = choose(knowledge, &probe->pattern);

        probe->word = text_copy_bytes(choice.at, choice.size);
    }
    return probe->word || ajar_no_memory(err);
}

bool knowledge_choose_words(struct ajar_knowledge *knowledge, struct ajar_error *err)
{
    size_t count = knowledge->probe_count + LENGTH(sign_words);
    OWNED(free) const char **words = calloc(count, sizeof(*words));

    if (!words)
        return ajar_no_memory(err);
    for (size_t i = 0; i < knowledge->probe_count; i++) {
        if (!choose_word(knowledge, &knowledge->probes[i], err))
            return false;
        words[i] = knowledge->probes[i].word;
    }
    for (size_t i = 0; i < LENGTH(sign_words); i++)
        words[knowledge->probe_count + i] = sign_words[i];
    return log_scanner_new(words, count, &knowledge->scanner, err);
}
