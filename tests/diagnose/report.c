/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report.h"

#include <inttypes.h>
#include <string.h>

static int by_cause(const void *one, const void *other)
{
    return strcmp(((const struct ajar_found *)one)->cause->name,
                  ((const struct ajar_found *)other)->cause->name);
}

static int by_sign(const void *one, const void *other)
{
    return strcmp(((const struct ajar_unknown *)one)->sign,
                  ((const struct ajar_unknown *)other)->sign);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static void report_place(const struct ajar_diagnosis *log, const struct ajar_log_time *time,
                         const char *file, uint64_t line, struct text *text)
{
    char moment[AJAR_TIME_SIZE];

    if (time->known)
        text_format(text, "%s ", time->text);
    if (time->known && time->placed) {
        ajar_time_text(log->clock.offset_given ? time->utc : time->wall, moment);
        if (!log->clock.offset_given)
            moment[strcspn(moment, "Z")] = '\0';
        text_format(text, "= %s ", moment);
    }
    text_format(text, "(%s:%" PRIu64 ")", base_name(file), line);
}

static void report_files(const struct ajar_diagnosis *log, struct text *text)
{
    for (size_t i = 0; i < log->file_count; i++) {
        const struct ajar_log_file *file = &log->files[i];

        text_format(text, "file %s: %s, %" PRIu64 " lines", base_name(file->path), file->encoding,
                    file->lines);
        if (file->cut > 0)
            text_format(text, ", %" PRIu64 " cut", file->cut);
        text_append(text, file->half ? ", half\n" : "\n");
    }
}

static void report_found(const struct ajar_diagnosis *log, const struct ajar_found *found,
                         struct text *text)
{
    text_format(text, "cause %s: %" PRIu64 " line%s, ", found->cause->name, found->count,
                found->count > 1 ? "s" : "");
    report_place(log, &found->first, found->file, found->first_line, text);
    if (found->count > 1) {
        text_append(text, " to ");
        report_place(log, &found->last, found->last_file, found->last_line, text);
    }
    text_append(text, "\n");
    for (size_t i = 0; i < found->account_listed; i++)
        text_format(text, "    account %s\n", found->accounts[i]);
}

static void report_unknown(const struct ajar_diagnosis *log, const struct ajar_unknown *unknown,
                           struct text *text)
{
    text_format(text, "number %s: %" PRIu64 " line%s, ", unknown->sign, unknown->count,
                unknown->count > 1 ? "s" : "");
    report_place(log, &unknown->first, unknown->file, unknown->first_line, text);
    if (unknown->count > 1) {
        text_append(text, " to ");
        report_place(log, &unknown->last, unknown->last_file, unknown->last_line, text);
    }
    text_append(text, "\n");
}

void report_diagnosis(struct ajar_diagnosis *log, struct text *text)
{
    const struct ajar_log_clock *clock = &log->clock;

    qsort(log->found, log->count, sizeof(*log->found), by_cause);
    qsort(log->unknown, log->unknown_count, sizeof(*log->unknown), by_sign);
    report_files(log, text);
    text_format(text, "dates %s\n",
                clock->ambiguous ? "ambiguous"
                : clock->dates   ? clock->dates
                                 : "none");
    for (size_t i = 0; i < log->count; i++)
        report_found(log, &log->found[i], text);
    for (size_t i = 0; i < log->unknown_count; i++)
        report_unknown(log, &log->unknown[i], text);
    text_format(text, "quiet %" PRIu64 "\n", log->quiet);
}
