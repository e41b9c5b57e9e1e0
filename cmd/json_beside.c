/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The member "log" of ajar-show/1: `steps` are the parts of the window's time, each until the next;
 * `events` the lines of the log that say something is wrong, with the step that each falls into, by
 * its place in `steps`.
 */
#include "json.h"
#include "json_log.h"
#include "log_beside.h"
#include "owned.h"

static json_t *step_object(const struct ajar_window_step *step)
{
    json_t *object = json_object();

    if (json_add(object, "from", json_time(step->from)) &&
        json_add(object, "phase", json_string(ajar_phase_name(step->phase))) &&
        json_add(object, "subject", json_text(step->subject)) &&
        json_add(object, "waiting", json_texts(step->waiting, step->waiting_count)))
        return object;
    json_decref(object);
    return NULL;
}

/* Lines by phase; those that have none are left out. */
static json_t *phases_object(const uint64_t phases[AJAR_PHASES])
{
    json_t *object = json_object();

    for (int i = 0; i < AJAR_PHASES; i++) {
        if (phases[i] &&
            !json_add(object, ajar_phase_name((enum ajar_phase)i), json_number(phases[i]))) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

static json_t *group_object(const char *label, const char *name, uint64_t count,
                            const uint64_t phases[AJAR_PHASES])
{
    json_t *object = json_object();

    if (json_add(object, label, json_text(name)) && json_add(object, "count", json_number(count)) &&
        json_add(object, "phases", phases_object(phases)))
        return object;
    json_decref(object);
    return NULL;
}

static json_t *event_object(const struct ajar_diagnosis *log, const struct ajar_log_event *event)
{
    json_t *object = json_object();

    if (json_add(object, "cause", json_text(event->found ? event->found->cause->name : NULL)) &&
        json_add(object, "sign", json_text(event->unknown ? event->unknown->sign : NULL)) &&
        json_add(object, "phase", json_string(ajar_phase_name(event->phase))) &&
        json_add(object, "step",
                 event->step ? json_integer(event->step - log->steps) : json_null()) &&
        json_add(object, "place", json_log_place(log, &event->time, event->file, event->line)) &&
        json_add(object, "account", json_text(event->account)) &&
        json_add(object, "text", json_text(event->text)))
        return object;
    json_decref(object);
    return NULL;
}

/* Adds an empty list, which then belongs to the object; NULL without memory. */
static json_t *add_list(json_t *object, const char *name)
{
    json_t *list = json_array();

    return json_add(object, name, list) ? list : NULL;
}

static bool add_groups(json_t *object, const struct ajar_diagnosis *log)
{
    json_t *causes = add_list(object, "causes");
    json_t *unknown = add_list(object, "unknown");
    bool fine = causes && unknown;

    for (size_t i = 0; fine && i < log->count; i++)
        fine = json_append(causes, group_object("cause", log->found[i].cause->name,
                                                log->found[i].count, log->found[i].phases));
    for (size_t i = 0; fine && i < log->unknown_count; i++)
        fine = json_append(unknown, group_object("sign", log->unknown[i].sign,
                                                 log->unknown[i].count, log->unknown[i].phases));
    return fine;
}

static bool add_times(json_t *object, const struct ajar_diagnosis *log)
{
    json_t *files = add_list(object, "files");
    json_t *steps = add_list(object, "steps");
    json_t *events = add_list(object, "events");
    bool fine = files && steps && events;

    for (size_t i = 0; fine && i < log->file_count; i++)
        fine = json_append(files, json_log_file(&log->files[i]));
    for (size_t i = 0; fine && i < log->step_count; i++)
        fine = json_append(steps, step_object(&log->steps[i]));
    for (size_t i = 0; fine && i < log->event_count; i++)
        fine = json_append(events, event_object(log, &log->events[i]));
    return fine && json_add(object, "events_more", json_number(log->event_more));
}

static json_t *log_object(const struct ajar_diagnosis *log)
{
    json_t *object = json_object();

    if (json_add(object, "clock", json_log_clock(&log->clock)) && add_times(object, log) &&
        add_groups(object, log))
        return object;
    json_decref(object);
    return NULL;
}

bool json_print_beside(FILE *file, const struct ajar_report *report,
                       const struct ajar_diagnosis *log, struct ajar_error *err)
{
    OWNED(json_decref) json_t *object = json_window_document("ajar-show/1", report);

    if (!json_add(object, "log", log_object(log)))
        return ajar_no_memory(err);
    return json_print(file, object, err);
}
