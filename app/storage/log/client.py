"""The server's end of the log process: sends batches, resolves futures, and tracks the state of the log.

Group commit without a timer: while one batch is being committed, the next one is collected. When it is as large as
the one in flight, it is sent early, so that the process has the next batch at once. What is not confirmed within
`COMMIT_WAIT_S` raises `StoreUnavailable`. The row may still appear, and the sender's retry is then stored a second
time; but nothing is acknowledged that is not on disk (P2).
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from ... import clock
from ...errors import AppError, CannotStart, StoreUnavailable
from ...store import COMMIT_WAIT_S, Health
from ..children import Child, Program
from ..process import EXIT_DOUBT
from .audit import take_attached
from .jobs import AddCapture, Job, Probe, encode_jobs
from .outcomes import OutcomeBuffer
from .pace import CommitPace
from .queued import QueuedJob, error_of, size_of
from .refused import RefusedWrites, read_exception
from .results import LogPosition, Opened, Result, Results, decode_opened, decode_results
from .state import LogState

MAX_BATCH = 256
# A commit costs as much as ten captures in it. A smaller batch waits for the other captures of this turn of the event
# loop, and is not sent before the one in flight is confirmed.
MIN_BATCH_AHEAD = 12
MAX_BATCH_BYTES = 8 << 20
MAX_WAITING_BYTES = 64 << 20
# Time limits of the process, which is killed when it exceeds one. After a failed write the whole file is checked, which
# takes long.
OPEN_S, CHECK_S, BATCH_S = 60.0, 3_600.0, 10.0


class LogClient:
    """Use from one event loop only. `on_positions` is called with the new positions of bins before the futures are
    resolved. `suspect_file` marks that the log must be checked when it is opened; None: there is nothing to check."""

    def __init__(
        self, program: Program, keep_open: Sequence[int], on_positions: Callable[[Sequence[LogPosition]], None],
        suspect_file: Path | None = None,
    ) -> None:  # fmt: skip
        self._place = program.place
        self._on_positions = on_positions
        self._loop = asyncio.get_running_loop()
        self._child = Child(program.module, self, keep_open, first=program.first)
        self._started: asyncio.Future[Opened] = self._loop.create_future()
        self._open = False
        self._run = clock.new_id()
        # The id of the log that was opened first; no other file is accepted while the server runs.
        self._log_id = ""
        self._waiting: deque[QueuedJob] = deque()
        self._waiting_bytes = 0
        self._in_flight: deque[list[QueuedJob]] = deque()
        self._flush_scheduled = False
        # The captures of the batch that was confirmed last. Most of their senders send again. On a slow disk the next
        # commit waits for this number, or until the timer ends.
        self._expected = 0
        self._delay_timer: asyncio.TimerHandle | None = None
        self._pace = CommitPace()
        self._timeout_timer: asyncio.TimerHandle | None = None
        self._closing = False
        self._state = LogState(suspect_file)
        self._refused = RefusedWrites(self._state, self.submit)
        self.outcomes = OutcomeBuffer(self.submit)
        """Collects the outcomes of answers."""

    @property
    def run(self) -> str:
        """The id of this opening of the log."""
        return self._run

    @property
    def pid(self) -> int | None:
        """The id of the process, or None."""
        return self._child.pid

    @property
    def waiting(self) -> int:
        """Number of jobs that are not sent to the process yet."""
        return len(self._waiting)

    async def start(self) -> Opened:
        """Start the process; returns when the log is open. Raises CannotStart with the cause."""
        self._state.read_suspect_file()
        self._child.start()
        return await self._started

    def health(self) -> Health:
        """The current state of the log."""
        return self._state.health(self._loop.time())

    def probe_size(self) -> int:
        """The size of a probe that shows whether captures can be stored."""
        return self._state.recent.full_size

    def append(self, job: AddCapture) -> asyncio.Future[int]:
        """Queue a capture; the future's result is its n. Raises StoreUnavailable."""
        future = self._queue(job, COMMIT_WAIT_S)
        if self._is_group and not self._in_flight:
            # The process works on these while the other requests of this turn are read.
            self._flush()
        return future

    def submit(self, job: Job, *, timeout_s: float = COMMIT_WAIT_S) -> asyncio.Future[Result]:
        """Queue any other job, after the entry of the audit log that is attached to this context. The future resolves
        when it is durable, or raises StoreUnavailable after `timeout_s`."""
        entry = take_attached()
        if entry is not None:
            # Whether it was written shows when its result is written.
            self._queue(entry, timeout_s).add_done_callback(read_exception)
        return self._queue(job, timeout_s)

    def _queue(self, job: Job, timeout_s: float) -> asyncio.Future[Any]:
        size = size_of(job)
        why = self._state.refusal or ("The store is closing." if self._closing else None)
        if why is None and self._waiting_bytes + size > MAX_WAITING_BYTES:
            why = "The write queue is full."
        if why is not None:
            self._refused.add(job, size, why, is_unanswered=True)
            raise StoreUnavailable(why)
        future: asyncio.Future[Any] = self._loop.create_future()
        self._waiting.append(QueuedJob(job, size, self._loop.time() + timeout_s - COMMIT_WAIT_S, future))
        self._waiting_bytes += size
        if self._delay_timer is not None:
            if len(self._waiting) >= self._expected:
                self._loop.call_soon(self._flush)
        elif self._can_send:
            self._schedule_flush()
        if self._timeout_timer is None:
            self._timeout_timer = self._loop.call_later(0.25, self._check_timeouts)
        return future

    async def close(self) -> None:
        """Write what is queued, then end the process. Takes at most `COMMIT_WAIT_S` longer than the end of the
        process."""
        self.outcomes.write()
        self._closing = True
        self._refused.close()
        pending = [item.future for item in self._pending()]
        if pending and self._open:
            await asyncio.wait(pending, timeout=COMMIT_WAIT_S)
        if self._timeout_timer is not None:
            self._timeout_timer.cancel()
        self._refused.cancel()
        await self._child.close()
        while self._waiting:
            self._fail(self._waiting.popleft(), "The store is closing.")

    # The process

    def arguments(self) -> list[str]:
        """Arguments for the next start of the process."""
        doubt = self._state.doubt is not None
        self._child.expect(CHECK_S if doubt else OPEN_S, "opening the log")
        return [*self._place, self._run, "doubt" if doubt else "sound", self._log_id]

    def received(self, data: bytes) -> None:
        """Handle a frame: the first one reports the opening, each later one has the results of a batch."""
        if self._open:
            self._resolve(decode_results(data))
        else:
            self._opened(decode_opened(data))

    def ended(self, code: int | None, why: str) -> None:
        """The process has ended. It is unknown whether jobs in flight were written, so they are not acknowledged."""
        self._state.ended(why, in_doubt=code == EXIT_DOUBT)
        self._open = False
        for item in chain(*self._in_flight):
            self._fail(item, "The log process stopped before it could confirm.")
        self._in_flight.clear()
        self._pace = CommitPace()
        if not self._started.done() and not self._closing:
            self._started.set_exception(CannotStart(f"The log process ended before the log was open: {why}."))

    def _opened(self, first: Opened) -> None:
        self._child.met()
        if first.error is not None:
            self._state.open_failed(first.error, is_unreachable=first.is_unreachable)
            if not self._started.done():
                self._started.set_exception(CannotStart(first.error))
            return
        self._state.opened()
        self._open, self._log_id = True, first.log
        if not self._started.done():
            self._started.set_result(first)
        self._flush()

    # Batches

    def _schedule_flush(self) -> None:
        """Flush once at the end of this turn of the event loop, so that captures of one turn share a commit."""
        if not self._flush_scheduled:
            self._flush_scheduled = True
            self._loop.call_soon(self._flush)

    @property
    def _can_send(self) -> bool:
        """Whether a batch may be sent: nothing is in flight, or one batch that is no larger than the queue, on a
        fast disk."""
        if not self._in_flight:
            return True
        if self._pace.delay_s or len(self._in_flight) > 1:
            return False
        return len(self._waiting) >= max(MIN_BATCH_AHEAD, len(self._in_flight[0]))

    @property
    def _is_group(self) -> bool:
        """Whether the queue is large enough for a commit, on a fast disk. Half of the senders that wait for each other
        are enough: then there are two groups, and while one is answered the other one is written."""
        return not self._pace.delay_s and len(self._waiting) >= max(MIN_BATCH_AHEAD, self._expected // 2)

    def _pending(self) -> Iterator[QueuedJob]:
        """Jobs that are not confirmed, the oldest first."""
        return chain(*self._in_flight, self._waiting)

    def _flush(self) -> None:
        self._flush_scheduled = False
        if self._delay_timer is not None:
            self._delay_timer.cancel()
            self._delay_timer = None
        if not self._open or not self._can_send:
            return
        if self._waiting:
            self.outcomes.write()
        size = 0
        batch: list[QueuedJob] = []
        while self._waiting and len(batch) < MAX_BATCH and size < MAX_BATCH_BYTES:
            item = self._waiting.popleft()
            self._waiting_bytes -= item.size
            # A capture that was answered 503 in the meantime is stored all the same.
            if item.future.done() and not isinstance(item.job, AddCapture):
                continue
            size += item.size
            batch.append(item)
        if batch and self._child.send(encode_jobs([item.job for item in batch])):
            if not self._in_flight:
                self._child.expect(BATCH_S, "a commit")
            self._in_flight.append(batch)
            self._pace.sent(self._loop.time())
        else:
            for item in batch:
                self._fail(item, "The log process has just ended.")

    def _resolve(self, results: Results) -> None:
        batch = self._in_flight.popleft()
        self._child.met()
        if self._in_flight:
            self._child.expect(BATCH_S, "a commit")
        # The state is set first, so that an error in a callback cannot prevent it.
        self._state.note(results.results)
        self._state.condition = results.condition
        if self._state.unreachable is not None:
            self._refused.watch()
        if results.positions:
            self._on_positions(results.positions)
        now = self._loop.time()
        for item, result in zip(batch, results.results, strict=True):
            if result.error is not None:
                self._fail(item, result.message, error_of(result))
                continue
            is_capture = isinstance(item.job, AddCapture)
            if not item.future.done():
                item.future.set_result(result.value if is_capture else result)
            if is_capture or isinstance(item.job, Probe):
                self._state.recent.stored(now, item.size, is_capture=is_capture)
        self._pace.confirmed([item.job for item in batch], now)
        self._expected = sum(isinstance(item.job, AddCapture) for item in batch)
        self._send_next()

    def _send_next(self) -> None:
        if self._pace.delay_s and not self._flush_scheduled:
            # When all senders that just got an answer have sent again, there is no one else to wait for. They share a
            # commit with those that wait already; else two halves would take turns.
            self._expected += len(self._waiting)
            self._flush_scheduled = True
            self._delay_timer = self._loop.call_later(self._pace.delay_s, self._flush)
        elif self._is_group:
            self._flush()
        elif not self._in_flight and not self._flush_scheduled:
            # The senders get their answers in this turn, and send again in the next one. A commit of the few captures
            # that wait now would delay all others.
            self._flush_scheduled = True
            self._loop.call_soon(self._loop.call_soon, self._flush)

    # Trouble

    def _fail(self, item: QueuedJob, why: str, error: AppError | None = None) -> None:
        if not item.future.done():
            item.future.set_exception(error or StoreUnavailable(why))
        if error is None or isinstance(error, StoreUnavailable):
            self._refused.add(item.job, item.size, why, is_unanswered=error is None)

    def _check_timeouts(self) -> None:
        self._timeout_timer = None
        late = self._loop.time() - COMMIT_WAIT_S
        for item in list(self._pending()):
            # The queue is not ordered by `since`, because timeouts differ.
            if item.since <= late and not item.future.done():
                self._fail(item, "The store did not confirm in time.")
        if self._in_flight or self._waiting:
            self._timeout_timer = self._loop.call_later(0.25, self._check_timeouts)
