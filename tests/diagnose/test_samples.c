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
    OWNED(free) const char **paths = NULL;
    struct ajar_diagnose_options options = { .offset_given = offset != NULL };
    struct ajar_knowledge *knowledge = NULL;
    struct ajar_diagnosis *log = NULL;
    bool fine;

    if (offset) {
        OWNED(free) char *word = text_copy_bytes(offset, strcspn(offset, "\n"));

        if (!ajar_utc_offset_parse(word, &options.utc_offset_seconds, err))
            return false;
    }
    if (!file_list(folder, "", &files, err))
        return false;
    paths = calloc(files.count + 1, sizeof(*paths));
    if (!paths)
        return ajar_no_memory(err);
    for (size_t i = 0; i < files.count; i++)
        paths[i] = files.paths[i];
    options.files = paths;
    if (!ajar_knowledge_load(&source, &knowledge, err))
        return false;
    fine = ajar_diagnose(knowledge, &options, &log, err);
    if (fine) {
        report_diagnosis(log, text);
        ajar_diagnosis_free(log);
    }
    ajar_knowledge_free(knowledge);
    return fine;
}

/* The sample's expectation, without its head. */
static bool compare(const char *folder, const char *expected, struct ajar_error *err)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(65536);
    const char *offset = NULL;
    const char *wanted = skip_head(expected, &offset);

    if (!diagnose(folder, offset, &text, err))
        return ajar_while(err, "%s", folder);
    if (strcmp(text_peek(&text), wanted) == 0)
        return true;
    (void)fprintf(stderr, "%s\ninstead of\n%s\n", text_peek(&text), wanted);
    return ajar_fail(err, AJAR_EPROTOCOL, "%s says something else", folder);
}

int main(int argc, char **argv)
{
    const char *suffix = argc == 2 ? strstr(argv[1], ".expect") : NULL;
    OWNED(free) char *folder = suffix ? text_copy_bytes(argv[1], (size_t)(suffix - argv[1])) : NULL;
    OWNED(bytes_release) struct bytes expected = { 0 };
    OWNED(free) char *text = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    if (!folder || !getenv("SHIPPED_PLANS")) {
        (void)fprintf(stderr, "usage: SHIPPED_PLANS=FOLDER %s FILE.expect\n", argv[0]);
        return 2;
    }
    if (file_read(argv[1], 65536, &expected, &err)) {
        text = text_copy_bytes((const char *)expected.at, expected.size);
        if (text && compare(folder, text, &err))
            return 0;
    }
    (void)fprintf(stderr, "%s\n", err.text);
    return 1;
}
