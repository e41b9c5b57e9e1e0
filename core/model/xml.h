/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * XML files of others, element by element. The only module that knows expat. UTF-8, UTF-16 with a
 * byte order mark, and what else expat knows; names lose their namespace's prefix.
 *
 * A file that declares a document type is refused before anything of it is read: with it goes all
 * that entities can do.
 */
#ifndef AJAR_MODEL_XML_H
#define AJAR_MODEL_XML_H

#include "base/bytes.h"

enum {
    XML_DEPTH = 64,          /* elements in elements */
    XML_TEXT_CEILING = 4096, /* bytes of one element's text */
    XML_FILE_CEILING = 1 << 26,
};

struct xml_element {
    const char *name;
    const char *parent;            /* its name; NULL: it is the root */
    const char *const *attributes; /* name, value, name, value, NULL; as it ends: NULL */
    const char *text;              /* as it ends: what stands in it and in no element below, without
                                    * blanks around it; NULL: more than the ceiling */
    size_t depth;                  /* the root's is 0 */
    unsigned long line;            /* where its tag stands */
};

/* Each is told of, in the order of the file. Neither may be NULL. False ends the reading with
 * `err`, which the reader has set without a place: the line comes in front. */
struct xml_reader {
    bool (*begin)(void *user, const struct xml_element *element, struct ajar_error *err);
    bool (*end)(void *user, const struct xml_element *element, struct ajar_error *err);
    void *user;
};

/* AJAR_EPROTOCOL, "line 12: what is wrong". What was told before that is not to be used. */
bool xml_read(const struct bytes *file, const struct xml_reader *reader, struct ajar_error *err);

#endif
