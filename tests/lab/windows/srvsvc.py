# SPDX-License-Identifier: GPL-3.0-or-later
"""The server service ([MS-SRVS] 3.1.4): the time of day, since when it runs, who it is."""
import datetime
import uuid

import codes
from codes import Refused
from host import host_clock

PIPE = "srvsvc"
UUID = uuid.UUID("4b324fc8-1670-01d3-1278-5a47bf6ee188")
VERSION = 3

PLATFORM_NT = 500
WINDOWS_2022 = (10, 0)
WORKSTATION, SERVER, NT, SERVER_NT = 0x1, 0x2, 0x1000, 0x8000
TICK = 310  # of the clock, in units of 0.1 ms
NO_TIME_ZONE = 0xFFFFFFFF


def server_info(call, read, write):
    read.text_pointer()
    level = read.u32()
    if level != 101:
        raise Refused(codes.INVALID_LEVEL)
    write.u32(level)
    write.pointer()
    write.u32(PLATFORM_NT)
    write.pointer()
    write.u32(*WINDOWS_2022, WORKSTATION | SERVER | NT | SERVER_NT)
    write.pointer()
    write.text(call.state["name"])
    write.align(4)
    write.text("")


def _no_server_info(write):
    write.u32(101)
    write.pointer(False)


def statistics(call, read, write):
    """STAT_SERVER_0: since when the service runs, and sixteen counters."""
    read.text_pointer()
    read.text_pointer()
    level, options = read.u32(), read.u32()
    if level != 0:
        raise Refused(codes.INVALID_LEVEL)
    if options != 0:
        raise Refused(codes.INVALID_PARAMETER)
    server = call.state["services"]["LanmanServer"]
    if server["state"] == "stopped":
        raise Refused(codes.SERVER_NOT_STARTED)
    write.pointer()
    write.u32(int(host_clock(call.state, server["since"])), *[0] * 16)


def time_of_day(call, read, write):
    read.text_pointer()
    moment = host_clock(call.state, call.now)
    utc = datetime.datetime.fromtimestamp(moment, datetime.timezone.utc)
    tells = call.state["tells-uptime"]
    uptime = int((call.now - call.state["booted"]) * 1000) % 2**32 if tells else 0
    write.pointer()
    write.u32(int(moment), uptime, utc.hour, utc.minute, utc.second, utc.microsecond // 10000,
              NO_TIME_ZONE, TICK, utc.day, utc.month, utc.year, utc.isoweekday() % 7)


def _nothing(write):
    write.pointer(False)


CALLS = {
    21: (server_info, _no_server_info),
    24: (statistics, _nothing),
    28: (time_of_day, _nothing),
}
