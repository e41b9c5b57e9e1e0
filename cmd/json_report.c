/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json.h"
#include "owned.h"
#include "view.h"

bool json_print(FILE *file, json_t *document, struct ajar_error *err)
{
    char *text = json_dumps(document, JSON_INDENT(2) | JSON_ENSURE_ASCII);

    if (!text)
        return ajar_no_memory(err);
    (void)fprintf(file, "%s\n", text);
    free(text);
    return true;
}

/* What each document begins with. */
static json_t *document(const char *format, const struct ajar_report *report, enum ajar_exit status)
{
    json_t *object = json_object();

    if (json_add(object, "format", json_string(format)) &&
        json_add(object, "exit", json_integer(status)) &&
        json_add(object, "message", json_text(report->summary)) &&
        json_add(object, "journal", json_journal(report)) &&
        json_add(object, "remarks", json_remarks(report)))
        return object;
    json_decref(object);
    return NULL;
}

static json_t *tally(const struct ajar_report *report)
{
    struct view_tally tally = { 0 };

    if (report->count > 0)
        tally = view_tally(&report->windows[0]);
    return json_pack("{sI sI sI sI sI}", "create", (json_int_t)tally.create, "modify",
                     (json_int_t)tally.modify, "delete", (json_int_t)tally.remove, "unchanged",
                     (json_int_t)tally.unchanged, "unreachable",
                     (json_int_t)(tally.unreachable + tally.conflict));
}

static json_t *first_changes(const struct ajar_report *report)
{
    return report->count > 0 ? json_changes(&report->windows[0]) : json_array();
}

static json_t *first_requirements(const struct ajar_report *report)
{
    return report->count > 0 ? json_requirements(&report->windows[0]) : json_array();
}

static json_t *first_manuals(const struct ajar_report *report)
{
    return report->count > 0 ? json_manuals(&report->windows[0]) : json_array();
}

static bool add_plan(json_t *object, const struct ajar_plan *plan)
{
    return json_add(object, "plan", json_text(ajar_plan_name(plan))) &&
           json_add(object, "title", json_text(ajar_plan_title(plan))) &&
           json_add(object, "reference", json_text(ajar_plan_reference(plan)));
}

bool json_print_check(FILE *file, const struct ajar_plan *plan, const struct ajar_report *report,
                      struct ajar_error *err)
{
    OWNED(json_decref) json_t *object = document("ajar-check/1", report, report->exit);

    if (!add_plan(object, plan) || !json_add(object, "requirements", first_requirements(report)) ||
        !json_add(object, "settings", first_changes(report)) ||
        !json_add(object, "object", json_text(report->object)) ||
        !json_add(object, "left_out", json_integer((json_int_t)report->left_out)))
        return ajar_no_memory(err);
    return json_print(file, object, err);
}

bool json_print_audit(FILE *file, const struct ajar_plan *plan, const struct ajar_report *report,
                      struct ajar_error *err)
{
    OWNED(json_decref) json_t *object = document("ajar-audit/1", report, report->exit);

    if (!add_plan(object, plan) || !json_add(object, "settings", first_changes(report)))
        return ajar_no_memory(err);
    return json_print(file, object, err);
}

static json_t *saved_place(const struct ajar_report *report)
{
    return report->saved_file ? json_pack("{so so}", "file", json_text(report->saved_file),
                                          "sha256", json_text(report->saved_sha256))
                              : json_null();
}

bool json_print_plan(FILE *file, const struct ajar_plan *plan, const struct ajar_report *report,
                     enum ajar_exit status, struct ajar_error *err)
{
    OWNED(json_decref) json_t *object = document("ajar-plan/1", report, status);

    if (!add_plan(object, plan) ||
        !json_add(object, "permanent", json_boolean(ajar_plan_permanent(plan))) ||
        !json_add(object, "changes", first_changes(report)) ||
        !json_add(object, "requirements", first_requirements(report)) ||
        !json_add(object, "steps", first_manuals(report)) ||
        !json_add(object, "summary", tally(report)) ||
        !json_add(object, "policy", json_text(report->policy)) ||
        !json_add(object, "saved", saved_place(report)))
        return ajar_no_memory(err);
    return json_print(file, object, err);
}

static bool add_about(json_t *object, const struct ajar_saved_about *about)
{
    bool closes = about->toward == AJAR_TOWARD_CLOSED;

    return json_add(object, "file", json_text(about->file)) &&
           json_add(object, "sha256", json_text(about->sha256)) &&
           json_add(object, "made", json_time(about->made)) &&
           json_add(object, "by", json_text(about->by)) &&
           json_add(object, "host", json_text(about->host)) &&
           json_add(object, "version", json_text(about->version)) &&
           json_add(object, "toward", json_string(closes ? "closed" : "open"));
}

bool json_print_saved(FILE *file, const char *format, const struct ajar_saved *saved,
                      const struct ajar_report *report, struct ajar_error *err)
{
    OWNED(json_decref) json_t *object = document(format, report, report->exit);
    const struct ajar_plan *plan = ajar_saved_plan(saved);

    if (!add_about(object, ajar_saved_about(saved)) || !add_plan(object, plan) ||
        !json_add(object, "permanent", json_boolean(ajar_plan_permanent(plan))) ||
        !json_add(object, "changes", first_changes(report)) ||
        !json_add(object, "requirements", first_requirements(report)) ||
        !json_add(object, "steps", first_manuals(report)) ||
        !json_add(object, "summary", tally(report)) ||
        !json_add(object, "approvals", json_approvals(&report->windows[0])) ||
        !json_add(object, "policy", json_text(report->policy)))
        return ajar_no_memory(err);
    return json_print(file, object, err);
}

json_t *json_window_document(const char *format, const struct ajar_report *report)
{
    json_t *object = document(format, report, report->exit);
    bool has_window = report->count > 0 && report->windows[0].id;
    json_t *window = has_window ? json_window(&report->windows[0]) : json_null();

    if (json_add(object, "window", window) && json_add(object, "changes", first_changes(report)) &&
        json_add(object, "requirements", first_requirements(report)) &&
        json_add(object, "steps", first_manuals(report)) &&
        (!report->failures.rule || json_add_failures(object, &report->failures)))
        return object;
    json_decref(object);
    return NULL;
}

bool json_print_window(FILE *file, const char *format, const struct ajar_report *report,
                       struct ajar_error *err)
{
    OWNED(json_decref) json_t *object = json_window_document(format, report);

    return object ? json_print(file, object, err) : ajar_no_memory(err);
}

/* `told` has the members that only this document has; NULL: none. */
static bool add_window(json_t *list, const struct ajar_window *window,
                       bool (*told)(json_t *object, const struct ajar_window *window))
{
    json_t *object = json_window(window);

    if (json_add(object, "settings", json_changes(window)) &&
        json_add(object, "steps", json_manuals(window)) && (!told || told(object, window)))
        return json_array_append_new(list, object) == 0;
    json_decref(object);
    return false;
}

static bool add_windows(json_t *object, const struct ajar_report *report,
                        bool (*told)(json_t *object, const struct ajar_window *window))
{
    json_t *list = json_array();

    if (!json_add(object, "windows", list))
        return false;
    for (size_t i = 0; i < report->count; i++) {
        if (!add_window(list, &report->windows[i], told))
            return false;
    }
    return true;
}

bool json_print_status(FILE *file, const struct ajar_report *report, struct ajar_error *err)
{
    OWNED(json_decref) json_t *object = document("ajar-status/1", report, report->exit);

    return add_windows(object, report, NULL) ? json_print(file, object, err) : ajar_no_memory(err);
}

static bool add_outcome(json_t *object, const struct ajar_window *window)
{
    return json_add(object, "exit", json_integer(window->exit)) &&
           json_add(object, "message", json_text(window->summary));
}

bool json_print_close_due(FILE *file, const struct ajar_report *report, struct ajar_error *err)
{
    OWNED(json_decref) json_t *object = document("ajar-close-due/1", report, report->exit);

    return add_windows(object, report, add_outcome) ? json_print(file, object, err)
                                                    : ajar_no_memory(err);
}

void json_print_error(FILE *file, const struct ajar_error *err, enum ajar_exit status)
{
    struct ajar_error no_memory = AJAR_NO_ERROR;
    OWNED(json_decref) json_t *object = json_object();
    OWNED(json_decref) json_t *error = json_object();

    if (json_add(error, "status", json_string(ajar_status_name(err->status))) &&
        json_add(error, "native", json_integer(err->native)) &&
        json_add(error, "text", json_text(err->text)) &&
        json_add(error, "hint", json_text(err->hint[0] ? err->hint : NULL)) &&
        json_add(object, "format", json_string("ajar-error/1")) &&
        json_add(object, "exit", json_integer(status)) &&
        json_add(object, "error", json_incref(error)))
        (void)json_print(file, object, &no_memory);
}
