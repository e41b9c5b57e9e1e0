/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What of an attribute needs no directory.
 */
#include "base/text.h"
#include "model/state.h"
#include "provider/attribute_section.h"
#include "provider/attribute_state.h"
#include "provider/catalog.h"
#include "rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "section.h"

/* A state as the tables say it: "known exists", and facts "name=value", divided by '|'. */
static void make_state(const char *text, struct ajar_state *ret_state)
{
    OWNED(free) char *copy = text_copy(text);
    struct ajar_error err = AJAR_NO_ERROR;
    char *rest = copy;

    *ret_state = (struct ajar_state){ 0 };
    while (rest && *rest) {
        char *word = strsep(&rest, "|");
        char *equals = strchr(word, '=');

        if (equals) {
            *equals = '\0';
            assert_true(ajar_state_set(ret_state, word, equals + 1, &err));
        }
        ret_state->known = true;
        ret_state->exists = ret_state->exists || strcmp(word, "absent") != 0;
    }
    if (strncmp(text, "absent", 6) == 0)
        ret_state->exists = false;
}

static void write_state(const struct ajar_state *state, struct text *text)
{
    if (state->known)
        text_append(text, state->exists ? "there" : "absent");
    for (size_t i = 0; i < state->count; i++)
        text_format(text, "|%s=%s", state->facts[i].name, state->facts[i].value);
}

static void assert_state(const struct ajar_state *state, const char *expected)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(4096);

    write_state(state, &text);
    assert_string_equal(text_peek(&text), expected);
}

static const struct match_case {
    const char *name;
    const char *now;
    const char *meant;
    enum match match;
} match_cases[] = {
    { "match: a value", "there|value=10", "there|value=10", MATCH_SAME },
    { "match: another value", "there|value=10", "there|value=0", MATCH_OTHER },
    { "match: case counts", "there|value=Abc", "there|value=abc", MATCH_OTHER },
    { "match: bytes", "there|data=00ff", "there|data=00ff", MATCH_SAME },
    { "match: other bytes", "there|data=00ff", "there|data=00fe", MATCH_OTHER },
    { "match: bytes are no text", "there|data=3130", "there|value=10", MATCH_OTHER },
    { "match: absent", "absent", "absent", MATCH_SAME },
    { "match: absent is not 0", "absent", "there|value=0", MATCH_OTHER },
    { "match: 0 is not absent", "there|value=0", "absent", MATCH_OTHER },
    { "match: not known now", "", "absent", MATCH_OTHER },
    { "match: not known then", "absent", "", MATCH_OTHER },

    { "match: bits, whatever the others are", "there|value=73|mask=0x40|bits=0x40",
      "there|value=72|mask=0x40|bits=0x40", MATCH_SAME },
    { "match: bits as the plan wants them", "there|value=73|mask=0x40|bits=0x40",
      "there|mask=0x40|bits=0x40", MATCH_SAME },
    { "match: other bits", "there|value=8|mask=0x40|bits=0x0", "there|mask=0x40|bits=0x40",
      MATCH_OTHER },
    { "match: an absent value has its bits clear", "absent|mask=0x40|bits=0x0",
      "there|mask=0x40|bits=0x0", MATCH_SAME },
    { "match: an absent value has no bit set", "absent|mask=0x40|bits=0x0",
      "there|mask=0x40|bits=0x40", MATCH_OTHER },
    { "match: clear bits where there was no value", "there|value=0|mask=0x40|bits=0x0",
      "absent|mask=0x40|bits=0x0", MATCH_NEAR },
    { "match: no value where bits were clear", "absent|mask=0x40|bits=0x0",
      "there|value=8|mask=0x40|bits=0x0", MATCH_NEAR },
    { "match: no value, as before", "absent|mask=0x40|bits=0x0", "absent|mask=0x40|bits=0x0",
      MATCH_SAME },
    { "match: other masks", "there|value=64|mask=0x40|bits=0x40",
      "there|value=64|mask=0x44|bits=0x40", MATCH_OTHER },
    { "match: not known, of bits", "", "there|mask=0x40|bits=0x40", MATCH_OTHER },

    { "match: a character, whatever the others are", "there|value=0020002|position=7|character=2",
      "there|value=0000002|position=7|character=2", MATCH_SAME },
    { "match: a character as the plan wants it", "there|value=0000002|position=7|character=2",
      "there|position=7|character=2", MATCH_SAME },
    { "match: another character", "there|value=001|position=7|character=0",
      "there|position=7|character=2", MATCH_OTHER },
    { "match: an absent value has the default", "absent|position=7|character=0",
      "there|position=7|character=0", MATCH_SAME },
    { "match: the default where there was no value", "there|value=002|position=7|character=0",
      "absent|position=7|character=0", MATCH_NEAR },
};

static void run_match_case(void **state)
{
    const struct match_case *row = *state;
    OWNED(ajar_state_release) struct ajar_state now = { 0 };
    OWNED(ajar_state_release) struct ajar_state meant = { 0 };

    make_state(row->now, &now);
    make_state(row->meant, &meant);
    assert_int_equal(provider_attribute.match(&now, &meant), row->match);
}

static const struct phrase_case {
    const char *name;
    const char *state;
    const char *phrase;
} phrase_cases[] = {
    { "phrase: not known", "", "not known" },
    { "phrase: absent", "absent", "absent" },
    { "phrase: a value", "there|value=500", "500" },
    { "phrase: bytes", "there|data=00ff10", "00ff10" },
    { "phrase: what would break a terminal's text",
      "there|value=a\xe2\x80\xa8"
      "b",
      "a\xef\xbf\xbd"
      "b" },
    { "phrase: bits", "there|value=72|mask=0x40|bits=0x40", "72 (0x40 set)" },
    { "phrase: bits that are clear", "there|value=8|mask=0x40|bits=0x0", "8 (0x40 clear)" },
    { "phrase: bits of both sorts", "there|value=-2147483644|mask=0x44|bits=0x4",
      "-2147483644 (0x4 set, 0x40 clear)" },
    { "phrase: bits as the plan wants them", "there|mask=0x40|bits=0x40", "0x40 set" },
    { "phrase: bits of an absent value", "absent|mask=0x40|bits=0x0", "absent" },
    { "phrase: a character", "there|value=0000002|position=7|character=2",
      "0000002 (character 7 is 2)" },
    { "phrase: a character as the plan wants it", "there|position=7|character=2",
      "character 7 is 2" },
};

static void run_phrase_case(void **state)
{
    const struct phrase_case *row = *state;
    OWNED(ajar_state_release) struct ajar_state made = { 0 };
    OWNED(free) char *phrase = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    make_state(row->state, &made);
    assert_true(provider_attribute.phrase(&made, &phrase, &err));
    assert_string_equal(phrase, row->phrase);
}

static void make_section(const char *fields, struct section *ret_section)
{
    const char *object =
        strncmp(fields, "object", 6) == 0 ? "" : "object = domain\nattribute = x\n";
    OWNED(free) char *text = text_make("[attribute a]\n%s%s", object, fields);

    section_read(ret_section, text, PLACE_DOMAIN, "target.test");
}

static const struct section_case {
    const char *name;
    const char *fields; /* behind "object = domain" and "attribute = x", unless it has an object */
    const char *thing;
    const char *wanted;
    const char *closed;
} section_cases[] = {
    { "section: a value", "open = 500\nclosed = 0\n", "x of the domain", "there|value=500",
      "there|value=0" },
    { "section: no value", "open = absent\n", "x of the domain", "absent", "" },
    { "section: closed absent", "open = 1\nclosed = absent\n", "x of the domain", "there|value=1",
      "absent" },
    { "section: bytes", "data = 00ff\n", "x of the domain", "there|data=00ff", "" },
    { "section: the text \"absent\"", "data = 616273656e74\n", "x of the domain",
      "there|value=absent", "" },
    { "section: a bit to set", "set-bits = 64\nclosed-bits = clear\n", "x of the domain, bits 0x40",
      "there|mask=0x40|bits=0x40", "there|mask=0x40|bits=0x0" },
    { "section: a bit to clear", "clear-bits = 0x4\nclosed-bits = set\n",
      "x of the domain, bits 0x4", "there|mask=0x4|bits=0x0", "there|mask=0x4|bits=0x4" },
    { "section: bits of both sorts", "set-bits = 0x800\nclear-bits = 0x200\n",
      "x of the domain, bits 0xa00", "there|mask=0xa00|bits=0x800", "" },
    { "section: a character", "position = 7\ncharacter = 2\nclosed-character = 0\n",
      "x of the domain, character 7", "there|position=7|character=2",
      "there|position=7|character=0" },
    { "section: below the domain",
      "object = CN=source.test,CN=System\nattribute = trustAttributes\nset-bits = 0x40\n",
      "trustAttributes of CN=source.test,CN=System, bits 0x40", "there|mask=0x40|bits=0x40", "" },
    { "section: the configuration",
      "object = configuration\nbase = configuration\nattribute = x\nopen = 1\n",
      "x of the configuration", "there|value=1", "" },
    { "section: blanks that do not count",
      "object = CN=source.test, CN=System\nattribute = x\nopen = 1\n",
      "x of CN=source.test,CN=System", "there|value=1", "" },
    { "section: below the configuration",
      "object = CN=Directory Service,CN=Windows NT,CN=Services\nbase = configuration\n"
      "attribute = dSHeuristics\nposition = 7\ncharacter = 2\n",
      "dSHeuristics of the configuration's CN=Directory Service,CN=Windows NT,CN=Services, "
      "character 7",
      "there|position=7|character=2", "" },
};

static void run_section_case(void **state)
{
    const struct section_case *row = *state;
    OWNED(section_release) struct section section = { 0 };
    OWNED(ajar_state_release) struct ajar_state wanted = { 0 };
    OWNED(ajar_state_release) struct ajar_state closed = { 0 };
    OWNED(free) char *thing = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    make_section(row->fields, &section);
    assert_true(provider_attribute.check(&section.setting, &err));
    assert_true(provider_attribute.thing(&section.setting, &thing, &err));
    assert_string_equal(thing, row->thing);
    assert_true(provider_attribute.want(&section.setting, &wanted, &err));
    assert_state(&wanted, row->wanted);
    assert_true(provider_attribute.closed(&section.setting, &closed, &err));
    assert_state(&closed, row->closed);
}

static const struct wrong_case {
    const char *name;
    const char *fields;
    const char *says;
} wrong_cases[] = {
    { "wrong: nothing to do", "", "plan.ini:1: the open state is missing" },
    { "wrong: two open states", "open = 1\nset-bits = 1\n", "plan.ini:5: either" },
    { "wrong: text and bytes", "open = 1\ndata = 00\n", "plan.ini:5: either `open` or `data`" },
    { "wrong: a value and a character", "open = 1\nposition = 7\ncharacter = 2\n",
      "plan.ini:5: either" },
    { "wrong: no number", "set-bits = x\n", "plan.ini:4: set-bits: " },
    { "wrong: no bits", "clear-bits = 0\n", "plan.ini:4: clear-bits: " },
    { "wrong: too many bits", "set-bits = 0x100000000\n", "plan.ini:4: set-bits: " },
    { "wrong: bits to set and to clear", "set-bits = 6\nclear-bits = 4\n",
      "plan.ini:5: 0x4 is to be set, too" },
    { "wrong: closed, of both sorts", "set-bits = 2\nclear-bits = 4\nclosed-bits = set\n",
      "plan.ini:6: with both" },
    { "wrong: closed as a value", "set-bits = 2\nclosed = 0\n",
      "plan.ini:5: with `set-bits` it is `closed-bits`" },
    { "wrong: closed as bits", "open = 2\nclosed-bits = set\n",
      "plan.ini:5: with `open` it is `closed`" },
    { "wrong: closed as a character", "open = 2\nclosed-character = 0\n",
      "plan.ini:5: with `open` it is `closed`" },
    { "wrong: a position alone", "position = 7\n", "plan.ini:1: `position` needs `character`" },
    { "wrong: a character alone", "character = 7\n", "plan.ini:1: `position` needs `character`" },
    { "wrong: position 0", "position = 0\ncharacter = 2\n", "plan.ini:4: position: " },
    { "wrong: position 10", "position = 10\ncharacter = 2\n",
      "plan.ini:4: position: the character at 10 counts the tens, it is always 1" },
    { "wrong: position 100", "position = 100\ncharacter = 2\n", "plan.ini:4: position: " },
    { "wrong: two characters", "position = 7\ncharacter = 22\n", "plan.ini:5: character: " },
    { "wrong: no ASCII character", "position = 7\ncharacter = \xc3\xa4\n",
      "plan.ini:5: character: " },
    { "wrong: two characters closed", "position = 7\ncharacter = 2\nclosed-character = 00\n",
      "plan.ini:6: closed-character: " },
    { "wrong: an object's name alone", "object = System\nattribute = x\nopen = 1\n",
      "plan.ini:2: object: " },
    { "wrong: the domain's head below the configuration",
      "object = domain\nbase = configuration\nattribute = x\nopen = 1\n", "plan.ini:2: object: " },
    { "wrong: an attribute with an option", "object = domain\nattribute = x;binary\nopen = 1\n",
      "plan.ini:3: attribute: " },
    { "wrong: an attribute's number", "object = domain\nattribute = 1.2.3\nopen = 1\n",
      "plan.ini:3: attribute: " },
    { "wrong: a password", "object = CN=a\nattribute = unicodepwd\nopen = 1\n",
      "plan.ini:3: attribute: unicodePwd is a secret" },
    { "wrong: a trust's password", "object = CN=a\nattribute = trustAuthIncoming\nopen = 1\n",
      "plan.ini:3: attribute: trustAuthIncoming is a secret" },
    { "wrong: members", "object = CN=a\nattribute = member\nopen = CN=b\n",
      "plan.ini:3: attribute: member has many values" },
};

static void run_wrong_case(void **state)
{
    const struct wrong_case *row = *state;
    OWNED(section_release) struct section section = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    make_section(row->fields, &section);
    assert_false(provider_attribute.check(&section.setting, &err));
    assert_plan_error(&err, row->says);
}

static const struct read_case {
    const char *name;
    struct attribute_part part;
    const char *bytes; /* NULL: no value */
    size_t size;
    const char *state; /* NULL: refused */
} read_cases[] = {
    { "read: a text", { 0 }, "10", 2, "there|value=10" },
    { "read: nothing", { 0 }, NULL, 0, "absent" },
    { "read: bytes", { 0 }, "\0\xff", 2, "there|data=00ff" },
    { "read: a text with a newline", { 0 }, "a\n", 2, "there|data=610a" },
    { "read: a text with a NUL", { 0 }, "a\0b", 3, "there|data=610062" },
    { "read: a text that is no UTF-8", { 0 }, "a\xff", 2, "there|data=61ff" },
    { "read: an empty value", { 0 }, "", 0, "there|data=" },
    { "read: bits", { ATTRIBUTE_BITS, 0x40, 0 }, "72", 2, "there|value=72|mask=0x40|bits=0x40" },
    { "read: bits of nothing", { ATTRIBUTE_BITS, 0x40, 0 }, NULL, 0, "absent|mask=0x40|bits=0x0" },
    { "read: bits of bytes", { ATTRIBUTE_BITS, 0x40, 0 }, "\0", 1, NULL },
    { "read: bits of words", { ATTRIBUTE_BITS, 0x40, 0 }, "many", 4, NULL },
    { "read: a character",
      { ATTRIBUTE_CHARACTER, 0, 7 },
      "0000002",
      7,
      "there|value=0000002|position=7|character=2" },
    { "read: a character of nothing",
      { ATTRIBUTE_CHARACTER, 0, 7 },
      NULL,
      0,
      "absent|position=7|character=0" },
};

static void run_read_case(void **state)
{
    const struct read_case *row = *state;
    OWNED(bytes_release) struct bytes value = { 0 };
    OWNED(ajar_state_release) struct ajar_state read = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    if (row->bytes)
        assert_true(bytes_copy(row->bytes, row->size, &value, &err));
    assert_int_equal(attribute_state_read(&row->part, row->bytes ? &value : NULL, &read, &err),
                     row->state != NULL);
    assert_state(&read, row->state ? row->state : "");
    if (!row->state)
        assert_int_equal(err.status, AJAR_ECONFLICT);
}

static const struct goal_case {
    const char *name;
    struct attribute_part part;
    const char *now;
    const char *goal;
    const char *value; /* NULL: none; "!": refused */
} goal_cases[] = {
    { "goal: a value", { 0 }, "absent", "there|value=10", "10" },
    { "goal: bytes", { 0 }, "absent", "there|data=3130", "10" },
    { "goal: none", { 0 }, "there|value=10", "absent", NULL },
    { "goal: a value that was not recorded", { 0 }, "absent", "there", "!" },
    { "goal: bits, as the plan wants them",
      { ATTRIBUTE_BITS, 0x40, 0 },
      "there|value=9|mask=0x40|bits=0x0",
      "there|mask=0x40|bits=0x40",
      "73" },
    { "goal: bits, as they were",
      { ATTRIBUTE_BITS, 0x40, 0 },
      "there|value=73|mask=0x40|bits=0x40",
      "there|value=8|mask=0x40|bits=0x0",
      "9" },
    { "goal: the value was made for its bits",
      { ATTRIBUTE_BITS, 0x40, 0 },
      "there|value=64|mask=0x40|bits=0x40",
      "absent|mask=0x40|bits=0x0",
      NULL },
    { "goal: the safe state keeps the value",
      { ATTRIBUTE_BITS, 0x40, 0 },
      "there|value=64|mask=0x40|bits=0x40",
      "there|mask=0x40|bits=0x0",
      "0" },
    { "goal: bits that were not recorded", { ATTRIBUTE_BITS, 0x40, 0 }, "absent", "absent", "!" },
    { "goal: a character, as it was",
      { ATTRIBUTE_CHARACTER, 0, 7 },
      "there|value=0010002|position=7|character=2",
      "there|value=001|position=7|character=0",
      "001" },
};

static void run_goal_case(void **state)
{
    const struct goal_case *row = *state;
    bool refused = row->value && strcmp(row->value, "!") == 0;
    OWNED(ajar_state_release) struct ajar_state now = { 0 };
    OWNED(ajar_state_release) struct ajar_state goal = { 0 };
    OWNED(bytes_release) struct bytes value = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    bool exists = false;

    make_state(row->now, &now);
    make_state(row->goal, &goal);
    assert_int_equal(attribute_state_goal(&row->part, &now, &goal, &exists, &value, &err),
                     !refused);
    if (refused) {
        assert_int_equal(err.status, AJAR_EJOURNAL);
        assert_null(value.at);
        return;
    }
    assert_int_equal(exists, row->value != NULL);
    assert_int_equal(value.size, row->value ? strlen(row->value) : 0);
    if (row->value)
        assert_memory_equal(value.at, row->value, value.size);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(match_cases) + LENGTH(phrase_cases) + LENGTH(section_cases) +
                            LENGTH(wrong_cases) + LENGTH(read_cases) + LENGTH(goal_cases)];
    size_t count = 0;

    ADD_CASES(match_cases, run_match_case);
    ADD_CASES(phrase_cases, run_phrase_case);
    ADD_CASES(section_cases, run_section_case);
    ADD_CASES(wrong_cases, run_wrong_case);
    ADD_CASES(read_cases, run_read_case);
    ADD_CASES(goal_cases, run_goal_case);
    return cmocka_run_group_tests_name("attribute", tests, NULL, NULL);
}
