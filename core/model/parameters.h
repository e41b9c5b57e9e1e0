/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parameters of a plan and the text that they are filled into: "${target-domain}". "$${" is a
 * literal "${".
 */
#ifndef AJAR_MODEL_PARAMETERS_H
#define AJAR_MODEL_PARAMETERS_H

#include <ajar/plan.h>

#include "base/cleanup.h"

/* Where a text stands, for messages. The file's name belongs to the caller. */
struct origin {
    const char *file;
    int line;
};

/* What a parameter's value is made from. */
struct parameter_source {
    char *text; /* may name other parameters; NULL: there is a value already, or nothing at all */
    struct origin at;
    enum { SOURCE_OPEN, SOURCE_UNDER_WAY, SOURCE_SETTLED } state;
};

/* The values are filled in by parameters_settle(), once all of them are given. */
struct parameters {
    size_t count;
    struct ajar_parameter *list;
    struct parameter_source *sources; /* one for each of the list */
};

/* Declares a parameter. `fallback` is a text as for parameters_set(), or NULL. A second declaration
 * is AJAR_EPLAN. */
bool parameters_declare(struct parameters *parameters, struct origin at, const char *name,
                        const char *about, const char *fallback, struct ajar_error *err);

/* Gives a text that may name other parameters, in whatever order they are declared. AJAR_EPLAN,
 * with the parameters that there are, when it is not declared. */
bool parameters_set(struct parameters *parameters, struct origin at, const char *name,
                    const char *text, struct ajar_error *err);

/* Gives a value as "NAME=VALUE" from the command line: it is taken as it stands. AJAR_EUSAGE. */
bool parameters_set_word(struct parameters *parameters, const char *word, struct ajar_error *err);

/* Declares a parameter with a value that is taken as it stands. */
bool parameters_tell(struct parameters *parameters, struct origin at, const char *name,
                     const char *value, struct ajar_error *err);

/* Makes the values from the texts. One that needs a parameter without a value has none either:
 * whoever uses it is told which. Parameters that need each other in a circle are AJAR_EPLAN. */
bool parameters_settle(struct parameters *parameters, struct ajar_error *err);

/* Fills the parameters, which are settled, into a text; `ret_text` is to be freed. */
bool parameters_fill(const struct parameters *parameters, struct origin at, const char *text,
                     char **ret_text, struct ajar_error *err);

void parameters_release(struct parameters *parameters);
DEFINE_OWNED_STRUCT(struct parameters, parameters_release);

#endif
