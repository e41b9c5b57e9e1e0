# SPDX-License-Identifier: GPL-3.0-or-later
"""The service control manager ([MS-SCMR] 3.1.4). services.py knows how services behave."""
import dataclasses
import uuid

import codes
import services
from codes import Refused
from ndr import Writer, to_utf16
from rpc import NO_HANDLE, no_handle, no_outputs

PIPE = "svcctl"
UUID = uuid.UUID("367abb81-9844-35f1-ad32-98f038001003")
VERSION = 2

MAXIMUM_ALLOWED, GENERIC = 0x02000000, 0xF0000000
ALL_MANAGER_RIGHTS, ALL_SERVICE_RIGHTS = 0xF003F, 0xF01FF
MANAGER_ENUMERATE = 0x4
QUERY_CONFIG, CHANGE_CONFIG, QUERY_STATUS, LIST_DEPENDENTS, START, STOP, INTERROGATE = \
    0x1, 0x2, 0x4, 0x8, 0x10, 0x20, 0x80
CONTROL_STOP, CONTROL_INTERROGATE = 1, 4
NO_CHANGE = 0xFFFFFFFF
ACTIVE, INACTIVE = 1, 2
DESCRIPTION, DELAYED = 1, 3
LARGEST_CONFIG, LARGEST_LIST = 8 * 1024, 256 * 1024
CONFIG_SIZE, STATUS_SIZE, PROCESS_STATUS_SIZE, ENTRY_SIZE = 36, 28, 36, 36


@dataclasses.dataclass
class Manager:
    rights: int


@dataclasses.dataclass
class Service:
    name: str
    rights: int


def _granted(asked, everything):
    return everything if asked & (MAXIMUM_ALLOWED | GENERIC) else asked


def _need(thing, right):
    if thing.rights & right != right:
        raise Refused(codes.ACCESS_DENIED)


def _service(call, read):
    """The handle's service: name, record, handle; what is pending has come as far as it has."""
    services.settle(call.state, call.now)
    thing = call.thing(read.handle(), Service)
    return thing.name, call.state["services"][thing.name], thing


def open_manager(call, read, write):
    read.text_pointer()
    read.text_pointer()
    rights = _granted(read.u32(), ALL_MANAGER_RIGHTS)
    write.bytes(call.new_handle(Manager(rights)))


def open_service(call, read, write):
    call.thing(read.handle(), Manager)
    name = read.text()
    rights = _granted(read.u32(), ALL_SERVICE_RIGHTS)
    write.bytes(call.new_handle(Service(services.find(call.state, name), rights)))


def close_handle(call, read, write):
    call.close(read.handle())
    write.bytes(NO_HANDLE)


def _no_status(write):
    write.u32(*[0] * 7)


def control(call, read, write):
    name, one, thing = _service(call, read)
    wanted = read.u32()
    _need(thing, {CONTROL_STOP: STOP, CONTROL_INTERROGATE: INTERROGATE}.get(wanted, 0))
    code = 0
    try:
        _control(call, name, one, wanted)
    except Refused as refused:
        if refused.code not in (codes.SERVICE_NOT_ACTIVE, codes.SERVICE_CANNOT_ACCEPT_CTRL,
                                codes.INVALID_SERVICE_CONTROL):
            raise
        code = refused.code  # the status comes with it
    write.u32(*services.status(one, call.now)[:7])
    return code


def _control(call, name, one, wanted):
    if wanted == CONTROL_STOP:
        services.stop(call.state, name, call.now)
    elif one["state"] == "stopped":
        raise Refused(codes.SERVICE_NOT_ACTIVE)
    elif wanted != CONTROL_INTERROGATE:
        raise Refused(codes.INVALID_SERVICE_CONTROL)


def query_status(call, read, write):
    _, one, thing = _service(call, read)
    _need(thing, QUERY_STATUS)
    write.u32(*services.status(one, call.now)[:7])


def query_status_ex(call, read, write):
    _, one, thing = _service(call, read)
    level, room = read.u32(), read.u32_up_to(LARGEST_CONFIG)
    _need(thing, QUERY_STATUS)
    if level != 0:
        raise Refused(codes.INVALID_LEVEL)
    status = Writer()
    status.u32(*services.status(one, call.now), 0)
    return _write_buffer(write, bytes(status.stub), room)


def _write_buffer(write, data, room):
    """An array of the client's size, and how much it should have been; the code."""
    fits = len(data) <= room
    write.conformant(data if fits else b"", room)
    write.u32(len(data))
    return 0 if fits else codes.INSUFFICIENT_BUFFER


def _no_buffer(write):
    write.conformant(b"")
    write.u32(0)


def start(call, read, write):
    del write
    name, _, thing = _service(call, read)
    _need(thing, START)
    services.start(call.state, name, call.now)


def query_config(call, read, write):
    _, one, thing = _service(call, read)
    room = read.u32_up_to(LARGEST_CONFIG)
    _need(thing, QUERY_CONFIG)
    texts = (one["path"], one["group"], "/".join(one["depends"]) + "/", one["account"],
             one["display"])
    needed = CONFIG_SIZE + sum(len(to_utf16(text)) + 2 for text in texts)
    if needed > room:
        write.u32(*[0] * (CONFIG_SIZE // 4), needed)
        return codes.INSUFFICIENT_BUFFER
    write.u32(one["type"], one["start"], one["error"])
    write.pointer()
    write.pointer()
    write.u32(0)  # the tag
    for _ in range(3):
        write.pointer()
    for text in texts:
        write.align(4)
        write.text(text)
    write.u32(needed)
    return 0


def _no_config(write):
    write.u32(*[0] * (CONFIG_SIZE // 4), 0)


def change_config(call, read, write):
    _, one, thing = _service(call, read)
    kind, begin, error = read.u32(), read.u32(), read.u32()
    path, group = read.text_pointer(), read.text_pointer()
    tag = read.u32() if read.pointer() else None
    depends = read.conformant() if read.pointer() else None
    read.u32()
    account = read.text_pointer()
    if read.pointer():
        read.conformant()  # a password, which nobody keeps
    read.u32()
    display = read.text_pointer()
    _need(thing, CHANGE_CONFIG)
    if begin not in (services.AUTO, services.DEMAND, services.DISABLED, NO_CHANGE):
        raise Refused(codes.INVALID_PARAMETER)
    if depends is not None:
        one["depends"] = [name for name in depends.decode("utf-16-le").split("\0") if name]
    changes = {"type": kind, "start": begin, "error": error, "path": path, "group": group,
               "account": account, "display": display}
    one.update((field, value) for field, value in changes.items()
               if value is not None and value != NO_CHANGE)
    write.pointer(tag is not None)
    if tag is not None:
        write.u32(0)


def query_config2(call, read, write):
    _, one, thing = _service(call, read)
    level, room = read.u32(), read.u32_up_to(LARGEST_CONFIG)
    _need(thing, QUERY_CONFIG)
    if level == DELAYED:
        return _write_buffer(write, int(one["delayed"]).to_bytes(4, "little"), room)
    if level == DESCRIPTION:
        text = to_utf16(one["description"] + "\0") if one["description"] else b""
        return _write_buffer(write, (4 if text else 0).to_bytes(4, "little") + text, room)
    raise Refused(codes.INVALID_LEVEL)


def change_config2(call, read, write):
    del write
    _, one, thing = _service(call, read)
    level = read.u32()
    if level not in (DESCRIPTION, DELAYED):
        raise Refused(codes.INVALID_LEVEL)
    if read.u32() != level or not read.pointer():
        raise Refused(codes.INVALID_PARAMETER)
    value = read.u32() if level == DELAYED else read.text_pointer()
    _need(thing, CHANGE_CONFIG)
    if level == DELAYED and value and one["start"] != services.AUTO:
        raise Refused(codes.INVALID_PARAMETER)
    if level == DELAYED:
        one["delayed"] = value != 0
    elif value is not None:
        one["description"] = value


def _matches(one, kind, state):
    return one["type"] & kind != 0 and \
        state & (INACTIVE if one["state"] == "stopped" else ACTIVE) != 0


def _entries(call, names, room):
    """ENUM_SERVICE_STATUSW ([MS-SCMR] 2.2.11): the buffer, and how many names are in it."""
    fitting, size = [], 0
    for name in names:
        size += _entry_size(call, name)
        if size > room:
            break
        fitting.append(name)
    head, tail = Writer(), b""
    for name in fitting:
        one = call.state["services"][name]
        for text in (name, one["display"]):
            head.u32(ENTRY_SIZE * len(fitting) + len(tail))
            tail += to_utf16(text + "\0")
        head.u32(*services.status(one, call.now)[:7])
    return bytes(head.stub) + tail, len(fitting)


def _entry_size(call, name):
    return ENTRY_SIZE + len(to_utf16(name + call.state["services"][name]["display"])) + 4


def enum_dependents(call, read, write):
    name, _, thing = _service(call, read)
    state, room = read.u32(), read.u32_up_to(LARGEST_LIST)
    _need(thing, LIST_DEPENDENTS)
    names = [other for other in services.dependents(call.state, name)
             if _matches(call.state["services"][other], 0xFFF, state)]
    buffer, count = _entries(call, names, room)
    fits = count == len(names)
    write.conformant(buffer if fits else b"", room)
    write.u32(sum(_entry_size(call, other) for other in names), count if fits else 0)
    return 0 if fits else codes.MORE_DATA


def _no_list(write):
    write.conformant(b"")
    write.u32(0, 0)


def enum_status(call, read, write):
    services.settle(call.state, call.now)
    thing = call.thing(read.handle(), Manager)
    kind, state, room = read.u32(), read.u32(), read.u32_up_to(LARGEST_LIST)
    resume = read.u32() if read.pointer() else None
    _need(thing, MANAGER_ENUMERATE)
    names = [name for name, one in sorted(call.state["services"].items())
             if _matches(one, kind, state)][resume or 0:]
    buffer, count = _entries(call, names, room)
    all_in = count == len(names)
    write.conformant(buffer, room)
    write.u32(sum(_entry_size(call, name) for name in names[0 if all_in else count:]), count)
    write.pointer(resume is not None)
    if resume is not None:
        write.u32(0 if all_in else resume + count)
    return 0 if all_in else codes.MORE_DATA


def _no_enum_status(write):
    _no_list(write)
    write.pointer(False)


def _name_call(look_up):
    """From a name to the other name, in a buffer whose size does not count the NUL."""
    def call_of(call, read, write):
        call.thing(read.handle(), Manager)
        found = look_up(call.state, read.text())
        room = read.u32()
        fits = len(to_utf16(found)) // 2 <= room
        write.text(found if fits else "", (room if fits else len(found)) + 1)
        write.u32(len(to_utf16(found)) // 2)
        return 0 if fits else codes.INSUFFICIENT_BUFFER
    return call_of


def _no_name(write):
    write.text("")
    write.u32(0)


@_name_call
def display_name(state, name):
    return state["services"][services.find(state, name)]["display"]


@_name_call
def key_name(state, display):
    for name, one in state["services"].items():
        if one["display"].casefold() == display.casefold():
            return name
    raise Refused(codes.SERVICE_DOES_NOT_EXIST)


CALLS = {
    0: (close_handle, no_handle),
    1: (control, _no_status),
    6: (query_status, _no_status),
    11: (change_config, lambda write: write.pointer(False)),
    13: (enum_dependents, _no_list),
    14: (enum_status, _no_enum_status),
    15: (open_manager, no_handle),
    16: (open_service, no_handle),
    17: (query_config, _no_config),
    19: (start, no_outputs),
    20: (display_name, _no_name),
    21: (key_name, _no_name),
    37: (change_config2, no_outputs),
    39: (query_config2, _no_buffer),
    40: (query_status_ex, _no_buffer),
}
