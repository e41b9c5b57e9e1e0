/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/user_sync.h"

#include "base/clock.h"
#include "provider/events.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define EVENT_REQUEST 656U
#define EVENT_RESULT  657U

/* Passwords are looked for every two minutes; clocks may be five minutes apart. */
#define JUST_NOW 300

/* 16 bytes in base64, with its NUL. */
#define ANCHOR_SIZE 25

#define RESULT_SIZE 64

/* What an object goes by in an event. */
struct names {
    const char *dn;
    const char *principal; /* may be NULL */
    char guid[GUID_TEXT_SIZE];
    char anchor[ANCHOR_SIZE];
};

/* What the log says of the object, each the newest of its kind; 0: there is none. */
struct story {
    int64_t asked_at;
    int64_t succeeded_at;
    int64_t refused_at;
    int64_t unclear_at; /* a result that cannot be read */
    char refusal[RESULT_SIZE];
};

static void write_anchor(const struct guid *guid, char ret_anchor[ANCHOR_SIZE])
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const uint8_t *bytes = guid->bytes;

    for (size_t i = 0; i < 24; i += 4) {
        size_t from = i / 4 * 3;
        uint32_t three = (uint32_t)bytes[from] << 16;

        if (from + 1 < 16)
            three |= (uint32_t)bytes[from + 1] << 8 | bytes[from + 2];
        for (size_t j = 0; j < 4; j++)
            ret_anchor[i + j] = digits[three >> (18 - 6 * j) & 63];
    }
    memcpy(ret_anchor + 22, "==", 3);
}

static bool is_word(char letter)
{
    return isalnum((unsigned char)letter) || strchr("@_=\\-", letter);
}

/* Does a name begin here, and not in the middle of a longer one: "joann@source.test", or the name
 * of what is below the object? */
static bool begins_here(const char *text, const char *at)
{
    return at == text || !(is_word(at[-1]) || strchr(".,", at[-1]));
}

static bool ends_here(const char *end)
{
    if (*end == '\0')
        return true;
    if (*end == '.')
        return !isalnum((unsigned char)end[1]);
    return !is_word(*end) && strncasecmp(end, ",DC=", 4) != 0;
}

/* Where the name stands, and ends there; NULL: nowhere. */
static const char *find_name(const char *text, const char *name)
{
    size_t size = name ? strlen(name) : 0;

    for (const char *at = text; size > 0 && *at; at++) {
        if (strncasecmp(at, name, size) == 0 && begins_here(text, at) && ends_here(at + size))
            return at + size;
    }
    return NULL;
}

/* What is behind the first of the object's names in a text; NULL: it names another object. */
static const char *find_object(const char *text, const struct names *names)
{
    const char *const all[] = { names->anchor, names->dn, names->guid, names->principal };
    const char *first = NULL;

    for (size_t i = 0; i < LENGTH(all); i++) {
        const char *found = find_name(text, all[i]);

        if (found && (!first || found < first))
            first = found;
    }
    return first;
}

/* The word behind "Result :", before the line ends or the next object begins; "" without one. */
static void read_result(const char *text, char ret_result[RESULT_SIZE])
{
    size_t size = 0;

    ret_result[0] = '\0';
    while (*text && *text != '\n' && strncasecmp(text, "Anchor", 6) != 0 &&
           strncasecmp(text, "Result", 6) != 0)
        text++;
    if (strncasecmp(text, "Result", 6) != 0)
        return;
    text += 6;
    text += strspn(text, " :");
    while (isalnum((unsigned char)text[size]) && size < RESULT_SIZE - 1)
        size++;
    memcpy(ret_result, text, size);
    ret_result[size] = '\0';
}

static void note(int64_t *slot, int64_t written)
{
    if (*slot < written)
        *slot = written;
}

static void note_result(struct story *story, const char *result, int64_t written)
{
    if (!result[0]) {
        note(&story->unclear_at, written);
    } else if (strcasecmp(result, "Success") == 0) {
        note(&story->succeeded_at, written);
    } else if (story->refused_at < written) {
        story->refused_at = written;
        memcpy(story->refusal, result, RESULT_SIZE);
    }
}

static void read_event(const struct event *event, const struct names *names, struct story *story)
{
    char result[RESULT_SIZE];

    for (size_t i = 0; i < event->count; i++) {
        const char *behind = find_object(event->strings[i], names);

        if (!behind)
            continue;
        if (event->id == EVENT_REQUEST) {
            note(&story->asked_at, event->written);
            continue;
        }
        read_result(behind, result);
        note_result(story, result, event->written);
    }
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* Nothing of it is newer than the password. */
static bool tell_nothing_new(const struct user *user, const struct events *events,
                             const struct story *story, int64_t set_at, struct finding *ret_finding,
                             struct ajar_error *err)
{
    if (events->now - set_at < JUST_NOW)
        return finding_unknown(ret_finding, err, "check again in some minutes",
                               "the password of \"%s\" was set at %s, only just now: it is looked "
                               "for every two minutes",
                               user->dn, clock_write_time(set_at).at);
    if (story->succeeded_at)
        return finding_fail(ret_finding, err,
                            "see the requirements on the heartbeat and on Entra Connect's errors; "
                            "then the object in Synchronization Service Manager (Search Connector "
                            "Space, Properties, Log)",
                            "the password of \"%s\" was synchronized last at %s, but was set at %s",
                            user->dn, clock_write_time(story->succeeded_at).at,
                            clock_write_time(set_at).at);
    return finding_unknown(
        ret_finding, err,
        "look at the object in Synchronization Service Manager (Search Connector "
        "Space, Properties, Log)",
        "cannot be told: no event 656 or 657 since %s names \"%s\", whose "
        "password was set at %s (what these events say is unconfirmed)",
        clock_write_time(events->oldest).at, user->dn, clock_write_time(set_at).at);
}

static bool tell(const struct user *user, const struct events *events, const struct story *story,
                 int64_t set_at, struct finding *ret_finding, struct ajar_error *err)
{
    int64_t result_at = later(story->succeeded_at, later(story->refused_at, story->unclear_at));

    if (result_at < set_at && story->asked_at >= set_at)
        return finding_unknown(ret_finding, err, "check again in some minutes",
                               "the password of \"%s\", set at %s, was sent at %s (event 656); no "
                               "result is there",
                               user->dn, clock_write_time(set_at).at,
                               clock_write_time(story->asked_at).at);
    if (result_at < set_at)
        return tell_nothing_new(user, events, story, set_at, ret_finding, err);
    if (story->succeeded_at == result_at)
        return finding_pass(ret_finding, err,
                            "the password of \"%s\", set at %s, was synchronized at %s", user->dn,
                            clock_write_time(set_at).at, clock_write_time(result_at).at);
    if (story->refused_at == result_at)
        return finding_fail(
            ret_finding, err, "\"ajar diagnose\" says what the result means, and the next step",
            "the password of \"%s\", set at %s, was not synchronized at %s: the "
            "result is %s",
            user->dn, clock_write_time(set_at).at, clock_write_time(result_at).at, story->refusal);
    return finding_unknown(ret_finding, err, "look at event 657 in the host's Application log",
                           "event 657 of %s names \"%s\", but its result cannot be read",
                           clock_write_time(result_at).at, user->dn);
}

bool user_sync_look(struct target *target, const struct user *user, int64_t set_at,
                    struct finding *ret_finding, struct ajar_error *err)
{
    static const char *const sources[] = { "Directory Synchronization", NULL };
    static const uint32_t ids[] = { EVENT_REQUEST, EVENT_RESULT };
    struct events_query query = {
        .log = "Application", .sources = sources, .ids = ids, .id_count = LENGTH(ids)
    };
    struct names names = { .dn = user->dn, .principal = user_text(user, "userPrincipalName") };
    OWNED(events_release) struct events events = { 0 };
    struct story story = { 0 };
    int64_t now;

    if (!events_now(target, &now, err))
        return false;
    query.since = set_at < now - EVENTS_LONG_AGO ? set_at : now - EVENTS_LONG_AGO;
    if (!events_read(target, &query, &events, err))
        return false;
    guid_format(&user->guid, names.guid);
    write_anchor(&user->guid, names.anchor);
    for (size_t i = 0; i < events.count; i++)
        read_event(&events.list[i], &names, &story);
    return tell(user, &events, &story, set_at, ret_finding, err);
}
