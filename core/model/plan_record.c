/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A resolved plan as the journal keeps it: [plan], [parameters], and each setting with every text
 * filled in, so that a rollback needs neither the plan file nor its parameters.
 */
#include "model/plan.h"

#include "base/clock.h"
#include "base/text.h"

#include <string.h>

#define RECORD_CEILING (16 * 1024 * 1024)

static void write_if(struct text *text, const char *name, const char *value)
{
    if (value)
        ini_write_field(text, name, value);
}

static void write_approvals(struct text *text, unsigned approvals)
{
    const char digit[] = { (char)('0' + approvals), 0 };

    write_if(text, "approvals", approvals > 0 ? digit : NULL);
}

static void write_heading(struct text *text, const struct ajar_plan *plan, bool toward_closed)
{
    ini_write_section(text, "plan", "");
    ini_write_field(text, "name", plan->name);
    write_if(text, "title", plan->title);
    write_if(text, "reference", plan->reference);
    if (plan->longest_window > 0)
        ini_write_field(text, "longest-window",
                        clock_write_exact_duration(plan->longest_window).at);
    write_approvals(text, plan->approvals);
    write_if(text, "permanent", plan->permanent ? "yes" : NULL);
    write_if(text, "toward", toward_closed ? "closed" : NULL);
    if (plan->parameters.count > 0)
        ini_write_section(text, "parameters", "");
    for (size_t i = 0; i < plan->parameters.count; i++)
        write_if(text, plan->parameters.list[i].name, plan->parameters.list[i].value);
}

static void write_setting(struct text *text, const struct ini_section *section)
{
    ini_write_section(text, section->kind, section->name);
    for (size_t i = 0; i < section->count; i++)
        ini_write_field(text, section->fields[i].name, section->fields[i].value);
}

bool plan_to_record(const struct ajar_plan *plan, bool toward_closed, char **ret_text,
                    struct ajar_error *err)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(RECORD_CEILING);

    write_heading(&text, plan, toward_closed);
    for (int role = 0; role < PLAN_ROLES; role++) {
        for (size_t i = 0; i < plan->sections[role].count; i++)
            write_setting(&text, plan->sections[role].list[i].section);
    }
    return text_take(&text, ret_text, err);
}

bool plan_is_same_record(const char *recorded, const char *text)
{
    static const char field[] = "\nlongest-window = ";
    const char *line = strstr(text, field);
    const char *heading_end = strstr(text, "\n\n[");
    size_t size;

    if (strcmp(recorded, text) == 0)
        return true;
    if (!line || (heading_end && heading_end < line))
        return false;
    size = (size_t)(line - text);
    return strncmp(recorded, text, size) == 0 &&
           strcmp(recorded + size, line + 1 + strcspn(line + 1, "\n")) == 0;
}
