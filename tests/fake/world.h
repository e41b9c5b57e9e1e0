/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A forest in shared memory, in the place of the catalog and of all connections: workers are real
 * processes, and what they write stays when they die. Its kinds are [thing NAME] on hosts and
 * [entry NAME] on domains, with the fields `id` (0 to 9) and `open` (a value); of an entry, each
 * domain has its own: the thing of `id`, and those behind it. Every call of the provider is
 * counted, and the Nth can go wrong.
 *
 * Its requirements are `check = value`: the thing `id` has this `value`; and `check = object`,
 * about one object: "user-02" exists in the domains 0 and 2, and `must = exists`, `ready` (it
 * always is) or `never`.
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
    /* These befall a sore thing alone. */
    WORLD_BEND, /* the write lands, and something sets another value at once */
    WORLD_TAKE, /* somebody else changed it a moment before */
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
    int down;                    /* the thing that cannot be reached, or -1 */
    int sore;                    /* the thing whose writes go wrong: */
    enum world_fault sore_fault; /* in this way, */
    int sore_times;              /* so often from now on */
    int writes;                  /* that landed */
    bool mute;                   /* no host can be asked whether it was started */
    bool shy;                    /* no host tells it, but something else */
    bool stuck;                  /* no host starts anew, and nothing lets itself be written */
    int starts;  /* how often each host has been started: what "restart" waits for */
    int domains; /* how many of the domains the directory names; 0: it does not answer */
    bool mum;    /* no host gives evidence of versions */
    bool vague;  /* ... or only such that covers more than the thing */
    int versions[WORLD_THINGS]; /* how often each thing has been written */
    int deaf;                   /* the domain that cannot be asked about objects, or -1 */
};

/* Their names. Each has the controllers dc1 and dc2. */
#define WORLD_DOMAINS 3
extern const char *const world_domains[WORLD_DOMAINS];

/* Shared with every child; lives as long as the process. */
struct world *world_make(void);

#endif
