/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/catalog.h"

#include <assert.h>
#include <string.h>

static const struct provider *const catalog[] = {
    &provider_registry,
    &provider_member,
};

const struct provider *catalog_find(const char *kind)
{
    for (size_t i = 0; i < LENGTH(catalog); i++) {
        if (strcmp(catalog[i]->kind, kind) == 0)
            return catalog[i];
    }
    return NULL;
}

void catalog_kinds(struct plan_kind *ret_kinds, size_t room)
{
    assert(room > LENGTH(catalog));
    (void)room; /* without assertions */
    for (size_t i = 0; i < LENGTH(catalog); i++)
        ret_kinds[i] = (struct plan_kind){
            .kind = catalog[i]->kind,
            .fields = catalog[i]->fields,
            .on_domain = catalog[i]->on_domain,
            .check = catalog[i]->check,
        };
    ret_kinds[LENGTH(catalog)] = (struct plan_kind){ 0 };
}
