"""What became of answers, gathered for a moment and written together, mostly with the captures that come next.

Why: an outcome is known only after its capture is on disk. Written one by one they would double the commits. Nothing
waits for an outcome but a reader, who is shown the one of an answer that he has just got.
"""

import asyncio
from collections.abc import Callable

from ...errors import StoreUnavailable
from .jobs import Job, OutcomeRecord, Result, SetOutcomes

# Shorter than the ledger waits for the outcomes of what it reads, so that most rows reach a viewer once.
GATHER_S = 0.01


class OutcomeBuffer:
    """Belongs to one event loop. `submit` queues a job."""

    def __init__(self, submit: Callable[[Job], "asyncio.Future[Result]"]) -> None:
        self._submit = submit
        self._loop = asyncio.get_running_loop()
        self._gathered: list[OutcomeRecord] = []
        self._last: asyncio.Future[Result] | None = None

    def note(self, outcome: OutcomeRecord) -> None:
        """Write it soon. Never waits, never fails: the answer is out, so nothing depends on it."""
        if not self._gathered:
            self._loop.call_later(GATHER_S, self.write)
        self._gathered.append(outcome)

    def write(self) -> None:
        """Queue what was gathered. What cannot be written stays unknown; the next start says so."""
        if self._gathered:
            gathered, self._gathered = self._gathered, []
            try:
                self._last = self._submit(SetOutcomes(gathered))
            except StoreUnavailable:
                return
            self._last.add_done_callback(_read_exception)

    async def written(self) -> None:
        """Wait until those so far are durable, or refused."""
        self.write()
        if self._last is not None and not self._last.done():
            await asyncio.wait([self._last])


def _read_exception(future: "asyncio.Future[Result]") -> None:
    if not future.cancelled():
        future.exception()
