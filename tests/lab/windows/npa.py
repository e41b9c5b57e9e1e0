# SPDX-License-Identifier: GPL-3.0-or-later
"""How smbd hands a named pipe over: a unix socket, on which it says first who the client is.

At each open it sends a length (u32, big-endian) and a block that begins with "NPAM". After our
answer each message of the pipe has its length (u16, little-endian) in front, in both directions.
"""
import asyncio
import struct

LEVEL = 7
MESSAGE_MODE = 2
DEVICE_STATE = 0x05FF
ALLOCATION = 4096


async def greet(reader, writer):
    """Lets the client in, whoever it is."""
    size, = struct.unpack(">I", await reader.readexactly(4))
    who = await reader.readexactly(size)
    if who[:4] != b"NPAM":
        raise ConnectionError("this is not smbd")
    answer = b"NPAM" + struct.pack("<IIHHIQI", LEVEL, LEVEL, MESSAGE_MODE, DEVICE_STATE, 0,
                                   ALLOCATION, 0)
    writer.write(struct.pack(">I", len(answer)) + answer)
    await writer.drain()


async def read_message(reader):
    """The next message; None when the client has closed the pipe."""
    try:
        size, = struct.unpack("<H", await reader.readexactly(2))
        return await reader.readexactly(size)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None


async def write_message(writer, message):
    writer.write(struct.pack("<H", len(message)) + message)
    await writer.drain()
