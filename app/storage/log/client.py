"""The server's end of the log process: hands over batches, resolves futures, knows how keeping goes.

Group commit without a timer: while one batch is on its way to the disk, the next one gathers. When that is as large as
the one before, it goes ahead, so that the process need not wait for us between the two. What cannot be confirmed in
`COMMIT_WAIT_S` is `StoreUnavailable`; the row may still appear, which the sender's retry then doubles, but nothing is
ever acknowledged that is not on disk (P2).
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from ... import clock
from ...errors import AppError, CannotStart, Conflict, NotFound, StoreUnavailable
from ...store import COMMIT_WAIT_S, Health
from ..children import Child
from ..process import DOUBT
from .jobs import (
    AddCapture,
    Job,
    Mark,
    Opened,
    Probe,
    Result,
    Results,
    decode_opened,
    decode_results,
    encode_jobs,
)
from .outcomes import Outcomes
from .pace import Pace
from .state import State

MAX_BATCH = 256
# A commit costs as much as ten captures in it: fewer wait for those that this turn of the loop brings, and go ahead of
# no other batch.
ENOUGH = 12
MAX_BATCH_BYTES = 8 << 20
MAX_WAITING_BYTES = 64 << 20
JOB_BYTES = 512
# A process that takes longer is killed. After doubt the whole file is checked.
OPEN_S, CHECK_S, BATCH_S = 60.0, 3_600.0, 10.0
# While writes are refused it is tried so often whether they work again.
TRY_AGAIN_S = 1.0
MODULE = f"{__package__}.process"


class _Waiting(msgspec.Struct):
    job: Job
    size: int
    since: float
    # Of a capture its n, of any other job the result.
    future: asyncio.Future[Any]


class LogClient:
    """Belongs to one event loop. `on_marks` is called with how far the bins are, before the futures are resolved."""

    def __init__(self, path: Path, keep_open: Sequence[int], on_marks: Callable[[Sequence[Mark]], None]) -> None:
        self._path = path
        self._on_marks = on_marks
        self._loop = asyncio.get_running_loop()
        self._child = Child(MODULE, self, keep_open)
        self._started: asyncio.Future[Opened] = self._loop.create_future()
        self._open = False
        self._run = clock.new_id()
        # Of the log that was opened first: no other one takes its place while we run.
        self._log_id = ""
        self._waiting: deque[_Waiting] = deque()
        self._waiting_bytes = 0
        self._in_flight: deque[list[_Waiting]] = deque()
        self._flush_soon = False
        # On a slow disk the next commit waits for so many captures, until the timer ends.
        self._company = 0
        self._patience: asyncio.TimerHandle | None = None
        self._pace = Pace()
        self._watch: asyncio.TimerHandle | None = None
        self._try_again: asyncio.TimerHandle | None = None
        self._closing = False
        self._state = State(path.with_suffix(".suspect"))
        self.outcomes = Outcomes(self.submit)
        """What became of answers goes through here."""

    @property
    def run(self) -> str:
        """The name of this opening of the log."""
        return self._run

    @property
    def pid(self) -> int | None:
        """The process."""
        return self._child.pid

    @property
    def waiting(self) -> int:
        """Jobs that no process has taken yet."""
        return len(self._waiting)

    async def start(self) -> Opened:
        """Return when the log is open. CannotStart says what is wrong."""
        self._state.look_for_the_mark()
        self._child.start()
        return await self._started

    def health(self) -> Health:
        """How keeping goes."""
        return self._state.health(self._loop.time())

    def probe_size(self) -> int:
        """What a probe must write to say that captures can be kept."""
        return self._state.recent.full_size

    def append(self, job: AddCapture) -> asyncio.Future[int]:
        """A capture: its n, when it is durable. StoreUnavailable."""
        return self._queue(job, COMMIT_WAIT_S)

    def submit(self, job: Job, *, patience_s: float = COMMIT_WAIT_S) -> asyncio.Future[Result]:
        """Any other job: queued on return, durable when the future resolves; StoreUnavailable after `patience_s`."""
        return self._queue(job, patience_s)

    def _queue(self, job: Job, patience_s: float) -> asyncio.Future[Any]:
        size = _size_of(job)
        why = self._state.refusal or ("The store is closing." if self._closing else None)
        if why is None and self._waiting_bytes + size > MAX_WAITING_BYTES:
            why = "The write queue is full."
        if why is not None:
            self._refused(job, size, why)
            raise StoreUnavailable(why)
        future: asyncio.Future[Any] = self._loop.create_future()
        self._waiting.append(_Waiting(job, size, self._loop.time() + patience_s - COMMIT_WAIT_S, future))
        self._waiting_bytes += size
        if self._patience is not None:
            if len(self._waiting) >= self._company:
                self._loop.call_soon(self._flush)
        elif self._may_go:
            self._flush_in_a_turn()
        if self._watch is None:
            self._watch = self._loop.call_later(0.25, self._look_at_the_clock)
        return future

    async def close(self) -> None:
        """Write what waits, then let the process end. Bounded by `COMMIT_WAIT_S`."""
        self.outcomes.write()
        self._closing = True
        pending = [item.future for item in self._pending()]
        if pending and self._open:
            await asyncio.wait(pending, timeout=COMMIT_WAIT_S)
        for timer in (self._watch, self._try_again):
            if timer is not None:
                timer.cancel()
        await self._child.close()
        while self._waiting:
            self._fail(self._waiting.popleft(), "The store is closing.")

    # The process

    def arguments(self) -> list[str]:
        """For the next start of the process."""
        doubt = self._state.doubt is not None
        self._child.expect(CHECK_S if doubt else OPEN_S, "opening the log")
        return [str(self._path), self._run, "doubt" if doubt else "sound", self._log_id]

    def received(self, data: bytes) -> None:
        """Its first frame, or the results of a batch."""
        if self._open:
            self._resolve(decode_results(data))
        else:
            self._opened(decode_opened(data))

    def ended(self, code: int | None, why: str) -> None:
        """What it had in hand is unknown, so it is not acknowledged."""
        self._state.ended(why, in_doubt=code == DOUBT)
        self._open = False
        for item in chain(*self._in_flight):
            self._fail(item, "The log process stopped before it could confirm.")
        self._in_flight.clear()
        self._pace = Pace()
        if not self._started.done() and not self._closing:
            self._started.set_exception(CannotStart(f"The log process ended before the log was open: {why}."))

    def _opened(self, first: Opened) -> None:
        self._child.met()
        if first.error is not None:
            self._state.not_opened(first.error)
            if not self._started.done():
                self._started.set_exception(CannotStart(first.error))
            return
        self._state.opened()
        self._open, self._log_id = True, first.log
        if not self._started.done():
            self._started.set_result(first)
        self._flush()

    # Batches

    def _flush_in_a_turn(self) -> None:
        """What arrives in the same turn of the loop shares a commit."""
        if not self._flush_soon:
            self._flush_soon = True
            self._loop.call_soon(self._flush)

    @property
    def _may_go(self) -> bool:
        """Nothing is in flight, or one batch that is no larger than what waits, on a quick disk."""
        if not self._in_flight:
            return True
        if self._pace.patience_s or len(self._in_flight) > 1:
            return False
        return len(self._waiting) >= max(ENOUGH, len(self._in_flight[0]))

    def _pending(self) -> Iterator[_Waiting]:
        """The oldest first."""
        return chain(*self._in_flight, self._waiting)

    def _flush(self) -> None:
        self._flush_soon = False
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
        if not self._open or not self._may_go:
            return
        if self._waiting:
            self.outcomes.write()
        size = 0
        batch: list[_Waiting] = []
        while self._waiting and len(batch) < MAX_BATCH and size < MAX_BATCH_BYTES:
            item = self._waiting.popleft()
            self._waiting_bytes -= item.size
            # A capture that was answered 503 meanwhile is kept all the same.
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
        # The state comes first, whatever happens to the rest.
        self._state.note(results.results)
        self._state.condition = results.condition
        if results.marks:
            self._on_marks(results.marks)
        now = self._loop.time()
        for item, result in zip(batch, results.results, strict=True):
            if result.error is not None:
                self._fail(item, result.message, _error(result))
                continue
            is_capture = isinstance(item.job, AddCapture)
            if not item.future.done():
                item.future.set_result(result.value if is_capture else result)
            if is_capture or isinstance(item.job, Probe):
                self._state.recent.stored(now, item.size)
        self._pace.confirmed([item.job for item in batch], now)
        self._go_on(sum(isinstance(item.job, AddCapture) for item in batch))

    def _go_on(self, captures: int) -> None:
        if self._pace.patience_s and not self._flush_soon:
            # Mostly those who were just answered come again, and when all have, there is no sender to wait for.
            self._flush_soon, self._company = True, captures
            self._patience = self._loop.call_later(self._pace.patience_s, self._flush)
        elif len(self._waiting) < ENOUGH:
            self._flush_in_a_turn()
        else:
            self._flush()

    # Trouble

    def _fail(self, item: _Waiting, why: str, error: AppError | None = None) -> None:
        if not item.future.done():
            item.future.set_exception(error or StoreUnavailable(why))
        if error is None or isinstance(error, StoreUnavailable):
            self._refused(item.job, item.size, why)

    def _refused(self, job: Job, size: int, why: str) -> None:
        if isinstance(job, AddCapture | Probe) and not self._closing:
            self._state.recent.refused(self._loop.time(), size, why)
            if self._try_again is None:
                self._try_again = self._loop.call_later(TRY_AGAIN_S, self._try)

    def _try(self) -> None:
        """Whether what was refused works again: no sender may come for a while."""
        self._try_again = None
        if self._state.recent.reason is not None:
            with suppress(StoreUnavailable):
                self.submit(Probe(self._state.recent.full_size)).add_done_callback(_read_exception)
            if self._try_again is None and not self._closing:
                self._try_again = self._loop.call_later(TRY_AGAIN_S, self._try)

    def _look_at_the_clock(self) -> None:
        self._watch = None
        late = self._loop.time() - COMMIT_WAIT_S
        for item in list(self._pending()):
            # Not in the order of `since`: some have more patience.
            if item.since <= late and not item.future.done():
                self._fail(item, "The disk did not confirm in time.")
        if self._in_flight or self._waiting:
            self._watch = self._loop.call_later(0.25, self._look_at_the_clock)


def _size_of(job: Job) -> int:
    if isinstance(job, AddCapture):
        return JOB_BYTES + len(job.body) + len(job.head)
    return job.size if isinstance(job, Probe) else JOB_BYTES


def _read_exception(future: asyncio.Future[Result]) -> None:
    if not future.cancelled():
        future.exception()


def _error(result: Result) -> AppError:
    match result.error:
        case "not_found":
            return NotFound(result.message)
        case "conflict":
            return Conflict(result.message)
        case _:
            return StoreUnavailable(result.message)
