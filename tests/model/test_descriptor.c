/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/descriptor.h"
#include "rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define SID_RU             \
    "01020000000000052000" \
    "00002a020000"                                /* S-1-5-32-554 */
#define SID_WD "010100000000000100000000"         /* S-1-1-0 */
#define GUID_1 "1874d6913501cc4a8d79c08e857cfbec" /* 91d67418-0135-4acc-8d79-c08e857cfbec */
#define GUID_2 "aaf63111079cd111f79f00c04fc2dcd2"

#define ALLOW_RU     "0000180094000200" SID_RU
#define ALLOW_WD     "0000140010000000" SID_WD
#define DENY_WD      "0100140010000000" SID_WD
#define INHERITED_WD "0012140010000000" SID_WD
#define OBJECT_RU    "05002c000001000001000000" GUID_1 SID_RU
#define UNKNOWN      "77000c000102030405060708"
#define CALLBACK_WD  "0900180010000000" SID_WD "61727478"

/* A descriptor that is a DACL alone: revision, size and count are those of an ACL. */
#define HEADER(control)       \
    "0100" control "00000000" \
    "00000000"                \
    "00000000"                \
    "14000000"
#define ACL(revision, size, count) revision "00" size "00" count "000000"

static void make(const char *hex, struct bytes *ret_bytes)
{
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(bytes_from_hex(hex, ret_bytes, &err));
}

static void make_ace(const char *sid, uint8_t type, uint32_t mask, const char *object,
                     struct ace *ret_ace)
{
    struct ajar_error err = AJAR_NO_ERROR;

    *ret_ace = (struct ace){ .type = type, .mask = mask, .has_object = object != NULL };
    assert_true(sid_parse(sid, &ret_ace->trustee, &err));
    assert_true(!object || guid_parse(object, &ret_ace->object, &err));
}

static void expect_bytes(const struct bytes *bytes, const char *hex)
{
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(free) char *text = NULL;

    assert_true(bytes_to_hex(bytes->at, bytes->size, &text, &err));
    assert_string_equal(text, hex);
}

/* ---- what is read, and what is refused ---- */

static const struct reading {
    const char *name;
    const char *hex;
    size_t count;            /* of entries */
    enum ajar_status status; /* AJAR_FINE: it is read */
    const char *says;        /* otherwise */
} readings[] = {
    { "reads an empty DACL", HEADER("0480") ACL("02", "08", "00"), 0, AJAR_FINE, NULL },
    { "reads one entry", HEADER("0480") ACL("02", "20", "01") ALLOW_RU, 1, AJAR_FINE, NULL },
    { "reads an entry of a type that is not known", HEADER("0480") ACL("02", "14", "01") UNKNOWN, 1,
      AJAR_FINE, NULL },
    { "reads an inside that is cut as bytes",
      HEADER("0480") ACL("02", "10", "01") "0000080010000000", 1, AJAR_FINE, NULL },
    { "reads bytes behind the last entry", HEADER("0480") ACL("02", "20", "01") ALLOW_WD "00000000",
      1, AJAR_FINE, NULL },
    { "reads an owner behind the DACL",
      "0100048028000000"
      "00000000"
      "00000000"
      "14000000" ACL("02", "14", "01") UNKNOWN SID_WD,
      1, AJAR_FINE, NULL },
    { "refuses nothing", "", 0, AJAR_EPROTOCOL, "0 bytes" },
    { "refuses half a header", "01000480", 0, AJAR_EPROTOCOL, "4 bytes" },
    { "refuses another revision",
      "0200048000000000"
      "00000000"
      "00000000"
      "14000000" ACL("02", "08", "00"),
      0, AJAR_EPROTOCOL, "self-relative" },
    { "refuses an absolute one", HEADER("0400") ACL("02", "08", "00"), 0, AJAR_EPROTOCOL,
      "self-relative" },
    { "refuses one without a DACL", HEADER("0080") ACL("02", "08", "00"), 0, AJAR_EMISSING,
      "no DACL" },
    { "refuses a null DACL",
      "0100048000000000"
      "00000000"
      "00000000"
      "00000000",
      0, AJAR_EMISSING, "everyone has full access" },
    { "refuses a DACL inside the header",
      "0100048000000000"
      "00000000"
      "00000000"
      "08000000" ACL("02", "08", "00"),
      0, AJAR_EPROTOCOL, "outside" },
    { "refuses a DACL behind the end",
      "0100048000000000"
      "00000000"
      "00000000"
      "ffffffff" ACL("02", "08", "00"),
      0, AJAR_EPROTOCOL, "outside" },
    { "refuses a DACL whose header is cut", HEADER("0480") "02000800000000", 0, AJAR_EPROTOCOL,
      "outside" },
    { "refuses a DACL that says too much", HEADER("0480") ACL("02", "09", "00"), 0, AJAR_EPROTOCOL,
      "9 bytes, 8 are there" },
    { "refuses a DACL that says too little", HEADER("0480") ACL("02", "07", "00"), 0,
      AJAR_EPROTOCOL, "7 bytes" },
    { "refuses more entries than there is room for", HEADER("0480") ACL("02", "14", "04") UNKNOWN,
      0, AJAR_EPROTOCOL, "4 entries" },
    { "refuses an entry that is not there", HEADER("0480") ACL("02", "14", "02") UNKNOWN, 0,
      AJAR_EPROTOCOL, "is cut" },
    { "refuses an entry of no size", HEADER("0480") ACL("02", "0c", "01") "77000000", 0,
      AJAR_EPROTOCOL, "says 0 bytes" },
    { "refuses an entry beyond the DACL",
      HEADER("0480") ACL("02", "0c", "01") "77000500"
                                           "00000000",
      0, AJAR_EPROTOCOL, "says 5 bytes, 4 are there" },
    { "refuses an owner inside the DACL",
      "010004801c000000"
      "00000000"
      "00000000"
      "14000000" ACL("02", "1c", "01") ALLOW_WD,
      0, AJAR_EPROTOCOL, "across the DACL" },
    { "refuses an owner that runs into the DACL",
      "0100048014000000"
      "00000000"
      "00000000"
      "1c000000"
      "0101000000000001" ACL("02", "08", "00"),
      0, AJAR_EPROTOCOL, "across the DACL" },
    { "refuses an owner that is cut",
      "010004801c000000"
      "00000000"
      "00000000"
      "14000000" ACL("02", "08", "00") "0102000000000001"
                                       "00000000",
      0, AJAR_EPROTOCOL, "is cut" },
    { "refuses a group behind the end",
      "0100048000000000"
      "1c000000"
      "00000000"
      "14000000" ACL("02", "08", "00"),
      0, AJAR_EPROTOCOL, "outside" },
};

static void run_reading(void **state)
{
    const struct reading *row = *state;
    OWNED(bytes_release) struct bytes bytes = { 0 };
    struct descriptor descriptor = { .count = 77 };
    struct ajar_error err = AJAR_NO_ERROR;

    make(row->hex, &bytes);
    if (row->status != AJAR_FINE) {
        assert_false(descriptor_read(&bytes, &descriptor, &err));
        assert_int_equal(err.status, row->status);
        assert_non_null(strstr(err.text, row->says));
        assert_int_equal(descriptor.count, 77);
        return;
    }
    assert_true(descriptor_read(&bytes, &descriptor, &err));
    assert_int_equal(descriptor.count, row->count);
    assert_true(bytes_same(&descriptor.bytes, &bytes));
    descriptor_release(&descriptor);
}

static void test_an_entry_says_what_it_is(void **state)
{
    OWNED(bytes_release) struct bytes bytes = { 0 };
    OWNED(descriptor_release) struct descriptor descriptor = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    char text[SID_TEXT_SIZE];
    char guid[GUID_TEXT_SIZE];

    (void)state;
    make(HEADER("0480") ACL("04", "50", "03") OBJECT_RU CALLBACK_WD "77000400", &bytes);
    assert_true(descriptor_read(&bytes, &descriptor, &err));
    assert_int_equal(descriptor.revision, 4);
    assert_true(descriptor.aces[0].is_read);
    assert_false(descriptor.aces[0].has_tail);
    assert_int_equal(descriptor.aces[0].ace.mask, 0x100);
    assert_true(descriptor.aces[0].ace.has_object);
    assert_false(descriptor.aces[0].ace.has_inherited);
    guid_format(&descriptor.aces[0].ace.object, guid);
    assert_string_equal(guid, "91d67418-0135-4acc-8d79-c08e857cfbec");
    sid_format(&descriptor.aces[0].ace.trustee, text);
    assert_string_equal(text, "S-1-5-32-554");
    assert_true(descriptor.aces[1].is_read);
    assert_true(descriptor.aces[1].has_tail);
    assert_false(descriptor.aces[2].is_read);
}

/* ---- what is there already ---- */

static const struct looking {
    const char *name;
    const char *entry; /* the only one */
    uint8_t wanted_flags;
    uint32_t wanted_mask;
    bool has;
    bool covers;
} lookings[] = {
    { "looks: exactly so", "0000140010000000" SID_WD, 0, 0x10, true, true },
    { "looks: more bits are there", "0000140014000000" SID_WD, 0, 0x10, false, true },
    { "looks: fewer bits are there", "0000140010000000" SID_WD, 0, 0x14, false, false },
    { "looks: inherited", INHERITED_WD, ACE_CONTAINER_INHERIT, 0x10, false, true },
    { "looks: inherited with other flags", INHERITED_WD, 0, 0x10, false, false },
    { "looks: other flags", "0002140010000000" SID_WD, 0, 0x10, false, false },
    { "looks: a denial", DENY_WD, 0, 0x10, false, false },
    { "looks: somebody else", "0000180010000000" SID_RU, 0, 0x10, false, false },
    { "looks: with a GUID", "050028001000000001000000" GUID_1 SID_WD, 0, 0x10, false, false },
    { "looks: with a condition", CALLBACK_WD, 0, 0x10, false, false },
    { "looks: with bytes behind", "0000180010000000" SID_WD "00000000", 0, 0x10, false, false },
};

static void run_looking(void **state)
{
    const struct looking *row = *state;
    OWNED(bytes_release) struct bytes entry = { 0 };
    OWNED(bytes_release) struct bytes bytes = { 0 };
    OWNED(descriptor_release) struct descriptor descriptor = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    struct ace ace;

    make(row->entry, &entry);
    make(HEADER("0480") ACL("04", "ff", "01"), &bytes);
    bytes.at = realloc(bytes.at, bytes.size + entry.size);
    assert_non_null(bytes.at);
    memcpy(bytes.at + bytes.size, entry.at, entry.size);
    bytes.size += entry.size;
    bytes.at[22] = (uint8_t)(8 + entry.size);
    assert_true(descriptor_read(&bytes, &descriptor, &err));
    make_ace("S-1-1-0", ACE_ALLOW, row->wanted_mask, NULL, &ace);
    ace.flags = row->wanted_flags;
    assert_int_equal(descriptor_has(&descriptor, &ace), row->has);
    assert_int_equal(descriptor_covers(&descriptor, &ace), row->covers);
}

static void test_guids_tell_entries_apart(void **state)
{
    OWNED(bytes_release) struct bytes bytes = { 0 };
    OWNED(descriptor_release) struct descriptor descriptor = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    struct ace ace;

    (void)state;
    make(HEADER("0480") ACL("04", "34", "01") OBJECT_RU, &bytes);
    assert_true(descriptor_read(&bytes, &descriptor, &err));
    make_ace("S-1-5-32-554", ACE_ALLOW_OBJECT, 0x100, "91d67418-0135-4acc-8d79-c08e857cfbec", &ace);
    assert_true(descriptor_has(&descriptor, &ace));
    make_ace("S-1-5-32-554", ACE_ALLOW_OBJECT, 0x100, "1131f6aa-9c07-11d1-f79f-00c04fc2dcd2", &ace);
    assert_false(descriptor_has(&descriptor, &ace));
    assert_false(descriptor_covers(&descriptor, &ace));
    make_ace("S-1-5-32-554", ACE_ALLOW_OBJECT, 0x100, "91d67418-0135-4acc-8d79-c08e857cfbec", &ace);
    ace.has_inherited = true;
    assert_false(descriptor_has(&descriptor, &ace));
}

/* ---- where a new entry goes, and that it goes again ---- */

static const struct adding {
    const char *name;
    const char *before;
    uint8_t type;
    const char *after;
} addings[] = {
    { "adds a grant to nothing", HEADER("0480") ACL("02", "08", "00"), ACE_ALLOW,
      HEADER("0480") ACL("02", "20", "01") ALLOW_RU },
    { "adds a grant behind the denials", HEADER("0480") ACL("02", "1c", "01") DENY_WD, ACE_ALLOW,
      HEADER("0480") ACL("02", "34", "02") DENY_WD ALLOW_RU },
    { "adds a grant behind the grants", HEADER("0480") ACL("02", "28", "02") ALLOW_WD UNKNOWN,
      ACE_ALLOW, HEADER("0480") ACL("02", "40", "03") ALLOW_WD UNKNOWN ALLOW_RU },
    { "adds a grant before what is inherited",
      HEADER("0494") ACL("02", "30", "02") ALLOW_WD INHERITED_WD, ACE_ALLOW,
      HEADER("0494") ACL("02", "48", "03") ALLOW_WD ALLOW_RU INHERITED_WD },
    { "adds a denial behind the denials",
      HEADER("0480") ACL("02", "44", "03") DENY_WD ALLOW_WD INHERITED_WD, ACE_DENY,
      HEADER("0480") ACL("02", "5c", "04") DENY_WD
      "0100180094000200" SID_RU ALLOW_WD INHERITED_WD },
    { "adds a denial where the order is lost",
      HEADER("0480") ACL("02", "44", "03") ALLOW_WD DENY_WD INHERITED_WD, ACE_DENY,
      HEADER("0480") ACL("02", "5c", "04") ALLOW_WD DENY_WD
      "0100180094000200" SID_RU INHERITED_WD },
    { "adds a grant where the order is lost",
      HEADER("0480") ACL("02", "44", "03") INHERITED_WD ALLOW_WD DENY_WD, ACE_ALLOW,
      HEADER("0480") ACL("02", "5c", "04") ALLOW_RU INHERITED_WD ALLOW_WD DENY_WD },
    { "adds an entry with a GUID, and the revision rises",
      HEADER("0480") ACL("02", "1c", "01") ALLOW_WD, ACE_ALLOW_OBJECT,
      HEADER("0480") ACL("04", "48", "02") ALLOW_WD "05002c009400020001000000" GUID_2 SID_RU },
    { "adds an entry with a GUID where there is one",
      HEADER("0480") ACL("04", "34", "01") OBJECT_RU, ACE_ALLOW_OBJECT,
      HEADER("0480") ACL("04", "60", "02") OBJECT_RU "05002c009400020001000000" GUID_2 SID_RU },
    { "keeps a revision that is too low already", HEADER("0480") ACL("02", "34", "01") OBJECT_RU,
      ACE_ALLOW_OBJECT,
      HEADER("0480") ACL("02", "60", "02") OBJECT_RU "05002c009400020001000000" GUID_2 SID_RU },
    { "keeps a revision that nothing needs", HEADER("0480") ACL("04", "08", "00"), ACE_ALLOW_OBJECT,
      HEADER("0480") ACL("04", "34", "01") "05002c009400020001000000" GUID_2 SID_RU },
    { "keeps bytes that nobody uses", HEADER("0480") ACL("02", "20", "01") ALLOW_WD "deadbeef",
      ACE_ALLOW, HEADER("0480") ACL("02", "38", "02") ALLOW_WD ALLOW_RU "deadbeef" },
    { "moves the parts behind",
      "0100048030000000"
      "14000000"
      "3c000000"
      "20000000" SID_WD ACL("02", "10", "01") "7700080001020304" SID_WD "0200080000000000",
      ACE_ALLOW,
      "0100048048000000"
      "14000000"
      "54000000"
      "20000000" SID_WD ACL("02", "28", "02") "7700080001020304" ALLOW_RU SID_WD
                                              "0200080000000000" },
};

static void run_adding(void **state)
{
    const struct adding *row = *state;
    OWNED(bytes_release) struct bytes bytes = { 0 };
    OWNED(descriptor_release) struct descriptor descriptor = { 0 };
    OWNED(descriptor_release) struct descriptor again = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    uint8_t revision;
    struct ace ace;

    make(row->before, &bytes);
    assert_true(descriptor_read(&bytes, &descriptor, &err));
    revision = descriptor.revision;
    make_ace("S-1-5-32-554", row->type, 0x20094,
             row->type == ACE_ALLOW_OBJECT ? "1131f6aa-9c07-11d1-f79f-00c04fc2dcd2" : NULL, &ace);
    assert_true(descriptor_add(&descriptor, &ace, &err));
    expect_bytes(&descriptor.bytes, row->after);
    assert_true(descriptor_has(&descriptor, &ace));
    assert_true(descriptor_read(&descriptor.bytes, &again, &err));
    assert_true(descriptor_remove(&again, &ace));
    descriptor_lower_revision(&again, revision);
    expect_bytes(&again.bytes, row->before);
    assert_false(descriptor_remove(&again, &ace));
    assert_true(descriptor_remove(&descriptor, &ace));
    descriptor_lower_revision(&descriptor, revision);
    expect_bytes(&descriptor.bytes, row->before);
}

static void test_of_two_the_one_that_was_added_goes(void **state)
{
    static const char *const rows[] = {
        HEADER("0480") ACL("02", "34", "02") ALLOW_RU ALLOW_WD,
        HEADER("0480") ACL("02", "48", "03") INHERITED_WD ALLOW_RU DENY_WD,
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        OWNED(bytes_release) struct bytes bytes = { 0 };
        OWNED(descriptor_release) struct descriptor descriptor = { 0 };
        struct ajar_error err = AJAR_NO_ERROR;
        struct ace ace;

        make(rows[i], &bytes);
        assert_true(descriptor_read(&bytes, &descriptor, &err));
        make_ace("S-1-5-32-554", ACE_ALLOW, 0x20094, NULL, &ace);
        assert_true(descriptor_add(&descriptor, &ace, &err));
        assert_true(descriptor_remove(&descriptor, &ace));
        assert_true(bytes_same(&descriptor.bytes, &bytes));
        assert_true(descriptor_remove(&descriptor, &ace));
        assert_false(descriptor_remove(&descriptor, &ace));
    }
}

static void test_the_revision_stays_while_an_entry_needs_it(void **state)
{
    OWNED(bytes_release) struct bytes bytes = { 0 };
    OWNED(descriptor_release) struct descriptor descriptor = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    make(HEADER("0480") ACL("04", "34", "01") OBJECT_RU, &bytes);
    assert_true(descriptor_read(&bytes, &descriptor, &err));
    descriptor_lower_revision(&descriptor, 2);
    assert_true(bytes_same(&descriptor.bytes, &bytes));
}

/* ---- a large one ---- */

enum { ENTRIES = 500 };

/* Denials, grants with and without GUIDs and of an unknown type, and what is inherited; owner and
 * group behind, some bytes that nobody uses in between. */
static void make_large(struct bytes *ret_bytes)
{
    static const char *const kinds[] = { DENY_WD, ALLOW_WD, OBJECT_RU, UNKNOWN, INHERITED_WD };
    struct bytes bytes = { .at = calloc(1, 65536), .size = 28 };
    OWNED(bytes_release) struct bytes owner = { 0 };

    assert_non_null(bytes.at);
    for (size_t i = 0; i < ENTRIES; i++) {
        OWNED(bytes_release) struct bytes entry = { 0 };

        make(kinds[i < 50 ? 0 : i < 400 ? 1 + i % 3 : 4], &entry);
        entry.at[4] = (uint8_t)i;
        memcpy(bytes.at + bytes.size, entry.at, entry.size);
        bytes.size += entry.size;
    }
    bytes.size += 8;
    make("0100048c"
         "00000000"
         "00000000"
         "00000000"
         "14000000"
         "04000000f4010000",
         &owner);
    memcpy(bytes.at, owner.at, owner.size);
    bytes.at[22] = (uint8_t)(bytes.size - 20);
    bytes.at[23] = (uint8_t)((bytes.size - 20) >> 8);
    bytes.at[4] = (uint8_t)bytes.size;
    bytes.at[5] = (uint8_t)(bytes.size >> 8);
    bytes_release(&owner);
    make(SID_RU, &owner);
    memcpy(bytes.at + bytes.size, owner.at, owner.size);
    bytes.size += owner.size;
    *ret_bytes = bytes;
}

static void test_a_large_one_keeps_every_other_byte(void **state)
{
    OWNED(bytes_release) struct bytes bytes = { 0 };
    OWNED(descriptor_release) struct descriptor descriptor = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    struct ace ace;
    size_t at;

    (void)state;
    make_large(&bytes);
    assert_true(descriptor_read(&bytes, &descriptor, &err));
    assert_int_equal(descriptor.count, ENTRIES);
    at = descriptor.aces[400].at;
    make_ace("S-1-5-32-554", ACE_ALLOW, 0x20094, NULL, &ace);
    assert_true(descriptor_add(&descriptor, &ace, &err));
    assert_int_equal(descriptor.count, ENTRIES + 1);
    assert_int_equal(descriptor.bytes.size, bytes.size + 24);
    assert_memory_equal(descriptor.bytes.at + 26, bytes.at + 26, at - 26);
    assert_memory_equal(descriptor.bytes.at + at + 24, bytes.at + at, bytes.size - at);
    assert_memory_equal(descriptor.bytes.at + 8, bytes.at + 8, 14);
    assert_true(descriptor_remove(&descriptor, &ace));
    assert_true(bytes_same(&descriptor.bytes, &bytes));
}

static void test_a_full_one_takes_no_more(void **state)
{
    OWNED(bytes_release) struct bytes bytes = { 0 };
    OWNED(bytes_release) struct bytes full = { 0 };
    OWNED(descriptor_release) struct descriptor descriptor = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    struct ace ace;

    (void)state;
    make(HEADER("0480") ACL("02", "08", "00"), &bytes);
    assert_true(descriptor_read(&bytes, &descriptor, &err));
    make_ace("S-1-5-32-554", ACE_ALLOW, 0x20094, NULL, &ace);
    while (descriptor_add(&descriptor, &ace, &err)) {
        assert_true(descriptor.bytes.size <= 20 + UINT16_MAX);
        bytes_release(&full);
        assert_true(bytes_copy(descriptor.bytes.at, descriptor.bytes.size, &full, &err));
    }
    assert_int_equal(err.status, AJAR_EDENIED);
    assert_int_equal(descriptor.count, (UINT16_MAX - 8) / 24);
    assert_true(bytes_same(&descriptor.bytes, &full));
}

static const struct difference {
    const char *name;
    const char *a;
    const char *b;
    bool only; /* in (A;;RPLCLORC;;;RU) */
} differences[] = {
    { "differs in nothing", HEADER("0480") ACL("02", "1c", "01") ALLOW_WD,
      HEADER("0480") ACL("02", "1c", "01") ALLOW_WD, true },
    { "differs in the entry", HEADER("0480") ACL("02", "1c", "01") ALLOW_WD,
      HEADER("0480") ACL("02", "34", "02") ALLOW_RU ALLOW_WD, true },
    { "differs in the entry behind", HEADER("0480") ACL("02", "34", "02") ALLOW_WD ALLOW_RU,
      HEADER("0480") ACL("02", "1c", "01") ALLOW_WD, true },
    { "differs in another entry", HEADER("0480") ACL("02", "34", "02") ALLOW_RU ALLOW_WD,
      HEADER("0480") ACL("02", "20", "01") ALLOW_RU, false },
    { "differs in the order", HEADER("0480") ACL("02", "30", "02") ALLOW_WD DENY_WD,
      HEADER("0480") ACL("02", "30", "02") DENY_WD ALLOW_WD, false },
    { "differs in the control", HEADER("0480") ACL("02", "1c", "01") ALLOW_WD,
      HEADER("0490") ACL("02", "1c", "01") ALLOW_WD, false },
    { "differs in the owner",
      "010004801c000000"
      "00000000"
      "00000000"
      "14000000" ACL("02", "08", "00") SID_WD,
      HEADER("0480") ACL("02", "08", "00"), false },
    { "differs in who the group is",
      "0100048000000000"
      "1c000000"
      "00000000"
      "14000000" ACL("02", "08", "00") SID_WD,
      "0100048000000000"
      "1c000000"
      "00000000"
      "14000000" ACL("02", "08", "00") SID_RU,
      false },
    { "differs in where the owner is",
      "010004801c000000"
      "00000000"
      "00000000"
      "14000000" ACL("02", "08", "00") SID_WD,
      "0100048014000000"
      "00000000"
      "00000000"
      "20000000" SID_WD ACL("02", "08", "00"),
      true },
};

static void run_difference(void **state)
{
    const struct difference *row = *state;
    OWNED(bytes_release) struct bytes a_bytes = { 0 };
    OWNED(bytes_release) struct bytes b_bytes = { 0 };
    OWNED(descriptor_release) struct descriptor a = { 0 };
    OWNED(descriptor_release) struct descriptor b = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    struct ace ace;

    make(row->a, &a_bytes);
    make(row->b, &b_bytes);
    make_ace("S-1-5-32-554", ACE_ALLOW, 0x20094, NULL, &ace);
    assert_true(descriptor_read(&a_bytes, &a, &err));
    assert_true(descriptor_read(&b_bytes, &b, &err));
    assert_int_equal(descriptor_differs_only_in(&a, &b, &ace, 1), row->only);
    assert_int_equal(descriptor_differs_only_in(&b, &a, &ace, 1), row->only);
}

int main(void)
{
    struct CMUnitTest
        tests[LENGTH(readings) + LENGTH(lookings) + LENGTH(addings) + LENGTH(differences) + 6] = {
            cmocka_unit_test(test_an_entry_says_what_it_is),
            cmocka_unit_test(test_guids_tell_entries_apart),
            cmocka_unit_test(test_of_two_the_one_that_was_added_goes),
            cmocka_unit_test(test_the_revision_stays_while_an_entry_needs_it),
            cmocka_unit_test(test_a_large_one_keeps_every_other_byte),
            cmocka_unit_test(test_a_full_one_takes_no_more),
        };
    size_t count = 6;

    ADD_CASES(readings, run_reading);
    ADD_CASES(lookings, run_looking);
    ADD_CASES(addings, run_adding);
    ADD_CASES(differences, run_difference);
    return cmocka_run_group_tests_name("descriptor", tests, NULL, NULL);
}
