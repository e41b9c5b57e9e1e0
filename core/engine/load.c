/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/catalog.h"

bool ajar_plan_load(const struct ajar_plan_source *source, struct ajar_plan **ret_plan,
                    struct ajar_error *err)
{
    struct plan_kind kinds[CATALOG_ROOM];

    catalog_kinds(kinds, LENGTH(kinds));
    return plan_read(source, kinds, ret_plan, err);
}
