"""The server's end of the writer process: hands over batches, resolves futures, starts it again when it dies.

Group commit without a timer: while one batch is on its way to the disk, the next one gathers. When that is as large as
the one before, it goes ahead, so that the process need not wait for us between the two. Whatever cannot be confirmed in
`COMMIT_WAIT_S` is `StoreUnavailable`; the row may still appear, which the sender's retry then doubles, but nothing is
ever acknowledged that is not on disk (P2).
"""

import asyncio
import os
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import cast

import msgspec

from ..errors import AppError, CannotStart, Conflict, NotFound, StoreUnavailable
from . import COMMIT_WAIT_S, Health
from .jobs import AddCapture, Job, Result, Value, decode_results, encode_jobs
from .pace import Pace

MAX_BATCH = 256
# A commit costs as much as ten captures in it: fewer wait for those that this turn of the loop brings, and go ahead of
# nobody.
ENOUGH = 12
MAX_BATCH_BYTES = 8 << 20
MAX_WAITING_BYTES = 64 << 20
RESTART_S = 1.0
BUSY_S = 0.1
START_S = 60.0
JOB_BYTES = 512
CHILD = f"{__package__}.child"


class _Waiting(msgspec.Struct):
    job: Job
    size: int
    since: float
    future: asyncio.Future[Value]


class Writer(asyncio.Protocol):
    """One child process at a time. Belongs to one event loop."""

    def __init__(self, database: Path, keep_open: int) -> None:
        self._database = database
        self._keep_open = keep_open
        self._loop = asyncio.get_running_loop()
        self._child: subprocess.Popen[bytes] | None = None
        self._transport: asyncio.WriteTransport | None = None
        self._started: asyncio.Future[None] = self._loop.create_future()
        self._open = False
        self._received = bytearray()
        self._waiting: deque[_Waiting] = deque()
        self._waiting_bytes = 0
        self._in_flight: deque[list[_Waiting]] = deque()
        self._flush_soon = False
        self._pace = Pace()
        self._watch: asyncio.TimerHandle | None = None
        self._restart: asyncio.TimerHandle | None = None
        self._gone: asyncio.Event = asyncio.Event()
        self._closing = False
        self._last_capture = -BUSY_S
        self._health = Health(state="ok")

    @property
    def health(self) -> Health:
        """The state after the last batch."""
        return self._health

    @property
    def is_busy(self) -> bool:
        """A capture was submitted within the last `BUSY_S`."""
        return self._loop.time() - self._last_capture < BUSY_S

    @property
    def waiting(self) -> int:
        """Jobs that no process has taken yet."""
        return len(self._waiting)

    async def start(self) -> None:
        """Return when the database is open, checked and migrated. CannotStart says what is wrong."""
        await self._spawn()
        async with asyncio.timeout(START_S):
            await self._started

    def submit(self, job: Job, *, patience_s: float = COMMIT_WAIT_S) -> asyncio.Future[Value]:
        """Queued on return; durable when the future resolves. After `patience_s` nobody waits any more."""
        if self._closing or self._health.state == "suspect":
            raise StoreUnavailable(self._health.reason or "The store is closing.")
        size = JOB_BYTES + (len(job.body) + len(job.headers) if isinstance(job, AddCapture) else 0)
        if self._waiting_bytes + size > MAX_WAITING_BYTES:
            raise StoreUnavailable("More is waiting to be written than fits in memory.")
        future: asyncio.Future[Value] = self._loop.create_future()
        now = self._loop.time()
        if isinstance(job, AddCapture):
            self._last_capture = now
        since = now + patience_s - COMMIT_WAIT_S
        self._waiting.append(_Waiting(job, size, since, future))
        self._waiting_bytes += size
        if self._may_go:
            self._flush_in_a_turn()
        if self._watch is None:
            self._watch = self._loop.call_later(0.25, self._look_at_the_clock)
        return future

    async def close(self) -> None:
        """Write what waits, then let the process end. Bounded by `COMMIT_WAIT_S`."""
        self._closing = True
        pending = [item.future for item in self._pending()]
        if pending:
            await asyncio.wait(pending, timeout=COMMIT_WAIT_S)
        for timer in (self._watch, self._restart):
            if timer is not None:
                timer.cancel()
        if self._transport is not None:
            self._transport.close()
            await self._gone.wait()
        if self._child is not None:
            await asyncio.to_thread(self._child.wait, COMMIT_WAIT_S)

    # The process

    async def _spawn(self) -> None:
        if self._child is not None:
            await asyncio.to_thread(self._child.wait)
        self._gone.clear()
        await self._loop.create_connection(lambda: self, sock=self._start_child())

    def _start_child(self) -> socket.socket:
        """The process, and our end of the pipe to it. It holds the lock too, until its last batch is done."""
        ours, theirs = socket.socketpair()
        # The child imports this very package, wherever it lies and whatever the working directory is.
        top = Path(__file__).resolve().parents[__package__.count(".") + 1]
        search = os.pathsep.join(filter(None, (str(top), os.environ.get("PYTHONPATH"))))
        with theirs:
            self._child = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", CHILD, str(theirs.fileno()), str(self._database)],
                pass_fds=(theirs.fileno(), self._keep_open),
                stdin=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": search},
            )
        ours.setblocking(False)
        return ours

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The pipe to the process stands; it still has to say that the database is open."""
        # uvloop's are none by inheritance.
        self._transport = cast(asyncio.WriteTransport, transport)
        # Backpressure is ours: two batches of about MAX_BATCH_BYTES are on their way at most.
        self._transport.set_write_buffer_limits(high=2 * MAX_BATCH_BYTES)
        self._received.clear()
        self._pace = Pace()

    def data_received(self, data: bytes) -> None:
        """Collect whole frames."""
        self._received += data
        while len(self._received) >= 4:
            end = 4 + int.from_bytes(self._received[:4])
            if len(self._received) < end:
                return
            results = decode_results(bytes(self._received[4:end]))
            del self._received[:end]
            self._resolve(results)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """The process ended: what it had in hand is unknown, so it is not acknowledged."""
        self._transport = None
        self._gone.set()
        for item in chain(*self._in_flight):
            _fail(item, StoreUnavailable("The writer stopped before it could confirm."))
        self._in_flight.clear()
        self._open = False
        if not self._started.done():
            self._started.set_exception(CannotStart("The writer process ended before the database was open."))
        elif not self._closing and not self._started.exception():
            if self._health.state == "ok":
                self._health = Health(state="full", reason="The writer process ended and is being started again.")
            self._restart = self._loop.call_later(RESTART_S, self._start_again)

    def _start_again(self) -> None:
        from ..tasks import lifelong

        lifelong(self._spawn(), name="writer.restart")

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
        if self._transport is None or not self._open or not self._may_go:
            return
        size = 0
        batch: list[_Waiting] = []
        while self._waiting and len(batch) < MAX_BATCH and size < MAX_BATCH_BYTES:
            item = self._waiting.popleft()
            self._waiting_bytes -= item.size
            if item.future.done() and not isinstance(item.job, AddCapture):
                continue
            size += item.size
            batch.append(item)
        if batch:
            self._in_flight.append(batch)
            self._pace.sent(self._loop.time())
            frame = encode_jobs([item.job for item in batch])
            self._transport.write(len(frame).to_bytes(4) + frame)

    def _resolve(self, results: list[Result]) -> None:
        if not self._open:
            self._opened(results[0])
            return
        batch = self._in_flight.popleft()
        for item, result in zip(batch, results, strict=True):
            if result.error is None:
                if not item.future.done():
                    item.future.set_result(result.value if result.names is None else result.names)
            else:
                self._note(result)
                _fail(item, _error(result))
        if results[-1].error is None:
            self._health = Health(state="ok") if self._health.state == "full" else self._health
        self._pace.confirmed([item.job for item in batch], self._loop.time())
        if self._pace.patience_s and not self._flush_soon:
            self._flush_soon = True
            self._loop.call_later(self._pace.patience_s, self._flush)
        elif len(self._waiting) < ENOUGH:
            self._flush_in_a_turn()
        else:
            self._flush()

    def _opened(self, first: Result) -> None:
        self._open = first.error is None
        if not self._started.done():
            if self._open:
                self._started.set_result(None)
            else:
                self._started.set_exception(CannotStart(first.message))
        if self._open:
            self._flush()

    def _note(self, result: Result) -> None:
        if result.error == "suspect":
            # After one failed fsync the kernel may have dropped pages that SQLite believes written: only a
            # restart, which checks the whole file, may trust it again.
            self._database.with_suffix(".suspect").touch()
            self._health = Health(state="suspect", reason=result.message)
        elif result.error == "full":
            self._health = Health(state="full", reason=result.message)

    def _look_at_the_clock(self) -> None:
        self._watch = None
        late = self._loop.time() - COMMIT_WAIT_S
        for item in self._pending():
            if item.since > late:
                break
            _fail(item, StoreUnavailable("The disk did not confirm in time."))
        while self._waiting and self._waiting[0].future.done():
            self._waiting_bytes -= self._waiting.popleft().size
        if self._in_flight or self._waiting:
            self._watch = self._loop.call_later(0.25, self._look_at_the_clock)


def _fail(item: _Waiting, error: AppError) -> None:
    if not item.future.done():
        item.future.set_exception(error)


def _error(result: Result) -> AppError:
    match result.error:
        case "not_found":
            return NotFound(result.message)
        case "conflict":
            return Conflict(result.message)
        case _:
            return StoreUnavailable(result.message)
