# SPDX-License-Identifier: GPL-3.0-or-later
"""The sockets behind the host's pipes: those that are there, and those that clients have open.

A pipe whose socket is missing is one that a client does not find: smbd answers its open with
NT_STATUS_OBJECT_NAME_NOT_FOUND. (It pays no heed to a status in the answer of npa.greet.) smbd has
no other way to tell us of such an open than a line in its log, at any log level: the host's
own trigger, which starts a service when its pipe is asked for, counts these lines. (The open of a
pipe that the host never has counts for those that are missing just then.)
"""
import asyncio
import os
import time

import faults
import npa
import services
import state as windows
from rpc import Broken, Session

SOCKETS = "run/windows/np"
MISS = b"Can't connect to a running samba-dcerpcd"
SEEN = "windows.seen"  # the revision of the state that the sockets stand for
WATCH_SECONDS = 0.1


class Misses:
    """Opens that found no socket, as smbd's log tells them."""

    def __init__(self, path):
        self.path = path
        self.at = self._size()

    def _size(self):
        try:
            return os.stat(self.path).st_size
        except FileNotFoundError:
            return 0

    def count(self):
        """Those since the last time."""
        size = self._size()
        if size == self.at:
            return 0
        with open(self.path, "rb") as file:
            file.seek(self.at if self.at < size else 0)  # smaller: a new file
            text = file.read()
        text = text[:text.rfind(b"\n") + 1]
        self.at = (self.at if self.at < size else 0) + len(text)
        return text.count(MISS)


class Pipes:
    def __init__(self, interfaces, log, smbd_log):
        self.interfaces = interfaces
        self.log = log
        self.listening = {}  # pipe: server
        self.open = {}       # writer: pipe, number of the host's start
        self.misses = Misses(smbd_log)
        self.seen = None

    async def run(self):
        while True:
            self._note_misses()
            await self._agree()
            await asyncio.sleep(WATCH_SECONDS)

    def _note_misses(self):
        count = self.misses.count()
        if count == 0:
            return
        with windows.changing() as state:
            now = time.time()
            services.settle(state, now)
            for interface in self.interfaces:
                if interface.PIPE not in self.listening:
                    self.log(f"{interface.PIPE}: {count} opens found no pipe")
                    faults.note_misses(state, interface.PIPE, count)
                    services.trigger(state, interface.PIPE, now)

    async def _agree(self):
        """Makes the sockets and the open pipes what the state says."""
        state = windows.load()
        services.settle(state, time.time())
        for interface in self.interfaces:
            pipe = interface.PIPE
            there = services.listens(state, pipe) and not faults.hides(state, pipe)
            if there and pipe not in self.listening:
                self.listening[pipe] = await self._listen(interface)
            elif not there and pipe in self.listening:
                self.listening.pop(pipe).close()
                os.unlink(os.path.join(SOCKETS, pipe))
        for writer in [writer for writer in self.open if not self._lives(state, writer)]:
            writer.close()
        self._tell(state)

    def _lives(self, state, writer):
        """No restart since it was opened, and who listens still runs."""
        pipe, boot = self.open[writer]
        return boot == state["boot"] and services.listens(state, pipe)

    def _tell(self, state):
        if self.seen == state["revision"]:
            return
        self.seen = state["revision"]
        with open(SEEN + ".new", "w", encoding="ascii") as file:
            file.write(str(self.seen))
        os.rename(SEEN + ".new", SEEN)

    async def _listen(self, interface):
        path = os.path.join(SOCKETS, interface.PIPE)
        if os.path.lexists(path):
            os.unlink(path)
        return await asyncio.start_unix_server(
            lambda reader, writer: self._serve(interface, reader, writer), path)

    async def _serve(self, interface, reader, writer):
        try:
            await npa.greet(reader, writer)
            self.log(f"{interface.PIPE}: open")
            self.open[writer] = (interface.PIPE, windows.load()["boot"])
            await self._converse(Session(interface, self.log), reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open.pop(writer, None)
            writer.close()

    async def _converse(self, session, reader, writer):
        while (message := await npa.read_message(reader)) is not None:
            state = windows.load()
            services.settle(state, time.time())
            if not self._lives(state, writer):
                return
            try:
                answers = session.take(message)
            except Broken as broken:
                if broken.last_words:
                    await npa.write_message(writer, broken.last_words)
                return
            await self._agree()  # a client that hears of a change finds the pipes so
            for answer in answers:
                await npa.write_message(writer, answer)
