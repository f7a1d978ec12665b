"""Forwards and their dispatches: read from the log, written by its process."""

import json
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

import msgspec

from ... import clock
from ...domain.forwards.model import (
    Dispatch,
    DispatchCounts,
    DispatchMark,
    DispatchState,
    Forward,
    ForwardHealth,
    ForwardMarks,
    LaterEvent,
    LaterMark,
    Retry,
    StoredForward,
)
from ...domain.replays import FollowUp, NewAttempt, Trigger
from ...domain.units import from_micros, micros
from ...errors import NotFound
from ...store.forwards import NEW
from ..ids import MASK
from ..log import jobs
from ..transaction import SqlRow
from .base import StoreBase

_read_forward = msgspec.json.Decoder(Forward).decode
_read_arrived = msgspec.json.Decoder(tuple[int, ...]).decode
_read_health = msgspec.json.Decoder(ForwardHealth).decode


class ForwardReads(StoreBase):
    """Implements `Store`."""

    async def list_forwards(self, bin_id: str | None = None) -> Sequence[StoredForward]:
        return [_stored(row) for row in await self._log.all("list_forwards", {"bin": bin_id})]

    async def get_forward(self, forward_id: str) -> StoredForward:
        row = await self._log.one("get_forward", {"id": forward_id})
        if row is None:
            raise NotFound(f"There is no forward {forward_id}.")
        return _stored(row)

    async def add_forward(
        self,
        bin_id: str,
        forward_id: str,
        forward: Forward,
        health: ForwardHealth = NEW,
        *,
        secret: str | None,
        position: int | None,
    ) -> StoredForward:
        job = jobs.AddForward(bin_id, forward_id, micros(clock.now()), _json(forward), _json(health), secret, position)
        await self._appender.submit(job)
        return await self.get_forward(forward_id)

    async def set_forward(
        self, forward_id: str, forward: Forward, health: ForwardHealth, *, secret: str | None, skips: bool = False
    ) -> None:
        await self._appender.submit(jobs.SetForward(forward_id, _json(forward), _json(health), secret, skips))

    async def drop_forward(self, forward_id: str) -> None:
        await self._appender.submit(jobs.DropForward(forward_id))

    async def mark_dispatches(self, bin_id: str, forward_id: str, marks: ForwardMarks) -> None:
        records = [_record(bin_id, mark) for mark in marks.marks]
        health = None if marks.health is None else _json(marks.health)
        await self._appender.submit(
            jobs.MarkDispatches(
                forward_id, micros(clock.now()), health, marks.position, records, marks.edition,
                tuple(_later_record(each) for each in marks.later), marks.looked.get(FollowUp.VERDICT),
                marks.looked.get(FollowUp.STUCK),
            )
        )  # fmt: skip

    async def retry_dispatches(self, forward_id: str, retry: Retry, limit: int) -> int:
        result = await self._appender.submit(
            jobs.RetryDispatches(
                forward_id, micros(clock.now()), [state.value for state in retry.states], retry.trigger.value,
                retry.first, MASK if retry.last is None else retry.last, retry.lowest, retry.highest, retry.restart,
                limit,
            )
        )  # fmt: skip
        return result.value

    async def count_dispatches(self, forward_id: str) -> DispatchCounts:
        row = await self._log.one("dispatch_counts", {"forward": forward_id})
        if row is None:
            return DispatchCounts(open=0, failed=0, due_at=None)
        return DispatchCounts(open=row["open"], failed=row["failed"], due_at=_at(row["due_at"]))

    async def open_dispatches(self, forward_id: str, limit: int) -> Sequence[Dispatch]:
        return await self._dispatches("open_dispatches", {"forward": forward_id, "limit": limit})

    async def first_open_dispatch(self, forward_id: str) -> Dispatch | None:
        found = await self._dispatches("first_open_dispatch", {"forward": forward_id})
        return found[0] if found else None

    async def dispatches_with_numbers(self, forward_id: str, numbers: Sequence[int]) -> Sequence[Dispatch]:
        return await self._dispatches("dispatches_with_numbers", {"forward": forward_id, "ns": list(numbers)})

    async def last_dispatches(self, forward_id: str, limit: int) -> Sequence[Dispatch]:
        return await self._dispatches("last_dispatches", {"forward": forward_id, "limit": limit})

    async def dispatches_of(self, bin_id: str, numbers: Sequence[int]) -> Sequence[Dispatch]:
        bin = await self._number(bin_id)
        rows = await self._log.all("dispatches_of_captures", {"bin": bin, "ns": list(numbers)})
        return [_dispatch(row, row["forward_id"]) for row in rows]

    async def open_messages(self, forward_id: str, messages: Sequence[str]) -> AbstractSet[str]:
        values = {"forward": forward_id, "messages": list(messages)}
        return {str(row[0]) for row in await self._log.all("open_messages", values)}

    async def _dispatches(self, query: str, values: dict[str, object]) -> Sequence[Dispatch]:
        return [_dispatch(row, str(values["forward"])) for row in await self._log.all(query, values)]


def _json(value: Forward | ForwardHealth) -> str:
    return msgspec.json.encode(value).decode()


def _at(value: int | None) -> datetime | None:
    return None if value is None else from_micros(value)


def _stored(row: SqlRow) -> StoredForward:
    return StoredForward(
        id=row["id"], bin_id=row["bin_id"], forward=_read_forward(row["forward"]), health=_read_health(row["health"]),
        made_at=from_micros(row["made_at"]), position=row["position"], secret=row["secret"],
        delivered=row["delivered"], expired=row["expired"], last_n=row["last_n"], edition=row["edition"],
        requeued=row["requeued"],
        looked={FollowUp.VERDICT: row["verdicts_position"], FollowUp.STUCK: row["stuck_position"]},
    )  # fmt: skip


def _dispatch(row: SqlRow, forward: str) -> Dispatch:
    return Dispatch(
        n=row["n"], state=DispatchState(row["state"]), tries=row["tries"], step=row["step"], due_at=_at(row["due_at"]),
        status=row["status"], message=row["message"], forward=forward,
        trigger=None if row["trigger"] is None else Trigger(row["trigger"]),
        arrived=() if row["arrived"] is None else _read_arrived(row["arrived"]),
        later=() if row["later"] is None else _read_later(row["later"]), later_only=bool(row["later_only"]),
    )  # fmt: skip


def _record(bin_id: str, mark: DispatchMark) -> jobs.DispatchRecord:
    each = mark.dispatch
    return jobs.DispatchRecord(
        each.n, each.state.value, each.tries, each.step, None if each.due_at is None else micros(each.due_at),
        each.status, each.message, None if each.trigger is None else each.trigger.value,
        [attempt_job(bin_id, attempt) for attempt in mark.attempts],
        json.dumps(each.arrived) if each.arrived else None, _write_later(each.later) or None, each.later_only,
    )  # fmt: skip


def _later_record(mark: LaterMark) -> jobs.LaterRecord:
    is_verdict = mark.events[0].follow_up is FollowUp.VERDICT
    return jobs.LaterRecord(mark.n, mark.message, _write_later(mark.events), is_verdict)


def _write_later(events: Sequence[LaterEvent]) -> str:
    return " ".join(f"{each.event}.{each.follow_up.value}.{micros(each.at)}" for each in events)


def _read_later(text: str) -> tuple[LaterEvent, ...]:
    parts = (each.split(".") for each in text.split())
    return tuple(
        LaterEvent(event=int(event), follow_up=FollowUp(name), at=from_micros(int(at))) for event, name, at in parts
    )


def attempt_job(bin_id: str, new: NewAttempt) -> jobs.AddAttempt:
    """The job that stores an attempt."""
    return jobs.AddAttempt(
        bin_id, new.n, new.url, micros(new.sent_at), new.status, new.ms, new.error, new.content_type, new.body,
        new.edited, new.forward, new.trigger.value, new.sent, new.event, new.listener,
        None if new.follow_up is None else new.follow_up.value,
    )  # fmt: skip
