/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/rpc/lsarpc_codec.h"

#include "transport/rpc/ndr.h"

#define REQUEST_CEILING 256U

#define VIEW_AUDIT_INFORMATION 0x00000002U

/* POLICY_INFORMATION_CLASS ([MS-LSAD] 2.2.4.1): PolicyAuditEventsInformation. */
#define AUDIT_EVENTS 2U

/* On the wire: a length and five more fields ([MS-LSAD] 2.2.2.4). */
#define ATTRIBUTES_SIZE 24U

bool lsarpc_write_open_policy(struct bytes *ret_request, struct ajar_error *err)
{
    OWNED(ndr_writer_release) struct ndr_writer writer = NDR_UP_TO(REQUEST_CEILING);

    ndr_write_pointer(&writer, false); /* the server's name means nothing ([MS-LSAD] 3.1.4.4.1) */
    ndr_write_u32(&writer, ATTRIBUTES_SIZE);
    ndr_write_pointer(&writer, false); /* no attribute means anything, but the first must be 0 */
    ndr_write_pointer(&writer, false);
    ndr_write_u32(&writer, 0);
    ndr_write_pointer(&writer, false);
    ndr_write_pointer(&writer, false);
    ndr_write_u32(&writer, VIEW_AUDIT_INFORMATION);
    return ndr_write_end(&writer, "OpenPolicy2 request", ret_request, err);
}

bool lsarpc_read_open_policy(const struct bytes *answer, struct lsarpc_handle *ret_policy,
                             uint32_t *ret_code, struct ajar_error *err)
{
    struct ndr_reader reader = ndr_reader(answer);
    struct lsarpc_handle policy;
    uint32_t code;

    ndr_read_bytes(&reader, policy.bytes, sizeof(policy.bytes));
    code = ndr_read_u32(&reader);
    if (!ndr_read_end(&reader, "OpenPolicy2 answer", err))
        return false;
    *ret_policy = policy;
    *ret_code = code;
    return true;
}

bool lsarpc_write_query_audit(const struct lsarpc_handle *policy, struct bytes *ret_request,
                              struct ajar_error *err)
{
    OWNED(ndr_writer_release) struct ndr_writer writer = NDR_UP_TO(REQUEST_CEILING);

    ndr_write_bytes(&writer, policy->bytes, sizeof(policy->bytes));
    ndr_write_u16(&writer, AUDIT_EVENTS);
    return ndr_write_end(&writer, "QueryInformationPolicy request", ret_request, err);
}

/* LSAPR_POLICY_AUDIT_EVENTS_INFO ([MS-LSAD] 2.2.4.4), as the arm of the union that it is. */
static struct lsarpc_audit read_audit(struct ndr_reader *reader)
{
    struct lsarpc_audit audit = { 0 };
    struct ndr_array options = { 0 };
    struct ndr_reader inside;
    uint32_t count;
    bool follows;

    if (ndr_read_u16(reader) != AUDIT_EVENTS)
        ndr_refuse(reader, "is about something else");
    /* A structure with a pointer in it is aligned to four bytes. */
    (void)ndr_read_u16(reader);
    audit.enabled = ndr_read_u8(reader) != 0;
    follows = ndr_read_pointer(reader);
    count = ndr_read_u32(reader);
    if (follows)
        options = ndr_read_conformant(reader, 4);
    if (count != options.count)
        ndr_refuse(reader, "counts its categories wrong");
    if (count > LSARPC_AUDIT_CEILING)
        ndr_refuse(reader, "has more categories than there are");
    if (reader->fault)
        return (struct lsarpc_audit){ 0 };
    inside = (struct ndr_reader){ .bytes = options.at, .size = (size_t)options.count * 4 };
    while (audit.count < count)
        audit.options[audit.count++] = ndr_read_u32(&inside);
    return audit;
}

bool lsarpc_read_query_audit(const struct bytes *answer, struct lsarpc_audit *ret_audit,
                             uint32_t *ret_code, struct ajar_error *err)
{
    struct ndr_reader reader = ndr_reader(answer);
    struct lsarpc_audit audit = { 0 };
    bool follows = ndr_read_pointer(&reader);
    uint32_t code;

    if (follows)
        audit = read_audit(&reader);
    code = ndr_read_u32(&reader);
    if (code == 0 && !follows)
        ndr_refuse(&reader, "has no policy");
    if (!ndr_read_end(&reader, "QueryInformationPolicy answer", err))
        return false;
    *ret_audit = audit;
    *ret_code = code;
    return true;
}
