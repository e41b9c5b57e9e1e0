/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A key of a policy's template, opened and put back in a domain in memory, with each of its writes
 * cut off once.
 */
#include "base/text.h"
#include "fake/fake_domain.h"
#include "model/gpt.h"
#include "model/state.h"
#include "model/template.h"
#include "provider/catalog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define GUID     "{6AC1786C-016F-11D2-945F-00C04FB984F9}"
#define DN       "CN=" GUID ",CN=Policies,CN=System," FAKE_DOMAIN_DN
#define FOLDER   "target.test/Policies/" GUID
#define TEMPLATE FOLDER "/MACHINE/Microsoft/Windows NT/SecEdit/GptTmpl.inf"
#define SECURITY "[" GPT_SECURITY_EXTENSION GPT_SECURITY_TOOL "]"

/* A section as a plan file would have it. */
struct plan_section {
    struct ini *ini;
    struct setting setting;
};

static void section_read(struct plan_section *plan, const char *fields)
{
    OWNED(free) char *text = text_make("[policy p]\n%s", fields);
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(ini_read("plan.ini", text, strlen(text), INI_PLAIN, &plan->ini, &err));
    plan->setting =
        (struct setting){ "plan.ini", &plan->ini->sections[0], PLACE_DOMAIN, "target.test" };
}

static void plan_release(struct plan_section *plan)
{
    ini_free(plan->ini);
}
DEFINE_OWNED_STRUCT(struct plan_section, plan_release);

#define AUDIT                                                   \
    "gpo = default-domain-controllers\nsection = Event Audit\n" \
    "key = AuditAccountManage\n"

/* What the domain has before a test. */
struct start {
    const char *name;
    const char *template; /* NULL: no file; "": an empty one */
    const char *extensions;
    bool has_folders; /* without a file */
    const char *open;
};

static const struct start starts[] = {
    { "a file of its own", NULL, NULL, false, "3" },
    { "a file of its own, in folders that are there", NULL, SECURITY, true, "3" },
    { "an empty file", "", SECURITY, false, "3" },
    { "a section of its own", "[Version]\r\nRevision=1\r\n", SECURITY, false, "3" },
    { "a line of its own", "[Event Audit]\r\nx = 1\r\n[B]\r\n", SECURITY, false, "3" },
    { "a longer value", "[Event Audit]\nAuditAccountManage=0\n", SECURITY, false, "3333" },
    { "a shorter value", "[Event Audit]\nAuditAccountManage = 0000\n", NULL, false, "3" },
    { "a key that goes", "[Event Audit]\r\nAuditAccountManage = 1\r\nx = 1\r\n", SECURITY, false,
      "absent" },
};

static void make_domain(const struct start *start)
{
    static const char version[] = "[General]\r\nVersion=65541";

    fake_domain_reset();
    fake_domain_set(DN, "displayName", "Default Domain Controllers Policy");
    fake_domain_set(DN, "gPCFileSysPath", "\\\\target.test\\sysvol\\target.test\\Policies\\" GUID);
    fake_domain_set(DN, "versionNumber", "65541");
    fake_domain_set(DN, "gPCMachineExtensionNames", start->extensions);
    fake_domain_put(FOLDER "/MACHINE", NULL, 0);
    if (start->has_folders)
        fake_domain_put(FOLDER "/MACHINE/Microsoft/Windows NT", NULL, 0);
    if (start->template)
        fake_domain_put(TEMPLATE, start->template, strlen(start->template));
    fake_domain_put(FOLDER "/GPT.INI", version, strlen(version));
}

static void make_plan(const char *open, struct plan_section *ret_plan)
{
    OWNED(free) char *fields = text_make(AUDIT "open = %s\n", open);
    struct ajar_error err = AJAR_NO_ERROR;

    section_read(ret_plan, fields);
    assert_true(provider_policy.check(&ret_plan->setting, &err));
}

static void look(const struct plan_section *plan, struct ajar_state *ret_now)
{
    struct ajar_error err = AJAR_NO_ERROR;

    if (!provider_policy.observe(NULL, &plan->setting, ret_now, &err))
        fail_msg("%s", err.text);
}

static uint32_t version_in_file(void)
{
    struct ajar_error err = AJAR_NO_ERROR;
    uint32_t version = 0;

    assert_true(gpt_read_version(fake_domain_file(FOLDER "/GPT.INI"), &version, &err));
    return version;
}

static uint32_t version_in_directory(void)
{
    struct ajar_error err = AJAR_NO_ERROR;
    uint32_t version = 0;

    assert_true(gpt_parse_version(fake_domain_get(DN, "versionNumber"), &version, &err));
    return version;
}

static bool write_once(const struct plan_section *plan, const struct ajar_state *from,
                       const struct ajar_state *to)
{
    struct ajar_error err = AJAR_NO_ERROR;

    return provider_policy.write(NULL, &plan->setting, from, to, &err);
}

/* As the engine opens, and resumes opening: looks, and writes when that is due. */
static bool open_policy(const struct plan_section *plan, const struct ajar_state *before)
{
    OWNED(ajar_state_release) struct ajar_state wanted = { 0 };
    OWNED(ajar_state_release) struct ajar_state now = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(provider_policy.want(&plan->setting, &wanted, &err));
    look(plan, &now);
    if (provider_policy.match(&now, &wanted) == MATCH_SAME)
        return true;
    if (provider_policy.match(&now, before) == MATCH_OTHER)
        fail_msg("the engine would call this a conflict");
    return write_once(plan, &now, &wanted);
}

/* As it closes. */
static bool close_policy(const struct plan_section *plan, const struct ajar_state *before)
{
    OWNED(ajar_state_release) struct ajar_state wanted = { 0 };
    OWNED(ajar_state_release) struct ajar_state now = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(provider_policy.want(&plan->setting, &wanted, &err));
    look(plan, &now);
    if (provider_policy.match(&now, before) == MATCH_SAME)
        return true;
    if (provider_policy.match(&now, before) == MATCH_OTHER &&
        provider_policy.match(&now, &wanted) != MATCH_SAME)
        fail_msg("the engine would call this a conflict");
    return write_once(plan, &now, before);
}

static void expect_settled(const struct plan_section *plan, const struct ajar_state *meant)
{
    OWNED(ajar_state_release) struct ajar_state now = { 0 };

    look(plan, &now);
    assert_int_equal(provider_policy.match(&now, meant), MATCH_SAME);
    /* One that never was may stay so, when nothing was written. */
    if (!ajar_state_fact(meant, "unsettled"))
        assert_null(ajar_state_fact(&now, "unsettled"));
    assert_int_equal(version_in_file(), version_in_directory());
}

/* The files and the list are those of before; the version is another. */
static void expect_closed(const struct start *start, const struct plan_section *plan,
                          const struct ajar_state *before, size_t files)
{
    const struct bytes *file = fake_domain_file(TEMPLATE);
    const char *names = fake_domain_get(DN, "gPCMachineExtensionNames");

    expect_settled(plan, before);
    assert_int_equal(fake_domain_count(), files);
    assert_int_equal(file != NULL, start->template != NULL);
    if (file) {
        assert_int_equal(file->size, strlen(start->template));
        if (file->size > 0)
            assert_memory_equal(file->at, start->template, file->size);
    }
    if (!start->extensions && !start->template)
        assert_null(names);
    assert_int_equal(version_in_file() >> 16, 1);
}

static void expect_open(const struct plan_section *plan)
{
    OWNED(ajar_state_release) struct ajar_state wanted = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(provider_policy.want(&plan->setting, &wanted, &err));
    expect_settled(plan, &wanted);
    if (wanted.exists)
        assert_string_equal(fake_domain_get(DN, "gPCMachineExtensionNames"), SECURITY);
}

static void run_start(void **state)
{
    const struct start *start = *state;
    OWNED(plan_release) struct plan_section plan = { 0 };
    OWNED(ajar_state_release) struct ajar_state before = { 0 };
    size_t files;

    make_domain(start);
    files = fake_domain_count();
    make_plan(start->open, &plan);
    look(&plan, &before);
    assert_true(open_policy(&plan, &before));
    expect_open(&plan);
    assert_int_equal(version_in_file(), 65542);
    assert_true(open_policy(&plan, &before)); /* is so already */
    assert_int_equal(version_in_file(), 65542);
    assert_true(close_policy(&plan, &before));
    expect_closed(start, &plan, &before, files);
    assert_int_equal(version_in_file(), 65543);
    assert_true(close_policy(&plan, &before));
    assert_int_equal(version_in_file(), 65543);
    fake_domain_clear();
}

/* What is done with a domain in which opening, or closing, was cut off. */
enum story { OPEN_OPEN_CLOSE, OPEN_CLOSE, CLOSE_CLOSE, STORIES };

/* One story with the Nth write cut off; false when there is no Nth write. */
static bool tell(const struct start *start, enum story story, int at, bool after)
{
    OWNED(plan_release) struct plan_section plan = { 0 };
    OWNED(ajar_state_release) struct ajar_state before = { 0 };
    bool struck;
    size_t files;

    make_domain(start);
    files = fake_domain_count();
    make_plan(start->open, &plan);
    look(&plan, &before);
    if (story == CLOSE_CLOSE)
        assert_true(open_policy(&plan, &before));
    fake_domain_fail(at, after);
    struck = story == CLOSE_CLOSE ? !close_policy(&plan, &before) : !open_policy(&plan, &before);
    assert_int_equal(struck, fake_domain_writes() >= at);
    fake_domain_fail(0, false);
    if (story == OPEN_OPEN_CLOSE) {
        assert_true(open_policy(&plan, &before));
        expect_open(&plan);
    }
    assert_true(close_policy(&plan, &before));
    expect_closed(start, &plan, &before, files);
    return struck;
}

static void run_faults(void **state)
{
    const struct start *start = *state;

    for (int story = 0; story < STORIES; story++) {
        for (int after = 0; after <= 1; after++) {
            int at = 1;

            while (tell(start, (enum story)story, at, after != 0))
                at++;
            assert_true(at >= 4); /* template, GPT.INI, directory */
        }
    }
    fake_domain_clear();
}

static const struct start audit_is_off = { "", "[Event Audit]\r\nAuditAccountManage = 0\r\n",
                                           SECURITY, false, "3" };

#define EDITED "[Event Audit]\r\nAuditAccountManage = 0\r\nx = 1\r\n"

static void somebody_edits(void)
{
    fake_domain_put(TEMPLATE, EDITED, strlen(EDITED));
}

static void somebody_raises(void)
{
    fake_domain_set(DN, "versionNumber", "65999");
}

static void expect_conflict(const struct plan_section *plan, const struct ajar_state *from)
{
    OWNED(ajar_state_release) struct ajar_state wanted = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(provider_policy.want(&plan->setting, &wanted, &err));
    fake_domain_fail(0, false);
    assert_false(provider_policy.write(NULL, &plan->setting, from, &wanted, &err));
    assert_int_equal(err.status, AJAR_ECONFLICT);
    assert_int_equal(fake_domain_writes(), 0);
}

static void test_another_value_is_a_conflict(void **state)
{
    static const char text[] = "[Event Audit]\r\nAuditAccountManage = 1\r\n";
    OWNED(plan_release) struct plan_section plan = { 0 };
    OWNED(ajar_state_release) struct ajar_state before = { 0 };
    OWNED(ajar_state_release) struct ajar_state now = { 0 };

    (void)state;
    make_domain(&audit_is_off);
    make_plan("3", &plan);
    look(&plan, &before);
    fake_domain_put(TEMPLATE, text, strlen(text));
    look(&plan, &now);
    assert_string_equal(ajar_state_fact(&now, "unsettled"), "versions");
    assert_int_equal(provider_policy.match(&now, &before), MATCH_OTHER);
    expect_conflict(&plan, &before);
    fake_domain_clear();
}

/* Between the look that decides and the write: it is left alone, whatever the edit is. */
static void test_an_edit_a_moment_ago_is_a_conflict(void **state)
{
    OWNED(plan_release) struct plan_section plan = { 0 };
    OWNED(ajar_state_release) struct ajar_state before = { 0 };

    (void)state;
    make_domain(&audit_is_off);
    make_plan("3", &plan);
    look(&plan, &before);
    fake_domain_before_read(3, somebody_edits); /* template, GPT.INI, template again */
    expect_conflict(&plan, &before);
    assert_int_equal(fake_domain_file(TEMPLATE)->size, strlen(EDITED));
    fake_domain_clear();
}

static void test_an_edit_of_another_line_stays(void **state)
{
    OWNED(plan_release) struct plan_section plan = { 0 };
    OWNED(ajar_state_release) struct ajar_state before = { 0 };

    (void)state;
    make_domain(&audit_is_off);
    make_plan("3", &plan);
    look(&plan, &before);
    assert_true(open_policy(&plan, &before));
    fake_domain_put(TEMPLATE, "[Event Audit]\r\nAuditAccountManage = 3\r\nx = 1\r\n",
                    strlen(EDITED));
    fake_domain_put(FOLDER "/GPT.INI", "[General]\r\nVersion=65542", 24);
    assert_true(close_policy(&plan, &before));
    assert_int_equal(fake_domain_file(TEMPLATE)->size, strlen(EDITED));
    assert_memory_equal(fake_domain_file(TEMPLATE)->at, EDITED, strlen(EDITED));
    fake_domain_clear();
}

static void test_a_version_that_somebody_raises_is_raised_above(void **state)
{
    OWNED(plan_release) struct plan_section plan = { 0 };
    OWNED(ajar_state_release) struct ajar_state before = { 0 };

    (void)state;
    make_domain(&audit_is_off);
    make_plan("3", &plan);
    look(&plan, &before);
    fake_domain_meanwhile(3, somebody_raises); /* template, GPT.INI, now */
    assert_true(open_policy(&plan, &before));
    fake_domain_meanwhile(0, NULL);
    assert_int_equal(version_in_directory(), 66000);
    assert_int_equal(version_in_file(), 66000);
    fake_domain_clear();
}

/* What others put beside it stays when a file or a section of its own goes. */
static void test_what_others_add_stays(void **state)
{
    static const char other[] = "[Version]\r\nRevision=1\r\n[Event Audit]\r\n"
                                "AuditAccountManage = 3\r\nAuditDSAccess = 1\r\n";
    OWNED(plan_release) struct plan_section plan = { 0 };
    OWNED(ajar_state_release) struct ajar_state before = { 0 };
    OWNED(ajar_state_release) struct ajar_state after = { 0 };

    (void)state;
    make_domain(&starts[0]);
    make_plan("3", &plan);
    look(&plan, &before);
    assert_true(open_policy(&plan, &before));
    fake_domain_put(TEMPLATE, other, strlen(other));
    fake_domain_put(FOLDER "/GPT.INI", "[General]\r\nVersion=65542", 24);
    assert_true(close_policy(&plan, &before));
    look(&plan, &after);
    assert_int_equal(provider_policy.match(&after, &before), MATCH_NEAR);
    assert_memory_equal(fake_domain_file(TEMPLATE)->at + 23, "[Event Audit]\r\nAuditDSA", 23);
    assert_string_equal(fake_domain_get(DN, "gPCMachineExtensionNames"), SECURITY);
    fake_domain_clear();
}

/* Only a state that is as the plan asks, and of the recorded version, is our own. */
static const struct match_case {
    const char *name;
    const char *now[5][2];
    const char *meant[5][2];
    enum match match;
} match_cases[] = {
    { "match: equal", { { "value", "3" } }, { { "value", "3" } }, MATCH_SAME },
    { "match: equal numbers", { { "value", "03" } }, { { "value", "3" } }, MATCH_SAME },
    { "match: zeros", { { "value", "000" } }, { { "value", "0" } }, MATCH_SAME },
    { "match: equal texts", { { "value", "4,1" } }, { { "value", "4,1" } }, MATCH_SAME },
    { "match: another number", { { "value", "30" } }, { { "value", "3" } }, MATCH_OTHER },
    { "match: another text", { { "value", "4,01" } }, { { "value", "4,1" } }, MATCH_OTHER },
    { "match: another version",
      { { "value", "3" }, { "version", "2" } },
      { { "value", "3" }, { "version", "1" } },
      MATCH_SAME },
    { "match: there, meant to be absent",
      { { "value", "3" } },
      { { "version", "1" } },
      MATCH_OTHER },
    { "match: absent, without its file",
      { { "file", "absent" }, { "above", "MACHINE" } },
      { { "file", "absent" }, { "above", "MACHINE" }, { "version", "1" } },
      MATCH_SAME },
    { "match: absent, with more folders",
      { { "file", "absent" }, { "above", "MACHINE/x" } },
      { { "file", "absent" }, { "above", "MACHINE" }, { "version", "1" } },
      MATCH_NEAR },
    { "match: absent, the file is there",
      { { "section", "absent" } },
      { { "file", "absent" }, { "above", "MACHINE" }, { "version", "1" } },
      MATCH_NEAR },
    { "match: absent, the section is there",
      { { "version", "1" } },
      { { "section", "absent" }, { "version", "1" } },
      MATCH_NEAR },
    { "match: absent, as a plan asks",
      { { "file", "absent" }, { "above", "." } },
      { { NULL } },
      MATCH_SAME },
    { "match: as meant, not settled",
      { { "value", "3" }, { "unsettled", "versions" } },
      { { "value", "3" } },
      MATCH_NEAR },
    { "match: never settled",
      { { "value", "3" }, { "unsettled", "versions" } },
      { { "value", "3" }, { "unsettled", "versions" }, { "version", "1" } },
      MATCH_SAME },
    { "match: settled meanwhile",
      { { "value", "3" } },
      { { "value", "3" }, { "unsettled", "versions" }, { "version", "1" } },
      MATCH_SAME },
    { "match: our own opening, cut off",
      { { "value", "3" }, { "unsettled", "opening" }, { "version", "1" } },
      { { "value", "0" }, { "version", "1" } },
      MATCH_NEAR },
    { "match: our own opening, but of another version",
      { { "value", "3" }, { "unsettled", "opening" }, { "version", "2" } },
      { { "value", "0" }, { "version", "1" } },
      MATCH_OTHER },
    { "match: somebody's writing, cut off",
      { { "value", "1" }, { "unsettled", "versions" }, { "version", "1" } },
      { { "value", "0" }, { "version", "1" } },
      MATCH_OTHER },
};

static void make_state(const char *const facts[5][2], struct ajar_state *ret_state)
{
    struct ajar_error err = AJAR_NO_ERROR;

    *ret_state = (struct ajar_state){ .known = true };
    for (size_t i = 0; i < 5 && facts[i][0]; i++) {
        ret_state->exists = ret_state->exists || strcmp(facts[i][0], "value") == 0;
        assert_true(ajar_state_set(ret_state, facts[i][0], facts[i][1], &err));
    }
}

static void run_match_case(void **state)
{
    const struct match_case *row = *state;
    OWNED(ajar_state_release) struct ajar_state now = { 0 };
    OWNED(ajar_state_release) struct ajar_state meant = { 0 };
    const struct ajar_state unknown = { 0 };

    make_state(row->now, &now);
    make_state(row->meant, &meant);
    assert_int_equal(provider_policy.match(&now, &meant), row->match);
    assert_int_equal(provider_policy.match(&now, &unknown), MATCH_OTHER);
    assert_int_equal(provider_policy.match(&unknown, &meant), MATCH_OTHER);
}

#define IN(section, key, open) \
    "gpo = default-domain\nsection = " section "\nkey = " key "\nopen = " open "\n"
#define DEFAULT_DOMAIN "GPO {31B2F340-016D-11D2-945F-00C04FB984F9} "

static const struct section_case {
    const char *name;
    const char *fields;
    const char *thing; /* NULL: refused */
    const char *says;  /* then */
} section_cases[] = {
    { "section: audit", AUDIT "open = 3\nclosed = absent\n",
      "GPO " GUID " [Event Audit] AuditAccountManage", NULL },
    { "section: a registry value", IN("Registry Values", "MACHINE\\a\\b", "4,1"),
      DEFAULT_DOMAIN "[Registry Values] MACHINE\\a\\b", NULL },
    { "section: a GUID in lower case",
      "gpo = {31b2f340-016d-11d2-945f-00c04fb984f9}\nsection = A\nkey = b\nopen = 1\n",
      DEFAULT_DOMAIN "[A] b", NULL },
    { "section: a GUID without braces",
      "gpo = 31b2f340-016d-11d2-945f-00c04fb984f9\nsection = A\nkey = b\nopen = 1\n", NULL,
      "plan.ini:2: gpo" },
    { "section: a name of nobody", "gpo = Default\nsection = A\nkey = b\nopen = 1\n", NULL,
      "plan.ini:2: gpo" },
    { "section: a bracket in the section", IN("A]", "b", "1"), NULL, "plan.ini:5: " },
    { "section: a key that is a section", IN("A", "[b", "1"), NULL, "plan.ini:5: " },
};

static void run_section_case(void **state)
{
    const struct section_case *row = *state;
    OWNED(plan_release) struct plan_section plan = { 0 };
    OWNED(free) char *thing = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    section_read(&plan, row->fields);
    assert_int_equal(provider_policy.check(&plan.setting, &err), row->thing != NULL);
    if (!row->thing) {
        assert_int_equal(err.status, AJAR_EPLAN);
        assert_memory_equal(err.text, row->says, strlen(row->says));
        return;
    }
    assert_true(provider_policy.thing(&plan.setting, &thing, &err));
    assert_string_equal(thing, row->thing);
}

static void test_a_policy_that_is_not_there(void **state)
{
    OWNED(plan_release) struct plan_section plan = { 0 };
    struct ajar_state now = { .count = 77 };
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    fake_domain_reset();
    make_plan("3", &plan);
    assert_false(provider_policy.observe(NULL, &plan.setting, &now, &err));
    assert_int_equal(err.status, AJAR_EMISSING);
    assert_non_null(strstr(err.text, GUID));
    assert_true(*err.hint);
    assert_int_equal(now.count, 77);
    err = AJAR_NO_ERROR;
    fake_domain_set(DN, "gPCFileSysPath", "\\\\target.test\\sysvol\\target.test\\Policies\\" GUID);
    assert_false(provider_policy.observe(NULL, &plan.setting, &now, &err));
    assert_int_equal(err.status, AJAR_EMISSING);
    err = AJAR_NO_ERROR;
    fake_domain_set(DN, "gPCFileSysPath", "\\\\elsewhere\\share\\x");
    assert_false(provider_policy.observe(NULL, &plan.setting, &now, &err));
    assert_int_equal(err.status, AJAR_EPROTOCOL);
    fake_domain_clear();
}

static void test_a_phrase_says_what_is_not_announced(void **state)
{
    static const struct {
        const char *facts[5][2];
        const char *phrase;
    } rows[] = {
        { { { "value", "4,1" } }, "4,1" },
        { { { "file", "absent" } }, "absent" },
        { { { "value", "3" }, { "unsettled", "opening" } }, "3 (not announced to clients)" },
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        OWNED(ajar_state_release) struct ajar_state made = { 0 };
        OWNED(free) char *phrase = NULL;
        struct ajar_error err = AJAR_NO_ERROR;

        make_state(rows[i].facts, &made);
        assert_true(provider_policy.phrase(&made, &phrase, &err));
        assert_string_equal(phrase, rows[i].phrase);
    }
}

#define ADD_CASES(rows, run)                                 \
    for (size_t i = 0; i < LENGTH(rows); i++)                \
        tests[count++] = (struct CMUnitTest)                 \
        {                                                    \
            .name = (rows)[i].name, .test_func = (run),      \
            .initial_state = (void *)(uintptr_t) & (rows)[i] \
        }

int main(void)
{
    struct CMUnitTest
        tests[2 * LENGTH(starts) + LENGTH(match_cases) + LENGTH(section_cases) + 7] = {
            cmocka_unit_test(test_another_value_is_a_conflict),
            cmocka_unit_test(test_an_edit_a_moment_ago_is_a_conflict),
            cmocka_unit_test(test_an_edit_of_another_line_stays),
            cmocka_unit_test(test_a_version_that_somebody_raises_is_raised_above),
            cmocka_unit_test(test_what_others_add_stays),
            cmocka_unit_test(test_a_policy_that_is_not_there),
            cmocka_unit_test(test_a_phrase_says_what_is_not_announced),
        };
    size_t count = 7;

    ADD_CASES(starts, run_start);
    ADD_CASES(starts, run_faults);
    ADD_CASES(match_cases, run_match_case);
    ADD_CASES(section_cases, run_section_case);
    return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
