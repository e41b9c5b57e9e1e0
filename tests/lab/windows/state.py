# SPDX-License-Identifier: GPL-3.0-or-later
"""The host's state: one JSON file, so that a test can look at it and set it.

It is read at each call and written whole, by rename, when a call has changed it. A lock on the
folder keeps the server and the control program from losing each other's changes.
"""
import contextlib
import fcntl
import json
import os

FILE = "windows.json"


def load(folder="."):
    with open(os.path.join(folder, FILE), encoding="ascii") as file:
        return json.load(file)


def store(state, folder="."):
    path = os.path.join(folder, FILE)
    with open(path + ".new", "w", encoding="ascii") as file:
        json.dump(state, file, indent=1)
        file.write("\n")
    os.rename(path + ".new", path)


@contextlib.contextmanager
def locked(folder="."):
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


@contextlib.contextmanager
def changing(folder="."):
    """The state, to be looked at or changed; an exception leaves the file as it was."""
    with locked(folder):
        state = load(folder)
        before = json.dumps(state)
        yield state
        if json.dumps(state) != before:
            store(state, folder)
