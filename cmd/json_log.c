/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json_log.h"

#include "json.h"

#include <string.h>

json_t *json_number(uint64_t count)
{
    return json_integer((json_int_t)count);
}

/* `list` takes the item, which is a new reference. */
bool json_append(json_t *list, json_t *owned_item)
{
    return json_array_append_new(list, owned_item) == 0;
}

/* "2026-11-18T08:00:00", with `zone` behind it. */
static json_t *moment(int64_t time, bool in_utc)
{
    char text[AJAR_TIME_SIZE];

    ajar_time_text(time, text);
    if (!in_utc)
        text[strcspn(text, "Z")] = '\0';
    return json_string(text);
}

json_t *json_log_time(const struct ajar_diagnosis *log, const struct ajar_log_time *time)
{
    bool in_utc = time->placed && log->clock.offset_given;
    json_t *object;

    if (!time->known)
        return json_null();
    object = json_object();
    if (json_add(object, "text", json_text(time->text)) &&
        json_add(object, "wall", time->placed ? moment(time->wall, false) : json_null()) &&
        json_add(object, "utc", in_utc ? moment(time->utc, true) : json_null()))
        return object;
    json_decref(object);
    return NULL;
}

json_t *json_log_place(const struct ajar_diagnosis *log, const struct ajar_log_time *time,
                       const char *file, uint64_t line)
{
    json_t *object = json_object();

    if (json_add(object, "time", json_log_time(log, time)) &&
        json_add(object, "file", json_text(file)) && json_add(object, "line", json_number(line)))
        return object;
    json_decref(object);
    return NULL;
}

json_t *json_texts(const char *const *list, size_t count)
{
    json_t *array = json_array();

    for (size_t i = 0; i < count; i++) {
        if (!json_append(array, json_text(list[i]))) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

json_t *json_log_file(const struct ajar_log_file *file)
{
    json_t *object = json_object();

    if (json_add(object, "file", json_text(file->path)) &&
        json_add(object, "encoding", json_text(file->encoding)) &&
        json_add(object, "bytes", json_number(file->bytes)) &&
        json_add(object, "lines", json_number(file->lines)) &&
        json_add(object, "cut", json_number(file->cut)) &&
        json_add(object, "half", json_boolean(file->half)))
        return object;
    json_decref(object);
    return NULL;
}

json_t *json_log_clock(const struct ajar_log_clock *clock)
{
    json_t *object = json_object();

    if (json_add(object, "dates", json_text(clock->dates)) &&
        json_add(object, "ambiguous", json_boolean(clock->ambiguous)) &&
        json_add(object, "utc_offset_seconds",
                 clock->offset_given ? json_integer(clock->utc_offset_seconds) : json_null()))
        return object;
    json_decref(object);
    return NULL;
}
