/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/host_list.h"

#include "base/text.h"

#include <ctype.h>
#include <string.h>

bool host_list_add(struct host_list *hosts, const char *name, struct ajar_error *err)
{
    OWNED(free) char *copy = text_copy(name);
    char **larger;

    if (!copy)
        return ajar_no_memory(err);
    for (char *at = copy; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    for (size_t i = 0; i < hosts->count; i++) {
        if (strcmp(hosts->names[i], copy) == 0)
            return true;
    }
    larger = reallocarray(hosts->names, hosts->count + 1, sizeof(*larger));
    if (!larger)
        return ajar_no_memory(err);
    hosts->names = larger;
    hosts->names[hosts->count++] = copy;
    copy = NULL;
    return true;
}

void host_list_release(struct host_list *hosts)
{
    for (size_t i = 0; i < hosts->count; i++)
        free(hosts->names[i]);
    free(hosts->names);
    *hosts = (struct host_list){ 0 };
}
