/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The directory's 32-bit integers that are bits: groupType, userAccountControl, trustAttributes. As
 * text they are signed ([RFC4517] 3.3.16): 0x80000004 is "-2147483644".
 */
#ifndef AJAR_PROVIDER_BITS_H
#define AJAR_PROVIDER_BITS_H

#include <stdbool.h>
#include <stdint.h>

#define BITS_TEXT_SIZE 12

/* From the directory's text: -2147483648 to 4294967295, decimal. False for anything else. */
bool bits_from_integer(const char *text, uint32_t *ret_bits);

/* The directory's text: signed. */
void bits_to_integer(uint32_t bits, char ret_text[BITS_TEXT_SIZE]);

/* From what a plan or the journal says: 0 to 4294967295, decimal or 0x hexadecimal. */
bool bits_parse(const char *text, uint32_t *ret_bits);

/* As people know them: "0x40". */
void bits_format(uint32_t bits, char ret_text[BITS_TEXT_SIZE]);

#endif
