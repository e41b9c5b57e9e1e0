/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/knowledge.h"

#include "base/file.h"

#include <string.h>

static const char *const severity_names[] = { "error", "warning", "notice", "fine" };

const char *ajar_severity_name(enum ajar_severity severity)
{
    return (size_t)severity < LENGTH(severity_names) ? severity_names[severity] : "error";
}

unsigned log_kind_from_name(const char *name)
{
    static const struct {
        const char *name;
        unsigned kind;
    } kinds[] = {
        { "admt", LOG_KIND_ADMT },
        { "script", LOG_KIND_SCRIPT },
        { "password-sync-log", LOG_KIND_PASSWORD_SYNC },
    };

    for (size_t i = 0; i < LENGTH(kinds); i++) {
        if (strcmp(kinds[i].name, name) == 0)
            return kinds[i].kind;
    }
    return 0;
}

static void release_cause(struct knowledge_cause *cause)
{
    free(cause->ids);
    free(cause->before);
    free(cause->steps);
    free(cause->references);
    free(cause->bearings);
}

void ajar_knowledge_free(struct ajar_knowledge *knowledge)
{
    if (!knowledge)
        return;
    for (size_t i = 0; i < knowledge->count; i++)
        release_cause(&knowledge->causes[i]);
    for (size_t i = 0; i < knowledge->probe_count; i++) {
        log_pattern_release(&knowledge->probes[i].pattern);
        free(knowledge->probes[i].word);
    }
    for (size_t i = 0; i < knowledge->name_count; i++)
        free(knowledge->names[i]);
    for (size_t i = 0; i < knowledge->file_count; i++)
        ini_free(knowledge->files[i]);
    free(knowledge->causes);
    free(knowledge->shown);
    free(knowledge->probes);
    free(knowledge->names);
    free(knowledge->files);
    log_scanner_free(knowledge->scanner);
    free(knowledge);
}

size_t ajar_knowledge_causes(const struct ajar_knowledge *knowledge,
                             const struct ajar_cause *const **ret_list)
{
    *ret_list = knowledge->shown;
    return knowledge->count;
}

static bool read_files(struct ajar_knowledge *knowledge, const char *folder, struct ajar_error *err)
{
    OWNED(file_list_release) struct file_list list = { 0 };

    if (!file_list(folder, ".ini", &list, err)) {
        err->status = AJAR_EPLAN;
        return false;
    }
    if (list.count == 0)
        return ajar_fail(err, AJAR_EPLAN, "%s:1: no file *.ini of knowledge is in this folder",
                         folder);
    for (size_t i = 0; i < list.count; i++) {
        struct ini *ini = NULL;

        if (!ini_read_file(list.paths[i], INI_PLAIN, &ini, err) ||
            !knowledge_add(knowledge, ini, err))
            return false;
    }
    return true;
}

bool knowledge_read(const char *folder, struct ajar_knowledge **ret_knowledge,
                    struct ajar_error *err)
{
    OWNED(ajar_knowledge_free) struct ajar_knowledge *knowledge = calloc(1, sizeof(*knowledge));

    if (!knowledge)
        return ajar_no_memory(err);
    if (!read_files(knowledge, folder, err) || !knowledge_finish(knowledge, err))
        return false;
    *ret_knowledge = knowledge;
    knowledge = NULL;
    return true;
}

bool ajar_knowledge_load(const struct ajar_knowledge_source *source,
                         struct ajar_knowledge **ret_knowledge, struct ajar_error *err)
{
    OWNED(ajar_knowledge_free) struct ajar_knowledge *knowledge = NULL;

    if (!knowledge_read(source->folder, &knowledge, err) ||
        !knowledge_check_bearings(knowledge, source->plans, err))
        return false;
    *ret_knowledge = knowledge;
    knowledge = NULL;
    return true;
}
