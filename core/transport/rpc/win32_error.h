/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The Win32 error code that an answer ends with ([MS-ERREF] 2.2): what it means depends on the
 * interface.
 */
#ifndef AJAR_TRANSPORT_RPC_WIN32_ERROR_H
#define AJAR_TRANSPORT_RPC_WIN32_ERROR_H

#include <ajar/error.h>

#include <stddef.h>

struct win32_meaning {
    uint32_t code;
    enum ajar_status status;
    const char *text;
};

/* True for code 0. The text of a failure is the code's meaning, `native` the code; callers say what
 * they did. A code that is not among the meanings is AJAR_EPROTOCOL. */
bool win32_judge(uint32_t code, const struct win32_meaning *meanings, size_t count,
                 struct ajar_error *err);

#endif
