# SPDX-License-Identifier: GPL-3.0-or-later
"""How the registry behaves ([MS-RRP] 3.1.1): keys below HKEY_LOCAL_MACHINE, and their values.

The state holds each key under its whole path, "" being HKEY_LOCAL_MACHINE, and each value under
its name, "" being the default value: {"type": 4, "data": "01000000"}, in hexadecimal digits. Names
are found in any case and kept as they were first written.
"""
import codes
from codes import Refused

LONGEST_KEY_NAME = 255
LONGEST_VALUE_NAME = 16383
SECONDS_1601_TO_1970 = 11644473600


def filetime(seconds):
    return int((seconds + SECONDS_1601_TO_1970) * 10_000_000)


def fold(name):
    """Upper case, one letter for one: what Windows compares."""
    return "".join(c.upper() if len(c.upper()) == 1 else c for c in name)


def units(name):
    """The length in UTF-16 units, without a NUL."""
    return len(name.encode("utf-16-le", "surrogatepass")) // 2


class Registry:
    def __init__(self, state, now):
        self.keys = state["registry"]
        self.now = filetime(now)
        self.paths = {fold(path): path for path in self.keys}

    def find(self, path):
        """The path as it was written."""
        found = self.paths.get(fold(path))
        if found is None:
            raise Refused(codes.FILE_NOT_FOUND)
        return found

    def has(self, path):
        return fold(path) in self.paths

    def sub_keys(self, path):
        """The names of the keys just below, in order."""
        above = fold(path) + "\\" if path else ""
        names = [self.paths[other][len(above):] for other in self.paths
                 if other and other.startswith(above)]
        return sorted((name for name in names if "\\" not in name), key=fold)

    def create(self, path, volatile):
        """The path, and whether it is new; all that are missing above it are made as well."""
        if self.has(path):
            return self.find(path), False
        above, _, name = path.rpartition("\\")
        if not name or units(name) > LONGEST_KEY_NAME:
            raise Refused(codes.INVALID_PARAMETER)
        above = self.create(above, volatile)[0]
        if self.keys[above].get("volatile") and not volatile:
            raise Refused(codes.CHILD_MUST_BE_VOLATILE)
        path = f"{above}\\{name}" if above else name
        self.keys[path] = {"values": {}, "written": self.now}
        if volatile:
            self.keys[path]["volatile"] = True
        self.paths[fold(path)] = path
        self._written(above)
        return path, True

    def delete(self, path):
        path = self.find(path)
        if not path or self.sub_keys(path):
            raise Refused(codes.ACCESS_DENIED)
        del self.keys[path]
        del self.paths[fold(path)]
        self._written(self.find(path.rpartition("\\")[0]))

    def values(self, path):
        return self.keys[path]["values"]

    def value_name(self, path, name):
        for known in self.values(path):
            if fold(known) == fold(name):
                return known
        raise Refused(codes.FILE_NOT_FOUND)

    def value(self, path, name):
        """Type and data."""
        value = self.values(path)[self.value_name(path, name)]
        return value["type"], bytes.fromhex(value["data"])

    def set_value(self, path, name, kind, data):
        if units(name) > LONGEST_VALUE_NAME:
            raise Refused(codes.INVALID_PARAMETER)
        try:
            name = self.value_name(path, name)
        except Refused:
            pass
        self.values(path)[name] = {"type": kind, "data": data.hex()}
        self._written(path)

    def delete_value(self, path, name):
        del self.values(path)[self.value_name(path, name)]
        self._written(path)

    def _written(self, path):
        self.keys[path]["written"] = self.now

    def forget_volatile(self):
        for path in [path for path, key in self.keys.items() if key.get("volatile")]:
            del self.keys[path]
            del self.paths[fold(path)]
