/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The services of a host in memory, behind a pipe: they speak the svcctl interface as bytes, as
 * Windows does, and take their time by a clock that only a test's waiting moves.
 */
#ifndef FAKE_SERVICES_H
#define FAKE_SERVICES_H

#include "base/patience.h"
#include "base/text.h"
#include "transport/rpc/svcctl.h"

enum { FAKE_SERVICES = 4, FAKE_NEEDED_BY = 3, FAKE_HANDLES = 64, FAKE_FOR_EVER = 1 << 30 };

struct fake_service {
    /* What the test sets. */
    const char *name; /* NULL: there is none here */
    const char *display_name;
    uint32_t type;
    uint32_t state;
    uint32_t start;
    bool delayed;
    uint32_t process;
    uint32_t wait_hint_ms;
    int64_t starts_in_ms; /* 0: at once; FAKE_FOR_EVER: never */
    int64_t stops_in_ms;
    int64_t lingers_ms;     /* says that it runs for so long after it was told to stop */
    int64_t check_point_ms; /* its check point moves so often while it is pending; 0: never */
    uint32_t ends_with;     /* it does not get to run: this is its exit code */
    const char *needed_by[FAKE_NEEDED_BY];

    /* What it keeps for itself. */
    uint32_t goal; /* the state that it is on its way to; 0: none */
    int64_t begun_ms;
    int64_t due_ms;
    uint32_t exit_code;
};

struct fake_services {
    /* What the test sets. */
    struct fake_service services[FAKE_SERVICES];
    size_t fail_at;       /* this call breaks the connection; 0: none */
    bool fail_after;      /* only after the server did what was asked */
    unsigned code_opnum;  /* calls with this number are answered with `code`, and do nothing */
    uint32_t code;        /* 0: no call is */
    bool lacks_status_ex; /* faults on QueryServiceStatusEx */
    bool lacks_delayed;   /* as Samba does */
    bool lacks_key_name;
    void (*before_call)(struct fake_services *server, unsigned opnum);

    /* What the test reads. */
    size_t calls;
    size_t open_handles;
    bool broken;
    int64_t now_ms;
    size_t pauses;
    int64_t shortest_pause_ms;
    int64_t longest_pause_ms;
    struct text log; /* what changed something: "change demand; start; " */

    struct {
        int service; /* -1: the manager; -2: closed */
        uint32_t rights;
    } handles[FAKE_HANDLES];
    size_t handle_count;
};

struct fake_services *fake_services_new(void);
void fake_services_free(struct fake_services *server);
DEFINE_OWNED(struct fake_services *, fake_services_free);

/* A pipe to it. Closing the pipe leaves the services as they are. */
struct rpc_pipe *fake_services_pipe(struct fake_services *server);

/* A client of it. */
struct svcctl *fake_services_open(struct fake_services *server);

/* Waiting moves the server's clock. */
struct patience fake_services_patience(struct fake_services *server, int64_t ceiling_ms);

#endif
