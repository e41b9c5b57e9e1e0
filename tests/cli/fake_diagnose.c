/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Stands in for the engine's diagnosis: canned ones, chosen by the name of the first log:
 *
 *     quiet     nothing in it                     mixed     each severity and what is not known
 *     utc       its times can be placed           mingled   day and month cannot be told apart
 *     controls  hostile texts                     error-WORD  fails with that status
 *
 * $AJAR_FAKE says what the live look finds: "likely", "setting" (a setting that is not as wanted),
 * "ruled-out", else that it cannot be told.
 */
#include "fake_engine.h"

#include <ajar/diagnose.h>

#include <stdlib.h>
#include <string.h>

struct ajar_knowledge {
    int nothing;
};

static const struct ajar_bearing denied_bearings[] = {
    { "admt-password-migration", "registry", "restrict-anonymous" },
    { "admt-sid-history", "require", "target-names-source" },
    { "admt-password-migration", "permission", "read-sam-server" },
    { "admt-sid-history", "require", "source-answers" },
    { "admt-password-migration", "manual", "restart-server-services" },
};

static const struct ajar_bearing account_bearings[] = {
    { "entra-password-hash-sync", "require", "object-lasting-password" },
};

static const char *const denied_steps[] = { "Migrate the passwords once more.",
                                            "Then look again." };
static const char *const denied_references[] = { "KB 322981", "walk-through" };

static const struct ajar_cause causes[] = {
    { .name = "password-access-denied",
      .file = "admt",
      .file_title = "ADMT's Migration.log",
      .title = "The target refuses",
      .means =
          "The account was copied, but its password was not: ADMT gave it a strong random one. "
          "The target turned away the anonymous question that goes ahead of it.",
      .unconfirmed = "How it looks on newer releases.",
      .severity = AJAR_SEVERITY_ERROR,
      .step_count = 2,
      .steps = denied_steps,
      .reference_count = 2,
      .references = denied_references,
      .bearing_count = 5,
      .bearings = denied_bearings },
    { .name = "password-to-be-changed",
      .file = "password-sync-log",
      .title = "A temporary password",
      .severity = AJAR_SEVERITY_WARNING,
      .bearing_count = 1,
      .bearings = account_bearings },
    { .name = "entry-of-an-old-build",
      .file = "password-sync-log",
      .title = "An old entry",
      .severity = AJAR_SEVERITY_NOTICE },
    { .name = "password-synchronized",
      .file = "password-sync-log",
      .title = "A password was synchronized",
      .severity = AJAR_SEVERITY_FINE },
};
static const struct ajar_cause *const cause_list[] = { &causes[0], &causes[1], &causes[2],
                                                       &causes[3] };

static const char *const many_accounts[] = { "anna",  "bernd", "carla", "dora", "emil",
                                             "frida", "georg", "hans",  "ida",  "jakob" };
static const char *const one_account[] = { "CN=O'Neill, Pat,DC=source,DC=test" };

static const struct ajar_log_time early = { .known = true,
                                            .placed = true,
                                            .wall = 1795161600, /* 2026-11-20T08:00:00 */
                                            .utc = 1795158000,
                                            .text = "20.11.2026 08:00:00" };
static const struct ajar_log_time late = { .known = true,
                                           .placed = true,
                                           .wall = 1795165200,
                                           .utc = 1795161600,
                                           .text = "20.11.2026 09:00:00" };

static struct ajar_log_file files[] = {
    { .path = "Migration.log", .encoding = "UTF-16LE", .bytes = 2000, .lines = 40, .cut = 1 },
    { .path = "Migration0001.log", .encoding = "UTF-8", .bytes = 1, .lines = 1, .half = true },
};

static struct ajar_found mixed_found[] = {
    { .cause = &causes[0],
      .count = 12,
      .first = { .known = true, .text = "20.11.2026 08:00:00" },
      .file = "Migration.log",
      .first_line = 3,
      .last_file = "Migration0001.log",
      .last_line = 1,
      .example = "WRN1:7557 Failed to copy the password for anna.",
      .account_count = 14,
      .account_listed = 10,
      .accounts = many_accounts },
    { .cause = &causes[1],
      .count = 1,
      .file = "Migration.log",
      .first_line = 9,
      .last_file = "Migration.log",
      .last_line = 9,
      .example = "FilteredByTarget",
      .account_count = 1,
      .account_listed = 1,
      .accounts = one_account },
    { .cause = &causes[2],
      .count = 1,
      .file = "Migration.log",
      .first_line = 10,
      .last_file = "Migration.log",
      .last_line = 10,
      .example = "MigratedCheckDetailsForMoreInfo" },
    { .cause = &causes[3],
      .count = 2,
      .file = "Migration.log",
      .first_line = 11,
      .last_file = "Migration.log",
      .last_line = 12,
      .example = "Success" },
};

static struct ajar_unknown mixed_unknown[] = {
    { .sign = "ERR2:7999",
      .severity = AJAR_SEVERITY_ERROR,
      .count = 2,
      .file = "Migration.log",
      .first_line = 20,
      .last_file = "Migration.log",
      .last_line = 21,
      .example = "ERR2:7999 What nobody knows." },
};

bool ajar_knowledge_load(const struct ajar_knowledge_source *source,
                         struct ajar_knowledge **ret_knowledge, struct ajar_error *err)
{
    struct ajar_knowledge *knowledge = calloc(1, sizeof(*knowledge));

    trace("knowledge %s for %s", source->folder, source->plans);
    if (!knowledge)
        return ajar_no_memory(err);
    *ret_knowledge = knowledge;
    return true;
}

void ajar_knowledge_free(struct ajar_knowledge *knowledge)
{
    free(knowledge);
}

size_t ajar_knowledge_causes(const struct ajar_knowledge *knowledge,
                             const struct ajar_cause *const **ret_list)
{
    (void)knowledge;
    *ret_list = cause_list;
    return sizeof(cause_list) / sizeof(cause_list[0]);
}

const char *ajar_severity_name(enum ajar_severity severity)
{
    static const char *const names[] = { "error", "warning", "notice", "fine" };

    return names[severity];
}

const char *ajar_standing_name(enum ajar_standing standing)
{
    static const char *const names[] = { "not-asked", "likely", "ruled-out", "unknown" };

    return names[standing];
}

bool ajar_utc_offset_parse(const char *text, int *ret_seconds, struct ajar_error *err)
{
    if (strcmp(text, "+01:00") == 0)
        *ret_seconds = 3600;
    else if (strcmp(text, "-05:30") == 0)
        *ret_seconds = -19800;
    else
        return ajar_fail(err, AJAR_EUSAGE, "\"%s\" is not an offset", text);
    return true;
}

static void fill_mixed(struct ajar_diagnosis *log)
{
    log->file_count = 2;
    log->files = files;
    log->clock = (struct ajar_log_clock){ .seen = true, .dates = "day.month.year" };
    log->lines = 41;
    log->quiet = 23;
    log->explained[AJAR_SEVERITY_ERROR] = 12;
    log->explained[AJAR_SEVERITY_WARNING] = 1;
    log->explained[AJAR_SEVERITY_NOTICE] = 1;
    log->explained[AJAR_SEVERITY_FINE] = 2;
    log->unexplained = 2;
    log->count = 4;
    log->found = mixed_found;
    log->unknown_count = 1;
    log->unknown = mixed_unknown;
}

static void fill_one(struct ajar_diagnosis *log, const struct ajar_diagnose_options *options)
{
    log->file_count = 1;
    log->files = files;
    log->lines = 40;
    log->count = 1;
    log->found = mixed_found;
    mixed_found[0].first = early;
    mixed_found[0].last = late;
    log->clock = (struct ajar_log_clock){
        .seen = true,
        .offset_given = options->offset_given,
        .utc_offset_seconds = options->utc_offset_seconds,
        .dates = "day.month.year",
    };
}

static void make_hostile(struct ajar_diagnosis *log)
{
    static const char *const accounts[] = { "\033[2Jwiped" };

    mixed_found[0].example = "bell \007 and \033]0;owned\007";
    mixed_found[0].accounts = accounts;
    mixed_found[0].account_count = 1;
    mixed_found[0].account_listed = 1;
    mixed_unknown[0].example = "cut \xc3";
    (void)log;
}

bool ajar_diagnose(const struct ajar_knowledge *knowledge,
                   const struct ajar_diagnose_options *options,
                   struct ajar_diagnosis **ret_diagnosis, struct ajar_error *err)
{
    const char *name = options->files[0];
    struct ajar_diagnosis *log;

    (void)knowledge;
    for (size_t i = 0; options->files[i]; i++)
        trace("log %s", options->files[i]);
    if (!fail_if_told(name, err))
        return false;
    log = calloc(1, sizeof(*log));
    if (!log)
        return ajar_no_memory(err);
    if (strcmp(name, "mixed") == 0 || strcmp(name, "controls") == 0)
        fill_mixed(log);
    else if (strcmp(name, "quiet") != 0)
        fill_one(log, options);
    if (strcmp(name, "mingled") == 0)
        log->clock.ambiguous = true;
    if (strcmp(name, "controls") == 0)
        make_hostile(log);
    *ret_diagnosis = log;
    return true;
}

void ajar_diagnosis_free(struct ajar_diagnosis *diagnosis)
{
    free(diagnosis);
}

bool ajar_diagnosis_plans(const struct ajar_diagnosis *diagnosis, const char ***ret_names,
                          size_t *ret_count, struct ajar_error *err)
{
    const char **names = calloc(3, sizeof(*names));

    if (!names)
        return ajar_no_memory(err);
    names[0] = "admt-password-migration";
    names[1] = "admt-sid-history";
    names[2] = "entra-password-hash-sync";
    *ret_names = names;
    *ret_count = diagnosis->count == 0 ? 0 : diagnosis->count > 1 ? 3 : 2;
    return true;
}

static enum ajar_standing told_standing(const char *scenario)
{
    if (strcmp(scenario, "likely") == 0 || strcmp(scenario, "setting") == 0)
        return AJAR_STANDING_LIKELY;
    return strcmp(scenario, "ruled-out") == 0 ? AJAR_STANDING_RULED_OUT : AJAR_STANDING_UNKNOWN;
}

bool ajar_diagnose_live(const struct ajar_diagnose_live *live, struct ajar_diagnosis *diagnosis,
                        struct ajar_error *err)
{
    const char *scenario = getenv("AJAR_FAKE") ? getenv("AJAR_FAKE") : "";
    static struct ajar_bearing_seen seen[1];

    for (size_t i = 0; live->plans[i]; i++)
        trace("live %s", ajar_plan_name(live->plans[i]));
    if (!fail_if_told(scenario, err))
        return false;
    seen[0] = (struct ajar_bearing_seen){
        .bearing = &denied_bearings[strcmp(scenario, "setting") == 0 ? 0 : 1],
        .target = "target.test",
        .standing = told_standing(scenario),
        .reason = "dc1 finds no controller of source.test",
        .hint = "add a conditional forwarder",
    };
    diagnosis->found[0].standing = seen[0].standing;
    diagnosis->found[0].seen_count = 1;
    diagnosis->found[0].seen = seen;
    return true;
}

const char *ajar_phase_name(enum ajar_phase phase)
{
    static const char *const names[] = { "untimed", "before",  "opening", "waiting",
                                         "open",    "closing", "overdue", "after" };

    return names[phase];
}

static const char *const waited[] = {
    "registry allow-password-export on dc1.source.test: restart"
};

static struct ajar_window_step steps[] = {
    { .from = 0, .phase = AJAR_PHASE_BEFORE },
    { .from = 1795158000,
      .phase = AJAR_PHASE_WAITING,
      .subject = "open: AllowPasswordExport on dc1.source.test: absent \xe2\x86\x92 1",
      .waiting_count = 1,
      .waiting = waited },
    { .from = 1795165200, .phase = AJAR_PHASE_AFTER, .subject = "closed" },
};

static struct ajar_log_event log_events[] = {
    { .found = &mixed_found[0],
      .phase = AJAR_PHASE_WAITING,
      .step = &steps[1],
      .file = "Migration.log",
      .line = 3,
      .text = "WRN1:7557 Failed to copy the password for anna.",
      .account = "anna" },
    { .unknown = &mixed_unknown[0],
      .phase = AJAR_PHASE_UNTIMED,
      .file = "Migration.log",
      .line = 20,
      .text = "ERR2:7999 What nobody knows." },
};

bool ajar_show_log(struct ajar_run *run, const char *window, const struct ajar_knowledge *knowledge,
                   const struct ajar_diagnose_options *options, struct ajar_report **ret_report,
                   struct ajar_diagnosis **ret_diagnosis, struct ajar_error *err)
{
    if (!ajar_diagnose(knowledge, options, ret_diagnosis, err))
        return false;
    if (!ajar_show(run, window, ret_report, err)) {
        ajar_diagnosis_free(*ret_diagnosis);
        *ret_diagnosis = NULL;
        return false;
    }
    (*ret_diagnosis)->steps = steps;
    (*ret_diagnosis)->step_count = 3;
    if ((*ret_diagnosis)->count == 0)
        return true;
    log_events[0].time = late;
    mixed_found[0].phases[AJAR_PHASE_BEFORE] = 2;
    mixed_found[0].phases[AJAR_PHASE_WAITING] = 10;
    (*ret_diagnosis)->events = log_events;
    (*ret_diagnosis)->event_count = 2;
    (*ret_diagnosis)->event_more = 7;
    return true;
}
