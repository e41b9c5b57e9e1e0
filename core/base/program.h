/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Another program, run to its end: what it gets to read, how long it may take, what it said. No
 * shell is in between.
 */
#ifndef AJAR_BASE_PROGRAM_H
#define AJAR_BASE_PROGRAM_H

#include <ajar/error.h>

#include "base/bytes.h"
#include "base/cleanup.h"

#include <stddef.h>

struct program {
    const char *const *arguments; /* the first is the program, found in $PATH; ends with NULL */
    const char *const *settings;  /* "NAME=VALUE" on top of this process's environment, "NAME" takes
                                   * it away; ends with NULL; may be NULL */
    const char *folder;           /* where it runs; NULL: here */
    const void *input;            /* what it reads; NULL: nothing */
    size_t input_size;
    int patience_ms;    /* then it is ended, with all that it started; 0: as long as it takes */
    bool with_terminal; /* it may ask a person: for the passphrase of a key. Otherwise it has no
                         * terminal, and is ended together with this process */
};

/* What came of it. */
struct program_result {
    int status; /* as exit() was given it; 128 + N when signal N ended it */
    struct bytes output;
    struct bytes errors; /* what it wrote to standard error */
};

/* Runs it. Both streams are kept, up to PROGRAM_CEILING bytes each; more is dropped. True also when
 * the status is not 0: that is for the caller to judge. AJAR_EMISSING when there is no such
 * program, AJAR_ETIMEOUT when it took too long and was ended, AJAR_ESYSTEM for trouble of this
 * host. */
#define PROGRAM_CEILING (1024U * 1024)
bool program_run(const struct program *program, struct program_result *ret_result,
                 struct ajar_error *err);

/* The last line that it wrote to standard error, as text for a message: control characters are
 * blanks. "" when it said nothing. To be freed; NULL when there is no memory. */
char *program_complaint(const struct program_result *result);

void program_result_release(struct program_result *result);
DEFINE_OWNED_STRUCT(struct program_result, program_result_release);

#endif
