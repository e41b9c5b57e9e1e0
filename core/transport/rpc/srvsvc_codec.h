/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The calls of the Server service as bytes ([MS-SRVS] 3.1.4): a request is written, an answer is
 * read, nothing is sent. A failed read is AJAR_EPROTOCOL and names the message and the byte.
 *
 * Each answer ends with a Win32 error code, `ret_code` here. Where it is not 0 the other outputs
 * are zeros.
 */
#ifndef AJAR_TRANSPORT_RPC_SRVSVC_CODEC_H
#define AJAR_TRANSPORT_RPC_SRVSVC_CODEC_H

#include "transport/rpc/srvsvc.h"

enum srvsvc_opnum {
    SRVSVC_STATISTICS_GET = 24,
    SRVSVC_REMOTE_TOD = 28,
};

bool srvsvc_write_remote_tod(struct bytes *ret_request, struct ajar_error *err);
bool srvsvc_read_remote_tod(const struct bytes *answer, struct srvsvc_time *ret_time,
                            uint32_t *ret_code, struct ajar_error *err);

bool srvsvc_write_statistics_get(struct bytes *ret_request, struct ajar_error *err);

/* `ret_start`: when the statistics began, which is when the service started. */
bool srvsvc_read_statistics_get(const struct bytes *answer, int64_t *ret_start, uint32_t *ret_code,
                                struct ajar_error *err);

#endif
