/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/rpc/winreg.h"

#include "transport/rpc/win32_error.h"
#include "transport/rpc/winreg_codec.h"

/* Most values fit, so most reads are one round trip. */
#define FIRST_ROOM 4096U

/* How often a value may grow between two reads before we stop asking. */
#define GROWTH_CEILING 4

struct winreg {
    struct rpc_pipe *pipe;
    struct winreg_key local_machine;
};

static const struct win32_meaning meanings[] = {
    { WINREG_MISSING, AJAR_EMISSING, "no such key or value" },
    { WINREG_DENIED, AJAR_EDENIED, "access denied" },
    { 6, AJAR_EPROTOCOL, "the server does not know the handle" },
    { 8, AJAR_EPROTOCOL, "the server is out of memory" },
    { 14, AJAR_EPROTOCOL, "the server is out of memory" },
    { 19, AJAR_EDENIED, "the server's registry cannot be written" },
    { 50, AJAR_EPROTOCOL, "the server does not support the call" },
    { 87, AJAR_EPROTOCOL, "the server finds a parameter wrong" },
    { 112, AJAR_EPROTOCOL, "the server's disk is full" },
    { 161, AJAR_EPLAN, "the server finds the path wrong" },
    { WINREG_MORE_DATA, AJAR_EPROTOCOL, "the value grows while it is read" },
    { WINREG_NO_MORE_ITEMS, AJAR_EMISSING, "no more items" },
    { 1009, AJAR_EPROTOCOL, "the server's registry is corrupt" },
    { 1010, AJAR_EPLAN, "the server finds the key wrong" },
    { 1011, AJAR_EPROTOCOL, "the server could not open the key" },
    { 1012, AJAR_EPROTOCOL, "the server could not read the key" },
    { 1013, AJAR_EPROTOCOL, "the server could not write the key" },
    { 1018, AJAR_ECONFLICT, "the key is being deleted" },
    { 1020, AJAR_ECONFLICT, "the key has sub-keys" },
    { 1021, AJAR_EDENIED, "the key above it is volatile" },
    { 1115, AJAR_EUNREACHABLE, "the server is shutting down" },
};

static bool judge(uint32_t code, struct ajar_error *err)
{
    return win32_judge(code, meanings, LENGTH(meanings), err);
}

/* Sends a request that its codec made. */
static bool call(struct winreg *registry, enum winreg_opnum opnum, const struct bytes *request,
                 struct bytes *ret_answer, struct ajar_error *err)
{
    return rpc_call(registry->pipe, opnum, request, ret_answer, err);
}

/* Sends a request whose answer is only a code. */
static bool call_for_code(struct winreg *registry, enum winreg_opnum opnum, const char *message,
                          const struct bytes *request, struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes answer = { 0 };
    uint32_t code;

    return call(registry, opnum, request, &answer, err) &&
           winreg_read_code(message, &answer, &code, err) && judge(code, err);
}

/* Sends a request whose answer is a handle and a code. */
static bool call_for_key(struct winreg *registry, enum winreg_opnum opnum, const char *message,
                         const struct bytes *request, struct winreg_key *ret_key,
                         struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes answer = { 0 };
    struct winreg_key key;
    uint32_t code;

    if (!call(registry, opnum, request, &answer, err) ||
        !winreg_read_key(message, &answer, &key, &code, err) || !judge(code, err))
        return false;
    *ret_key = key;
    return true;
}

bool winreg_open(struct rpc_pipe *pipe, struct winreg **ret_registry, struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes request = { 0 };
    OWNED(free) struct winreg *registry = calloc(1, sizeof(*registry));

    if (!registry)
        return ajar_no_memory(err);
    registry->pipe = pipe;
    /* Each key below is opened with rights of its own: the handle needs none but to read. */
    if (!winreg_write_open_local_machine(WINREG_QUERY_VALUE | WINREG_ENUMERATE, &request, err) ||
        !call_for_key(registry, WINREG_OPEN_LOCAL_MACHINE, "OpenLocalMachine answer", &request,
                      &registry->local_machine, err))
        return ajar_while(err, "could not open HKLM");
    *ret_registry = registry;
    registry = NULL;
    return true;
}

bool winreg_open_key(struct winreg *registry, const char *path, uint32_t rights,
                     struct winreg_key *ret_key, struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes request = { 0 };

    if (!winreg_write_open_key(&registry->local_machine, path, rights, &request, err) ||
        !call_for_key(registry, WINREG_OPEN_KEY, "OpenKey answer", &request, ret_key, err))
        return ajar_while(err, "could not open key \"HKLM\\%s\"", path);
    return true;
}

bool winreg_create_key(struct winreg *registry, const char *path, uint32_t rights,
                       struct winreg_key *ret_key, bool *ret_created, struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes request = { 0 };
    OWNED(bytes_release) struct bytes answer = { 0 };
    struct winreg_key key;
    uint32_t code;
    bool created;

    if (!winreg_write_create_key(&registry->local_machine, path, rights, &request, err) ||
        !call(registry, WINREG_CREATE_KEY, &request, &answer, err) ||
        !winreg_read_create_key(&answer, &key, &created, &code, err) || !judge(code, err))
        return ajar_while(err, "could not create key \"HKLM\\%s\"", path);
    *ret_key = key;
    *ret_created = created;
    return true;
}

static bool query_once(struct winreg *registry, const struct winreg_key *key, const char *name,
                       uint32_t room, struct winreg_item *ret_item, struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes request = { 0 };
    OWNED(bytes_release) struct bytes answer = { 0 };

    return winreg_write_query_value(key, name, room, &request, err) &&
           call(registry, WINREG_QUERY_VALUE_OF_KEY, &request, &answer, err) &&
           winreg_read_query_value(&answer, ret_item, err);
}

/* A value can grow between the answer that tells its size and the next question. */
static bool query_until_it_fits(struct winreg *registry, const struct winreg_key *key,
                                const char *name, struct winreg_value *ret_value,
                                struct ajar_error *err)
{
    OWNED(winreg_item_release) struct winreg_item item = { 0 };
    uint32_t room = FIRST_ROOM;

    for (int i = 0; i <= GROWTH_CEILING; i++) {
        winreg_item_release(&item);
        if (!query_once(registry, key, name, room, &item, err))
            return false;
        if (item.code != WINREG_MORE_DATA)
            break;
        if (item.needed > WINREG_DATA_CEILING)
            return ajar_fail(err, AJAR_EPROTOCOL, "it has %u bytes, more than the %u allowed",
                             item.needed, WINREG_DATA_CEILING);
        room = item.needed > room ? item.needed : room;
    }
    if (!judge(item.code, err))
        return false;
    *ret_value = item.value;
    item.value = (struct winreg_value){ 0 };
    return true;
}

bool winreg_query_value(struct winreg *registry, const struct winreg_key *key, const char *name,
                        struct winreg_value *ret_value, struct ajar_error *err)
{
    if (!query_until_it_fits(registry, key, name, ret_value, err))
        return ajar_while(err, "could not read value \"%s\"", name);
    return true;
}

bool winreg_set_value(struct winreg *registry, const struct winreg_key *key, const char *name,
                      const struct winreg_value *value, struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes request = { 0 };

    if (!winreg_write_set_value(key, name, value, &request, err) ||
        !call_for_code(registry, WINREG_SET_VALUE_OF_KEY, "SetValue answer", &request, err))
        return ajar_while(err, "could not write value \"%s\"", name);
    return true;
}

bool winreg_delete_value(struct winreg *registry, const struct winreg_key *key, const char *name,
                         struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes request = { 0 };

    if (!winreg_write_delete_value(key, name, &request, err) ||
        !call_for_code(registry, WINREG_DELETE_VALUE, "DeleteValue answer", &request, err))
        return ajar_while(err, "could not delete value \"%s\"", name);
    return true;
}

bool winreg_query_info(struct winreg *registry, const struct winreg_key *key,
                       struct winreg_key_info *ret_info, struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes request = { 0 };
    OWNED(bytes_release) struct bytes answer = { 0 };
    struct winreg_key_info info;
    uint32_t code;

    if (!winreg_write_query_info_key(key, &request, err) ||
        !call(registry, WINREG_QUERY_INFO_KEY, &request, &answer, err) ||
        !winreg_read_query_info_key(&answer, &info, &code, err) || !judge(code, err))
        return ajar_while(err, "could not look into the key");
    *ret_info = info;
    return true;
}

bool winreg_enum_value(struct winreg *registry, const struct winreg_key *key,
                       const struct winreg_key_info *info, uint32_t index, char **ret_name,
                       struct winreg_value *ret_value, struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes request = { 0 };
    OWNED(bytes_release) struct bytes answer = { 0 };
    OWNED(winreg_item_release) struct winreg_item item = { 0 };

    if (!winreg_write_enum_value(key, index, info->longest_value_name, info->largest_data, &request,
                                 err) ||
        !call(registry, WINREG_ENUM_VALUE, &request, &answer, err) ||
        !winreg_read_enum_value(&answer, &item, err) || !judge(item.code, err))
        return ajar_while(err, "could not list the key's values");
    *ret_name = item.name;
    *ret_value = item.value;
    item = (struct winreg_item){ 0 };
    return true;
}

bool winreg_enum_key(struct winreg *registry, const struct winreg_key *key, uint32_t index,
                     char **ret_name, struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes request = { 0 };
    OWNED(bytes_release) struct bytes answer = { 0 };
    OWNED(winreg_item_release) struct winreg_item item = { 0 };

    if (!winreg_write_enum_key(key, index, &request, err) ||
        !call(registry, WINREG_ENUM_KEY, &request, &answer, err) ||
        !winreg_read_enum_key(&answer, &item, err) || !judge(item.code, err))
        return ajar_while(err, "could not list the key's sub-keys");
    *ret_name = item.name;
    item.name = NULL;
    return true;
}

bool winreg_delete_key(struct winreg *registry, const char *path, struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes request = { 0 };

    if (!winreg_write_delete_key(&registry->local_machine, path, &request, err) ||
        !call_for_code(registry, WINREG_DELETE_KEY, "DeleteKey answer", &request, err))
        return ajar_while(err, "could not delete key \"HKLM\\%s\"", path);
    return true;
}

bool winreg_flush_key(struct winreg *registry, const struct winreg_key *key, struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes request = { 0 };

    if (!winreg_write_flush_key(key, &request, err) ||
        !call_for_code(registry, WINREG_FLUSH_KEY, "FlushKey answer", &request, err))
        return ajar_while(err, "could not write the key to disk");
    return true;
}

bool winreg_close_key(struct winreg *registry, struct winreg_key *key, struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes request = { 0 };

    if (!winreg_write_close_key(key, &request, err) ||
        !call_for_key(registry, WINREG_CLOSE_KEY, "CloseKey answer", &request, key, err))
        return ajar_while(err, "could not close the key");
    return true;
}

void winreg_value_release(struct winreg_value *value)
{
    bytes_release(&value->data);
    *value = (struct winreg_value){ 0 };
}

void winreg_close(struct winreg *registry)
{
    rpc_pipe_close(registry->pipe);
    free(registry);
}
