/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * UTF-8, as ajar keeps text, and UTF-16 little-endian, as Windows does. Windows does not check its
 * UTF-16: half of a surrogate pair can stand alone in any name. Such a half becomes the three bytes
 * that UTF-8 would give its number, and comes back from them, so that each name survives the way
 * there and back. Such a text is not valid UTF-8: text_is_utf8() says so.
 */
#ifndef AJAR_BASE_UTF16_H
#define AJAR_BASE_UTF16_H

#include "base/bytes.h"

/* No NUL is added. AJAR_EPLAN for bytes that are not UTF-8 (lone surrogates excepted), with their
 * position. */
bool utf16_from_utf8(const char *text, struct bytes *ret_utf16, struct ajar_error *err);

/* `size` bytes, without a closing NUL; the text is to be freed. AJAR_EPROTOCOL for an odd number of
 * bytes, or for a NUL among them, which a text cannot hold. */
bool utf16_to_utf8(const void *utf16, size_t size, char **ret_text, struct ajar_error *err);

#endif
