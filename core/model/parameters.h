/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parameters of a plan and the text that they are filled into: "${target-domain}". "$${" is a
 * literal "${".
 */
#ifndef AJAR_MODEL_PARAMETERS_H
#define AJAR_MODEL_PARAMETERS_H

#include <ajar/plan.h>

#include "base/cleanup.h"

struct parameters {
    size_t count;
    struct ajar_parameter *list;
};

/* Where a text stands, for messages. */
struct origin {
    const char *file;
    int line;
};

/* Declares a parameter. `fallback` may be NULL. A second declaration is AJAR_EPLAN. */
bool parameters_declare(struct parameters *parameters, struct origin at, const char *name,
                        const char *about, const char *fallback, struct ajar_error *err);

/* Gives a value. AJAR_EPLAN, with the parameters that there are, when it is not declared. */
bool parameters_set(struct parameters *parameters, struct origin at, const char *name,
                    const char *value, struct ajar_error *err);

/* Gives a value as "NAME=VALUE" from the command line. AJAR_EUSAGE. */
bool parameters_set_word(struct parameters *parameters, const char *word, struct ajar_error *err);

/* Fills the parameters into a text; `ret_text` is to be freed. */
bool parameters_fill(const struct parameters *parameters, struct origin at, const char *text,
                     char **ret_text, struct ajar_error *err);

void parameters_release(struct parameters *parameters);
DEFINE_OWNED_STRUCT(struct parameters, parameters_release);

#endif
