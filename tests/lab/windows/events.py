# SPDX-License-Identifier: GPL-3.0-or-later
"""The host's event logs, as the state has them: state["events"] has for each log

    {"next": 7, "limit": 5, "changes": 0, "denied": false, "cleared-by-reads": 0, "records": [...]}

"next" is the number of the next record; a log that holds "limit" records (null: any number) loses
its oldest one with each new one. "changes" counts how often it was cleared: whoever has it open is
told. While "cleared-by-reads" is not 0, a read finds that somebody cleared the log just before.
A record's "time" is on this machine's clock; clients see it on the host's. Records are in the order
of their times, and their numbers have no gaps: what is added or dropped moves the later ones.
"""

ERROR, WARNING, INFORMATION = 1, 2, 4
TYPES = {"success": 0, "error": ERROR, "warning": WARNING, "information": INFORMATION,
         "audit-success": 8, "audit-failure": 16}

# The Active Directory connectors of the Connect server that the host is.
CONNECTORS = {"source.test": "5f8a2c1e-7b0d-4e6f-9a3c-d41c0b8e2f67",
              "target.test": "c3b1d9f4-2a6e-4c58-8d07-6e95f1a20b34"}
SYNC = "Directory Synchronization"
MINUTE = 60
PING_SECONDS = 30 * MINUTE
DAY = 86400


def new_log():
    return {"next": 1, "limit": None, "changes": 0, "denied": False, "cleared-by-reads": 0,
            "records": []}


def add(log, moment, source, number, strings, kind=INFORMATION):
    log["records"].append({"number": log["next"], "time": moment, "source": source, "id": number,
                           "type": kind, "strings": list(strings)})
    log["next"] += 1
    log["records"].sort(key=lambda one: one["time"])
    _count(log)
    keep_limit(log)


def drop(log, number, since, text):
    """As if they had never been written: of this identifier, since then, with this text inside."""
    log["records"] = [one for one in log["records"] if one["id"] != number or one["time"] < since
                      or text.lower() not in "\n".join(one["strings"]).lower()]
    _count(log)


def _count(log):
    first = log["next"] - len(log["records"])
    for place, one in enumerate(log["records"]):
        one["number"] = first + place


def keep_limit(log):
    if log["limit"] is not None:
        del log["records"][:max(0, len(log["records"]) - log["limit"])]


def clear(log):
    log["records"] = []
    log["next"] = 1
    log["changes"] += 1


def new(now):
    """The logs of a Connect server that is healthy, the last day of them. The texts are modelled on
    those that the product documents, not taken from it."""
    logs = {"Application": new_log(), "System": new_log(), "Security": new_log()}
    for moment, source, number, text in sorted(_healthy(now)):
        add(logs["Application"], moment, source, number, [text])
    add(logs["System"], now - DAY, "EventLog", 6005, [])
    add(logs["System"], now - DAY + 90, "Service Control Manager", 7036,
        ["Microsoft Azure AD Sync", "running"])
    return logs


def _healthy(now):
    yield now - DAY + 80, "ADSync", 2001, "The service was started successfully."
    yield now - DAY + 95, SYNC, 601, "Password synchronization manager has started."
    for ago in range(5 * MINUTE, DAY, PING_SECONDS):
        yield now - ago - 7 * MINUTE, SYNC, 904, "Scheduler: the sync cycle was started (Delta)."
        yield now - ago - 6 * MINUTE, SYNC, 904, "Scheduler: the sync cycle has completed."
        for forest, connector in CONNECTORS.items():
            yield now - ago - 1, SYNC, 653, _about("Provisioning credentials ping start.", forest,
                                                   connector)
            yield now - ago, SYNC, 654, _about("Provisioning credentials ping end.", forest,
                                               connector)
    for ago in range(100 * MINUTE, DAY, 5 * 60 * MINUTE):
        user = f"CN=User {ago // MINUTE},CN=Users,DC=source,DC=test"
        yield now - ago - 1, SYNC, 656, f"Password Change Request - Anchor : x, Dn : {user}"
        yield now - ago, SYNC, 657, (f"Password Change Result - Anchor : x, Dn : {user}, "
                                     "Result : Success.")


def _about(text, forest, connector):
    return f"{text}\r\nConnector: {forest}, {connector}\r\n"
