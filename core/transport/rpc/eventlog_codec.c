/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/rpc/eventlog_codec.h"

#include "base/utf16.h"
#include "transport/rpc/ndr.h"

#define REQUEST_CEILING 2048U

/* A log is a key of the registry, whose name has 255 characters at most ([MS-RRP] 3.1.1.1). */
#define NAME_CEILING 255U

/* [MS-EVEN] 3.1.4.3: nothing else is allowed. */
#define MAJOR_VERSION 1U
#define MINOR_VERSION 1U

/* [MS-EVEN] 2.2.5. */
#define SEQUENTIAL 0x00000001U
#define SEEK       0x00000002U
#define BACKWARDS  0x00000008U

enum { UNIT = 2 };

/* RPC_UNICODE_STRING ([MS-DTYP] 2.3.10), without a NUL: the log's name. */
static void write_name(struct ndr_writer *writer, const struct bytes *utf16)
{
    uint32_t units = (uint32_t)utf16->size / UNIT;

    ndr_write_u16(writer, (uint16_t)utf16->size);
    ndr_write_u16(writer, (uint16_t)utf16->size);
    ndr_write_pointer(writer, true);
    ndr_write_varying(writer, units, utf16->at, units, UNIT);
}

static void write_no_name(struct ndr_writer *writer)
{
    ndr_write_u16(writer, 0);
    ndr_write_u16(writer, 0);
    ndr_write_pointer(writer, false);
}

bool eventlog_write_open(const char *log, struct bytes *ret_request, struct ajar_error *err)
{
    OWNED(ndr_writer_release) struct ndr_writer writer = NDR_UP_TO(REQUEST_CEILING);
    OWNED(bytes_release) struct bytes utf16 = { 0 };

    if (!utf16_from_utf8(log, &utf16, err))
        return ajar_while(err, "name of an event log");
    if (utf16.size == 0 || utf16.size > NAME_CEILING * UNIT)
        return ajar_fail(err, AJAR_EPLAN, "name of an event log of %zu characters: 1 to %u fit",
                         utf16.size / UNIT, NAME_CEILING);
    ndr_write_pointer(&writer, false); /* the server's name means nothing ([MS-EVEN] 3.1.4.3) */
    write_name(&writer, &utf16);
    write_no_name(&writer); /* nor does this one */
    ndr_write_u32(&writer, MAJOR_VERSION);
    ndr_write_u32(&writer, MINOR_VERSION);
    return ndr_write_end(&writer, "OpenEL request", ret_request, err);
}

bool eventlog_write_handle(const struct eventlog_handle *log, const char *message,
                           struct bytes *ret_request, struct ajar_error *err)
{
    OWNED(ndr_writer_release) struct ndr_writer writer = NDR_UP_TO(REQUEST_CEILING);

    ndr_write_bytes(&writer, log->bytes, sizeof(log->bytes));
    return ndr_write_end(&writer, message, ret_request, err);
}

bool eventlog_write_read(const struct eventlog_handle *log, uint32_t from, uint32_t room,
                         struct bytes *ret_request, struct ajar_error *err)
{
    OWNED(ndr_writer_release) struct ndr_writer writer = NDR_UP_TO(REQUEST_CEILING);

    ndr_write_bytes(&writer, log->bytes, sizeof(log->bytes));
    ndr_write_u32(&writer, (from > 0 ? SEEK : SEQUENTIAL) | BACKWARDS);
    ndr_write_u32(&writer, from);
    ndr_write_u32(&writer, room);
    return ndr_write_end(&writer, "ReadEL request", ret_request, err);
}

bool eventlog_read_handle(const char *message, const struct bytes *answer,
                          struct eventlog_handle *ret_log, uint32_t *ret_code,
                          struct ajar_error *err)
{
    struct ndr_reader reader = ndr_reader(answer);
    struct eventlog_handle log;
    uint32_t code;

    ndr_read_bytes(&reader, log.bytes, sizeof(log.bytes));
    code = ndr_read_u32(&reader);
    if (!ndr_read_end(&reader, message, err))
        return false;
    *ret_log = log;
    *ret_code = code;
    return true;
}

bool eventlog_read_number(const char *message, const struct bytes *answer, uint32_t *ret_number,
                          uint32_t *ret_code, struct ajar_error *err)
{
    struct ndr_reader reader = ndr_reader(answer);
    uint32_t number = ndr_read_u32(&reader);
    uint32_t code = ndr_read_u32(&reader);

    if (!ndr_read_end(&reader, message, err))
        return false;
    *ret_number = code == 0 ? number : 0;
    *ret_code = code;
    return true;
}

bool eventlog_read_block(const struct bytes *answer, uint32_t room,
                         struct eventlog_block *ret_block, uint32_t *ret_code,
                         struct ajar_error *err)
{
    struct ndr_reader reader = ndr_reader(answer);
    struct ndr_array buffer = ndr_read_conformant(&reader, 1);
    struct eventlog_block block = { .size = ndr_read_u32(&reader) };
    uint32_t code;

    block.needed = ndr_read_u32(&reader);
    code = ndr_read_u32(&reader);
    if (buffer.count > room || block.size > buffer.count)
        ndr_refuse(&reader, "names more bytes than there are");
    if (!ndr_read_end(&reader, "ReadEL answer", err))
        return false;
    if (code != 0)
        block.size = 0;
    block.at = block.size > 0 ? buffer.at : NULL;
    *ret_block = block;
    *ret_code = code;
    return true;
}
