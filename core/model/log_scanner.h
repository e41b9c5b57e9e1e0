/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Looks for many words at once, in text of any size, and faster than a line can be judged: what it
 * does not find needs no second look. The case of ASCII letters and the length of runs of blanks
 * do not matter; all digits count as the same, so a find is a candidate and no more.
 */
#ifndef AJAR_MODEL_LOG_SCANNER_H
#define AJAR_MODEL_LOG_SCANNER_H

#include <ajar/error.h>

#include "base/cleanup.h"

#include <stddef.h>
#include <stdint.h>

struct log_scanner;

/* `words[i]` was found: it ends at byte `end` of the text. */
struct log_find {
    uint32_t end;   /* the position of its last byte */
    uint32_t state; /* log_scanner_words() tells which */
};

/* The largest text for one scan. */
#define LOG_SCAN_CEILING ((size_t)512 * 1024)

/* `words` are lower case and have one blank for each run of them; no word is empty. */
bool log_scanner_new(const char *const *words, size_t count, struct log_scanner **ret_scanner,
                     struct ajar_error *err);
void log_scanner_free(struct log_scanner *scanner);
DEFINE_OWNED(struct log_scanner *, log_scanner_free);

/* Finds the words in `size` bytes of whole lines (each ends with '\n'; no word spans two). `finds`
 * has room for `size` of them: at each byte one state at most. In the order of the text. */
size_t log_scanner_scan(const struct log_scanner *scanner, const char *text, size_t size,
                        struct log_find *finds);

/* The numbers of the words that end in a state. */
size_t log_scanner_words(const struct log_scanner *scanner, uint32_t state,
                         const uint32_t **ret_words);

#endif
