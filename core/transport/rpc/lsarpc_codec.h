/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The calls of the local security authority as bytes ([MS-LSAD] 3.1.4.4): a request is written, an
 * answer is read, nothing is sent. A failed read is AJAR_EPROTOCOL and names the message and the
 * byte.
 *
 * Each answer ends with an NTSTATUS, `ret_code` here. Where it is not 0 the other outputs are
 * zeros.
 */
#ifndef AJAR_TRANSPORT_RPC_LSARPC_CODEC_H
#define AJAR_TRANSPORT_RPC_LSARPC_CODEC_H

#include "transport/rpc/lsarpc.h"

enum lsarpc_opnum {
    LSARPC_QUERY_INFORMATION_POLICY = 7,
    LSARPC_OPEN_POLICY_2 = 44,
};

struct lsarpc_handle {
    uint8_t bytes[20]; /* dies with the pipe */
};

/* To look at what is audited. */
bool lsarpc_write_open_policy(struct bytes *ret_request, struct ajar_error *err);

bool lsarpc_read_open_policy(const struct bytes *answer, struct lsarpc_handle *ret_policy,
                             uint32_t *ret_code, struct ajar_error *err);

bool lsarpc_write_query_audit(const struct lsarpc_handle *policy, struct bytes *ret_request,
                              struct ajar_error *err);
bool lsarpc_read_query_audit(const struct bytes *answer, struct lsarpc_audit *ret_audit,
                             uint32_t *ret_code, struct ajar_error *err);

#endif
