/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command.h"
#include "json.h"
#include "options.h"
#include "owned.h"
#include "screen.h"

static bool show_entry(void *user, const struct ajar_log_entry *entry)
{
    struct session *session = user;
    struct sink *sink = screen_out(session->screen);
    char when[AJAR_TIME_SIZE];

    ajar_time_text(entry->time, when);
    sink_format(sink, STYLE_CARE, "%.7s", entry->commit);
    sink_format(sink, STYLE_FAINT, "  %s  ", when);
    sink_cell(sink, STYLE_PLAIN, entry->operator_name, 12);
    sink_put(sink, STYLE_PLAIN, entry->subject);
    if (entry->approved)
        sink_format(sink, STYLE_FAINT, "  approved by %s", entry->approved);
    sink_end_line(sink);
    /* A reader that went away wants no more. */
    return !ferror(sink->file);
}

static json_t *entry_object(const struct ajar_log_entry *entry)
{
    json_t *object = json_object();

    if (json_add(object, "commit", json_text(entry->commit)) &&
        json_add(object, "time", json_time(entry->time)) &&
        json_add(object, "operator", json_text(entry->operator_name)) &&
        json_add(object, "subject", json_text(entry->subject)) &&
        json_add(object, "window", json_text(entry->window)) &&
        json_add(object, "event", json_text(entry->event)) &&
        json_add(object, "host", json_text(entry->host)) &&
        json_add(object, "ticket", json_text(entry->ticket)) &&
        json_add(object, "approved", json_text(entry->approved)) &&
        json_add(object, "sequence", json_integer((json_int_t)entry->sequence)))
        return object;
    json_decref(object);
    return NULL;
}

struct collected {
    json_t *entries;
    bool failed;
};

static bool collect_entry(void *user, const struct ajar_log_entry *entry)
{
    struct collected *collected = user;

    collected->failed = json_array_append_new(collected->entries, entry_object(entry)) != 0;
    return !collected->failed;
}

/* The newest entry comes first: its commit is the head. A log of one window leaves others out, so
 * it does not know the whole journal. */
static json_t *journal(const struct session *session, const json_t *entries)
{
    const json_t *newest = json_array_get(entries, 0);

    if (!newest || session->operand)
        return json_null();
    return json_pack("{sO sI}", "head", json_object_get(newest, "commit"), "entries",
                     (json_int_t)json_array_size(entries));
}

static bool print_json(const struct session *session, struct ajar_error *err)
{
    OWNED(json_decref) json_t *document = json_object();
    struct collected collected = { .entries = json_array() };

    if (!json_add(document, "format", json_string("ajar-log/1")) ||
        !json_add(document, "exit", json_integer(AJAR_EXIT_DONE)) ||
        !json_add(document, "entries", collected.entries))
        return ajar_no_memory(err);
    if (!ajar_log(session->run, session->operand, collect_entry, &collected, err))
        return false;
    if (collected.failed || !json_add(document, "journal", journal(session, collected.entries)))
        return ajar_no_memory(err);
    return json_print(stdout, document, err);
}

static bool run_log(struct session *session, enum ajar_exit *ret_exit, struct ajar_error *err)
{
    *ret_exit = AJAR_EXIT_DONE;
    if (session->options->json)
        return print_json(session, err);
    return ajar_log(session->run, session->operand, show_entry, session, err);
}

static const char *const examples[] = {
    "ajar log",
    "ajar log WINDOW",
    NULL,
};

const struct command command_log = {
    .name = "log",
    .operand = "[WINDOW]",
    .summary = "the journal, newest entry first",
    .examples = examples,
    .needs = NEEDS_RUN,
    .run = run_log,
};
