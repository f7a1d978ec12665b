"""Finds out whether a process that is late only waits for a processor: then it is not hung, and killing it would make
it later still. The follower has a low priority, and on a busy machine it may not run for seconds.
"""

import os
from pathlib import Path

from ..clock import ticks

# A process that had more than this part of a processor is not starved.
MOST_SHARE = 0.5


class StarvedProcess:
    """One process, since it is late. `limit_s`: processor time after which it is hung in any case."""

    def __init__(self, pid: int, limit_s: float) -> None:
        self._pid = pid
        self._limit_s = limit_s
        self._first_s: float | None = None
        self._last = (0.0, 0.0)

    def is_starved(self) -> bool:
        """Whether it wants to run, and had little of a processor since the last call. The first call only begins to
        measure. False on a system that does not report it."""
        ready, spent_s = _read(self._pid)
        if not ready:
            return False
        now, (then, spent_then_s) = ticks(), self._last
        self._last = (now, spent_s)
        if self._first_s is None:
            self._first_s = spent_s
            return True
        if spent_s - self._first_s >= self._limit_s:
            return False
        return spent_s - spent_then_s <= MOST_SHARE * (now - then)


def _read(pid: int) -> tuple[bool, float]:
    """Whether a process is ready to run, and the seconds of processor time that it has used. Linux has the file."""
    try:
        # The name, in parentheses, may contain blanks. After it: the state, and as fields 11 and 12 the ticks of the
        # processor in the program and in the system.
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return False, 0.0
    return fields[0] == b"R", (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
