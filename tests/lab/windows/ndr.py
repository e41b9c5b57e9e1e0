# SPDX-License-Identifier: GPL-3.0-or-later
"""NDR 2.0, little-endian ([C706] chapter 14): the stub of a request is read, an answer written.

Each primitive is aligned to its size, counted from the start of the stub; a structure, which the
caller aligns, to that of its largest part. The order of the fields
is the caller's; so is the place of what a pointer points to.
"""
import struct


class BadStub(Exception):
    """The request's bytes are not what the call's definition says."""


class Reader:
    def __init__(self, stub):
        self.stub = stub
        self.at = 0

    def bytes(self, size):
        if size > len(self.stub) - self.at:
            raise BadStub(f"ends at byte {len(self.stub)}")
        self.at += size
        return self.stub[self.at - size:self.at]

    def align(self, size):
        self.bytes(-self.at % size)

    def _primitive(self, form, size):
        self.align(size)
        return struct.unpack(form, self.bytes(size))[0]

    def u8(self):
        return self._primitive("<B", 1)

    def u16(self):
        return self._primitive("<H", 2)

    def u32(self):
        return self._primitive("<I", 4)

    def u32_up_to(self, largest):
        value = self.u32()
        if value > largest:
            raise BadStub(f"{value} is out of range")
        return value

    def pointer(self):
        """Does something follow?"""
        return self.u32() != 0

    def handle(self):
        self.align(4)
        return self.bytes(20)

    def conformant(self):
        """An array of bytes that says its size."""
        return self.bytes(self.u32())

    def varying(self, size):
        """A conformant varying array: how many elements would fit, and those that are there."""
        largest, offset, count = self.u32(), self.u32(), self.u32()
        if offset != 0 or count > largest:
            raise BadStub("an array's counts do not fit")
        return largest, self.bytes(count * size)

    def text(self):
        """A [string]: with its NUL on the wire, without it here."""
        data = self.varying(2)[1]
        if data[-2:] != b"\0\0":
            raise BadStub("a string has no NUL")
        return from_utf16(data[:-2])

    def text_pointer(self):
        return self.text() if self.pointer() else None


class Writer:
    def __init__(self):
        self.stub = bytearray()
        self.pointers = 0

    def bytes(self, data):
        self.stub += data

    def align(self, size):
        self.stub += bytes(-len(self.stub) % size)

    def u8(self, value):
        self.stub.append(value)

    def u16(self, value):
        self.align(2)
        self.stub += struct.pack("<H", value)

    def u32(self, *values):
        self.align(4)
        self.stub += struct.pack(f"<{len(values)}I", *values)

    def u64(self, value):
        """Two halves, as FILETIME is: aligned to 4."""
        self.u32(value & 0xFFFFFFFF, value >> 32)

    def pointer(self, follows=True):
        self.pointers += 1
        self.u32(0x20000 + 4 * self.pointers if follows else 0)

    def conformant(self, data, size=None):
        """An array of `size` bytes that begins with `data`; the others are 0."""
        size = len(data) if size is None else size
        self.u32(size)
        self.stub += data + bytes(size - len(data))

    def varying(self, largest, data, size):
        self.u32(largest, 0, len(data) // size)
        self.stub += data

    def text(self, text, largest=0):
        data = to_utf16(text + "\0")
        self.varying(max(largest, len(data) // 2), data, 2)


def to_utf16(text):
    return text.encode("utf-16-le", "surrogatepass")


def from_utf16(data):
    """Any units: a lone surrogate survives."""
    return data.decode("utf-16-le", "surrogatepass")
