"""Refused writes: they are counted, and probes test whether writes of their size work again."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from ...errors import StoreUnavailable
from .jobs import AddCapture, Job, Probe
from .results import Result
from .state import LogState

# The interval of probes while writes are refused.
RETRY_S = 1.0


class RefusedWrites:
    """Use from one event loop only. `submit` queues a job."""

    def __init__(self, state: LogState, submit: Callable[[Job], "asyncio.Future[Result]"]) -> None:
        self._state = state
        self._recent = state.recent
        self._submit = submit
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._closing = False

    def add(self, job: Job, size: int, why: str, *, is_unanswered: bool = False) -> None:
        """A job was refused; `is_unanswered`: not by the process. Only of captures and probes it is noted: their size
        shows what does not fit."""
        if isinstance(job, AddCapture | Probe) and not self._closing:
            is_capture = isinstance(job, AddCapture)
            self._recent.refused(self._loop.time(), size, why, is_capture=is_capture, is_unanswered=is_unanswered)
            self._schedule()

    def watch(self) -> None:
        """Probe until the database can be reached again, also if no capture was refused."""
        self._schedule()

    def close(self) -> None:
        """Count and probe no more."""
        self._closing = True

    def cancel(self) -> None:
        """Cancel the next probe."""
        if self._timer is not None:
            self._timer.cancel()

    def _schedule(self) -> None:
        if self._timer is None and not self._closing:
            self._timer = self._loop.call_later(RETRY_S, self._probe)

    def _probe(self) -> None:
        """Without probes, it would stay unknown until the next capture that writes work again."""
        self._timer = None
        if self._recent.reason is not None or self._state.unreachable is not None:
            with suppress(StoreUnavailable):
                self._submit(Probe(self._recent.full_size)).add_done_callback(read_exception)
            self._schedule()


def read_exception(future: "asyncio.Future[Result]") -> None:
    """Mark the exception of a future that is not waited for as read."""
    if not future.cancelled():
        future.exception()
