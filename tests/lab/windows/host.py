# SPDX-License-Identifier: GPL-3.0-or-later
"""The host as a whole: as it is when new, and its restart."""
import events
import services
from registry import Registry, filetime
from services import AUTO, DEMAND, DISABLED, service

SHUTDOWN_KEY, SHUTDOWN_VALUE = r"SYSTEM\CurrentControlSet\Control\Windows", "ShutdownTime"
SZ, BINARY, DWORD, MULTI_SZ = 1, 3, 4, 7
UPTIME_WHEN_NEW = 86400


def new(now, boot=0, revision=0):
    """A host that runs for a day."""
    state = {
        "revision": revision,
        "boot": boot,
        "booted": now - UPTIME_WHEN_NEW,
        "clock-offset": 0,
        "tells-uptime": True,
        "last-process": 600,
        "name": "PES1",
        "domain": {"name": "PES1", "sid": "S-1-5-21-1004336348-1177238915-682003330"},
        "primary-domain": {"name": "SOURCE", "dns": "source.test", "forest": "source.test",
                           "guid": "00000000-0000-0000-0000-000000000000", "sid": ""},
        "audit": {"on": True, "categories": [0] * 9},
        "faults": {},
        "events": events.new(now),
        "services": _services(),
        "registry": {"": {"values": {}, "written": filetime(now - UPTIME_WHEN_NEW)}},
    }
    services.boot(state, state["booted"])
    services.start(state, "RemoteRegistry", state["booted"])
    services.settle(state, now)
    _fill_registry(Registry(state, state["booted"]))
    _note_shutdown(state, state["booted"] - 60)
    return state


def _services():
    return {
        "ADSync": service("Microsoft Azure AD Sync", AUTO, delayed=True,
                          account=r"NT SERVICE\ADSync",
                          path=r'"C:\Program Files\Microsoft Azure AD Sync\Bin\miiserver.exe"'),
        "Dfs": service("DFS Namespace", AUTO, depends=["LanmanServer"],
                       path=r"C:\Windows\system32\dfssvc.exe"),
        "LanmanServer": service("Server", AUTO, type=0x20),
        "Netlogon": service("Netlogon", AUTO, depends=["LanmanServer"], type=0x20,
                            group="MS_WindowsRemoteValidation",
                            path=r"C:\Windows\system32\lsass.exe"),
        "PesSvc": service("Password Export Server Service", DEMAND,
                          path=r"C:\Windows\System32\PesSvc.exe", **{"start-seconds": 2}),
        "RemoteRegistry": service("Remote Registry", DEMAND, trigger=True, type=0x20,
                                  account=r"NT AUTHORITY\LocalService",
                                  path=r"C:\Windows\system32\svchost.exe -k localService -p"),
        "Spooler": service("Print Spooler", DISABLED, type=0x110,
                           path=r"C:\Windows\System32\spoolsv.exe"),
    }


def _text(*lines):
    return "".join(line + "\0" for line in lines).encode("utf-16-le")


def _fill_registry(registry):
    control = r"SYSTEM\CurrentControlSet\Control"
    lsa, version = control + r"\Lsa", r"SOFTWARE\Microsoft\Windows NT\CurrentVersion"
    pipes = r"SYSTEM\CurrentControlSet\Services\LanmanServer\Parameters"
    for path in (lsa, version, pipes, control + r"\SecurePipeServers\winreg", SHUTDOWN_KEY,
                 r"SYSTEM\CurrentControlSet\Services\Netlogon\Parameters",
                 r"SOFTWARE\Policies\Microsoft\Netlogon\Parameters"):
        registry.create(path, volatile=False)
    for name, described in _services().items():
        key = r"SYSTEM\CurrentControlSet\Services" + "\\" + name
        registry.create(key, volatile=False)
        registry.set_value(key, "DisplayName", SZ, _text(described["display"]))
    registry.set_value(lsa, "AllowPasswordExport", DWORD, bytes(4))
    registry.set_value(lsa, "Notification Packages", MULTI_SZ, _text("scecli", "PWMIG", ""))
    registry.set_value(lsa, "restrictanonymous", DWORD, bytes(4))
    registry.set_value(lsa, "restrictanonymoussam", DWORD, b"\1\0\0\0")
    registry.set_value(pipes, "NullSessionPipes", MULTI_SZ, _text("", ""))
    registry.set_value(version, "ProductName", SZ, _text("Windows Server 2022 Standard"))
    registry.set_value(version, "CurrentBuildNumber", SZ, _text("20348"))


def _note_shutdown(state, now):
    registry = Registry(state, now)
    registry.create(SHUTDOWN_KEY, volatile=False)
    moment = filetime(host_clock(state, now))
    registry.set_value(registry.find(SHUTDOWN_KEY), SHUTDOWN_VALUE, BINARY,
                       moment.to_bytes(8, "little"))


def restart(state, now):
    """Down and up again in no time. Whoever has a pipe open sees the new number of "boot"."""
    _note_shutdown(state, now)
    Registry(state, now).forget_volatile()
    state["boot"] += 1
    state["booted"] = now
    services.boot(state, now)


def host_clock(state, now):
    return now + state["clock-offset"]
