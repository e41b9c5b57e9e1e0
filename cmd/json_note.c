/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json.h"

static json_t *requirement_object(const struct ajar_requirement *requirement)
{
    json_t *object = json_object();

    if (json_add(object, "requirement", json_text(requirement->name)) &&
        json_add(object, "check", json_text(requirement->check)) &&
        json_add(object, "target", json_text(requirement->target)) &&
        json_add(object, "result", json_text(requirement->result)) &&
        json_add(object, "reason", json_text(requirement->reason)) &&
        json_add(object, "hint", json_text(requirement->hint)) &&
        json_add(object, "why", json_text(requirement->why)) &&
        json_add(object, "reference", json_text(requirement->reference)) &&
        json_add(object, "despite", json_text(requirement->despite)) &&
        json_add(object, "met_by", json_text(requirement->met_by)))
        return object;
    json_decref(object);
    return NULL;
}

json_t *json_requirements(const struct ajar_window *window)
{
    json_t *list = json_array();

    for (size_t i = 0; i < window->requirement_count; i++) {
        if (json_array_append_new(list, requirement_object(&window->requirements[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *commands(const struct ajar_manual *manual)
{
    json_t *list = json_array();

    for (size_t i = 0; i < manual->count; i++) {
        if (json_array_append_new(list, json_text(manual->commands[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *manual_object(const struct ajar_manual *manual)
{
    json_t *object = json_object();

    if (json_add(object, "step", json_text(manual->name)) &&
        json_add(object, "on", json_text(manual->where)) &&
        json_add(object, "when", json_text(manual->when)) &&
        json_add(object, "do", commands(manual)) &&
        json_add(object, "why", json_text(manual->why)) &&
        json_add(object, "risk", json_text(manual->risk)) &&
        json_add(object, "reference", json_text(manual->reference)) &&
        json_add(object, "confirmed", json_boolean(manual->by != NULL)) &&
        json_add(object, "by", json_text(manual->by)) &&
        json_add(object, "at", json_time(manual->at)))
        return object;
    json_decref(object);
    return NULL;
}

json_t *json_manuals(const struct ajar_window *window)
{
    json_t *list = json_array();

    for (size_t i = 0; i < window->manual_count; i++) {
        if (json_array_append_new(list, manual_object(&window->manuals[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *extension_object(const struct ajar_extension *extension)
{
    json_t *object = json_object();

    if (json_add(object, "from", json_time(extension->from)) &&
        json_add(object, "until", json_time(extension->until)) &&
        json_add(object, "by", json_text(extension->by)) &&
        json_add(object, "host", json_text(extension->host)) &&
        json_add(object, "at", json_time(extension->at)) &&
        json_add(object, "reason", json_text(extension->reason)))
        return object;
    json_decref(object);
    return NULL;
}

json_t *json_extensions(const struct ajar_window *window)
{
    json_t *list = json_array();

    for (size_t i = 0; i < window->extension_count; i++) {
        if (json_array_append_new(list, extension_object(&window->extensions[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}
