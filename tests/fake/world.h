/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A forest in shared memory, in the place of the catalog and of all connections: workers are real
 * processes, and what they write stays when they die. Its one kind is [thing NAME], with the fields
 * `id` (0 to 9) and `open` (a value). Every call of the provider is counted, and the Nth can go
 * wrong.
 */
#ifndef AJAR_FAKE_WORLD_H
#define AJAR_FAKE_WORLD_H

#include <stdbool.h>

#define WORLD_THINGS 10
#define WORLD_VALUE  16

enum world_fault {
    WORLD_FAIL_BEFORE, /* the call fails; nothing landed */
    WORLD_FAIL_AFTER,  /* the call times out; what it wrote landed */
    WORLD_DIE_BEFORE,  /* the worker dies */
    WORLD_DIE_AFTER,
    WORLD_KILL_BEFORE, /* the worker kills its parent, then goes on */
    WORLD_KILL_AFTER,
    WORLD_FAULTS,
};

struct world_thing {
    bool exists;
    char value[WORLD_VALUE];
};

struct world {
    struct world_thing things[WORLD_THINGS];
    int calls;   /* so far */
    int fail_at; /* 1 is the first call; 0: never */
    enum world_fault fault;
    int down;   /* the thing that cannot be reached, or -1 */
    int writes; /* that landed */
    bool mute;  /* no host can be asked whether it was started */
    bool shy;   /* no host tells it, but something else */
    bool stuck; /* no host starts anew, and nothing lets itself be written */
    int starts; /* how often each host has been started: what "restart" waits for */
};

/* Shared with every child; lives as long as the process. */
struct world *world_make(void);

#endif
