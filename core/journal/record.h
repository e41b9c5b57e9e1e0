/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the journal knows of a window and of each change in it, and the text of both: README.md has
 * the format. A record that is read holds exactly what was written; anything that the format does
 * not know is refused with file and line.
 *
 * The texts of a record belong to it. "May be NULL" is said where it may.
 */
#ifndef AJAR_JOURNAL_RECORD_H
#define AJAR_JOURNAL_RECORD_H

#include <ajar/state.h>

#include "base/cleanup.h"

#include <stdint.h>

enum change_state {
    CHANGE_INTENDED,  /* recorded; nothing was written yet, or a write is under way */
    CHANGE_APPLIED,   /* read back: now is wanted */
    CHANGE_FAILED,    /* it could not be done; `during` tells in which direction */
    CHANGE_UNKNOWN,   /* a write may have landed or not */
    CHANGE_RESTORING, /* a rollback is about to write */
    CHANGE_RESTORED,  /* read back: now is before */
    CHANGE_CONFLICT,  /* somebody else changed it; it was left alone */
};

enum window_state {
    WINDOW_OPENING,
    WINDOW_OPEN,
    WINDOW_PARTLY_OPEN,
    WINDOW_CLOSING,
    WINDOW_PARTLY_CLOSED,
    WINDOW_CLOSED,
};

struct change_record {
    char *setting;
    char *kind;
    char *target; /* host or domain, as a file name: see record_is_safe_name() */
    char *place;  /* "host" or "domain" */
    char *thing;  /* what it acts on */
    char *action; /* "create", "modify", "delete" or "none" */
    struct ajar_state before;
    struct ajar_state wanted;
    struct ajar_state
        reached; /* read back after a write: what the write itself made, as evidence */
    enum change_state state;
    bool closing; /* `state` came about in a rollback */
    bool kept;    /* a conflict that somebody settled: the present value stays, the window no longer
                   * claims it */
    int64_t at;   /* when `state` came about */
    int64_t owed; /* since when it could not be put back; 0: it is not owed */
    unsigned tries;          /* how often it could not; 0 exactly when it is not owed */
    char *trouble;           /* what kind: "unreachable", "conflict", ...; may be NULL */
    char *error;             /* the trouble in one line; may be NULL */
    char *hint;              /* the next step; may be NULL */
    char *note;              /* something worth knowing that is no trouble; may be NULL */
    char *waiting;           /* what has to happen until it is effective; may be NULL */
    struct ajar_state since; /* while it waits: how the hosts looked when it began to; what is not
                              * known yet cannot be seen to have changed */
};

struct record_parameter {
    char *name;
    char *value;
};

/* A later end for a window: [extension N]. */
struct extension_record {
    int64_t from; /* the end until then */
    int64_t until;
    char *by;   /* who */
    char *host; /* where ajar ran */
    int64_t at;
    char *reason;
};

struct window_record {
    char *id; /* a safe name */
    char *plan;
    char *title;
    char *operator_name;
    char *host; /* where ajar ran */
    char *reason;
    char *ticket; /* may be NULL */
    char *tool_version;
    char *saved;        /* the seal of the saved plan that it was opened with; may be NULL */
    bool toward_closed; /* it brings settings to their safe state: nothing is exposed by it */
    bool permanent;     /* it is a repair: what it sets is meant to stay; never with the above */
    int64_t opened;
    int64_t until;  /* 0 exactly when it is one of these two: window_record_is_endless() */
    int64_t closed; /* 0: not yet */
    enum window_state state;
    size_t parameter_count;
    struct record_parameter *parameters;
    size_t extension_count;
    struct extension_record *extensions; /* the first one first; `until` is that of the last one */
};

/* What a requirement was found to be when the window was opened, or opened further. */
struct requirement_record {
    char *name;   /* in the plan: [require NAME] */
    char *target; /* host or domain */
    char *check;  /* its sort: "trust" */
    char *result; /* "pass", "fail" or "unknown" */
    char *reason;
    char *hint;    /* the next step; may be NULL */
    char *despite; /* who opened the window although it did not hold; may be NULL */
    int64_t at;
};

/* A step that only a person can do. */
struct manual_record {
    char *name; /* in the plan: [manual NAME] */
    char *when; /* "before", "after", "closing" */
    char *by;   /* who confirmed that it was done; NULL: nobody did */
    int64_t at; /* when; 0 without `by` */
};

/* Is it one that has no end? Once it is open it is done: it owes nothing, and keeps nobody out. */
static inline bool window_record_is_endless(const struct window_record *window)
{
    return window->toward_closed || window->permanent;
}

/* Does it hold what it acts on: is something left to close, or to finish? One without an end that
 * is done, all of it, does not: a repair, or a run that brought settings to their safe state. */
static inline bool window_record_holds(const struct window_record *window)
{
    return window->state != WINDOW_CLOSED &&
           !(window_record_is_endless(window) && window->state == WINDOW_OPEN);
}

/* Does the window that it is in still claim what it is about? */
static inline bool change_record_holds(const struct change_record *change)
{
    return change->state != CHANGE_RESTORED && !change->kept;
}

/* The words of the states: "partly-open". */
const char *change_state_name(enum change_state state);
const char *window_state_name(enum window_state state);

/* Lower-case letters, digits, "-" and ".", beginning with a letter or digit, without "..", at most
 * 200 bytes. */
bool record_is_safe_name(const char *name);

/* All zero: a record without texts. */
void change_record_release(struct change_record *change);
void window_record_release(struct window_record *window);
DEFINE_OWNED_STRUCT(struct change_record, change_record_release);
DEFINE_OWNED_STRUCT(struct window_record, window_record_release);

void requirement_record_release(struct requirement_record *requirement);
void manual_record_release(struct manual_record *manual);
DEFINE_OWNED_STRUCT(struct requirement_record, requirement_record_release);
DEFINE_OWNED_STRUCT(struct manual_record, manual_record_release);

bool change_record_copy(const struct change_record *source, struct change_record *ret_copy,
                        struct ajar_error *err);
bool window_record_copy(const struct window_record *source, struct window_record *ret_copy,
                        struct ajar_error *err);

bool requirement_record_copy(const struct requirement_record *source,
                             struct requirement_record *ret_copy, struct ajar_error *err);
bool manual_record_copy(const struct manual_record *source, struct manual_record *ret_copy,
                        struct ajar_error *err);

bool window_record_add_parameter(struct window_record *window, const char *name, const char *value,
                                 struct ajar_error *err);

/* Copies an extension behind those that there are; `until` is its own from then on. */
bool window_record_extend(struct window_record *window, const struct extension_record *extension,
                          struct ajar_error *err);

/* The text of a record, to be freed. AJAR_EJOURNAL when it would not be read back: a text that is
 * missing, a name that is not safe, a state and a direction that do not go together. */
bool change_record_write(const struct change_record *change, char **ret_text,
                         struct ajar_error *err);
bool window_record_write(const struct window_record *window, char **ret_text,
                         struct ajar_error *err);

bool requirement_record_write(const struct requirement_record *requirement, char **ret_text,
                              struct ajar_error *err);
bool manual_record_write(const struct manual_record *manual, char **ret_text,
                         struct ajar_error *err);

/* `file` is how messages name it. AJAR_EJOURNAL, "file:line: ...". */
bool change_record_read(const char *file, const char *text, size_t size,
                        struct change_record *ret_change, struct ajar_error *err);
bool window_record_read(const char *file, const char *text, size_t size,
                        struct window_record *ret_window, struct ajar_error *err);
bool requirement_record_read(const char *file, const char *text, size_t size,
                             struct requirement_record *ret_requirement, struct ajar_error *err);
bool manual_record_read(const char *file, const char *text, size_t size,
                        struct manual_record *ret_manual, struct ajar_error *err);

#endif
