"""How long one capture may be read: a second of processor time, then reading it is cut off.

Processor time, because the ledger process is the last that gets a processor: on a busy machine a harmless capture may
wait for seconds. One timer ticks for the whole process, so that a capture costs no system call. Code that never returns
to the interpreter is not reached; for that the server kills a process that is silent (`client.py`).
"""

import signal
from collections.abc import Callable
from types import FrameType
from typing import ParamSpec, TypeVar

# Behind the version of the reader, in the mark that the log keeps of a capture: reading was cut off.
CUT_OFF = " slow"
READ_S = 1.0
TICK_S = 0.25

P = ParamSpec("P")
T = TypeVar("T")


class TakesTooLong(BaseException):
    """Not an `Exception`: what reads a capture handles those as faults of the capture, and would go on."""


class ReadTimer:
    """Of the one main thread of a process."""

    def __init__(self) -> None:
        self._is_reading = False
        self._ticks = 0

    def start(self) -> None:
        """Let the clock tick from now on."""
        signal.signal(signal.SIGVTALRM, self._tick)
        signal.setitimer(signal.ITIMER_VIRTUAL, TICK_S, TICK_S)

    def stop(self) -> None:
        """No tick follows."""
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)

    def over(self, call: Callable[P, T]) -> Callable[P, T]:
        """The same call, which raises TakesTooLong after `READ_S` of processor time, or up to a tick later."""

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
        # At each further tick again: code that is called back from C may lose the exception.
        if self._is_reading and self._ticks * TICK_S > READ_S:
            raise TakesTooLong
