/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * "member;range=0-1499": which of an attribute's values are in an answer ([MS-ADTS]
 * 3.1.1.3.1.3.3).
 */
#ifndef AJAR_TRANSPORT_VALUE_RANGE_H
#define AJAR_TRANSPORT_VALUE_RANGE_H

#include <stdbool.h>
#include <stddef.h>

struct value_range {
    size_t name_size; /* of "member" */
    size_t low;
    size_t high;  /* of the last value here; 0 when `is_last` */
    bool is_last; /* nothing comes after these: "range=1500-*", or no range at all */
};

/* Takes an attribute description apart; options other than a range do not matter. False, and
 * nothing is set, when the range makes no sense. */
bool value_range_parse(const char *description, struct value_range *ret_range);

#endif
