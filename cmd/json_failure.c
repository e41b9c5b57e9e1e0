/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json.h"

static json_t *names(const char *const *list, size_t count)
{
    json_t *array = json_array();

    for (size_t i = 0; i < count; i++) {
        if (json_array_append_new(array, json_text(list[i])) == 0)
            continue;
        json_decref(array);
        return NULL;
    }
    return array;
}

/* `tolerated` is null when all may fail. */
bool json_add_failures(json_t *object, const struct ajar_failures *failures)
{
    json_t *tolerated =
        failures->limited ? json_integer((json_int_t)failures->tolerated) : json_null();

    return json_add(object, "on_failure", json_text(failures->rule)) &&
           json_add(object, "tolerated", tolerated) &&
           json_add(object, "canaries", names(failures->canaries, failures->canary_count)) &&
           json_add(object, "failed_targets", names(failures->failed, failures->failed_count)) &&
           json_add(object, "stopped", json_boolean(failures->acted)) &&
           json_add(object, "begun", json_integer((json_int_t)failures->begun)) &&
           json_add(object, "undone", json_integer((json_int_t)failures->undone));
}
