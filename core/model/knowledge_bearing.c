/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a cause bears on is a section of a plan that comes with ajar. The plans' sections are only
 * looked up here: their parameters need not be known.
 */
#include "model/knowledge.h"

#include <string.h>

#define DEEPEST_USE 8

/* The plans that were read so far. */
struct shelf {
    const char *folder;
    size_t count;
    struct ini **plans;
};

static void shelf_release(struct shelf *shelf)
{
    for (size_t i = 0; i < shelf->count; i++)
        ini_free(shelf->plans[i]);
    free(shelf->plans);
}
DEFINE_OWNED_STRUCT(struct shelf, shelf_release);

static bool take_plan(struct shelf *shelf, const char *name, const struct ini **ret_plan,
                      struct ajar_error *err)
{
    OWNED(free)
    char *path = text_make("%s/%s%s", shelf->folder, name, strstr(name, ".ini") ? "" : ".ini");
    struct ini *plan = NULL;
    struct ini **more;

    if (!path)
        return ajar_no_memory(err);
    for (size_t i = 0; i < shelf->count; i++) {
        if (strcmp(shelf->plans[i]->file, path) == 0) {
            *ret_plan = shelf->plans[i];
            return true;
        }
    }
    if (!ini_read_file(path, INI_PLAIN, &plan, err))
        return false;
    more = reallocarray(shelf->plans, shelf->count + 1, sizeof(struct ini *));
    if (!more) {
        ini_free(plan);
        return ajar_no_memory(err);
    }
    shelf->plans = more;
    more[shelf->count++] = plan;
    *ret_plan = plan;
    return true;
}

/* Looks in the plan and in those that it uses. */
static bool find_section(struct shelf *shelf, const struct ajar_bearing *bearing, bool *ret_found,
                         struct ajar_error *err)
{
    const char *name = bearing->plan;

    *ret_found = false;
    for (int depth = 0; name && !*ret_found && depth < DEEPEST_USE; depth++) {
        const struct ini *plan = NULL;

        if (!take_plan(shelf, name, &plan, err))
            return false;
        *ret_found = ini_find(plan, bearing->kind, bearing->name) != NULL;
        name = ini_value(ini_find(plan, "plan", ""), "use");
    }
    return true;
}

/* The line of the field that names it. */
static int bearing_line(const struct knowledge_cause *cause, const struct ajar_bearing *bearing)
{
    for (size_t i = 0; i < cause->section->count; i++) {
        const struct ini_field *field = &cause->section->fields[i];

        if (strcmp(field->name, "bears-on") == 0 &&
            strncmp(field->value, bearing->plan, strlen(bearing->plan)) == 0 &&
            strstr(field->value, bearing->name))
            return field->line;
    }
    return cause->section->line;
}

static bool check_bearing(struct shelf *shelf, const struct knowledge_cause *cause,
                          const struct ajar_bearing *bearing, struct ajar_error *err)
{
    int line = bearing_line(cause, bearing);
    bool found = false;

    if (!find_section(shelf, bearing, &found, err))
        return ajar_while(err, "%s:%d: bears-on names a plan that cannot be read", cause->ini->file,
                          line);
    return found || ajar_fail(err, AJAR_EPLAN,
                              "%s:%d: the plan %s has no section [%s %s]: name one that it has",
                              cause->ini->file, line, bearing->plan, bearing->kind, bearing->name);
}

bool knowledge_check_bearings(const struct ajar_knowledge *knowledge, const char *plans,
                              struct ajar_error *err)
{
    OWNED(shelf_release) struct shelf shelf = { .folder = plans };

    for (size_t i = 0; i < knowledge->count; i++) {
        const struct knowledge_cause *cause = &knowledge->causes[i];

        for (size_t j = 0; j < cause->shown.bearing_count; j++) {
            if (!check_bearing(&shelf, cause, &cause->shown.bearings[j], err))
                return false;
        }
    }
    return true;
}
