/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A registry in memory behind a pipe: it speaks the winreg interface as bytes, as Windows does
 * where Samba and Windows differ, and fails when it is told to.
 */
#ifndef FAKE_PIPE_H
#define FAKE_PIPE_H

#include "transport/rpc/pipe.h"
#include "transport/rpc/winreg.h"

struct fake_registry {
    /* What the test sets. */
    size_t fail_at;      /* this call breaks the connection; 0: none */
    bool fail_after;     /* only after the server did what was asked */
    unsigned code_opnum; /* calls with this number are answered with `code`, and do nothing */
    uint32_t code;
    uint64_t last_write; /* of every key; 0: a time that no Windows has */
    struct bytes answer; /* answers the next call of `code_opnum` instead, once; not owned */
    /* Called in front of each call, to change the registry under the client. */
    void (*before_call)(struct fake_registry *registry, unsigned opnum);

    /* What the test reads. */
    size_t calls;
    bool broken; /* until the test clears it, each call fails and is not sent */
    struct bytes last_request;

    size_t key_count;
    struct fake_key *keys;
    size_t handle_count;
    char **handles; /* the path of each handle; NULL: closed */
};

struct fake_registry *fake_registry_new(void);
void fake_registry_free(struct fake_registry *registry);
DEFINE_OWNED(struct fake_registry *, fake_registry_free);

/* A pipe to it. Closing the pipe leaves the registry as it is. */
struct rpc_pipe *fake_registry_pipe(struct fake_registry *registry);

/* A client of it. */
struct winreg *fake_registry_open(struct fake_registry *registry);

/* Paths are below HKLM; keys on the way are made. */
void fake_registry_add_key(struct fake_registry *registry, const char *path);
void fake_registry_set(struct fake_registry *registry, const char *path, const char *name,
                       uint32_t type, const void *data, size_t size);
void fake_registry_delete(struct fake_registry *registry, const char *path, const char *name);
bool fake_registry_has_key(const struct fake_registry *registry, const char *path);

/* The value, or NULL. */
const struct winreg_value *fake_registry_value(const struct fake_registry *registry,
                                               const char *path, const char *name);

/* All of it as text, to be freed: equal texts, equal registries. */
char *fake_registry_dump(const struct fake_registry *registry);

#endif
