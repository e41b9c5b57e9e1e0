/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Microsoft Entra Connect on a host synchronizes password hashes: it is not in staging mode, or the
 * switch of each connector is on.
 *
 *     [require not-in-staging]
 *     on = host connect.source.test
 *     check = password-sync-mode
 *     must = not-staging
 *     folder = \\connect.source.test\C$\ProgramData\AADConnect
 *
 * Both are in a database that ajar does not open. What is known comes from files that somebody
 * exported, and is then as old as they are; or else it is inferred from events:
 *
 * 1. A file says that it is as it must be: it holds.
 * 2. A file says that it is not: it fails, unless events that are newer than the file show that
 *    hashes are synchronized. Then it holds, and the finding says both.
 * 3. No file says anything: events that show that hashes are synchronized, or that it is tried,
 *    make it hold. Their absence fails nothing, for it may have another cause: it cannot be told.
 *
 * A finding that rests on events has the word "inferred" in it.
 */
#include "base/clock.h"
#include "model/guid_list.h"
#include "provider/connect_files.h"
#include "provider/password_sync_events.h"
#include "provider/requirement.h"
#include "provider/service_live.h"

#include <string.h>

static const struct field_rule fields[] = {
    { .name = "must", .type = FIELD_CHOICE, .required = true, .choices = "not-staging on" },
    { .name = "folder", .type = FIELD_ANY },
    { .name = "connectors", .type = FIELD_ANY },
    { 0 },
};

static const char service_name[] = "ADSync";

#define HINT_TELL                                                                               \
    "in PowerShell on the host: Get-ADSyncScheduler | Select StagingModeEnabled, and for each " \
    "connector Get-ADSyncAADPasswordSyncConfiguration -SourceConnector NAME"
#define HINT_ON                                                                                   \
    "run the Microsoft Entra Connect wizard on the host: Customize synchronization options, "     \
    "unselect password hash synchronization and finish; run it again and select it; then export " \
    "the configuration anew"
#define HINT_STAGING                                                                          \
    "see that no other server is active, then run the Microsoft Entra Connect wizard on the " \
    "host: Configure staging mode, and clear it; then export the configuration anew"
#define HINT_FOLDER "correct `folder`, or leave it out: then events are looked at"
#define HINT_START  "start the service, then look again"

/* One thing that must be so: the server's staging mode, or a connector's switch. */
struct subject {
    const struct guid *connector; /* NULL: the server, or any connector */
    char *name;                   /* "source.test (GUID)"; NULL for the server */
    enum connect_word word;       /* YES: as it must be */
    const struct connect_source *source;
};

/* What a look at the host needs, and finds. */
struct look {
    bool is_staging; /* what must be: not-staging, and not on */
    struct guid_list connectors;
    struct connect_files files;
    size_t count;
    struct subject *subjects;
    bool has_events;
    struct events events;
    struct ajar_error events_error; /* when they could not be read */
    char *stopped;                  /* the service's state, when it does not run */
};

static void look_release(struct look *look)
{
    for (size_t i = 0; i < look->count; i++)
        free(look->subjects[i].name);
    free(look->subjects);
    connect_files_release(&look->files);
    events_release(&look->events);
    free(look->stopped);
}
DEFINE_OWNED_STRUCT(struct look, look_release);

static bool judge(const struct setting *setting, struct ajar_error *err)
{
    OWNED(export_folder_release) struct export_folder folder = { 0 };
    struct guid_list connectors;

    return guid_list_read(setting, "connectors", &connectors, err) &&
           export_folder_read(setting, "folder", &folder, err);
}

/* What the wizard calls the connector's directory; NULL when it says nothing. */
static const char *name_in_policy(const struct connect_policy *policy, const struct guid *id)
{
    for (size_t i = 0; i < policy->directory_count; i++) {
        const struct connect_directory *directory = &policy->directories[i];

        if (directory->has_id && guid_same(&directory->id, id))
            return directory->dns_name ? directory->dns_name : directory->friendly_name;
    }
    return NULL;
}

/* A connector; `known` is what a file says of it, or NULL. The id must outlive the look. */
static bool add_connector(struct look *look, const struct guid *id,
                          const struct connect_connector *known, struct ajar_error *err)
{
    struct subject *subject = &look->subjects[look->count];
    const char *name = known ? known->facts.name : NULL;
    char guid[GUID_TEXT_SIZE] = "";

    if (!name && id)
        name = name_in_policy(&look->files.policy, id);
    if (id)
        guid_format(id, guid);
    subject->name = text_make("%s%s%s%s", name ? name : "connector ", name && id ? " (" : "", guid,
                              name && id ? ")" : "");
    if (!subject->name)
        return ajar_no_memory(err);
    subject->connector = id;
    subject->word = known ? known->facts.password_hash_sync : CONNECT_UNSAID;
    subject->source = known ? &known->source : NULL;
    look->count++;
    return true;
}

static const struct connect_connector *find_connector(const struct connect_files *files,
                                                      const struct guid *id)
{
    for (size_t i = 0; i < files->count; i++) {
        if (files->connectors[i].facts.has_id && guid_same(&files->connectors[i].facts.id, id))
            return &files->connectors[i];
    }
    return NULL;
}

static bool list_named(struct look *look, struct ajar_error *err)
{
    for (size_t i = 0; i < look->connectors.count; i++) {
        const struct guid *id = &look->connectors.guids[i];

        if (!add_connector(look, id, find_connector(&look->files, id), err))
            return false;
    }
    return true;
}

/* Those that files say a word of, and those whose file cannot be read. The connector of the tenant
 * is exported, too, and has no word. */
static bool list_exported(struct look *look, struct ajar_error *err)
{
    for (size_t i = 0; i < look->files.count; i++) {
        const struct connect_connector *known = &look->files.connectors[i];

        if ((known->is_unread || known->facts.password_hash_sync != CONNECT_UNSAID) &&
            !add_connector(look, known->facts.has_id ? &known->facts.id : NULL, known, err))
            return false;
    }
    return true;
}

static bool list_subjects(struct look *look, struct ajar_error *err)
{
    look->subjects =
        calloc(look->connectors.count + look->files.count + 1, sizeof(*look->subjects));
    if (!look->subjects)
        return ajar_no_memory(err);
    if (!look->is_staging && !(look->connectors.count > 0 ? list_named : list_exported)(look, err))
        return false;
    if (look->count > 0)
        return true;
    look->subjects[look->count++] = (struct subject){ .source = &look->files.staging_source };
    if (look->is_staging && look->files.staging != CONNECT_UNSAID)
        look->subjects[0].word = look->files.staging == CONNECT_NO ? CONNECT_YES : CONNECT_NO;
    return true;
}

static bool has_word(const struct look *look, enum connect_word word)
{
    for (size_t i = 0; i < look->count; i++) {
        if (look->subjects[i].word == word)
            return true;
    }
    return false;
}

/* Who does not run writes no events, and that is another requirement's failure. */
static bool look_at_service(struct target *target, struct look *look, struct ajar_error *err)
{
    OWNED(service_live_release) struct service_live live = { 0 };
    struct svcctl *services = NULL;

    if (!target_services(target, &services, err) ||
        !service_live_open(services, service_name, &live, err))
        return false;
    if (live.name && live.status.state == SERVICE_RUNNING)
        return true;
    look->stopped = text_copy(live.name ? service_state_name(live.status.state) : "not installed");
    return look->stopped || ajar_no_memory(err);
}

/* Only for what no file says that it is as it must be. */
static void look_at_events(struct target *target, struct look *look)
{
    if (has_word(look, CONNECT_UNSAID) && !look_at_service(target, look, &look->events_error))
        return;
    look->has_events = password_sync_events_read(target, &look->events, &look->events_error);
}

/* "password hash sync is on for source.test (GUID)" */
static void append_state(struct text *text, const struct look *look, const struct subject *subject,
                         bool holds)
{
    if (look->is_staging)
        text_append(text,
                    holds ? "the server is not in staging mode" : "the server is in staging mode");
    else
        text_format(text, "password hash sync is %s%s%s", holds ? "on" : "off",
                    subject->name ? " for " : "", subject->name ? subject->name : "");
}

/* "Connector_{...}.xml, as exported TIME, not live"; no document has the layout of the file with
 * the global settings. */
static void append_source(struct text *text, const struct look *look, const struct subject *subject)
{
    text_format(text, "%s, as exported %s, not live%s", subject->source->file,
                clock_write_time(subject->source->modified).at,
                look->is_staging ? " (the layout of this file is unconfirmed)" : "");
}

/* "event 654 at TIME" */
static void append_event(struct text *text, const struct event *event)
{
    text_format(text, "event %u at %s", event->id, clock_write_time(event->written).at);
}

static void append_inferred(struct text *text, const struct look *look,
                            const struct subject *subject, const struct event *event)
{
    text_append(text, "inferred from events: ");
    append_state(text, look, subject, true);
    text_append(text, " (");
    append_event(text, event);
    text_append(text, password_sync_works(event) ? ")" : ": it is tried, at least)");
}

/* A file says that it is not so. */
static enum requirement_result judge_denied(const struct look *look, const struct subject *subject,
                                            struct text *text)
{
    const struct event *event =
        look->has_events ? password_sync_event(&look->events, subject->connector) : NULL;

    if (event && password_sync_works(event) && event->written > subject->source->modified) {
        append_inferred(text, look, subject, event);
        text_append(text, ", though ");
        append_state(text, look, subject, false);
        text_append(text, " in the older ");
        append_source(text, look, subject);
        return REQUIREMENT_PASS;
    }
    append_state(text, look, subject, false);
    text_append(text, ": ");
    append_source(text, look, subject);
    if (event && password_sync_works(event)) {
        text_append(text, "; the last that events show of it is older: ");
        append_event(text, event);
    }
    return REQUIREMENT_FAIL;
}

/* Nothing speaks of it, and that nothing does says something as long as the scheduler runs. */
static void append_silence(struct text *text, const struct look *look,
                           const struct subject *subject)
{
    const struct event *scheduler = password_sync_scheduler(&look->events);

    if (!events_reach(&look->events, look->events.since)) {
        text_format(text,
                    "nothing can be inferred: the log Application could be read back to %s "
                    "only, and has no event 650 to 657%s%s",
                    clock_write_time(look->events.oldest).at, subject->name ? " of " : "",
                    subject->name ? subject->name : "");
        return;
    }
    text_format(text,
                "inferred: may be in staging mode, or password hash sync is off: no event 650 "
                "to 657%s%s in three hours",
                subject->name ? " of " : "", subject->name ? subject->name : "");
    if (scheduler) {
        text_append(text, ", while the scheduler runs: ");
        append_event(text, scheduler);
    } else {
        text_append(text, ", nor one of the scheduler (904)");
    }
}

/* No file says anything. */
static enum requirement_result judge_unsaid(const struct look *look, const struct subject *subject,
                                            struct text *text)
{
    const struct event *event;

    if (look->stopped || !look->has_events) {
        text_append(text, "nothing can be inferred");
        if (subject->name)
            text_format(text, " for %s", subject->name);
        if (look->stopped)
            text_format(text, ": service \"%s\", which writes these events, is %s", service_name,
                        look->stopped);
        else
            text_format(text, ": %s", look->events_error.text);
        return REQUIREMENT_UNKNOWN;
    }
    event = password_sync_event(&look->events, subject->connector);
    if (event) {
        append_inferred(text, look, subject, event);
        return REQUIREMENT_PASS;
    }
    append_silence(text, look, subject);
    return REQUIREMENT_UNKNOWN;
}

static enum requirement_result judge_subject(const struct look *look, const struct subject *subject,
                                             struct text *text)
{
    if (subject->word == CONNECT_NO)
        return judge_denied(look, subject, text);
    if (subject->word == CONNECT_UNSAID)
        return judge_unsaid(look, subject, text);
    append_state(text, look, subject, true);
    text_append(text, ": ");
    append_source(text, look, subject);
    return REQUIREMENT_PASS;
}

/* What files say besides, where nothing that is confirmed does. */
static void append_rest(struct text *text, const struct look *look)
{
    enum connect_topic topic = look->is_staging ? CONNECT_STAGING : CONNECT_HASH_SYNC;
    const struct connect_policy *policy = &look->files.policy;

    if (look->files.troubles)
        text_format(text, "; not read: %s", look->files.troubles);
    if (!has_word(look, CONNECT_UNSAID))
        return;
    for (size_t i = 0; i < policy->said_count; i++) {
        if (policy->said[i].topic == topic)
            text_format(text, "; %s says %s; what it means is not confirmed",
                        look->files.policy_file, policy->said[i].text);
    }
}

static const char *hint_of(const struct look *look, enum requirement_result result)
{
    if (result == REQUIREMENT_FAIL)
        return look->is_staging ? HINT_STAGING : HINT_ON;
    if (look->stopped)
        return HINT_START;
    return look->has_events || !look->events_error.hint[0] ? HINT_TELL : look->events_error.hint;
}

static bool conclude(const struct look *look, enum requirement_result result,
                     const struct text *text, struct finding *ret_finding, struct ajar_error *err)
{
    if (text->faulty)
        return ajar_no_memory(err);
    if (result == REQUIREMENT_PASS)
        return finding_pass(ret_finding, err, "%s", text_peek(text));
    return (result == REQUIREMENT_FAIL ? finding_fail : finding_unknown)(
        ret_finding, err, hint_of(look, result), "%s", text_peek(text));
}

/* What fails is told first and alone; then what cannot be told; then what holds. */
static bool judge_subjects(const struct look *look, struct finding *ret_finding,
                           struct ajar_error *err)
{
    static const enum requirement_result worst_first[] = { REQUIREMENT_FAIL, REQUIREMENT_UNKNOWN,
                                                           REQUIREMENT_PASS };

    for (size_t rank = 0; rank < LENGTH(worst_first); rank++) {
        OWNED(text_release) struct text text = TEXT_UP_TO(16384);

        for (size_t i = 0; i < look->count; i++) {
            OWNED(text_release) struct text phrase = TEXT_UP_TO(2048);

            if (judge_subject(look, &look->subjects[i], &phrase) == worst_first[rank])
                text_format(&text, "%s%s", text.size ? "; " : "", text_peek(&phrase));
        }
        if (text.size == 0)
            continue;
        append_rest(&text, look);
        return conclude(look, worst_first[rank], &text, ret_finding, err);
    }
    return ajar_no_memory(err);
}

static bool examine_files(struct target *target, struct look *look, struct finding *ret_finding,
                          struct ajar_error *err)
{
    if (!list_subjects(look, err))
        return false;
    if (has_word(look, CONNECT_UNSAID) || has_word(look, CONNECT_NO))
        look_at_events(target, look);
    return judge_subjects(look, ret_finding, err);
}

static bool examine(struct target *target, const struct setting *setting,
                    struct finding *ret_finding, struct ajar_error *err)
{
    OWNED(export_folder_release) struct export_folder folder = { 0 };
    OWNED(look_release) struct look look = { .events_error = AJAR_NO_ERROR };
    struct ajar_error refused = AJAR_NO_ERROR;

    look.is_staging = strcmp(setting_value(setting, "must"), "not-staging") == 0;
    if (!guid_list_read(setting, "connectors", &look.connectors, err) ||
        !export_folder_read(setting, "folder", &folder, err))
        return false;
    if (folder.name && !connect_files_read(target, &folder, &look.files, &refused))
        return finding_unknown(ret_finding, err, refused.hint[0] ? refused.hint : HINT_FOLDER,
                               "the exported configuration could not be read: %s", refused.text);
    return examine_files(target, &look, ret_finding, err);
}

const struct requirement requirement_password_sync_mode = {
    .check = "password-sync-mode",
    .fields = fields,
    .places = REQUIREMENT_ON_HOST,
    .judge = judge,
    .examine = examine,
};
