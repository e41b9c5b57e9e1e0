/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The calls of the event log as bytes ([MS-EVEN] 3.1.4): a request is written, an answer is read,
 * nothing is sent. A failed write is AJAR_EPLAN for a name that cannot be a log's, else
 * AJAR_ESYSTEM; a failed read is AJAR_EPROTOCOL and names the message and the byte.
 *
 * Each answer ends with an NTSTATUS, `ret_code` here. Where it is not 0 the other outputs are
 * zeros, but for how many bytes ReadEL would have needed.
 */
#ifndef AJAR_TRANSPORT_RPC_EVENTLOG_CODEC_H
#define AJAR_TRANSPORT_RPC_EVENTLOG_CODEC_H

#include "transport/rpc/eventlog.h"

enum eventlog_opnum {
    EVENTLOG_CLOSE = 2,
    EVENTLOG_NUMBER_OF_RECORDS = 4,
    EVENTLOG_OLDEST_RECORD = 5,
    EVENTLOG_OPEN = 7,
    EVENTLOG_READ = 10,
};

/* The most that a server sends in one answer ([MS-EVEN] 2.2.6: MAX_BATCH_BUFF). */
#define EVENTLOG_ROOM_CEILING 0x7ffffU

struct eventlog_handle {
    uint8_t bytes[20]; /* dies with the pipe */
};

/* What ReadEL gave: whole records, in a part of the answer. */
struct eventlog_block {
    const uint8_t *at; /* NULL exactly when size is 0 */
    size_t size;
    uint32_t needed; /* the size of the next record, when it did not fit */
};

bool eventlog_write_open(const char *log, struct bytes *ret_request, struct ajar_error *err);

/* CloseEL, NumberOfRecords, OldestRecord: a handle alone. */
bool eventlog_write_handle(const struct eventlog_handle *log, const char *message,
                           struct bytes *ret_request, struct ajar_error *err);

/* Records, each older than the one before, at most `room` bytes: from the record of this number, or
 * for 0 from where the last such reading ended, which is the newest one at first. */
bool eventlog_write_read(const struct eventlog_handle *log, uint32_t from, uint32_t room,
                         struct bytes *ret_request, struct ajar_error *err);

/* OpenEL, CloseEL: a handle and the code. */
bool eventlog_read_handle(const char *message, const struct bytes *answer,
                          struct eventlog_handle *ret_log, uint32_t *ret_code,
                          struct ajar_error *err);

/* NumberOfRecords, OldestRecord: a number and the code. */
bool eventlog_read_number(const char *message, const struct bytes *answer, uint32_t *ret_number,
                          uint32_t *ret_code, struct ajar_error *err);

/* `ret_block` is a part of `answer`. `room` is what was asked for: no answer may hold more. */
bool eventlog_read_block(const struct bytes *answer, uint32_t room,
                         struct eventlog_block *ret_block, uint32_t *ret_code,
                         struct ajar_error *err);

#endif
