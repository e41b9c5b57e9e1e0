/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Entries in DACLs of a real domain: added, taken back, and every byte as it was.
 */
#include "live_dacl.h"

#include "model/state.h"
#include "provider/catalog.h"
#include "transport/target.h"

#include <sys/wait.h>

#define ENUMERATE "91d67418-0135-4acc-8d79-c08e857cfbec"

/* Made for the test, and removed with it. */
static const char crowded[] = "OU=ajar-crowded,DC=target,DC=test";

struct fixture {
    char *folder;
    struct login login;
    struct target *target;
    struct directory *directory; /* the target's */
};

/* A section as a plan file would have it. */
struct plan_section {
    struct ini *ini;
    struct setting setting;
};

/* `fields` is what stands behind `object`, lines and all. */
static void make_setting(struct plan_section *plan, const char *object, const char *fields)
{
    OWNED(free) char *text = text_make("[permission live]\nobject = %s\n%s\n", object, fields);
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(ini_read("live.ini", text, strlen(text), INI_PLAIN, &plan->ini, &err), &err);
    plan->setting =
        (struct setting){ "live.ini", &plan->ini->sections[0], PLACE_DOMAIN, "target.test" };
    live_expect(provider_permission.check(&plan->setting, &err), &err);
}

static void plan_release(struct plan_section *plan)
{
    ini_free(plan->ini);
}
DEFINE_OWNED_STRUCT(struct plan_section, plan_release);

static int set_up(void **state)
{
    static const char *const servers[] = { "dc2.target.test", NULL };
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    struct ajar_error err = AJAR_NO_ERROR;
    struct target_options options = { .name = "target.test",
                                      .is_domain = true,
                                      .servers = servers };

    assert_non_null(fixture);
    fixture->login = live_login("target.test");
    live_expect(file_make_temporary_folder("ajar-live", &fixture->folder, &err), &err);
    options.login = &fixture->login;
    options.folder = fixture->folder;
    live_expect(target_new(&options, &fixture->target, &err), &err);
    live_expect(target_directory(fixture->target, &fixture->directory, &err), &err);
    live_add_ou(fixture->directory, crowded);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(directory_delete(fixture->directory, crowded, &err), &err);
    target_free(fixture->target);
    live_expect(file_remove_folder(fixture->folder, &err), &err);
    free(fixture->folder);
    free(fixture);
    return 0;
}

static void expect_bytes(const struct fixture *fixture, const char *dn, const struct bytes *before)
{
    OWNED(bytes_release) struct bytes now = { 0 };

    live_read_descriptor_bytes(fixture->directory, dn, false, &now);
    assert_int_equal(now.size, before->size);
    assert_memory_equal(now.at, before->at, now.size);
}

static bool has(const struct fixture *fixture, const char *dn, const char *sddl)
{
    OWNED(descriptor_release) struct descriptor descriptor = { 0 };
    OWNED(sddl_release) struct sddl_ace ace = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    live_read_dacl(fixture->directory, dn, &descriptor);
    live_expect(sddl_parse(sddl, &ace, &err), &err);
    return descriptor_has(&descriptor, &ace.ace);
}

/* The child's side of ask_samba(). */
static void become_samba_tool(const char *dn, int output)
{
    OWNED(free) char *object = text_make("--objectdn=%s", dn);

    (void)dup2(output, STDOUT_FILENO);
    (void)setenv("PASSWD_FILE", getenv("LAB_TARGET_PASSWORD_FILE"), 1);
    (void)execlp("samba-tool", "samba-tool", "dsacl", "get", object, "-U", "Administrator", "-H",
                 "ldap://dc2.target.test", (char *)NULL);
    _exit(127);
}

/* What samba-tool, which knows nothing of us, has to say about an object. */
static char *ask_samba(const char *dn)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(1000000);
    struct ajar_error err = AJAR_NO_ERROR;
    int ends[2] = { -1, -1 };
    char part[4096];
    char *taken = NULL;
    int status = -1;
    ssize_t size;
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    if (child == 0)
        become_samba_tool(dn, ends[1]);
    (void)close(ends[1]);
    while ((size = read(ends[0], part, sizeof(part))) > 0)
        text_append_bytes(&text, part, (size_t)size);
    (void)close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    live_expect(text_take(&text, &taken, &err), &err);
    return taken;
}

static void expect_samba(const char *dn, const char *sddl, bool there)
{
    OWNED(free) char *answer = ask_samba(dn);

    if ((strstr(answer, sddl) != NULL) != there)
        fail_msg("%s is %s in %s", sddl, there ? "missing" : "still there", answer);
}

static void observe(const struct fixture *fixture, const struct plan_section *plan,
                    struct ajar_state *ret_now)
{
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(provider_permission.observe(fixture->target, &plan->setting, ret_now, &err), &err);
}

static void move(const struct fixture *fixture, const struct plan_section *plan,
                 const struct ajar_state *from, const struct ajar_state *to)
{
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(provider_permission.write(fixture->target, &plan->setting, from, to, &err), &err);
}

static void expect_match(const struct fixture *fixture, const struct plan_section *plan,
                         const struct ajar_state *meant, enum match match)
{
    OWNED(ajar_state_release) struct ajar_state now = { 0 };

    observe(fixture, plan, &now);
    assert_int_equal(provider_permission.match(&now, meant), match);
}

static void expect_phrase(const struct fixture *fixture, const struct plan_section *plan,
                          const char *phrase)
{
    OWNED(ajar_state_release) struct ajar_state now = { 0 };
    OWNED(free) char *text = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    observe(fixture, plan, &now);
    live_expect(provider_permission.phrase(&now, &text, &err), &err);
    assert_string_equal(text, phrase);
}

static void want(const struct plan_section *plan, struct ajar_state *ret_wanted)
{
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(provider_permission.want(&plan->setting, ret_wanted, &err), &err);
}

/* Opens and closes, and looks with other eyes in between. `dn` is the whole name of the object. */
static void open_and_close(const struct fixture *fixture, const char *object, const char *dn,
                           const char *fields, const char *samba)
{
    OWNED(plan_release) struct plan_section plan = { 0 };
    OWNED(ajar_state_release) struct ajar_state wanted = { 0 };
    OWNED(ajar_state_release) struct ajar_state before = { 0 };
    OWNED(ajar_state_release) struct ajar_state open = { 0 };
    OWNED(bytes_release) struct bytes bytes = { 0 };

    make_setting(&plan, object, fields);
    want(&plan, &wanted);
    live_read_descriptor_bytes(fixture->directory, dn, false, &bytes);
    observe(fixture, &plan, &before);
    assert_false(before.exists);
    expect_samba(dn, samba, false);
    move(fixture, &plan, &before, &wanted);
    observe(fixture, &plan, &open);
    assert_int_equal(provider_permission.match(&open, &wanted), MATCH_SAME);
    expect_samba(dn, samba, true);
    move(fixture, &plan, &before, &wanted); /* is so already */
    move(fixture, &plan, &open, &before);
    expect_match(fixture, &plan, &before, MATCH_SAME);
    expect_samba(dn, samba, false);
    expect_bytes(fixture, dn, &bytes);
    move(fixture, &plan, &open, &before); /* is so already */
    expect_bytes(fixture, dn, &bytes);
}

static const char server[] = "CN=Server,CN=System,DC=target,DC=test";
static const char head[] = "DC=target,DC=test";

static void test_a_right_on_the_server_object(void **state)
{
    open_and_close(*state, "CN=Server,CN=System", server, "ace = (OA;;CR;" ENUMERATE ";;WD)",
                   "(OA;;CR;" ENUMERATE ";;WD)");
}

static void test_reading_the_server_object(void **state)
{
    open_and_close(*state, server, server, "trustee = anonymous-logon\nright = read",
                   "(A;;RPLCLORC;;;AN)");
}

static void test_a_right_on_the_head(void **state)
{
    open_and_close(*state, "domain", head, "trustee = Guest\nright = migrate-sid-history",
                   "(OA;;CR;ba33815a-4f93-4c76-87f3-57574bff8109;;LG)");
}

static void test_a_denial(void **state)
{
    open_and_close(*state, "CN=Server,CN=System", server, "ace = (D;;WP;;;LG)", "(D;;WP;;;LG)");
}

static void test_a_right_in_the_configuration(void **state)
{
    open_and_close(*state, "CN=Sites", "CN=Sites,CN=Configuration,DC=target,DC=test",
                   "base = configuration\nace = (A;;RP;;;AN)", "(A;;RP;;;AN)");
}

/* Several entries, of which one is there already: only the other one comes and goes. */
static void test_what_was_there_stays(void **state)
{
    const struct fixture *fixture = *state;

    open_and_close(fixture, "CN=Server,CN=System", server,
                   "ace = (A;;RPLCLORC;;;RU)\nace = (A;;RPLCLORC;;;AN)", "(A;;RPLCLORC;;;AN)");
    assert_true(has(fixture, server, "(A;;RPLCLORC;;;RU)"));
}

/* The default descriptor of the object has both rights that ADMT asks for. */
static void test_what_is_there_already_is_not_added(void **state)
{
    const struct fixture *fixture = *state;
    OWNED(plan_release) struct plan_section plan = { 0 };
    OWNED(ajar_state_release) struct ajar_state wanted = { 0 };

    make_setting(&plan, "CN=Server,CN=System",
                 "ace = (A;;RPLCLORC;;;RU)\nace = (OA;;CR;" ENUMERATE ";;RU)\nace = (A;;RP;;;RU)");
    want(&plan, &wanted);
    expect_match(fixture, &plan, &wanted, MATCH_SAME);
    expect_phrase(fixture, &plan,
                  "(A;;RPLCLORC;;;S-1-5-32-554) present, (OA;;CR;" ENUMERATE
                  ";;S-1-5-32-554) present, (A;;RP;;;S-1-5-32-554) covered by another entry");
}

/* On the OU from here on. */
static void test_an_entry_of_the_same_trustee_is_not_merged(void **state)
{
    const struct fixture *fixture = *state;
    OWNED(descriptor_release) struct descriptor before = { 0 };
    OWNED(descriptor_release) struct descriptor after = { 0 };

    live_change_dacl(fixture->directory, crowded, "(A;;RP;;;AN)", true);
    live_read_dacl(fixture->directory, crowded, &before);
    open_and_close(fixture, "OU=ajar-crowded", crowded, "ace = (A;;RPLC;;;AN)", "(A;;RPLC;;;AN)");
    open_and_close(fixture, "OU=ajar-crowded", crowded, "ace = (A;CI;RP;;;AN)", "(A;CI;RP;;;AN)");
    live_read_dacl(fixture->directory, crowded, &after);
    assert_int_equal(after.count, before.count);
    assert_true(has(fixture, crowded, "(A;;RP;;;AN)"));
    live_change_dacl(fixture->directory, crowded, "(A;;RP;;;AN)", false);
}

static void test_a_third_party_stays(void **state)
{
    const struct fixture *fixture = *state;
    OWNED(plan_release) struct plan_section plan = { 0 };
    OWNED(ajar_state_release) struct ajar_state wanted = { 0 };
    OWNED(ajar_state_release) struct ajar_state before = { 0 };
    OWNED(ajar_state_release) struct ajar_state open = { 0 };
    OWNED(bytes_release) struct bytes bytes = { 0 };

    make_setting(&plan, "OU=ajar-crowded", "ace = (OA;;CR;" ENUMERATE ";;AN)");
    want(&plan, &wanted);
    live_read_descriptor_bytes(fixture->directory, crowded, false, &bytes);
    observe(fixture, &plan, &before);
    move(fixture, &plan, &before, &wanted);
    observe(fixture, &plan, &open);
    live_change_dacl(fixture->directory, crowded, "(A;;RPWP;;;LS)", true);
    live_change_dacl(fixture->directory, crowded, "(D;;WP;;;NS)", true);
    move(fixture, &plan, &open, &before);
    expect_match(fixture, &plan, &before, MATCH_SAME);
    assert_true(has(fixture, crowded, "(A;;RPWP;;;LS)"));
    assert_true(has(fixture, crowded, "(D;;WP;;;NS)"));
    assert_false(has(fixture, crowded, "(OA;;CR;" ENUMERATE ";;AN)"));
    live_change_dacl(fixture->directory, crowded, "(A;;RPWP;;;LS)", false);
    live_change_dacl(fixture->directory, crowded, "(D;;WP;;;NS)", false);
    expect_bytes(fixture, crowded, &bytes);
}

/* Somebody else grants more in the meantime: ours goes, theirs is told. */
static void test_more_from_somebody_else_is_near(void **state)
{
    const struct fixture *fixture = *state;
    OWNED(plan_release) struct plan_section plan = { 0 };
    OWNED(ajar_state_release) struct ajar_state wanted = { 0 };
    OWNED(ajar_state_release) struct ajar_state before = { 0 };
    OWNED(ajar_state_release) struct ajar_state open = { 0 };

    make_setting(&plan, "OU=ajar-crowded", "ace = (A;;RP;;;AN)");
    want(&plan, &wanted);
    observe(fixture, &plan, &before);
    move(fixture, &plan, &before, &wanted);
    observe(fixture, &plan, &open);
    live_change_dacl(fixture->directory, crowded, "(A;;RPLC;;;AN)", true);
    expect_match(fixture, &plan, &wanted, MATCH_SAME);
    move(fixture, &plan, &open, &before);
    expect_match(fixture, &plan, &before, MATCH_NEAR);
    assert_false(has(fixture, crowded, "(A;;RP;;;AN)"));
    assert_true(has(fixture, crowded, "(A;;RPLC;;;AN)"));
    live_change_dacl(fixture->directory, crowded, "(A;;RPLC;;;AN)", false);
    expect_match(fixture, &plan, &before, MATCH_SAME);
}

static void test_a_change_by_somebody_else_is_a_conflict(void **state)
{
    const struct fixture *fixture = *state;
    OWNED(plan_release) struct plan_section plan = { 0 };
    OWNED(ajar_state_release) struct ajar_state before = { 0 };
    OWNED(ajar_state_release) struct ajar_state half = { 0 };
    OWNED(bytes_release) struct bytes bytes = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    make_setting(&plan, "OU=ajar-crowded", "ace = (A;;RP;;;AN)\nace = (A;;RP;;;LS)");
    observe(fixture, &plan, &before);
    live_change_dacl(fixture->directory, crowded, "(A;;RP;;;AN)", true);
    observe(fixture, &plan, &half);
    assert_false(half.exists);
    live_read_descriptor_bytes(fixture->directory, crowded, false, &bytes);
    live_expect_failure(
        provider_permission.write(fixture->target, &plan.setting, &before, &before, &err), &err,
        AJAR_ECONFLICT);
    expect_bytes(fixture, crowded, &bytes);
    live_change_dacl(fixture->directory, crowded, "(A;;RP;;;AN)", false);
}

enum { ENTRIES = 500 };

/* Denials, grants with and without GUIDs, grants for children; each is another one. */
static void crowd(const struct fixture *fixture)
{
    static const char *const texts[] = { "(D;;WP;;;WD)", "(A;;RP;;;AN)", "(A;CI;LC;;;LS)",
                                         "(OA;;CR;" ENUMERATE ";;NS)" };
    OWNED(descriptor_release) struct descriptor descriptor = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    live_read_dacl(fixture->directory, crowded, &descriptor);
    for (size_t i = 0; descriptor.count < ENTRIES; i++) {
        OWNED(sddl_release) struct sddl_ace ace = { 0 };

        live_expect(sddl_parse(texts[i % LENGTH(texts)], &ace, &err), &err);
        ace.ace.object.bytes[0] = (uint8_t)i;
        ace.ace.object.bytes[1] = (uint8_t)(i >> 8);
        if (!ace.ace.has_object) { /* S-1-5-21-i-2 */
            OWNED(free) char *sid = text_make("S-1-5-21-%zu-2-3-1000", i);

            live_expect(sid_parse(sid, &ace.ace.trustee, &err), &err);
        }
        live_expect(descriptor_add(&descriptor, &ace.ace, &err), &err);
    }
    live_expect(directory_set_dacl(fixture->directory, crowded, &descriptor.bytes, &err), &err);
}

/* As the server gives it back, apart from the entry that was added. */
static void expect_only_one_more(const struct fixture *fixture, const struct descriptor *before,
                                 const char *sddl)
{
    OWNED(descriptor_release) struct descriptor now = { 0 };
    OWNED(sddl_release) struct sddl_ace ace = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    live_read_dacl(fixture->directory, crowded, &now);
    live_expect(sddl_parse(sddl, &ace, &err), &err);
    assert_int_equal(now.count, before->count + 1);
    assert_true(descriptor_differs_only_in(before, &now, &ace.ace, 1));
    assert_true(descriptor_remove(&now, &ace.ace));
    descriptor_lower_revision(&now, before->revision);
    assert_int_equal(now.bytes.size, before->bytes.size);
    assert_memory_equal(now.bytes.at, before->bytes.at, now.bytes.size);
}

static void test_a_crowd_stays_in_its_place(void **state)
{
    static const char *const rows[] = { "(A;;RPLCLORC;;;RU)", "(D;;RPLCLORC;;;RU)",
                                        "(OA;;CR;" ENUMERATE ";;RU)" };
    const struct fixture *fixture = *state;
    OWNED(descriptor_release) struct descriptor before = { 0 };
    OWNED(bytes_release) struct bytes bytes = { 0 };

    crowd(fixture);
    live_read_dacl(fixture->directory, crowded, &before);
    live_read_descriptor_bytes(fixture->directory, crowded, false, &bytes);
    assert_true(before.count >= ENTRIES);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        OWNED(plan_release) struct plan_section plan = { 0 };
        OWNED(ajar_state_release) struct ajar_state wanted = { 0 };
        OWNED(ajar_state_release) struct ajar_state found = { 0 };
        OWNED(ajar_state_release) struct ajar_state open = { 0 };
        OWNED(free) char *fields = text_make("ace = %s", rows[i]);

        make_setting(&plan, "OU=ajar-crowded", fields);
        want(&plan, &wanted);
        observe(fixture, &plan, &found);
        move(fixture, &plan, &found, &wanted);
        expect_only_one_more(fixture, &before, rows[i]);
        observe(fixture, &plan, &open);
        move(fixture, &plan, &open, &found);
        expect_bytes(fixture, crowded, &bytes);
    }
}

/* Protected, out of order, with an entry that stands twice: nothing is put right. Samba keeps every
 * DACL with revision 4, so that this one cannot be tried here. */
static void test_an_odd_one_stays_odd(void **state)
{
    static const char odd[] = "0100049000000000"
                              "00000000"
                              "00000000"
                              "14000000"
                              "02005c0004000000"
                              "0000140010000000"
                              "010100000000000507000000"
                              "0000140010000000"
                              "010100000000000507000000"
                              "0100140020000000"
                              "010100000000000100000000"
                              "00001800ff010f00"
                              "01020000000000052000000020020000";
    const struct fixture *fixture = *state;
    OWNED(bytes_release) struct bytes usual = { 0 };
    OWNED(bytes_release) struct bytes bytes = { 0 };
    OWNED(bytes_release) struct bytes stored = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    live_read_descriptor_bytes(fixture->directory, crowded, true, &usual);
    live_expect(bytes_from_hex(odd, &bytes, &err), &err);
    live_expect(directory_set_dacl(fixture->directory, crowded, &bytes, &err), &err);
    live_read_descriptor_bytes(fixture->directory, crowded, true, &stored);
    assert_memory_equal(stored.at + 21, bytes.at + 21, bytes.size - 21);
    open_and_close(fixture, "OU=ajar-crowded", crowded, "ace = (OA;;CR;" ENUMERATE ";;RU)",
                   "(OA;;CR;" ENUMERATE ";;RU)");
    open_and_close(fixture, "OU=ajar-crowded", crowded, "ace = (D;;WP;;;LS)", "(D;;WP;;;LS)");
    live_expect(directory_set_dacl(fixture->directory, crowded, &usual, &err), &err);
}

static void test_names_of_nothing_are_refused(void **state)
{
    static const struct {
        const char *object;
        const char *fields;
    } rows[] = {
        { "CN=Nothing,CN=System", "ace = (A;;RP;;;AN)" },
        { "CN=Server,CN=System", "ace = (A;;RP;;;nobody here)" },
        { "CN=Server,CN=System", "trustee = SOURCE\\Administrator\nright = read" },
    };
    const struct fixture *fixture = *state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        OWNED(plan_release) struct plan_section plan = { 0 };
        struct ajar_state now = { 0 };
        struct ajar_error err = AJAR_NO_ERROR;

        make_setting(&plan, rows[i].object, rows[i].fields);
        live_expect_failure(provider_permission.observe(fixture->target, &plan.setting, &now, &err),
                            &err, AJAR_EMISSING);
        assert_false(now.known);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_right_on_the_server_object),
        cmocka_unit_test(test_reading_the_server_object),
        cmocka_unit_test(test_a_right_on_the_head),
        cmocka_unit_test(test_a_denial),
        cmocka_unit_test(test_a_right_in_the_configuration),
        cmocka_unit_test(test_what_was_there_stays),
        cmocka_unit_test(test_what_is_there_already_is_not_added),
        cmocka_unit_test(test_an_entry_of_the_same_trustee_is_not_merged),
        cmocka_unit_test(test_a_third_party_stays),
        cmocka_unit_test(test_more_from_somebody_else_is_near),
        cmocka_unit_test(test_a_change_by_somebody_else_is_a_conflict),
        cmocka_unit_test(test_a_crowd_stays_in_its_place),
        cmocka_unit_test(test_an_odd_one_stays_odd),
        cmocka_unit_test(test_names_of_nothing_are_refused),
    };

    if (!live_has_lab())
        return SKIPPED;
    return cmocka_run_group_tests_name("live_permission", tests, set_up, tear_down);
}
