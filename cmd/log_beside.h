/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a log says beside the time of a window.
 */
#ifndef AJAR_CMD_LOG_BESIDE_H
#define AJAR_CMD_LOG_BESIDE_H

#include <ajar/diagnose.h>

#include <stdio.h>

struct sink;

void view_beside(struct sink *sink, const struct ajar_report *report,
                 const struct ajar_diagnosis *log);

/* "ajar-show/1" with one member more, "log". As the documents of json.h. */
bool json_print_beside(FILE *file, const struct ajar_report *report,
                       const struct ajar_diagnosis *log, struct ajar_error *err);

#endif
