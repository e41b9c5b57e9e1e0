/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers of a Server service from anywhere: they are read or refused. The first byte chooses the
 * call, by its number; the rest is the answer.
 */
#include "fuzz/fuzz.h"
#include "transport/rpc/srvsvc_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OWNED(bytes_release) struct bytes answer = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    struct srvsvc_time time = { 0 };
    int64_t start = 0;
    uint32_t code;

    if (size == 0 || !bytes_copy(data + 1, size - 1, &answer, &err))
        return 0;
    if (data[0] == SRVSVC_REMOTE_TOD)
        (void)srvsvc_read_remote_tod(&answer, &time, &code, &err);
    else
        (void)srvsvc_read_statistics_get(&answer, &start, &code, &err);
    /* Both are 32 bits wide on the wire. */
    if (time.now < 0 || time.now > UINT32_MAX || start < 0 || start > UINT32_MAX)
        abort();
    return 0;
}
