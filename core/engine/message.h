/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parent and its workers say to each other: records of INI text (as in the journal), each
 * with its length in front, over a socket pair. A message that does not parse ends the worker; the
 * two sides are always the same program.
 */
#ifndef AJAR_ENGINE_MESSAGE_H
#define AJAR_ENGINE_MESSAGE_H

#include <ajar/state.h>

#include "model/setting.h"
#include "provider/requirement.h"
#include "transport/host_list.h"

enum verb {
    VERB_LOCATE,             /* a domain: its PDC emulator and writable controllers */
    VERB_DOMAINS,            /* a domain: all domains of its forest */
    VERB_FOREST_CONTROLLERS, /* a domain: the writable controllers of all domains of its forest */
    VERB_OBSERVE,            /* read one setting */
    VERB_WRITE,              /* move one setting from one state to another, and read it again */
    VERB_WITNESS,            /* take evidence of what a change waits for: see provider/effect.h */
    VERB_EXAMINE,            /* look whether one requirement holds */
};

struct request {
    enum verb verb;
    const struct setting *setting; /* all but LOCATE and DOMAINS */
    struct ajar_state from;        /* WRITE */
    struct ajar_state to;          /* WRITE, WITNESS */
    bool evidence;                 /* OBSERVE: of the version of what is read, too */
};

struct reply {
    struct ajar_error error; /* of the verb; AJAR_FINE when it was done */
    struct ajar_state now;   /* OBSERVE; WRITE: read after it, also after a failed one; WITNESS */
    struct ajar_state evidence; /* OBSERVE: not known when there is none */
    char *pdc;                  /* LOCATE */
    struct host_list hosts;     /* LOCATE: the controllers; DOMAINS: the domains */
    struct finding finding;     /* EXAMINE */
};

/* The largest message, in bytes: a registry value of 64 MiB in hexadecimal, three times. */
#define MESSAGE_CEILING (400U * 1024 * 1024)

bool request_write(const struct request *request, char **ret_text, struct ajar_error *err);

/* A request with the memory that its setting points into. */
struct received {
    struct request request;
    struct setting setting;
    struct ini *ini;
};
bool request_read(const char *text, size_t size, struct received *ret_received,
                  struct ajar_error *err);
void received_release(struct received *received);
DEFINE_OWNED_STRUCT(struct received, received_release);

bool reply_write(const struct reply *reply, char **ret_text, struct ajar_error *err);
bool reply_read(const char *text, size_t size, struct reply *ret_reply, struct ajar_error *err);
void reply_release(struct reply *reply);
DEFINE_OWNED_STRUCT(struct reply, reply_release);

/* Sends or receives one message whole. False when the other side is gone (errno). The received text
 * is to be freed and ends with a NUL that does not count. */
bool message_send(int socket, const char *text);
bool message_receive(int socket, char **ret_text, size_t *ret_size);

#endif
