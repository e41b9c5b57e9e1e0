/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What --json prints: one object with a "format", pure ASCII (so that nothing in it can steer a
 * terminal), one line feed at the end. Within a format's number members are only added. A member
 * that has no value is null.
 */
#ifndef AJAR_CMD_JSON_H
#define AJAR_CMD_JSON_H

#include <ajar/error.h>
#include <ajar/saved.h>

#include <jansson.h>
#include <stdio.h>

/* The pieces are new references, NULL without memory; what takes one passes NULL on. */
json_t *json_text(const char *text); /* null for NULL; what is not UTF-8 becomes U+FFFD */
json_t *json_time(int64_t time);     /* RFC 3339; null for 0 */
json_t *json_state(const struct ajar_state *state);
json_t *json_change(const struct ajar_change *change);
json_t *json_changes(const struct ajar_window *window);
json_t *json_requirements(const struct ajar_window *window);
json_t *json_manuals(const struct ajar_window *window);
json_t *json_extensions(const struct ajar_window *window);
json_t *json_approvals(const struct ajar_window *window);
json_t *json_window(const struct ajar_window *window); /* with the counts of its changes */
json_t *json_journal(const struct ajar_report *report);
bool json_add_failures(json_t *object, const struct ajar_failures *failures);
json_t *json_remarks(const struct ajar_report *report);
json_t *json_window_document(const char *format, const struct ajar_report *report);

/* Adds a member that is a new reference; false when there is no memory. */
bool json_add(json_t *object, const char *name, json_t *owned_value);

/* The documents. They take `stdout` or a test's file; false: out of memory, nothing was printed. A
 * failed write stays with the stream. */
bool json_print(FILE *file, json_t *document, struct ajar_error *err);
bool json_print_plan(FILE *file, const struct ajar_plan *plan, const struct ajar_report *report,
                     enum ajar_exit status, struct ajar_error *err);
bool json_print_check(FILE *file, const struct ajar_plan *plan, const struct ajar_report *report,
                      struct ajar_error *err);
bool json_print_audit(FILE *file, const struct ajar_plan *plan, const struct ajar_report *report,
                      struct ajar_error *err);
bool json_print_window(FILE *file, const char *format, const struct ajar_report *report,
                       struct ajar_error *err);
bool json_print_saved(FILE *file, const char *format, const struct ajar_saved *saved,
                      const struct ajar_report *report, struct ajar_error *err);
bool json_print_status(FILE *file, const struct ajar_report *report, struct ajar_error *err);
bool json_print_close_due(FILE *file, const struct ajar_report *report, struct ajar_error *err);
void json_print_error(FILE *file, const struct ajar_error *err, enum ajar_exit status);

#endif
