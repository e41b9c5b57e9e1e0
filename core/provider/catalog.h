/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The kinds of settings that there are. A new kind is a file and a row in catalog.c; requirements
 * have a table of their own (requirement.h).
 */
#ifndef AJAR_PROVIDER_CATALOG_H
#define AJAR_PROVIDER_CATALOG_H

#include "model/plan.h"
#include "provider/provider.h"

extern const struct provider provider_registry;
extern const struct provider provider_member;
extern const struct provider provider_service;
extern const struct provider provider_group;
extern const struct provider provider_attribute;
extern const struct provider provider_permission;
extern const struct provider provider_policy;

/* NULL for a kind that nobody provides. */
const struct provider *catalog_find(const char *kind);

/* The same kinds, [require] and [manual], as the reader of plans needs them; ends with { 0 }.
 * `room` is the number of rows in `ret_kinds`, at least CATALOG_ROOM. */
#define CATALOG_ROOM 16
void catalog_kinds(struct plan_kind *ret_kinds, size_t room);

#endif
