/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Registry values: types, the bytes that a plan's text stands for, and the text that people get to
 * see of bytes. A type is any 32-bit number; some have names ([MS-RRP] 3.1.1.5).
 */
#ifndef AJAR_MODEL_VALUE_H
#define AJAR_MODEL_VALUE_H

#include "base/bytes.h"

enum value_type {
    VALUE_NONE = 0,
    VALUE_SZ = 1,
    VALUE_EXPAND_SZ = 2,
    VALUE_BINARY = 3,
    VALUE_DWORD = 4,
    VALUE_DWORD_BE = 5,
    VALUE_MULTI_SZ = 7,
    VALUE_QWORD = 11,
};

#define VALUE_TYPE_SIZE 40

/* As regedit spells it ("REG_DWORD"); a number without a name is "type-77". */
void value_type_format(uint32_t type, char ret_name[VALUE_TYPE_SIZE]);

/* From a plan's word ("dword"), regedit's ("REG_DWORD"), or "type-77". False for anything else. */
bool value_type_parse(const char *word, uint32_t *ret_type);

/* The data that a plan's texts stand for:
 *
 *     dword, dword_be, qword   a number, decimal or 0x hexadecimal
 *     sz, expand_sz            the text, as UTF-16 with a NUL
 *     multi_sz                 each text one string, a NUL after each and one at the end; a single
 *                              empty text is the empty list
 *     any other type           hexadecimal digits
 *
 * All but multi_sz take exactly one. AJAR_EPLAN, without file and line. */
bool value_encode(uint32_t type, const char *const *texts, size_t count, struct bytes *ret_data,
                  struct ajar_error *err);

/* Does a multi_sz have this string, without regard to the case of ASCII letters? False, with
 * `ret_has` untouched, when the data are no list of strings. */
bool value_list_has(const struct bytes *data, const char *text, bool *ret_has);

/* What the data say, in at most some 450 bytes of UTF-8 without control characters, to be freed:
 * "1", "0x80000000", "text", "one, two", "0a0b". Data that are not what their type promises
 * (another size, no NUL at the end, half a surrogate pair) are "hex:0a0b". Fails only without
 * memory. */
bool value_text(uint32_t type, const struct bytes *data, char **ret_text, struct ajar_error *err);

/* The same in a sentence: the type in front unless it is a DWORD, strings in quotes:
 * `REG_MULTI_SZ "one", "two"`. */
bool value_phrase(uint32_t type, const struct bytes *data, char **ret_phrase,
                  struct ajar_error *err);

#endif
