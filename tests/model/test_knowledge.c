/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/knowledge.h"

#include "base/file.h"
#include "rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define HEAD  "[diagnose]\nname = k\ntitle = Knowledge\n"
#define CAUSE "[cause one]\ntitle = One\nseverity = error\nmeans = It is so.\n"
#define SHOWS "text = Access is denied.\n"
#define STEP  "step = Do something.\n"
#define WHOLE HEAD CAUSE SHOWS STEP

static const struct refusal {
    const char *name;
    const char *text;
    const char *says;
} refusals[] = {
    { "no heading", CAUSE SHOWS STEP, "k.ini:1: a file of knowledge needs a section [diagnose]" },
    { "no title", "[diagnose]\nname = k\n" CAUSE, "k.ini:1: [diagnose] needs a field \"title\"" },
    { "a field that is not known", HEAD "colour = red\n",
      "k.ini:4: [diagnose] has no field \"colour\"" },
    { "a section that is not known", HEAD "[reason x]\na = b\n",
      "k.ini:4: unknown section [reason x]; known are [diagnose] and [cause NAME]" },
    { "a cause without a name", HEAD "[cause]\na = b\n", "k.ini:4: unknown section [cause]" },
    { "a name that is none", HEAD "[cause One]\ntitle = t\nseverity = error\nmeans = m\n",
      "k.ini:4: [cause One] needs a name of lower-case" },
    { "a field of a cause that is not known", WHOLE "colour = red\n",
      "k.ini:10: [cause one] has no field \"colour\"" },
    { "no severity", HEAD "[cause one]\ntitle = One\nmeans = m\n" SHOWS STEP,
      "k.ini:4: [cause one] needs a field \"severity\"" },
    { "no meaning", HEAD "[cause one]\ntitle = One\nseverity = fine\n" SHOWS,
      "k.ini:4: [cause one] needs a field \"means\"" },
    { "a severity that is none",
      HEAD "[cause one]\ntitle = One\nseverity = fatal\nmeans = m\n" SHOWS,
      "k.ini:6: severity = \"fatal\" is not right: it is one of: error warning notice fine" },
    { "nothing that shows it", HEAD CAUSE STEP,
      "k.ini:4: [cause one] needs something that shows it" },
    { "no next step", HEAD CAUSE SHOWS, "k.ini:4: [cause one] needs a next step" },
    { "a number of letters", WHOLE "id = WRN1\n",
      "k.ini:10: id = \"WRN1\" is not right: a message number has 3 to 5 digits" },
    { "a number too long", WHOLE "id = 123456\n", "k.ini:10: id = \"123456\" is not right" },
    { "a placeholder that is not known", WHOLE "text = Failed for {user}.\n",
      "k.ini:10: text = \"Failed for {user}.\" is not right: \"{user}.\" is no placeholder" },
    { "a text that fits anywhere", WHOLE "text = {any}\n",
      "k.ini:10: text = \"{any}\" is not right: the text has less than 4 bytes" },
    { "a status of two words", WHOLE "status = Not found\n",
      "k.ini:10: status = \"Not found\" is not right: a status is one word" },
    { "a kind of log that is none", WHOLE "in = syslog\n",
      "k.ini:10: in = \"syslog\" is not right: it is one of: admt script password-sync-log any" },
    { "before nobody", WHOLE "before = two\n", "k.ini:10: before = \"two\" is not right" },
    { "before itself", WHOLE "before = one\n", "k.ini:10: before = \"one\" is not right" },
    { "before each other",
      WHOLE "before = two\n[cause two]\ntitle = Two\nseverity = fine\nmeans = m\n"
            "text = Another text\nbefore = one\n",
      "k.ini:10: [cause one] and [cause two] are each before the other" },
    { "no plan", WHOLE "bears-on = registry x\n",
      "k.ini:10: bears-on = \"registry x\" is not right: it is PLAN: KIND NAME" },
    { "no section", WHOLE "bears-on = p:\n", "k.ini:10: bears-on = \"p:\" is not right" },
    { "a section of one word", WHOLE "bears-on = p: registry\n",
      "k.ini:10: bears-on = \"p: registry\" is not right" },
    { "three words", WHOLE "bears-on = p: registry x y\n",
      "k.ini:10: bears-on = \"p: registry x y\" is not right" },
    { "a plan that is not there", WHOLE "bears-on = nowhere: registry x\n",
      "k.ini:10: bears-on names a plan that cannot be read" },
    { "a section that the plan lacks", WHOLE "bears-on = p: registry x, registry y\n",
      "k.ini:10: the plan p has no section [registry y]" },
    { "a sign of no kind", HEAD "sign = Password sync\n",
      "k.ini:4: sign = \"Password sync\" is not right: it is KIND: TEXT" },
    { "a sign of any kind", HEAD "sign = any: Password sync\n",
      "k.ini:4: sign = \"any: Password sync\" is not right" },
    { "an account line without one", HEAD "account = Processing {any}\n",
      "k.ini:4: account = \"Processing {any}\" is not right: it needs {account}" },
    { "a line that is no field", HEAD "nonsense\n", "k.ini:4: " },
};

#define PLAN  "[plan]\nname = p\nuse = q\n[registry x]\non = host ${h}\n"
#define OTHER "[plan]\nname = q\n[member z]\non = host ${h}\n"

struct folder {
    char *path;
    char *knowledge;
    char *plans;
};

static void write_file(const char *folder, const char *name, const char *text)
{
    OWNED(free) char *path = text_make("%s/%s", folder, name);
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(file_write(path, text, strlen(text), 0600, &err));
}

static void folder_make(struct folder *folder)
{
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(file_make_temporary_folder("ajar-knowledge", &folder->path, &err));
    folder->knowledge = text_make("%s/diagnose", folder->path);
    folder->plans = folder->path;
    assert_true(file_make_folder(folder->knowledge, &err));
    write_file(folder->plans, "p.ini", PLAN);
    write_file(folder->plans, "q.ini", OTHER);
}

static void folder_release(struct folder *folder)
{
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(file_remove_folder(folder->path, &err));
    free(folder->path);
    free(folder->knowledge);
}
DEFINE_OWNED_STRUCT(struct folder, folder_release);

static bool load(const struct folder *folder, struct ajar_knowledge **ret_knowledge,
                 struct ajar_error *err)
{
    const struct ajar_knowledge_source source = { folder->knowledge, folder->plans };

    return ajar_knowledge_load(&source, ret_knowledge, err);
}

static void run_refusal(void **state)
{
    const struct refusal *refusal = *state;
    OWNED(folder_release) struct folder folder = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_knowledge *knowledge = NULL;

    folder_make(&folder);
    write_file(folder.knowledge, "k.ini", refusal->text);
    assert_false(load(&folder, &knowledge, &err));
    assert_int_equal(err.status, AJAR_EPLAN);
    if (!strstr(err.text, refusal->says))
        fail_msg("%s", err.text);
    assert_null(knowledge);
}

static void test_what_a_cause_says_is_shown(void **state)
{
    OWNED(folder_release) struct folder folder = { 0 };
    OWNED(ajar_knowledge_free) struct ajar_knowledge *knowledge = NULL;
    struct ajar_error err = AJAR_NO_ERROR;
    const struct ajar_cause *const *causes = NULL;

    (void)state;
    folder_make(&folder);
    write_file(folder.knowledge, "b.ini",
               "[diagnose]\nname = b\ntitle = B\n[cause two]\n"
               "title = Two\nseverity = fine\nmeans = m\nid = 123\n");
    write_file(folder.knowledge, "a.ini",
               HEAD CAUSE SHOWS STEP "step = Then more.\nbears-on = p: registry x,member z\n"
                                     "reference = R\nunconfirmed = The half of it.\nin = admt\n");
    write_file(folder.knowledge, "README.md", "no knowledge");
    if (!load(&folder, &knowledge, &err))
        fail_msg("%s", err.text);
    assert_int_equal(ajar_knowledge_causes(knowledge, &causes), 2);
    assert_string_equal(causes[0]->name, "one");
    assert_string_equal(causes[0]->file, "k");
    assert_string_equal(causes[0]->file_title, "Knowledge");
    assert_string_equal(causes[0]->title, "One");
    assert_string_equal(causes[0]->means, "It is so.");
    assert_string_equal(causes[0]->unconfirmed, "The half of it.");
    assert_int_equal(causes[0]->severity, AJAR_SEVERITY_ERROR);
    assert_int_equal(causes[0]->step_count, 2);
    assert_string_equal(causes[0]->steps[1], "Then more.");
    assert_int_equal(causes[0]->reference_count, 1);
    assert_string_equal(causes[0]->references[0], "R");
    assert_int_equal(causes[0]->bearing_count, 2);
    assert_string_equal(causes[0]->bearings[1].plan, "p");
    assert_string_equal(causes[0]->bearings[1].kind, "member");
    assert_string_equal(causes[0]->bearings[1].name, "z");
    assert_string_equal(causes[1]->name, "two");
    assert_int_equal(causes[1]->severity, AJAR_SEVERITY_FINE);
    assert_null(causes[1]->unconfirmed);
}

static void test_a_name_stands_once_in_all_files(void **state)
{
    OWNED(folder_release) struct folder folder = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_knowledge *knowledge = NULL;

    (void)state;
    folder_make(&folder);
    write_file(folder.knowledge, "a.ini", WHOLE);
    write_file(folder.knowledge, "b.ini", WHOLE);
    assert_false(load(&folder, &knowledge, &err));
    assert_non_null(strstr(err.text, "b.ini:4: [cause one] stands already in "));
    assert_non_null(strstr(err.text, "a.ini:4; give it another name"));
}

static void test_an_empty_folder_is_refused(void **state)
{
    OWNED(folder_release) struct folder folder = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_knowledge *knowledge = NULL;

    (void)state;
    folder_make(&folder);
    assert_false(load(&folder, &knowledge, &err));
    assert_int_equal(err.status, AJAR_EPLAN);
    assert_non_null(strstr(err.text, "no file *.ini"));
    free(folder.knowledge);
    folder.knowledge = text_make("%s/nowhere", folder.path);
    err = AJAR_NO_ERROR;
    assert_false(load(&folder, &knowledge, &err));
    assert_int_equal(err.status, AJAR_EPLAN);
    assert_non_null(strstr(err.text, "nowhere: could not be read"));
}

static bool add(struct ajar_knowledge *knowledge, const char *text, struct ajar_error *err)
{
    struct ini *ini = NULL;

    return ini_read("k.ini", text, strlen(text), INI_PLAIN, &ini, err) &&
           knowledge_add(knowledge, ini, err) && knowledge_finish(knowledge, err);
}

/* The word that a line must have says more than its neighbours do. */
static void test_words_tell_texts_apart(void **state)
{
    OWNED(ajar_knowledge_free) struct ajar_knowledge *knowledge = calloc(1, sizeof(*knowledge));
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    assert_true(add(knowledge,
                    HEAD CAUSE STEP "text = Unable to copy password. Access is denied.\n"
                                    "text = Unable to copy password. The RPC server is gone.\n"
                                    "text = Password  copied for {account}.\nstatus = Error\n",
                    &err));
    assert_int_equal(knowledge->probe_count, 4);
    assert_string_equal(knowledge->probes[0].word, "to copy password. access");
    assert_string_equal(knowledge->probes[1].word, "to copy password. the rp");
    assert_string_equal(knowledge->probes[2].word, "password copied for");
    assert_string_equal(knowledge->probes[3].word, "error");
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(refusals) + 4] = {
        cmocka_unit_test(test_what_a_cause_says_is_shown),
        cmocka_unit_test(test_a_name_stands_once_in_all_files),
        cmocka_unit_test(test_an_empty_folder_is_refused),
        cmocka_unit_test(test_words_tell_texts_apart),
    };
    size_t count = 4;

    ADD_CASES(refusals, run_refusal);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
