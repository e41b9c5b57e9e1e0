/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json.h"
#include "owned.h"

static json_t *counts(const struct ajar_change_counts *counts)
{
    return json_pack("{sI sI sI sI sI sI sI}", "intended", (json_int_t)counts->intended, "applied",
                     (json_int_t)counts->applied, "restored", (json_int_t)counts->restored,
                     "conflict", (json_int_t)counts->conflict, "kept", (json_int_t)counts->kept,
                     "unknown", (json_int_t)counts->unknown, "failed", (json_int_t)counts->failed);
}

static json_t *waiting_item(const struct ajar_change *change)
{
    json_t *object = json_object();

    if (json_add(object, "target", json_text(change->target)) &&
        json_add(object, "setting", json_text(change->setting)) &&
        json_add(object, "kind", json_text(change->kind)) &&
        json_add(object, "for", json_text(change->waiting)))
        return object;
    json_decref(object);
    return NULL;
}

static json_t *waiting(const struct ajar_window *window)
{
    json_t *list = json_array();

    for (size_t i = 0; i < window->count; i++) {
        if (!window->changes[i].waiting)
            continue;
        if (json_array_append_new(list, waiting_item(&window->changes[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *approval_object(const struct ajar_approval *approval)
{
    json_t *object = json_object();

    if (json_add(object, "by", json_text(approval->by)) &&
        json_add(object, "at", json_time(approval->at)) &&
        json_add(object, "until", json_time(approval->until)) &&
        json_add(object, "trouble", json_text(approval->trouble)))
        return object;
    json_decref(object);
    return NULL;
}

json_t *json_approvals(const struct ajar_window *window)
{
    json_t *list = json_array();

    for (size_t i = 0; i < window->approval_count; i++) {
        if (json_array_append_new(list, approval_object(&window->approvals[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static bool add_facts(json_t *object, const struct ajar_window *window)
{
    return json_add(object, "window", json_text(window->id)) &&
           json_add(object, "plan", json_text(window->plan)) &&
           json_add(object, "title", json_text(window->title)) &&
           json_add(object, "state", json_text(window->state)) &&
           json_add(object, "toward", json_string(window->toward_closed ? "closed" : "open")) &&
           json_add(object, "permanent", json_boolean(window->permanent)) &&
           json_add(object, "opened", json_time(window->opened)) &&
           json_add(object, "until", json_time(window->until)) &&
           json_add(object, "closed", json_time(window->closed)) &&
           json_add(object, "overdue", json_boolean(window->overdue)) &&
           json_add(object, "operator", json_text(window->operator_name)) &&
           json_add(object, "host", json_text(window->host)) &&
           json_add(object, "reason", json_text(window->reason)) &&
           json_add(object, "ticket", json_text(window->ticket)) &&
           json_add(object, "saved", json_text(window->saved)) &&
           json_add(object, "approvals", json_approvals(window));
}

json_t *json_window(const struct ajar_window *window)
{
    json_t *object = json_object();

    if (add_facts(object, window) && json_add(object, "changes", counts(&window->counts)) &&
        json_add(object, "waiting", waiting(window)) &&
        json_add(object, "extensions", json_extensions(window)))
        return object;
    json_decref(object);
    return NULL;
}

json_t *json_journal(const struct ajar_report *report)
{
    if (!report->journal_head)
        return json_null();
    return json_pack("{ss sI}", "head", report->journal_head, "entries",
                     (json_int_t)report->journal_entries);
}

json_t *json_remarks(const struct ajar_report *report)
{
    json_t *list = json_array();

    for (size_t i = 0; i < report->remark_count; i++) {
        if (json_array_append_new(list, json_text(report->remarks[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}
