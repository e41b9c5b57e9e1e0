/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal/approval.h"

#include "base/file.h"
#include "base/text.h"
#include "journal/journal.h"
#include "rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#define SEAL   "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER  "f123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define PLAN   "plan = " SEAL "\n"
#define BY     "by = bob@example.test\n"
#define AT     "at = 2026-11-21T08:00:00Z\n"
#define UNTIL  "until = 2026-11-28T08:00:00Z\n"
#define SIGNED PLAN BY AT UNTIL
#define TAIL   SIGNED "signature = U1NIU0lHAAAAAQ==\n"
#define WHOLE  "[approval]\n" TAIL

#define MORNING 1795248000 /* 2026-11-21T08:00:00Z */
#define ID      "20261121-080000-admt"

static struct approval_record read_one(const char *text)
{
    struct approval_record approval = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    if (!approval_record_read("a.ini", text, strlen(text), &approval, &err))
        fail_msg("%s", err.text);
    return approval;
}

static void what_is_signed_is_between_heading_and_signature(void **state)
{
    OWNED(approval_record_release) struct approval_record approval = read_one(WHOLE);
    OWNED(free) char *signed_text = NULL;
    OWNED(free) char *text = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    assert_true(approval_signed_text(&approval, &signed_text, &err));
    assert_string_equal(signed_text, SIGNED);
    assert_true(approval_record_write(&approval, &text, &err));
    assert_string_equal(text, WHOLE);
    assert_int_equal(approval.at, MORNING);
}

/* However long the name and the signature are, the signed lines are four. */
static void a_long_record_is_read_back(void **state)
{
    OWNED(approval_record_release) struct approval_record approval = read_one(WHOLE);
    OWNED(approval_record_release) struct approval_record again = { 0 };
    OWNED(free) char *text = NULL;
    char name[151];
    char signature[1001];
    const char *line;
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    memset(name, 'n', sizeof(name));
    memset(signature, 'A', sizeof(signature));
    name[150] = 0;
    signature[1000] = 0;
    assert_true(text_replace(&approval.by, name, &err));
    assert_true(text_replace(&approval.signature, signature, &err));
    assert_true(approval_record_write(&approval, &text, &err));
    line = strstr(text, "\nuntil = ");
    assert_int_equal(strncmp(line, "\n" UNTIL "signature = AAA", 44), 0);
    again = read_one(text);
    assert_string_equal(again.signature, signature);
    assert_string_equal(again.by, name);
}

struct fault_case {
    const char *name;
    const char *text;
    const char *says;
};

static const struct fault_case fault_cases[] = {
    { "a short seal", "[approval]\nplan = 0123\n" BY AT UNTIL "signature = QQ==\n",
      "a.ini:1: [approval] plan: the seal of a saved plan has 64 hexadecimal digits" },
    { "a seal in capitals",
      "[approval]\nplan = 0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef\n" BY AT
          UNTIL "signature = QQ==\n",
      "a.ini:1: [approval] plan: " },
    { "a name with a blank", "[approval]\n" PLAN "by = bob b\n" AT UNTIL "signature = QQ==\n",
      "a.ini:1: [approval] by: the name of an allowed signer" },
    { "a pattern", "[approval]\n" PLAN "by = *@example.test\n" AT UNTIL "signature = QQ==\n",
      "a.ini:1: [approval] by: " },
    { "an end before the begin",
      "[approval]\n" PLAN BY "at = 2026-11-28T08:00:00Z\n" UNTIL "signature = QQ==\n",
      "a.ini:1: [approval] until: an approval ends after it began" },
    { "no time", "[approval]\n" PLAN BY "at = yesterday\n" UNTIL "signature = QQ==\n", "at: " },
    { "a signature that is none", "[approval]\n" SIGNED "signature = ---\n",
      "a.ini:1: [approval] signature: " },
    { "no signature", "[approval]\n" SIGNED, "a.ini:1: [approval] needs a field \"signature\"" },
    { "an unknown field", WHOLE "reason = none\n", "a.ini:7: [approval] has no field \"reason\"" },
    { "a repeated field", WHOLE BY, "a.ini:7: " },
    { "another section", "[approvals]\n" PLAN, "a.ini:1: " },
};

static void run_fault_case(void **state)
{
    const struct fault_case *row = *state;
    struct approval_record approval = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_false(approval_record_read("a.ini", row->text, strlen(row->text), &approval, &err));
    assert_int_equal(err.status, AJAR_EJOURNAL);
    assert_null(approval.by);
    if (!strstr(err.text, row->says))
        fail_msg("\"%s\" is not in \"%s\"", row->says, err.text);
}

static void put(const char *folder, const char *name, const char *text)
{
    OWNED(free) char *path = text_make("%s/%s", folder, name);
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(file_write(path, text, strlen(text), 0600, &err));
}

static int set_folder(void **state)
{
    struct ajar_error err = AJAR_NO_ERROR;
    char *folder = NULL;

    if (!file_make_temporary_folder("test-approval", &folder, &err))
        return -1;
    *state = folder;
    return 0;
}

static int clear_folder(void **state)
{
    struct ajar_error err = AJAR_NO_ERROR;
    bool good = file_remove_folder(*state, &err);

    free(*state);
    return good ? 0 : -1;
}

static void one_after_the_other_goes_beside_the_plan(void **state)
{
    static const char two[] = "[approval 1]\n" TAIL "\n[approval 2]\n" PLAN "by = carol\n" AT UNTIL
                              "signature = U1NIU0lHAAAAAQ==\n";
    OWNED(free) char *plan = text_make("%s/p.plan", (char *)*state);
    OWNED(free) char *beside = text_make("%s/p.plan.approvals", (char *)*state);
    OWNED(approval_record_release) struct approval_record approval = read_one(WHOLE);
    OWNED(approvals_release) struct approvals none = { 0 };
    OWNED(approvals_release) struct approvals both = { 0 };
    OWNED(bytes_release) struct bytes bytes = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    struct stat about;

    put(*state, "p.plan", "a plan\n");
    assert_true(approvals_read(plan, &none, &err));
    assert_int_equal(none.count, 0);
    assert_true(approvals_append(plan, &approval, &err));
    assert_int_equal(chmod(beside, 0640), 0);
    assert_true(text_replace(&approval.by, "carol", &err));
    assert_true(approvals_append(plan, &approval, &err));
    assert_true(file_read(beside, 4096, &bytes, &err));
    assert_int_equal(bytes.size, strlen(two));
    assert_memory_equal(bytes.at, two, bytes.size);
    assert_int_equal(stat(beside, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0640);
    assert_true(approvals_read(plan, &both, &err));
    assert_int_equal(both.count, 2);
    assert_string_equal(both.file, beside);
    assert_string_equal(both.list[0].by, "bob@example.test");
    assert_string_equal(both.list[1].by, "carol");
    assert_int_equal(both.list[1].line, 8);
}

/* Whoever approves at the same time waits: nothing gets lost. */
static void all_at_once_lose_nothing(void **state)
{
    OWNED(free) char *plan = text_make("%s/p.plan", (char *)*state);
    OWNED(approval_record_release) struct approval_record approval = read_one(WHOLE);
    OWNED(approvals_release) struct approvals all = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    put(*state, "p.plan", "a plan\n");
    for (int i = 0; i < 8; i++) {
        if (fork() == 0)
            _exit(approvals_append(plan, &approval, &err) ? 0 : 1);
    }
    for (int i = 0; i < 8; i++) {
        int status = -1;

        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    assert_true(approvals_read(plan, &all, &err));
    assert_int_equal(all.count, 8);
}

static void a_mistake_beside_the_plan_has_its_line(void **state)
{
    OWNED(free) char *plan = text_make("%s/p.plan", (char *)*state);
    OWNED(free) char *says = text_make("%s/p.plan.approvals:8: [approval] by: ", (char *)*state);
    OWNED(approval_record_release) struct approval_record approval = read_one(WHOLE);
    struct approvals approvals = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    put(*state, "p.plan", "a plan\n");
    put(*state, "p.plan.approvals",
        "[approval 1]\n" TAIL "\n[approval 2]\n" PLAN "by = a b\n" AT UNTIL "signature = QQ==\n");
    assert_false(approvals_read(plan, &approvals, &err));
    assert_int_equal(err.status, AJAR_EPLAN);
    assert_int_equal(strncmp(err.text, says, strlen(says)), 0);
    assert_null(approvals.list);
    err = AJAR_NO_ERROR;
    assert_false(approvals_append(plan, &approval, &err)); /* nothing is written over it */
    assert_int_equal(err.status, AJAR_EPLAN);
}

struct name_case {
    const char *name;
    const char *by;
    const char *file;
};

static const struct name_case name_cases[] = {
    { "file: plain", "bob", "bob.ini" },
    { "file: an address", "Bob.B@Example.test", "bob.b-example.test.ini" },
    { "file: dots", "a..b", "a-.b.ini" },
    { "file: a hyphen first", "-bob", "xbob.ini" },
    { "file: a slash", "../../x", "x.--.-x.ini" },
};

static void run_name_case(void **state)
{
    const struct name_case *row = *state;
    const struct approval_record list[] = { { .by = (char *)(uintptr_t)row->by },
                                            { .by = (char *)(uintptr_t)row->by } };
    OWNED(free) char *first = NULL;
    OWNED(free) char *second = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(approvals_file_name(list, 0, &first, &err));
    assert_string_equal(first, row->file);
    assert_true(record_is_safe_name(first));
    assert_true(approvals_file_name(list, 1, &second, &err));
    assert_non_null(strstr(second, "-2.ini"));
    assert_true(approval_fits_file(&list[0], first));
    assert_true(approval_fits_file(&list[0], second));
    assert_false(approval_fits_file(&list[0], "carol.ini"));
}

static int64_t morning(void *user)
{
    (void)user;
    return MORNING;
}

static struct journal *open_journal(const char *folder)
{
    OWNED(free) char *path = text_make("%s/journal.git", folder);
    const struct journal_writer_options options = { .operator_name = "alice",
                                                    .operator_email = "alice@adm1",
                                                    .host = "adm1",
                                                    .command = "apply",
                                                    .clock = { .now = morning } };
    struct journal *journal = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    if (!journal_open_writer(path, &options, &journal, &err))
        fail_msg("%s", err.text);
    return journal;
}

/* An event of a window with one change, and these approvals. */
static bool commit(struct journal *journal, enum journal_event_kind kind,
                   const struct approval_record *approvals, size_t count, struct ajar_error *err)
{
    static const char change_text[] =
        "[change]\nsetting = allow\nkind = registry\ntarget = dc1.source.test\nplace = host\n"
        "thing = lsa:allow\naction = create\n[before]\nexists = no\n[wanted]\nexists = yes\n"
        "data = 01000000\n[reached]\nknown = no\n[result]\nstate = intended\nduring = apply\n"
        "at = 2026-11-21T08:00:00Z\n";
    static const char window_text[] =
        "[window]\nid = " ID "\nplan = admt\ntitle = ADMT\noperator = alice\nhost = adm1\n"
        "reason = migration\nversion = 0.1.0\nsaved = " SEAL "\nstate = opening\n"
        "opened = 2026-11-21T08:00:00Z\nuntil = 2026-11-24T08:00:00Z\n";
    OWNED(change_record_release) struct change_record change = { 0 };
    OWNED(window_record_release) struct window_record window = { 0 };
    const struct journal_event event = { .kind = kind, .window = ID, .subject = "a test" };
    const struct journal_news news = {
        .window = &window,
        .plan = kind == JOURNAL_OPENED ? "[plan]\nname = admt\n" : NULL,
        .count = 1,
        .changes = &change,
        .approval_count = count,
        .approvals = approvals,
    };

    assert_true(change_record_read("test", change_text, strlen(change_text), &change, err));
    assert_true(window_record_read("test", window_text, strlen(window_text), &window, err));
    return journal_commit(journal, &event, &news, err);
}

static bool see_approved(void *user, const struct journal_entry *entry, struct ajar_error *err)
{
    (void)err;
    if (entry->sequence == 1)
        assert_string_equal(entry->approved, "bob@example.test, bob-example.test");
    else
        assert_null(entry->approved);
    ++*(int *)user;
    return true;
}

static void an_opening_keeps_its_approvals(void **state)
{
    OWNED(journal_close) struct journal *journal = open_journal(*state);
    OWNED(journal_window_release) struct journal_window window = { 0 };
    struct approval_record approvals[] = { read_one(WHOLE), read_one(WHOLE) };
    struct ajar_error err = AJAR_NO_ERROR;
    int entries = 0;

    assert_true(text_replace(&approvals[1].by, "bob-example.test", &err));
    if (!commit(journal, JOURNAL_OPENED, approvals, 2, &err))
        fail_msg("%s", err.text);
    assert_true(journal_load(journal, ID, &window, &err));
    assert_int_equal(window.approvals.count, 2);
    for (size_t i = 0; i < 2; i++) {
        OWNED(free) char *text = NULL;

        assert_true(approval_record_write(&window.approvals.list[i], &text, &err));
        assert_int_equal(strncmp(text, "[approval]\n" PLAN "by = bob", 84), 0);
    }
    assert_false(commit(journal, JOURNAL_RESUMED, approvals, 1, &err));
    assert_non_null(strstr(err.text, "is opened already: nobody approves of it now"));
    err = AJAR_NO_ERROR;
    assert_true(commit(journal, JOURNAL_RESUMED, NULL, 0, &err));
    assert_true(journal_log(journal, see_approved, &entries, &err));
    assert_int_equal(entries, 2);
    approval_record_release(&approvals[0]);
    approval_record_release(&approvals[1]);
}

static void an_opening_takes_its_own_plan_and_each_person_once(void **state)
{
    OWNED(journal_close) struct journal *journal = open_journal(*state);
    struct approval_record approvals[] = { read_one(WHOLE), read_one(WHOLE) };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(text_replace(&approvals[1].by, "BOB@example.test", &err));
    assert_false(commit(journal, JOURNAL_OPENED, approvals, 2, &err));
    assert_non_null(strstr(err.text, "two approvals of BOB@example.test"));
    err = AJAR_NO_ERROR;
    assert_true(text_replace(&approvals[0].plan, OTHER, &err));
    assert_false(commit(journal, JOURNAL_OPENED, approvals, 1, &err));
    assert_non_null(strstr(err.text, "of bob@example.test is not of the plan"));
    err = AJAR_NO_ERROR;
    assert_int_equal(journal_entries(journal), 0);
    approval_record_release(&approvals[0]);
    approval_record_release(&approvals[1]);
}

#define IN_FOLDER(name) cmocka_unit_test_setup_teardown(name, set_folder, clear_folder)

int main(void)
{
    struct CMUnitTest tests[LENGTH(fault_cases) + LENGTH(name_cases) + 7] = {
        cmocka_unit_test(what_is_signed_is_between_heading_and_signature),
        cmocka_unit_test(a_long_record_is_read_back),
        IN_FOLDER(one_after_the_other_goes_beside_the_plan),
        IN_FOLDER(all_at_once_lose_nothing),
        IN_FOLDER(a_mistake_beside_the_plan_has_its_line),
        IN_FOLDER(an_opening_keeps_its_approvals),
        IN_FOLDER(an_opening_takes_its_own_plan_and_each_person_once),
    };
    size_t count = 7;

    ADD_CASES(fault_cases, run_fault_case);
    ADD_CASES(name_cases, run_name_case);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
