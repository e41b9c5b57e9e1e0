/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command.h"
#include "diagnosis.h"
#include "options.h"
#include "owned.h"
#include "screen.h"
#include "session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool check_diagnose(const struct options *options, struct ajar_error *err)
{
    if (options->sets.count > 0 && !options->live) {
        (void)ajar_fail(err, AJAR_EUSAGE, "diagnose takes --set only together with --live");
        return ajar_hint(err, "without it, no host is asked");
    }
    if (options->live && options->sets.count == 0) {
        (void)ajar_fail(err, AJAR_EUSAGE,
                        "--live asks the hosts of a plan: diagnose needs the plan's parameters");
        return ajar_hint(err, "add for example --set source-domain=source.test");
    }
    return true;
}

/* The plans that a live look is for: those that the causes bear on and that have all their
 * parameters. */
struct live_plans {
    size_t count;
    struct ajar_plan **list; /* ends with NULL */
};

static void live_plans_release(struct live_plans *plans)
{
    for (size_t i = 0; i < plans->count; i++)
        ajar_plan_free(plans->list[i]);
    free(plans->list);
    *plans = (struct live_plans){ 0 };
}

static bool load_complete(struct live_plans *plans, const struct named_plan *named,
                          struct ajar_error *err)
{
    struct ajar_plan_source source = { .path = named->name,
                                       .folder = session_plans(),
                                       .sets = named->sets };
    size_t at = 0;

    if (named_plan_missing(named, &at))
        return true;
    if (!ajar_plan_load(&source, &plans->list[plans->count], err))
        return false;
    plans->count++;
    return true;
}

static bool load_live_plans(const struct diagnosis *diagnosis, struct live_plans *plans,
                            struct ajar_error *err)
{
    const char **names = NULL;
    size_t count = 0;
    bool fine;

    if (!ajar_diagnosis_plans(diagnosis->log, &names, &count, err))
        return false;
    plans->list = calloc(count + 1, sizeof(struct ajar_plan *));
    fine = plans->list || ajar_no_memory(err);
    for (size_t i = 0; fine && i < count; i++)
        fine = load_complete(plans, named_plans_find(&diagnosis->plans, names[i]), err);
    free(names);
    return fine;
}

static bool look_live(struct session *session, struct diagnosis *diagnosis, struct ajar_error *err)
{
    OWNED(ajar_run_close) struct ajar_run *run = NULL;
    struct live_plans plans = { 0 };
    bool fine = load_live_plans(diagnosis, &plans, err) && session_open_run(session, &run, err);
    struct ajar_diagnose_live live = {
        .run = run,
        .plans = (const struct ajar_plan *const *)plans.list,
    };

    fine = fine && ajar_diagnose_live(&live, diagnosis->log, err);
    live_plans_release(&plans);
    return fine;
}

static bool is_unmet(const struct ajar_bearing_seen *seen)
{
    return seen->standing == AJAR_STANDING_LIKELY && strcmp(seen->bearing->kind, "require") == 0;
}

static enum ajar_exit judge(const struct ajar_diagnosis *log)
{
    for (size_t i = 0; i < log->count; i++) {
        for (size_t j = 0; j < log->found[i].seen_count; j++) {
            if (is_unmet(&log->found[i].seen[j]))
                return AJAR_EXIT_UNMET;
        }
    }
    return AJAR_EXIT_DONE;
}

static bool diagnose(struct session *session, const struct ajar_knowledge *knowledge,
                     struct diagnosis *diagnosis, struct ajar_error *err)
{
    const struct options *options = session->options;
    struct named_plans_source source = {
        .knowledge = knowledge,
        .folder = session_plans(),
        .sets = (const char *const *)options->sets.items,
    };
    struct ajar_diagnose_options wanted = {
        .files = (const char *const *)options->operands.items + 1, /* behind the command */
        .offset_given = options->utc_offset.given,
        .utc_offset_seconds = options->utc_offset.seconds,
    };

    diagnosis->live = options->live;
    if (!named_plans_read(&source, &diagnosis->plans, err) ||
        !ajar_diagnose(knowledge, &wanted, &diagnosis->log, err) ||
        (options->live && !look_live(session, diagnosis, err)))
        return false;
    diagnosis->exit = judge(diagnosis->log);
    return true;
}

static bool show(const struct session *session, const struct diagnosis *diagnosis,
                 struct ajar_error *err)
{
    if (session->options->json)
        return json_print_diagnosis(stdout, diagnosis, err);
    view_diagnosis(screen_out(session->screen), diagnosis);
    return true;
}

static bool run_diagnose(struct session *session, enum ajar_exit *ret_exit, struct ajar_error *err)
{
    OWNED(ajar_knowledge_free) struct ajar_knowledge *knowledge = NULL;
    struct diagnosis diagnosis = { 0 };
    bool fine;

    if (!session_load_knowledge(&knowledge, err))
        return false;
    fine = diagnose(session, knowledge, &diagnosis, err) && show(session, &diagnosis, err);
    if (fine)
        *ret_exit = diagnosis.exit;
    if (diagnosis.log)
        ajar_diagnosis_free(diagnosis.log);
    named_plans_release(&diagnosis.plans);
    return fine;
}

static const char *const examples[] = {
    "ajar diagnose Migration.log",
    "ajar diagnose Migration*.log --utc-offset +02:00 --json",
    "ajar diagnose Migration.log --live --set source-domain=source.test --set NAME=VALUE...",
    "ajar diagnose - <password-sync.txt",
    NULL,
};

const struct command command_diagnose = {
    .name = "diagnose",
    .operand = "FILE...",
    .summary = "explain the errors in logs of ADMT and of password hash synchronization",
    .examples = examples,
    .check = check_diagnose,
    .run = run_diagnose,
};
