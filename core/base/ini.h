/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * INI text: sections of fields. The only module that knows inih. inih bends what it does not like
 * (it splits long lines, cuts after " ;", joins indented lines, forgets line numbers); the line
 * source in front of it refuses all of that with the line's number instead.
 *
 * A comment has a line of its own and begins with ';' or '#'. `name = value`, blanks around both
 * are not part of them. `name+ = more` continues the value of the field just above it: after a
 * blank in INI_PLAIN, where people continue sentences, and at once in INI_RECORD. A field may stand
 * more than once; whether that makes sense is for the reader of the fields to say.
 */
#ifndef AJAR_BASE_INI_H
#define AJAR_BASE_INI_H

#include <ajar/error.h>

#include "base/cleanup.h"
#include "base/text.h"

struct ini_field {
    char *name;
    char *value;
    int line;
};

struct ini_section {
    char *kind; /* "registry" of [registry allow-password-export] */
    char *name; /* "allow-password-export", or "" for a section of one word */
    int line;
    size_t count;
    struct ini_field *fields;
};

struct ini {
    char *file; /* as messages name it */
    size_t count;
    struct ini_section *sections;
};

enum ini_dialect {
    INI_PLAIN,  /* written by people: a value is what stands there */
    INI_RECORD, /* written by ini_write_field(): a value in double quotes has C escapes */
};

/* The longest line, in bytes without the newline. */
#define INI_LINE_CEILING 196

/* Reads `size` bytes of text. AJAR_EPLAN with "file:line: what is wrong, what would be right". */
bool ini_read(const char *file, const char *bytes, size_t size, enum ini_dialect dialect,
              struct ini **ret_ini, struct ajar_error *err);

/* Reads a file of at most 1 MiB. A file that cannot be opened is AJAR_EPLAN, too. */
bool ini_read_file(const char *path, enum ini_dialect dialect, struct ini **ret_ini,
                   struct ajar_error *err);

/* The first section of this kind (and name, unless NULL), or NULL. */
const struct ini_section *ini_find(const struct ini *ini, const char *kind, const char *name);

/* The value of the first field of this name, or NULL. `section` may be NULL. */
const char *ini_value(const struct ini_section *section, const char *name);

/* The line of that field; of the section when it has none. */
int ini_line(const struct ini_section *section, const char *name);

/* Appends "[kind name]\n" (after an empty line, but for the first) and "name = value\n"; long
 * values are continued, odd ones quoted, so that ini_read(INI_RECORD) gives the same bytes back. */
void ini_write_section(struct text *text, const char *kind, const char *name);
void ini_write_field(struct text *text, const char *name, const char *value);

void ini_free(struct ini *ini);
DEFINE_OWNED(struct ini *, ini_free);

#endif
