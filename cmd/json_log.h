/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What diagnose and show say of a log, piece by piece. Each piece is a new reference, NULL without
 * memory.
 */
#ifndef AJAR_CMD_JSON_LOG_H
#define AJAR_CMD_JSON_LOG_H

#include <ajar/diagnose.h>

#include <jansson.h>

json_t *json_number(uint64_t count);

/* `list` takes the item, which is a new reference or NULL. */
bool json_append(json_t *list, json_t *owned_item);

json_t *json_texts(const char *const *list, size_t count);

/* A `time` has the text of the log, and what it stands for where that is known: `wall` without a
 * zone as the log's host had it, `utc` only when --utc-offset was given. */
json_t *json_log_time(const struct ajar_diagnosis *log, const struct ajar_log_time *time);

/* Its time, file and line. */
json_t *json_log_place(const struct ajar_diagnosis *log, const struct ajar_log_time *time,
                       const char *file, uint64_t line);

json_t *json_log_file(const struct ajar_log_file *file);
json_t *json_log_clock(const struct ajar_log_clock *clock);

#endif
