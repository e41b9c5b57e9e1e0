/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal/saved_plan.h"

#include "base/file.h"
#include "base/text.h"
#include "rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#define COMMENT "# A plan that ajar saved: ajar show FILE, ajar approve FILE, ajar apply FILE.\n"
#define HEAD                                                                                     \
    "\n[saved-plan]\nformat = 1\nmade = 2026-11-21T08:00:00Z\nby = alice\nhost = adm1\nversion " \
    "= 0.1.0\ntoward = open\n"
#define CHANGE(n)                                                                         \
    "\n[change " #n "]\nsetting = allow-password-export\nkind = registry\ntarget = dc" #n \
    ".source.test\n"                                                                      \
    "place = host\nthing = HKLM\\Lsa:AllowPasswordExport\naction = create\n"
#define BEFORE(n)   "\n[before " #n "]\nexists = no\nkey = empty\n"
#define WANTED(n)   "\n[wanted " #n "]\nexists = yes\ntype = REG_DWORD\ndata = 01000000\n"
#define EVIDENCE(n) "\n[evidence " #n "]\nexists = yes\nexact = yes\nversion = 7\n"
#define REQUIREMENT                                                                       \
    "\n[requirement 1]\nname = dns\ntarget = source.test\ncheck = names\nresult = pass\n" \
    "reason = it resolves\nat = 2026-11-21T08:00:00Z\n"
#define PLAN                                                                        \
    "[plan]\nname = admt\n\n[parameters]\nhost = dc1.source.test\n\n[registry x]\n" \
    "on = host dc1.source.test\n"
#define WHOLE                                                                            \
    COMMENT HEAD CHANGE(1) BEFORE(1) WANTED(1) EVIDENCE(1) CHANGE(2) BEFORE(2) WANTED(2) \
        REQUIREMENT "\n" PLAN

/* The text with its seal, to be freed. */
static char *seal(const char *text)
{
    OWNED(text_release) struct text sealed = TEXT_UP_TO(1 << 20);

    text_append(&sealed, text);
    text_append(&sealed, "\n[seal]\n");
    return text_make("%ssha256 = %s\n", text_peek(&sealed),
                     sha256_of(text_peek(&sealed), sealed.size).hex);
}

static void read_sealed(const char *text, struct saved_plan *saved)
{
    OWNED(free) char *sealed = seal(text);
    struct ajar_error err = AJAR_NO_ERROR;

    if (!saved_plan_from_text("p.saved", sealed, strlen(sealed), saved, &err))
        fail_msg("%s", err.text);
}

static void test_what_was_saved_is_read(void **state)
{
    OWNED(saved_plan_release) struct saved_plan saved = { 0 };

    (void)state;
    read_sealed(WHOLE, &saved);
    assert_string_equal(saved.file, "p.saved");
    assert_string_equal(saved.by, "alice");
    assert_string_equal(saved.host, "adm1");
    assert_string_equal(saved.tool_version, "0.1.0");
    assert_false(saved.toward_closed);
    assert_string_equal(saved.plan, PLAN);
    assert_int_equal(saved.count, 2);
    assert_string_equal(saved.changes[1].record.target, "dc2.source.test");
    assert_int_equal(saved.changes[1].record.state, CHANGE_INTENDED);
    assert_false(saved.changes[0].record.before.exists);
    assert_string_equal(ajar_state_fact(&saved.changes[0].record.wanted, "data"), "01000000");
    assert_string_equal(ajar_state_fact(&saved.changes[0].evidence, "version"), "7");
    assert_false(saved.changes[1].evidence.known);
    assert_int_equal(saved.requirement_count, 1);
    assert_string_equal(saved.requirements[0].reason, "it resolves");
}

static void test_it_is_written_byte_by_byte(void **state)
{
    static const char *const texts[] = {
        WHOLE,
        COMMENT "\n[saved-plan]\nformat = 1\nmade = 2026-11-21T08:00:00Z\nby = \"a\\tb\"\n"
                "host = adm1\nversion = 0.1.0\ntoward = closed\n\n" PLAN,
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(texts); i++) {
        OWNED(saved_plan_release) struct saved_plan saved = { 0 };
        OWNED(free) char *sealed = seal(texts[i]);
        OWNED(free) char *text = NULL;
        struct sha256 hash = { .hex = "" };
        struct ajar_error err = AJAR_NO_ERROR;

        read_sealed(texts[i], &saved);
        assert_true(saved_plan_to_text(&saved, &text, &hash, &err));
        assert_string_equal(text, sealed);
        assert_string_equal(hash.hex, saved.seal.hex);
        assert_non_null(strstr(text, hash.hex));
    }
}

/* Each byte in turn is another one: the file is never read as something else, or as the same. */
static void test_no_byte_can_be_altered(void **state)
{
    OWNED(free) char *sealed = seal(WHOLE);
    size_t size = strlen(sealed);

    (void)state;
    for (size_t i = 0; i < size; i++) {
        OWNED(free) char *altered = text_copy(sealed);
        struct saved_plan saved = { 0 };
        struct ajar_error err = AJAR_NO_ERROR;

        altered[i] ^= 1;
        assert_false(saved_plan_from_text("p", altered, size, &saved, &err));
        assert_int_equal(err.status, AJAR_EPLAN);
        assert_null(saved.plan);
    }
}

static void test_no_part_of_it_is_read(void **state)
{
    OWNED(free) char *sealed = seal(WHOLE);
    size_t size = strlen(sealed);

    (void)state;
    for (size_t i = 0; i < size; i++) {
        struct saved_plan saved = { 0 };
        struct ajar_error err = AJAR_NO_ERROR;

        assert_false(saved_plan_from_text("p", sealed, i, &saved, &err));
        assert_int_equal(err.status, AJAR_EPLAN);
    }
}

struct wrong {
    const char *name;
    const char *text; /* to be sealed, unless it has one of its own */
    const char *says;
    const char *hint;
};

static const struct wrong wrongs[] = {
    { "an altered value says what happened",
      WHOLE "\n[seal]\nsha256 = "
            "0000000000000000000000000000000000000000000000000000000000000000\n",
      "p: it was changed after it was saved: its seal does not match",
      "save it again: ajar plan PLAN --out FILE" },
    { "without a seal", WHOLE "\n[seal]\nsha256 = 00\n",
      "p: it was changed after it was saved: it does not end with its seal",
      "save it again: ajar plan PLAN --out FILE" },
    { "another format", "[saved-plan]\nformat = 2\nnews = 1\n",
      "p: a saved plan of format 2; this ajar reads format 1",
      "use the ajar that saved it, or one that is later" },
    { "no format", "[saved-plan]\nmade = 1\n",
      "p: it was changed after it was saved: it does not say its format",
      "save it again: ajar plan PLAN --out FILE" },
    { "a format that is no number", "[saved-plan]\nformat = 1x\n",
      "p: it was changed after it was saved: it does not say its format",
      "save it again: ajar plan PLAN --out FILE" },
    { "a plan file", "# one\n[plan]\nname = a\n", "p: this is no saved plan",
      "a plan is saved with ajar plan PLAN --out FILE" },
    { "a change without its states", COMMENT HEAD CHANGE(1) "\n" PLAN, "p: [before 1] is missing",
      "" },
    { "changes out of order", COMMENT HEAD CHANGE(2) BEFORE(2) WANTED(2) "\n" PLAN,
      "p:11: [plan] is missing behind the changes", "" },
    { "evidence of another change",
      COMMENT HEAD CHANGE(1) BEFORE(1) WANTED(1) EVIDENCE(2) "\n" PLAN,
      "p: [evidence 1] is missing", "" },
    { "a state that nobody knows",
      COMMENT HEAD CHANGE(1) "\n[before 1]\nknown = no\n" WANTED(1) "\n" PLAN,
      "p:11: [registry allow-password-export] on dc1.source.test: nobody knows what it is changed "
      "from",
      "" },
    { "a name that leads elsewhere",
      COMMENT HEAD "\n[change 1]\nsetting = a\nkind = registry\ntarget = ../etc\nplace = host\n"
                   "thing = t\naction = none\n" BEFORE(1) WANTED(1) "\n" PLAN,
      "p:11: [registry a] on ../etc: a name that cannot be a file name", "" },
    { "no plan", COMMENT HEAD CHANGE(1) BEFORE(1) WANTED(1),
      "p:28: [plan] is missing behind the changes", "" },
    { "two seals", COMMENT HEAD "\n" PLAN "\n[seal]\nsha256 = 00\n", "section [seal] is at line",
      "" },
    { "a field that nobody knows",
      COMMENT "\n[saved-plan]\nformat = 1\nmade = 2026-11-21T08:00:00Z\nby = a\nhost = b\n"
              "version = 1\ntoward = open\nmood = good\n\n" PLAN,
      "p:10: ", "" },
};

static void run_wrong(void **state)
{
    const struct wrong *wrong = *state;
    bool sealed = strstr(wrong->text, "[seal]") && strcmp(wrong->name, "two seals") != 0;
    OWNED(free) char *text = sealed ? text_copy(wrong->text) : seal(wrong->text);
    struct saved_plan saved = { .count = 7 };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_false(saved_plan_from_text("p", text, strlen(text), &saved, &err));
    assert_int_equal(err.status, AJAR_EPLAN);
    if (!strstr(err.text, wrong->says))
        fail_msg("\"%s\" does not say \"%s\"", err.text, wrong->says);
    assert_string_equal(err.hint, wrong->hint);
    assert_int_equal(saved.count, 7);
}

static void test_an_empty_file(void **state)
{
    struct saved_plan saved = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    assert_false(saved_plan_from_text("p", "", 0, &saved, &err));
    assert_string_equal(err.text, "p: it is empty");
    assert_int_equal(err.status, AJAR_EPLAN);
}

static void test_what_is_not_known_is_not_saved(void **state)
{
    OWNED(saved_plan_release) struct saved_plan saved = { 0 };
    struct sha256 hash = { .hex = "" };
    char *text = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    read_sealed(WHOLE, &saved);
    ajar_state_release(&saved.changes[1].record.before);
    assert_false(saved_plan_to_text(&saved, &text, &hash, &err));
    assert_int_equal(err.status, AJAR_EJOURNAL);
    assert_string_equal(err.text, "[registry allow-password-export] on dc2.source.test: nobody "
                                  "knows what it is changed from");
    assert_null(text);
}

/* A folder for one test. */
static int enter_folder(void **state)
{
    struct ajar_error err = AJAR_NO_ERROR;
    char *folder = NULL;

    if (!file_make_temporary_folder("saved", &folder, &err))
        return -1;
    *state = folder;
    return 0;
}

static int leave_folder(void **state)
{
    struct ajar_error err = AJAR_NO_ERROR;
    bool good = file_remove_folder(*state, &err);

    free(*state);
    return good ? 0 : -1;
}

static void test_a_file_comes_back(void **state)
{
    OWNED(free) char *path = text_make("%s/p.saved", (const char *)*state);
    OWNED(saved_plan_release) struct saved_plan saved = { 0 };
    OWNED(saved_plan_release) struct saved_plan back = { 0 };
    struct sha256 hash = { .hex = "" };
    struct stat found;
    struct ajar_error err = AJAR_NO_ERROR;

    read_sealed(WHOLE, &saved);
    assert_false(saved_plan_is(path));
    assert_true(saved_plan_write(path, &saved, &hash, &err));
    assert_true(saved_plan_is(path));
    assert_int_equal(stat(path, &found), 0);
    assert_int_equal(found.st_mode & 0777, 0644);
    assert_true(saved_plan_read(path, &back, &err));
    assert_string_equal(back.file, path);
    assert_string_equal(back.seal.hex, hash.hex);
    assert_string_equal(back.seal.hex, saved.seal.hex);
}

static void test_a_saved_plan_is_replaced_and_nothing_else(void **state)
{
    static const char other[] = "# mine\n[plan]\nname = a\n";
    OWNED(free) char *path = text_make("%s/p.saved", (const char *)*state);
    OWNED(saved_plan_release) struct saved_plan saved = { 0 };
    OWNED(bytes_release) struct bytes bytes = { 0 };
    struct sha256 hash = { .hex = "" };
    struct ajar_error err = AJAR_NO_ERROR;

    read_sealed(WHOLE, &saved);
    assert_true(saved_plan_write(path, &saved, &hash, &err));
    assert_true(text_replace(&saved.by, "bob", &err));
    assert_true(saved_plan_write(path, &saved, &hash, &err));

    assert_true(file_write(path, other, strlen(other), 0600, &err));
    assert_false(saved_plan_is(path));
    assert_false(saved_plan_write(path, &saved, &hash, &err));
    assert_int_equal(err.status, AJAR_EUSAGE);
    assert_non_null(strstr(err.text, "is there already, and is no saved plan"));
    err = AJAR_NO_ERROR;
    assert_true(file_read(path, 1000, &bytes, &err));
    assert_int_equal(bytes.size, strlen(other));
    assert_false(saved_plan_check_place(*state, &err));
    assert_int_equal(err.status, AJAR_EUSAGE);
}

static void test_a_file_that_is_not_there(void **state)
{
    OWNED(free) char *path = text_make("%s/none", (const char *)*state);
    struct saved_plan saved = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_false(saved_plan_is(path));
    assert_true(saved_plan_check_place(path, &err));
    assert_false(saved_plan_read(path, &saved, &err));
    assert_int_equal(err.status, AJAR_EPLAN);
}

int main(void)
{
    static const struct CMUnitTest others[] = {
        cmocka_unit_test(test_what_was_saved_is_read),
        cmocka_unit_test(test_it_is_written_byte_by_byte),
        cmocka_unit_test(test_no_byte_can_be_altered),
        cmocka_unit_test(test_no_part_of_it_is_read),
        cmocka_unit_test(test_an_empty_file),
        cmocka_unit_test(test_what_is_not_known_is_not_saved),
        cmocka_unit_test_setup_teardown(test_a_file_comes_back, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(test_a_saved_plan_is_replaced_and_nothing_else,
                                        enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(test_a_file_that_is_not_there, enter_folder, leave_folder),
    };
    struct CMUnitTest tests[LENGTH(others) + LENGTH(wrongs)];
    size_t count = LENGTH(others);

    memcpy(tests, others, sizeof(others));
    ADD_CASES(wrongs, run_wrong);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
