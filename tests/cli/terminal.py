#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""terminal.py [--stdout FILE] [WHEN ANSWER]... -- COMMAND...

Runs a command on a terminal of its own. Each time WHEN appears in what it shows, ANSWER is typed
("^C" types an interrupt). Prints what the terminal showed; ends with the command's exit status,
or with 99 when it did not end in time."""
import os
import pty
import select
import sys
import time


def start(command, stdout):
    child, terminal = pty.fork()
    if child == 0:
        if stdout:
            os.dup2(os.open(stdout, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 1)
        os.execvp(command[0], command)
    return child, terminal


def talk(terminal, answers):
    shown, told, end = b"", 0, time.time() + 20
    while time.time() < end:
        if not select.select([terminal], [], [], 0.1)[0]:
            continue
        try:
            piece = os.read(terminal, 4096)
        except OSError:  # the other side is closed
            return shown, True
        shown += piece
        if answers and answers[0][0] in shown[told:]:
            told = len(shown)
            time.sleep(0.1)  # the question is out; now somebody types
            os.write(terminal, answers.pop(0)[1])
    return shown, False


def main(arguments):
    stdout = None
    if arguments[0] == "--stdout":
        stdout, arguments = arguments[1], arguments[2:]
    at = arguments.index("--")
    words = [word.replace("^C", "\x03").encode() for word in arguments[:at]]
    child, terminal = start(arguments[at + 1:], stdout)
    shown, ended = talk(terminal, list(zip(words[0::2], words[1::2])))
    if not ended:
        os.kill(child, 9)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    sys.stdout.buffer.write(shown.replace(b"\r\n", b"\n"))
    return status if ended else 99


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
