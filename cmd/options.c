/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "options.h"

#include "glyph.h"
#include "owned.h"
#include "screen.h"
#include "suggest.h"

#include <ajar/diagnose.h>

#include <errno.h>
#include <popt.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum option_kind {
    OPTION_FLAG,     /* bool */
    OPTION_TEXT,     /* char *, valid UTF-8, not empty */
    OPTION_LIST,     /* struct text_list: may be given more than once */
    OPTION_SECONDS,  /* int64_t: a duration */
    OPTION_TIME,     /* int64_t: a point in time */
    OPTION_COUNT,    /* unsigned, 1 to 64 */
    OPTION_CONFLICT, /* enum ajar_on_conflict */
    OPTION_OFFSET,   /* struct utc_offset */
    OPTION_FAILURE,  /* enum ajar_on_failure */
    OPTION_LIMIT,    /* struct ajar_failure_policy: how many targets may fail */
};

struct option_row {
    const char *name;
    char letter; /* or 0 */
    enum option_kind kind;
    const char *argument; /* as --help shows it; NULL for a flag */
    const char *commands; /* words: who takes it; NULL for everyone */
    size_t offset;        /* in struct options */
    const char *help;
};

#define AT(member) offsetof(struct options, member)

static const struct option_row rows[] = {
    { "set", 0, OPTION_LIST, "NAME=VALUE", "plan check apply audit diagnose", AT(sets),
      "fill in a parameter of the plan; may be repeated" },
    { "only", 0, OPTION_LIST, "NAME", "plan check", AT(only),
      "look at this section of the plan alone; may be repeated" },
    { "object", 0, OPTION_TEXT, "WHO", "check", AT(object),
      "look at one user instead: its DN, UPN or account name" },
    { "for", 0, OPTION_SECONDS, "DURATION", "apply extend approve", AT(duration),
      "how long the window stays open, or how much longer, or the approval counts: 90m, 72h, 14d" },
    { "until", 0, OPTION_TIME, "TIME", "apply extend", AT(until),
      "when the window ends: 2026-11-21T08:00:00Z" },
    { "reason", 0, OPTION_TEXT, "TEXT", "apply extend", AT(reason),
      "why the window is opened, or extended; kept in the journal" },
    { "ticket", 0, OPTION_TEXT, "ID", "apply", AT(ticket), "the change request it belongs to" },
    { "close", 0, OPTION_FLAG, NULL, "plan apply", AT(close),
      "toward each setting's safe state instead of opening it" },
    { "out", 0, OPTION_TEXT, "FILE", "plan", AT(out),
      "save the plan, sealed: for show, approve and apply" },
    { "key", 0, OPTION_TEXT, "FILE", "approve", AT(key),
      "the SSH key to sign with; its .pub when an agent has it" },
    { "as", 0, OPTION_TEXT, "NAME", "approve", AT(as),
      "who you are among the allowed signers; found by the key when it has one name" },
    { "despite", 0, OPTION_LIST, "NAME", "apply", AT(despite),
      "go on although this requirement (or all) does not hold; may be repeated" },
    { "confirmed", 0, OPTION_LIST, "NAME", "apply rollback resume", AT(confirmed),
      "this step for people (or all) is done; may be repeated" },
    { "on-conflict", 0, OPTION_CONFLICT, "WHAT", "rollback", AT(on_conflict),
      "where someone else changed it: skip (leave it, the default), restore (put the baseline "
      "back), keep (accept the present value)" },
    { "on-failure", 0, OPTION_FAILURE, "WHAT", "apply", AT(failure.on_failure),
      "when a write fails: stop (begin nothing more, the default), undo (and put back what this "
      "run did), continue" },
    { "max-failures", 0, OPTION_LIMIT, "N|N%", "apply", AT(failure),
      "so many of the targets may fail until --on-failure acts: 0" },
    { "canary", 0, OPTION_COUNT, "N", "apply", AT(failure.canary),
      "write N hosts alone first; when one of them fails, the rest is not begun, whatever may "
      "fail" },
    { "yes", 0, OPTION_FLAG, NULL, "apply rollback extend approve", AT(yes), "do not ask" },
    { "live", 0, OPTION_FLAG, NULL, "status diagnose", AT(live), "read every target again" },
    { "log", 0, OPTION_LIST, "FILE", "show", AT(logs),
      "set what this log of ADMT says beside the window; may be repeated" },
    { "utc-offset", 0, OPTION_OFFSET, "OFFSET", "diagnose show", AT(utc_offset),
      "how far the host that wrote the log is from UTC: +02:00" },
    { "detailed-exitcode", 0, OPTION_FLAG, NULL, "plan", AT(detailed_exitcode),
      "exit with 2 when changes are pending" },
    { "offline", 0, OPTION_FLAG, NULL,
      "apply rollback resume extend close-due audit status show log", AT(offline),
      "keep away from the journal's remote; what is recorded goes there with a later run" },
    { "json", 0, OPTION_FLAG, NULL, NULL, AT(json), "one JSON object on standard output" },
    { "config", 0, OPTION_TEXT, "FILE", NULL, AT(config), "read this configuration file" },
    { "journal", 0, OPTION_TEXT, "DIR", NULL, AT(journal), "use this journal" },
    { "workers", 0, OPTION_COUNT, "N", NULL, AT(workers), "targets asked at the same time: 8" },
    { "timeout", 0, OPTION_SECONDS, "DURATION", NULL, AT(timeout),
      "for each connection and each answer: 30s" },
    { "no-color", 0, OPTION_FLAG, NULL, NULL, AT(no_color), "no colours, as with NO_COLOR=1" },
    { "quiet", 0, OPTION_FLAG, NULL, NULL, AT(quiet), "no progress" },
    { "help", 'h', OPTION_FLAG, NULL, NULL, AT(help), "show help and do nothing else" },
    { "version", 0, OPTION_FLAG, NULL, NULL, AT(version), "show the version" },
};

static bool list_add(struct text_list *list, char *item, struct ajar_error *err)
{
    char **items = realloc(list->items, (list->count + 2) * sizeof(*items));

    if (!items || !item) {
        list->items = items ? items : list->items;
        free(item);
        return ajar_no_memory(err);
    }
    items[list->count++] = item;
    items[list->count] = NULL;
    list->items = items;
    return true;
}

static void list_release(struct text_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
    *list = (struct text_list){ 0 };
}

static bool parse_text(const char *value, char **ret_text, struct ajar_error *err)
{
    uint32_t code;
    char *copy;

    if (strspn(value, " \t\r\n") == strlen(value))
        return ajar_fail(err, AJAR_EUSAGE, "the value is empty");
    for (const char *at = value; *at; at += utf8_next(at, &code)) {
        if (utf8_next(at, &code) == 0)
            return ajar_fail(err, AJAR_EUSAGE, "the value is not UTF-8");
    }
    copy = strdup(value);
    if (!copy)
        return ajar_no_memory(err);
    *ret_text = copy;
    return true;
}

static bool parse_count(const char *value, unsigned *ret_count, struct ajar_error *err)
{
    char *end = NULL;
    unsigned long count;

    errno = 0;
    count = strtoul(value, &end, 10);
    if (errno != 0 || end == value || *end || value[0] < '0' || value[0] > '9' || count < 1 ||
        count > 64)
        return ajar_fail(err, AJAR_EUSAGE, "\"%s\" is not a number from 1 to 64", value);
    *ret_count = (unsigned)count;
    return true;
}

static bool parse_conflict(const char *value, enum ajar_on_conflict *ret_conflict,
                           struct ajar_error *err)
{
    static const char *const words[] = {
        [AJAR_CONFLICT_SKIP] = "skip",
        [AJAR_CONFLICT_RESTORE] = "restore",
        [AJAR_CONFLICT_KEEP] = "keep",
    };

    for (size_t i = 0; i < LENGTH(words); i++) {
        if (strcmp(value, words[i]) == 0) {
            *ret_conflict = (enum ajar_on_conflict)i;
            return true;
        }
    }
    return ajar_fail(err, AJAR_EUSAGE, "\"%s\" is not one of skip, restore, keep", value);
}

static bool parse_failure(const char *value, enum ajar_on_failure *ret_failure,
                          struct ajar_error *err)
{
    static const char *const words[] = {
        [AJAR_FAILURE_STOP] = "stop",
        [AJAR_FAILURE_UNDO] = "undo",
        [AJAR_FAILURE_CONTINUE] = "continue",
    };

    for (size_t i = 0; i < LENGTH(words); i++) {
        if (strcmp(value, words[i]) == 0) {
            *ret_failure = (enum ajar_on_failure)i;
            return true;
        }
    }
    return ajar_fail(err, AJAR_EUSAGE, "\"%s\" is not one of stop, undo, continue", value);
}

/* "2", or "20%". */
static bool parse_limit(const char *value, struct ajar_failure_policy *policy,
                        struct ajar_error *err)
{
    char *end = NULL;
    unsigned long number;
    bool percent;

    errno = 0;
    number = strtoul(value, &end, 10);
    percent = strcmp(end, "%") == 0;
    if (errno != 0 || value[0] < '0' || value[0] > '9' || (*end && !percent) ||
        number > (percent ? 100 : 100000))
        return ajar_fail(err, AJAR_EUSAGE, "\"%s\" is neither a number nor a share (2, 20%%)",
                         value);
    policy->limited = true;
    policy->percent = percent;
    policy->tolerated = (unsigned)number;
    return true;
}

static bool parse_seconds(const char *value, int64_t *ret_seconds, struct ajar_error *err)
{
    int64_t seconds = 0;

    if (!ajar_duration_parse(value, &seconds, err))
        return false;
    if (seconds <= 0)
        return ajar_fail(err, AJAR_EUSAGE, "\"%s\" is no time at all", value);
    *ret_seconds = seconds;
    return true;
}

static bool parse_offset(const char *value, struct utc_offset *ret_offset, struct ajar_error *err)
{
    int seconds = 0;

    if (!ajar_utc_offset_parse(value, &seconds, err))
        return false;
    *ret_offset = (struct utc_offset){ .given = true, .seconds = seconds };
    return true;
}

/* `value` is NULL for a flag. */
static bool store(const struct option_row *row, const char *value, void *place,
                  struct ajar_error *err)
{
    switch (row->kind) {
    case OPTION_FLAG:
        *(bool *)place = true;
        return true;
    case OPTION_TEXT:
        return parse_text(value, place, err);
    case OPTION_LIST:
        return list_add(place, strdup(value), err);
    case OPTION_SECONDS:
        return parse_seconds(value, place, err);
    case OPTION_TIME:
        return ajar_time_parse(value, place, err);
    case OPTION_COUNT:
        return parse_count(value, place, err);
    case OPTION_CONFLICT:
        return parse_conflict(value, place, err);
    case OPTION_OFFSET:
        return parse_offset(value, place, err);
    case OPTION_FAILURE:
        return parse_failure(value, place, err);
    case OPTION_LIMIT:
        return parse_limit(value, place, err);
    }
    return false;
}

static bool take_option(struct options *options, size_t index, const char *value,
                        struct ajar_error *err)
{
    const struct option_row *row = &rows[index];
    uint64_t bit = UINT64_C(1) << index;

    if ((options->given & bit) && row->kind != OPTION_LIST && row->kind != OPTION_FLAG)
        return ajar_fail(err, AJAR_EUSAGE, "--%s is given twice", row->name);
    options->given |= bit;
    if (!store(row, value, (char *)options + row->offset, err))
        return ajar_while(err, "--%s", row->name);
    return true;
}

static bool refuse(int fault, const char *option, struct ajar_error *err)
{
    size_t size = strcspn(option, "=");
    const char *near = NULL;

    if (fault == POPT_ERROR_NOARG)
        return ajar_fail(err, AJAR_EUSAGE, "%.*s needs a value", (int)size, option);
    if (fault == POPT_ERROR_UNWANTEDARG)
        return ajar_fail(err, AJAR_EUSAGE, "%.*s takes no value", (int)size, option);
    if (fault != POPT_ERROR_BADOPT)
        return ajar_fail(err, AJAR_EUSAGE, "%s: %s", option, poptStrerror(fault));
    for (size_t i = 0; i < LENGTH(rows) && size > 2; i++) {
        if (suggest_near(option + 2, size - 2, rows[i].name))
            near = rows[i].name;
    }
    if (near)
        return ajar_fail(err, AJAR_EUSAGE, "unknown option %.*s; did you mean --%s?", (int)size,
                         option, near);
    return ajar_fail(err, AJAR_EUSAGE, "unknown option %.*s", (int)size, option);
}

/* The first mistake stays in `err`; a later one is dropped. */
static bool keep_first(bool fine, struct ajar_error *err, const struct ajar_error *later)
{
    if (!fine && err->status == AJAR_FINE)
        *err = *later;
    return fine;
}

static void read_options(poptContext context, struct options *options, struct ajar_error *err)
{
    int next;

    while ((next = poptGetNextOpt(context)) != -1) {
        struct ajar_error later = AJAR_NO_ERROR;
        bool fine;

        if (next > 0) {
            char *value = poptGetOptArg(context);

            fine = take_option(options, (size_t)next - 1, value, &later);
            free(value);
        } else {
            fine = refuse(next, poptBadOption(context, POPT_BADOPTION_NOALIAS), &later);
        }
        (void)keep_first(fine, err, &later);
    }
}

static void read_operands(poptContext context, struct options *options, struct ajar_error *err)
{
    const char *operand;

    while ((operand = poptGetArg(context)) != NULL) {
        struct ajar_error later = AJAR_NO_ERROR;

        (void)keep_first(list_add(&options->operands, strdup(operand), &later), err, &later);
    }
}

bool options_parse(int argc, char **argv, struct options *ret_options, struct ajar_error *err)
{
    struct poptOption table[LENGTH(rows) + 1] = { 0 };
    struct ajar_error first = AJAR_NO_ERROR;
    const char **arguments = (void *)argv; /* popt changes none of them */
    poptContext context;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        table[i].longName = rows[i].name;
        table[i].shortName = rows[i].letter;
        table[i].argInfo = rows[i].kind == OPTION_FLAG ? POPT_ARG_NONE : POPT_ARG_STRING;
        table[i].val = (int)i + 1;
    }
    *ret_options = (struct options){ 0 };
    context = poptGetContext("ajar", argc, arguments, table, 0);
    if (!context)
        return ajar_no_memory(err);
    read_options(context, ret_options, &first);
    read_operands(context, ret_options, &first);
    poptFreeContext(context);
    if (first.status == AJAR_FINE)
        return true;
    *err = first;
    return false;
}

void options_release(struct options *options)
{
    for (size_t i = 0; i < LENGTH(rows); i++) {
        void *place = (char *)options + rows[i].offset;

        if (rows[i].kind == OPTION_TEXT)
            free(*(char **)place);
        if (rows[i].kind == OPTION_LIST)
            list_release(place);
    }
    list_release(&options->operands);
}

enum ajar_toward options_toward(const struct options *options)
{
    return options->close ? AJAR_TOWARD_CLOSED : AJAR_TOWARD_OPEN;
}

/* Is `word` one of the words? */
static bool names(const char *words, const char *word)
{
    size_t size = strlen(word);

    while (*words) {
        size_t span = strcspn(words, " ");

        if (span == size && strncmp(words, word, size) == 0)
            return true;
        words += span + (words[span] == ' ');
    }
    return false;
}

bool options_fit(const struct options *options, const char *command, struct ajar_error *err)
{
    for (size_t i = 0; i < LENGTH(rows); i++) {
        const struct option_row *row = &rows[i];

        if (!(options->given & UINT64_C(1) << i) || !row->commands || names(row->commands, command))
            continue;
        return ajar_fail(err, AJAR_EUSAGE, "ajar %s does not take --%s (only: %s)", command,
                         row->name, row->commands);
    }
    return true;
}

void options_help(struct sink *sink, const char *command)
{
    for (size_t i = 0; i < LENGTH(rows); i++) {
        const struct option_row *row = &rows[i];
        char option[48];

        if (command ? !row->commands || !names(row->commands, command) : row->commands != NULL)
            continue;
        (void)snprintf(option, sizeof(option), "--%s%s%s", row->name, row->argument ? " " : "",
                       row->argument ? row->argument : "");
        sink_put(sink, STYLE_PLAIN, "  ");
        sink_cell(sink, STYLE_PLAIN, option, 20);
        sink_line(sink, STYLE_PLAIN, row->help);
    }
}
