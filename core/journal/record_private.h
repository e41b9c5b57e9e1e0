/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the record*.c files share, and nobody else sees. One table a section: its fields in the
 * order in which they are written, and where their texts are in the struct. What is no text
 * (states, times, the direction) is written and read by name.
 */
#ifndef AJAR_JOURNAL_RECORD_PRIVATE_H
#define AJAR_JOURNAL_RECORD_PRIVATE_H

#include "base/ini.h"
#include "journal/record.h"
#include "model/schema.h"

#define RECORD_CEILING (64 * 1024 * 1024)

/* The texts of a struct that a table names. */
struct record_texts {
    const struct field_rule *fields;
    const size_t *offsets;
    size_t count;
};

void record_release_texts(void *record, const struct record_texts *texts);

/* After a failure, `copy` holds what was copied until then, to be released. */
bool record_copy_texts(const void *source, void *copy, const struct record_texts *texts,
                       struct ajar_error *err);

void record_write_texts(struct text *text, const void *record, const struct record_texts *texts);

/* Reads what the section has; schema_check() has seen that this is right. After a failure, `record`
 * holds what was read until then, to be released. */
bool record_read_texts(const struct ini_section *section, void *record,
                       const struct record_texts *texts, struct ajar_error *err);

/* AJAR_EJOURNAL when a text that must be there is not. */
bool record_check_texts(const void *record, const struct record_texts *texts,
                        struct ajar_error *err);

/* The place of `word` in `words`; schema_check() has seen that it is one of them. */
size_t record_find_word(const char *const *words, const char *word);

/* The sections of a file, and nothing besides; `optional` may be NULL. */
bool record_check_sections(const struct ini *ini, const char *const *needed, const char *optional,
                           struct ajar_error *err);

/* Leaves `ret_time` alone when there is no such field. */
bool record_read_time(const struct ini *ini, const struct ini_section *section, const char *name,
                      int64_t *ret_time, struct ajar_error *err);

/* No field stands twice. */
bool record_check_facts(const struct ini *ini, const struct ini_section *section,
                        struct ajar_error *err);

/* What a change is, and a requirement, as the section `heading`; nothing else of them. What is not
 * right in it is AJAR_EJOURNAL. */
bool record_write_identity(struct text *text, const char *heading,
                           const struct change_record *change, struct ajar_error *err);
bool record_write_requirement(struct text *text, const char *heading,
                              const struct requirement_record *requirement, struct ajar_error *err);

/* Reads them. After a failure, the record holds what was read until then, to be released. */
bool record_read_identity(const struct ini *ini, const struct ini_section *section,
                          struct change_record *change, struct ajar_error *err);
bool record_read_requirement(const struct ini *ini, const struct ini_section *section,
                             struct requirement_record *requirement, struct ajar_error *err);

/* The facts of a state that can be written: names that are names, and nothing of one that is not
 * known. `section` is for messages. */
bool record_check_state(const char *section, const struct ajar_state *state,
                        struct ajar_error *err);
/* The extensions of a window: the sections [extension 1], [extension 2] and so on, which stand
 * behind all others. Each begins where the one before it ends. */
size_t record_count_extensions(const struct ini *ini);
bool record_read_extensions(const struct ini *ini, struct window_record *window,
                            struct ajar_error *err);
void record_write_extensions(struct text *text, const struct window_record *window);
bool record_check_extensions(const struct window_record *window, struct ajar_error *err);
void record_release_extensions(struct window_record *window);

/* Gives a failure the status of a journal: a record is no plan of somebody's. Returns false. */
bool record_blame(struct ajar_error *err);

#endif
