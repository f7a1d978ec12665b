"""The server's end of the log process if other servers write the log, too."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

from ...store import COMMIT_WAIT_S
from ..children import Program
from ..log import jobs
from ..log.client import LogClient
from ..log.jobs import Job
from ..log.refused import read_exception
from ..log.results import LogPosition, Result

# Jobs after which other servers must read again what they have in memory.
ENDS_ACCESS = (jobs.DropToken, jobs.DropSession, jobs.DropSessions, jobs.EndShare)
CHANGES_SETTINGS = (
    jobs.AddBin, jobs.SetBin, jobs.RotateKey, jobs.DropBin, jobs.SetAnswers, jobs.SetFault, jobs.DropFault,
    jobs.SetWiretap, jobs.SetPrivacy, jobs.SetMapping, jobs.SetSecret, jobs.DropSecret, jobs.AddDrill, jobs.SetDrill,
    jobs.AddForward, jobs.SetForward, jobs.DropForward, jobs.RetryDispatches, jobs.AddAlert, jobs.SetAlert,
    jobs.DropAlert,
)  # fmt: skip


class SharedLogClient(LogClient):
    """`on_done` is called with each job that other servers must know of, when it is durable."""

    def __init__(
        self, program: Program, on_positions: Callable[[Sequence[LogPosition]], None], on_done: Callable[[Job], None]
    ) -> None:
        super().__init__(program, (), on_positions)
        self._on_done = on_done

    def submit(self, job: Job, *, timeout_s: float = COMMIT_WAIT_S) -> asyncio.Future[Result]:
        future = super().submit(job, timeout_s=timeout_s)
        if isinstance(job, (*ENDS_ACCESS, *CHANGES_SETTINGS)):
            future.add_done_callback(partial(self._done, job))
        return future

    def _done(self, job: Job, future: asyncio.Future[Result]) -> None:
        # What was refused may still be stored, so that is notified, too.
        read_exception(future)
        self._on_done(job)
