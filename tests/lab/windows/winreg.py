# SPDX-License-Identifier: GPL-3.0-or-later
"""The remote registry ([MS-RRP] 3.1.5): below HKEY_LOCAL_MACHINE, the 64-bit view alone."""
import dataclasses
import uuid

import codes
from codes import Refused
from ndr import BadStub, from_utf16, to_utf16
from registry import Registry, units
from rpc import NO_HANDLE, no_handle, no_outputs

PIPE = "winreg"
UUID = uuid.UUID("338cd001-2244-31f1-aaaa-900038001003")
VERSION = 1

QUERY, SET, ENUMERATE = 0x1, 0x2, 0x8
ALL_RIGHTS = 0xF003F
MAXIMUM_ALLOWED, GENERIC = 0x02000000, 0xF0000000
VOLATILE = 1
CREATED, OPENED = 1, 2
LARGEST_DATA = 0x4000000
SECURITY_DESCRIPTOR_SIZE = 180
VERSION_OF_REGISTRY = 6


@dataclasses.dataclass
class Key:
    path: str
    rights: int


def _granted(asked):
    return ALL_RIGHTS if asked & (MAXIMUM_ALLOWED | GENERIC) else asked


def _registry(call):
    return Registry(call.state, call.now)


def _key(call, read):
    return call.thing(read.handle(), Key)


def _path(call, key, right=0):
    """The key's path, if it is still there and was opened for this."""
    if key.rights & right != right:
        raise Refused(codes.ACCESS_DENIED)
    registry = _registry(call)
    if not registry.has(key.path):
        raise Refused(codes.KEY_DELETED)
    return registry, registry.find(key.path)


def _name(read):
    """An RRP_UNICODE_STRING: its lengths count bytes, with the NUL ([MS-RRP] 2.2.4)."""
    read.align(4)
    size, largest, there = read.u16(), read.u16(), read.pointer()
    if size > largest or size % 2 or largest % 2:
        raise BadStub("a name's lengths do not fit")
    if not there:
        return ""
    room, data = read.varying(2)
    if room != largest // 2 or len(data) != size:
        raise BadStub("a name's lengths and counts do not fit")
    if data[-2:] != b"\0\0":
        raise Refused(codes.INVALID_PARAMETER)
    return from_utf16(data[:-2])


def _room_for_name(read):
    """The empty name that a client sends to be filled: the bytes that it has room for."""
    read.align(4)
    _, largest, there = read.u16(), read.u16(), read.pointer()
    if there:
        read.varying(2)
    return largest


def _write_name(write, name, room):
    data = to_utf16(name + "\0")
    if len(data) > room:
        raise Refused(codes.MORE_DATA)
    write.align(4)
    write.u16(len(data))
    write.u16(room)
    write.pointer()
    write.varying(room // 2, data, 2)


def _write_no_name(write):
    write.align(4)
    write.u16(0)
    write.u16(0)
    write.pointer(False)


def _below(path, name):
    if name.startswith("\\") or name.endswith("\\") or "\\\\" in name:
        raise Refused(codes.BAD_PATHNAME)
    return f"{path}\\{name}" if path and name else path or name


def open_local_machine(call, read, write):
    if read.pointer():
        read.u16()
    rights = _granted(read.u32())
    write.bytes(call.new_handle(Key("", rights)))


def close_key(call, read, write):
    call.close(read.handle())
    write.bytes(NO_HANDLE)


def open_key(call, read, write):
    key, name = _key(call, read), _name(read)
    read.u32()
    rights = _granted(read.u32())
    registry, path = _path(call, key)
    write.bytes(call.new_handle(Key(registry.find(_below(path, name)), rights)))


def _skip_security(read):
    if not read.pointer():
        return
    read.u32()
    data = read.pointer()
    read.u32()
    read.u32()
    read.u8()
    if data:
        read.varying(1)


def create_key(call, read, write):
    key, name = _key(call, read), _name(read)
    _name(read)
    options, rights = read.u32(), _granted(read.u32())
    _skip_security(read)
    tell = read.pointer() and [read.u32()]
    registry, path = _path(call, key)
    path, created = registry.create(_below(path, name), options & VOLATILE != 0)
    write.bytes(call.new_handle(Key(path, rights)))
    write.pointer(bool(tell))
    if tell:
        write.u32(CREATED if created else OPENED)


def refuse_create_key(write):
    write.bytes(NO_HANDLE)
    write.pointer(False)


def delete_key(call, read, write):
    del write
    key, name = _key(call, read), _name(read)
    registry, path = _path(call, key)
    registry.delete(_below(path, name))


def delete_value(call, read, write):
    del write
    key, name = _key(call, read), _name(read)
    registry, path = _path(call, key, SET)
    registry.delete_value(path, name)


def flush_key(call, read, write):
    del write
    _path(call, _key(call, read), QUERY)


def set_value(call, read, write):
    del write
    key, name = _key(call, read), _name(read)
    kind, data = read.u32(), read.conformant()
    if read.u32_up_to(LARGEST_DATA) != len(data):
        raise BadStub("the data's size and count do not fit")
    registry, path = _path(call, key, SET)
    registry.set_value(path, name, kind, data)


@dataclasses.dataclass
class Wanted:
    """What of a value a client asks for; None stands for a NULL pointer."""
    kind: int
    room: int
    size: int
    length: int


def _optional(read):
    return read.u32() if read.pointer() else None


def _wanted(read):
    kind = _optional(read)
    room, sent = None, b""
    if read.pointer():
        room, sent = read.varying(1)
    size, length = _optional(read), _optional(read)
    # What the definition says of the array: size_is(*size), length_is(*length), NULL being 0.
    if room is not None and (room != (size or 0) or len(sent) != (length or 0)):
        raise BadStub("the data's size and counts do not fit")
    if room is not None and room > LARGEST_DATA:
        raise BadStub("the data's size is out of range")
    return Wanted(kind, room, size, length)


def _write_value(write, wanted, kind, data):
    """Type, data, size and length; the code. What the array could hold is what the size says."""
    if wanted.room is not None and wanted.size is None:
        raise Refused(codes.INVALID_PARAMETER)
    fits = wanted.room is None or len(data) <= wanted.room
    sent = data if fits and wanted.room is not None else b""
    _write_optional(write, wanted.kind, kind)
    write.pointer(wanted.room is not None)
    if wanted.room is not None:
        write.varying(len(data), sent, 1)
    _write_optional(write, wanted.size, len(data))
    _write_optional(write, wanted.length, len(sent))
    return 0 if fits else codes.MORE_DATA


def _write_optional(write, asked, number):
    write.pointer(asked is not None)
    if asked is not None:
        write.u32(number)


def _write_no_value(write):
    for _ in range(4):
        write.pointer(False)


def query_value(call, read, write):
    key, name, wanted = _key(call, read), _name(read), _wanted(read)
    if None in (wanted.kind, wanted.size, wanted.length):
        raise Refused(codes.INVALID_PARAMETER)
    registry, path = _path(call, key, QUERY)
    return _write_value(write, wanted, *registry.value(path, name))


def query_info_key(call, read, write):
    key = _key(call, read)
    room = _room_for_name(read)
    registry, path = _path(call, key, QUERY)
    names, values = registry.sub_keys(path), registry.values(path)
    _write_name(write, "", max(room, 2))
    write.u32(len(names), max(map(units, names), default=0) * 2, 0,
              len(values), max(map(units, values), default=0) * 2,
              max((len(value["data"]) // 2 for value in values.values()), default=0),
              SECURITY_DESCRIPTOR_SIZE)
    write.u64(registry.keys[path]["written"])


def refuse_query_info_key(write):
    _write_no_name(write)
    write.u32(*[0] * 9)


def enum_key(call, read, write):
    key, index = _key(call, read), read.u32()
    room = _room_for_name(read)
    room_for_class = _room_for_name(read) if read.pointer() else None
    tell = read.pointer()
    registry, path = _path(call, key, ENUMERATE)
    names = registry.sub_keys(path)
    if index >= len(names):
        raise Refused(codes.NO_MORE_ITEMS)
    _write_name(write, names[index], room)
    write.pointer(room_for_class is not None)
    if room_for_class is not None:
        _write_name(write, "", max(room_for_class, 2))
    write.pointer(tell)
    if tell:
        write.u64(registry.keys[registry.find(_below(path, names[index]))]["written"])


def refuse_enum_key(write):
    _write_no_name(write)
    write.pointer(False)
    write.pointer(False)


def enum_value(call, read, write):
    key, index = _key(call, read), read.u32()
    room = _room_for_name(read)
    wanted = _wanted(read)
    registry, path = _path(call, key, QUERY)
    names = list(registry.values(path))
    if index >= len(names):
        raise Refused(codes.NO_MORE_ITEMS)
    _write_name(write, names[index], room)
    return _write_value(write, wanted, *registry.value(path, names[index]))


def refuse_enum_value(write):
    _write_no_name(write)
    _write_no_value(write)


def get_version(call, read, write):
    _key(call, read)
    write.u32(VERSION_OF_REGISTRY)


CALLS = {
    2: (open_local_machine, no_handle),
    5: (close_key, no_handle),
    6: (create_key, refuse_create_key),
    7: (delete_key, no_outputs),
    8: (delete_value, no_outputs),
    9: (enum_key, refuse_enum_key),
    10: (enum_value, refuse_enum_value),
    11: (flush_key, no_outputs),
    15: (open_key, no_handle),
    16: (query_info_key, refuse_query_info_key),
    17: (query_value, _write_no_value),
    22: (set_value, no_outputs),
    26: (get_version, lambda write: write.u32(0)),
}
