/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A list of names in one field: "dc1.source.test, dc2.source.test".
 */
#ifndef AJAR_MODEL_NAME_LIST_H
#define AJAR_MODEL_NAME_LIST_H

#include <ajar/error.h>

/* Cuts the list at commas and blanks, in place, and makes it lower case. `*ret_names` ends with
 * NULL and is to be freed; the names belong to the list. */
bool name_list_cut(char *list, const char ***ret_names, struct ajar_error *err);

/* Is `name` in the list? NULL is a list without names. */
bool name_list_holds(const char *const *names, const char *name);

#endif
