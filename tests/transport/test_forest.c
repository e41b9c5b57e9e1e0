/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The domains of a forest, from what a directory answers.
 */
#include "base/text.h"
#include "transport/forest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* In the place of a directory: the names that its crossRef objects have, NULL at the end. */
struct directory {
    const char *const *names;
};

const char *directory_configuration_dn(const struct directory *directory)
{
    (void)directory;
    return "CN=Configuration,DC=f,DC=test";
}

static bool make_entry(const char *name, struct directory_entry *entry)
{
    struct directory_attribute *attribute = calloc(1, sizeof(*attribute));
    struct directory_value *value = calloc(1, sizeof(*value));

    if (!attribute || !value)
        abort();
    *attribute =
        (struct directory_attribute){ .name = text_copy("dnsRoot"), .count = 1, .values = value };
    value->bytes.at = (uint8_t *)text_copy(name);
    value->bytes.size = strlen(name);
    *entry = (struct directory_entry){ .dn = text_copy("CN=F,CN=Partitions"),
                                       .count = 1,
                                       .attributes = attribute };
    return true;
}

/* Asks whether it is asked for the right thing, too. */
bool directory_search(struct directory *directory, const struct directory_query *query,
                      struct directory_result *ret_result, struct ajar_error *err)
{
    size_t count = 0;

    (void)err;
    assert_string_equal(query->base, "CN=Partitions,CN=Configuration,DC=f,DC=test");
    assert_string_equal(query->filter,
                        "(&(objectClass=crossRef)(systemFlags:1.2.840.113556.1.4.803:=3))");
    assert_int_equal(query->scope, DIRECTORY_ONE);
    while (directory->names[count])
        count++;
    ret_result->entries = calloc(count + 1, sizeof(*ret_result->entries));
    ret_result->count = count;
    for (size_t i = 0; i < count; i++)
        (void)make_entry(directory->names[i], &ret_result->entries[i]);
    return true;
}

static const struct forest_case {
    const char *name;
    const char *names[4];
    const char *found; /* joined with blanks; NULL: refused */
    const char *says;
} cases[] = {
    { "forest: of one domain", { "f.test" }, "f.test", NULL },
    { "forest: sorted, in lower case, each once",
      { "f.test", "C.F.test", "f.TEST" },
      "c.f.test f.test",
      NULL },
    { "forest: of none", { NULL }, NULL, "domains of the forest: the directory names no domain" },
    { "forest: a name that is none",
      { "f.test", "a b" },
      NULL,
      "domains of the forest: the domain of \"CN=F,CN=Partitions\" has no DNS name" },
    { "forest: a name that would be a path", { "../f.test" }, NULL, "has no DNS name" },
};

static void run_case(void **state)
{
    const struct forest_case *row = *state;
    struct directory directory = { row->names };
    OWNED(host_list_release) struct host_list domains = { 0 };
    OWNED(text_release) struct text joined = TEXT_UP_TO(400);
    struct ajar_error err = AJAR_NO_ERROR;

    assert_int_equal(forest_find_domains(&directory, &domains, &err), row->found != NULL);
    for (size_t i = 0; i < domains.count; i++)
        text_format(&joined, "%s%s", i ? " " : "", domains.names[i]);
    assert_string_equal(text_peek(&joined), row->found ? row->found : "");
    if (row->says && !strstr(err.text, row->says))
        fail_msg("\"%s\" does not say \"%s\"", err.text, row->says);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(cases)];

    for (size_t i = 0; i < LENGTH(cases); i++)
        tests[i] = (struct CMUnitTest){ .name = cases[i].name,
                                        .test_func = run_case,
                                        .initial_state = (void *)(uintptr_t)&cases[i] };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
