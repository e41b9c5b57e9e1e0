/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Objects of a directory, as plans name them and as searches take them. A plan does not know the
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

#include "base/guid.h"
#include "base/sid.h"
#include "base/text.h"
#include "model/setting.h"

/* The rows of the two fields, for a table of fields. */
#define OBJECT_FIELDS                                                           \
    { .name = "object", .type = FIELD_TEXT, .required = true },                 \
    {                                                                           \
        .name = "base", .type = FIELD_CHOICE, .choices = "domain configuration" \
    }

/* Judges `object`. AJAR_EPLAN, "file:line:". */
bool object_check(const struct setting *setting, struct ajar_error *err);

/* Does the section mean the head itself? */
bool object_is_head(const struct setting *setting);
bool object_is_in_configuration(const struct setting *setting);

/* Appends what the section calls the object (not the head), in one spelling. */
void object_append_name(struct text *text, const struct setting *setting);

/* Appends the object's DN as far as it is known without a directory, in one spelling. */
void object_append(struct text *text, const struct setting *setting);

/* The object's whole DN, for the heads that a directory has. To be freed. */
bool object_dn(const struct setting *setting, const char *domain_dn, const char *configuration_dn,
               char **ret_dn, struct ajar_error *err);

/* Judges another field that names an object, always below the domain's head: parts of the form
 * NAME=value ([RFC4514] 2). AJAR_EPLAN, "file:line:". */
bool object_check_name(const struct setting *setting, const char *field, struct ajar_error *err);

/* The whole DN of an object that is named so, below `head` (DC=target,DC=test). To be freed. */
bool object_dn_below(const char *name, const char *head, char **ret_dn, struct ajar_error *err);

/* "<GUID=...>", a name that stays when the object is renamed or moved, and "<SID=...>": bases of
 * searches, and names for every other call. To be freed; NULL without memory. */
char *object_name_of_guid(const struct guid *guid);
char *object_name_of_sid(const struct sid *sid);

#endif
