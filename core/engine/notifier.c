/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/notifier.h"

#include "base/program.h"
#include "base/text.h"

#include <string.h>

bool notifier_keep(struct notices *notices, char *text, struct ajar_error *err)
{
    char **more = reallocarray(notices->texts, notices->count + 1, sizeof(char *));

    if (!more)
        return ajar_no_memory(err);
    notices->texts = more;
    more[notices->count++] = text;
    return true;
}

/* The words of the command; the array ends with NULL and points into `ret_words`. */
static bool split(const char *command, char **ret_words, const char ***ret_arguments,
                  struct ajar_error *err)
{
    OWNED(free) char *words = text_copy(command);
    OWNED(free) const char **arguments = calloc(strlen(command) / 2 + 2, sizeof(*arguments));
    size_t count = 0;
    char *at = NULL;

    if (!words || !arguments)
        return ajar_no_memory(err);
    for (char *word = strtok_r(words, " \t", &at); word; word = strtok_r(NULL, " \t", &at))
        arguments[count++] = word;
    *ret_words = words;
    words = NULL;
    *ret_arguments = arguments;
    arguments = NULL;
    return true;
}

/* A command that fails has been told; it says so itself, where it wants to. */
static bool tell(const char *const *arguments, int64_t patience, const char *text,
                 struct ajar_error *err)
{
    OWNED(program_result_release) struct program_result result = { 0 };
    const struct program program = {
        .arguments = arguments,
        .input = text,
        .input_size = strlen(text),
        .patience_ms = (int)(patience * 1000),
    };

    if (!program_run(&program, &result, err))
        return false;
    return result.status == 0 ||
           ajar_fail(err, AJAR_EMISSING, "%s ended with status %d", arguments[0], result.status);
}

/* Each of them, until the notifier hangs; the first trouble is told. */
static bool tell_all(struct notices *notices, const char *const *arguments, int64_t patience,
                     struct ajar_error *err)
{
    for (size_t i = 0; i < notices->count && !notices->given_up; i++) {
        struct ajar_error trouble = AJAR_NO_ERROR;

        if (tell(arguments, patience, notices->texts[i], &trouble))
            continue;
        notices->given_up = trouble.status == AJAR_ETIMEOUT;
        if (err->status == AJAR_FINE)
            *err = trouble;
    }
    return err->status == AJAR_FINE;
}

bool notifier_tell(struct notices *notices, const char *command, int64_t patience,
                   struct ajar_error *err)
{
    OWNED(free) char *words = NULL;
    OWNED(free) const char **arguments = NULL;
    bool told;

    if (notices->count == 0)
        return true;
    told = split(command, &words, &arguments, err) && tell_all(notices, arguments, patience, err);
    notices_release(notices);
    return told;
}

void notices_release(struct notices *notices)
{
    for (size_t i = 0; i < notices->count; i++)
        free(notices->texts[i]);
    free(notices->texts);
    *notices = (struct notices){ .given_up = notices->given_up };
}
