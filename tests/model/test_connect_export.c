/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Exported files, made up from the names that the documents confirm.
 */
#include "model/connect_export.h"

#include "encoding.h"
#include "rows.h"

#define ONE "338cd001-2244-31f1-aaaa-900038001003"
#define TWO "b891884f-051e-4a83-95af-2544101c9083"

#define CONNECTOR(inside)                                                                \
    "<?xml version=\"1.0\"?>\n"                                                          \
    "<ma-data>\n<id>{" ONE "}</id>\n<name>source.test</name>\n<private-configuration>\n" \
    "<adma-configuration>" inside "</adma-configuration>\n</private-configuration>\n</ma-data>"
#define HASH_SYNC(enabled)                                                   \
    "<password-hash-sync-config><enabled>" enabled "</enabled><target>{" TWO \
    "}</target></password-hash-sync-config>"
#define MODE  "Microsoft.Synchronize.StagingMode"
#define OTHER "Microsoft.Synchronize.SchedulerSuspended"

enum { UNSAID = CONNECT_UNSAID, NO = CONNECT_NO, YES = CONNECT_YES };

static const struct row {
    const char *name;
    const char *file_name;
    const char *file;
    const char *id; /* NULL: none */
    const char *connector;
    int hash_sync;
    const char *user;
    const char *domain;
    int staging;
    const char *says; /* NULL: it is read */
} rows[] = {
    { "hash sync on", "a.xml", CONNECTOR(HASH_SYNC("1")), ONE, "source.test", YES, NULL, NULL,
      UNSAID, NULL },
    { "hash sync off", "a.xml", CONNECTOR(HASH_SYNC("0")), ONE, "source.test", NO, NULL, NULL,
      UNSAID, NULL },
    { "blanks around", "a.xml", CONNECTOR(HASH_SYNC("\n 1\n ")), ONE, "source.test", YES, NULL,
      NULL, UNSAID, NULL },
    { "nothing of hash sync", "a.xml", CONNECTOR(""), ONE, "source.test", UNSAID, NULL, NULL,
      UNSAID, NULL },
    { "who logs in", "a.xml",
      CONNECTOR("<forest-login-user>MSOL_d1</forest-login-user>"
                "<forest-login-domain>SOURCE.TEST</forest-login-domain>"),
      ONE, "source.test", UNSAID, "MSOL_d1", "SOURCE.TEST", UNSAID, NULL },
    { "names in another case", "a.xml",
      "<MA-Data><ID>{338CD001-2244-31F1-AAAA-900038001003}</ID><Name>x</Name>"
      "<Password-Hash-Sync-Config><Enabled>1</Enabled></Password-Hash-Sync-Config></MA-Data>",
      ONE, "x", YES, NULL, NULL, UNSAID, NULL },
    { "the id is in the file's name", "connector_{" TWO "}.XML", "<x><name>y</name></x>", TWO, NULL,
      UNSAID, NULL, NULL, UNSAID, NULL },
    { "the id in the file counts", "Connector_{" TWO "}.xml", CONNECTOR(""), ONE, "source.test",
      UNSAID, NULL, NULL, UNSAID, NULL },
    { "an id of something else", "a.xml",
      "<ma-data><ma-run-data><id>7</id></ma-run-data></ma-data>", NULL, NULL, UNSAID, NULL, NULL,
      UNSAID, NULL },
    { "control characters are no text", "a.xml", "<ma-data><name>a&#10;b</name></ma-data>", NULL,
      "a b", UNSAID, NULL, NULL, UNSAID, NULL },
    { "an empty target", "a.xml",
      "<a><password-hash-sync-config><enabled>0</enabled><target/></password-hash-sync-config></a>",
      NULL, NULL, NO, NULL, NULL, UNSAID, NULL },
    { "said twice, the same", "a.xml", CONNECTOR(HASH_SYNC("1") HASH_SYNC("1")), ONE, "source.test",
      YES, NULL, NULL, UNSAID, NULL },
    { "said twice, and not the same", "a.xml", CONNECTOR(HASH_SYNC("1") "\n" HASH_SYNC("0")), NULL,
      NULL, 0, NULL, NULL, 0, "line 7: password hash sync is said twice, once so and once so" },
    { "neither 0 nor 1", "a.xml", CONNECTOR("\n" HASH_SYNC("yes")), NULL, NULL, 0, NULL, NULL, 0,
      "line 7: <enabled> is \"yes\", neither 0 nor 1" },
    { "not said", "a.xml", CONNECTOR(HASH_SYNC("")), NULL, NULL, 0, NULL, NULL, 0,
      "line 6: <enabled> is \"\", neither 0 nor 1" },
    { "an id that is none", "a.xml", "<ma-data><id>seven</id></ma-data>", NULL, NULL, 0, NULL, NULL,
      0, "line 1: <id> is \"seven\", which is no GUID" },
    { "an id of two lines", "a.xml", "<ma-data><id>a\nb</id></ma-data>", NULL, NULL, 0, NULL, NULL,
      0, "line 2: <id> is \"a b\", which is no GUID" },
    { "two ids", "a.xml", "<ma-data><id>{" ONE "}</id>\n<id>{" TWO "}</id></ma-data>", NULL, NULL,
      0, NULL, NULL, 0, "line 2: a second <id>, which differs" },
    { "a target that is none", "a.xml",
      "<a><password-hash-sync-config><target>x</target></password-hash-sync-config></a>", NULL,
      NULL, 0, NULL, NULL, 0, "line 1: <target> is \"x\", which is no GUID" },
    { "a document type", "a.xml", "<!DOCTYPE x [<!ENTITY e 'e'>]>" CONNECTOR(""), NULL, NULL, 0,
      NULL, NULL, 0, "line 1: " },
    { "cut", "a.xml", "<ma-data>\n<id>{" ONE "}</id>\n", NULL, NULL, 0, NULL, NULL, 0,
      "line 3: no element found" },

    { "staging: a name and its text", "g.xml",
      "<p><parameter name='" OTHER "'>False</parameter><parameter name='" MODE
      "'>True</parameter></p>",
      NULL, NULL, UNSAID, NULL, NULL, YES, NULL },
    { "staging: two attributes", "g.xml",
      "<p><parameter value='False' name='" MODE "' encrypted='True'/></p>", NULL, NULL, UNSAID,
      NULL, NULL, NO, NULL },
    { "staging: two elements", "g.xml",
      "<ps><p><name>" OTHER "</name><value>True</value></p><p>\n<value>false</value>\n<name>" MODE
      "</name>\n</p></ps>",
      NULL, NULL, UNSAID, NULL, NULL, NO, NULL },
    { "staging: two elements and others", "g.xml",
      "<p><Name>" MODE "</Name><Encrypted>False</Encrypted><Value>TRUE</Value></p>", NULL, NULL,
      UNSAID, NULL, NULL, YES, NULL },
    { "staging: as PowerShell serializes", "g.xml",
      "<Objs xmlns='http://schemas.microsoft.com/powershell/2004/04'><Obj><Props>"
      "<S N='Name'>" MODE "</S><B N='UseExisting'>true</B><S N='Value'>False</S>"
      "</Props></Obj></Objs>",
      NULL, NULL, UNSAID, NULL, NULL, NO, NULL },
    { "staging: the element is called so", "g.xml", "<p><" MODE ">True</" MODE "></p>", NULL, NULL,
      UNSAID, NULL, NULL, YES, NULL },
    { "staging: in another case", "g.xml",
      "<p><parameter Name='microsoft.synchronize.stagingmode' Value='true'/></p>", NULL, NULL,
      UNSAID, NULL, NULL, YES, NULL },
    { "staging: a part of another name", "g.xml",
      "<p><parameter name='" MODE "2'>True</parameter></p>", NULL, NULL, UNSAID, NULL, NULL, UNSAID,
      NULL },
    { "staging: without a value", "g.xml", "<p>\n<parameter name='" MODE "'/>\n</p>", NULL, NULL, 0,
      NULL, NULL, 0, "line 2: " MODE " stands there without one True or False beside it" },
    { "staging: whose value is it", "g.xml",
      "<p><name>" MODE "</name><value>True</value>\n<name>" OTHER "</name><value>False</value></p>",
      NULL, NULL, 0, NULL, NULL, 0, "line 2: " MODE " stands there without one True or False" },
    { "staging: once so, once so", "g.xml",
      "<p><q name='" MODE "'>True</q>\n<q name='" MODE "'>False</q></p>", NULL, NULL, 0, NULL, NULL,
      0, "line 2: " MODE " is said twice, once so and once so" },
};

static void assert_text(const char *text, const char *expected)
{
    if (expected)
        assert_string_equal(text ? text : "(none)", expected);
    else
        assert_null(text);
}

static void assert_facts(const struct connect_export *facts, const struct row *row)
{
    char id[GUID_TEXT_SIZE] = "";

    if (facts->has_id)
        guid_format(&facts->id, id);
    assert_text(facts->has_id ? id : NULL, row->id);
    assert_text(facts->name, row->connector);
    assert_int_equal(facts->password_hash_sync, row->hash_sync);
    assert_text(facts->login_user, row->user);
    assert_text(facts->login_domain, row->domain);
    assert_int_equal(facts->staging, row->staging);
}

static void run_row(void **state)
{
    const struct row *row = *state;

    for (enum encoding encoding = AS_UTF8; encoding <= AS_UTF16_BIG; encoding++) {
        OWNED(connect_export_release) struct connect_export facts = { .staging = 77 };
        OWNED(bytes_release) struct bytes file = { 0 };
        struct ajar_error err = AJAR_NO_ERROR;

        encode(row->file, encoding, &file);
        assert_int_equal(connect_export_read(row->file_name, &file, &facts, &err), !row->says);
        if (!row->says) {
            assert_facts(&facts, row);
            continue;
        }
        assert_int_equal(err.status, AJAR_EPROTOCOL);
        if (strncmp(err.text, row->says, strlen(row->says)) != 0)
            fail_msg("\"%s\" is not \"%s...\"", err.text, row->says);
        assert_int_equal(facts.staging, 77);
    }
}

static void test_the_target_is_known(void **state)
{
    OWNED(connect_export_release) struct connect_export facts = { 0 };
    OWNED(bytes_release) struct bytes file = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    struct guid target;

    (void)state;
    encode(CONNECTOR(HASH_SYNC("1")), AS_UTF8, &file);
    assert_true(connect_export_read("a.xml", &file, &facts, &err));
    assert_true(guid_parse(TWO, &target, &err));
    assert_true(facts.has_target && guid_same(&facts.target, &target));
}

static const struct name_case {
    const char *name; /* of the test, and of the file */
    bool has_id;
} name_cases[] = {
    { "Connector_{" ONE "}.xml", true },
    { "CONNECTOR_" ONE ".XML", true },
    { "Connector_{" ONE "}.txt", false },
    { "Connector_.xml", false },
    { "Connector_{" ONE "}}.xml", false },
    { "A Connector_{" ONE "}.xml", false },
    { "", false },
};

static void run_name(void **state)
{
    const struct name_case *row = *state;
    struct guid id;

    assert_int_equal(connect_export_id_of_name(row->name, &id), row->has_id);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(rows) + LENGTH(name_cases) + 1] = {
        cmocka_unit_test(test_the_target_is_known),
    };
    size_t count = 1;

    ADD_CASES(rows, run_row);
    ADD_CASES(name_cases, run_name);
    return cmocka_run_group_tests_name("connect_export", tests, NULL, NULL);
}
