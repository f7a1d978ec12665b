"""The server's end of the ledger process: sends new positions of the log, tracks the position of the ledger, and
lets reads wait for it.

Nothing here can block storing captures: a process that hangs is killed, one that ends is restarted, and a capture on
which it ends twice is skipped.
"""

import asyncio
import json
from collections.abc import Callable, Sequence
from contextlib import suppress

from ...errors import StoreUnavailable
from ...log import get_log
from ...store import READ_WAIT_S, LedgerStatus
from ..children import Child, Program
from ..log.client import LogClient
from ..log.jobs import NextEpoch, SkipCapture
from ..log.refused import read_exception
from ..log.results import LogPosition, Result
from .protocol import (
    Epoch,
    FromServer,
    LedgerDamaged,
    LedgerOpened,
    LedgerProgress,
    LogEvent,
    LogGrew,
    NeedEpoch,
    ReadingBegins,
    ReadingCutOff,
    decode_from_process,
    encode,
    reaches,
)
from .read_timer import CUT_OFF

# The process sends a frame each second. Without one for this time it hangs. A capture that is parsed alone is not to
# blame for a slow database, which is waited for longer: PostgreSQL itself ends a statement after 60 s.
HUNG_S = 10.0
WAITS_S = 90.0
OPEN_S = 60.0
# Notifications within this time are sent as one frame.
GATHER_S = 0.005
RETRY_S = 1.0
# From this delay on the ledger is reported as behind.
BEHIND_AFTER_S = 1.0
# How often the process may end on the same capture, parsed alone, before the capture is skipped.
MAX_ENDS = 2

_log = get_log("ledger")


class LedgerClient:
    """Use from one event loop only. `program` is run as the process (`app/follower.py`). `on_change` is called with
    the id of each bin whose readable state has changed."""

    def __init__(
        self, program: Program, log: LogClient, keep_open: Sequence[int], on_change: Callable[[str], None]
    ) -> None:
        self._place = program.place
        self._appender = log
        self._on_change = on_change
        self._loop = asyncio.get_running_loop()
        self._child = Child(program.module, self, keep_open, first=program.first)
        self._log_positions: dict[int, LogPosition] = {}
        self._ledger_positions: dict[int, LogPosition] = {}
        # Bins with something that is not in the ledger yet.
        self._behind: set[int] = set()
        self._waiting: dict[int, list[tuple[LogPosition, asyncio.Future[None]]]] = {}
        self._grown: dict[int, LogPosition] = {}
        self._grown_timer: asyncio.TimerHandle | None = None
        # Positions that must be reached before the ledger is in time again.
        self._due: dict[int, LogPosition] = {}
        self._due_since = 0.0
        self._building: dict[int, tuple[str, int, int]] = {}
        self._trouble: str | None = "the ledger is being opened"
        self._begun: ReadingBegins | None = None
        self._one_by_one: set[int] = set()
        self._ends: dict[tuple[int, int], int] = {}
        self._reader = ""
        self._is_first = True
        self._opened = asyncio.Event()
        self.file = ""
        """The name of the open file. Readers open the file again when the name changes. Empty: there is no file."""

    @property
    def pid(self) -> int | None:
        """The id of the process, or None."""
        return self._child.pid

    async def start(self, positions: Sequence[LogPosition], within_s: float) -> None:
        """Follow a log with these positions. Returns when the ledger is open, or after `within_s`."""
        self._log_positions = {position.bin: position for position in positions}
        self._behind = set(self._log_positions)
        self._child.start()
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._opened.wait()
        self._is_first = False

    async def close(self) -> None:
        """Let the process finish its step; the rest is processed after the next start."""
        if self._grown_timer is not None:
            self._grown_timer.cancel()
        await self._child.close()

    def log_grew(self, positions: Sequence[LogPosition]) -> None:
        """The log has new positions."""
        for position in positions:
            self._log_positions[position.bin] = self._grown[position.bin] = position
            self._behind.add(position.bin)
        self._set_due()
        if self._grown_timer is None:
            self._grown_timer = self._loop.call_later(GATHER_S, self._send_growth)

    async def caught_up(self, bin: int) -> None:
        """Wait until reads show everything that is stored of a bin now, including the outcomes of its answers; at
        most `READ_WAIT_S`, and not at all while the ledger is stopped."""
        await self._until_reached(bin)

    async def all_caught_up(self) -> None:
        """The same for all bins."""
        await self._appender.outcomes.written()
        if self._behind:
            await asyncio.gather(*map(self._until_reached, list(self._behind)))

    async def _until_reached(self, bin: int) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(READ_WAIT_S):
                await self._appender.outcomes.written()
                wanted = self._log_positions.get(bin)
                if wanted is not None and bin in self._behind and self._trouble is None:
                    waiter = self._loop.create_future()
                    self._waiting.setdefault(bin, []).append((wanted, waiter))
                    self._send_growth(urgent=True)
                    await waiter

    def forget(self, bin: int) -> None:
        """The bin was deleted: no read waits for it."""
        self._log_positions.pop(bin, None)
        self._due.pop(bin, None)
        self._behind.discard(bin)

    def damaged(self, reason: str) -> None:
        """A reader found that the file is damaged."""
        self._send(LedgerDamaged(reason))

    def behind(self, bin: int) -> int:
        """How many captures of a bin are not in the ledger yet."""
        in_log, in_ledger = self._log_positions.get(bin), self._ledger_positions.get(bin)
        if in_log is None or bin not in self._behind:
            return 0
        return max(0, in_log.n - (0 if in_ledger is None else in_ledger.n))

    def ledger_status(self, bin: int | None = None) -> LedgerStatus:
        """The state of the ledger, over all bins or for one."""
        behind = sum(self.behind(each) for each in (self._behind if bin is None else [bin]))
        if self._trouble is not None:
            return LedgerStatus(state="stopped", reason=self._trouble, behind=behind)
        building = self._building.values() if bin is None else filter(None, [self._building.get(bin)])
        for _, done, total in building:
            return LedgerStatus(state="building", behind=behind, done=done, total=total)
        is_old = self._due and self._loop.time() - self._due_since > BEHIND_AFTER_S
        return LedgerStatus(state="behind" if behind and is_old else "ok", behind=behind)

    # The process

    def arguments(self) -> list[str]:
        """Arguments for the next start of the process."""
        self._child.expect(OPEN_S, "opening the ledger")
        first = "first" if self._is_first else "later"
        one_by_one = json.dumps(sorted(self._one_by_one))
        return [*self._place, self._appender.run, first, one_by_one]

    def received(self, data: bytes) -> None:
        """Handle a frame of the process."""
        self._child.expect(HUNG_S, "a step of the ledger")
        frame = decode_from_process(data)
        match frame:
            case LedgerProgress():
                self.note_progress(frame)
            case ReadingBegins():
                self._begun = frame
                if frame.waits:
                    self._child.expect(WAITS_S, "the database in a step of the ledger")
            case LedgerOpened():
                self._ready(frame)
            case ReadingCutOff():
                self._skip(frame.bin, frame.n, CUT_OFF, "reading it took longer than a second")
            case NeedEpoch():
                self._request_epoch()
            case LogEvent():
                _log.error(frame.event, reason=frame.reason, trace=frame.trace)

    def ended(self, code: int | None, why: str) -> None:  # noqa: ARG002
        """The process has ended and is restarted. The captures that it was parsing are parsed one by one, and the
        one that fails is skipped in the end."""
        # Readers continue with the file as it is: the next process says so if it has replaced it.
        self._trouble = f"the process that reads is started again ({why})"
        begun, self._begun = self._begun, None
        if begun is None:
            return
        self._one_by_one.update(bin for bin, _ in begun.places)
        if begun.alone:
            ((bin, n),) = begun.places
            ends = self._ends[(bin, n)] = self._ends.get((bin, n), 0) + 1
            if n and ends >= MAX_ENDS:
                self.skip(bin, n)

    def skip(self, bin: int, n: int) -> None:
        """The process has ended on this capture too often."""
        self._skip(bin, n, "", "reading it stopped the ledger process twice")

    def _ready(self, frame: LedgerOpened) -> None:
        self.file, self._reader = frame.file, frame.reader
        self._trouble = None
        self._ledger_positions.clear()
        self._behind = set(self._log_positions)
        self._due.clear()
        self._set_due()
        self._opened.set()

    def note_progress(self, frame: LedgerProgress) -> None:
        """The process has made progress."""
        self._begun = None
        self._trouble = frame.trouble
        if frame.trouble is not None:
            # The start of the server does not wait for it.
            self._opened.set()
        for position in frame.positions:
            self._ledger_positions[position.bin] = position
            in_log = self._log_positions.get(position.bin)
            if in_log is None or reaches(position, in_log):
                self._behind.discard(position.bin)
                # The capture that ended the process has been passed.
                self._one_by_one.discard(position.bin)
            if (due := self._due.get(position.bin)) is not None and reaches(position, due):
                del self._due[position.bin]
            self._resolve(position)
        if frame.building is not None:
            self._building = {number: (id, done, upto) for number, id, done, upto in frame.building}
        self._set_due()
        for bin_id in frame.changed:
            self._on_change(bin_id)

    def _set_due(self) -> None:
        """When all due positions are reached, the current positions become due. So a permanent stream of captures
        does not count as behind while each of them is processed in time."""
        if not self._due and self._behind:
            self._due = {bin: self._log_positions[bin] for bin in self._behind if bin in self._log_positions}
            self._due_since = self._loop.time()

    def _resolve(self, position: LogPosition) -> None:
        waiting = self._waiting.get(position.bin)
        if waiting is None:
            return
        left = []
        for wanted, waiter in waiting:
            if waiter.done():
                continue
            if reaches(position, wanted):
                waiter.set_result(None)
            else:
                left.append((wanted, waiter))
        if left:
            self._waiting[position.bin] = left
        else:
            del self._waiting[position.bin]

    def _send_growth(self, *, urgent: bool = False) -> None:
        if self._grown_timer is not None:
            self._grown_timer.cancel()
            self._grown_timer = None
        if self._grown or urgent:
            self._send(LogGrew(list(self._grown.values()), urgent))
            self._grown.clear()

    def _send(self, frame: FromServer) -> None:
        # Nothing is lost without a process: a new one compares the positions of all bins.
        self._child.send(encode(frame))

    def _request_epoch(self) -> None:
        try:
            future = self._appender.submit(NextEpoch())
        except StoreUnavailable:
            self._loop.call_later(RETRY_S, self._request_epoch)
            return
        future.add_done_callback(self._send_epoch)

    def _send_epoch(self, future: "asyncio.Future[Result]") -> None:
        if future.cancelled() or future.exception() is not None:
            self._loop.call_later(RETRY_S, self._request_epoch)
        else:
            self._send(Epoch(future.result().value))

    def _skip(self, bin: int, n: int, how: str, why: str) -> None:
        _log.error("capture.skipped", bin=bin, n=n, reason=why)
        with suppress(StoreUnavailable):
            self._appender.submit(SkipCapture(bin, n, self._reader + how)).add_done_callback(read_exception)
