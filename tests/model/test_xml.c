/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/xml.h"

#include "encoding.h"
#include "rows.h"

static const struct row {
    const char *name;
    const char *file;
    const char *told; /* "+" for each that begins, "-" with its text for each that ends */
    const char *says; /* instead: the error */
} rows[] = {
    { "one element", "<a/>", "+a@1 -a=", NULL },
    { "text and a declaration", "<?xml version=\"1.0\"?>\n<a>\n <b> one\ttwo </b>\n</a>",
      "+a@2 +b<a@3 -b=one\ttwo -a=", NULL },
    { "attributes", "<a x='1' y='&lt;'/>", "+a@1 x=1 y=< -a=", NULL },
    { "a prefix goes", "<n:a xmlns:n='u'><n:b/></n:a>", "+a@1 xmlns:n=u +b<a@1 -b= -a=", NULL },
    { "text around an element", "<a> 1<b/>2 </a>", "+a@1 +b<a@1 -b= -a=12", NULL },
    { "CDATA and comments", "<a><!-- no --><![CDATA[<&]]></a>", "+a@1 -a=<&", NULL },
    { "nothing", "", NULL, "line 1: no element found" },
    { "no XML", "{ \"a\": 1 }", NULL, "line 1: not well-formed" },
    { "unclosed", "<a>\n<b>\n", NULL, "line 3: no element found" },
    { "crossed", "<a>\n<b>\n</a>", NULL, "line 3: mismatched tag" },
    { "two roots", "<a/>\n<b/>", NULL, "line 2: junk after document element" },
    { "an entity nobody declared", "<a>&b;</a>", NULL, "line 1: undefined entity" },
    { "billion laughs",
      "<!DOCTYPE a [<!ENTITY b 'ha'><!ENTITY c '&b;&b;&b;&b;'><!ENTITY d '&c;&c;&c;&c;'>]>\n"
      "<a>&d;</a>",
      NULL, "line 1: a document type, which no exported file has" },
    { "an entity from elsewhere", "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", NULL,
      "line 1: a document type" },
    { "the reader does not like it", "<a>\n<no/></a>", NULL, "line 2: no" },
    { "nor the end of it", "<a>\n<b>no</b></a>", NULL, "line 2: no" },
    { "an unknown encoding", "<?xml version='1.0' encoding='klingon'?><a/>", NULL,
      "line 1: unknown encoding" },
};

static bool tell_begin(void *user, const struct xml_element *element, struct ajar_error *err)
{
    struct text *told = user;

    if (strcmp(element->name, "no") == 0)
        return ajar_fail(err, AJAR_EPROTOCOL, "no");
    assert_null(element->text);
    assert_int_equal(element->depth == 0, element->parent == NULL);
    text_format(told, "%s+%s%s%s@%lu", told->size ? " " : "", element->name,
                element->parent ? "<" : "", element->parent ? element->parent : "", element->line);
    for (const char *const *at = element->attributes; *at; at += 2)
        text_format(told, " %s=%s", at[0], at[1]);
    return true;
}

static bool tell_end(void *user, const struct xml_element *element, struct ajar_error *err)
{
    if (element->text && strcmp(element->text, "no") == 0)
        return ajar_fail(err, AJAR_EPROTOCOL, "no");
    text_format(user, " -%s=%s", element->name, element->text ? element->text : "(long)");
    return true;
}

static bool read_told(const struct bytes *file, struct text *told, struct ajar_error *err)
{
    const struct xml_reader reader = { .begin = tell_begin, .end = tell_end, .user = told };

    return xml_read(file, &reader, err);
}

static void run_row(void **state)
{
    const struct row *row = *state;

    for (enum encoding encoding = AS_UTF8; encoding <= AS_UTF16_BIG; encoding++) {
        OWNED(text_release) struct text told = TEXT_UP_TO(4096);
        OWNED(bytes_release) struct bytes file = { 0 };
        struct ajar_error err = AJAR_NO_ERROR;

        encode(row->file, encoding, &file);
        assert_int_equal(read_told(&file, &told, &err), row->told != NULL);
        if (row->told)
            assert_string_equal(text_peek(&told), row->told);
        else if (strncmp(err.text, row->says, strlen(row->says)) != 0 && *row->file)
            fail_msg("\"%s\" is not \"%s...\"", err.text, row->says);
    }
}

static void nest(struct text *text, int depth)
{
    for (int i = 0; i < depth; i++)
        text_append(text, "<a>");
    for (int i = 0; i < depth; i++)
        text_append(text, "</a>");
}

static bool read_nested(int depth, struct ajar_error *err)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(1U << 24);
    OWNED(text_release) struct text told = TEXT_UP_TO(1U << 24);
    OWNED(bytes_release) struct bytes file = { 0 };

    nest(&text, depth);
    encode(text_peek(&text), AS_UTF8, &file);
    return read_told(&file, &told, err);
}

static void test_it_is_not_followed_for_ever(void **state)
{
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    assert_true(read_nested(XML_DEPTH, &err));
    assert_false(read_nested(XML_DEPTH + 1, &err));
    assert_string_equal(err.text, "line 1: more than 64 elements in each other");
    err = AJAR_NO_ERROR;
    assert_false(read_nested(1000000, &err));
}

static void test_a_long_text_is_not_kept(void **state)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(1U << 16);
    OWNED(text_release) struct text told = TEXT_UP_TO(4096);
    OWNED(bytes_release) struct bytes file = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    text_format(&text, "<a><b>%*d</b><c>1</c></a>", XML_TEXT_CEILING + 1, 0);
    text.at[6] = '0'; /* no blank in front, which would not be kept anyway */
    encode(text_peek(&text), AS_UTF8, &file);
    assert_true(read_told(&file, &told, &err));
    assert_string_equal(text_peek(&told), "+a@1 +b<a@1 -b=(long) +c<a@1 -c=1 -a=");
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(rows) + 2] = {
        cmocka_unit_test(test_it_is_not_followed_for_ever),
        cmocka_unit_test(test_a_long_text_is_not_kept),
    };
    size_t count = 2;

    ADD_CASES(rows, run_row);
    return cmocka_run_group_tests_name("xml", tests, NULL, NULL);
}
