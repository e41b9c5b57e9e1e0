/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A state as a section of a record:
 *
 *     [before]                    [wanted]
 *     known = no                  exists = yes
 *                                 type = REG_DWORD
 *                                 data = 01000000
 */
#ifndef AJAR_MODEL_STATE_RECORD_H
#define AJAR_MODEL_STATE_RECORD_H

#include <ajar/state.h>

#include "base/ini.h"

void state_record_write(struct text *text, const char *section, const struct ajar_state *state);

/* AJAR_EPLAN with "file:line:" for a section that says neither or something else. */
bool state_record_read(const char *file, const struct ini_section *section,
                       struct ajar_state *ret_state, struct ajar_error *err);

#endif
