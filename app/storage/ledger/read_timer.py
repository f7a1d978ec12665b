"""The time limit for parsing one capture: one second of processor time.

Processor time, because the ledger process has a low priority: on a busy machine it may not run for seconds. One
interval timer serves the whole process, so that a capture costs no system call. Code that never returns to the
interpreter is not interrupted; the server kills a process that sends nothing (`client.py`).
"""

import signal
from collections.abc import Callable
from types import FrameType
from typing import ParamSpec, TypeVar

# Suffix of the reader's version in the log's mark of a capture whose parsing was cut off.
CUT_OFF = " slow"
READ_S = 1.0
TICK_S = 0.25

P = ParamSpec("P")
T = TypeVar("T")


class TakesTooLong(BaseException):
    """Not an `Exception`: the parsers handle those as problems of the capture, and would continue."""


class ReadTimer:
    """Works in the main thread only, once for each process."""

    def __init__(self) -> None:
        self._is_reading = False
        self._ticks = 0

    def start(self) -> None:
        """Start the timer."""
        signal.signal(signal.SIGVTALRM, self._tick)
        signal.setitimer(signal.ITIMER_VIRTUAL, TICK_S, TICK_S)

    def stop(self) -> None:
        """Stop the timer."""
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)

    def over(self, call: Callable[P, T]) -> Callable[P, T]:
        """Wrap a function: it raises TakesTooLong after `READ_S` of processor time, or up to one tick later."""

        def limited(*args: P.args, **kwargs: P.kwargs) -> T:
            self._ticks = 0
            self._is_reading = True
            try:
                return call(*args, **kwargs)
            finally:
                self._is_reading = False

        return limited

    def _tick(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002
        self._ticks += 1
        # Raised again at each further tick, because a callback from C code may discard the exception.
        if self._is_reading and self._ticks * TICK_S > READ_S:
            raise TakesTooLong
