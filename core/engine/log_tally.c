/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/log_tally.h"

#include "base/ascii.h"
#include "base/text.h"

#include <string.h>

#define INDEX_ROOM 1024 /* a power of two, several times TALLY_UNKNOWN */
#define SEEN_ROOM  1024

bool tally_init(struct tally *tally, const struct ajar_knowledge *knowledge,
                const struct tally_marks *marks, struct ajar_error *err)
{
    OWNED(tally_release) struct tally fresh = { .knowledge = knowledge, .marks = marks };

    fresh.known = calloc(knowledge->count + 1, sizeof(*fresh.known));
    fresh.unknown = calloc(TALLY_UNKNOWN, sizeof(*fresh.unknown));
    fresh.unknown_index = calloc(INDEX_ROOM, sizeof(*fresh.unknown_index));
    if (!fresh.known || !fresh.unknown || !fresh.unknown_index)
        return ajar_no_memory(err);
    *tally = fresh;
    fresh = (struct tally){ 0 };
    return true;
}

static void release_group(struct tally_group *group)
{
    for (size_t i = 0; i < group->listed; i++)
        free(group->accounts[i]);
    free(group->accounts);
    free(group->example);
    for (size_t i = 0; i < LOG_ORDERS; i++)
        free(group->counts[i]);
}

void tally_release(struct tally *tally)
{
    for (size_t i = 0; tally->known && i < tally->knowledge->count; i++)
        release_group(&tally->known[i]);
    for (size_t i = 0; i < tally->unknown_count; i++)
        release_group(&tally->unknown[i]);
    for (size_t i = 0; i < tally->event_count; i++) {
        free(tally->events[i].text);
        free(tally->events[i].account);
    }
    free(tally->known);
    free(tally->unknown);
    free(tally->unknown_index);
    free(tally->seen);
    free(tally->events);
    *tally = (struct tally){ 0 };
}

/* Never 0. The case of ASCII letters does not matter. */
static uint64_t hash(uint64_t seed, const char *at, size_t size)
{
    uint64_t value = (seed + size) * 0x9e3779b97f4a7c15;

    for (size_t i = 0; i < size; i += sizeof(uint64_t)) {
        uint64_t eight = 0;

        memcpy(&eight, at + i, size - i < sizeof(eight) ? size - i : sizeof(eight));
        value = (value ^ ascii_lower_eight(eight)) * 0xd6e8feb86659fd93;
        value ^= value >> 32;
    }
    return value ? value : 1;
}

/* The group of a sign, made when there is room for one more; NULL when there is none. */
static struct tally_group *find_unknown(struct tally *tally, const struct log_line *line)
{
    size_t at = hash(0, line->sign, strlen(line->sign)) % INDEX_ROOM;
    struct tally_group *group;

    for (; tally->unknown_index[at] != 0; at = (at + 1) % INDEX_ROOM) {
        group = &tally->unknown[tally->unknown_index[at] - 1];
        if (strcmp(group->sign, line->sign) == 0)
            return group;
    }
    if (tally->unknown_count == TALLY_UNKNOWN)
        return NULL;
    group = &tally->unknown[tally->unknown_count++];
    tally->unknown_index[at] = (uint16_t)tally->unknown_count;
    memcpy(group->sign, line->sign, sizeof(group->sign));
    group->is_error = line->is_error;
    return group;
}

/* Puts a hash where it belongs; false when it is there already. */
static bool put_seen(uint64_t *seen, size_t room, uint64_t value)
{
    size_t at = value & (room - 1);

    for (; seen[at] != 0; at = (at + 1) & (room - 1)) {
        if (seen[at] == value)
            return false;
    }
    seen[at] = value;
    return true;
}

static bool has_seen(const struct tally *tally, uint64_t value)
{
    size_t at = value & (tally->seen_room - 1);

    for (; tally->seen[at] != 0; at = (at + 1) & (tally->seen_room - 1)) {
        if (tally->seen[at] == value)
            return true;
    }
    return false;
}

/* Never more than half of the room is used. */
static bool grow_seen(struct tally *tally, struct ajar_error *err)
{
    size_t room = tally->seen_room > 0 ? 2 * tally->seen_room : SEEN_ROOM;
    uint64_t *seen = calloc(room, sizeof(*seen));

    if (!seen)
        return ajar_no_memory(err);
    for (size_t i = 0; i < tally->seen_room; i++) {
        if (tally->seen[i] != 0)
            (void)put_seen(seen, room, tally->seen[i]);
    }
    free(tally->seen);
    tally->seen = seen;
    tally->seen_room = room;
    return true;
}

static bool list_account(struct tally_group *group, const struct log_span *account,
                         bool *ret_foreign, struct ajar_error *err)
{
    char **more;
    char *name;

    if (group->listed == TALLY_ACCOUNTS)
        return true;
    name = log_text_clean(account->at, account->size, TALLY_EXAMPLE, ret_foreign);
    more = name ? reallocarray(group->accounts, group->listed + 1, sizeof(*more)) : NULL;
    if (!more) {
        free(name);
        return ajar_no_memory(err);
    }
    group->accounts = more;
    more[group->listed++] = name;
    return true;
}

static bool count_account(struct tally *tally, struct tally_group *group,
                          const struct log_span *account, struct ajar_error *err)
{
    uint64_t value;

    if (group->indistinct)
        return true;
    value = hash((uint64_t)(group - tally->known) + 1, account->at, account->size);
    if (2 * (tally->seen_count + 1) > tally->seen_room && tally->seen_count < TALLY_DISTINCT &&
        !grow_seen(tally, err))
        return false;
    if (has_seen(tally, value))
        return true;
    if (tally->seen_count == TALLY_DISTINCT) {
        group->indistinct = true;
        return true;
    }
    (void)put_seen(tally->seen, tally->seen_room, value);
    tally->seen_count++;
    group->distinct++;
    return list_account(group, account, &tally->foreign, err);
}

static void note_time(struct tally_group *group, const struct log_date *date)
{
    for (size_t i = 0; date->known && i < LOG_ORDERS; i++) {
        if (date->wall[i] == LOG_NO_TIME)
            continue;
        if (!group->earliest[i].known || date->wall[i] < group->earliest[i].wall[i])
            group->earliest[i] = *date;
        if (!group->latest[i].known || date->wall[i] >= group->latest[i].wall[i])
            group->latest[i] = *date;
    }
}

/* Counts the line between the marks, once for each order of day and month. */
static bool count_marks(const struct tally *tally, struct tally_group *group,
                        const struct log_date *date, struct ajar_error *err)
{
    const struct tally_marks *marks = tally->marks;

    if (!date->known) {
        group->untimed++;
        return true;
    }
    for (size_t i = 0; i < LOG_ORDERS; i++) {
        size_t passed = 0;

        if (!group->counts[i])
            group->counts[i] = calloc(marks->count + 1, sizeof(*group->counts[i]));
        if (!group->counts[i])
            return ajar_no_memory(err);
        if (date->wall[i] == LOG_NO_TIME) {
            group->misplaced[i]++;
            continue;
        }
        while (passed < marks->count &&
               marks->times[passed] <= date->wall[i] - marks->utc_offset_seconds)
            passed++;
        group->counts[i][passed]++;
    }
    return true;
}

static bool is_trouble(const struct tally_group *group)
{
    return !group->cause || group->cause->shown.severity <= AJAR_SEVERITY_WARNING;
}

static bool keep_event(struct tally *tally, struct tally_group *group,
                       const struct log_match *match, const struct tally_place *place,
                       struct ajar_error *err)
{
    struct tally_event *event;

    if (tally->event_count == TALLY_EVENTS) {
        tally->event_more++;
        return true;
    }
    if (!tally->events)
        tally->events = calloc(TALLY_EVENTS, sizeof(*tally->events));
    if (!tally->events)
        return ajar_no_memory(err);
    event = &tally->events[tally->event_count++];
    *event = (struct tally_event){ .group = group, .place = *place };
    event->text =
        log_text_clean(match->line->line, match->line->size, TALLY_EXAMPLE, &tally->foreign);
    if (match->account.at)
        event->account =
            log_text_clean(match->account.at, match->account.size, TALLY_EXAMPLE, &tally->foreign);
    return (event->text && (event->account || !match->account.at)) || ajar_no_memory(err);
}

static bool begin_group(struct tally *tally, struct tally_group *group,
                        const struct log_match *match, const struct tally_place *place,
                        struct ajar_error *err)
{
    group->cause = match->cause;
    group->first = *place;
    group->example =
        log_text_clean(match->line->line, match->line->size, TALLY_EXAMPLE, &tally->foreign);
    return group->example || ajar_no_memory(err);
}

bool tally_add(struct tally *tally, const struct log_match *match, const struct tally_place *place,
               struct ajar_error *err)
{
    struct tally_group *group = match->cause
                                    ? &tally->known[match->cause - tally->knowledge->causes]
                                    : find_unknown(tally, match->line);

    if (!group) {
        tally->unknown_more++;
        return true;
    }
    if (group->count == 0 && !begin_group(tally, group, match, place, err))
        return false;
    group->count++;
    group->last = *place;
    note_time(group, &place->date);
    if (match->account.at && match->cause && !count_account(tally, group, &match->account, err))
        return false;
    if (!tally->marks)
        return true;
    return count_marks(tally, group, &place->date, err) &&
           (!is_trouble(group) || keep_event(tally, group, match, place, err));
}
