/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Counts what the lines of a log mean: a group for each cause, and one for each sign of trouble
 * that nobody knows. Whether a date has its day or its month first may only be known at the end, so
 * both are counted until then. Everything has a ceiling.
 */
#ifndef AJAR_ENGINE_LOG_TALLY_H
#define AJAR_ENGINE_LOG_TALLY_H

#include "model/log_matcher.h"

/* So many accounts of a cause are named. */
#define TALLY_ACCOUNTS 50

/* So many accounts can be told apart, over all causes. */
#define TALLY_DISTINCT 262144

/* So many signs that nobody knows have a group of their own. */
#define TALLY_UNKNOWN 200

/* So many single lines are kept beside a window. */
#define TALLY_EVENTS 1000

/* The example of a group is so many bytes long at most. */
#define TALLY_EXAMPLE 400

/* Times that part the log: those of a window. Ascending. */
struct tally_marks {
    size_t count;
    const int64_t *times;   /* UTC */
    int utc_offset_seconds; /* of the host that wrote the log */
};

/* Where a line stands. */
struct tally_place {
    size_t file;
    uint64_t line;
    struct log_date date; /* of the line, or of the last one above that has one */
};

struct tally_group {
    const struct knowledge_cause *cause; /* NULL: a sign that nobody knows */
    char sign[LOG_SIGN_SIZE];
    bool is_error;
    uint64_t count;
    struct tally_place first; /* in the order of the log */
    struct tally_place last;
    struct log_date earliest[LOG_ORDERS]; /* by time */
    struct log_date latest[LOG_ORDERS];
    char *example;
    uint64_t distinct; /* accounts */
    bool indistinct;   /* there is one more at least: no more are counted */
    size_t listed;
    char **accounts;
    uint64_t untimed;               /* lines without a time; with marks only */
    uint64_t *counts[LOG_ORDERS];   /* by the number of marks that are not later */
    uint64_t misplaced[LOG_ORDERS]; /* lines whose date does not exist in this order */
};

/* A line that is kept beside a window. */
struct tally_event {
    struct tally_group *group;
    struct tally_place place;
    char *text;
    char *account; /* or NULL */
};

struct tally {
    const struct ajar_knowledge *knowledge;
    const struct tally_marks *marks; /* or NULL */
    struct tally_group *known;       /* one for each cause of the knowledge */
    struct tally_group *unknown;
    size_t unknown_count;
    uint16_t *unknown_index; /* by a hash of the sign: number + 1, 0 for none */
    uint64_t unknown_more;
    uint64_t *seen; /* hashes of causes with accounts; 0 for none */
    size_t seen_room;
    size_t seen_count;
    size_t event_count;
    struct tally_event *events;
    uint64_t event_more;
    bool foreign; /* a line was not UTF-8 */
};

bool tally_init(struct tally *tally, const struct ajar_knowledge *knowledge,
                const struct tally_marks *marks, struct ajar_error *err);
bool tally_add(struct tally *tally, const struct log_match *match, const struct tally_place *place,
               struct ajar_error *err);
void tally_release(struct tally *tally);
DEFINE_OWNED_STRUCT(struct tally, tally_release);

#endif
