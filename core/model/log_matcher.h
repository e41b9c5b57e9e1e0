/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What one line of a log means. A matcher remembers of the lines above what a line needs of them:
 * the account that was named last, and what kind of log this is.
 */
#ifndef AJAR_MODEL_LOG_MATCHER_H
#define AJAR_MODEL_LOG_MATCHER_H

#include "model/knowledge.h"

#define LOG_ACCOUNT_CEILING 512

struct log_matcher;

struct log_match {
    const struct knowledge_cause *cause; /* NULL: nobody knows this sign of trouble */
    const struct log_line *line;         /* until the next line is judged */
    struct log_span account;             /* the same; `at` NULL: none */
};

bool log_matcher_new(const struct ajar_knowledge *knowledge, struct log_matcher **ret_matcher,
                     struct ajar_error *err);
void log_matcher_free(struct log_matcher *matcher);
DEFINE_OWNED(struct log_matcher *, log_matcher_free);

/* Another file begins: what the lines above said is forgotten. */
void log_matcher_begin(struct log_matcher *matcher);

/* Judges a line in which the scanner of the knowledge found something. Returns false, and
 * `ret_match` is untouched, when it says nothing that counts. */
bool log_matcher_judge(struct log_matcher *matcher, const char *line, size_t size,
                       const struct log_find *finds, size_t count, struct log_match *ret_match);

#endif
