# SPDX-License-Identifier: GPL-3.0-or-later
"""The event log service ([MS-EVEN] 3.1.4): logs are opened, counted and read, nothing else.

A log that the host does not have is Application. A read gives whole records, as many as fit, and
the whole of the buffer that was asked for, as the definition of the call says.
"""
import dataclasses
import struct
import uuid

import codes
import events
from codes import Refused
from host import host_clock
from ndr import BadStub, from_utf16, to_utf16
from rpc import NO_HANDLE, no_handle

PIPE = "eventlog"
UUID = uuid.UUID("82273fdc-e32a-18c3-3f78-827929dc23ea")
VERSION = 0

SEQUENTIAL, SEEK, FORWARDS, BACKWARDS = 0x1, 0x2, 0x4, 0x8
LARGEST_READ = 0x7FFFF
OTHERWISE = "Application"
SIGNATURE = 0x654C664C
FIXED = "<IIIIIIHHHHIIIIII"


@dataclasses.dataclass
class Log:
    name: str
    changes: int
    next: int = None  # the number of the record that a sequential read begins with


def _name(read):
    """An RPC_UNICODE_STRING; its lengths count bytes, and a NUL may be among them."""
    read.align(4)
    size, largest, there = read.u16(), read.u16(), read.pointer()
    if size > largest or size % 2 or largest % 2:
        raise BadStub("a name's lengths do not fit")
    if not there:
        return ""
    room, data = read.varying(2)
    if room != largest // 2 or len(data) != size:
        raise BadStub("a name's lengths and counts do not fit")
    return from_utf16(data).rstrip("\0")


def open_log(call, read, write):
    if read.pointer():
        read.u16()
    name, _, major, minor = _name(read), _name(read), read.u32(), read.u32()
    if (major, minor) != (1, 1):
        raise Refused(codes.STATUS_INVALID_PARAMETER)
    logs = call.state["events"]
    name = {known.lower(): known for known in logs}.get(name.lower(), OTHERWISE)
    if logs[name]["denied"]:
        raise Refused(codes.STATUS_ACCESS_DENIED)
    write.bytes(call.new_handle(Log(name, logs[name]["changes"])))


def close(call, read, write):
    call.close(read.handle())
    write.bytes(NO_HANDLE)


def _log(call, read):
    handle = call.thing(read.handle(), Log)
    return handle, call.state["events"][handle.name]


def count(call, read, write):
    write.u32(len(_log(call, read)[1]["records"]))


def oldest(call, read, write):
    records = _log(call, read)[1]["records"]
    write.u32(records[0]["number"] if records else 0)


def _no_number(write):
    write.u32(0)


def read_log(call, read, write):
    handle, log = _log(call, read)
    flags, offset, size = read.u32(), read.u32(), read.u32_up_to(LARGEST_READ)
    data, needed, code = b"", 0, codes.STATUS_INVALID_PARAMETER
    if _is_valid(flags):
        data, needed, code = _take(call, handle, log, flags, offset, size)
    write.conformant(data, size)
    write.u32(len(data), needed)
    return code


def _is_valid(flags):
    return (flags & (SEQUENTIAL | SEEK)) in (SEQUENTIAL, SEEK) and \
           (flags & (FORWARDS | BACKWARDS)) in (FORWARDS, BACKWARDS)


def _take(call, handle, log, flags, offset, size):
    """The records' bytes, how many the next one would have needed, and the code."""
    if log["cleared-by-reads"]:
        log["cleared-by-reads"] -= 1
        log["changes"] += 1
    if handle.changes != log["changes"]:
        return b"", 0, codes.STATUS_EVENTLOG_FILE_CHANGED
    records = log["records"] if flags & FORWARDS else log["records"][::-1]
    step = 1 if flags & FORWARDS else -1
    begin = offset if flags & SEEK else handle.next
    if begin is not None:
        records = [one for one in records if (one["number"] - begin) * step >= 0]
    if flags & SEEK and (not records or records[0]["number"] != offset):
        return b"", 0, codes.STATUS_INVALID_PARAMETER
    data = b""
    for one in records:
        raw = record(call, one)
        if len(data) + len(raw) > size:
            return data, 0 if data else len(raw), 0 if data else codes.STATUS_BUFFER_TOO_SMALL
        data += raw
        handle.next = one["number"] + step
    return data, 0, 0 if data else codes.STATUS_END_OF_FILE


def record(call, one):
    """EVENTLOGRECORD ([MS-EVEN] 2.2.3): the identifier has more than the number that is shown."""
    names = to_utf16(f"{one['source']}\0{call.state['name']}\0")
    names += bytes(-len(names) % 4)
    strings = to_utf16("".join(text + "\0" for text in one["strings"]))
    place = struct.calcsize(FIXED) + len(names)
    end = place + len(strings)
    size = end + -end % 4 + 4
    moment = int(host_clock(call.state, one["time"]))
    severity = {events.ERROR: 3, events.WARNING: 2}.get(one["type"], 1) << 30
    head = struct.pack(FIXED, size, SIGNATURE, one["number"], moment, moment, severity | one["id"],
                       one["type"], len(one["strings"]), 0, 0, 0, place, 0, place, 0, end)
    return head + names + strings + bytes(-end % 4) + struct.pack("<I", size)


CALLS = {
    2: (close, no_handle),
    4: (count, _no_number),
    5: (oldest, _no_number),
    7: (open_log, no_handle),
    10: (read_log, None),
}
