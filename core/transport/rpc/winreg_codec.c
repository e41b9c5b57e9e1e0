/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/rpc/winreg_codec.h"

#include "base/utf16.h"
#include "transport/rpc/ndr.h"

/* A request is at most one value's data, one name of 64 KiB, and some fields. */
#define REQUEST_CEILING (WINREG_DATA_CEILING + 0x20000U)

/* RRP_UNICODE_STRING counts bytes, its NUL included, in 16 bits. */
#define NAME_SIZE_CEILING 0xfffeU

/* A key's name has at most 255 characters, and a NUL on the wire. */
#define KEY_NAME_UNITS 256U

enum { UNIT = 2 };

static void write_handle(struct ndr_writer *writer, const struct winreg_key *key)
{
    ndr_write_bytes(writer, key->handle, sizeof(key->handle));
}

/* RRP_UNICODE_STRING: lengths in bytes, a pointer, then the characters; the NUL counts. */
static bool write_name(struct ndr_writer *writer, const char *name, struct ajar_error *err)
{
    static const uint8_t nul[UNIT];
    OWNED(bytes_release) struct bytes utf16 = { 0 };
    uint32_t size;

    if (!utf16_from_utf8(name, &utf16, err))
        return ajar_while(err, "registry name");
    if (utf16.size + UNIT > NAME_SIZE_CEILING)
        return ajar_fail(err, AJAR_EPLAN, "registry name of %zu bytes: at most %u fit", utf16.size,
                         NAME_SIZE_CEILING - UNIT);
    size = (uint32_t)utf16.size + UNIT;
    ndr_write_u16(writer, (uint16_t)size);
    ndr_write_u16(writer, (uint16_t)size);
    ndr_write_pointer(writer, true);
    ndr_write_u32(writer, size / UNIT);
    ndr_write_u32(writer, 0);
    ndr_write_u32(writer, size / UNIT);
    ndr_write_bytes(writer, utf16.at, utf16.size);
    ndr_write_bytes(writer, nul, sizeof(nul));
    return true;
}

/* Room for a name of `units` characters, NUL included, that the server fills in. */
static void write_name_room(struct ndr_writer *writer, uint32_t units)
{
    static const uint8_t nul[UNIT];

    ndr_write_u16(writer, UNIT);
    ndr_write_u16(writer, (uint16_t)(units * UNIT));
    ndr_write_pointer(writer, true);
    ndr_write_varying(writer, units, nul, 1, UNIT);
}

/* A string that has no characters, not even a NUL. */
static void write_no_class(struct ndr_writer *writer)
{
    ndr_write_u16(writer, 0);
    ndr_write_u16(writer, 0);
    ndr_write_pointer(writer, false);
}

static void write_pointed_u32(struct ndr_writer *writer, uint32_t value)
{
    ndr_write_pointer(writer, true);
    ndr_write_u32(writer, value);
}

/* Room for a value: its type, its data (none are sent), and two lengths. Windows refuses a NULL in
 * any of them ([MS-RRP] 3.1.5.17). */
static void write_value_room(struct ndr_writer *writer, uint32_t room)
{
    write_pointed_u32(writer, 0);
    ndr_write_pointer(writer, true);
    ndr_write_varying(writer, room, NULL, 0, 1);
    write_pointed_u32(writer, room);
    write_pointed_u32(writer, 0);
}

bool winreg_write_open_local_machine(uint32_t rights, struct bytes *ret_request,
                                     struct ajar_error *err)
{
    OWNED(ndr_writer_release) struct ndr_writer writer = NDR_UP_TO(REQUEST_CEILING);

    ndr_write_pointer(&writer, false); /* the server's name means nothing ([MS-RRP] 3.1.5.3) */
    ndr_write_u32(&writer, rights | WINREG_VIEW_64);
    return ndr_write_end(&writer, "OpenLocalMachine request", ret_request, err);
}

static bool write_handle_alone(const struct winreg_key *key, const char *message,
                               struct bytes *ret_request, struct ajar_error *err)
{
    OWNED(ndr_writer_release) struct ndr_writer writer = NDR_UP_TO(REQUEST_CEILING);

    write_handle(&writer, key);
    return ndr_write_end(&writer, message, ret_request, err);
}

bool winreg_write_close_key(const struct winreg_key *key, struct bytes *ret_request,
                            struct ajar_error *err)
{
    return write_handle_alone(key, "CloseKey request", ret_request, err);
}

bool winreg_write_flush_key(const struct winreg_key *key, struct bytes *ret_request,
                            struct ajar_error *err)
{
    return write_handle_alone(key, "FlushKey request", ret_request, err);
}

bool winreg_write_query_info_key(const struct winreg_key *key, struct bytes *ret_request,
                                 struct ajar_error *err)
{
    OWNED(ndr_writer_release) struct ndr_writer writer = NDR_UP_TO(REQUEST_CEILING);

    write_handle(&writer, key);
    write_no_class(&writer);
    return ndr_write_end(&writer, "QueryInfoKey request", ret_request, err);
}

bool winreg_write_open_key(const struct winreg_key *above, const char *path, uint32_t rights,
                           struct bytes *ret_request, struct ajar_error *err)
{
    OWNED(ndr_writer_release) struct ndr_writer writer = NDR_UP_TO(REQUEST_CEILING);

    write_handle(&writer, above);
    if (!write_name(&writer, path, err))
        return false;
    ndr_write_u32(&writer, 0); /* no options */
    ndr_write_u32(&writer, rights | WINREG_VIEW_64);
    return ndr_write_end(&writer, "OpenKey request", ret_request, err);
}

bool winreg_write_create_key(const struct winreg_key *above, const char *path, uint32_t rights,
                             struct bytes *ret_request, struct ajar_error *err)
{
    OWNED(ndr_writer_release) struct ndr_writer writer = NDR_UP_TO(REQUEST_CEILING);

    write_handle(&writer, above);
    if (!write_name(&writer, path, err))
        return false;
    write_no_class(&writer);
    ndr_write_u32(&writer, 0); /* no options: kept when the host restarts */
    ndr_write_u32(&writer, rights | WINREG_VIEW_64);
    ndr_write_pointer(&writer, false); /* the security that the key above hands down */
    write_pointed_u32(&writer, 0);     /* what was done, to be filled in */
    return ndr_write_end(&writer, "CreateKey request", ret_request, err);
}

static bool write_handle_and_name(const struct winreg_key *key, const char *name,
                                  const char *message, struct bytes *ret_request,
                                  struct ajar_error *err)
{
    OWNED(ndr_writer_release) struct ndr_writer writer = NDR_UP_TO(REQUEST_CEILING);

    write_handle(&writer, key);
    if (!write_name(&writer, name, err))
        return false;
    return ndr_write_end(&writer, message, ret_request, err);
}

bool winreg_write_delete_key(const struct winreg_key *above, const char *path,
                             struct bytes *ret_request, struct ajar_error *err)
{
    return write_handle_and_name(above, path, "DeleteKey request", ret_request, err);
}

bool winreg_write_delete_value(const struct winreg_key *key, const char *name,
                               struct bytes *ret_request, struct ajar_error *err)
{
    return write_handle_and_name(key, name, "DeleteValue request", ret_request, err);
}

bool winreg_write_set_value(const struct winreg_key *key, const char *name,
                            const struct winreg_value *value, struct bytes *ret_request,
                            struct ajar_error *err)
{
    OWNED(ndr_writer_release) struct ndr_writer writer = NDR_UP_TO(REQUEST_CEILING);
    uint32_t size = (uint32_t)value->data.size;

    if (value->data.size > WINREG_DATA_CEILING)
        return ajar_fail(err, AJAR_EPLAN, "registry value of %zu bytes: at most %u fit",
                         value->data.size, WINREG_DATA_CEILING);
    write_handle(&writer, key);
    if (!write_name(&writer, name, err))
        return false;
    ndr_write_u32(&writer, value->type);
    ndr_write_u32(&writer, size); /* a conformant array: its size in front */
    ndr_write_bytes(&writer, value->data.at, size);
    ndr_write_u32(&writer, size);
    return ndr_write_end(&writer, "SetValue request", ret_request, err);
}

bool winreg_write_query_value(const struct winreg_key *key, const char *name, uint32_t room,
                              struct bytes *ret_request, struct ajar_error *err)
{
    OWNED(ndr_writer_release) struct ndr_writer writer = NDR_UP_TO(REQUEST_CEILING);

    write_handle(&writer, key);
    if (!write_name(&writer, name, err))
        return false;
    write_value_room(&writer, room);
    return ndr_write_end(&writer, "QueryValue request", ret_request, err);
}

bool winreg_write_enum_value(const struct winreg_key *key, uint32_t index, uint32_t units,
                             uint32_t room, struct bytes *ret_request, struct ajar_error *err)
{
    OWNED(ndr_writer_release) struct ndr_writer writer = NDR_UP_TO(REQUEST_CEILING);

    if (units >= NAME_SIZE_CEILING / UNIT)
        return ajar_fail(err, AJAR_EPROTOCOL, "value names of %u characters cannot be asked for",
                         units);
    write_handle(&writer, key);
    ndr_write_u32(&writer, index);
    write_name_room(&writer, units + 1);
    write_value_room(&writer, room);
    return ndr_write_end(&writer, "EnumValue request", ret_request, err);
}

bool winreg_write_enum_key(const struct winreg_key *key, uint32_t index, struct bytes *ret_request,
                           struct ajar_error *err)
{
    OWNED(ndr_writer_release) struct ndr_writer writer = NDR_UP_TO(REQUEST_CEILING);

    write_handle(&writer, key);
    ndr_write_u32(&writer, index);
    write_name_room(&writer, KEY_NAME_UNITS);
    ndr_write_pointer(&writer, true); /* room for the class: none, but Samba wants to see it */
    write_no_class(&writer);
    ndr_write_pointer(&writer, true); /* the time of the last write, to be filled in */
    ndr_write_u32(&writer, 0);
    ndr_write_u32(&writer, 0);
    return ndr_write_end(&writer, "EnumKey request", ret_request, err);
}

bool winreg_read_code(const char *message, const struct bytes *answer, uint32_t *ret_code,
                      struct ajar_error *err)
{
    struct ndr_reader reader = ndr_reader(answer);
    uint32_t code = ndr_read_u32(&reader);

    if (!ndr_read_end(&reader, message, err))
        return false;
    *ret_code = code;
    return true;
}

bool winreg_read_key(const char *message, const struct bytes *answer, struct winreg_key *ret_key,
                     uint32_t *ret_code, struct ajar_error *err)
{
    struct ndr_reader reader = ndr_reader(answer);
    struct winreg_key key;
    uint32_t code;

    ndr_read_bytes(&reader, key.handle, sizeof(key.handle));
    code = ndr_read_u32(&reader);
    if (!ndr_read_end(&reader, message, err))
        return false;
    *ret_key = key;
    *ret_code = code;
    return true;
}

bool winreg_read_create_key(const struct bytes *answer, struct winreg_key *ret_key,
                            bool *ret_created, uint32_t *ret_code, struct ajar_error *err)
{
    struct ndr_reader reader = ndr_reader(answer);
    struct winreg_key key;
    uint32_t action = 0;
    uint32_t code;

    ndr_read_bytes(&reader, key.handle, sizeof(key.handle));
    if (ndr_read_pointer(&reader))
        action = ndr_read_u32(&reader);
    code = ndr_read_u32(&reader);
    /* [MS-RRP] 3.1.5.7: 1 created, 2 opened. */
    if (code == WINREG_FINE && action != 1 && action != 2)
        ndr_refuse(&reader, "does not say whether the key is new");
    if (!ndr_read_end(&reader, "CreateKey answer", err))
        return false;
    *ret_key = key;
    *ret_created = action == 1;
    *ret_code = code;
    return true;
}

/* RRP_UNICODE_STRING of an answer: its characters, if it has any. The lengths in front say nothing
 * that the array does not say itself. */
static struct ndr_array read_name(struct ndr_reader *reader)
{
    (void)ndr_read_u16(reader);
    (void)ndr_read_u16(reader);
    return ndr_read_pointer(reader) ? ndr_read_varying(reader, UNIT) : (struct ndr_array){ 0 };
}

static uint64_t read_file_time(struct ndr_reader *reader)
{
    uint32_t low = ndr_read_u32(reader);

    return (uint64_t)ndr_read_u32(reader) << 32 | low;
}

bool winreg_read_query_info_key(const struct bytes *answer, struct winreg_key_info *ret_info,
                                uint32_t *ret_code, struct ajar_error *err)
{
    struct ndr_reader reader = ndr_reader(answer);
    struct winreg_key_info info = { 0 };
    uint32_t code;

    (void)read_name(&reader); /* the class */
    info.sub_keys = ndr_read_u32(&reader);
    info.longest_sub_key = ndr_read_u32(&reader) / UNIT;
    (void)ndr_read_u32(&reader); /* the longest class */
    info.values = ndr_read_u32(&reader);
    info.longest_value_name = ndr_read_u32(&reader) / UNIT;
    info.largest_data = ndr_read_u32(&reader);
    (void)ndr_read_u32(&reader); /* the size of the security descriptor */
    info.last_write = read_file_time(&reader);
    code = ndr_read_u32(&reader);
    if (!ndr_read_end(&reader, "QueryInfoKey answer", err))
        return false;
    *ret_info = info;
    *ret_code = code;
    return true;
}

/* An answer's value, still in the answer's bytes. */
struct value_view {
    uint32_t type;
    struct ndr_array data;
    uint32_t needed;
};

static bool read_pointed_u32(struct ndr_reader *reader, uint32_t *ret_value)
{
    bool follows = ndr_read_pointer(reader);

    *ret_value = follows ? ndr_read_u32(reader) : 0;
    return follows;
}

/* The fields of QueryValue's and EnumValue's answers that they share, to the code at the end
 * ([MS-RRP] 3.1.5.11, 3.1.5.17). */
static uint32_t read_value(struct ndr_reader *reader, struct value_view *ret_view)
{
    struct value_view view = { 0 };
    uint32_t length;
    uint32_t code;
    bool whole = read_pointed_u32(reader, &view.type);

    if (ndr_read_pointer(reader))
        view.data = ndr_read_varying(reader, 1);
    whole = read_pointed_u32(reader, &view.needed) && whole;
    whole = read_pointed_u32(reader, &length) && whole;
    code = ndr_read_u32(reader);
    if (code == WINREG_FINE && !whole)
        ndr_refuse(reader, "lacks the value's type or length");
    if (code == WINREG_FINE && length != view.data.count)
        ndr_refuse(reader, "gives its data another length than they have");
    *ret_view = view;
    return code;
}

static bool take_value(uint32_t code, const struct value_view *view, struct winreg_item *item,
                       struct ajar_error *err)
{
    item->code = code;
    item->needed = view->needed;
    if (code != WINREG_FINE)
        return true;
    item->value.type = view->type;
    return bytes_copy(view->data.at, view->data.count, &item->value.data, err);
}

/* The NUL at the end counts on the wire, but not in a name. */
static bool take_name(const struct ndr_array *name, struct winreg_item *item,
                      struct ajar_error *err)
{
    size_t size = (size_t)name->count * UNIT;

    if (size > 0 && name->at[size - 1] == 0 && name->at[size - 2] == 0)
        size -= UNIT;
    return utf16_to_utf8(name->at, size, &item->name, err);
}

bool winreg_read_query_value(const struct bytes *answer, struct winreg_item *ret_item,
                             struct ajar_error *err)
{
    struct ndr_reader reader = ndr_reader(answer);
    OWNED(winreg_item_release) struct winreg_item item = { 0 };
    struct value_view view;
    uint32_t code = read_value(&reader, &view);

    if (!ndr_read_end(&reader, "QueryValue answer", err) || !take_value(code, &view, &item, err))
        return false;
    *ret_item = item;
    item = (struct winreg_item){ 0 };
    return true;
}

bool winreg_read_enum_value(const struct bytes *answer, struct winreg_item *ret_item,
                            struct ajar_error *err)
{
    struct ndr_reader reader = ndr_reader(answer);
    OWNED(winreg_item_release) struct winreg_item item = { 0 };
    struct ndr_array name = read_name(&reader);
    struct value_view view;
    uint32_t code = read_value(&reader, &view);

    if (!ndr_read_end(&reader, "EnumValue answer", err) || !take_value(code, &view, &item, err))
        return false;
    if (code == WINREG_FINE && !take_name(&name, &item, err))
        return ajar_while(err, "EnumValue answer");
    *ret_item = item;
    item = (struct winreg_item){ 0 };
    return true;
}

bool winreg_read_enum_key(const struct bytes *answer, struct winreg_item *ret_item,
                          struct ajar_error *err)
{
    struct ndr_reader reader = ndr_reader(answer);
    OWNED(winreg_item_release) struct winreg_item item = { 0 };
    struct ndr_array name = read_name(&reader);

    if (ndr_read_pointer(&reader))
        (void)read_name(&reader); /* the class */
    if (ndr_read_pointer(&reader))
        (void)read_file_time(&reader);
    item.code = ndr_read_u32(&reader);
    if (!ndr_read_end(&reader, "EnumKey answer", err))
        return false;
    if (item.code == WINREG_FINE && !take_name(&name, &item, err))
        return ajar_while(err, "EnumKey answer");
    *ret_item = item;
    item = (struct winreg_item){ 0 };
    return true;
}

void winreg_item_release(struct winreg_item *item)
{
    free(item->name);
    winreg_value_release(&item->value);
    *item = (struct winreg_item){ 0 };
}
