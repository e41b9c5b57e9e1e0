/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake/fake_pipe.h"

#include "base/text.h"
#include "base/utf16.h"
#include "transport/rpc/ndr.h"
#include "transport/rpc/winreg_codec.h"

#include <string.h>
#include <strings.h>

struct fake_value {
    char *name;
    struct winreg_value value;
};

struct fake_key {
    char *path;
    size_t value_count;
    struct fake_value *values;
};

struct fake_pipe {
    struct rpc_pipe pipe;
    struct fake_registry *registry;
};

/* What a well-behaved client always sends, and what a test cannot do without. */
static void expect(bool truth)
{
    if (!truth)
        abort();
}

enum { ANSWER_CEILING = 1 << 24, KEY_HAS_SUB_KEYS = 5, BAD_HANDLE = 6 };

static struct fake_key *find_key(const struct fake_registry *registry, const char *path)
{
    for (size_t i = 0; i < registry->key_count; i++) {
        if (strcasecmp(registry->keys[i].path, path) == 0)
            return &registry->keys[i];
    }
    return NULL;
}

static struct fake_value *find_value(const struct fake_key *key, const char *name)
{
    for (size_t i = 0; key && i < key->value_count; i++) {
        if (strcasecmp(key->values[i].name, name) == 0)
            return &key->values[i];
    }
    return NULL;
}

/* The sub-key at `index` of a key, as its whole path; NULL at the end. */
static const char *sub_key(const struct fake_registry *registry, const char *path, size_t index)
{
    size_t size = strlen(path);

    for (size_t i = 0; i < registry->key_count; i++) {
        const char *other = registry->keys[i].path;
        const char *rest = size == 0 ? other : other + size + 1;

        if (strlen(other) <= size || strncasecmp(other, path, size) != 0 ||
            (size > 0 && other[size] != '\\') || strchr(rest, '\\'))
            continue;
        if (index-- == 0)
            return other;
    }
    return NULL;
}

static uint32_t count_sub_keys(const struct fake_registry *registry, const char *path)
{
    uint32_t count = 0;

    while (sub_key(registry, path, count))
        count++;
    return count;
}

static void remove_value(struct fake_key *key, struct fake_value *value)
{
    free(value->name);
    winreg_value_release(&value->value);
    *value = key->values[--key->value_count];
}

static void remove_key(struct fake_registry *registry, struct fake_key *key)
{
    while (key->value_count > 0)
        remove_value(key, key->values);
    free(key->values);
    free(key->path);
    *key = registry->keys[--registry->key_count];
}

struct fake_registry *fake_registry_new(void)
{
    struct fake_registry *registry = calloc(1, sizeof(*registry));

    expect(registry != NULL);
    fake_registry_add_key(registry, "");
    return registry;
}

void fake_registry_free(struct fake_registry *registry)
{
    while (registry->key_count > 0)
        remove_key(registry, registry->keys);
    for (size_t i = 0; i < registry->handle_count; i++)
        free(registry->handles[i]);
    bytes_release(&registry->last_request);
    free(registry->handles);
    free(registry->keys);
    free(registry);
}

void fake_registry_add_key(struct fake_registry *registry, const char *path)
{
    OWNED(free) char *above = text_copy(path);
    char *last = strrchr(above, '\\');

    if (find_key(registry, path))
        return;
    if (path[0] != '\0') {
        *(last ? last : above) = '\0';
        fake_registry_add_key(registry, above);
    }
    registry->keys = reallocarray(registry->keys, registry->key_count + 1, sizeof(*registry->keys));
    expect(registry->keys != NULL);
    registry->keys[registry->key_count++] = (struct fake_key){ .path = text_copy(path) };
}

void fake_registry_set(struct fake_registry *registry, const char *path, const char *name,
                       uint32_t type, const void *data, size_t size)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct fake_value *value;
    struct fake_key *key;

    fake_registry_add_key(registry, path);
    key = find_key(registry, path);
    value = find_value(key, name);
    if (!value) {
        key->values = reallocarray(key->values, key->value_count + 1, sizeof(*key->values));
        expect(key->values != NULL);
        value = &key->values[key->value_count++];
        *value = (struct fake_value){ .name = text_copy(name) };
    }
    winreg_value_release(&value->value);
    value->value.type = type;
    if (!bytes_copy(data, size, &value->value.data, &err))
        abort();
}

void fake_registry_delete(struct fake_registry *registry, const char *path, const char *name)
{
    struct fake_key *key = find_key(registry, path);
    struct fake_value *value = find_value(key, name);

    if (value)
        remove_value(key, value);
}

bool fake_registry_has_key(const struct fake_registry *registry, const char *path)
{
    return find_key(registry, path) != NULL;
}

const struct winreg_value *fake_registry_value(const struct fake_registry *registry,
                                               const char *path, const char *name)
{
    const struct fake_value *value = find_value(find_key(registry, path), name);

    return value ? &value->value : NULL;
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *value_line(const struct fake_key *key, const struct fake_value *value)
{
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(free) char *hex = NULL;

    if (!bytes_to_hex(value->value.data.at, value->value.data.size, &hex, &err))
        abort();
    return text_make("%s : %s : %u : %s\n", key->path, value->name, value->value.type, hex);
}

char *fake_registry_dump(const struct fake_registry *registry)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct text dump = TEXT_UP_TO(1 << 24);
    char **lines = NULL;
    size_t count = 0;
    char *ret = NULL;

    for (size_t i = 0; i < registry->key_count; i++) {
        const struct fake_key *key = &registry->keys[i];

        lines = reallocarray(lines, count + key->value_count + 1, sizeof(*lines));
        expect(lines != NULL);
        lines[count++] = text_make("%s\n", key->path);
        for (size_t j = 0; j < key->value_count; j++)
            lines[count++] = value_line(key, &key->values[j]);
    }
    qsort(lines, count, sizeof(*lines), compare_lines);
    for (size_t i = 0; i < count; i++) {
        text_append(&dump, lines[i]);
        free(lines[i]);
    }
    free(lines);
    if (!text_take(&dump, &ret, &err))
        abort();
    return ret;
}

/* Handles are numbers, from 1, in the second four bytes. */
static struct winreg_key make_handle(struct fake_registry *registry, const char *path)
{
    struct winreg_key key = { { 0 } };
    size_t number = registry->handle_count + 1;

    registry->handles = reallocarray(registry->handles, number, sizeof(*registry->handles));
    expect(registry->handles != NULL);
    registry->handles[registry->handle_count++] = text_copy(path);
    key.handle[4] = (uint8_t)number;
    key.handle[5] = (uint8_t)(number >> 8);
    return key;
}

static char **find_handle(struct fake_registry *registry, struct ndr_reader *request)
{
    struct winreg_key key;
    size_t number;

    ndr_read_bytes(request, key.handle, sizeof(key.handle));
    number = (size_t)key.handle[4] | (size_t)key.handle[5] << 8;
    if (number == 0 || number > registry->handle_count || !registry->handles[number - 1])
        return NULL;
    return &registry->handles[number - 1];
}

static char *read_name(struct ndr_reader *request)
{
    struct ajar_error err = AJAR_NO_ERROR;
    uint16_t length = ndr_read_u16(request);
    uint16_t room = ndr_read_u16(request);
    struct ndr_array units = { 0 };
    char *name = NULL;

    if (ndr_read_pointer(request))
        units = ndr_read_varying(request, 2);
    expect(length == units.count * 2 && room >= length && units.count > 0);
    if (!utf16_to_utf8(units.at, 2 * (size_t)units.count - 2, &name, &err))
        abort();
    return name;
}

/* The path that a request names, from its handle and its name. */
static char *join(const char *above, const char *name)
{
    return text_make("%s%s%s", above, above[0] && name[0] ? "\\" : "", name);
}

static void write_key(struct ndr_writer *answer, const struct winreg_key *key)
{
    ndr_write_bytes(answer, key->handle, sizeof(key->handle));
}

static uint32_t open_local_machine(struct fake_registry *registry, struct ndr_reader *request,
                                   struct ndr_writer *answer)
{
    struct winreg_key key = make_handle(registry, "");

    expect(!ndr_read_pointer(request));
    expect(ndr_read_u32(request) & WINREG_VIEW_64);
    write_key(answer, &key);
    return WINREG_FINE;
}

static uint32_t close_key(struct fake_registry *registry, struct ndr_reader *request,
                          struct ndr_writer *answer)
{
    static const struct winreg_key closed;
    char **handle = find_handle(registry, request);

    write_key(answer, &closed);
    if (!handle)
        return BAD_HANDLE;
    free(*handle);
    *handle = NULL;
    return WINREG_FINE;
}

static uint32_t open_key(struct fake_registry *registry, struct ndr_reader *request,
                         struct ndr_writer *answer)
{
    char **above = find_handle(registry, request);
    OWNED(free) char *name = read_name(request);
    OWNED(free) char *path = join(*above, name);
    struct winreg_key key = { { 0 } };
    bool found = find_key(registry, path) != NULL;

    (void)ndr_read_u32(request);
    expect(ndr_read_u32(request) & WINREG_VIEW_64);
    if (found)
        key = make_handle(registry, path);
    write_key(answer, &key);
    return found ? WINREG_FINE : WINREG_MISSING;
}

static uint32_t create_key(struct fake_registry *registry, struct ndr_reader *request,
                           struct ndr_writer *answer)
{
    char **above = find_handle(registry, request);
    OWNED(free) char *name = read_name(request);
    OWNED(free) char *path = join(*above, name);
    bool found = find_key(registry, path) != NULL;
    struct winreg_key key;

    (void)ndr_read_u32(request); /* no class */
    (void)ndr_read_u32(request);
    expect(ndr_read_u32(request) == 0); /* not volatile */
    expect(ndr_read_u32(request) & WINREG_VIEW_64);
    expect(!ndr_read_pointer(request));
    expect(ndr_read_pointer(request));
    (void)ndr_read_u32(request);
    fake_registry_add_key(registry, path);
    key = make_handle(registry, path);
    write_key(answer, &key);
    ndr_write_pointer(answer, true);
    ndr_write_u32(answer, found ? 2 : 1);
    return WINREG_FINE;
}

static uint32_t delete_key(struct fake_registry *registry, struct ndr_reader *request,
                           struct ndr_writer *answer)
{
    char **above = find_handle(registry, request);
    OWNED(free) char *name = read_name(request);
    OWNED(free) char *path = join(*above, name);
    struct fake_key *key = find_key(registry, path);

    (void)answer;
    if (!key)
        return WINREG_MISSING;
    if (sub_key(registry, path, 0))
        return KEY_HAS_SUB_KEYS;
    remove_key(registry, key);
    return WINREG_FINE;
}

static uint32_t delete_value(struct fake_registry *registry, struct ndr_reader *request,
                             struct ndr_writer *answer)
{
    struct fake_key *key = find_key(registry, *find_handle(registry, request));
    OWNED(free) char *name = read_name(request);
    struct fake_value *value = find_value(key, name);

    (void)answer;
    if (!value)
        return WINREG_MISSING;
    remove_value(key, value);
    return WINREG_FINE;
}

static uint32_t flush_key(struct fake_registry *registry, struct ndr_reader *request,
                          struct ndr_writer *answer)
{
    (void)answer;
    return find_handle(registry, request) ? WINREG_FINE : BAD_HANDLE;
}

static uint32_t set_value(struct fake_registry *registry, struct ndr_reader *request,
                          struct ndr_writer *answer)
{
    char **path = find_handle(registry, request);
    OWNED(free) char *name = read_name(request);
    uint32_t type = ndr_read_u32(request);
    uint32_t size = ndr_read_u32(request);
    OWNED(free) uint8_t *data = malloc(size + 1);

    (void)answer;
    expect(data != NULL);
    ndr_read_bytes(request, data, size);
    expect(ndr_read_u32(request) == size);
    fake_registry_set(registry, *path, name, type, data, size);
    return WINREG_FINE;
}

/* Type, data, size and length: with the data when they fit, as QueryValue and EnumValue answer. */
static uint32_t write_value(struct ndr_writer *answer, const struct winreg_value *value,
                            uint32_t room)
{
    static const struct winreg_value none;
    uint32_t size = value ? (uint32_t)value->data.size : 0;
    bool fits = size <= room;

    if (!value)
        value = &none;
    ndr_write_pointer(answer, true);
    ndr_write_u32(answer, value->type);
    ndr_write_pointer(answer, true);
    ndr_write_varying(answer, room, value->data.at, fits ? size : 0, 1);
    ndr_write_pointer(answer, true);
    ndr_write_u32(answer, size);
    ndr_write_pointer(answer, true);
    ndr_write_u32(answer, fits ? size : 0);
    return value == &none ? WINREG_MISSING : fits ? WINREG_FINE : WINREG_MORE_DATA;
}

static uint32_t read_value_room(struct ndr_reader *request)
{
    uint32_t room;

    expect(ndr_read_pointer(request));
    (void)ndr_read_u32(request);
    expect(ndr_read_pointer(request));
    (void)ndr_read_varying(request, 1);
    expect(ndr_read_pointer(request));
    room = ndr_read_u32(request);
    expect(ndr_read_pointer(request));
    (void)ndr_read_u32(request);
    return room;
}

static uint32_t query_value(struct fake_registry *registry, struct ndr_reader *request,
                            struct ndr_writer *answer)
{
    const char *path = *find_handle(registry, request);
    OWNED(free) char *name = read_name(request);
    uint32_t room = read_value_room(request);

    return write_value(answer, fake_registry_value(registry, path, name), room);
}

static void write_name(struct ndr_writer *answer, const char *name)
{
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(bytes_release) struct bytes utf16 = { 0 };
    uint16_t size;

    if (!utf16_from_utf8(name, &utf16, &err))
        abort();
    size = (uint16_t)(utf16.size + 2);
    ndr_write_u16(answer, size);
    ndr_write_u16(answer, size);
    ndr_write_pointer(answer, true);
    ndr_write_u32(answer, size / 2);
    ndr_write_u32(answer, 0);
    ndr_write_u32(answer, size / 2);
    ndr_write_bytes(answer, utf16.at, utf16.size);
    ndr_write_u16(answer, 0);
}

static uint32_t enum_value(struct fake_registry *registry, struct ndr_reader *request,
                           struct ndr_writer *answer)
{
    struct fake_key *key = find_key(registry, *find_handle(registry, request));
    uint32_t index = ndr_read_u32(request);
    bool found = index < key->value_count;
    uint32_t room;
    uint32_t code;

    free(read_name(request));
    room = read_value_room(request);
    write_name(answer, found ? key->values[index].name : "");
    code = write_value(answer, found ? &key->values[index].value : NULL, room);
    return found ? code : WINREG_NO_MORE_ITEMS;
}

static uint32_t enum_key(struct fake_registry *registry, struct ndr_reader *request,
                         struct ndr_writer *answer)
{
    const char *path = *find_handle(registry, request);
    uint32_t index = ndr_read_u32(request);
    const char *found = sub_key(registry, path, index);

    free(read_name(request));
    expect(ndr_read_pointer(request)); /* Samba refuses a NULL class */
    (void)ndr_read_u32(request);
    (void)ndr_read_pointer(request);
    (void)ndr_read_pointer(request);
    (void)ndr_read_u32(request);
    (void)ndr_read_u32(request);
    write_name(answer, found ? found + strlen(path) + (path[0] ? 1 : 0) : "");
    ndr_write_pointer(answer, false);
    ndr_write_pointer(answer, true);
    ndr_write_u32(answer, 0);
    ndr_write_u32(answer, 0);
    return found ? WINREG_FINE : WINREG_NO_MORE_ITEMS;
}

static uint32_t larger(size_t a, size_t b)
{
    return (uint32_t)(a > b ? a : b);
}

static uint32_t query_info_key(struct fake_registry *registry, struct ndr_reader *request,
                               struct ndr_writer *answer)
{
    const char *path = *find_handle(registry, request);
    const struct fake_key *key = find_key(registry, path);
    uint32_t longest = 0;
    uint32_t largest = 0;

    (void)ndr_read_u32(request);
    (void)ndr_read_pointer(request);
    for (size_t i = 0; i < key->value_count; i++) {
        longest = larger(longest, 2 * strlen(key->values[i].name));
        largest = larger(largest, key->values[i].value.data.size);
    }
    write_name(answer, "");
    ndr_write_u32(answer, count_sub_keys(registry, path));
    ndr_write_u32(answer, 0);
    ndr_write_u32(answer, 0);
    ndr_write_u32(answer, (uint32_t)key->value_count);
    ndr_write_u32(answer, longest);
    ndr_write_u32(answer, largest);
    ndr_write_u32(answer, 0);
    ndr_write_u32(answer, registry->last_write ? (uint32_t)registry->last_write : 0x3d5c0000);
    ndr_write_u32(answer, registry->last_write ? (uint32_t)(registry->last_write >> 32) : 0x01d9);
    return WINREG_FINE;
}

static const struct server_call {
    enum winreg_opnum opnum;
    uint32_t (*run)(struct fake_registry *, struct ndr_reader *, struct ndr_writer *);
    size_t zeros; /* in front of the code, when the call is refused */
} server_calls[] = {
    { WINREG_OPEN_LOCAL_MACHINE, open_local_machine, 20 },
    { WINREG_CLOSE_KEY, close_key, 20 },
    { WINREG_CREATE_KEY, create_key, 24 },
    { WINREG_DELETE_KEY, delete_key, 0 },
    { WINREG_DELETE_VALUE, delete_value, 0 },
    { WINREG_ENUM_KEY, enum_key, 16 },
    { WINREG_ENUM_VALUE, enum_value, 24 },
    { WINREG_FLUSH_KEY, flush_key, 0 },
    { WINREG_OPEN_KEY, open_key, 20 },
    { WINREG_QUERY_INFO_KEY, query_info_key, 44 },
    { WINREG_QUERY_VALUE_OF_KEY, query_value, 16 },
    { WINREG_SET_VALUE_OF_KEY, set_value, 0 },
};

static const struct server_call *find_call(unsigned opnum)
{
    for (size_t i = 0; i < LENGTH(server_calls); i++) {
        if (server_calls[i].opnum == opnum)
            return &server_calls[i];
    }
    abort();
}

static void serve(struct fake_registry *registry, unsigned opnum, const struct bytes *request,
                  struct bytes *ret_answer)
{
    static const uint8_t zeros[64];
    const struct server_call *call = find_call(opnum);
    struct ndr_reader reader = ndr_reader(request);
    struct ndr_writer writer = NDR_UP_TO(ANSWER_CEILING);
    struct ajar_error err = AJAR_NO_ERROR;
    uint32_t code = registry->code;

    if (registry->code_opnum == opnum && code != 0) {
        ndr_write_bytes(&writer, zeros, call->zeros);
    } else {
        code = call->run(registry, &reader, &writer);
        if (!ndr_read_end(&reader, "request", &err))
            abort();
    }
    ndr_write_u32(&writer, code);
    if (!ndr_write_end(&writer, "answer", ret_answer, &err))
        abort();
}

static bool fail(struct fake_registry *registry, struct ajar_error *err)
{
    registry->broken = true;
    return ajar_fail(err, AJAR_ETIMEOUT, "fake pipe: no answer to call %zu", registry->calls);
}

static bool call(struct rpc_pipe *rpc_pipe, unsigned opnum, const struct bytes *request,
                 struct bytes *ret_answer, struct ajar_error *err)
{
    struct fake_registry *registry = ((struct fake_pipe *)rpc_pipe)->registry;
    struct bytes answer = { 0 };

    if (registry->broken)
        return ajar_fail(err, AJAR_EUNREACHABLE, "fake pipe: broken");
    if (registry->before_call)
        registry->before_call(registry, opnum);
    if (++registry->calls == registry->fail_at && !registry->fail_after)
        return fail(registry, err);
    bytes_release(&registry->last_request);
    if (!bytes_copy(request->at, request->size, &registry->last_request, err))
        return false;
    if (registry->code_opnum == opnum && registry->answer.at) {
        answer = registry->answer;
        registry->answer = (struct bytes){ 0 };
        return bytes_copy(answer.at, answer.size, ret_answer, err);
    }
    serve(registry, opnum, request, &answer);
    if (registry->calls == registry->fail_at) {
        bytes_release(&answer);
        return fail(registry, err);
    }
    *ret_answer = answer;
    return true;
}

static void close_pipe(struct rpc_pipe *pipe)
{
    free(pipe);
}

struct rpc_pipe *fake_registry_pipe(struct fake_registry *registry)
{
    static const struct rpc_pipe_methods methods = { .call = call, .close = close_pipe };
    struct fake_pipe *pipe = calloc(1, sizeof(*pipe));

    expect(pipe != NULL);
    pipe->pipe.methods = &methods;
    pipe->registry = registry;
    return &pipe->pipe;
}

struct winreg *fake_registry_open(struct fake_registry *registry)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct winreg *client = NULL;

    if (!winreg_open(fake_registry_pipe(registry), &client, &err))
        abort();
    return client;
}
