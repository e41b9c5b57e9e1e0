/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test_samples FILE.expect - what the engine says of the sample beside it is what the file says.
 * $SHIPPED_PLANS is the folder of the plans.
 */
#include "report.h"

#include "base/file.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The comments and the options go ahead of the diagnosis. */
static const char *skip_head(const char *expected, const char **ret_offset)
{
    static const char option[] = "options --utc-offset ";

    while (expected[0] == '#' || strncmp(expected, "options ", 8) == 0) {
        if (strncmp(expected, option, strlen(option)) == 0)
            *ret_offset = expected + strlen(option);
        expected += strcspn(expected, "\n") + 1;
    }
    return expected;
}

static bool diagnose(const char *folder, const char *offset, struct text *text,
                     struct ajar_error *err)
{
    const char *plans = getenv("SHIPPED_PLANS");
    OWNED(free) char *own = text_make("%s/diagnose", plans);
    struct ajar_knowledge_source source = { .folder = own, .plans = plans };
    OWNED(file_list_release) struct file_list files = { 0 };
    struct ajar_diagnose_options options = { .offset_given = offset != NULL };
    struct ajar_knowledge *knowledge = NULL;
    struct ajar_diagnosis *log = NULL;
    bool fine;

    if (offset) {
        OWNED(free) char *word = text_copy_bytes(offset, strcspn(offset, "\n"));

        if (!ajar_utc_offset_parse(word, &options.utc_offset_seconds, err))
            return false;
    }
    if (!file_list(folder, "", &files, err) || !ajar_knowledge_load(&source, &knowledge, err))
        return false;
    options.files = (const char *const *)files.paths;
    fine = ajar_diagnose(knowledge, &options, &log, err);
    if (fine) {
        report_diagnosis(log, text);
        ajar_diagnosis_free(log);
    }
    ajar_knowledge_free(knowledge);
    return fine;
}

int main(int argc, char **argv)
{
    const char *suffix = argc == 2 ? strstr(argv[1], ".expect") : NULL;
    OWNED(free) char *folder = suffix ? text_copy_bytes(argv[1], (size_t)(suffix - argv[1])) : NULL;
    OWNED(text_release) struct text text = TEXT_UP_TO(65536);
    OWNED(free) char *expected = NULL;
    struct ajar_error err = AJAR_NO_ERROR;
    const char *offset = NULL;
    const char *wanted;
    size_t size = 0;

    if (!folder || !getenv("SHIPPED_PLANS")) {
        (void)fprintf(stderr, "usage: SHIPPED_PLANS=FOLDER %s FILE.expect\n", argv[0]);
        return 2;
    }
    if (!file_read(argv[1], 65536, &expected, &size, &err)) {
        (void)fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    wanted = skip_head(expected, &offset);
    if (!diagnose(folder, offset, &text, &err)) {
        (void)fprintf(stderr, "%s: %s\n", folder, err.text);
        return 1;
    }
    if (strcmp(text_peek(&text), wanted) == 0)
        return 0;
    (void)fprintf(stderr, "%s says\n%s\ninstead of\n%s", folder, text_peek(&text), wanted);
    return 1;
}
