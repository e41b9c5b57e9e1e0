/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The remote registry of one host ([MS-RRP]), below HKEY_LOCAL_MACHINE. Names are UTF-8 here and
 * UTF-16 on the wire; a lone surrogate survives as its three-byte generalised UTF-8 form. Data are
 * bytes: nothing is added, cut or converted.
 *
 * MS-RRP has no compare-and-swap: whoever must not overwrite a change reads just before writing.
 */
#ifndef AJAR_TRANSPORT_RPC_WINREG_H
#define AJAR_TRANSPORT_RPC_WINREG_H

#include "base/bytes.h"
#include "transport/rpc/pipe.h"

/* Access rights of a key ([MS-RRP] 2.2.4). The 64-bit view is always asked for. */
#define WINREG_QUERY_VALUE    0x00000001U
#define WINREG_SET_VALUE      0x00000002U
#define WINREG_CREATE_SUB_KEY 0x00000004U
#define WINREG_ENUMERATE      0x00000008U
#define WINREG_DELETE         0x00010000U

/* The largest value that is read or written, in bytes ([MS-RRP] 3.1.5.17). */
#define WINREG_DATA_CEILING 0x4000000U

struct winreg; /* the bound pipe and the open HKEY_LOCAL_MACHINE */

struct winreg_key {
    uint8_t handle[20]; /* dies with the pipe */
};

struct winreg_value {
    uint32_t type;     /* REG_DWORD is 4; any number is possible ([MS-RRP] 3.1.1.5) */
    struct bytes data; /* as stored */
};

struct winreg_key_info {
    uint32_t sub_keys;
    uint32_t longest_sub_key; /* UTF-16 units, without a NUL */
    uint32_t values;
    uint32_t longest_value_name; /* UTF-16 units, without a NUL */
    uint32_t largest_data;       /* bytes */
    uint64_t last_write;         /* FILETIME: 100 ns since 1601 */
};

/* Opens HKEY_LOCAL_MACHINE on a pipe that is bound to winreg. The pipe belongs to `*ret_registry`
 * from then on; on failure it stays the caller's. */
bool winreg_open(struct rpc_pipe *pipe, struct winreg **ret_registry, struct ajar_error *err);

/* Opens a key by its path below HKLM ("SYSTEM\CurrentControlSet\Control\Lsa"; "" is HKLM itself).
 * AJAR_EMISSING when it, or one above it, does not exist; AJAR_EDENIED. */
bool winreg_open_key(struct winreg *registry, const char *path, uint32_t rights,
                     struct winreg_key *ret_key, struct ajar_error *err);

/* Opens a key, or creates it and all that are missing above it (not volatile). `ret_created` says
 * whether the last one is new. */
bool winreg_create_key(struct winreg *registry, const char *path, uint32_t rights,
                       struct winreg_key *ret_key, bool *ret_created, struct ajar_error *err);

/* Reads a value; "" is the default value. AJAR_EMISSING when there is none of this name. */
bool winreg_query_value(struct winreg *registry, const struct winreg_key *key, const char *name,
                        struct winreg_value *ret_value, struct ajar_error *err);

bool winreg_set_value(struct winreg *registry, const struct winreg_key *key, const char *name,
                      const struct winreg_value *value, struct ajar_error *err);

/* AJAR_EMISSING when there is none of this name. */
bool winreg_delete_value(struct winreg *registry, const struct winreg_key *key, const char *name,
                         struct ajar_error *err);

bool winreg_query_info(struct winreg *registry, const struct winreg_key *key,
                       struct winreg_key_info *ret_info, struct ajar_error *err);

/* The value (the sub-key) at `index`; AJAR_EMISSING at the end. `ret_name` is to be freed, the
 * value to be released. Sizes come from winreg_query_info(). */
bool winreg_enum_value(struct winreg *registry, const struct winreg_key *key,
                       const struct winreg_key_info *info, uint32_t index, char **ret_name,
                       struct winreg_value *ret_value, struct ajar_error *err);
bool winreg_enum_key(struct winreg *registry, const struct winreg_key *key, uint32_t index,
                     char **ret_name, struct ajar_error *err);

/* Deletes the key at `path` below HKLM, which must have no sub-keys. Its values go with it: whoever
 * wants to keep them looks first. */
bool winreg_delete_key(struct winreg *registry, const char *path, struct ajar_error *err);

/* Writes the key to disk. */
bool winreg_flush_key(struct winreg *registry, const struct winreg_key *key,
                      struct ajar_error *err);
bool winreg_close_key(struct winreg *registry, struct winreg_key *key, struct ajar_error *err);

void winreg_value_release(struct winreg_value *value);
DEFINE_OWNED_STRUCT(struct winreg_value, winreg_value_release);

/* Closes the pipe, too. */
void winreg_close(struct winreg *registry);
DEFINE_OWNED(struct winreg *, winreg_close);

#endif
