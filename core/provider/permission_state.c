/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/permission_state.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

static const char *const standings[] = {
    [ABSENT] = "absent",
    [COVERED] = "covered",
    [PRESENT] = "present",
};

/* "ace-1", "is-1", "trustee-1" */
#define FACT_SIZE 40

static const char *numbered(const char *name, size_t number, char room[FACT_SIZE])
{
    (void)snprintf(room, FACT_SIZE, "%s-%zu", name, number);
    return room;
}

static const char *fact_of(const struct ajar_state *state, const char *name, size_t number)
{
    char room[FACT_SIZE];

    return ajar_state_fact(state, numbered(name, number, room));
}

static bool set_fact(struct ajar_state *state, const char *name, size_t number, const char *value,
                     struct ajar_error *err)
{
    char room[FACT_SIZE];

    return ajar_state_set(state, numbered(name, number, room), value, err);
}

enum standing permission_standing(const struct ajar_state *state, size_t number)
{
    const char *word = fact_of(state, "is", number);

    for (size_t i = 0; word && i < LENGTH(standings); i++) {
        if (strcmp(word, standings[i]) == 0)
            return (enum standing)i;
    }
    return state->exists ? PRESENT : ABSENT;
}

bool permission_state_add(struct ajar_state *state, size_t number, const struct sddl_ace *ace,
                          enum standing standing, struct ajar_error *err)
{
    OWNED(free) char *text = NULL;

    return sddl_format(ace, &text, err) && set_fact(state, "ace", number, text, err) &&
           set_fact(state, "is", number, standings[standing], err);
}

bool permission_state_add_trustee(struct ajar_state *state, size_t number,
                                  const struct sid *trustee, struct ajar_error *err)
{
    char sid[SID_TEXT_SIZE];

    sid_format(trustee, sid);
    return set_fact(state, "trustee", number, sid, err);
}

/* A name may belong to another account by now. */
static bool same_trustee(const struct ajar_state *now, const struct ajar_state *meant,
                         size_t number)
{
    const char *a = fact_of(now, "trustee", number);
    const char *b = fact_of(meant, "trustee", number);

    return !a || !b || strcmp(a, b) == 0;
}

static enum match match_entry(const struct ajar_state *now, const struct ajar_state *meant,
                              size_t number)
{
    enum standing live = permission_standing(now, number);
    enum standing wanted = permission_standing(meant, number);

    if (!same_trustee(now, meant, number))
        return MATCH_OTHER;
    if ((live == ABSENT) == (wanted == ABSENT))
        return MATCH_SAME;
    return live == COVERED ? MATCH_NEAR : MATCH_OTHER;
}

enum match permission_match(const struct ajar_state *now, const struct ajar_state *meant)
{
    enum match match = MATCH_SAME;
    size_t number = 1;

    if (!now->known || !meant->known)
        return MATCH_OTHER;
    do {
        enum match entry = match_entry(now, meant, number);

        if (entry == MATCH_OTHER)
            return MATCH_OTHER;
        if (entry == MATCH_NEAR)
            match = MATCH_NEAR;
        number++;
    } while (fact_of(now, "is", number) || fact_of(meant, "is", number));
    return match;
}

static const char *words_of(enum standing standing)
{
    return standing == COVERED ? "covered by another entry" : standings[standing];
}

static bool append_entry(struct text *text, const struct ajar_state *state, size_t number)
{
    const char *ace = fact_of(state, "ace", number);

    if (!ace)
        return false;
    text_format(text, "%s%s %s", number > 1 ? ", " : "", ace,
                words_of(permission_standing(state, number)));
    return true;
}

bool permission_phrase(const struct ajar_state *state, char **ret_phrase, struct ajar_error *err)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(16384);
    size_t number = 1;

    if (!state->known)
        text_append(&text, "not known");
    else if (!fact_of(state, "ace", 1))
        text_append(&text, standings[state->exists ? PRESENT : ABSENT]);
    else if (!fact_of(state, "ace", 2)) /* the thing names it */
        text_append(&text, words_of(permission_standing(state, 1)));
    else
        while (append_entry(&text, state, number))
            number++;
    return text_take(&text, ret_phrase, err);
}
