/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The ways in which Windows writes a text file.
 */
#ifndef TESTS_MODEL_ENCODING_H
#define TESTS_MODEL_ENCODING_H

#include "base/text.h"
#include "base/utf16.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum encoding { AS_UTF8, AS_UTF8_WITH_MARK, AS_UTF16, AS_UTF16_BIG, AS_UTF16_NO_MARK };

/* `utf8` as a file holds it; to be released. */
static inline void encode(const char *utf8, enum encoding encoding, struct bytes *ret_file)
{
    struct ajar_error err = AJAR_NO_ERROR;
    bool is_wide = encoding != AS_UTF8 && encoding != AS_UTF8_WITH_MARK;
    bool has_mark = encoding != AS_UTF8 && encoding != AS_UTF16_NO_MARK;
    OWNED(free) char *text = text_make("%s%s", has_mark ? "\xef\xbb\xbf" : "", utf8);

    assert_non_null(text);
    if (is_wide)
        assert_true(utf16_from_utf8(text, ret_file, &err));
    else
        assert_true(bytes_copy(text, strlen(text), ret_file, &err));
    for (size_t i = 0; encoding == AS_UTF16_BIG && i < ret_file->size; i += 2) {
        uint8_t first = ret_file->at[i];

        ret_file->at[i] = ret_file->at[i + 1];
        ret_file->at[i + 1] = first;
    }
}

#endif
