/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/registry_live.h"

#include "base/text.h"
#include "model/value.h"

#include <string.h>

#define FILETIME_SECOND 10000000ULL
#define FILETIME_1970   11644473600ULL /* seconds since 1601 */

const char *registry_path_below(const char *key)
{
    static const char *const names[] = { REGISTRY_ROOT, "HKEY_LOCAL_MACHINE" };

    for (size_t i = 0; i < LENGTH(names); i++) {
        size_t size = strlen(names[i]);

        if (strncasecmp(key, names[i], size) == 0 && key[size] == '\\')
            return key + size + 1;
    }
    return NULL;
}

bool registry_check_key(const struct setting *setting, struct ajar_error *err)
{
    const char *key = setting_value(setting, "key");
    const char *path = registry_path_below(key);
    size_t size = path ? strlen(path) : 0;

    if (!path)
        return setting_fail(setting, "key", err,
                            "\"%s\" is not below HKLM, as HKLM\\SYSTEM\\CurrentControlSet is", key);
    if (size == 0 || path[0] == '\\' || path[size - 1] == '\\' || strstr(path, "\\\\"))
        return setting_fail(setting, "key", err, "\"%s\" has a part without a name", key);
    return true;
}

bool registry_state_of(uint32_t type, const struct bytes *data, struct ajar_state *ret_state,
                       struct ajar_error *err)
{
    char name[VALUE_TYPE_SIZE];
    OWNED(free) char *hex = NULL;
    OWNED(free) char *text = NULL;
    OWNED(ajar_state_release) struct ajar_state state = { .known = true, .exists = true };

    value_type_format(type, name);
    if (!bytes_to_hex(data->at, data->size, &hex, err) || !value_text(type, data, &text, err) ||
        !ajar_state_set(&state, "type", name, err) || !ajar_state_set(&state, "data", hex, err) ||
        !ajar_state_set(&state, "text", text, err))
        return false;
    *ret_state = state;
    state = (struct ajar_state){ 0 };
    return true;
}

bool registry_value_of(const struct ajar_state *state, struct winreg_value *ret_value,
                       struct ajar_error *err)
{
    const char *type = ajar_state_fact(state, "type");
    const char *hex = ajar_state_fact(state, "data");
    struct winreg_value value = { 0 };

    if (!type || !hex)
        return ajar_fail(err, AJAR_EJOURNAL, "a registry value is recorded without type or data");
    if (!value_type_parse(type, &value.type))
        return ajar_fail(err, AJAR_EJOURNAL, "a registry value is recorded with type \"%s\"", type);
    if (!bytes_from_hex(hex, &value.data, err))
        return ajar_while(err, "recorded data");
    *ret_value = value;
    return true;
}

#define RIGHTS_TO_WRITE (WINREG_QUERY_VALUE | WINREG_SET_VALUE)

/* A handle that stays open is closed with the pipe: whether closing it works is nobody's worry. */
static void close_quietly(struct winreg *registry, struct winreg_key *key)
{
    struct ajar_error ignored = AJAR_NO_ERROR;

    (void)winreg_close_key(registry, key, &ignored);
}

/* Cuts the last part off a path below HKLM: "" is HKLM itself. */
static void cut_last_part(char *path)
{
    char *last = strrchr(path, '\\');

    *(last ? last : path) = '\0';
}

/* Is the key there? One that we may not open is. */
static bool find_key(struct winreg *registry, const char *path, bool *ret_found,
                     struct ajar_error *err)
{
    struct ajar_error reason = AJAR_NO_ERROR;
    struct winreg_key key;

    if (winreg_open_key(registry, path, WINREG_QUERY_VALUE, &key, &reason)) {
        close_quietly(registry, &key);
        *ret_found = true;
    } else if (reason.status == AJAR_EDENIED) {
        *ret_found = true;
    } else if (reason.status == AJAR_EMISSING) {
        *ret_found = false;
    } else {
        *err = reason;
        return false;
    }
    return true;
}

/* The state of a value whose key is not there: how far up is there something? */
static bool observe_above(struct winreg *registry, const char *path, struct ajar_state *state,
                          struct ajar_error *err)
{
    OWNED(free) char *above = text_copy(path);
    OWNED(free) char *full = NULL;
    bool found = false;

    if (!above)
        return ajar_no_memory(err);
    do {
        cut_last_part(above);
        if (above[0] == '\0')
            break;
        if (!find_key(registry, above, &found, err))
            return false;
    } while (!found);
    full = text_make("%s%s%s", REGISTRY_ROOT, above[0] ? "\\" : "", above);
    if (!full)
        return ajar_no_memory(err);
    return ajar_state_set(state, "key", "absent", err) && ajar_state_set(state, "above", full, err);
}

/* The state of a value in a key that is open. */
static bool observe_in(struct winreg *registry, const struct winreg_key *key, const char *name,
                       struct ajar_state *ret_state, struct ajar_error *err)
{
    OWNED(winreg_value_release) struct winreg_value value = { 0 };
    OWNED(ajar_state_release) struct ajar_state state = { .known = true };
    struct ajar_error reason = AJAR_NO_ERROR;
    struct winreg_key_info info;

    if (winreg_query_value(registry, key, name, &value, &reason))
        return registry_state_of(value.type, &value.data, ret_state, err);
    if (reason.status != AJAR_EMISSING) {
        *err = reason;
        return false;
    }
    if (!winreg_query_info(registry, key, &info, err))
        return false;
    if (info.sub_keys == 0 && info.values == 0 && !ajar_state_set(&state, "key", "empty", err))
        return false;
    *ret_state = state;
    state = (struct ajar_state){ 0 };
    return true;
}

bool registry_observe(struct winreg *registry, const char *path, const char *name,
                      struct ajar_state *ret_now, struct ajar_error *err)
{
    OWNED(ajar_state_release) struct ajar_state state = { .known = true };
    struct ajar_error reason = AJAR_NO_ERROR;
    struct winreg_key key;
    bool fine;

    if (winreg_open_key(registry, path, WINREG_QUERY_VALUE, &key, &reason)) {
        fine = observe_in(registry, &key, name, ret_now, err);
        close_quietly(registry, &key);
        return fine;
    }
    if (reason.status != AJAR_EMISSING) {
        *err = reason;
        return false;
    }
    if (!observe_above(registry, path, &state, err))
        return false;
    *ret_now = state;
    state = (struct ajar_state){ 0 };
    return true;
}

bool registry_last_write(struct winreg *registry, const char *path, int64_t *ret_time,
                         struct ajar_error *err)
{
    struct ajar_error reason = AJAR_NO_ERROR;
    struct winreg_key_info info = { 0 };
    struct winreg_key key;
    bool fine;

    if (winreg_open_key(registry, path, WINREG_QUERY_VALUE, &key, &reason)) {
        fine = winreg_query_info(registry, &key, &info, err);
        close_quietly(registry, &key);
        if (!fine)
            return false;
    } else if (reason.status != AJAR_EMISSING) {
        *err = reason;
        return false;
    }
    *ret_time = info.last_write / FILETIME_SECOND > FILETIME_1970
                    ? (int64_t)(info.last_write / FILETIME_SECOND - FILETIME_1970)
                    : 0;
    return true;
}

/* Opening comes first: creating asks for rights above the key, which one that is there need not
 * give. */
static bool open_or_create(struct winreg *registry, const char *path, struct winreg_key *ret_key,
                           struct ajar_error *err)
{
    struct ajar_error reason = AJAR_NO_ERROR;
    bool created;

    if (winreg_open_key(registry, path, RIGHTS_TO_WRITE, ret_key, &reason))
        return true;
    if (reason.status == AJAR_EMISSING)
        return winreg_create_key(registry, path, RIGHTS_TO_WRITE, ret_key, &created, err);
    *err = reason;
    return false;
}

bool registry_put(struct winreg *registry, const char *path, const char *name,
                  const struct winreg_value *value, struct ajar_error *err)
{
    struct winreg_key key;
    bool fine;

    if (!open_or_create(registry, path, &key, err))
        return false;
    fine =
        winreg_set_value(registry, &key, name, value, err) && winreg_flush_key(registry, &key, err);
    close_quietly(registry, &key);
    return fine;
}

/* Deletes the value; one that is not there is as good. */
static bool delete_value(struct winreg *registry, const char *path, const char *name,
                         struct ajar_error *err)
{
    struct ajar_error reason = AJAR_NO_ERROR;
    struct winreg_key key;
    bool fine = winreg_open_key(registry, path, RIGHTS_TO_WRITE, &key, &reason);

    if (fine) {
        fine = winreg_delete_value(registry, &key, name, &reason) &&
               winreg_flush_key(registry, &key, &reason);
        close_quietly(registry, &key);
    }
    if (fine || reason.status == AJAR_EMISSING)
        return true;
    *err = reason;
    return false;
}

/* Has the key neither values nor sub-keys? One that is gone has not. */
static bool look_into(struct winreg *registry, const char *path, bool *ret_empty,
                      struct ajar_error *err)
{
    struct ajar_error reason = AJAR_NO_ERROR;
    struct winreg_key_info info = { 0 };
    struct winreg_key key;
    bool fine = winreg_open_key(registry, path, WINREG_QUERY_VALUE, &key, &reason);

    if (fine) {
        fine = winreg_query_info(registry, &key, &info, &reason);
        close_quietly(registry, &key);
    }
    if (fine || reason.status == AJAR_EMISSING) {
        *ret_empty = info.sub_keys == 0 && info.values == 0;
        return true;
    }
    *err = reason;
    return false;
}

/* Deletes an empty key; one that is gone, or no longer empty, is left alone. */
static bool delete_key(struct winreg *registry, const char *path, struct ajar_error *err)
{
    struct ajar_error reason = AJAR_NO_ERROR;

    if (winreg_delete_key(registry, path, &reason) || reason.status == AJAR_EMISSING ||
        reason.status == AJAR_ECONFLICT)
        return true;
    *err = reason;
    return false;
}

/* The length of `above` as a path below HKLM. It must be above `path`: nothing outside the
 * setting's own key is ever deleted. */
static bool measure_above(const char *path, const char *above, size_t *ret_size,
                          struct ajar_error *err)
{
    const char *below = registry_path_below(above);
    size_t size = below ? strlen(below) : 0;

    if ((!below && !text_same_ignoring_case(above, REGISTRY_ROOT)) ||
        (size > 0 && (strncasecmp(path, below, size) != 0 || path[size] != '\\')))
        return ajar_fail(err, AJAR_EJOURNAL, "recorded key \"%s\" is not above \"%s\\%s\"", above,
                         REGISTRY_ROOT, path);
    *ret_size = size;
    return true;
}

/* Deletes the key and those above it, as long as they are empty, down to `keep` bytes of its
 * path. */
static bool delete_empty_keys(struct winreg *registry, const char *path, size_t keep,
                              struct ajar_error *err)
{
    OWNED(free) char *key = text_copy(path);
    bool is_empty;

    if (!key)
        return ajar_no_memory(err);
    for (; strlen(key) > keep; cut_last_part(key)) {
        if (!look_into(registry, key, &is_empty, err))
            return false;
        if (!is_empty)
            return true;
        if (!delete_key(registry, key, err))
            return false;
    }
    return true;
}

bool registry_take_away(struct winreg *registry, const char *path, const char *name,
                        const char *above, struct ajar_error *err)
{
    size_t keep = 0;

    if (above && !measure_above(path, above, &keep, err))
        return false;
    return delete_value(registry, path, name, err) &&
           (!above || delete_empty_keys(registry, path, keep, err));
}
