/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One history: the forest that it plays in, what the model knows of it, and how it went. All of it
 * is plain data in shared memory, so that nothing of it dies with a command that is killed.
 */
#ifndef AJAR_PROPERTY_HISTORY_H
#define AJAR_PROPERTY_HISTORY_H

#include <ajar/engine.h>

#include "journal/record.h"

#include <stdint.h>

/* The things: on each target, three of them. */
#define TARGETS 5
#define IDS     3
#define THINGS  (TARGETS * IDS)

#define PLANS        3
#define MOST_CHANGES 8 /* of one plan, on all targets */
#define MOST_WINDOWS 12
#define MOST_STRIKES 2
#define NO_THING     (-1) /* of an action */

/* What a thing is like. */
struct value {
    bool exists;
    char text[12];
};

bool value_same(const struct value *a, const struct value *b);
const char *value_say(const struct value *value); /* "absent", or what it is */
struct value value_of(const struct ajar_state *state);

/* ------------------------------------------------------------------ the forest (forest.c) */

/* Where a command can be struck. */
enum point {
    POINT_COMMIT,    /* the branch is about to move */
    POINT_COMMITTED, /* it has moved */
    POINT_SEND,      /* a request is about to be sent */
    POINT_REQUEST,   /* the worker has it, and has not looked at it yet */
    POINT_WRITTEN,   /* it has written, and has not read again yet */
    POINT_ANSWER,    /* it is done; the answer is on its way */
};

enum blow {
    BLOW_NONE,
    BLOW_KILL,  /* the command ends here; its workers finish what they have in hand, or not */
    BLOW_LOSE,  /* the answer is lost: the worker dies, or time runs out */
    BLOW_FAIL,  /* the host refuses */
    BLOW_TOUCH, /* somebody else sets a thing */
    BLOW_DOWN,  /* a target goes down */
    BLOW_FULL,  /* the commit cannot be written */
    BLOW_STOP,  /* the operator asks to stop */
    BLOW_CLOCK, /* the clock jumps */
    BLOWS,
};

struct strike {
    enum blow blow;
    int at; /* the first point from here on at which it can strike; 0: it has struck */
};

struct forest {
    struct value things[THINGS];
    bool down[TARGETS];
    int starts[TARGETS]; /* how often each host was started */
    int64_t now;
    int in_hand; /* the thing that a worker was asked about last */
    int points;  /* of this command, so far */
    struct strike strikes[MOST_STRIKES];
    bool stopped; /* the operator asked to */
    bool dead;    /* the command was killed */
};

/* ------------------------------------------------------------------ the model (model*.c) */

/* A change as the journal has it, and what the model knows besides. */
struct told_change {
    char setting[16];
    char blob[41]; /* the record's id in git */
    int target;
    int thing;
    enum change_state state;
    bool closing;
    bool kept;
    bool acts; /* its action is not "none" */
    bool has_before;
    struct value before;
    struct value wanted;
    int64_t owed; /* since when it could not be put back */
    unsigned tries;
    bool touched; /* somebody else changed the thing since the baseline was read */
};

struct told_window {
    char id[64];
    char tree[41];      /* its folder's id in git */
    char plan_blob[41]; /* that of its plan.ini */
    int plan;
    enum window_state state;
    int64_t until;
    bool due; /* when the command began: past its end, or being closed */
    int count;
    struct told_change changes[MOST_CHANGES];
};

/* A thing, by what was seen and done. */
struct known_thing {
    struct value start;
    struct value rest;   /* what it would be if there were no ajar */
    bool foreign;        /* somebody else has set it, at any time */
    struct value seen;   /* what a worker read last, or what it knows from its write */
    int seen_in;         /* in which command; 0: never */
    int seen_at;         /* the model's count of what happened, then */
    int touched_at;      /* the same, of the last time somebody else changed it */
    int written_in;      /* the command that wrote it last */
    struct value origin; /* what it was ahead of that command */
    int writer;          /* the window that wrote it last and opened it; -1: none, or put back */
};

struct model {
    struct known_thing things[THINGS];
    int happened; /* counts what happened to things */
    int window_count;
    struct told_window windows[MOST_WINDOWS];
    char head[41];
    int64_t sequence;
    int64_t last_commit; /* its time */
    /* of this command */
    int command;   /* 1 is the first */
    int64_t began; /* the time, then */
    int landed;    /* writes */
    int commits;
    int failed_in[TARGETS]; /* the command in which something went wrong there */
    unsigned permissions;   /* see enum permission */
    bool disturbed;         /* something went wrong in it */
};

/* ------------------------------------------------------------------ the history (history.c) */

/* One setting of a plan, on one target. */
struct planned {
    char setting[16];
    int target;
    int thing;
    struct value wanted;
};

struct plan_model {
    char path[128];
    char name[16];
    int count;
    struct planned changes[MOST_CHANGES];
};

#define LOG_SIZE 32768

struct history {
    uint64_t seed;
    uint64_t random;
    bool aloud;    /* steps are printed as they are made */
    bool apart;    /* each command is a process of its own, and SIGKILL kills it */
    bool on_disk;  /* its journal is all in files */
    bool encoded;  /* what workers are told goes through message.c */
    bool thorough; /* each write looks for its record in the journal; the journal is walked */
    char config[128];
    char journal[128];
    int plan_count;
    struct plan_model plans[PLANS];
    struct forest forest;
    struct model model;
    size_t log_size;
    char log[LOG_SIZE];
    char violation[1024];
};

/* The one that is played now. */
extern struct history *history;

/* Plays `history` from its seed, in a fresh folder below `above`. */
void history_play(const char *above);

/* Notes a line of what happened. */
void history_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Something that must hold does not: ends the process. */
_Noreturn void violated(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A number from 0 to below `bound`, from the history's seed. */
int draw(int bound);

#endif
