/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake_report.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
/* A text that may be written to, as the members of a fact demand. */
#define TEXT(literal) ((char[]){ literal })

static struct ajar_fact dword_0[] = {
    { TEXT("type"), TEXT("REG_DWORD") },
    { TEXT("data"), TEXT("00000000") },
    { TEXT("text"), TEXT("0") },
};
static struct ajar_fact dword_1[] = {
    { TEXT("type"), TEXT("REG_DWORD") },
    { TEXT("data"), TEXT("01000000") },
    { TEXT("text"), TEXT("1") },
};
static struct ajar_fact hostile_facts[] = {
    { TEXT("exists"), TEXT("a fact must not hide this member") },
    { TEXT("text"), TEXT("cut \xc3") },
};

#define ABSENT                         \
    {                                  \
        .known = true, .exists = false \
    }
#define PRESENT                       \
    {                                 \
        .known = true, .exists = true \
    }
#define ZERO                                                                      \
    {                                                                             \
        .known = true, .exists = true, .count = LENGTH(dword_0), .facts = dword_0 \
    }
#define ONE                                                                       \
    {                                                                             \
        .known = true, .exists = true, .count = LENGTH(dword_1), .facts = dword_1 \
    }

#define LSA "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa:"

static const struct ajar_change all_changes[ALL_CHANGES] = {
    { .setting = "allow-password-export",
      .kind = "registry",
      .target = "dc1.source.test",
      .thing = LSA "AllowPasswordExport",
      .action = "create",
      .state = "planned",
      .before = ABSENT,
      .wanted = ONE,
      .before_phrase = "absent",
      .wanted_phrase = "1",
      .now_phrase = "not known",
      .takes_effect = "restart",
      .why = "The Password Export Server hands out password hashes only while this is 1.",
      .risk = "Anyone who reaches the service with its key can export password hashes.",
      .reference = "KB 322981" },
    { .setting = "restrict-anonymous",
      .kind = "registry",
      .target = "dc1.source.test",
      .thing = LSA "RestrictAnonymous",
      .action = "modify",
      .state = "planned",
      .before = ONE,
      .wanted = ZERO,
      .before_phrase = "1",
      .wanted_phrase = "0",
      .now_phrase = "not known",
      .takes_effect = "restart" },
    { .setting = "everyone-in-pre-windows-2000",
      .kind = "member",
      .target = "target.test",
      .thing = "S-1-5-32-554: S-1-1-0",
      .action = "create",
      .state = "planned",
      .before = ABSENT,
      .wanted = PRESENT,
      .before_phrase = "not a member",
      .wanted_phrase = "member",
      .now_phrase = "not known",
      .takes_effect = "service LanmanServer restart" },
    { .setting = "no-lm-hash",
      .kind = "registry",
      .target = "dc1.source.test",
      .thing = LSA "NoLMHash",
      .action = "delete",
      .state = "planned",
      .before = ONE,
      .wanted = ABSENT,
      .before_phrase = "1",
      .wanted_phrase = "absent",
      .now_phrase = "not known",
      .takes_effect = "at once" },
    { .setting = "audit-base-objects",
      .kind = "registry",
      .target = "dc1.source.test",
      .thing = LSA "AuditBaseObjects",
      .action = "none",
      .state = "planned",
      .before = ZERO,
      .wanted = ZERO,
      .before_phrase = "0",
      .wanted_phrase = "0",
      .now_phrase = "0",
      .takes_effect = "at once" },
    { .setting = "allow-password-export",
      .kind = "registry",
      .target = "dc2.source.test",
      .thing = LSA "AllowPasswordExport",
      .action = "create",
      .state = "planned",
      .wanted = ONE,
      .before_phrase = "not known",
      .wanted_phrase = "1",
      .now_phrase = "not known",
      .takes_effect = "restart",
      .trouble = AJAR_EUNREACHABLE,
      .error = "could not connect to dc2.source.test: no route to host",
      .hint = "is it switched on? ping dc2.source.test" },
    { .setting = "restrict-anonymous",
      .kind = "registry",
      .target = "dc2.source.test",
      .thing = LSA "RestrictAnonymous",
      .action = "modify",
      .state = "planned",
      .wanted = ZERO,
      .before_phrase = "not known",
      .wanted_phrase = "0",
      .now_phrase = "not known",
      .takes_effect = "restart",
      .trouble = AJAR_EUNREACHABLE,
      .error = "could not connect to dc2.source.test: no route to host",
      .hint = "is it switched on? ping dc2.source.test" },
};

static const struct ajar_change hostile_change = {
    .setting = "title\033]0;owned\007",
    .kind = "registry",
    .target = "dc1\nWindow closed",
    .thing = "C1 \xc2\x9b"
             "31m turned \xe2\x80\xae"
             "cod\xe2\x80\xac",
    .action = "modify",
    .state = "planned",
    .before = { .known = true,
                .exists = true,
                .count = LENGTH(hostile_facts),
                .facts = hostile_facts },
    .before_phrase = "\033[31mred",
    .wanted_phrase = "caf\xc3\xa9 \xff",
    .now_phrase = "tab\there",
    .takes_effect = "at once\rat never",
};

static void add_change(struct ajar_window *window, const struct ajar_change *change)
{
    window->changes[window->count++] = *change;
}

void fill_changes(struct ajar_window *window, const char *name)
{
    if (strcmp(name, "controls") == 0) {
        add_change(window, &hostile_change);
    } else if (strcmp(name, "done") == 0) {
        add_change(window, &all_changes[4]);
    } else {
        size_t count = strcmp(name, "mixed") == 0 ? LENGTH(all_changes) : 2;

        for (size_t i = 0; i < count; i++)
            add_change(window, &all_changes[i]);
    }
}

struct ajar_report *new_report(size_t count)
{
    struct ajar_report *report = calloc(1, sizeof(*report));

    if (!report)
        abort();
    report->windows = calloc(count + 1, sizeof(*report->windows));
    report->count = count;
    for (size_t i = 0; i < count; i++) {
        report->windows[i].changes = calloc(ALL_CHANGES, sizeof(struct ajar_change));
        report->windows[i].plan = "admt-password-migration";
        report->windows[i].title = "Inter-forest migration";
    }
    return report;
}

bool fill_approvals(struct ajar_window *window)
{
    static const struct ajar_approval approvals[] = {
        { .by = "bob@example.test", .at = 1795248000, .until = 1795852800 },
        { .by = "alice",
          .at = 1795248000,
          .until = 1795852800,
          .trouble = "alice is the operator: somebody else has to approve" },
    };

    window->approval_count = sizeof(approvals) / sizeof(approvals[0]);
    window->approvals = calloc(window->approval_count, sizeof(approvals[0]));
    if (window->approvals)
        memcpy(window->approvals, approvals, sizeof(approvals));
    return window->approvals != NULL;
}

void ajar_report_free(struct ajar_report *report)
{
    for (size_t i = 0; i < report->count; i++) {
        free(report->windows[i].changes);
        free(report->windows[i].requirements);
        free(report->windows[i].manuals);
        free(report->windows[i].extensions);
        free(report->windows[i].approvals);
    }
    free(report->windows);
    free(report->remarks);
    free(report);
}

void finish(struct ajar_report *report, const char *name, enum ajar_exit status)
{
    report->exit = status;
    if (strncmp(name, "exit-", strlen("exit-")) == 0)
        report->exit = (enum ajar_exit)strtol(name + strlen("exit-"), NULL, 10);
    report->journal_head = "3f2a9c1d5e6f708192a3b4c5d6e7f8091a2b3c4d";
    report->journal_entries = 41;
    report->remarks = getenv("AJAR_FAKE_REMARK") ? calloc(1, sizeof(*report->remarks)) : NULL;
    if (report->remarks)
        report->remarks[report->remark_count++] = getenv("AJAR_FAKE_REMARK");
}

void fill_notes(struct ajar_window *window, const char *scenario)
{
    static const struct ajar_requirement requirements[] = {
        { .name = "trust-there",
          .check = "trust",
          .target = "target.test",
          .result = "pass",
          .reason = "forest trust with source.test, both directions" },
        { .name = "ports-answer",
          .check = "ports",
          .target = "dc2.target.test",
          .result = "fail",
          .reason = "389: refused",
          .hint = "start the directory service",
          .why = "Everything goes over LDAP." },
        { .name = "clocks-agree",
          .check = "clock",
          .target = "dc3.target.test",
          .result = "unknown",
          .reason = "dc3.target.test does not answer" },
    };
    static const char *const create[] = { "cd %systemroot%\\ADMT", "admt key /option:create" };
    static const char *const stop[] = { "net stop PesSvc" };
    static const struct ajar_manual manuals[] = {
        { .name = "create-key",
          .where = "admt1.target.test",
          .when = "before",
          .count = 2,
          .commands = create,
          .why = "ADMT needs a key.",
          .by = "alice",
          .at = 1763452800 },
        { .name = "restart-host", .when = "after", .count = 1, .commands = create },
        { .name = "stop-server", .when = "closing", .count = 1, .commands = stop },
    };
    bool clean = strcmp(scenario, "clean") == 0;

    window->requirement_count = clean ? 1 : sizeof(requirements) / sizeof(requirements[0]);
    window->manual_count = sizeof(manuals) / sizeof(manuals[0]);
    window->requirements = calloc(window->requirement_count, sizeof(requirements[0]));
    window->manuals = calloc(window->manual_count, sizeof(manuals[0]));
    if (!window->requirements || !window->manuals)
        abort();
    memcpy(window->requirements, requirements, window->requirement_count * sizeof(requirements[0]));
    memcpy(window->manuals, manuals, sizeof(manuals));
}

void tell_window(struct ajar_window *window, const char *id, const char *state)
{
    bool hostile = strcmp(id, "controls") == 0;

    window->id = id;
    window->state = state;
    window->operator_name = "alice";
    window->host = "admin1";
    window->reason = hostile ? "\033[2Jreason" : "Berlin accounts";
    window->ticket = "CHG-1";
    window->opened = (int64_t)time(NULL);
    window->until = window->opened + 72 * 3600;
}

static void count_states(struct ajar_window *window)
{
    for (size_t i = 0; i < window->count; i++) {
        const char *state = window->changes[i].state;

        window->counts.intended += strcmp(state, "intended") == 0;
        window->counts.applied += strcmp(state, "applied") == 0;
        window->counts.restored += strcmp(state, "restored") == 0;
        window->counts.conflict += strcmp(state, "conflict") == 0;
        window->counts.unknown += strcmp(state, "unknown") == 0;
        window->counts.failed += strcmp(state, "failed") == 0;
    }
}

void open_changes(struct ajar_window *window)
{
    for (size_t i = 0; i < window->count; i++) {
        struct ajar_change *change = &window->changes[i];

        change->state = change->trouble == AJAR_FINE ? "applied" : "unknown";
        change->now = change->wanted;
        change->now_phrase = change->wanted_phrase;
        if (strcmp(change->takes_effect, "at once") != 0)
            change->waiting = change->takes_effect;
    }
    if (window->count == ALL_CHANGES) {
        window->changes[3].state = "failed";
        window->changes[3].trouble = AJAR_EDENIED;
        window->changes[3].error = "could not delete NoLMHash: access denied";
        window->changes[3].hint = "the account needs write access to this key";
    }
    count_states(window);
}

void close_changes(struct ajar_window *window, bool conflict)
{
    for (size_t i = 0; i < window->count; i++) {
        struct ajar_change *change = &window->changes[i];

        change->state = "restored";
        change->now = change->before;
        change->now_phrase = change->before_phrase;
    }
    if (conflict) {
        window->changes[1].state = "conflict";
        window->changes[1].trouble = AJAR_ECONFLICT;
        window->changes[1].error = "someone else changed it; it was left alone";
        window->changes[1].now_phrase = "2";
    }
    count_states(window);
}

void tell_moved(struct ajar_report *report, const char *scenario)
{
    struct ajar_change *change = &report->windows[0].changes[1];

    if (strcmp(scenario, "stale") == 0) {
        change->moved = "it was changed since the plan was saved";
        change->now_phrase = "2";
        finish(report, scenario, AJAR_EXIT_STALE);
        report->summary = "the saved plan is stale: 1 of 2 is not what it was";
    } else {
        change->trouble = AJAR_EUNREACHABLE;
        change->error = "no route to host";
        finish(report, scenario, AJAR_EXIT_FAILED);
        report->summary = "not everything could be read";
    }
}

void extend_window(struct ajar_window *window, int64_t until, const char *reason)
{
    struct ajar_extension extension = {
        .from = window->until,
        .until = until,
        .by = "bob",
        .host = "admin2",
        .at = window->opened,
        .reason = reason,
    };

    window->extensions = calloc(1, sizeof(*window->extensions));
    if (!window->extensions)
        abort();
    window->extensions[window->extension_count++] = extension;
    window->until = until;
}

void owe_changes(struct ajar_window *window)
{
    struct ajar_change *changes = window->changes;

    changes[0].state = "failed";
    changes[0].trouble = AJAR_EUNREACHABLE;
    changes[0].error = "could not connect to dc1.source.test: no route to host";
    changes[0].owed = window->opened - 86400;
    changes[0].tries = 3;
    changes[0].next = window->opened + 240;
    changes[1].state = "conflict";
    changes[1].trouble = AJAR_ECONFLICT;
    changes[1].owed = window->opened - 86400;
    changes[1].tries = 1;
    memset(&window->counts, 0, sizeof(window->counts));
    count_states(window);
}
