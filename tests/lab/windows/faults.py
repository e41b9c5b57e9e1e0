# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong on demand: state["faults"] has for a pipe what its next opens and calls meet.

    {"winreg": {"opnum": 22, "how": "after"}}  the next call of this operation, once; any: null
    {"winreg": {"hidden": 2}}                  so many opens find no such pipe; -1: all do
"""

BEFORE = "before"  # the pipe breaks, and nothing is done
AFTER = "after"    # it is done, then the pipe breaks
MIDDLE = "middle"  # it is done, and the pipe breaks in the middle of the answer
SILENT = "silent"  # it is done, and no answer ever comes


def take(state, pipe, opnum):
    """How this call fails; None: it does not. A fault that was met is gone."""
    fault = state["faults"].get(pipe, {})
    if "how" not in fault or fault.get("opnum") not in (None, opnum):
        return None
    del state["faults"][pipe]
    return fault["how"]


def hides(state, pipe):
    """Is there no such pipe, for the time being?"""
    return state["faults"].get(pipe, {}).get("hidden", 0) != 0


def note_misses(state, pipe, count):
    """So many opens found none."""
    left = state["faults"].get(pipe, {}).get("hidden", 0)
    if left > count:
        state["faults"][pipe]["hidden"] = left - count
    elif left > 0:
        del state["faults"][pipe]
