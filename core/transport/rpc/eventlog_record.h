/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Records of an event log as bytes (EVENTLOGRECORD, [MS-EVEN] 2.2.3): they are read, nothing else.
 *
 * Each length and each offset is proven before it is used, and a record must end with its length
 * once more. Its texts are taken as they are: one without a NUL ends where the next part, or the
 * record, begins; of strings that a record counts but does not hold there are fewer.
 */
#ifndef AJAR_TRANSPORT_RPC_EVENTLOG_RECORD_H
#define AJAR_TRANSPORT_RPC_EVENTLOG_RECORD_H

#include "transport/rpc/eventlog_codec.h"

/* Takes the first record off the block; `*ret_end`, with `*ret_event` untouched, when there is none
 * left. What a log's file has between records (filling, the record that marks its end) is passed
 * over. `ret_event` is to be released. AJAR_EPROTOCOL for what is damaged. */
bool eventlog_take_record(struct eventlog_block *block, struct event *ret_event, bool *ret_end,
                          struct ajar_error *err);

#endif
