/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a section [attribute ...] says: which object, which part of its attribute, and the states
 * that it asks for.
 */
#ifndef AJAR_PROVIDER_ATTRIBUTE_SECTION_H
#define AJAR_PROVIDER_ATTRIBUTE_SECTION_H

#include <ajar/state.h>

#include "model/setting.h"
#include "provider/attribute_part.h"

extern const struct field_rule attribute_section_fields[];

/* AJAR_EPLAN, "file:line:". */
bool attribute_section_check(const struct setting *setting, struct ajar_error *err);

/* These are for a section that was judged to be right. */

bool attribute_section_part(const struct setting *setting, struct attribute_part *ret_part,
                            struct ajar_error *err);

/* Attribute, object and part: two settings on different bits of one value do not collide. */
bool attribute_section_thing(const struct setting *setting, char **ret_thing,
                             struct ajar_error *err);

bool attribute_section_want(const struct setting *setting, struct ajar_state *ret_wanted,
                            struct ajar_error *err);
bool attribute_section_closed(const struct setting *setting, struct ajar_state *ret_closed,
                              struct ajar_error *err);

#endif
