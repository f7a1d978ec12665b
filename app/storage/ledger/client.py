"""The server's end of the ledger process: tells it what is new, knows how far it is, lets readers wait for it.

Nothing here can hold up what is kept: a process that hangs is killed, one that ends is started again, and a capture on
which it ends twice is skipped.
"""

import asyncio
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from ...errors import StoreUnavailable
from ...log import get_log
from ...store import READ_WAIT_S, Understanding
from ..children import Child
from ..log.client import LogClient
from ..log.jobs import Mark, NextEpoch, Result, SkipCapture
from .budget import CUT_OFF
from .protocol import (
    Begin,
    Bell,
    Damage,
    Epoch,
    FromServer,
    NeedEpoch,
    Note,
    Progress,
    Ready,
    Slow,
    decode_from_process,
    encode,
)

# No frame for so long: it hangs. It sends one each second.
HUNG_S = 10.0
OPEN_S = 60.0
# Bells of one moment are one.
GATHER_S = 0.005
AGAIN_S = 1.0
# A reader is told from then on that the ledger is behind.
TOLD_S = 1.0
# Ends on the very same capture, alone, until it is skipped.
STRIKES = 2

_log = get_log("ledger")


class LedgerClient:
    """Belongs to one event loop. `module` is started with a reader (`app/follower.py`). `on_change` is called with
    the id of each bin that readers see changed."""

    def __init__(
        self, module: str, path: Path, log_path: Path, log: LogClient, keep_open: Sequence[int],
        on_change: Callable[[str], None],
    ) -> None:  # fmt: skip
        self._path = path
        self._log_path = log_path
        self._appender = log
        self._on_change = on_change
        self._loop = asyncio.get_running_loop()
        self._child = Child(module, self, keep_open)
        self._kept: dict[int, Mark] = {}
        self._reached: dict[int, Mark] = {}
        # Bins of which something has not been followed.
        self._late: set[int] = set()
        self._waiting: dict[int, list[tuple[Mark, asyncio.Future[None]]]] = {}
        self._bell: dict[int, Mark] = {}
        self._bell_timer: asyncio.TimerHandle | None = None
        # What must be reached before the ledger counts as being in time again.
        self._due: dict[int, Mark] = {}
        self._due_since = 0.0
        self._building: dict[int, tuple[str, int, int]] = {}
        self._trouble: str | None = "the ledger is being opened"
        self._begun: Begin | None = None
        self._careful: set[int] = set()
        self._strikes: dict[tuple[int, int], int] = {}
        self._reader = ""
        self._is_first = True
        self._opened = asyncio.Event()
        self.file = ""
        """The name of the file that is open: readers open it again when it has another name. Empty: there is none."""

    @property
    def pid(self) -> int | None:
        """The process."""
        return self._child.pid

    async def start(self, marks: Sequence[Mark], within_s: float) -> None:
        """Follow a log in which the bins are so far. Returns when the ledger is open, or after a while without it."""
        self._kept = {mark.bin: mark for mark in marks}
        self._late = set(self._kept)
        self._child.start()
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._opened.wait()
        self._is_first = False

    async def close(self) -> None:
        """Let the process end its step; what it has not read it reads after the next start."""
        if self._bell_timer is not None:
            self._bell_timer.cancel()
        await self._child.close()

    def log_grew(self, marks: Sequence[Mark]) -> None:
        """The log has grown."""
        for mark in marks:
            self._kept[mark.bin] = self._bell[mark.bin] = mark
            self._late.add(mark.bin)
        self._set_due()
        if self._bell_timer is None:
            self._bell_timer = self._loop.call_later(GATHER_S, self._ring)

    async def caught_up(self, bin: int) -> None:
        """Wait until readers see what had been kept of a bin by now, and what became of its answers, at most
        `READ_WAIT_S`, and not at all while reading has stopped."""
        with suppress(TimeoutError):
            async with asyncio.timeout(READ_WAIT_S):
                await self._appender.outcomes.written()
                wanted = self._kept.get(bin)
                if wanted is not None and bin in self._late and self._trouble is None:
                    waiter = self._loop.create_future()
                    self._waiting.setdefault(bin, []).append((wanted, waiter))
                    self._ring(urgent=True)
                    await waiter

    async def all_caught_up(self) -> None:
        """The same for every bin."""
        await self._appender.outcomes.written()
        if self._late:
            await asyncio.gather(*(self.caught_up(bin) for bin in list(self._late)))

    def forget(self, bin: int) -> None:
        """The bin was deleted: no reader waits for it."""
        self._kept.pop(bin, None)
        self._due.pop(bin, None)
        self._late.discard(bin)

    def damaged(self, reason: str) -> None:
        """A reader has found that the file is no sound database."""
        self._send(Damage(reason))

    def behind(self, bin: int) -> int:
        """How many captures of a bin have not been read."""
        kept, reached = self._kept.get(bin), self._reached.get(bin)
        if kept is None or bin not in self._late:
            return 0
        return max(0, kept.n - (0 if reached is None else reached.n))

    def understanding(self, bin: int | None = None) -> Understanding:
        """How the ledger follows."""
        behind = sum(self.behind(each) for each in (self._late if bin is None else [bin]))
        if self._trouble is not None:
            return Understanding(state="stopped", reason=self._trouble, behind=behind)
        building = self._building.values() if bin is None else filter(None, [self._building.get(bin)])
        for _, done, total in building:
            return Understanding(state="building", behind=behind, done=done, total=total)
        is_old = self._due and self._loop.time() - self._due_since > TOLD_S
        return Understanding(state="behind" if behind and is_old else "ok", behind=behind)

    # The process

    def arguments(self) -> list[str]:
        """For the next start of the process."""
        self._child.expect(OPEN_S, "opening the ledger")
        first = "first" if self._is_first else "later"
        careful = json.dumps(sorted(self._careful))
        return [str(self._path), str(self._log_path), self._appender.run, first, careful]

    def received(self, data: bytes) -> None:
        """A frame of the process."""
        self._child.expect(HUNG_S, "a step of the ledger")
        frame = decode_from_process(data)
        match frame:
            case Progress():
                self._progress(frame)
            case Begin():
                self._begun = frame
            case Ready():
                self._ready(frame)
            case Slow():
                self._skip(frame.bin, frame.n, CUT_OFF, "reading it took longer than a second")
            case NeedEpoch():
                self._get_epoch()
            case Note():
                _log.error(frame.event, reason=frame.reason, trace=frame.trace)

    def ended(self, code: int | None, why: str) -> None:  # noqa: ARG002
        """It is started again; what it was reading is read one by one, and skipped in the end."""
        self.file = ""
        self._trouble = f"the process that reads is started again ({why})"
        begun, self._begun = self._begun, None
        if begun is None:
            return
        self._careful.update(bin for bin, _ in begun.places)
        if begun.alone:
            ((bin, n),) = begun.places
            strikes = self._strikes[(bin, n)] = self._strikes.get((bin, n), 0) + 1
            if n and strikes >= STRIKES:
                self._skip(bin, n, "", "reading it stopped the ledger process twice")

    def _ready(self, frame: Ready) -> None:
        self.file, self._reader = frame.file, frame.reader
        self._trouble = None
        self._reached.clear()
        self._late = set(self._kept)
        self._due.clear()
        self._set_due()
        self._opened.set()

    def _progress(self, frame: Progress) -> None:
        self._begun = None
        self._trouble = frame.trouble
        if frame.trouble is not None:
            # A start need not wait for it.
            self._opened.set()
        for mark in frame.marks:
            self._reached[mark.bin] = mark
            kept = self._kept.get(mark.bin)
            if kept is None or _reaches(mark, kept):
                self._late.discard(mark.bin)
                # Whatever stopped the process there has been passed.
                self._careful.discard(mark.bin)
            if (due := self._due.get(mark.bin)) is not None and _reaches(mark, due):
                del self._due[mark.bin]
            self._resolve(mark)
        if frame.building is not None:
            self._building = {number: (id, done, upto) for number, id, done, upto in frame.building}
        self._set_due()
        for bin_id in frame.changed:
            self._on_change(bin_id)

    def _set_due(self) -> None:
        """When all that was due is reached, everything that is kept by now is due. So a stream that never ends does not
        count as behind while each capture is read in time."""
        if not self._due and self._late:
            self._due = {bin: self._kept[bin] for bin in self._late if bin in self._kept}
            self._due_since = self._loop.time()

    def _resolve(self, mark: Mark) -> None:
        waiting = self._waiting.get(mark.bin)
        if waiting is None:
            return
        left = []
        for wanted, waiter in waiting:
            if waiter.done():
                continue
            if _reaches(mark, wanted):
                waiter.set_result(None)
            else:
                left.append((wanted, waiter))
        if left:
            self._waiting[mark.bin] = left
        else:
            del self._waiting[mark.bin]

    def _ring(self, *, urgent: bool = False) -> None:
        if self._bell_timer is not None:
            self._bell_timer.cancel()
            self._bell_timer = None
        if self._bell or urgent:
            self._send(Bell(list(self._bell.values()), urgent))
            self._bell.clear()

    def _send(self, frame: FromServer) -> None:
        # Without a process nothing is lost: the next one compares every bin.
        self._child.send(encode(frame))

    def _get_epoch(self) -> None:
        try:
            future = self._appender.submit(NextEpoch())
        except StoreUnavailable:
            self._loop.call_later(AGAIN_S, self._get_epoch)
            return
        future.add_done_callback(self._give_epoch)

    def _give_epoch(self, future: "asyncio.Future[Result]") -> None:
        if future.cancelled() or future.exception() is not None:
            self._loop.call_later(AGAIN_S, self._get_epoch)
        else:
            self._send(Epoch(future.result().value))

    def _skip(self, bin: int, n: int, how: str, why: str) -> None:
        _log.error("capture.skipped", bin=bin, n=n, reason=why)
        with suppress(StoreUnavailable):
            self._appender.submit(SkipCapture(bin, n, self._reader + how)).add_done_callback(_read_exception)


def _reaches(reached: Mark, wanted: Mark) -> bool:
    return (
        reached.n >= wanted.n and reached.k >= wanted.k and reached.d >= wanted.d and reached.version >= wanted.version
    )


def _read_exception(future: "asyncio.Future[Result]") -> None:
    if not future.cancelled():
        future.exception()
