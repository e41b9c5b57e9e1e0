/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a failure travels. A function that can fail returns bool and takes `struct ajar_error *err`
 * last. true: the outputs are set and `err` is untouched. false: the outputs are untouched and
 * `err` says what happened, in one line, "outer: inner: cause".
 *
 * Wording: "could not" may succeed later, "cannot" never will.
 */
#ifndef AJAR_ERROR_H
#define AJAR_ERROR_H

#include <stdbool.h>
#include <stdint.h>

/* What a caller may branch on. */
enum ajar_status {
    AJAR_FINE = 0,
    AJAR_EUSAGE,       /* the command line asks for something that does not exist */
    AJAR_EPLAN,        /* a plan or configuration file is wrong; the text begins "file:line: " */
    AJAR_ECONFLICT,    /* the live state is not the one that was expected; nothing was written */
    AJAR_EDENIED,      /* the other side knows us and says no */
    AJAR_ELOGIN,       /* wrong password, expired ticket, no credentials */
    AJAR_EUNREACHABLE, /* no connection: name, address, port; nothing was sent */
    AJAR_ETIMEOUT,     /* no answer in time: whether a write landed is not known */
    AJAR_EINSECURE,    /* the other side offers less protection than is demanded */
    AJAR_EPROTOCOL,    /* an answer that the specification does not allow */
    AJAR_EMISSING,     /* what was named does not exist */
    AJAR_ELOCKED,      /* another operator holds the journal; the text names who */
    AJAR_EJOURNAL,     /* the journal could not be read or written */
    AJAR_EOVERDUE,     /* the window is past its end: it only closes */
    AJAR_EUNMET,       /* a requirement does not hold */
    AJAR_ESTALE,       /* a saved plan is not what is there any more, or was applied already */
    AJAR_EPOLICY,      /* a rule of the house forbids it; the text names the rule */
    AJAR_EINTERRUPTED, /* the operator asked to stop */
    AJAR_ESYSTEM,      /* memory, files, processes of this host */
};

struct ajar_error {
    enum ajar_status status;
    uint32_t native; /* errno, LDAP result, NTSTATUS or WERROR; 0 when there is none */
    char hint[256];  /* what the operator can do next; "" when there is nothing to say */
    char text[512];  /* one line, no newline; cut at the end if it is longer */
    bool begun;      /* something was changed before this went wrong */
};

#define AJAR_NO_ERROR ((struct ajar_error){ .status = AJAR_FINE })

/* Sets the error and returns false. `err` must not carry one yet. */
bool ajar_fail(struct ajar_error *err, enum ajar_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "format: " in front of the error that `err` carries, and returns false. */
bool ajar_while(struct ajar_error *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Adds the native code, or the hint (one line, copied), to the error that `err` carries; returns
 * false. */
bool ajar_native(struct ajar_error *err, uint32_t native);
bool ajar_hint(struct ajar_error *err, const char *hint);

/* Sets "out of memory" and returns false. */
bool ajar_no_memory(struct ajar_error *err);

/* The word for a status in journals and between processes ("conflict"), and back; an unknown word
 * is AJAR_EPROTOCOL. */
const char *ajar_status_name(enum ajar_status status);
enum ajar_status ajar_status_from_name(const char *name);

#endif
