/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Trusts, as a directory in memory tells of them.
 */
#include "provider/requirement.h"
#include "rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "section.h"

/* One trusted domain, and all that the sort asks of a target and its directory. */
struct target {
    const char *partner; /* NULL: no trustPartner */
    const char *direction;
    const char *type;
    const char *attributes;
    bool is_broken;
};

bool target_directory(struct target *target, struct directory **ret_directory,
                      struct ajar_error *err)
{
    (void)err;
    *ret_directory = (struct directory *)target;
    return true;
}

const char *directory_domain_dn(const struct directory *directory)
{
    (void)directory;
    return "DC=target,DC=test";
}

static void add_attribute(struct directory_entry *entry, const char *name, const char *text)
{
    struct directory_attribute *attribute = &entry->attributes[entry->count];
    struct ajar_error err = AJAR_NO_ERROR;

    if (!text)
        return;
    entry->count++;
    *attribute = (struct directory_attribute){ .name = text_copy(name), .count = 1 };
    attribute->values = calloc(1, sizeof(*attribute->values));
    assert_true(bytes_copy(text, strlen(text) + 1, &attribute->values[0].bytes, &err));
    attribute->values[0].bytes.size--;
}

/* Another trust stands in front of the one that the test sets. */
bool directory_search(struct directory *directory, const struct directory_query *query,
                      struct directory_result *ret_result, struct ajar_error *err)
{
    const struct target *target = (const struct target *)directory;
    struct directory_entry *entries;

    assert_string_equal(query->base, "CN=System,DC=target,DC=test");
    assert_string_equal(query->filter, "(objectClass=trustedDomain)");
    assert_int_equal(query->scope, DIRECTORY_ONE);
    if (target->is_broken)
        return ajar_fail(err, AJAR_ETIMEOUT, "no answer");
    entries = calloc(2, sizeof(*entries));
    for (size_t i = 0; i < 2; i++) {
        entries[i].dn = text_copy("CN=some,CN=System,DC=target,DC=test");
        entries[i].attributes = calloc(4, sizeof(*entries[i].attributes));
    }
    add_attribute(&entries[0], "trustPartner", "other.test");
    add_attribute(&entries[0], "trustDirection", "3");
    add_attribute(&entries[1], "trustPartner", target->partner);
    add_attribute(&entries[1], "trustDirection", target->direction);
    add_attribute(&entries[1], "trustType", target->type);
    add_attribute(&entries[1], "trustAttributes", target->attributes);
    *ret_result = (struct directory_result){ .count = 2, .entries = entries };
    return true;
}

#define TRUST(direction_is, attributes_are)                     \
    {                                                           \
        "Source.Test", direction_is, "2", attributes_are, false \
    }

static const struct trust_case {
    const char *name;
    struct target target;
    const char *fields; /* besides the partner */
    enum requirement_result result;
    const char *reason; /* a part of it */
    const char *hint;   /* a part of it; NULL: there is none */
} trust_cases[] = {
    /* clang-format off */
    { "trust: both ways is what it must be when nothing is said", TRUST("3", "8"), "",
      REQUIREMENT_PASS, "forest trust with source.test, both ways, SID filtering on; whether it works was not tried", NULL },
    { "trust: inbound is not both", TRUST("1", "8"), "", REQUIREMENT_FAIL,
      "is inbound only (source.test trusts target.test); it must be both", "two-way" },
    { "trust: outbound is not both", TRUST("2", "8"), "direction = both\n", REQUIREMENT_FAIL,
      "is outbound only (target.test trusts source.test); it must be both", "two-way" },
    { "trust: inbound is not outbound", TRUST("1", "8"), "direction = outbound\n", REQUIREMENT_FAIL,
      "it must be outbound", "two-way" },
    { "trust: inbound", TRUST("1", "8"), "direction = inbound\n", REQUIREMENT_PASS,
      "source.test, inbound;", NULL },
    { "trust: both ways is inbound, too", TRUST("3", "8"), "direction = inbound\n",
      REQUIREMENT_PASS, "both ways", NULL },
    { "trust: both ways is outbound, too", TRUST("3", "8"), "direction = outbound\n",
      REQUIREMENT_PASS, "both ways", NULL },
    { "trust: any direction", TRUST("1", "8"), "direction = any\n", REQUIREMENT_PASS, "inbound",
      NULL },
    { "trust: disabled", TRUST("0", "8"), "direction = any\n", REQUIREMENT_FAIL, "is disabled",
      "two-way" },
    { "trust: none", { "source.test.net", "3", "2", "8", false }, "", REQUIREMENT_FAIL,
      "target.test has no trust with source.test", "Active Directory Domains and Trusts" },
    { "trust: one without a name", { NULL, "3", "2", "8", false }, "", REQUIREMENT_FAIL,
      "no trust with", "Active Directory" },

    { "kind: a forest, as asked", TRUST("3", "8"), "kind = forest\n", REQUIREMENT_PASS, "forest",
      NULL },
    { "kind: a forest, not as asked", TRUST("3", "8"), "kind = external\n", REQUIREMENT_FAIL,
      "of the kind forest, not external", "anew" },
    { "kind: external, as asked", TRUST("3", "4"), "kind = external\n", REQUIREMENT_PASS,
      "external", NULL },
    { "kind: external, not as asked", TRUST("3", NULL), "kind = forest\n", REQUIREMENT_FAIL,
      "of the kind external, not forest", "anew" },
    { "kind: within the forest is not external", TRUST("3", "32"), "kind = external\n",
      REQUIREMENT_FAIL, "of the kind intra-forest", "anew" },
    { "kind: a Kerberos realm is not external", { "source.test", "3", "3", "0", false },
      "kind = external\n", REQUIREMENT_FAIL, "of the kind realm", "anew" },
    { "kind: any", TRUST("3", "32"), "kind = any\n", REQUIREMENT_PASS, "intra-forest", NULL },

    { "filter: a forest has it on", TRUST("3", "8"), "sid-filtering = on\n", REQUIREMENT_PASS,
      "SID filtering on", NULL },
    { "filter: on, and must be off", TRUST("3", "8"), "sid-filtering = off\n", REQUIREMENT_FAIL,
      "SID filtering is on for what comes from source.test to target.test; it must be off",
      "netdom trust target.test /domain:source.test /enablesidhistory:yes" },
    { "filter: relaxed for a forest", TRUST("3", "72"), "sid-filtering = off\n", REQUIREMENT_PASS,
      "SID filtering off", NULL },
    { "filter: relaxed, and must be on", TRUST("3", "72"), "sid-filtering = on\n",
      REQUIREMENT_FAIL, "SID filtering is off", "/enablesidhistory:no" },
    { "filter: a quarantined forest", TRUST("2", "76"),
      "direction = outbound\nsid-filtering = off\n", REQUIREMENT_FAIL, "is on",
      "/quarantine:no /enablesidhistory:yes" },
    { "filter: external without a quarantine", TRUST("3", "0"), "sid-filtering = off\n",
      REQUIREMENT_PASS, "SID filtering off", NULL },
    { "filter: external without attributes", TRUST("3", NULL), "sid-filtering = on\n",
      REQUIREMENT_FAIL, "is off", "netdom trust target.test /domain:source.test /quarantine:yes" },
    { "filter: external in quarantine", TRUST("3", "4"), "sid-filtering = off\n",
      REQUIREMENT_FAIL, "is on", "netdom trust target.test /domain:source.test /quarantine:no" },
    { "filter: 0x40 alone says nothing", TRUST("3", "68"), "sid-filtering = on\n",
      REQUIREMENT_PASS, "SID filtering on", NULL },
    { "filter: decided by who trusts", TRUST("1", "8"), "direction = inbound\nsid-filtering = off\n",
      REQUIREMENT_UNKNOWN, "target.test does not trust source.test", "on the domain that trusts" },
    { "filter: within the forest", TRUST("3", "32"), "sid-filtering = off\n", REQUIREMENT_UNKNOWN,
      "(trustAttributes 0x20)", NULL },
    { "filter: of a kind that nobody decided", TRUST("3", "1032"), "sid-filtering = on\n",
      REQUIREMENT_UNKNOWN, "0x408", NULL },
    { "filter: the sign is a bit", TRUST("3", "-2147483644"), "sid-filtering = on\n",
      REQUIREMENT_PASS, "SID filtering on", NULL },
    /* clang-format on */
};

static void read_requirement(struct section *section, const char *partner, const char *fields)
{
    OWNED(free) char *text = text_make("[require test]\npartner = %s\n%s", partner, fields);

    section_read(section, text, PLACE_DOMAIN, "target.test");
}

static bool judge(const struct setting *setting, struct ajar_error *err)
{
    return schema_check(setting->file, setting->section, requirement_trust.fields, NULL, err) &&
           requirement_trust.judge(setting, err);
}

static void run_trust_case(void **state)
{
    const struct trust_case *row = *state;
    struct target target = row->target;
    OWNED(section_release) struct section section = { 0 };
    OWNED(finding_release) struct finding finding = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    read_requirement(&section, "source.test", row->fields);
    if (!judge(&section.setting, &err) ||
        !requirement_trust.examine(&target, &section.setting, &finding, &err))
        fail_msg("%s", err.text);
    assert_part(finding.reason, row->reason);
    assert_part(finding.hint, row->hint);
    assert_int_equal(finding.result, row->result);
}

static const struct trouble_case {
    const char *name;
    struct target target;
    enum ajar_status status;
} trouble_cases[] = {
    { "trouble: no answer", { "source.test", "3", "2", "8", true }, AJAR_ETIMEOUT },
    { "trouble: no direction", { "source.test", NULL, "2", "8", false }, AJAR_EPROTOCOL },
    { "trouble: no type", { "source.test", "3", NULL, "8", false }, AJAR_EPROTOCOL },
    { "trouble: no number", { "source.test", "3x", "2", "8", false }, AJAR_EPROTOCOL },
    { "trouble: an empty number", { "source.test", "3", "2", "", false }, AJAR_EPROTOCOL },
    { "trouble: too large a number",
      { "source.test", "3", "2", "4294967296", false },
      AJAR_EPROTOCOL },
};

static void run_trouble_case(void **state)
{
    const struct trouble_case *row = *state;
    struct target target = row->target;
    OWNED(section_release) struct section section = { 0 };
    struct finding finding = { .result = REQUIREMENT_PASS };
    struct ajar_error err = AJAR_NO_ERROR;

    read_requirement(&section, "source.test", "");
    assert_false(requirement_trust.examine(&target, &section.setting, &finding, &err));
    assert_int_equal(err.status, row->status);
    assert_int_equal(finding.result, REQUIREMENT_PASS);
    assert_null(finding.reason);
}

static const struct section_case {
    const char *name;
    const char *partner;
    const char *fields;
    const char *says; /* how it begins; NULL: it is right */
} section_cases[] = {
    { "section: right", "source.test", "direction = any\nsid-filtering = any\nkind = any\n", NULL },
    { "section: a short name", "SOURCE", "", "plan.ini:2: partner: " },
    { "section: a name with a blank", "source test.x", "", "plan.ini:2: partner: " },
    { "section: the domain itself", "Target.test", "", "plan.ini:2: a domain has no trust" },
    { "section: no such direction", "source.test", "direction = up\n", "plan.ini:3: " },
    { "section: no such filter", "source.test", "sid-filtering = yes\n", "plan.ini:3: " },
    { "section: no such kind", "source.test", "kind = realm\n", "plan.ini:3: " },
};

static void run_section_case(void **state)
{
    const struct section_case *row = *state;
    OWNED(section_release) struct section section = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    read_requirement(&section, row->partner, row->fields);
    assert_int_equal(judge(&section.setting, &err), row->says == NULL);
    if (!row->says)
        return;
    assert_plan_error(&err, row->says);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(trust_cases) + LENGTH(trouble_cases) + LENGTH(section_cases)] = {
        0
    };
    size_t count = 0;

    ADD_CASES(trust_cases, run_trust_case);
    ADD_CASES(trouble_cases, run_trouble_case);
    ADD_CASES(section_cases, run_section_case);
    return cmocka_run_group_tests_name("require_trust", tests, NULL, NULL);
}
