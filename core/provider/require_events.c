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
#include "model/guid_list.h"
#include "provider/events.h"
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

#define SOURCE  "Directory Synchronization"
#define SUCCESS "654"
#define TROUBLE "0 611 652 655"
#define WITHIN  "3h"

#define LEAST_WITHIN 60
#define IDS_CEILING  16U
#define LAST_ID      0xffffU

/* So many connectors are named one by one. */
#define NAMED 3U

struct ids {
    uint32_t list[IDS_CEILING];
    size_t count;
};

/* What the section says. */
struct terms {
    const char *host;
    const char *log;
    const char *source;
    struct ids success;
    struct ids trouble;
    int64_t within;
    struct guid_list connectors;
};

static const char *value_or(const struct setting *setting, const char *field, const char *otherwise)
{
    const char *value = setting_value(setting, field);

    return value ? value : otherwise;
}

/* The number of a whole word, or more than any. */
static uint32_t read_id(const char *word, size_t size)
{
    uint32_t id = 0;

    for (size_t i = 0; i < size; i++) {
        if (word[i] < '0' || word[i] > '9' || id > LAST_ID)
            return LAST_ID + 1;
        id = 10 * id + (uint32_t)(word[i] - '0');
    }
    return id;
}

static bool read_ids(const struct setting *setting, const char *field, const char *otherwise,
                     struct ids *ret_ids, struct ajar_error *err)
{
    static const char blanks[] = " \t";
    const char *at = value_or(setting, field, otherwise);
    struct ids ids = { .count = 0 };

    for (at += strspn(at, blanks); *at; at += strspn(at, blanks)) {
        size_t size = strcspn(at, blanks);
        uint32_t id = read_id(at, size);

        if (id > LAST_ID)
            return setting_fail(setting, field, err,
                                "%s: \"%.*s\" is no event id: numbers from 0 to %u, with blanks "
                                "between them",
                                field, size > 60 ? 60 : (int)size, at, LAST_ID);
        if (ids.count == IDS_CEILING)
            return setting_fail(setting, field, err, "%s: at most %u", field, IDS_CEILING);
        ids.list[ids.count++] = id;
        at += size;
    }
    *ret_ids = ids;
    return true;
}

static bool has_id(const struct ids *ids, uint32_t id)
{
    size_t i = 0;

    while (i < ids->count && ids->list[i] != id)
        i++;
    return i < ids->count;
}

static bool check_ids(const struct setting *setting, const struct terms *terms,
                      struct ajar_error *err)
{
    for (size_t i = 0; i < terms->trouble.count; i++) {
        if (has_id(&terms->success, terms->trouble.list[i]))
            return setting_fail(setting, "trouble", err,
                                "trouble: %u is an event of success, too: it can be one of them",
                                terms->trouble.list[i]);
    }
    return true;
}

static bool read_within(const struct setting *setting, int64_t *ret_within, struct ajar_error *err)
{
    struct ajar_error inner = AJAR_NO_ERROR;

    if (clock_read_duration(value_or(setting, "within", WITHIN), LEAST_WITHIN, EVENTS_LONG_AGO,
                            ret_within, &inner))
        return true;
    return setting_fail(setting, "within", err, "within: %s", inner.text);
}

static bool read_terms(const struct setting *setting, struct terms *ret_terms,
                       struct ajar_error *err)
{
    struct terms terms = { .log = value_or(setting, "log", "Application"),
                           .source = value_or(setting, "source", SOURCE) };

    if (!read_ids(setting, "success", SUCCESS, &terms.success, err) ||
        !read_ids(setting, "trouble", TROUBLE, &terms.trouble, err) ||
        !check_ids(setting, &terms, err) || !read_within(setting, &terms.within, err) ||
        !guid_list_read(setting, "connectors", &terms.connectors, err))
        return false;
    *ret_terms = terms;
    return true;
}

static bool judge(const struct setting *setting, struct ajar_error *err)
{
    struct terms terms;

    return read_terms(setting, &terms, err);
}

/* With no connector in the plan there is one, of no name, that every event is about. */
static size_t count_connectors(const struct terms *terms)
{
    return terms->connectors.count > 0 ? terms->connectors.count : 1;
}

static bool is_about(const struct event *event, const struct terms *terms, size_t connector)
{
    char guid[GUID_TEXT_SIZE];

    if (terms->connectors.count == 0)
        return true;
    guid_format(&terms->connectors.guids[connector], guid);
    return event_mentions(event, guid);
}

static bool is_about_none(const struct event *event, const struct terms *terms)
{
    size_t i = 0;

    while (i < terms->connectors.count && !is_about(event, terms, i))
        i++;
    return i == terms->connectors.count;
}

/* The newest success of a connector, or NULL. */
static const struct event *find_success(const struct events *events, const struct terms *terms,
                                        size_t connector)
{
    for (size_t i = 0; i < events->count; i++) {
        const struct event *event = &events->list[i];

        if (has_id(&terms->success, event->id) && is_about(event, terms, connector))
            return event;
    }
    return NULL;
}

/* The newest event of trouble in front of the connector's last success, or NULL. */
static const struct event *find_trouble(const struct events *events, const struct terms *terms,
                                        size_t connector)
{
    const struct event *success = find_success(events, terms, connector);

    for (size_t i = 0; i < events->count && &events->list[i] != success; i++) {
        const struct event *event = &events->list[i];

        if (has_id(&terms->trouble, event->id) &&
            (is_about(event, terms, connector) || is_about_none(event, terms)))
            return event;
    }
    return NULL;
}

/* Reads successes and troubles back to `since`. */
static bool read_back(struct target *target, const struct terms *terms, int64_t since,
                      struct events *ret_events, struct ajar_error *err)
{
    const char *const sources[] = { terms->source, NULL };
    uint32_t ids[2 * IDS_CEILING];
    struct events_query query = {
        .log = terms->log, .sources = sources, .ids = ids, .since = since
    };

    for (size_t i = 0; i < terms->success.count; i++)
        ids[query.id_count++] = terms->success.list[i];
    for (size_t i = 0; i < terms->trouble.count; i++)
        ids[query.id_count++] = terms->trouble.list[i];
    return events_read(target, &query, ret_events, err);
}

static bool has_each_success(const struct events *events, const struct terms *terms)
{
    for (size_t i = 0; i < count_connectors(terms); i++) {
        if (!find_success(events, terms, i))
            return false;
    }
    return true;
}

/* What a judgement is made of: how it is now, and how it was. */
struct sight {
    struct events lately; /* within the time that the section allows */
    struct events ever;   /* as far back as it goes; empty when `lately` tells all there is */
    bool looked_back;
};

static void sight_release(struct sight *sight)
{
    events_release(&sight->lately);
    events_release(&sight->ever);
}
DEFINE_OWNED_STRUCT(struct sight, sight_release);

/* Was there more in the log than was asked for? */
static bool has_more(const struct events *events)
{
    return events->end != EVENTS_REACHED_CEILING && events->oldest < events->since;
}

/* Looks further back when a success is missing and there is more to see. */
static bool look(struct target *target, const struct terms *terms, struct sight *ret_sight,
                 struct ajar_error *err)
{
    OWNED(sight_release) struct sight sight = { 0 };
    int64_t now = 0;

    if (!events_now(target, &now, err) ||
        !read_back(target, terms, now - terms->within, &sight.lately, err))
        return false;
    if (has_more(&sight.lately) && !has_each_success(&sight.lately, terms)) {
        if (!read_back(target, terms, now - EVENTS_LONG_AGO, &sight.ever, err))
            return false;
        sight.looked_back = true;
    }
    *ret_sight = sight;
    sight = (struct sight){ 0 };
    return true;
}

static const struct events *longest(const struct sight *sight)
{
    return sight->looked_back ? &sight->ever : &sight->lately;
}

static int64_t age(const struct sight *sight, const struct event *event)
{
    return sight->lately.now > event->written ? sight->lately.now - event->written : 0;
}

static void append_ids(struct text *text, const struct ids *ids)
{
    for (size_t i = 0; i < ids->count; i++)
        text_format(text, "%s%u", i == 0 ? "" : " or ", ids->list[i]);
}

/* `event 654 of "Directory Synchronization" on pes1.source.test` */
static void append_success(struct text *text, const struct terms *terms)
{
    text_append(text, "event ");
    append_ids(text, &terms->success);
    text_format(text, " of \"%s\" on %s", terms->source, terms->host);
}

/* " for connector GUID"; nothing without connectors. */
static void append_connector(struct text *text, const struct terms *terms, size_t connector)
{
    char guid[GUID_TEXT_SIZE];

    if (terms->connectors.count == 0)
        return;
    guid_format(&terms->connectors.guids[connector], guid);
    text_format(text, " for connector %s", guid);
}

static const char *hint_of(const struct terms *terms, const char *otherwise)
{
    return strcmp(terms->source, SOURCE) == 0 ? otherwise
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

static bool leave_open(const struct terms *terms, const struct sight *sight, struct text *text,
                       struct finding *ret_finding, struct ajar_error *err)
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
static void append_last(struct text *text, const struct terms *terms, const struct sight *sight,
                        size_t connector)
{
    const struct events *events = longest(sight);
    const struct event *last = find_success(events, terms, connector);

    if (last)
        text_format(text, ": the last one was written %s ago, at %s",
                    clock_write_duration(age(sight, last)).at, clock_write_time(last->written).at);
    else if (events_reach(&sight->lately, sight->lately.since))
        text_format(
            text, ": none since %s",
            clock_write_time(events->since > events->oldest ? events->since : events->oldest).at);
}

/* Names the connectors that have none, the first ones with their last one. */
static void append_missing(struct text *text, const struct terms *terms, const struct sight *sight)
{
    size_t missing = 0;

    for (size_t i = 0; i < count_connectors(terms); i++) {
        if (find_success(&sight->lately, terms, i))
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
static int64_t greatest_age(const struct terms *terms, const struct sight *sight)
{
    int64_t greatest = 0;

    for (size_t i = 0; i < count_connectors(terms); i++) {
        int64_t its = age(sight, find_success(&sight->lately, terms, i));

        greatest = its > greatest ? its : greatest;
    }
    return greatest;
}

static bool pass_recent(const struct terms *terms, const struct sight *sight, struct text *text,
                        struct finding *ret_finding, struct ajar_error *err)
{
    struct clock_text ago = clock_write_duration(greatest_age(terms, sight));

    if (terms->connectors.count > 1)
        text_format(text, "for each of %zu connectors, an ", terms->connectors.count);
    else
        text_append(text, "the last ");
    append_success(text, terms);
    if (terms->connectors.count == 1)
        append_connector(text, terms, 0);
    text_format(text, " was written %s ago", ago.at);
    if (terms->connectors.count > 1)
        text_append(text, " or later");
    if (terms->connectors.count == 0)
        text_append(text, "; the plan names no connector, so any one will do");
    return conclude(REQUIREMENT_PASS, text, NULL, ret_finding, err);
}

static bool judge_recent(const struct terms *terms, const struct sight *sight,
                         struct finding *ret_finding, struct ajar_error *err)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(4096);

    if (has_each_success(&sight->lately, terms))
        return pass_recent(terms, sight, &text, ret_finding, err);
    text_append(&text, "no ");
    append_success(&text, terms);
    text_format(&text, " was written in the last %s", clock_write_duration(terms->within).at);
    append_missing(&text, terms, sight);
    if (!events_reach(&sight->lately, sight->lately.since))
        return leave_open(terms, sight, &text, ret_finding, err);
    return conclude(REQUIREMENT_FAIL, &text, hint_of(terms, NO_HEARTBEAT), ret_finding, err);
}

#define CONNECTIVITY                                                                               \
    "it is connectivity: see that the host reaches Microsoft Entra ID and all domain controllers " \
    "(else name preferred ones), and that the connector's account has its password and its rights"

static bool fail_untroubled(const struct terms *terms, const struct sight *sight, size_t connector,
                            const struct event *trouble, struct finding *ret_finding,
                            struct ajar_error *err)
{
    const struct event *success = find_success(longest(sight), terms, connector);
    OWNED(text_release) struct text text = TEXT_UP_TO(4096);
    OWNED(free) char *line = NULL;

    if (!event_line(trouble, &line, err))
        return false;
    text_format(&text, "event %u of \"%s\" on %s was written %s ago, at %s, and ", trouble->id,
                terms->source, terms->host, clock_write_duration(age(sight, trouble)).at,
                clock_write_time(trouble->written).at);
    text_append(&text, success ? "since then no event " : "there is no event ");
    append_ids(&text, &terms->success);
    append_connector(&text, terms, connector);
    if (line[0])
        text_format(&text, ": %s", line);
    return conclude(REQUIREMENT_FAIL, &text, hint_of(terms, CONNECTIVITY), ret_finding, err);
}

/* The newest event of trouble that counts for the connector: with a success in the log, all that
 * came after it; without, what was written lately. */
static const struct event *trouble_of(const struct terms *terms, const struct sight *sight,
                                      size_t connector)
{
    const struct events *events = longest(sight);

    return find_trouble(find_success(events, terms, connector) ? events : &sight->lately, terms,
                        connector);
}

static bool judge_untroubled(const struct terms *terms, const struct sight *sight,
                             struct finding *ret_finding, struct ajar_error *err)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(4096);
    bool has_each = has_each_success(longest(sight), terms);

    for (size_t i = 0; i < count_connectors(terms); i++) {
        const struct event *trouble = trouble_of(terms, sight, i);

        if (trouble)
            return fail_untroubled(terms, sight, i, trouble, ret_finding, err);
    }
    text_append(&text, "no event ");
    append_ids(&text, &terms->trouble);
    text_format(&text, " of \"%s\" on %s ", terms->source, terms->host);
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
                           const struct terms *terms, const struct sight *sight,
                           struct finding *ret_finding, struct ajar_error *err)
{
    OWNED(free) char *silence = NULL;

    if (!has_each_success(&sight->lately, terms) &&
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
    OWNED(sight_release) struct sight sight = { 0 };
    struct terms terms;

    if (!read_terms(setting, &terms, err) || !look(target, &terms, &sight, err))
        return false;
    terms.host = target_name(target);
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
