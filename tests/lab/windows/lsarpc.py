# SPDX-License-Identifier: GPL-3.0-or-later
"""The local security authority's policy ([MS-LSAD] 3.1.4.4): auditing, and names of domains.

Not the newer call LsarQueryInformationPolicy2 (46): a client must live without it.
"""
import struct
import uuid

import codes
from codes import Refused
from ndr import to_utf16
from rpc import NO_HANDLE, no_handle

PIPE = "lsarpc"
UUID = uuid.UUID("12345778-1234-abcd-ef00-0123456789ab")
VERSION = 0

VIEW_LOCAL, VIEW_AUDIT = 0x1, 0x2
MAXIMUM_ALLOWED, GENERIC, EVERYTHING = 0x02000000, 0xF0000000, 0xF1FFF
AUDIT_EVENTS, PRIMARY_DOMAIN, ACCOUNT_DOMAIN, DNS_DOMAIN = 2, 3, 5, 12


class Policy:
    def __init__(self, rights):
        self.rights = EVERYTHING if rights & (MAXIMUM_ALLOWED | GENERIC) else rights


def _open(call, read, write):
    """LSAPR_OBJECT_ATTRIBUTES say nothing that counts; they are read for the sake of the rights."""
    read.u32()
    root, name = read.pointer(), read.pointer()
    read.u32()
    descriptor, quality = read.pointer(), read.pointer()
    if root or name or descriptor:
        raise Refused(codes.STATUS_ACCESS_DENIED)
    if quality:
        read.u32()
        read.u16()
        read.u8()
        read.u8()
    write.bytes(call.new_handle(Policy(read.u32())))


def open_policy(call, read, write):
    if read.pointer():
        read.u16()
    _open(call, read, write)


def open_policy2(call, read, write):
    read.text_pointer()
    _open(call, read, write)


def close(call, read, write):
    call.close(read.handle())
    write.bytes(NO_HANDLE)


def query(call, read, write):
    policy, level = call.thing(read.handle(), Policy), read.u16()
    answer = {AUDIT_EVENTS: _audit_events, PRIMARY_DOMAIN: _primary_domain,
              ACCOUNT_DOMAIN: _account_domain, DNS_DOMAIN: _dns_domain}.get(level)
    if answer is None:
        raise Refused(codes.STATUS_INVALID_INFO_CLASS)
    right = VIEW_AUDIT if level == AUDIT_EVENTS else VIEW_LOCAL
    if policy.rights & right == 0:
        raise Refused(codes.STATUS_ACCESS_DENIED)
    write.pointer()
    write.u16(level)
    answer(call.state, write)


def _nothing(write):
    write.pointer(False)


def _audit_events(state, write):
    """LSAPR_POLICY_AUDIT_EVENTS_INFO: 0 none, 1 success, 2 failure, 3 both, for each category."""
    categories = state["audit"]["categories"]
    write.align(4)
    write.u8(int(state["audit"]["on"]))
    write.pointer()
    write.u32(len(categories), len(categories), *categories)


def _account_domain(state, write):
    _write_domain(write, state["domain"]["name"], state["domain"]["sid"])


def _primary_domain(state, write):
    _write_domain(write, state["primary-domain"]["name"], state["primary-domain"]["sid"])


def _write_domain(write, name, sid):
    _write_head(write, name)
    write.pointer(bool(sid))
    _write_tail(write, name)
    _write_sid(write, sid)


def _dns_domain(state, write):
    domain = state["primary-domain"]
    names = domain["name"], domain["dns"], domain["forest"]
    for name in names:
        _write_head(write, name)
    write.bytes(uuid.UUID(domain["guid"]).bytes_le)
    write.pointer(bool(domain["sid"]))
    for name in names:
        _write_tail(write, name)
    _write_sid(write, domain["sid"])


def _write_head(write, name):
    """RPC_UNICODE_STRING: lengths in bytes, without a NUL."""
    size = len(to_utf16(name))
    write.align(4)
    write.u16(size)
    write.u16(size + 2)
    write.pointer()


def _write_tail(write, name):
    data = to_utf16(name)
    write.varying(len(data) // 2 + 1, data, 2)


def _write_sid(write, sid):
    if not sid:
        return
    authority, *parts = (int(part) for part in sid.split("-")[2:])
    write.u32(len(parts))
    write.bytes(struct.pack("BB", 1, len(parts)) + authority.to_bytes(6, "big"))
    write.u32(*parts)


CALLS = {
    0: (close, no_handle),
    6: (open_policy, no_handle),
    7: (query, _nothing),
    44: (open_policy2, no_handle),
}
