/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/notice_text.h"

#include "base/clock.h"
#include "base/text.h"

#include <jansson.h>
#include <string.h>

static inline void json_free_slot(json_t **slot)
{
    json_decref(*slot);
}

/* NULL without memory. What is not UTF-8 becomes a question mark, byte by byte. */
static json_t *make_text(const char *text)
{
    OWNED(free) char *plain = NULL;

    if (!text)
        return json_null();
    if (text_is_utf8(text, strlen(text)))
        return json_string(text);
    plain = text_copy(text);
    for (char *at = plain; at && *at; at++) {
        if (*at & 0x80)
            *at = '?';
    }
    return plain ? json_string(plain) : NULL;
}

static json_t *make_time(int64_t time)
{
    return time ? json_string(clock_write_time(time).at) : json_null();
}

static bool add_window(json_t *object, const struct notice *notice)
{
    return json_object_set_new(object, "window", make_text(notice->window)) == 0 &&
           json_object_set_new(object, "plan", make_text(notice->plan)) == 0 &&
           json_object_set_new(object, "title", make_text(notice->title)) == 0 &&
           json_object_set_new(object, "state", make_text(notice->state)) == 0 &&
           json_object_set_new(object, "operator", make_text(notice->operator_name)) == 0 &&
           json_object_set_new(object, "host", make_text(notice->host)) == 0 &&
           json_object_set_new(object, "reason", make_text(notice->reason)) == 0 &&
           json_object_set_new(object, "ticket", make_text(notice->ticket)) == 0 &&
           json_object_set_new(object, "opened", make_time(notice->opened)) == 0 &&
           json_object_set_new(object, "until", make_time(notice->until)) == 0 &&
           json_object_set_new(object, "closed", make_time(notice->closed)) == 0 &&
           json_object_set_new(object, "overdue", json_boolean(notice->overdue)) == 0;
}

static json_t *make_counts(const struct ajar_change_counts *counts)
{
    return json_pack("{sI sI sI sI sI sI sI}", "intended", (json_int_t)counts->intended, "applied",
                     (json_int_t)counts->applied, "restored", (json_int_t)counts->restored,
                     "conflict", (json_int_t)counts->conflict, "kept", (json_int_t)counts->kept,
                     "unknown", (json_int_t)counts->unknown, "failed", (json_int_t)counts->failed);
}

static bool add_problem(json_t *list, const struct notice_problem *problem)
{
    json_t *object = json_object();

    return json_array_append_new(list, object) == 0 &&
           json_object_set_new(object, "target", make_text(problem->target)) == 0 &&
           json_object_set_new(object, "setting", make_text(problem->setting)) == 0 &&
           json_object_set_new(object, "kind", make_text(problem->kind)) == 0 &&
           json_object_set_new(object, "state", make_text(problem->state)) == 0 &&
           json_object_set_new(object, "error", make_text(problem->error)) == 0;
}

static bool add_problems(json_t *object, const struct notice *notice)
{
    json_t *list = json_array();

    if (json_object_set_new(object, "problems", list) != 0)
        return false;
    for (size_t i = 0; i < notice->problem_count; i++) {
        if (!add_problem(list, &notice->problems[i]))
            return false;
    }
    return json_object_set_new(object, "problems_left_out",
                               json_integer((json_int_t)notice->problems_left_out)) == 0;
}

static bool fill(json_t *object, const struct notice *notice)
{
    return json_object_set_new(object, "format", json_string("ajar-notice/1")) == 0 &&
           json_object_set_new(object, "event", make_text(notice->event)) == 0 &&
           json_object_set_new(object, "message", make_text(notice->message)) == 0 &&
           json_object_set_new(object, "at", make_time(notice->at)) == 0 &&
           json_object_set_new(object, "by", make_text(notice->by)) == 0 &&
           add_window(object, notice) &&
           json_object_set_new(object, "counts", make_counts(&notice->counts)) == 0 &&
           add_problems(object, notice) &&
           json_object_set_new(object, "journal",
                               json_pack("{ss sI}", "head", notice->journal_head, "entries",
                                         (json_int_t)notice->journal_entries)) == 0;
}

bool notice_write(const struct notice *notice, char **ret_text, struct ajar_error *err)
{
    OWNED(json_free) json_t *object = json_object();
    char *dump = NULL;
    char *text;

    if (object && fill(object, notice))
        dump = json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII);
    text = dump ? text_make("%s\n", dump) : NULL;
    free(dump);
    if (!text)
        return ajar_no_memory(err);
    *ret_text = text;
    return true;
}
