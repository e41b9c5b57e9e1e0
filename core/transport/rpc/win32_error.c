/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/rpc/win32_error.h"

bool win32_judge(uint32_t code, const struct win32_meaning *meanings, size_t count,
                 struct ajar_error *err)
{
    if (code == 0)
        return true;
    for (size_t i = 0; i < count; i++) {
        if (meanings[i].code == code) {
            ajar_fail(err, meanings[i].status, "%s", meanings[i].text);
            return ajar_native(err, code);
        }
    }
    ajar_fail(err, AJAR_EPROTOCOL, "the server answers with Win32 error %u", code);
    return ajar_native(err, code);
}
