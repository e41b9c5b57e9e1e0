/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/state_record.h"

#include <string.h>

void state_record_write(struct text *text, const char *section, const struct ajar_state *state)
{
    ini_write_section(text, section, "");
    if (!state->known) {
        ini_write_field(text, "known", "no");
        return;
    }
    ini_write_field(text, "exists", state->exists ? "yes" : "no");
    for (size_t i = 0; i < state->count; i++)
        ini_write_field(text, state->facts[i].name, state->facts[i].value);
}

static bool read_facts(const struct ini_section *section, struct ajar_state *state,
                       struct ajar_error *err)
{
    for (size_t i = 1; i < section->count; i++) {
        if (!ajar_state_set(state, section->fields[i].name, section->fields[i].value, err))
            return false;
    }
    return true;
}

bool state_record_read(const char *file, const struct ini_section *section,
                       struct ajar_state *ret_state, struct ajar_error *err)
{
    const struct ini_field *first = section->count > 0 ? section->fields : NULL;
    struct ajar_state state = { 0 };

    if (first && strcmp(first->name, "known") == 0 && strcmp(first->value, "no") == 0 &&
        section->count == 1) {
        *ret_state = state;
        return true;
    }
    if (!first || strcmp(first->name, "exists") != 0 ||
        (strcmp(first->value, "yes") != 0 && strcmp(first->value, "no") != 0))
        return ajar_fail(err, AJAR_EPLAN,
                         "%s:%d: [%s] begins with \"exists = yes\" or \"exists = no\", or is "
                         "\"known = no\" alone",
                         file, section->line, section->kind);
    state.known = true;
    state.exists = strcmp(first->value, "yes") == 0;
    if (!read_facts(section, &state, err)) {
        ajar_state_release(&state);
        return false;
    }
    *ret_state = state;
    return true;
}
