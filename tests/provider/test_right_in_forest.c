/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rights in child.source.test, of accounts of source.test and of others, in a forest in memory:
 * each directory tells only what a real one tells.
 */
#include "base/text.h"
#include "model/sddl.h"
#include "provider/requirement.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "section.h"

#define HEAD       "DC=child,DC=source,DC=test"
#define CONNECTOR  "S-1-5-21-1-1-1-1100"
#define FORMER     "S-1-5-21-8-8-8-1100"
#define GLOBAL     "S-1-5-21-1-1-1-1200"
#define UNIVERSAL  "S-1-5-21-3-3-3-1300"
#define LOCAL      "S-1-5-21-2-2-2-1400"
#define OUTER      "S-1-5-21-2-2-2-1500"
#define LIST       "S-1-5-21-2-2-2-1600"
#define OWN        "S-1-5-21-2-2-2-1100"
#define STRANGER   "S-1-5-21-9-9-9-1100"
#define CHANGES    "1131f6aa-9c07-11d1-f79f-00c04fc2dcd2"
#define ALL        "1131f6ad-9c07-11d1-f79f-00c04fc2dcd2"
#define SPEAKS     "(objectClass=foreignSecurityPrincipal)"
#define UNIVERSALS "(groupType:1.2.840.113556.1.4.803:=8)"

enum sort { USER, GLOBAL_GROUP, UNIVERSAL_GROUP, LOCAL_GROUP, DISTRIBUTION_GROUP, FOREIGN, OTHER };

static const struct object {
    const char *dn;
    const char *sid;
    enum sort sort;
    const char *member;
    const char *former; /* sIDHistory */
    const char *groups; /* of its forest, as its own domain counts them up */
} objects[] = {
    { HEAD, "S-1-5-21-2-2-2", OTHER, NULL, NULL, NULL },
    { "CN=Connector,DC=source,DC=test", CONNECTOR, USER, NULL, FORMER, GLOBAL },
    { "CN=Global,DC=source,DC=test", GLOBAL, GLOBAL_GROUP, "CN=Connector,DC=source,DC=test", NULL,
      NULL },
    { "CN=Universal,DC=third,DC=source,DC=test", UNIVERSAL, UNIVERSAL_GROUP,
      "CN=Global,DC=source,DC=test", NULL, NULL },
    { "CN=Local," HEAD, LOCAL, LOCAL_GROUP, "CN=Global,DC=source,DC=test", NULL, NULL },
    { "CN=Outer," HEAD, OUTER, LOCAL_GROUP, "CN=Local," HEAD, NULL, NULL },
    { "CN=List," HEAD, LIST, DISTRIBUTION_GROUP, "CN=Global,DC=source,DC=test", NULL, NULL },
    { "CN=Own," HEAD, OWN, USER, NULL, NULL, NULL },
    { "CN=" STRANGER ",CN=ForeignSecurityPrincipals," HEAD, STRANGER, FOREIGN, NULL, NULL, NULL },
};

struct directory {
    const char *head;
    bool is_catalog;
};

static struct {
    struct directory here;
    struct directory home;
    struct directory catalog;
    const char *trouble; /* NULL; "catalog" or "home" cannot be reached, "hidden": home hides */
    struct bytes dacl;
} forest = {
    .here = { .head = HEAD },
    .home = { .head = "DC=source,DC=test" },
    .catalog = { .is_catalog = true },
};

static bool has_trouble(const char *which)
{
    return forest.trouble && strcmp(forest.trouble, which) == 0;
}

bool target_directory(struct target *target, struct directory **ret_directory,
                      struct ajar_error *err)
{
    (void)target;
    (void)err;
    *ret_directory = &forest.here;
    return true;
}

bool target_catalog(struct target *target, struct directory **ret_catalog, struct ajar_error *err)
{
    (void)target;
    *ret_catalog = &forest.catalog;
    return !has_trouble("catalog") || ajar_fail(err, AJAR_EUNREACHABLE, "no catalog today");
}

bool target_directory_of(struct target *target, const char *dn, struct directory **ret_directory,
                         struct ajar_error *err)
{
    (void)target;
    assert_string_equal(dn, "CN=Connector,DC=source,DC=test");
    *ret_directory = &forest.home;
    return !has_trouble("home") || ajar_fail(err, AJAR_EUNREACHABLE, "nobody at home");
}

const char *directory_domain_dn(const struct directory *directory)
{
    return directory->head;
}

const char *directory_configuration_dn(const struct directory *directory)
{
    (void)directory;
    return "CN=Configuration,DC=source,DC=test";
}

const char *directory_host(const struct directory *directory)
{
    return directory == &forest.home ? "dc1.source.test" : "dc4.child.source.test";
}

bool directory_escape(const void *bytes, size_t size, char **ret_text, struct ajar_error *err)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(4096);

    for (size_t i = 0; i < size; i++)
        text_format(&text, "\\%02x", ((const uint8_t *)bytes)[i]);
    return text_take(&text, ret_text, err);
}

static bool ends_with(const char *dn, const char *head)
{
    size_t size = strlen(dn);
    size_t tail = strlen(head);

    return size >= tail && strcmp(dn + size - tail, head) == 0;
}

/* A controller has its own domain's objects, and the catalog has all. */
static bool keeps(const struct directory *directory, const struct object *object)
{
    if (directory->is_catalog)
        return true;
    return ends_with(object->dn, directory->head) &&
           (directory == &forest.here || !ends_with(object->dn, HEAD));
}

static bool is_in_filter(const char *filter, const char *name, const void *bytes, size_t size)
{
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(free) char *escaped = NULL;
    OWNED(free) char *term = NULL;

    assert_true(directory_escape(bytes, size, &escaped, &err));
    term = text_make("%s=%s)", name, escaped);
    return strstr(filter, term) != NULL;
}

static void parse_sid(const char *text, struct sid *ret_sid)
{
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(sid_parse(text, ret_sid, &err));
}

static bool holds_one_of(const struct directory *directory, const struct object *object,
                         const char *filter)
{
    if (!object->member || object->sort == DISTRIBUTION_GROUP ||
        (object->sort != UNIVERSAL_GROUP && (directory->is_catalog || strstr(filter, UNIVERSALS))))
        return false;
    return is_in_filter(filter, "(member", object->member, strlen(object->member)) ||
           is_in_filter(filter, "(member:1.2.840.113556.1.4.1941:", object->member,
                        strlen(object->member));
}

static bool is_asked_for(const struct directory *directory, const struct directory_query *query,
                         const struct object *object)
{
    OWNED(free) char *name = text_make("<SID=%s>", object->sid);
    struct sid sid;

    if (!keeps(directory, object))
        return false;
    if (query->scope == DIRECTORY_BASE)
        return strcmp(query->base, object->dn) == 0 || strcmp(query->base, name) == 0;
    if (!ends_with(object->dn, query->base))
        return false;
    if (object->sort == FOREIGN && strstr(query->filter, "(!" SPEAKS ")"))
        return false;
    parse_sid(object->sid, &sid);
    return is_in_filter(query->filter, "(objectSid", sid.bytes, sid.size) ||
           holds_one_of(directory, object, query->filter);
}

static void add_attribute(struct directory_entry *entry, const char *name, const void *bytes,
                          size_t size)
{
    struct directory_value *value = calloc(1, sizeof(*value));

    assert_non_null(value);
    value->bytes.at = calloc(1, size + 1);
    assert_non_null(value->bytes.at);
    memcpy(value->bytes.at, bytes, size);
    value->bytes.size = size;
    entry->attributes[entry->count++] = (struct directory_attribute){ text_copy(name), 1, value };
}

static void add_sid(struct directory_entry *entry, const char *name, const char *text)
{
    struct sid sid;

    if (!text)
        return;
    parse_sid(text, &sid);
    add_attribute(entry, name, sid.bytes, sid.size);
}

static void fill(const struct directory *directory, const struct directory_query *query,
                 const struct object *object, struct directory_entry *entry)
{
    const char *dn = object->dn;

    entry->dn = query->extended_dn ? text_make("<GUID=0a6df799-abba-4e6e-8371-4444795f5776>;%s", dn)
                                   : text_copy(dn);
    entry->attributes = calloc(8, sizeof(*entry->attributes));
    assert_non_null(entry->attributes);
    add_sid(entry, "objectSid", object->sid);
    add_sid(entry, "sIDHistory", object->former);
    if (directory == &forest.home && !has_trouble("hidden"))
        add_sid(entry, "tokenGroupsGlobalAndUniversal", object->groups);
    add_attribute(entry, "objectClass", object->sort == USER ? "user" : "top",
                  object->sort == USER ? 4 : 3);
    if (object->sort != OTHER)
        add_attribute(entry, "sAMAccountName", dn + 3, strcspn(dn + 3, ","));
    else
        add_attribute(entry, "nTSecurityDescriptor", forest.dacl.at, forest.dacl.size);
}

bool directory_search(struct directory *directory, const struct directory_query *query,
                      struct directory_result *ret_result, struct ajar_error *err)
{
    struct directory_result result = { .entries =
                                           calloc(LENGTH(objects), sizeof(*result.entries)) };

    assert_non_null(result.entries);
    for (size_t i = 0; i < LENGTH(objects); i++) {
        if (is_asked_for(directory, query, &objects[i]))
            fill(directory, query, &objects[i], &result.entries[result.count++]);
    }
    if (result.count == 0 && query->scope == DIRECTORY_BASE) {
        directory_result_release(&result);
        return ajar_fail(err, AJAR_EMISSING, "no object \"%s\"", query->base);
    }
    *ret_result = result;
    return true;
}

/* A descriptor with these entries, in their order, and with nothing else. */
static void make_dacl(const char *const *entries, struct bytes *ret_bytes)
{
    static const uint8_t empty[] = { 1, 0, 4,  0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                     0, 0, 20, 0,    0, 0, 4, 0, 8, 0, 0, 0, 0, 0 };
    OWNED(descriptor_release) struct descriptor descriptor = { 0 };
    const struct bytes bytes = { (uint8_t *)(uintptr_t)empty, sizeof(empty) };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(descriptor_read(&bytes, &descriptor, &err));
    for (; *entries; entries++) {
        OWNED(sddl_release) struct sddl_ace ace = { 0 };

        if (!sddl_parse(*entries, &ace, &err) || !descriptor_add(&descriptor, &ace.ace, &err))
            fail_msg("%s: %s", *entries, err.text);
    }
    assert_true(bytes_copy(descriptor.bytes.at, descriptor.bytes.size, ret_bytes, &err));
}

static const struct right_case {
    const char *name;
    const char *dacl[3];
    const char *account;
    const char *trouble;
    enum requirement_result result;
    const char *says;
    const char *says_too;
} right_cases[] = {
    { "granted to the account",
      { "(OA;;CR;" CHANGES ";;" CONNECTOR ")" },
      CONNECTOR,
      NULL,
      REQUIREMENT_PASS,
      "gives it to " CONNECTOR,
      "" },
    { "the other right alone",
      { "(OA;;CR;" ALL ";;" CONNECTOR ")" },
      CONNECTOR,
      NULL,
      REQUIREMENT_FAIL,
      "nothing gives replicating-directory-changes to " CONNECTOR,
      "" },
    { "every extended right",
      { "(A;;CR;;;" CONNECTOR ")" },
      CONNECTOR,
      NULL,
      REQUIREMENT_PASS,
      "gives it to",
      "" },
    { "all there is",
      { "(A;;GA;;;" CONNECTOR ")" },
      CONNECTOR,
      NULL,
      REQUIREMENT_PASS,
      "gives it to",
      "" },
    { "the other right is denied",
      { "(OD;;CR;" ALL ";;" CONNECTOR ")", "(A;;CR;;;" CONNECTOR ")" },
      CONNECTOR,
      NULL,
      REQUIREMENT_PASS,
      "gives it to",
      "" },
    { "to a global group of its domain",
      { "(A;;CR;;;" GLOBAL ")" },
      CONNECTOR,
      NULL,
      REQUIREMENT_PASS,
      "gives it to Global, which " CONNECTOR " is in",
      "" },
    { "to a universal group of a third domain",
      { "(A;;CR;;;" UNIVERSAL ")" },
      CONNECTOR,
      NULL,
      REQUIREMENT_PASS,
      "gives it to Universal, which",
      "" },
    { "to who it once was",
      { "(A;;CR;;;" FORMER ")" },
      CONNECTOR,
      NULL,
      REQUIREMENT_PASS,
      "gives it to " FORMER,
      "" },
    { "to authenticated users",
      { "(A;;CR;;;AU)" },
      CONNECTOR,
      NULL,
      REQUIREMENT_PASS,
      "gives it to Authenticated Users",
      "" },
    { "denied to a group of this domain",
      { "(OD;;CR;" CHANGES ";;" LOCAL ")", "(A;;CR;;;" CONNECTOR ")" },
      CONNECTOR,
      NULL,
      REQUIREMENT_FAIL,
      "denies it to Local, which " CONNECTOR " is in",
      "" },
    { "denied to the group around it",
      { "(D;;CR;;;" OUTER ")", "(A;;CR;;;" CONNECTOR ")" },
      CONNECTOR,
      NULL,
      REQUIREMENT_FAIL,
      "denies it to Outer, which " CONNECTOR " is in",
      "" },
    { "denied to a group that counts nowhere",
      { "(D;;CR;;;" LIST ")", "(A;;CR;;;" CONNECTOR ")" },
      CONNECTOR,
      NULL,
      REQUIREMENT_PASS,
      "gives it to",
      "" },
    { "an account of this domain",
      { "(A;;CR;;;" CONNECTOR ")" },
      OWN,
      "catalog",
      REQUIREMENT_FAIL,
      "nothing gives",
      "" },
    { "its domain is not reached: not found given",
      { "(A;;CR;;;" GLOBAL ")" },
      CONNECTOR,
      "home",
      REQUIREMENT_UNKNOWN,
      "nothing that could be read gives replicating-directory-changes to " CONNECTOR,
      "the groups of its own domain could not be read (nobody at home)" },
    { "its domain is not reached: given, and denied to nobody",
      { "(A;;CR;;;" CONNECTOR ")" },
      CONNECTOR,
      "home",
      REQUIREMENT_PASS,
      "gives it to",
      "" },
    { "its domain is not reached: given, and denied to some",
      { "(D;;CR;;;" LOCAL ")", "(A;;CR;;;" CONNECTOR ")" },
      CONNECTOR,
      "home",
      REQUIREMENT_UNKNOWN,
      CONNECTOR " has replicating-directory-changes unless it is in Local",
      "nobody at home" },
    { "its domain is not reached: another right is denied to some",
      { "(OD;;CR;" ALL ";;" LOCAL ")", "(A;;CR;;;" CONNECTOR ")" },
      CONNECTOR,
      "home",
      REQUIREMENT_PASS,
      "gives it to",
      "" },
    { "its domain does not show the groups",
      { "(A;;CR;;;" GLOBAL ")" },
      CONNECTOR,
      "hidden",
      REQUIREMENT_UNKNOWN,
      "nothing that could",
      "dc1.source.test does not show them to this login" },
    { "no catalog",
      { "(A;;CR;;;" GLOBAL ")" },
      CONNECTOR,
      "catalog",
      REQUIREMENT_UNKNOWN,
      "nothing that could",
      "no catalog today" },
    { "of another forest",
      { "(A;;CR;;;" GLOBAL ")" },
      STRANGER,
      NULL,
      REQUIREMENT_UNKNOWN,
      "nothing that could",
      "it is not of this forest" },
    { "of another forest, given",
      { "(A;;CR;;;" STRANGER ")" },
      STRANGER,
      NULL,
      REQUIREMENT_PASS,
      "gives it to " STRANGER,
      "" },
    { "who is nobody's account",
      { "(A;;CR;;;" GLOBAL ")" },
      "anonymous-logon",
      "catalog",
      REQUIREMENT_FAIL,
      "nothing gives",
      "" },
};

static void run_right_case(void **state)
{
    const struct right_case *row = *state;
    OWNED(free)
    char *text = text_make("[require r]\nobject = domain\naccount = %s\n"
                           "right = replicating-directory-changes\n",
                           row->account);
    OWNED(section_release) struct section section = { 0 };
    OWNED(finding_release) struct finding finding = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    section_read(&section, text, PLACE_DOMAIN, "child.source.test");
    forest.trouble = row->trouble;
    make_dacl(row->dacl, &forest.dacl);
    if (!requirement_right.examine(NULL, &section.setting, &finding, &err))
        fail_msg("%s", err.text);
    bytes_release(&forest.dacl);
    assert_part(finding.reason, row->says);
    assert_part(finding.reason, row->says_too);
    assert_int_equal(finding.result, row->result);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(right_cases)];

    for (size_t i = 0; i < LENGTH(right_cases); i++)
        tests[i] = (struct CMUnitTest){ .name = right_cases[i].name,
                                        .test_func = run_right_case,
                                        .initial_state = (void *)(uintptr_t)&right_cases[i] };
    return cmocka_run_group_tests_name("right_in_forest", tests, NULL, NULL);
}
