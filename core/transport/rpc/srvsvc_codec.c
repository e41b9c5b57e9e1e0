/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/rpc/srvsvc_codec.h"

#include "transport/rpc/ndr.h"

#define REQUEST_CEILING 256U

/* What the structures have besides what is read: TIME_OF_DAY_INFO ([MS-SRVS] 2.2.4.105) has twelve
 * numbers, STAT_SERVER_0 (2.2.4.39) has seventeen. */
enum { TIME_REST = 10, STATISTICS_REST = 16 };

bool srvsvc_write_remote_tod(struct bytes *ret_request, struct ajar_error *err)
{
    OWNED(ndr_writer_release) struct ndr_writer writer = NDR_UP_TO(REQUEST_CEILING);

    ndr_write_pointer(&writer, false); /* the server's name means nothing ([MS-SRVS] 3.1.4.21) */
    return ndr_write_end(&writer, "RemoteTOD request", ret_request, err);
}

bool srvsvc_write_statistics_get(struct bytes *ret_request, struct ajar_error *err)
{
    OWNED(ndr_writer_release) struct ndr_writer writer = NDR_UP_TO(REQUEST_CEILING);

    ndr_write_pointer(&writer, false); /* nor does it here, ... */
    ndr_write_pointer(&writer, false); /* ... nor the service's */
    ndr_write_u32(&writer, 0);         /* the only level */
    ndr_write_u32(&writer, 0);         /* no options */
    return ndr_write_end(&writer, "ServerStatisticsGet request", ret_request, err);
}

static void skip_numbers(struct ndr_reader *reader, int count)
{
    for (int i = 0; i < count; i++)
        (void)ndr_read_u32(reader);
}

bool srvsvc_read_remote_tod(const struct bytes *answer, struct srvsvc_time *ret_time,
                            uint32_t *ret_code, struct ajar_error *err)
{
    struct ndr_reader reader = ndr_reader(answer);
    struct srvsvc_time time = { 0 };
    bool follows = ndr_read_pointer(&reader);
    uint32_t code;

    if (follows) {
        time.now = ndr_read_u32(&reader);
        time.uptime_ms = ndr_read_u32(&reader);
        skip_numbers(&reader, TIME_REST); /* the same as a date, and the time zone */
    }
    code = ndr_read_u32(&reader);
    if (code == 0 && !follows)
        ndr_refuse(&reader, "does not tell the time");
    if (!ndr_read_end(&reader, "RemoteTOD answer", err))
        return false;
    *ret_time = time;
    *ret_code = code;
    return true;
}

bool srvsvc_read_statistics_get(const struct bytes *answer, int64_t *ret_start, uint32_t *ret_code,
                                struct ajar_error *err)
{
    struct ndr_reader reader = ndr_reader(answer);
    bool follows = ndr_read_pointer(&reader);
    uint32_t start = 0;
    uint32_t code;

    if (follows) {
        start = ndr_read_u32(&reader);
        skip_numbers(&reader, STATISTICS_REST);
    }
    code = ndr_read_u32(&reader);
    if (code == 0 && !follows)
        ndr_refuse(&reader, "has no statistics");
    if (!ndr_read_end(&reader, "ServerStatisticsGet answer", err))
        return false;
    *ret_start = start;
    *ret_code = code;
    return true;
}
