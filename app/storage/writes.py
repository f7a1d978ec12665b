"""The writes of `Store`: each is a job of the log. Every engine has the same."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar

import msgspec

from .. import clock
from ..domain.annotations import AnnotationChange
from ..domain.bins import Bin, NewBin
from ..domain.captures import NewCapture, NewOutcome
from ..domain.units import micros
from ..domain.withheld import write_withheld
from ..store import Health, LedgerStatus, StepResult, SweepResult
from .log import jobs
from .log.jobs import Job
from .packing import pack
from .reads.bins import BinReads

# After a crash, many captures may have to be examined at the start.
SETTLE_WAIT_S = 60.0


class StoreWrites(BinReads):
    """Implements `Store`, which documents the methods."""

    # Bins at the opening, with the number of their last capture.
    _found: dict[int, int]
    _seen_at: datetime | None

    # Set by each engine.
    _is_shared: ClassVar[bool]

    @property
    def is_shared(self) -> bool:
        return self._is_shared

    # Bins

    async def add_bin(self, new: NewBin) -> Bin:
        stuck_s = int(new.stuck_after.total_seconds())
        made_at = micros(new.created_at)
        job = jobs.AddBin(new.id, new.key, new.name, new.provider, _seconds(new.retention), stuck_s, made_at)
        await self._appender.submit(job)
        return await self.get_bin(new.id)

    async def set_bin(
        self, bin_id: str, *, name: str, provider: str | None, retention: timedelta | None, stuck_after: timedelta
    ) -> Bin:
        stuck_s = int(stuck_after.total_seconds())
        await self._appender.submit(jobs.SetBin(bin_id, name, provider, _seconds(retention), stuck_s))
        return await self.get_bin(bin_id)

    async def rotate_key(self, bin_id: str, key: str) -> Bin:
        await self._appender.submit(jobs.RotateKey(bin_id, key, micros(clock.now())))
        return await self.get_bin(bin_id)

    async def drop_bin(self, bin_id: str) -> None:
        number = await self._number(bin_id)
        await self._appender.submit(jobs.DropBin(bin_id))
        self._numbers.pop(bin_id, None)
        await self._follower.caught_up(number)
        self._follower.forget(number)

    # Captures

    def add_capture(self, new: NewCapture) -> asyncio.Future[int]:
        raw, hit = new.raw, new.fault
        return self._appender.append(
            jobs.AddCapture(
                new.bin_id, micros(raw.received_at), new.role.value, raw.method, raw.target, raw.peer,
                raw.http_version, raw.head, raw.body, raw.body_complete, new.provider,
                None if hit is None else pack(hit), None if hit is None else hit.fault, new.simulated,
                raw.framing, raw.refused, None if raw.withheld is None else write_withheld(raw.withheld).decode(),
                new.answer_version if self.is_shared else None, new.mark,
            )
        )  # fmt: skip

    def note_outcome(self, new: NewOutcome) -> None:
        self._appender.outcomes.note(_outcome(new))

    async def settle_unanswered(self, within: timedelta, note: str) -> None:
        job = jobs.SettleUnanswered(int(within.total_seconds() * 1_000_000), note, self._found)
        await self._appender.submit(job, timeout_s=SETTLE_WAIT_S)

    async def drop_capture(self, bin_id: str, n: int) -> None:
        number = await self._number(bin_id)
        await self._appender.submit(jobs.DropCapture(bin_id, n))
        await self._follower.caught_up(number)

    async def drop_captures(self, bin_id: str, upto: int | None = None) -> None:
        number = await self._number(bin_id)
        await self._appender.submit(jobs.DropCaptures(bin_id, upto))
        await self._follower.caught_up(number)

    async def drop_some(self, bin_id: str, numbers: Sequence[int]) -> StepResult:
        return await self._step(bin_id, numbers, jobs.DropSome(bin_id, list(numbers)))

    async def annotate(self, bin_id: str, numbers: Sequence[int], change: AnnotationChange) -> StepResult:
        return await self._step(bin_id, numbers, jobs.Annotate(bin_id, list(numbers), change))

    async def _step(self, bin_id: str, numbers: Sequence[int], job: Job) -> StepResult:
        number = await self._number(bin_id)
        result = await self._appender.submit(job)
        await self._follower.caught_up(number)
        handled = len(numbers) if result.next is None else result.next
        return StepResult(changed=result.value, handled=handled, refused=result.refused)

    async def sweep(self, now: datetime, default_retention: timedelta, after: int = 0) -> SweepResult:
        kept_s = _seconds(default_retention) or 0
        result = await self._appender.submit(jobs.Sweep(micros(now), kept_s, after, False))
        return SweepResult(removed=result.value, next=result.next)

    async def erase(self) -> SweepResult:
        result = await self._appender.submit(jobs.Sweep(0, 0, 0, True))
        return SweepResult(removed=result.value, next=result.next)

    async def reread(self, bin_id: str) -> None:
        await self._appender.submit(jobs.RequestReread(bin_id))

    # The store itself

    async def probe(self) -> None:
        await self._appender.submit(jobs.Probe(self._appender.probe_size()))

    def health(self) -> Health:
        return self._appender.health()

    def ledger_status(self, bin_id: str | None = None) -> LedgerStatus:
        return self._follower.ledger_status(None if bin_id is None else self._numbers.get(bin_id))

    def last_seen(self) -> datetime | None:
        return self._seen_at

    async def note_time(self, now: datetime) -> None:
        await self._appender.submit(jobs.NoteTime(micros(now)))


def _seconds(value: timedelta | None) -> int | None:
    return None if value is None else int(value.total_seconds())


def _outcome(new: NewOutcome) -> jobs.OutcomeRecord:
    outcome = new.outcome
    return jobs.OutcomeRecord(
        new.bin_id, new.n, outcome.status, outcome.after_ms, outcome.sender_left, outcome.left_ms,
        outcome.well_formed, outcome.note, None if outcome.sent is None else msgspec.msgpack.encode(outcome.sent),
    )  # fmt: skip
