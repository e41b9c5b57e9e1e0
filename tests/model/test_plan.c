/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Plan files: what they resolve to, and every mistake with its file and line.
 */
#include "base/file.h"
#include "model/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct field_rule thing_fields[] = {
    { .name = "id", .type = FIELD_TEXT, .required = true },
    { .name = "open", .type = FIELD_ANY, .repeatable = true },
    { .name = "note", .type = FIELD_NAME, .may_be_empty = true },
    { 0 },
};

/* [require NAME] with `check = host` or `check = any`: what else it may say depends on that. */
static bool sort_requirement(const struct setting *setting, const struct field_rule **ret_fields,
                             unsigned *ret_places, struct ajar_error *err)
{
    const char *check = setting_value(setting, "check");

    if (!check)
        return setting_fail(setting, NULL, err, "needs a field \"check\"");
    *ret_fields = strcmp(check, "host") == 0 ? thing_fields : NULL;
    *ret_places = strcmp(check, "host") == 0 ? 1U << PLACE_HOST : ~0U;
    return true;
}

static const struct plan_kind kinds[] = {
    { .kind = "thing", .fields = thing_fields },
    { .kind = "object", .fields = thing_fields, .on_domain = true },
    { .kind = "require", .role = PLAN_REQUIREMENT, .sort = sort_requirement },
    { .kind = "manual", .role = PLAN_MANUAL },
    { 0 },
};

/* A plan that others use. */
static const char base_plan[] = "[plan]\n"
                                "name = base\n"
                                "title = The base\n"
                                "longest-window = 2d\n"
                                "[parameter host]\n"
                                "about = a host\n"
                                "[parameter number]\n"
                                "about = a number\n"
                                "default = 7\n"
                                "[thing one]\n"
                                "on = host ${host}\n"
                                "id = n${number}\n"
                                "[thing two]\n"
                                "on = controllers Some.Test\n"
                                "id = $${number}\n";

struct plan_case {
    const char *name;
    const char *text;
    const char *set;  /* one --set, or NULL */
    const char *says; /* the error ends (or begins) so; NULL: it is right */
};

#define HEAD "[plan]\nname = p\n"
#define ONE  "[thing one]\non = host a.test\nid = 1\n"

/* 101 names. */
#define TEN(x) \
    x "0.t " x "1.t " x "2.t " x "3.t " x "4.t " x "5.t " x "6.t " x "7.t " x "8.t " x "9.t "
#define TOO_MANY                                                                          \
    "a=" TEN("a") TEN("b") TEN("c") TEN("d") TEN("e") TEN("f") TEN("g") TEN("h") TEN("i") \
        TEN("j") "z.t"

static const struct plan_case cases[] = {
    { "right", HEAD ONE, NULL, NULL },
    { "no heading", ONE, NULL, "p.ini:1: a plan file needs a section [plan]" },
    { "no name", "[plan]\ntitle = t\n" ONE, NULL, "p.ini:1: [plan] needs a field \"name\"" },
    { "no settings", HEAD, NULL, "the plan has no settings" },
    { "unknown section", HEAD "[thnig one]\non = host a.test\n", NULL,
      "p.ini:3: unknown section [thnig one]; known are" },
    { "unknown field", HEAD ONE "colour = red\n", NULL,
      "p.ini:6: [thing one] has no field \"colour\"; it knows on, takes-effect, why" },
    { "missing field", HEAD "[thing one]\non = host a.test\n", NULL,
      "p.ini:3: [thing one] needs a field \"id\"" },
    { "missing place", HEAD "[thing one]\nid = 1\n", NULL,
      "p.ini:3: [thing one] needs a field \"on\"" },
    { "field twice", HEAD ONE "id = 2\n", NULL,
      "p.ini:6: field \"id\" stands twice (first in line 5); keep one" },
    { "field twice, where that may be", HEAD ONE "open = 1\nopen = 2\n", NULL, NULL },
    { "section twice", HEAD ONE ONE, NULL, "p.ini:6: section [thing one] is at line 3 already" },
    { "bad place", HEAD "[thing one]\non = hsot a.test\nid = 1\n", NULL,
      "p.ini:4: on = \"hsot a.test\" is not right" },
    { "place without domain", HEAD "[thing one]\non = host dc1\nid = 1\n", NULL,
      "with a full DNS name" },
    { "host kind on a domain", HEAD "[thing one]\non = domain a.test\nid = 1\n", NULL,
      "p.ini:4: a thing setting is on = host NAME" },
    { "domain kind on a host", HEAD "[object one]\non = host a.test\nid = 1\n", NULL,
      "p.ini:4: a object setting is on = domain DOMAIN or domains FOREST" },
    { "several hosts", HEAD "[thing one]\non = host a.test   B.test c.test\nid = 1\n", NULL, NULL },
    { "several domains", HEAD "[object one]\non = domain a.test b.a.test\nid = 1\n", NULL, NULL },
    { "a forest", HEAD "[object one]\non = domains a.test\nid = 1\n", NULL, NULL },
    { "two forests", HEAD "[object one]\non = domains a.test b.test\nid = 1\n", NULL,
      "p.ini:4: on = \"domains a.test b.test\" is not right: it is host NAME, pdc DOMAIN, " },
    { "two roles", HEAD "[thing one]\non = controllers a.test b.test\nid = 1\n", NULL,
      "p.ini:4: on = \"controllers a.test b.test\" is not right" },
    { "host kind on a forest", HEAD "[thing one]\non = domains a.test\nid = 1\n", NULL,
      "p.ini:4: a thing setting is on = host NAME" },
    { "requirement on a forest", HEAD "[require r]\non = domains a.test\ncheck = any\n", NULL,
      NULL },
    { "requirement of hosts on a forest",
      HEAD "[require r]\non = domains a.test\ncheck = host\nid = 1\n", NULL,
      "p.ini:4: a require section is on = host NAME" },
    { "a host twice", HEAD "[thing one]\non = host a.test b.test A.test\nid = 1\n", NULL,
      "p.ini:4: on: \"a.test\" stands twice; keep one" },
    { "a host that begins as another does",
      HEAD "[thing one]\non = host a.test a.test.b a.te.st\nid = 1\n", NULL, NULL },
    { "too many hosts", HEAD "[parameter a]\nabout = hosts\n[thing one]\non = host ${a}\nid = 1\n",
      TOO_MANY, "p.ini:6: on: more than 100 names; write another section for the rest" },
    { "one host of several that is none", HEAD "[thing one]\non = host a.test b c.test\nid = 1\n",
      NULL, "with a full DNS name" },
    { "bad effect", HEAD ONE "takes-effect = soon\n", NULL, "p.ini:6: takes-effect = \"soon\"" },
    { "service effect", HEAD ONE "takes-effect = service LanmanServer restart\n", NULL, NULL },
    { "bad setting name", HEAD "[thing One]\non = host a.test\nid = 1\n", NULL,
      "p.ini:3: [thing One] needs a name of lower-case letters" },
    { "bad duration", "[plan]\nname = p\nlongest-window = 14\n" ONE, NULL,
      "p.ini:3: longest-window = \"14\" is not right: a duration is like" },
    { "approvals in words", "[plan]\nname = p\napprovals = two\n" ONE, NULL,
      "p.ini:3: approvals = \"two\" is not right: how many are needed is a number from 0 to 9" },
    { "approvals of two digits", "[plan]\nname = p\napprovals = 10\n" ONE, NULL,
      "p.ini:3: approvals = \"10\" is not right" },
    { "approvals", "[plan]\nname = p\napprovals = 9\n" ONE, NULL, NULL },
    { "unknown parameter", HEAD "[thing one]\non = host ${h}\nid = 1\n", NULL,
      "p.ini:4: there is no parameter \"h\"; the plan knows none" },
    { "unclosed parameter", HEAD "[thing one]\non = host ${h\nid = 1\n", NULL,
      "p.ini:4: \"${\" without \"}\"" },
    { "parameter without value",
      HEAD "[parameter h]\nabout = the host\n[thing one]\non = host ${h}\nid = 1\n", NULL,
      "p.ini:6: parameter \"h\" has no value; give it with --set h=VALUE: the host" },
    { "parameter from the command line",
      HEAD "[parameter h]\nabout = the host\n[thing one]\non = host ${h}\nid = 1\n", "h=b.test",
      NULL },
    { "parameter that makes no sense",
      HEAD "[parameter h]\nabout = the host\n[thing one]\non = host ${h}\nid = 1\n", "h=b test",
      "p.ini:6: on = \"host b test\" is not right" },
    { "an optional parameter in a field that may be empty",
      HEAD "[parameter n]\nabout = a note\ndefault =\n" ONE "note = ${n}\n", NULL, NULL },
    { "an optional parameter in a field that may not",
      HEAD "[parameter n]\nabout = a note\ndefault =\n[thing one]\non = host a.test\nid = ${n}\n",
      NULL, "p.ini:8: id = \"\" is not right: a text is needed" },
    { "an optional parameter that is given wrongly",
      HEAD "[parameter n]\nabout = a note\ndefault =\n" ONE "note = ${n}\n", "n=1",
      "p.ini:9: note = \"1\" is not right" },
    { "a default from a parameter that is declared later",
      HEAD "[parameter a]\nabout = x\ndefault = host ${b}\n[parameter b]\nabout = y\n"
           "default = b.test\n[thing one]\non = ${a}\nid = 1\n",
      NULL, NULL },
    { "a default from a parameter of the command line",
      HEAD "[parameter b]\nabout = y\n[parameter a]\nabout = x\ndefault = ${b}\n"
           "[thing one]\non = host ${a}\nid = 1\n",
      "b=a.b.test", NULL },
    { "a default from a parameter that has no value",
      HEAD "[parameter a]\nabout = x\ndefault = ${b}\n[parameter b]\nabout = the y\n"
           "[thing one]\non = host ${a}\nid = 1\n",
      NULL, "p.ini:5: parameter \"b\" has no value; give it with --set b=VALUE: the y" },
    { "a default that nobody needs",
      HEAD "[parameter a]\nabout = x\ndefault = ${b}\n[parameter b]\nabout = the y\n" ONE, NULL,
      NULL },
    { "defaults in a circle",
      HEAD "[parameter a]\nabout = x\ndefault = ${b}\n[parameter b]\nabout = y\n"
           "default = 1${c}\n[parameter c]\nabout = z\ndefault = ${b}\n" ONE,
      NULL, "p.ini:11: parameters that need each other in a circle: b, c, b; give one" },
    { "a circle that the command line breaks",
      HEAD "[parameter a]\nabout = x\ndefault = ${b}\n[parameter b]\nabout = y\n"
           "default = ${a}\n[thing one]\non = host ${b}\nid = 1\n",
      "a=a.test", NULL },
    { "a default from itself", HEAD "[parameter a]\nabout = x\ndefault = ${a}\n" ONE, NULL,
      "p.ini:5: parameters that need each other in a circle: a, a; give one" },
    { "a default from what is not declared", HEAD "[parameter a]\nabout = x\ndefault = ${b}\n" ONE,
      NULL, "p.ini:5: there is no parameter \"b\"; the plan knows a" },
    { "values of a circle",
      "[plan]\nname = p\nuse = base\n[parameters]\nhost = ${number}\nnumber = ${host}\n", NULL,
      "circle: host, number, host" },
    { "too many defaults in a row",
      HEAD "[parameter a]\nabout = x\ndefault = ${b}\n[parameter b]\nabout = x\n"
           "default = ${c}\n[parameter c]\nabout = x\ndefault = ${d}\n[parameter d]\nabout = x\n"
           "default = ${e}\n[parameter e]\nabout = x\ndefault = ${f}\n[parameter f]\nabout = x\n"
           "default = ${g}\n[parameter g]\nabout = x\ndefault = ${h}\n[parameter h]\nabout = x\n"
           "default = ${i}\n[parameter i]\nabout = x\ndefault = ${j}\n[parameter j]\nabout = x\n"
           "default = ${k}\n[parameter k]\nabout = x\ndefault = ${l}\n[parameter l]\nabout = x\n"
           "default = ${m}\n[parameter m]\nabout = x\ndefault = ${n}\n[parameter n]\nabout = x\n"
           "default = ${o}\n[parameter o]\nabout = x\ndefault = ${p}\n[parameter p]\nabout = x\n"
           "default = ${q}\n[parameter q]\nabout = x\ndefault = q\n" ONE,
      NULL, "more than 16 parameters that need each other" },
    { "a value from the command line is taken as it stands",
      HEAD "[parameter a]\nabout = x\n[parameter b]\nabout = y\ndefault = b\n[thing one]\n"
           "on = host ${a}\nid = 1\n",
      "a=${b}", "on = \"host ${b}\" is not right" },
    { "permanent", HEAD "permanent = yes\n" ONE, NULL, NULL },
    { "permanent by a parameter",
      HEAD "permanent = ${p}\n[parameter p]\nabout = x\ndefault = no\n" ONE, "p=yes", NULL },
    { "permanent, perhaps", HEAD "permanent = ${p}\n[parameter p]\nabout = x\n" ONE, "p=perhaps",
      "p.ini:3: permanent = \"perhaps\" is not right: it is yes or no" },
    { "permanent by a parameter without value",
      HEAD "permanent = ${p}\n[parameter p]\nabout = x\n" ONE, NULL,
      "p.ini:3: parameter \"p\" has no value" },
    { "unknown --set", HEAD ONE, "x=1", "--set x: the plan has no such parameter; it knows none" },
    { "--set without value", HEAD ONE, "x", "--set x: NAME=VALUE is needed" },
    { "--set with two lines", HEAD ONE, "x=a\nb", "--set x: the value must be one line" },
    { "use", "[plan]\nname = p\nuse = base\n[parameters]\nhost = b.test\n", NULL, NULL },
    { "use of what is not there", "[plan]\nname = p\nuse = nothing\n", NULL,
      "nothing.ini\", cannot be read: No such file" },
    { "use of oneself", "[plan]\nname = p\nuse = p\n", NULL, "goes round in a circle" },
    { "use with the same setting",
      "[plan]\nname = p\nuse = base\n[parameters]\nhost = b.test\n[thing two]\non = host "
      "a.test\nid = 1\n",
      NULL, "p.ini:6: [thing two] stands already in " },
    { "a value for an unknown parameter",
      "[plan]\nname = p\nuse = base\n[parameters]\nhots = b.test\n", NULL,
      "p.ini:5: there is no parameter \"hots\"; the plan knows host, number" },
    { "skip", "[plan]\nname = p\nuse = base\n[skip]\nsettings = one\n", NULL, NULL },
    { "met by a setting", HEAD ONE "[require r]\non = host a.test\ncheck = any\nmet-by = one\n",
      NULL, NULL },
    { "met by what is skipped",
      HEAD ONE "[thing two]\non = host a.test\nid = 1\n[require r]\non = host a.test\n"
               "check = any\nmet-by = two\n[skip]\nsettings = two\n",
      NULL, NULL },
    { "met by nothing", HEAD ONE "[require r]\non = host a.test\ncheck = any\nmet-by = two\n", NULL,
      "p.ini:9: met-by: no setting is called \"two\"; name one of this plan, or of one that it "
      "uses" },
    { "skip of what is not there", "[plan]\nname = p\nuse = base\n[skip]\nsettings = two, tow\n",
      NULL, "p.ini:5: nothing is called \"tow\" that could be skipped" },
    { "requirement", HEAD "[require r]\non = host a.test\ncheck = host\nid = 1\n", NULL, NULL },
    { "requirement without check", HEAD "[require r]\non = host a.test\n", NULL,
      "p.ini:3: needs a field \"check\"" },
    { "requirement on another place",
      HEAD "[require r]\non = domain a.test\ncheck = host\nid = 1\n", NULL,
      "p.ini:4: a require section is on = host NAME" },
    { "requirement on a domain", HEAD "[require r]\non = domain a.test\ncheck = any\n", NULL,
      NULL },
    { "requirement with a field of another sort",
      HEAD "[require r]\non = host a.test\ncheck = any\nid = 1\n", NULL,
      "p.ini:6: [require r] has no field \"id\"; it knows on, check, met-by, why, reference" },
    { "requirement that takes effect",
      HEAD "[require r]\non = host a.test\ncheck = any\ntakes-effect = restart\n", NULL,
      "p.ini:6: [require r] has no field \"takes-effect\"" },
    { "requirement that is called like a setting",
      "[plan]\nname = p\nuse = base\n[parameters]\nhost = b.test\n"
      "[require one]\non = host a.test\ncheck = any\n",
      NULL, NULL },
    { "manual", HEAD "[manual m]\ndo = this\ndo = that\nwhen = before\n", NULL, NULL },
    { "manual without a deed", HEAD "[manual m]\non = host a.test\n", NULL,
      "p.ini:3: [manual m] needs a field \"do\"" },
    { "manual at no time", HEAD "[manual m]\ndo = this\nwhen = later\n", NULL,
      "p.ini:5: when = \"later\" is not right: it is one of: before after closing" },
    { "manual without name", HEAD "[manual]\ndo = this\n", NULL,
      "p.ini:3: [manual ] needs a name of lower-case letters" },
};

struct folder {
    char *path;
    char *plan;
};

static void write_file(const struct folder *folder, const char *name, const char *text)
{
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(free) char *path = text_make("%s/%s", folder->path, name);

    assert_true(file_write(path, text, strlen(text), 0600, &err));
}

static struct folder make_folder(const char *text)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct folder folder = { 0 };

    assert_true(file_make_temporary_folder("test-plan", &folder.path, &err));
    folder.plan = text_make("%s/p.ini", folder.path);
    write_file(&folder, "base.ini", base_plan);
    write_file(&folder, "p.ini", text);
    return folder;
}

static void remove_folder(struct folder *folder)
{
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(file_remove_folder(folder->path, &err));
    free(folder->path);
    free(folder->plan);
}

static bool read_plan(const struct folder *folder, const char *set, struct ajar_plan **ret_plan,
                      struct ajar_error *err)
{
    const char *const sets[] = { set, NULL };
    struct ajar_plan_source source = { .path = folder->plan, .sets = sets };

    return plan_read(&source, kinds, ret_plan, err);
}

static void run_case(void **state)
{
    const struct plan_case *c = *state;
    struct folder folder = make_folder(c->text);
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_plan *plan = NULL;
    bool ok = read_plan(&folder, c->set, &plan, &err);

    if (!c->says && !ok)
        fail_msg("%s", err.text);
    assert_int_equal(ok, !c->says);
    if (c->says) {
        assert_null(plan);
        assert_true(err.status == AJAR_EPLAN || err.status == AJAR_EUSAGE);
        if (!strstr(err.text, c->says))
            fail_msg("\"%s\" does not say \"%s\"", err.text, c->says);
    }
    ajar_plan_free(plan);
    remove_folder(&folder);
}

/* What is skipped is gone whatever it is; the rest keeps its order and its role. */
static void roles_are_kept_apart(void **state)
{
    struct folder folder = make_folder(
        "[plan]\nname = p\nuse = base\n[parameters]\nhost = b.test\n[manual m]\n"
        "on = host ${host}\ndo = say ${number}\n[require r]\non = host a.test\ncheck = any\n"
        "[require gone]\non = host a.test\ncheck = any\n[skip]\nsettings = gone\n");
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_plan *plan = NULL;

    (void)state;
    assert_true(read_plan(&folder, NULL, &plan, &err));
    assert_int_equal(plan->sections[PLAN_SETTING].count, 2);
    assert_int_equal(plan->sections[PLAN_REQUIREMENT].count, 1);
    assert_string_equal(setting_name(&plan->sections[PLAN_REQUIREMENT].list[0]), "r");
    assert_int_equal(plan->sections[PLAN_MANUAL].count, 1);
    assert_string_equal(setting_value(&plan->sections[PLAN_MANUAL].list[0], "do"), "say 7");
    assert_string_equal(plan->sections[PLAN_MANUAL].list[0].where, "b.test");
    ajar_plan_free(plan);
    remove_folder(&folder);
}

static void parameters_are_filled_in(void **state)
{
    struct folder folder =
        make_folder("[plan]\nname = p\nuse = base\n[parameters]\nnumber = 8\n[thing three]\n"
                    "on = pdc A.Test\nid = ${number}${number}\n");
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_plan *plan = NULL;

    (void)state;
    assert_true(read_plan(&folder, "host=C.test", &plan, &err));
    assert_string_equal(ajar_plan_name(plan), "p");
    assert_string_equal(ajar_plan_title(plan), "The base");
    assert_int_equal(ajar_plan_longest_window(plan), 2 * 86400);
    assert_int_equal(plan_settings(plan)->count, 3);
    assert_string_equal(setting_value(&plan_settings(plan)->list[0], "id"), "n8");
    assert_string_equal(plan_settings(plan)->list[0].where, "c.test");
    assert_int_equal(plan_settings(plan)->list[0].place, PLACE_HOST);
    assert_string_equal(setting_value(&plan_settings(plan)->list[1], "id"), "${number}");
    assert_string_equal(plan_settings(plan)->list[1].where, "some.test");
    assert_int_equal(plan_settings(plan)->list[1].place, PLACE_CONTROLLERS);
    assert_string_equal(setting_value(&plan_settings(plan)->list[2], "id"), "88");
    assert_int_equal(plan_settings(plan)->list[2].place, PLACE_PDC);
    ajar_plan_free(plan);
    remove_folder(&folder);
}

/* A default is a text like any other; its value is what the journal keeps. */
static void a_default_is_made_from_others(void **state)
{
    struct folder folder =
        make_folder(HEAD "[parameter where]\nabout = w\ndefault = controllers ${forest}\n"
                         "[parameter forest]\nabout = f\n[parameter odd]\nabout = o\n"
                         "default = $${forest}\n[thing one]\non = ${where}\nid = 1\n");
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_plan *plan = NULL;
    struct ajar_plan *again = NULL;
    const struct ajar_parameter *list = NULL;
    char *record = NULL;

    (void)state;
    assert_true(read_plan(&folder, "forest=a.test", &plan, &err));
    assert_int_equal(plan_settings(plan)->list[0].place, PLACE_CONTROLLERS);
    assert_string_equal(plan_settings(plan)->list[0].where, "a.test");
    assert_true(plan_to_record(plan, false, &record, &err));
    assert_true(plan_from_record("plan.ini", record, kinds, &again, &err));
    assert_int_equal(ajar_plan_parameters(again, &list), 3);
    assert_string_equal(list[0].value, "controllers a.test");
    assert_string_equal(list[2].value, "${forest}");
    free(record);
    ajar_plan_free(plan);
    ajar_plan_free(again);
    remove_folder(&folder);
}

struct permanent_case {
    const char *used; /* what the plan that is used says; "" for nothing */
    const char *top;
    bool permanent;
};

/* The top plan's word counts; where it has none, that of the plan it uses. */
static void the_top_plan_says_whether_it_is_permanent(void **state)
{
    static const struct permanent_case rows[] = {
        { "", "", false },
        { "permanent = yes\n", "", true },
        { "permanent = yes\n", "permanent = no\n", false },
        { "", "permanent = yes\n", true },
        { "permanent = ${p}\n[parameter p]\nabout = p\ndefault = yes\n", "", true },
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        OWNED(free) char *top = text_make("[plan]\nname = p\nuse = below\n%s", rows[i].top);
        OWNED(free) char *below = text_make("[plan]\nname = b\n%s" ONE, rows[i].used);
        struct folder folder = make_folder(top);
        struct ajar_error err = AJAR_NO_ERROR;
        struct ajar_plan *plan = NULL;
        struct ajar_plan *again = NULL;
        char *record = NULL;

        write_file(&folder, "below.ini", below);
        if (!read_plan(&folder, NULL, &plan, &err))
            fail_msg("%s", err.text);
        assert_int_equal(ajar_plan_permanent(plan), rows[i].permanent);
        assert_true(plan_to_record(plan, false, &record, &err));
        assert_int_equal(strstr(record, "permanent = yes") != NULL, rows[i].permanent);
        assert_true(plan_from_record("plan.ini", record, kinds, &again, &err));
        assert_int_equal(ajar_plan_permanent(again), rows[i].permanent);
        free(record);
        ajar_plan_free(plan);
        ajar_plan_free(again);
        remove_folder(&folder);
    }
}

static void a_record_of_a_plan_reads_back_the_same(void **state)
{
    struct folder folder = make_folder("[plan]\nname = p\nuse = base\napprovals = 2\n[thing odd]\n"
                                       "on = host a.test\nid = \"quoted\" \\ and $${x}\n"
                                       "open = one\nopen =\nopen = two\n");
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_plan *plan = NULL;
    struct ajar_plan *again = NULL;
    char *first = NULL;
    char *second = NULL;

    (void)state;
    assert_true(read_plan(&folder, "host=c.test", &plan, &err));
    assert_true(plan_to_record(plan, false, &first, &err));
    assert_true(plan_from_record("plan.ini", first, kinds, &again, &err));
    assert_true(plan_to_record(again, again->toward_closed, &second, &err));
    assert_string_equal(first, second);
    assert_int_equal(again->approvals, 2);
    assert_int_equal(ajar_plan_longest_window(again), 2 * 86400);
    assert_string_equal(setting_value(plan_setting(again, "thing", "odd"), "id"),
                        "\"quoted\" \\ and ${x}");
    assert_int_equal(plan_settings(again)->list[1].place, PLACE_CONTROLLERS);
    free(first);
    free(second);
    ajar_plan_free(plan);
    ajar_plan_free(again);
    remove_folder(&folder);
}

/* What a journal of before lacks is no difference, and nothing else is none. */
static void a_record_without_the_longest_window_is_of_the_same_plan(void **state)
{
    static const char with[] = "[plan]\nname = p\nlongest-window = 2d\n\n[thing a]\nid = 1\n";
    static const struct {
        const char *recorded;
        bool same;
    } rows[] = {
        { with, true },
        { "[plan]\nname = p\n\n[thing a]\nid = 1\n", true },
        { "[plan]\nname = p\n\n[thing a]\nid = 2\n", false },
        { "[plan]\nname = q\n\n[thing a]\nid = 1\n", false },
        { "[plan]\nname = p\nlongest-window = 3d\n\n[thing a]\nid = 1\n", false },
        { "[plan]\nname = p", false },
        { "", false },
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++)
        assert_int_equal(plan_is_same_record(rows[i].recorded, with), rows[i].same);
    assert_false(
        plan_is_same_record("[plan]\nname = p\n\n[parameters]\nb = 1\n",
                            "[plan]\nname = p\n\n[parameters]\nlongest-window = 1\nb = 1\n"));
}

int main(void)
{
    static const struct CMUnitTest more[] = {
        cmocka_unit_test(parameters_are_filled_in),
        cmocka_unit_test(a_record_without_the_longest_window_is_of_the_same_plan),
        cmocka_unit_test(roles_are_kept_apart),
        cmocka_unit_test(a_default_is_made_from_others),
        cmocka_unit_test(the_top_plan_says_whether_it_is_permanent),
        cmocka_unit_test(a_record_of_a_plan_reads_back_the_same),
    };
    struct CMUnitTest tests[LENGTH(cases)];
    int failed;

    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct plan_case *row = malloc(sizeof(*row)); /* cmocka wants it writable */

        *row = cases[i];
        tests[i] = (struct CMUnitTest){ .name = cases[i].name,
                                        .test_func = run_case,
                                        .initial_state = row };
    }
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    for (size_t i = 0; i < LENGTH(cases); i++)
        free(tests[i].initial_state);
    return failed + cmocka_run_group_tests(more, NULL, NULL);
}
