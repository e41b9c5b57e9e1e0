/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "advice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What one command looks at. */
enum reach {
    REACH_REQUIREMENTS,
    REACH_ONE_ACCOUNT, /* requirements that speak of one account */
    REACH_SETTINGS,    /* and steps for people */
};

/* A shipped plan calls its requirements of one account "object-...", and no others. */
static bool is_of_one_account(const struct ajar_bearing *bearing)
{
    return strncmp(bearing->name, "object-", strlen("object-")) == 0;
}

static enum reach reach_of(const struct ajar_bearing *bearing)
{
    if (strcmp(bearing->kind, "require") != 0)
        return REACH_SETTINGS;
    return is_of_one_account(bearing) ? REACH_ONE_ACCOUNT : REACH_REQUIREMENTS;
}

static bool is_plain(const char *word)
{
    return word[0] && word[strspn(word, "abcdefghijklmnopqrstuvwxyz"
                                        "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./=:@,+-")] == '\0';
}

/* A word as a POSIX shell reads it. */
static void put_word(FILE *out, const char *word)
{
    if (is_plain(word)) {
        (void)fputs(word, out);
        return;
    }
    (void)fputc('\'', out);
    for (; *word; word++) {
        if (*word == '\'')
            (void)fputs("'\\''", out);
        else
            (void)fputc(*word, out);
    }
    (void)fputc('\'', out);
}

static void put_sets(FILE *out, const struct named_plan *plan)
{
    size_t at = 0;
    const char *missing;

    if (!plan || plan->set_count == 0) {
        (void)fputs(" --set NAME=VALUE...", out);
        return;
    }
    for (size_t i = 0; i < plan->set_count; i++) {
        (void)fputs(" --set ", out);
        put_word(out, plan->sets[i]);
    }
    while ((missing = named_plan_missing(plan, &at)) != NULL)
        (void)fprintf(out, " --set %s=VALUE", missing);
}

/* The account, where it is the only one. */
static void put_account(FILE *out, const struct ajar_found *found)
{
    (void)fputs(" --object ", out);
    if (found->account_count == 1 && found->account_listed == 1 && !found->account_more)
        put_word(out, found->accounts[0]);
    else
        (void)fputs("ACCOUNT", out);
}

static void keep_line(struct advice *advice, char *line)
{
    char **more = reallocarray(advice->lines, advice->count + 1, sizeof(*more));

    if (!more || !line) {
        advice->lines = more ? more : advice->lines;
        advice->faulty = true;
        free(line);
        return;
    }
    more[advice->count++] = line;
    advice->lines = more;
}

static void put_line(FILE *out, const struct ajar_found *found, const struct named_plans *plans,
                     const char *plan, enum reach reach)
{
    (void)fprintf(out, "ajar %s %s", reach == REACH_SETTINGS ? "plan" : "check", plan);
    for (size_t i = 0; i < found->cause->bearing_count; i++) {
        const struct ajar_bearing *bearing = &found->cause->bearings[i];

        if (strcmp(bearing->plan, plan) == 0 && reach_of(bearing) == reach)
            (void)fprintf(out, " --only %s", bearing->name);
    }
    if (reach == REACH_ONE_ACCOUNT)
        put_account(out, found);
    put_sets(out, named_plans_find(plans, plan));
}

static void add_line(struct advice *advice, const struct ajar_found *found,
                     const struct named_plans *plans, size_t first)
{
    const struct ajar_bearing *bearing = &found->cause->bearings[first];
    char *line = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&line, &size);

    if (!out) {
        advice->faulty = true;
        return;
    }
    put_line(out, found, plans, bearing->plan, reach_of(bearing));
    if (fclose(out) != 0)
        advice->faulty = true;
    keep_line(advice, line);
}

/* Is it the first of its plan and reach? The others stand in its line. */
static bool begins_line(const struct ajar_cause *cause, size_t index)
{
    const struct ajar_bearing *bearing = &cause->bearings[index];

    for (size_t i = 0; i < index; i++) {
        if (strcmp(cause->bearings[i].plan, bearing->plan) == 0 &&
            reach_of(&cause->bearings[i]) == reach_of(bearing))
            return false;
    }
    return true;
}

static bool is_setting(const struct ajar_bearing *bearing)
{
    return strcmp(bearing->kind, "require") != 0 && strcmp(bearing->kind, "manual") != 0;
}

struct advice advice_for(const struct ajar_found *found, const struct named_plans *plans)
{
    const struct ajar_cause *cause = found->cause;
    struct advice advice = { 0 };
    bool settings = false;

    for (size_t i = 0; i < cause->bearing_count; i++) {
        settings = settings || is_setting(&cause->bearings[i]);
        if (begins_line(cause, i))
            add_line(&advice, found, plans, i);
    }
    if (settings)
        keep_line(&advice, strdup("ajar status --live"));
    return advice;
}

void advice_release(struct advice *advice)
{
    for (size_t i = 0; i < advice->count; i++)
        free(advice->lines[i]);
    free(advice->lines);
    *advice = (struct advice){ 0 };
}
