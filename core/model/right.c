/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/right.h"

#include <inttypes.h>
#include <string.h>

/* Their order is that of the schema's own descriptors. */
static const struct letters {
    const char word[3];
    uint32_t mask;
} letters[] = {
    { "RP", 0x10 },    { "WP", 0x20 },    { "CR", RIGHT_CONTROL_ACCESS },
    { "CC", 0x1 },     { "DC", 0x2 },     { "LC", 0x4 },
    { "LO", 0x80 },    { "RC", 0x20000 }, { "WO", 0x80000 },
    { "WD", 0x40000 }, { "SD", 0x10000 }, { "DT", 0x40 },
    { "SW", 0x8 },
};

static const struct generic {
    const char word[3];
    uint32_t bit;
    uint32_t mask;
} generics[] = {
    { "GA", 0x10000000, RIGHT_ALL },
    { "GR", 0x80000000, 0x20094 },
    { "GW", 0x40000000, 0x20028 },
    { "GX", 0x20000000, 0x20004 },
};

static const struct word {
    const char *word;
    uint32_t mask;
    const char *object; /* NULL: the object itself */
} words[] = {
    { "read", 0x20094, NULL },
    { "enumerate-entire-sam-domain", RIGHT_CONTROL_ACCESS, "91d67418-0135-4acc-8d79-c08e857cfbec" },
    { "migrate-sid-history", RIGHT_CONTROL_ACCESS, "ba33815a-4f93-4c76-87f3-57574bff8109" },
    { "replicating-directory-changes", RIGHT_CONTROL_ACCESS,
      "1131f6aa-9c07-11d1-f79f-00c04fc2dcd2" },
    { "replicating-directory-changes-all", RIGHT_CONTROL_ACCESS,
      "1131f6ad-9c07-11d1-f79f-00c04fc2dcd2" },
    { "replicating-directory-changes-in-filtered-set", RIGHT_CONTROL_ACCESS,
      "89e95b76-444d-4c62-991a-0facbeda640c" },
};

uint32_t right_map_generic(uint32_t mask)
{
    for (size_t i = 0; i < LENGTH(generics); i++) {
        if (mask & generics[i].bit)
            mask = (mask & ~generics[i].bit) | generics[i].mask;
    }
    return mask;
}

/* The bits of the two letters at `at`; 0 when nobody knows them. */
static uint32_t mask_of(const char *at)
{
    for (size_t i = 0; i < LENGTH(letters); i++) {
        if (strncasecmp(at, letters[i].word, 2) == 0)
            return letters[i].mask;
    }
    for (size_t i = 0; i < LENGTH(generics); i++) {
        if (strncasecmp(at, generics[i].word, 2) == 0)
            return generics[i].mask;
    }
    return 0;
}

static bool parse_letters(const char *text, uint32_t *ret_mask, struct ajar_error *err)
{
    uint32_t mask = 0;

    for (const char *at = text; *at; at += 2) {
        uint32_t bits = mask_of(at);

        if (bits == 0)
            return ajar_fail(err, AJAR_EPLAN,
                             "\"%.2s\" in \"%s\" is no right; they are RP WP CR CC DC LC LO RC WO "
                             "WD SD DT SW GA GR GW GX, or 0x hexadecimal",
                             at, text);
        mask |= bits;
    }
    *ret_mask = mask;
    return true;
}

static bool parse_number(const char *text, uint32_t *ret_mask, struct ajar_error *err)
{
    size_t digits = strspn(text + 2, "0123456789abcdefABCDEF");
    uint32_t mask;

    if (digits == 0 || digits > 8 || text[2 + digits] != '\0')
        return ajar_fail(err, AJAR_EPLAN, "\"%s\" is no mask such as 0x20094", text);
    mask = right_map_generic((uint32_t)strtoul(text, NULL, 16));
    if (mask & ~RIGHT_ALL)
        return ajar_fail(err, AJAR_EPLAN,
                         "0x%" PRIx32 " in \"%s\" are no rights on an object of a directory",
                         mask & ~RIGHT_ALL, text);
    *ret_mask = mask;
    return true;
}

bool right_mask_parse(const char *text, uint32_t *ret_mask, struct ajar_error *err)
{
    bool is_number = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    uint32_t mask = 0;

    if (!(is_number ? parse_number(text, &mask, err) : parse_letters(text, &mask, err)))
        return false;
    if (mask == 0)
        return ajar_fail(err, AJAR_EPLAN, "\"%s\" is no right at all", text);
    *ret_mask = mask;
    return true;
}

static bool take_word(const struct word *word, struct right *ret_right, struct ajar_error *err)
{
    struct right right = { .mask = word->mask, .has_object = word->object != NULL };

    if (word->object && !guid_parse(word->object, &right.object, err))
        return false;
    *ret_right = right;
    return true;
}

/* Looks like SDDL: hexadecimal, or capitals alone. */
static bool is_sddl(const char *text)
{
    return text[0] == '0' || text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")] == '\0';
}

static bool refuse_word(const char *text, struct ajar_error *err)
{
    OWNED(text_release) struct text known = TEXT_UP_TO(400);
    OWNED(free) char *list = NULL;

    for (size_t i = 0; i < LENGTH(words); i++)
        text_format(&known, "%s, ", words[i].word);
    if (!text_take(&known, &list, err))
        return false;
    return ajar_fail(err, AJAR_EPLAN,
                     "\"%.60s\" is no right; it is one of: %sor rights as in SDDL, RPLCLORC", text,
                     list);
}

bool right_parse(const char *text, struct right *ret_right, struct ajar_error *err)
{
    uint32_t mask = 0;

    for (size_t i = 0; i < LENGTH(words); i++) {
        if (text_same_ignoring_case(text, words[i].word))
            return take_word(&words[i], ret_right, err);
    }
    if (!is_sddl(text))
        return refuse_word(text, err);
    if (!right_mask_parse(text, &mask, err))
        return false;
    *ret_right = (struct right){ .mask = mask };
    return true;
}

void right_mask_append(struct text *text, uint32_t mask)
{
    if (mask == 0 || (mask & ~RIGHT_ALL)) {
        text_format(text, "0x%" PRIx32, mask);
        return;
    }
    for (size_t i = 0; i < LENGTH(letters); i++) {
        if (mask & letters[i].mask)
            text_append(text, letters[i].word);
    }
}
