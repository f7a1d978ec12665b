"""Answers and faults on SQLite: the part of `Store` that keeps how a bin's URLs behave."""

import sqlite3
from collections.abc import Sequence
from datetime import timedelta

import msgspec

from ..domain.answers import RoleAnswers
from ..domain.captures import Role
from ..domain.faults import ActiveFault, Fault
from ..domain.units import from_micros, micros
from . import jobs
from .readers import Readers
from .writer import Writer

# More captures than this may have to be looked through at a start.
SETTLE_WAIT_S = 60.0

_read_answers = msgspec.msgpack.Decoder(RoleAnswers).decode
_read_fault = msgspec.msgpack.Decoder(Fault).decode
_write = msgspec.msgpack.Encoder().encode


class AnswerRows:
    """Implements the promises of `Store`."""

    _writer: Writer
    _readers: Readers

    async def list_answers(self) -> Sequence[tuple[str, Role, RoleAnswers]]:
        rows = await self._readers.all("list_answers", {})
        return [(row["id"], Role(row["role"]), _read_answers(row["answers"])) for row in rows]

    async def set_answers(self, bin_id: str, role: Role, answers: RoleAnswers | None) -> None:
        packed = None if answers is None else _write(answers)
        await self._writer.submit(jobs.SetAnswers(bin_id, role.value, packed))

    async def list_faults(self) -> Sequence[ActiveFault]:
        return [_active_fault(row) for row in await self._readers.all("list_faults", {})]

    async def set_fault(self, fault: ActiveFault) -> None:
        await self._writer.submit(
            jobs.SetFault(
                fault.bin_id, fault.role.value, fault.id, _write(fault.fault), micros(fault.started_at), fault.hits,
                fault.left, fault.drill,
            )
        )  # fmt: skip

    async def drop_fault(self, fault_id: str) -> None:
        await self._writer.submit(jobs.DropFault(fault_id))

    async def settle_unanswered(self, within: timedelta, note: str) -> Sequence[str]:
        job = jobs.SettleUnanswered(int(within.total_seconds() * 1_000_000), note)
        value = await self._writer.submit(job, patience_s=SETTLE_WAIT_S)
        return [str(bin_id) for bin_id in value or ()]


def _active_fault(row: sqlite3.Row) -> ActiveFault:
    return ActiveFault(
        id=row["id"],
        bin_id=row["bin_id"],
        role=Role(row["role"]),
        fault=_read_fault(row["fault"]),
        started_at=from_micros(row["started_at"]),
        left=row["remaining"],
        hits=row["hits"],
        drill=row["drill"],
    )
