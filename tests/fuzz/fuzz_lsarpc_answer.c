/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers of a security authority from anywhere: they are read or refused, and never have more
 * categories than there is room for. The first byte chooses the call, by its number; the rest is
 * the answer.
 */
#include "fuzz/fuzz.h"
#include "transport/rpc/lsarpc_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OWNED(bytes_release) struct bytes answer = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    struct lsarpc_audit audit = { 0 };
    struct lsarpc_handle policy;
    uint32_t code;

    if (size == 0 || !bytes_copy(data + 1, size - 1, &answer, &err))
        return 0;
    if (data[0] == LSARPC_QUERY_INFORMATION_POLICY)
        (void)lsarpc_read_query_audit(&answer, &audit, &code, &err);
    else
        (void)lsarpc_read_open_policy(&answer, &policy, &code, &err);
    if (audit.count > LSARPC_AUDIT_CEILING)
        abort();
    return 0;
}
