/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Something tells in a host's event log that it works, and it told so lately; or it told of no
 * trouble since. Password hash synchronization of Microsoft Entra Connect writes a heartbeat (654)
 * for each connector, every thirty minutes when no password has changed.
 *
 *     [require heartbeat]
 *     on = host pes1.source.test
 *     check = events
 *     must = recent
 *     connectors = b891884f-051e-4a83-95af-2544101c9083
 *
 * `recent` looks at successes only, `untroubled` at what came after the last one: what is wrong
 * fails one of them. A record has no message, only the strings that are inserted into it, so a
 * connector is known by its GUID in them; an event of trouble that names no connector of the plan
 * counts against each.
 */
#include "base/clock.h"
#include "provider/event_sight.h"
#include "provider/requirement.h"
#include "provider/service_live.h"

#include <string.h>

static const struct field_rule fields[] = {
    { .name = "log", .type = FIELD_TEXT },
    { .name = "source", .type = FIELD_TEXT },
    { .name = "must", .type = FIELD_CHOICE, .required = true, .choices = "recent untroubled" },
    { .name = "success", .type = FIELD_TEXT },
    { .name = "trouble", .type = FIELD_TEXT },
    { .name = "within", .type = FIELD_DURATION },
    { .name = "connectors", .type = FIELD_ANY },
    { .name = "service", .type = FIELD_TEXT },
    { 0 },
};

/* So many connectors are named one by one. */
#define NAMED 3U

static bool judge(const struct setting *setting, struct ajar_error *err)
{
    struct event_terms terms;

    return event_terms_read(setting, &terms, err);
}

static void append_ids(struct text *text, const struct event_ids *ids)
{
    for (size_t i = 0; i < ids->count; i++)
        text_format(text, "%s%u", i == 0 ? "" : " or ", ids->list[i]);
}

/* `event 654 of "Directory Synchronization" on pes1.source.test` */
static void append_success(struct text *text, const struct event_terms *terms,
                           const struct event_sight *sight)
{
    text_append(text, "event ");
    append_ids(text, &terms->success);
    text_format(text, " of \"%s\" on %s", terms->source, sight->host);
}

/* " for connector GUID"; nothing without connectors. */
static void append_connector(struct text *text, const struct event_terms *terms, size_t connector)
{
    char guid[GUID_TEXT_SIZE];

    if (terms->connectors.count == 0)
        return;
    guid_format(&terms->connectors.guids[connector], guid);
    text_format(text, " for connector %s", guid);
}

static const char *hint_of(const struct event_terms *terms, const char *otherwise)
{
    return strcmp(terms->source, EVENT_TERMS_SOURCE) == 0
               ? otherwise
               : "read these events in Event Viewer on the host";
}

/* Gives a finding whose reason is `text`. */
static bool conclude(enum requirement_result result, const struct text *text, const char *hint,
                     struct finding *ret_finding, struct ajar_error *err)
{
    if (text->faulty)
        return ajar_no_memory(err);
    if (result == REQUIREMENT_PASS)
        return finding_pass(ret_finding, err, "%s", text_peek(text));
    if (result == REQUIREMENT_FAIL)
        return finding_fail(ret_finding, err, hint, "%s", text_peek(text));
    return finding_unknown(ret_finding, err, hint, "%s", text_peek(text));
}

static bool leave_open(const struct event_terms *terms, const struct event_sight *sight,
                       struct text *text, struct finding *ret_finding, struct ajar_error *err)
{
    const struct events *lately = &sight->lately;
    bool is_ceiling = lately->end == EVENTS_REACHED_CEILING;

    if (lately->records == 0)
        text_format(text, "; the log is empty");
    else
        text_format(text, "; %s reaches only to %s, %s ago, and it must reach %s back",
                    is_ceiling ? "what could be read of the log" : "the log",
                    clock_write_time(lately->oldest).at,
                    clock_write_duration(lately->now - lately->oldest).at,
                    clock_write_duration(terms->within).at);
    return conclude(REQUIREMENT_UNKNOWN, text,
                    is_ceiling ? "read these events in Event Viewer on the host"
                               : "look again when the log reaches back that far; a log that is too "
                                 "small for it is made larger in its properties in Event Viewer",
                    ret_finding, err);
}

#define NO_HEARTBEAT                                                                              \
    "see that the host reaches Microsoft Entra ID and the domain controllers of this connector, " \
    "and that its account may replicate; if nothing else helps, trigger a full sync of all "      \
    "passwords, once"

/* ": the last one was written 4h 2m ago, at ..." */
static void append_last(struct text *text, const struct event_terms *terms,
                        const struct event_sight *sight, size_t connector)
{
    const struct events *events = event_sight_longest(sight);
    const struct event *last = event_sight_success(events, terms, connector);

    if (last)
        text_format(text, ": the last one was written %s ago, at %s",
                    clock_write_duration(event_sight_age(sight, last)).at,
                    clock_write_time(last->written).at);
    else if (events_reach(&sight->lately, sight->lately.since))
        text_format(
            text, ": none since %s",
            clock_write_time(events->since > events->oldest ? events->since : events->oldest).at);
}

/* Names the connectors that have none, the first ones with their last one. */
static void append_missing(struct text *text, const struct event_terms *terms,
                           const struct event_sight *sight)
{
    size_t missing = 0;

    for (size_t i = 0; i < event_terms_connectors(terms); i++) {
        if (event_sight_success(&sight->lately, terms, i))
            continue;
        if (missing++ >= NAMED)
            continue;
        text_append(text, missing > 1 ? ", nor" : "");
        append_connector(text, terms, i);
        append_last(text, terms, sight, i);
    }
    if (missing > NAMED)
        text_format(text, ", nor for %zu more", missing - NAMED);
}

/* How old the oldest of the connectors' last successes is. */
static int64_t greatest_age(const struct event_terms *terms, const struct event_sight *sight)
{
    int64_t greatest = 0;

    for (size_t i = 0; i < event_terms_connectors(terms); i++) {
        int64_t its = event_sight_age(sight, event_sight_success(&sight->lately, terms, i));

        greatest = its > greatest ? its : greatest;
    }
    return greatest;
}

static bool pass_recent(const struct event_terms *terms, const struct event_sight *sight,
                        struct text *text, struct finding *ret_finding, struct ajar_error *err)
{
    struct clock_text ago = clock_write_duration(greatest_age(terms, sight));

    if (terms->connectors.count > 1)
        text_format(text, "for each of %zu connectors, an ", terms->connectors.count);
    else
        text_append(text, "the last ");
    append_success(text, terms, sight);
    if (terms->connectors.count == 1)
        append_connector(text, terms, 0);
    text_format(text, " was written %s ago", ago.at);
    if (terms->connectors.count > 1)
        text_append(text, " or later");
    if (terms->connectors.count == 0)
        text_append(text, "; the plan names no connector, so any one will do");
    return conclude(REQUIREMENT_PASS, text, NULL, ret_finding, err);
}

static bool judge_recent(const struct event_terms *terms, const struct event_sight *sight,
                         struct finding *ret_finding, struct ajar_error *err)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(4096);

    if (event_sight_has_each(&sight->lately, terms))
        return pass_recent(terms, sight, &text, ret_finding, err);
    text_append(&text, "no ");
    append_success(&text, terms, sight);
    text_format(&text, " was written in the last %s", clock_write_duration(terms->within).at);
    append_missing(&text, terms, sight);
    if (!events_reach(&sight->lately, sight->lately.since))
        return leave_open(terms, sight, &text, ret_finding, err);
    return conclude(REQUIREMENT_FAIL, &text, hint_of(terms, NO_HEARTBEAT), ret_finding, err);
}

#define CONNECTIVITY                                                                               \
    "it is connectivity: see that the host reaches Microsoft Entra ID and all domain controllers " \
    "(else name preferred ones), and that the connector's account has its password and its rights"

static bool fail_untroubled(const struct event_terms *terms, const struct event_sight *sight,
                            size_t connector, const struct event *trouble,
                            struct finding *ret_finding, struct ajar_error *err)
{
    const struct event *success = event_sight_success(event_sight_longest(sight), terms, connector);
    OWNED(text_release) struct text text = TEXT_UP_TO(4096);
    OWNED(free) char *line = NULL;

    if (!event_line(trouble, &line, err))
        return false;
    text_format(&text, "event %u of \"%s\" on %s was written %s ago, at %s, and ", trouble->id,
                terms->source, sight->host,
                clock_write_duration(event_sight_age(sight, trouble)).at,
                clock_write_time(trouble->written).at);
    text_append(&text, success ? "since then no event " : "there is no event ");
    append_ids(&text, &terms->success);
    append_connector(&text, terms, connector);
    if (line[0])
        text_format(&text, ": %s", line);
    return conclude(REQUIREMENT_FAIL, &text, hint_of(terms, CONNECTIVITY), ret_finding, err);
}

static bool judge_untroubled(const struct event_terms *terms, const struct event_sight *sight,
                             struct finding *ret_finding, struct ajar_error *err)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(4096);
    bool has_each = event_sight_has_each(event_sight_longest(sight), terms);

    for (size_t i = 0; i < event_terms_connectors(terms); i++) {
        const struct event *trouble = event_sight_trouble(sight, terms, i);

        if (trouble)
            return fail_untroubled(terms, sight, i, trouble, ret_finding, err);
    }
    text_append(&text, "no event ");
    append_ids(&text, &terms->trouble);
    text_format(&text, " of \"%s\" on %s ", terms->source, sight->host);
    if (has_each) {
        text_append(&text, "is newer than the last event ");
        append_ids(&text, &terms->success);
    } else {
        text_format(&text, "was written in the last %s", clock_write_duration(terms->within).at);
    }
    if (!has_each && !events_reach(&sight->lately, sight->lately.since))
        return leave_open(terms, sight, &text, ret_finding, err);
    return conclude(REQUIREMENT_PASS, &text, NULL, ret_finding, err);
}

/* Who does not run writes nothing, and that is another requirement's failure: `*ret_reason` says
 * so, to be freed; or it is NULL. */
static bool explain_silence(struct target *target, const struct setting *setting, char **ret_reason,
                            struct ajar_error *err)
{
    OWNED(service_live_release) struct service_live live = { 0 };
    const char *called = setting_value(setting, "service");
    struct svcctl *services = NULL;
    char *reason;

    if (!called)
        return true;
    if (!target_services(target, &services, err) ||
        !service_live_open(services, called, &live, err))
        return false;
    if (live.name && live.status.state == SERVICE_RUNNING)
        return true;
    reason = text_make("service \"%s\", which writes these events, is %s on %s", called,
                       live.name ? service_state_name(live.status.state) : "not installed",
                       target_name(target));
    if (!reason)
        return ajar_no_memory(err);
    *ret_reason = reason;
    return true;
}

static bool examine_recent(struct target *target, const struct setting *setting,
                           const struct event_terms *terms, const struct event_sight *sight,
                           struct finding *ret_finding, struct ajar_error *err)
{
    OWNED(free) char *silence = NULL;

    if (!event_sight_has_each(&sight->lately, terms) &&
        !explain_silence(target, setting, &silence, err))
        return false;
    if (silence)
        return finding_unknown(ret_finding, err, "start the service, then look again", "%s",
                               silence);
    return judge_recent(terms, sight, ret_finding, err);
}

static bool examine(struct target *target, const struct setting *setting,
                    struct finding *ret_finding, struct ajar_error *err)
{
    OWNED(event_sight_release) struct event_sight sight = { 0 };
    struct event_terms terms;

    if (!event_terms_read(setting, &terms, err) || !event_sight_look(target, &terms, &sight, err))
        return false;
    if (strcmp(setting_value(setting, "must"), "recent") == 0)
        return examine_recent(target, setting, &terms, &sight, ret_finding, err);
    return judge_untroubled(&terms, &sight, ret_finding, err);
}

const struct requirement requirement_events = {
    .check = "events",
    .fields = fields,
    .places = REQUIREMENT_ON_HOST,
    .judge = judge,
    .examine = examine,
};
