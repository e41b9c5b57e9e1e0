/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/registry_look.h"

#include "model/value.h"
#include "provider/catalog.h"
#include "provider/registry_live.h"

#include <string.h>

static bool read_look(const struct ajar_state *state, struct registry_look *look,
                      struct ajar_error *err)
{
    const char *key = ajar_state_fact(state, "key");

    look->exists = state->exists;
    look->has_key = state->exists || !key || strcmp(key, "absent") != 0;
    return (!state->exists || registry_value_of(state, &look->value, err)) &&
           provider_registry.phrase(state, &look->phrase, err);
}

bool registry_look(struct target *target, const char *path, const char *name,
                   struct registry_look *ret_look, struct ajar_error *err)
{
    OWNED(ajar_state_release) struct ajar_state state = { 0 };
    OWNED(registry_look_release) struct registry_look look = { 0 };
    struct winreg *registry = NULL;

    if (!target_registry(target, &registry, err) ||
        !registry_observe(registry, path, name, &state, err) || !read_look(&state, &look, err))
        return false;
    *ret_look = look;
    look = (struct registry_look){ 0 };
    return true;
}

bool registry_look_number(const struct registry_look *look, uint32_t *ret_number)
{
    const struct bytes *data = &look->value.data;

    if (!look->exists || look->value.type != VALUE_DWORD || data->size != sizeof(uint32_t))
        return false;
    *ret_number = (uint32_t)data->at[0] | (uint32_t)data->at[1] << 8 | (uint32_t)data->at[2] << 16 |
                  (uint32_t)data->at[3] << 24;
    return true;
}

bool registry_look_has(const struct registry_look *look, const char *text, bool *ret_has)
{
    return look->exists && look->value.type == VALUE_MULTI_SZ &&
           value_list_has(&look->value.data, text, ret_has);
}

void registry_look_release(struct registry_look *look)
{
    bytes_release(&look->value.data);
    free(look->phrase);
    *look = (struct registry_look){ 0 };
}
