/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a diagnosis is shown from, on the screen and as JSON.
 */
#ifndef AJAR_CMD_DIAGNOSIS_H
#define AJAR_CMD_DIAGNOSIS_H

#include "named_plans.h"

#include <stdio.h>

struct sink;

struct diagnosis {
    struct ajar_diagnosis *log;
    struct named_plans plans;
    bool live; /* the hosts were asked */
    enum ajar_exit exit;
};

/* "3 errors, 1 warning, 2 lines that are not explained; 40 lines are quiet" */
#define DIAGNOSIS_SUMMARY_SIZE 240
void diagnosis_summary(const struct ajar_diagnosis *log, char ret_text[DIAGNOSIS_SUMMARY_SIZE]);

void view_diagnosis(struct sink *sink, const struct diagnosis *diagnosis);

/* As the documents of json.h. */
bool json_print_diagnosis(FILE *file, const struct diagnosis *diagnosis, struct ajar_error *err);

#endif
