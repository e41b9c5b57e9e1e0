/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the wizard writes, made up from the names that the documents confirm.
 */
#include "model/connect_policy.h"

#include "base/clock.h"
#include "encoding.h"
#include "rows.h"

#define ONE "338cd001-2244-31f1-aaaa-900038001003"
#define TWO "b891884f-051e-4a83-95af-2544101c9083"

static const struct row {
    const char *name;
    const char *file;
    const char *is; /* the directories, and behind "|" what is said of the topics */
    const char *says;
} rows[] = {
    { "one directory",
      "{\"onpremisesDirectoryPolicy\": [{\"uniqueIdentifier\": \"" ONE "\", \"friendlyName\": "
      "\"Source\", \"fullyQualifiedDomainName\": \"source.test\", \"partitionFilters\": "
      "[{\"distinguishedName\": \"DC=source,DC=test\"}, {\"distinguishedName\": "
      "\"DC=child,DC=source,DC=test\"}]}]}",
      ONE " Source source.test DC=source,DC=test; DC=child,DC=source,DC=test|", NULL },
    { "an object instead of an array",
      "{\"onpremisesDirectoryPolicy\": {\"uniqueIdentifier\": \"" ONE "\", \"partitionFilters\": "
      "{\"distinguishedName\": \"DC=x\"}}}",
      ONE " - - DC=x|", NULL },
    { "names in another case",
      "{\"OnPremisesDirectoryPolicy\": [{\"UNIQUEIDENTIFIER\": \"{" ONE
      "}\"}, {\"uniqueidentifier\":"
      " \"" TWO "\", \"FriendlyName\": \"Two\"}]}",
      ONE " - - -," TWO " Two - -|", NULL },
    { "an identifier that is none", "{\"onpremisesDirectoryPolicy\": {\"uniqueIdentifier\": 7}}",
      "? - - -|", NULL },
    { "nothing that is known", "{}", "|", NULL },
    { "something that may be it",
      "{\"azureDirectoryPolicy\": {\"passwordHashSync\": true}, \"StagingModeEnabled\": \"No\"}",
      "| hash azureDirectoryPolicy.passwordHashSync: true; staging StagingModeEnabled: No;", NULL },
    { "in an array of objects", "{\"a\": [{\"b\": {\"isHashSyncOn\": null}}]}",
      "| hash a.b.isHashSyncOn: null;", NULL },
    { "an object is kept word for word", "{\"staging\": {\"mode\": [1, 2]}}",
      "| staging staging: {\"mode\":[1,2]};", NULL },
    { "nothing of it disturbs a terminal",
      "{\"staging\\u001b[0m\\u202e\": \"\\u001b[31m\x7f\xe2\x80\xa8\"}",
      "| staging staging\\u001B[0m\\u202E: \\u001B[31m?\\u2028;", NULL },
    { "an array", "[]", NULL, "line 1: not an object" },
    { "nothing", "", NULL, "line 1: " },
    { "cut", "{\n\"a\": [1,\n", NULL, "line 3: " },
    { "more than one", "{}\n{}", NULL, "line 2: " },
    { "a NUL in a text", "{\"a\": \"\\u0000\"}", NULL, "line 1: " },
    { "half a pair", "{\"a\": \"\\ud800\"}", NULL, "line 1: " },
    { "directories that are none", "{\"onpremisesDirectoryPolicy\": [7]}", NULL,
      "onpremisesDirectoryPolicy has something in it that is no object" },
};

static void write_facts(const struct connect_policy *policy, struct text *text)
{
    for (size_t i = 0; i < policy->directory_count; i++) {
        const struct connect_directory *directory = &policy->directories[i];
        char id[GUID_TEXT_SIZE] = "?";

        if (directory->has_id)
            guid_format(&directory->id, id);
        text_format(text, "%s%s %s %s %s", i ? "," : "", id,
                    directory->friendly_name ? directory->friendly_name : "-",
                    directory->dns_name ? directory->dns_name : "-",
                    directory->partitions ? directory->partitions : "-");
    }
    text_append(text, "|");
    for (size_t i = 0; i < policy->said_count; i++)
        text_format(text, " %s %s;", policy->said[i].topic == CONNECT_STAGING ? "staging" : "hash",
                    policy->said[i].text);
}

static void run_row(void **state)
{
    const struct row *row = *state;

    for (enum encoding encoding = AS_UTF8; encoding <= AS_UTF16_NO_MARK; encoding++) {
        OWNED(connect_policy_release) struct connect_policy policy = { 0 };
        OWNED(text_release) struct text text = TEXT_UP_TO(4096);
        OWNED(bytes_release) struct bytes file = { 0 };
        struct ajar_error err = AJAR_NO_ERROR;

        encode(row->file, encoding, &file);
        assert_int_equal(connect_policy_read(&file, &policy, &err), row->is != NULL);
        write_facts(&policy, &text);
        assert_string_equal(text_peek(&text), row->is ? row->is : "|");
        if (row->says && strncmp(err.text, row->says, strlen(row->says)) != 0)
            fail_msg("\"%s\" is not \"%s...\"", err.text, row->says);
    }
}

static bool read_text(const char *text, struct connect_policy *ret_policy, struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes file = { 0 };

    encode(text, AS_UTF8, &file);
    return connect_policy_read(&file, ret_policy, err);
}

static bool read_nested(int depth, const char *open, const char *close, struct ajar_error *err)
{
    OWNED(connect_policy_release) struct connect_policy policy = { 0 };
    OWNED(text_release) struct text text = TEXT_UP_TO(1U << 24);

    text_append(&text, "{\"b\":");
    for (int i = 0; i < depth; i++)
        text_append(&text, open);
    text_append(&text, "1");
    for (int i = 0; i < depth; i++)
        text_append(&text, close);
    text_append(&text, "}");
    return read_text(text_peek(&text), &policy, err);
}

static void test_it_is_not_followed_for_ever(void **state)
{
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    assert_true(read_nested(60, "{\"a\":", "}", &err));
    assert_false(read_nested(64, "{\"a\":", "}", &err));
    assert_string_equal(err.text, "more than 64 objects in each other");
    err = AJAR_NO_ERROR;
    assert_false(read_nested(64, "[", "]", &err));
    err = AJAR_NO_ERROR;
    assert_false(read_nested(1000000, "[", "]", &err));
}

static void test_not_more_is_kept_than_can_be_told(void **state)
{
    OWNED(connect_policy_release) struct connect_policy policy = { 0 };
    OWNED(text_release) struct text text = TEXT_UP_TO(1U << 20);
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    text_format(&text, "{\"staging\": \"%0*d\"", 5000, 0);
    for (int i = 0; i < 1000; i++)
        text_format(&text, ",\"staging%d\": 1", i);
    text_append(&text, "}");
    assert_true(read_text(text_peek(&text), &policy, &err));
    assert_int_equal(policy.said_count, 16);
    for (size_t i = 0; i < policy.said_count; i++)
        assert_in_range(strlen(policy.said[i].text), 1, 220);
}

static const struct name_case {
    const char *name; /* of the test, and of the file */
    bool is_one;
    const char *time; /* NULL: it says none */
} name_cases[] = {
    { "Applied-SynchronizationPolicy-20261121-080000.JSON", true, "2026-11-21T08:00:00Z" },
    { "Applied-SynchronizationPolicy-20261121080000.JSON", true, "2026-11-21T08:00:00Z" },
    { "x Exported-SynchronizationPolicy-2026-11-21T08.00.00.json", true, "2026-11-21T08:00:00Z" },
    { "applied-synchronizationpolicy-20261121-080000.json", true, "2026-11-21T08:00:00Z" },
    { "Applied-SynchronizationPolicy-****.JSON", true, NULL },
    { "Applied-SynchronizationPolicy-20261321-080000.JSON", true, NULL },
    { "Applied-SynchronizationPolicy-2026112.JSON", true, NULL },
    { "Applied-SynchronizationPolicy.json", true, NULL },
    { "Applied-SynchronizationPolicy-20261121-080000.txt", false, NULL },
    { "other.json", false, NULL },
    { "", false, NULL },
};

static void run_name(void **state)
{
    const struct name_case *row = *state;
    int64_t time = -77;

    assert_int_equal(connect_policy_is_name(row->name, &time), row->is_one);
    if (row->time)
        assert_string_equal(clock_write_time(time).at, row->time);
    else
        assert_int_equal(time, row->is_one ? 0 : -77);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(rows) + LENGTH(name_cases) + 2] = {
        cmocka_unit_test(test_it_is_not_followed_for_ever),
        cmocka_unit_test(test_not_more_is_kept_than_can_be_told),
    };
    size_t count = 2;

    ADD_CASES(rows, run_row);
    ADD_CASES(name_cases, run_name);
    return cmocka_run_group_tests_name("connect_policy", tests, NULL, NULL);
}
