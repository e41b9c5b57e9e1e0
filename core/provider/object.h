/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The object of a directory that a section of a plan means, and its DACL. A plan does not know the
 * domain's own DN, so it says where an object is below the head:
 *
 *     object = CN=Server,CN=System       below the domain's head
 *     object = domain                    the head itself
 *     base = configuration               below the head of the forest's configuration instead,
 *     object = CN=Sites                  which is called `configuration`
 *
 * A DN that ends in DC= is whole already.
 */
#ifndef AJAR_PROVIDER_OBJECT_H
#define AJAR_PROVIDER_OBJECT_H

#include "base/text.h"
#include "model/descriptor.h"
#include "model/setting.h"
#include "transport/directory.h"

/* The rows of the two fields, for a table of fields. */
#define OBJECT_FIELDS                                                           \
    { .name = "object", .type = FIELD_TEXT, .required = true },                 \
    {                                                                           \
        .name = "base", .type = FIELD_CHOICE, .choices = "domain configuration" \
    }

/* Judges `object`. AJAR_EPLAN, "file:line:". */
bool object_check(const struct setting *setting, struct ajar_error *err);

/* Appends the object's DN as far as it is known without a directory, in one spelling. */
void object_append(struct text *text, const struct setting *setting);

/* The DACL of the object that the section means, and the object's name that stays: "<GUID=...>".
 * `ret_name` is to be freed, `ret_descriptor` to be released. AJAR_EMISSING when there is no such
 * object, or when it has no DACL; AJAR_EDENIED when its permissions are not shown. */
bool object_read_dacl(struct directory *directory, const struct setting *setting, char **ret_name,
                      struct descriptor *ret_descriptor, struct ajar_error *err);

/* The same, once its name is known: the bytes alone. */
bool object_reread_dacl(struct directory *directory, const char *name, struct bytes *ret_bytes,
                        struct ajar_error *err);

#endif
