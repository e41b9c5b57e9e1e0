# SPDX-License-Identifier: GPL-3.0-or-later
"""How services behave ([MS-SCMR] 3.1.4): started, stopped, on their way, dependent on others.

A service on its way arrives by the clock: settle() is called before anybody looks. Its "fault"
may be "hangs-starting", "hangs-stopping" (on its way for ever, the check point stands still) or
"fails-starting" (it ends instead of running).
"""
import codes
from codes import Refused

STOPPED, START_PENDING, STOP_PENDING, RUNNING = 1, 2, 3, 4
STATES = {"stopped": STOPPED, "start-pending": START_PENDING, "stop-pending": STOP_PENDING,
          "running": RUNNING}
AUTO, DEMAND, DISABLED = 2, 3, 4

ACCEPTS_STOP_AND_SHUTDOWN = 5
CHECK_POINT_SECONDS = 0.25
WAIT_HINT = 1000

# Who listens on a pipe, where a client can tell; asking for it starts a service with a "trigger".
PIPES = {"winreg": "RemoteRegistry"}


def service(display, start, depends=(), **more):
    """A stopped service. What a host runs from its start on, boot() starts."""
    return {"display": display, "start": start, "delayed": False, "trigger": False,
            "depends": list(depends), "type": 0x10, "error": 1, "description": "",
            "path": r"C:\Windows\System32\svchost.exe -k netsvcs -p", "group": "",
            "account": "LocalSystem", "start-seconds": 0.3, "stop-seconds": 0.3, "fault": "",
            "state": "stopped", "since": 0, "process": 0, "exit": codes.SERVICE_NEVER_STARTED,
            **more}


def settle(state, now):
    for one in state["services"].values():
        arrived = now >= one["since"] + one[f"{one['state'][:-8]}-seconds"] \
            if one["state"].endswith("-pending") else False
        if one["state"] == "start-pending" and one["fault"] == "fails-starting" and arrived:
            _move(one, "stopped", now, process=0, exit=codes.PROCESS_ABORTED)
        elif one["state"] == "start-pending" and one["fault"] != "hangs-starting" and arrived:
            _move(one, "running", one["since"] + one["start-seconds"])
        elif one["state"] == "stop-pending" and one["fault"] != "hangs-stopping" and arrived:
            _move(one, "stopped", one["since"] + one["stop-seconds"], process=0)


def _move(one, to, now, **more):
    one.update(more, state=to, since=now)


def find(state, name):
    for known in state["services"]:
        if known.casefold() == name.casefold():
            return known
    raise Refused(codes.SERVICE_DOES_NOT_EXIST)


def dependents(state, name):
    return [other for other, one in state["services"].items() if name in one["depends"]]


def start(state, name, now):
    one = state["services"][name]
    if one["start"] == DISABLED:
        raise Refused(codes.SERVICE_DISABLED)
    if one["state"] != "stopped":
        raise Refused(codes.SERVICE_ALREADY_RUNNING)
    for needed in one["depends"]:
        _start_needed(state, needed, now)
    _move(one, "start-pending", now, process=new_process(state), exit=0)
    settle(state, now)


def _start_needed(state, name, now):
    try:
        start(state, name, now)
    except Refused as refused:
        if refused.code != codes.SERVICE_ALREADY_RUNNING:
            raise Refused(codes.SERVICE_DEPENDENCY_FAIL) from refused


def stop(state, name, now):
    one = state["services"][name]
    if one["state"] == "stopped":
        raise Refused(codes.SERVICE_NOT_ACTIVE)
    if one["state"] != "running":
        raise Refused(codes.SERVICE_CANNOT_ACCEPT_CTRL)
    if any(state["services"][other]["state"] != "stopped" for other in dependents(state, name)):
        raise Refused(codes.DEPENDENT_SERVICES_RUNNING)
    _move(one, "stop-pending", now)
    settle(state, now)


def new_process(state):
    state["last-process"] += 4
    return state["last-process"]


def status(one, now):
    """The numbers of SERVICE_STATUS_PROCESS without its flags ([MS-SCMR] 2.2.49)."""
    pending = one["state"].endswith("-pending")
    hangs = one["fault"].startswith("hangs-" + one["state"][:-8])
    check_point = 1 + (0 if hangs else int((now - one["since"]) / CHECK_POINT_SECONDS))
    return (one["type"], STATES[one["state"]],
            ACCEPTS_STOP_AND_SHUTDOWN if one["state"] == "running" else 0, one["exit"], 0,
            check_point if pending else 0, WAIT_HINT if pending else 0, one["process"])


def boot(state, now):
    """All processes are new; what starts by itself runs."""
    for one in state["services"].values():
        if one["start"] == AUTO and not one["trigger"]:
            _move(one, "running", now, process=new_process(state), exit=0)
        else:
            _move(one, "stopped", now, process=0, exit=codes.SERVICE_NEVER_STARTED)


def listens(state, pipe):
    """Is somebody there who serves the pipe?"""
    return pipe not in PIPES or state["services"][PIPES[pipe]]["state"] == "running"


def trigger(state, pipe, now):
    """A client asked for a pipe that is not there: it may be one that starts its service."""
    one = state["services"].get(PIPES.get(pipe), {})
    if one.get("trigger") and one["state"] == "stopped" and one["start"] != DISABLED:
        start(state, PIPES[pipe], now)
