/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The calls of the remote registry as bytes ([MS-RRP] 3.1.5): a request is written, an answer is
 * read, nothing is sent. A failed write is AJAR_EPLAN for a name that cannot be in a registry, else
 * AJAR_ESYSTEM; a failed read is AJAR_EPROTOCOL and names the message and the byte.
 *
 * Each answer ends with a Win32 error code, `ret_code` or `code` here. Where it is not 0 the
 * other outputs are what the server sent along: often zeros.
 */
#ifndef AJAR_TRANSPORT_RPC_WINREG_CODEC_H
#define AJAR_TRANSPORT_RPC_WINREG_CODEC_H

#include "transport/rpc/winreg.h"

enum winreg_opnum {
    WINREG_OPEN_LOCAL_MACHINE = 2,
    WINREG_CLOSE_KEY = 5,
    WINREG_CREATE_KEY = 6,
    WINREG_DELETE_KEY = 7,
    WINREG_DELETE_VALUE = 8,
    WINREG_ENUM_KEY = 9,
    WINREG_ENUM_VALUE = 10,
    WINREG_FLUSH_KEY = 11,
    WINREG_OPEN_KEY = 15,
    WINREG_QUERY_INFO_KEY = 16,
    WINREG_QUERY_VALUE_OF_KEY = 17,
    WINREG_SET_VALUE_OF_KEY = 22,
};

/* Win32 error codes ([MS-ERREF] 2.2). */
#define WINREG_FINE          0U
#define WINREG_MISSING       2U
#define WINREG_DENIED        5U
#define WINREG_MORE_DATA     234U
#define WINREG_NO_MORE_ITEMS 259U

/* All access rights that a request carries get this bit: the 64-bit view ([MS-RRP] 2.2.4). */
#define WINREG_VIEW_64 0x00000100U

bool winreg_write_open_local_machine(uint32_t rights, struct bytes *ret_request,
                                     struct ajar_error *err);

/* CloseKey, FlushKey, and QueryInfoKey without a class: a handle and little else. */
bool winreg_write_close_key(const struct winreg_key *key, struct bytes *ret_request,
                            struct ajar_error *err);
bool winreg_write_flush_key(const struct winreg_key *key, struct bytes *ret_request,
                            struct ajar_error *err);
bool winreg_write_query_info_key(const struct winreg_key *key, struct bytes *ret_request,
                                 struct ajar_error *err);

bool winreg_write_open_key(const struct winreg_key *above, const char *path, uint32_t rights,
                           struct bytes *ret_request, struct ajar_error *err);
bool winreg_write_create_key(const struct winreg_key *above, const char *path, uint32_t rights,
                             struct bytes *ret_request, struct ajar_error *err);
bool winreg_write_delete_key(const struct winreg_key *above, const char *path,
                             struct bytes *ret_request, struct ajar_error *err);
bool winreg_write_delete_value(const struct winreg_key *key, const char *name,
                               struct bytes *ret_request, struct ajar_error *err);
bool winreg_write_set_value(const struct winreg_key *key, const char *name,
                            const struct winreg_value *value, struct bytes *ret_request,
                            struct ajar_error *err);

/* Asks for at most `room` bytes of data. */
bool winreg_write_query_value(const struct winreg_key *key, const char *name, uint32_t room,
                              struct bytes *ret_request, struct ajar_error *err);

/* Asks for a name of at most `units` UTF-16 units (without the NUL). */
bool winreg_write_enum_value(const struct winreg_key *key, uint32_t index, uint32_t units,
                             uint32_t room, struct bytes *ret_request, struct ajar_error *err);
bool winreg_write_enum_key(const struct winreg_key *key, uint32_t index, struct bytes *ret_request,
                           struct ajar_error *err);

/* The answer that is nothing but the code: DeleteKey, DeleteValue, FlushKey, SetValue. `message`
 * names it in errors ("DeleteKey answer"). */
bool winreg_read_code(const char *message, const struct bytes *answer, uint32_t *ret_code,
                      struct ajar_error *err);

/* A handle and the code: OpenLocalMachine, OpenKey, CloseKey. */
bool winreg_read_key(const char *message, const struct bytes *answer, struct winreg_key *ret_key,
                     uint32_t *ret_code, struct ajar_error *err);

bool winreg_read_create_key(const struct bytes *answer, struct winreg_key *ret_key,
                            bool *ret_created, uint32_t *ret_code, struct ajar_error *err);

bool winreg_read_query_info_key(const struct bytes *answer, struct winreg_key_info *ret_info,
                                uint32_t *ret_code, struct ajar_error *err);

/* What QueryValue, EnumValue and EnumKey answer. */
struct winreg_item {
    uint32_t code;
    char *name;                /* EnumValue, EnumKey; else NULL */
    struct winreg_value value; /* QueryValue, EnumValue; empty unless the code is 0 */
    uint32_t needed;           /* with WINREG_MORE_DATA: the bytes that the data have */
};

/* `ret_item` is to be released. */
bool winreg_read_query_value(const struct bytes *answer, struct winreg_item *ret_item,
                             struct ajar_error *err);
bool winreg_read_enum_value(const struct bytes *answer, struct winreg_item *ret_item,
                            struct ajar_error *err);
bool winreg_read_enum_key(const struct bytes *answer, struct winreg_item *ret_item,
                          struct ajar_error *err);

void winreg_item_release(struct winreg_item *item);
DEFINE_OWNED_STRUCT(struct winreg_item, winreg_item_release);

#endif
