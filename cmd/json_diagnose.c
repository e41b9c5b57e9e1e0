/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * ajar-diagnose/1: `causes` as they are sorted on the screen, `unknown` what no cause explains. A
 * `time` has the text of the log, and what it stands for where that is known: `wall` without a zone
 * as the log's host had it, `utc` only when --utc-offset was given.
 */
#include "advice.h"
#include "diagnosis.h"
#include "json.h"
#include "json_log.h"
#include "owned.h"

#include <string.h>

static json_t *accounts(const struct ajar_found *found)
{
    json_t *object = json_object();

    if (json_add(object, "count", json_number(found->account_count)) &&
        json_add(object, "at_least", json_boolean(found->account_more)) &&
        json_add(object, "named", json_texts(found->accounts, found->account_listed)))
        return object;
    json_decref(object);
    return NULL;
}

static bool add_bearing(json_t *object, const struct ajar_bearing *bearing)
{
    return json_add(object, "plan", json_text(bearing->plan)) &&
           json_add(object, "kind", json_text(bearing->kind)) &&
           json_add(object, "name", json_text(bearing->name));
}

static json_t *bearings(const struct ajar_cause *cause)
{
    json_t *list = json_array();

    for (size_t i = 0; i < cause->bearing_count; i++) {
        json_t *object = json_object();

        if (!add_bearing(object, &cause->bearings[i])) {
            json_decref(object);
            object = NULL;
        }
        if (!json_append(list, object)) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *seen_object(const struct ajar_bearing_seen *seen)
{
    json_t *object = json_object();

    if (add_bearing(object, seen->bearing) && json_add(object, "target", json_text(seen->target)) &&
        json_add(object, "standing", json_string(ajar_standing_name(seen->standing))) &&
        json_add(object, "reason", json_text(seen->reason)) &&
        json_add(object, "hint", json_text(seen->hint)))
        return object;
    json_decref(object);
    return NULL;
}

static json_t *all_seen(const struct ajar_found *found)
{
    json_t *list = json_array();

    for (size_t i = 0; i < found->seen_count; i++) {
        if (!json_append(list, seen_object(&found->seen[i]))) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *commands(const struct ajar_found *found, const struct named_plans *plans)
{
    struct advice advice = advice_for(found, plans);
    json_t *list =
        advice.faulty ? NULL : json_texts((const char *const *)advice.lines, advice.count);

    advice_release(&advice);
    return list;
}

static bool add_cause(json_t *object, const struct ajar_cause *cause)
{
    return json_add(object, "cause", json_text(cause->name)) &&
           json_add(object, "knowledge", json_text(cause->file)) &&
           json_add(object, "severity", json_string(ajar_severity_name(cause->severity))) &&
           json_add(object, "title", json_text(cause->title)) &&
           json_add(object, "means", json_text(cause->means)) &&
           json_add(object, "bears_on", bearings(cause)) &&
           json_add(object, "steps", json_texts(cause->steps, cause->step_count)) &&
           json_add(object, "references", json_texts(cause->references, cause->reference_count)) &&
           json_add(object, "unconfirmed", json_text(cause->unconfirmed));
}

static json_t *found_object(const struct diagnosis *diagnosis, const struct ajar_found *found)
{
    const struct ajar_diagnosis *log = diagnosis->log;
    json_t *object = json_object();

    if (add_cause(object, found->cause) && json_add(object, "count", json_number(found->count)) &&
        json_add(object, "first",
                 json_log_place(log, &found->first, found->file, found->first_line)) &&
        json_add(object, "last",
                 json_log_place(log, &found->last, found->last_file, found->last_line)) &&
        json_add(object, "example", json_text(found->example)) &&
        json_add(object, "accounts", accounts(found)) &&
        json_add(object, "commands", commands(found, &diagnosis->plans)) &&
        json_add(object, "standing", json_string(ajar_standing_name(found->standing))) &&
        json_add(object, "seen", all_seen(found)))
        return object;
    json_decref(object);
    return NULL;
}

static json_t *unknown_object(const struct ajar_diagnosis *log, const struct ajar_unknown *unknown)
{
    json_t *object = json_object();

    if (json_add(object, "sign", json_text(unknown->sign)) &&
        json_add(object, "severity", json_string(ajar_severity_name(unknown->severity))) &&
        json_add(object, "count", json_number(unknown->count)) &&
        json_add(object, "first",
                 json_log_place(log, &unknown->first, unknown->file, unknown->first_line)) &&
        json_add(object, "last",
                 json_log_place(log, &unknown->last, unknown->last_file, unknown->last_line)) &&
        json_add(object, "example", json_text(unknown->example)))
        return object;
    json_decref(object);
    return NULL;
}

static bool add_numbers(json_t *object, const struct ajar_diagnosis *log)
{
    json_t *explained = json_object();

    if (!json_add(object, "lines", json_number(log->lines)) ||
        !json_add(object, "quiet", json_number(log->quiet)) ||
        !json_add(object, "explained", explained) ||
        !json_add(object, "unexplained", json_number(log->unexplained)) ||
        !json_add(object, "unknown_more", json_number(log->unknown_more)))
        return false;
    for (int i = 0; i < AJAR_SEVERITIES; i++) {
        if (!json_add(explained, ajar_severity_name((enum ajar_severity)i),
                      json_number(log->explained[i])))
            return false;
    }
    return true;
}

static bool add_lists(json_t *object, const struct diagnosis *diagnosis)
{
    const struct ajar_diagnosis *log = diagnosis->log;
    json_t *files = json_array();
    json_t *causes = json_array();
    json_t *unknown = json_array();
    bool fine = json_add(object, "files", files);

    fine = json_add(object, "causes", causes) && fine;
    fine = json_add(object, "unknown", unknown) && fine;
    for (size_t i = 0; fine && i < log->file_count; i++)
        fine = json_append(files, json_log_file(&log->files[i]));
    for (size_t i = 0; fine && i < log->count; i++)
        fine = json_append(causes, found_object(diagnosis, &log->found[i]));
    for (size_t i = 0; fine && i < log->unknown_count; i++)
        fine = json_append(unknown, unknown_object(log, &log->unknown[i]));
    return fine;
}

bool json_print_diagnosis(FILE *file, const struct diagnosis *diagnosis, struct ajar_error *err)
{
    OWNED(json_decref) json_t *object = json_object();
    char summary[DIAGNOSIS_SUMMARY_SIZE];

    diagnosis_summary(diagnosis->log, summary);
    if (!json_add(object, "format", json_string("ajar-diagnose/1")) ||
        !json_add(object, "exit", json_integer(diagnosis->exit)) ||
        !json_add(object, "message", json_text(summary)) ||
        !json_add(object, "live", json_boolean(diagnosis->live)) ||
        !json_add(object, "clock", json_log_clock(&diagnosis->log->clock)) ||
        !add_numbers(object, diagnosis->log) || !add_lists(object, diagnosis))
        return ajar_no_memory(err);
    return json_print(file, object, err);
}
