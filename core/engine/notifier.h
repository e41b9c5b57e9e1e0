/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The program of somebody's who is told what became of windows: [notify] of the configuration.
 */
#ifndef AJAR_ENGINE_NOTIFIER_H
#define AJAR_ENGINE_NOTIFIER_H

#include <ajar/error.h>

#include "base/cleanup.h"

/* What it is still to be told. */
struct notices {
    size_t count;
    char **texts;
    bool given_up; /* it hangs: nothing more is told */
};

/* Takes `text` when it returns true. */
bool notifier_keep(struct notices *notices, char *text, struct ajar_error *err);

/* Runs the command (split at blanks, without a shell) once for each notice, which it reads on its
 * standard input, with at most `patience` seconds each; its output is dropped. No notice is left.
 * False with the first thing that went wrong; the others were told all the same, unless it hung. */
bool notifier_tell(struct notices *notices, const char *command, int64_t patience,
                   struct ajar_error *err);

void notices_release(struct notices *notices);

#endif
