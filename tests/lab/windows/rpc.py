# SPDX-License-Identifier: GPL-3.0-or-later
"""Connection-oriented DCE/RPC over a pipe ([C706] chapter 12, [MS-RPCE]): the server's side.

One session for each open of a pipe. It takes messages and gives answers; how they travel is not
its business. A client is who smbd says it is, so there is no authentication at this level. Only
NDR 2.0 is spoken, and each context handle dies with its session.
"""
import struct
import time
import uuid

import faults
import state as windows
from codes import Refused
from ndr import BadStub, Reader, Writer

REQUEST, RESPONSE, FAULT, BIND, BIND_ACK, BIND_NAK = 0, 2, 3, 11, 12, 13
ALTER_CONTEXT, ALTER_CONTEXT_ANSWER, AUTH3, CANCEL, ORPHANED = 14, 15, 16, 18, 19

FIRST, LAST, DID_NOT_EXECUTE, OBJECT_UUID = 0x01, 0x02, 0x20, 0x80
LITTLE_ENDIAN = b"\x10\0\0\0"

HEADER = 16
HEADER_FORM = "<BBBB4sHHI"
REQUEST_HEADER = 24
LARGEST_FRAGMENT = 4280
SMALLEST_FRAGMENT = 1432
LARGEST_REQUEST = 0x4100000  # a registry value may have 64 MiB

BAD_STUB_DATA = 0x000006F7
OPNUM_OUT_OF_RANGE = 0x1C010002
CONTEXT_MISMATCH = 0x1C00001A
BAD_CONTEXT = 0x1C010003

NDR = uuid.UUID("8a885d04-1ceb-11c9-9fe8-08002b104860").bytes_le + struct.pack("<I", 2)
PROVIDER_REJECTION, NO_SUCH_INTERFACE, NO_SUCH_SYNTAX = 2, 1, 2
AUTHENTICATION_UNKNOWN = 8
NO_HANDLE = bytes(20)


class Broken(Exception):
    """The pipe ends here: what is still to be sent comes with it."""

    def __init__(self, last_words=b""):
        super().__init__()
        self.last_words = last_words


class ContextMismatch(Exception):
    """A handle that this session did not give out."""


class Call:
    """What the function behind an operation works on: the host's state, and the handles."""

    def __init__(self, session, state):
        self.state = state
        self.now = time.time()
        self.handles = session.handles

    def new_handle(self, thing):
        handle = bytes(4) + uuid.uuid4().bytes_le
        self.handles[handle] = thing
        return handle

    def thing(self, handle, kind):
        thing = self.handles.get(handle)
        if not isinstance(thing, kind):
            raise ContextMismatch
        return thing

    def close(self, handle):
        if self.handles.pop(handle, None) is None:
            raise ContextMismatch


class Session:
    """An interface is a module with PIPE, UUID, VERSION and CALLS. CALLS has for each operation
    number a function, which reads the request, writes the outputs and returns the code or None,
    and one that writes the outputs of a call that is refused."""

    def __init__(self, interface, log):
        self.interface = interface
        self.log = log
        self.handles = {}
        self.context = None
        self.fragment = LARGEST_FRAGMENT
        self.parts = None

    def take(self, message):
        """Gives the answer's messages. Raises Broken when the pipe is to be closed."""
        if len(message) < HEADER:
            raise Broken
        major, minor, kind, flags, drep, size, auth, call = struct.unpack_from(HEADER_FORM, message)
        if (major, minor, drep, size) != (5, 0, LITTLE_ENDIAN, len(message)):
            raise Broken
        if kind in (BIND, ALTER_CONTEXT):
            return [self._bind(kind, message, auth, call)]
        if kind == REQUEST:
            return self._request(message, flags, auth, call)
        if kind in (AUTH3, CANCEL, ORPHANED):
            return []
        raise Broken

    def _bind(self, kind, message, auth, call):
        if auth:
            return _message(BIND_NAK, call, struct.pack("<HBBB", AUTHENTICATION_UNKNOWN, 1, 5, 0))
        try:
            largest_out, results = self._contexts(message)
        except struct.error as error:
            raise Broken from error
        if kind == BIND:
            self.fragment = min(LARGEST_FRAGMENT, max(largest_out, SMALLEST_FRAGMENT))
        address = b"" if kind == ALTER_CONTEXT else f"\\PIPE\\{self.interface.PIPE}\0".encode()
        body = struct.pack("<HHIH", LARGEST_FRAGMENT, LARGEST_FRAGMENT, 1, len(address)) + address
        body += bytes(-(HEADER + len(body)) % 4) + struct.pack("<BxH", len(results), 0)
        body += b"".join(results)
        return _message(BIND_ACK if kind == BIND else ALTER_CONTEXT_ANSWER, call, body)

    def _contexts(self, message):
        largest_out, count = struct.unpack_from("<H", message, 18)[0], message[24]
        mine = self.interface.UUID.bytes_le + struct.pack("<I", self.interface.VERSION)
        results, at = [], 28
        for _ in range(count):
            number, syntaxes = struct.unpack_from("<HB", message, at)
            offered = [message[at + 24 + 20 * i:at + 44 + 20 * i] for i in range(syntaxes)]
            if message[at + 4:at + 24] != mine:
                result = struct.pack("<HH20x", PROVIDER_REJECTION, NO_SUCH_INTERFACE)
            elif NDR not in offered:
                result = struct.pack("<HH20x", PROVIDER_REJECTION, NO_SUCH_SYNTAX)
            else:
                self.context = number
                result = struct.pack("<HH", 0, 0) + NDR
            results.append(result)
            at += 24 + 20 * syntaxes
        return largest_out, results

    def _request(self, message, flags, auth, call):
        if auth or len(message) < REQUEST_HEADER:
            raise Broken
        context, opnum = struct.unpack_from("<HH", message, 20)
        if flags & FIRST:
            self.parts = (call, opnum, bytearray())
        if self.parts is None or self.parts[:2] != (call, opnum):
            raise Broken
        stub = self.parts[2]
        stub += message[REQUEST_HEADER + (16 if flags & OBJECT_UUID else 0):]
        if len(stub) > LARGEST_REQUEST:
            raise Broken
        if not flags & LAST:
            return []
        self.parts = None
        if context != self.context:
            return [_fault(call, context, BAD_CONTEXT)]
        return self._answer(call, context, opnum, bytes(stub))

    def _answer(self, call, context, opnum, stub):
        with windows.changing() as state:
            fault = faults.take(state, self.interface.PIPE, opnum)
            if fault == faults.BEFORE:
                answer, failure = b"", None
            else:
                answer, failure = self._execute(state, opnum, stub)
        if failure is not None:
            messages = [_fault(call, context, failure)]
        else:
            messages = self._fragments(call, context, answer)
        return _spoil(fault, messages)

    def _execute(self, state, opnum, stub):
        """The answer's stub and None, or anything and the fault's code."""
        if opnum not in self.interface.CALLS:
            self.log(f"{self.interface.PIPE} {opnum}: no such operation")
            return b"", OPNUM_OUT_OF_RANGE
        function, refuse = self.interface.CALLS[opnum]
        writer = Writer()
        try:
            code = function(Call(self, state), Reader(stub), writer) or 0
        except Refused as refused:
            writer = Writer()
            refuse(writer)
            code = refused.code
        except BadStub as error:
            self.log(f"{self.interface.PIPE} {function.__name__}: {error}: {stub.hex()}")
            return b"", BAD_STUB_DATA
        except ContextMismatch:
            return b"", CONTEXT_MISMATCH
        self.log(f"{self.interface.PIPE} {function.__name__}: {code:#x}")
        writer.u32(code)
        return bytes(writer.stub), None

    def _fragments(self, call, context, stub):
        room = (self.fragment - REQUEST_HEADER) // 8 * 8
        messages = []
        for at in range(0, max(len(stub), 1), room):
            flags = (FIRST if at == 0 else 0) | (LAST if at + room >= len(stub) else 0)
            head = struct.pack("<IHBx", len(stub) - at, context, 0)
            messages.append(_message(RESPONSE, call, head + stub[at:at + room], flags))
        return messages


def _message(kind, call, body, flags=FIRST | LAST):
    return struct.pack(HEADER_FORM, 5, 0, kind, flags, LITTLE_ENDIAN, HEADER + len(body), 0,
                       call) + body


def _fault(call, context, code):
    flags = FIRST | LAST | (DID_NOT_EXECUTE if code != BAD_STUB_DATA else 0)
    return _message(FAULT, call, struct.pack("<IHBBII", 32, context, 0, 0, code, 0), flags)


def _spoil(fault, messages):
    if fault == faults.SILENT:
        return []
    if fault in (faults.BEFORE, faults.AFTER):
        raise Broken
    if fault == faults.MIDDLE:
        raise Broken(messages[0][:len(messages[0]) // 2])
    return messages


def no_outputs(writer):
    del writer


def no_handle(writer):
    writer.bytes(NO_HANDLE)
