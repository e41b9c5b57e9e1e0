/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A security template (GptTmpl.inf, [MS-GPSB] 2.2), and any other INI file of Windows (GPT.INI),
 * edited as text: what is not the one value keeps each of its bytes. Names of sections and keys are
 * compared without regard to case. A key that has a `=` in it stands in quotes ([MS-GPSB] 2.2.5).
 *
 *     [Event Audit]
 *     AuditAccountManage = 3
 *     [Registry Values]
 *     MACHINE\System\CurrentControlSet\Control\Lsa\RestrictAnonymous=4,1
 */
#ifndef AJAR_MODEL_TEMPLATE_H
#define AJAR_MODEL_TEMPLATE_H

#include "base/bytes.h"

enum template_encoding {
    TEMPLATE_UTF16_BOM, /* little-endian, as the specification wants it */
    TEMPLATE_UTF16,     /* the same without its mark */
    TEMPLATE_UTF8_BOM,
    TEMPLATE_8BIT, /* UTF-8, or any code page that has ASCII in it */
};

struct template
{
    enum template_encoding encoding;
    char *text; /* without the mark; UTF-8, but for TEMPLATE_8BIT */
};

/* AJAR_EPROTOCOL for what is no text: a NUL, half a UTF-16 unit, UTF-16 big-endian. */
bool template_read(const struct bytes *file, struct template *ret_template, struct ajar_error *err);

/* One that sets nothing: UTF-16LE with its mark, CRLF, [Unicode] and [Version]. */
bool template_fresh(struct template *ret_template, struct ajar_error *err);

enum template_place {
    TEMPLATE_NO_SECTION,
    TEMPLATE_NO_KEY, /* the section is there */
    TEMPLATE_KEY,
};

/* `ret_value` is the value as it is written, without the blanks around it, to be freed; NULL when
 * there is no such key. AJAR_EPROTOCOL when the key stands there twice (the text names both lines),
 * or its value is not UTF-8. */
bool template_get(const struct template *template, const char *section, const char *key,
                  enum template_place *ret_place, char **ret_value, struct ajar_error *err);

/* Puts the value in the place of the one that is there, whose line is otherwise left alone; or adds
 * a line to the section, or the section at the end. What is added ends as the file's first line
 * does; behind a last line without an end, it has none either. AJAR_EPROTOCOL as for
 * template_get(); AJAR_EPLAN for names and values that cannot stand in a line. On failure the
 * template is as it was. */
bool template_set(struct template *template, const char *section, const char *key,
                  const char *value, struct ajar_error *err);

/* Takes the key's line away, and with `with_section` the section's own when nothing but empty lines
 * is left in it: after template_set() added them, all bytes are what they were. A key that is not
 * there is fine. */
bool template_remove(struct template *template, const char *section, const char *key,
                     bool with_section, struct ajar_error *err);

/* The key's whole line, with its number; to be freed. The key must be there, and once. */
bool template_get_line(const struct template *template, const char *section, const char *key,
                       size_t *ret_number, char **ret_line, struct ajar_error *err);

/* Adds a whole line of that section, where template_get_line() found it; at the end of the section
 * when that place is no longer in it. */
bool template_put_line(struct template *template, const char *section, size_t number,
                       const char *line, struct ajar_error *err);

/* Is there nothing in it but [Unicode], [Version], comments and empty lines? */
bool template_is_bare(const struct template *template);

/* The end of a line: as the first line has it, or CRLF. */
const char *template_end(const struct template *template);

/* The bytes of the file. With `least`, ends of lines follow until there are that many bytes: a file
 * that is to become shorter can be written over the old one so, and is whole before it is cut. */
bool template_write(const struct template *template, size_t least, struct bytes *ret_file,
                    struct ajar_error *err);

/* Takes ends of lines away from the end until the file has `size` bytes; when that cannot be, the
 * template stays as it is. */
bool template_trim(struct template *template, size_t size, struct ajar_error *err);

void template_release(struct template *template);
DEFINE_OWNED_STRUCT(struct template, template_release);

#endif
