/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a section of an INI file may say: a table of fields, one row each, read by one checker.
 */
#ifndef AJAR_MODEL_SCHEMA_H
#define AJAR_MODEL_SCHEMA_H

#include "base/ini.h"

enum field_type {
    FIELD_TEXT,     /* any text that is not empty */
    FIELD_ANY,      /* any text, also an empty one */
    FIELD_NAME,     /* lower-case letters, digits, hyphens: begins with a letter */
    FIELD_CHOICE,   /* one word of `choices` */
    FIELD_YES_NO,   /* yes or no */
    FIELD_DURATION, /* 30s, 15m, 72h, 14d */
    FIELD_HEX,      /* an even number of hexadecimal digits */
    FIELD_PLACE,    /* host NAME... | pdc DOMAIN | controllers DOMAIN | domain DOMAIN... |
                     * domains FOREST */
    FIELD_EFFECT,   /* at once | restart | service NAME restart | policy refresh | replication */
};

struct field_rule {
    const char *name;
    enum field_type type;
    bool required;
    bool repeatable;
    const char *choices; /* FIELD_CHOICE: "dword sz qword" */
    bool may_be_empty;   /* an empty text is right, whatever the type: the field says nothing then
                          * (setting_given()) */
};

/* Holds a section against one or two tables (each ends with { 0 }; `more` may be NULL): unknown,
 * missing and repeated fields, values of the wrong type. AJAR_EPLAN, "file:line: ...". */
bool schema_check(const char *file, const struct ini_section *section,
                  const struct field_rule *rules, const struct field_rule *more,
                  struct ajar_error *err);

/* Is it a name: lower-case letters, digits and hyphens, a letter first? */
bool schema_is_name(const char *text);

/* Is it a full DNS name: letters, digits, hyphens, at least one dot? */
bool schema_is_host_name(const char *text);

/* The words before a name in a FIELD_PLACE, in the order of enum place: "host ", "pdc ", ... */
extern const char *const schema_places[6];

#endif
