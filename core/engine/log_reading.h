/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reads the files of a log, block by block, into a tally.
 */
#ifndef AJAR_ENGINE_LOG_READING_H
#define AJAR_ENGINE_LOG_READING_H

#include "base/line_reader.h"
#include "engine/log_tally.h"

/* What the dates of a log showed of their order. */
struct log_evidence {
    bool seen;               /* there are dates */
    enum log_date_form form; /* of the first one */
    bool unsure;             /* there are some that could be read in both orders */
    bool shown[LOG_ORDERS];  /* a date exists only in this order */
};

/* The order that the dates of the whole log allow; false when both or none of them fit. */
bool log_evidence_order(const struct log_evidence *evidence, enum log_order *ret_order);

struct log_reading {
    const struct ajar_knowledge *knowledge;
    struct tally *tally;
    struct log_matcher *matcher;
    struct log_find *finds; /* LINE_READER_ROOM + 1 */
    struct log_evidence evidence;
    size_t file; /* the number of the file that is read */
    uint64_t lines;
    uint64_t cut;
    struct log_date date; /* the last one above `dated` */
    const char *dated;    /* lines of this block above it were looked at for their date */
    bool failed;
    struct ajar_error *err;
};

bool log_reading_init(struct log_reading *reading, const struct ajar_knowledge *knowledge,
                      struct tally *tally, struct ajar_error *err);

/* Reads a file ("-" is standard input) and tells what it was like; `ret_file->path` is `path`. */
bool log_reading_file(struct log_reading *reading, const char *path, struct ajar_log_file *ret_file,
                      struct ajar_error *err);

/* The same for bytes that come from elsewhere. */
bool log_reading_bytes(struct log_reading *reading, const char *name, const void *bytes,
                       size_t size, struct ajar_log_file *ret_file, struct ajar_error *err);

void log_reading_release(struct log_reading *reading);
DEFINE_OWNED_STRUCT(struct log_reading, log_reading_release);

#endif
