/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a directory tells of the versions of what it holds, as a controller of Windows does.
 */
#include "provider/version.h"

#include "base/text.h"
#include "fake/fake_domain.h"
#include "model/state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define GROUP      "CN=Group," FAKE_DOMAIN_DN
#define MEMBER     "<GUID=5bf9967e-9f44-4bf9-b344-c8461db203fb>"
#define ATTRIBUTES "msDS-ReplAttributeMetaData"
#define LINKS      "msDS-ReplValueMetaData"

/* Metadata of an attribute, or (with `object`) of a link. */
#define TOLD(attribute, object, version)                                                        \
    "<A><pszAttributeName>" attribute "</pszAttributeName>" object "<dwVersion>" version        \
    "</dwVersion><ftimeLastOriginatingChange>2026-11-21T08:00:00Z</ftimeLastOriginatingChange>" \
    "<uuidLastOriginatingDsaInvocationID>53ded822-c0c1-4089-b35e-fb071f76f2f9"                  \
    "</uuidLastOriginatingDsaInvocationID><usnOriginatingChange>16411</usnOriginatingChange></A>"
#define OBJECT "<pszObjectDn>&lt;guid=5BF9967E-9f44-4bf9-b344-c8461db203fb&gt;</pszObjectDn>"

static int set_up(void **state)
{
    (void)state;
    fake_domain_reset();
    fake_domain_set(GROUP, "uSNChanged", "3879");
    fake_domain_set(MEMBER, "objectClass", "user");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fake_domain_clear();
    return 0;
}

static void assert_fact(const struct ajar_state *state, const char *name, const char *value)
{
    const char *fact = ajar_state_fact(state, name);

    assert_true(state->known);
    if (!value)
        assert_null(fact);
    else if (!fact)
        fail_msg("no fact %s", name);
    else
        assert_string_equal(fact, value);
}

static struct ajar_state of_attribute(const char *attribute, bool exact)
{
    struct ajar_state evidence = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    if (!version_of_attribute(NULL, GROUP, attribute, exact, &evidence, &err))
        fail_msg("%s", err.text);
    return evidence;
}

static struct ajar_state of_member(bool has_object)
{
    struct guid member;
    struct ajar_state evidence = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(guid_parse("5bf9967e-9f44-4bf9-b344-c8461db203fb", &member, &err));
    if (!version_of_member(NULL, GROUP, has_object ? &member : NULL, &evidence, &err))
        fail_msg("%s", err.text);
    return evidence;
}

static void test_an_attribute_has_its_version(void **state)
{
    OWNED(ajar_state_release) struct ajar_state evidence = { 0 };

    (void)state;
    fake_domain_set(GROUP, ATTRIBUTES, TOLD("description", "", "7"));
    evidence = of_attribute("Description", true);
    assert_fact(&evidence, "exact", "yes");
    assert_fact(&evidence, "version", "7");
    assert_fact(&evidence, "written", "2026-11-21T08:00:00Z");
    assert_fact(&evidence, "by", "53ded822-c0c1-4089-b35e-fb071f76f2f9");
    assert_fact(&evidence, "usn", "16411");
}

static void test_one_that_nobody_ever_wrote_has_the_version_0(void **state)
{
    OWNED(ajar_state_release) struct ajar_state evidence = { 0 };

    (void)state;
    fake_domain_set(GROUP, ATTRIBUTES, TOLD("description", "", "7"));
    evidence = of_attribute("info", false);
    assert_fact(&evidence, "exact", "no");
    assert_fact(&evidence, "version", "0");
    assert_fact(&evidence, "written", NULL);
}

static void test_a_server_that_tells_nothing(void **state)
{
    OWNED(ajar_state_release) struct ajar_state evidence = { 0 };

    (void)state;
    evidence = of_attribute("description", true);
    assert_false(evidence.known);
}

static void test_a_link_has_its_version(void **state)
{
    OWNED(ajar_state_release) struct ajar_state evidence = { 0 };

    (void)state;
    fake_domain_set(GROUP, ATTRIBUTES, TOLD("description", "", "7"));
    fake_domain_set(GROUP, LINKS, TOLD("member", OBJECT, "3"));
    evidence = of_member(true);
    assert_fact(&evidence, "exact", "yes");
    assert_fact(&evidence, "version", "3");
}

static void test_a_link_that_never_was_has_the_version_0(void **state)
{
    OWNED(ajar_state_release) struct ajar_state evidence = { 0 };
    OWNED(ajar_state_release) struct ajar_state nobody = { 0 };

    (void)state;
    fake_domain_set(GROUP, ATTRIBUTES, TOLD("description", "", "7"));
    evidence = of_member(true);
    assert_fact(&evidence, "exact", "yes");
    assert_fact(&evidence, "version", "0");
    nobody = of_member(false);
    assert_fact(&nobody, "exact", "yes");
    assert_fact(&nobody, "version", "0");
}

/* From before links had versions of their own. */
static void test_an_old_link_has_the_version_of_all(void **state)
{
    OWNED(ajar_state_release) struct ajar_state evidence = { 0 };

    (void)state;
    fake_domain_set(GROUP, ATTRIBUTES, TOLD("member", "", "5"));
    evidence = of_member(true);
    assert_fact(&evidence, "exact", "no");
    assert_fact(&evidence, "version", "5");
}

static void test_without_links_the_group_has_a_number(void **state)
{
    OWNED(ajar_state_release) struct ajar_state evidence = { 0 };

    (void)state;
    evidence = of_member(true);
    assert_fact(&evidence, "exact", "no");
    assert_fact(&evidence, "usn-at-dc2-target-test", "3879");
    assert_fact(&evidence, "version", NULL);
}

static void test_what_makes_no_sense_is_refused(void **state)
{
    struct ajar_state evidence = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    fake_domain_set(GROUP, ATTRIBUTES, "<A>");
    assert_false(version_of_attribute(NULL, GROUP, "description", true, &evidence, &err));
    assert_int_equal(err.status, AJAR_EPROTOCOL);
    assert_false(evidence.known);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_an_attribute_has_its_version),
        TEST(test_one_that_nobody_ever_wrote_has_the_version_0),
        TEST(test_a_server_that_tells_nothing),
        TEST(test_a_link_has_its_version),
        TEST(test_a_link_that_never_was_has_the_version_0),
        TEST(test_an_old_link_has_the_version_of_all),
        TEST(test_without_links_the_group_has_a_number),
        TEST(test_what_makes_no_sense_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
