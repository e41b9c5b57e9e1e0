/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rights on an object of a directory: access masks ([MS-ADTS] 5.1.3.2), and the extended rights
 * that are asked for by GUID (5.1.3.2.1), with the words that plans have for them.
 */
#ifndef AJAR_MODEL_RIGHT_H
#define AJAR_MODEL_RIGHT_H

#include "base/guid.h"
#include "base/text.h"

#define RIGHT_CONTROL_ACCESS                                                             \
    0x100U                 /* CR: the extended right of a GUID; without one, all of them \
                            */
#define RIGHT_ALL 0xf01ffU /* every bit that an object of a directory knows */

struct right {
    uint32_t mask;
    bool has_object;
    struct guid object;
};

/* From a plan's word ("read", "enumerate-entire-sam-domain") or from SDDL, as right_mask_parse()
 * has it. AJAR_EPLAN for any other text, without file and line. */
bool right_parse(const char *text, struct right *ret_right, struct ajar_error *err);

/* From SDDL: words of two letters, one after the other ("RPLCLORC"), or 0x hexadecimal. The generic
 * rights become those that they stand for, as the server would have it. AJAR_EPLAN for no right at
 * all, and for one that no object of a directory knows. */
bool right_mask_parse(const char *text, uint32_t *ret_mask, struct ajar_error *err);

/* The generic bits of a mask in the words of a directory ([MS-ADTS] 5.1.3.2). */
uint32_t right_map_generic(uint32_t mask);

/* Appends words of two letters, or 0x hexadecimal when they cannot say all of it. */
void right_mask_append(struct text *text, uint32_t mask);

#endif
