"""Collects the outcomes of answers for a moment and writes them together, mostly in a batch with the next captures.

An outcome is known only after its capture is on disk. Written one by one, outcomes would double the number of
commits. Only a read that must show the outcome of an answer waits for it.
"""

import asyncio
from collections.abc import Callable

from ...errors import StoreUnavailable
from .jobs import AddAttempt, Job, OutcomeRecord, SetOutcomes
from .refused import read_exception
from .results import Result

# Shorter than the time that the ledger waits for outcomes, so that most rows are sent to a viewer once.
GATHER_S = 0.01


class OutcomeBuffer:
    """Use from one event loop only. `submit` queues a job."""

    def __init__(self, submit: Callable[[Job], "asyncio.Future[Result]"]) -> None:
        self._submit = submit
        self._loop = asyncio.get_running_loop()
        self._gathered: list[OutcomeRecord] = []
        self._attempts: list[AddAttempt] = []
        self._last: asyncio.Future[Result] | None = None

    def note(self, outcome: OutcomeRecord) -> None:
        """Write it soon. Never waits and never raises: the answer was sent, so nothing depends on it."""
        if not self._gathered and not self._attempts:
            self._loop.call_later(GATHER_S, self.write)
        self._gathered.append(outcome)

    def note_attempt(self, attempt: AddAttempt) -> None:
        """Write the result of a request to a handler soon, for the same reason."""
        if not self._gathered and not self._attempts:
            self._loop.call_later(GATHER_S, self.write)
        self._attempts.append(attempt)

    def write(self) -> None:
        """Queue what is collected. Outcomes that cannot be written stay unknown until the next start."""
        jobs: list[Job] = list(self._attempts)
        if self._gathered:
            jobs.append(SetOutcomes(self._gathered))
        self._attempts, self._gathered = [], []
        for job in jobs:
            try:
                self._last = self._submit(job)
            except StoreUnavailable:
                return
            self._last.add_done_callback(read_exception)

    async def written(self) -> None:
        """Wait until the outcomes so far are durable or refused."""
        self.write()
        if self._last is not None and not self._last.done():
            await asyncio.wait([self._last])
