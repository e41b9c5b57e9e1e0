/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/name_list.h"

#include "base/ascii.h"

#include <stdlib.h>
#include <string.h>

bool name_list_cut(char *list, const char ***ret_names, struct ajar_error *err)
{
    const char **names = calloc(strlen(list) / 2 + 2, sizeof(char *));
    size_t count = 0;

    if (!names)
        return ajar_no_memory(err);
    for (char *at = list; *at;) {
        size_t size = strcspn(at, ", ");
        bool last = at[size] == '\0';

        at[size] = '\0';
        for (char *letter = at; *letter; letter++)
            *letter = ascii_lower(*letter);
        if (size > 0)
            names[count++] = at;
        at += last ? size : size + 1;
    }
    *ret_names = names;
    return true;
}

bool name_list_holds(const char *const *names, const char *name)
{
    for (; names && *names; names++) {
        if (strcmp(*names, name) == 0)
            return true;
    }
    return false;
}
