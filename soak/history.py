"""What was done from outside, and what was answered: one JSON line each."""

import json
import threading
import time
from pathlib import Path

# How a call ended, as far as its caller can know.
OK = "ok"  # the server said that it is done
FAIL = "fail"  # the server said that it is not done
UNKNOWN = "unknown"  # the answer was lost: either


class History:
    """Appended by many threads; each line is on its way before the call returns."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.path = self.folder / "calls.jsonl"
        self._file = open(self.path, "a", buffering=1)
        self._lock = threading.Lock()
        self._last = 0

    def begin(self, actor, name, effects=(), **values):
        """Note a call that is about to be made; return its number.

        :param effects: what it does if it succeeds: ``[{"table", "field", "value",
            "id"}]``, a row that gets a value (of a new row, without ``id``)
        """
        with self._lock:
            self._last += 1
            number = self._last
        self.note("begin", number=number, actor=actor, name=name, effects=effects)
        if values:
            self.note("values", number=number, **values)
        return number

    def end(self, number, outcome, **values):
        self.note("end", number=number, outcome=outcome, **values)

    def note(self, kind, **values):
        line = json.dumps({"time": time.time(), "kind": kind, **values}, default=str)
        with self._lock:
            self._file.write(line + "\n")

    def close(self):
        self._file.close()


def read_calls(folder):
    """Return ``(calls, other notes)``; a call is its lines in one dictionary."""
    calls, notes = {}, []
    for line in (Path(folder) / "calls.jsonl").read_text().splitlines():
        entry = json.loads(line)
        kind, moment = entry.pop("kind"), entry.pop("time")
        if kind == "begin":
            calls[entry["number"]] = {**entry, "begin": moment, "outcome": UNKNOWN}
        elif kind in ("values", "end"):
            if kind == "end":
                entry["end"] = moment
            calls[entry["number"]].update(entry)
        else:
            notes.append({"kind": kind, "time": moment, **entry})
    return list(calls.values()), notes
