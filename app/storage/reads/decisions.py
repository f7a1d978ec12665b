"""What users have set or done: answers, wiretaps, faults, drills, replay attempts."""

from collections.abc import Sequence

import msgspec

from ...domain.answers.model import RoleAnswers
from ...domain.drills import Drill
from ...domain.faults import ActiveFault, Fault
from ...domain.replays import Attempt, FollowUp, NewAttempt, Trigger
from ...domain.roles import Role
from ...domain.units import from_micros, micros
from ...domain.wiretaps.model import Wiretap
from ...errors import NotFound
from ..log import jobs
from ..transaction import SqlRow
from .base import StoreBase
from .forwards import attempt_job
from .messages import MAX_ID

_read_answers = msgspec.msgpack.Decoder(RoleAnswers).decode
_read_fault = msgspec.msgpack.Decoder(Fault).decode
_read_wiretap = msgspec.json.Decoder(Wiretap).decode
_read_drill = msgspec.json.Decoder(Drill).decode
_pack = msgspec.msgpack.Encoder().encode


class DecisionReads(StoreBase):
    """Implements `Store`."""

    async def list_answers(self, bin_id: str | None = None) -> Sequence[tuple[str, Role, RoleAnswers]]:
        rows = await self._of_bin("list_answers", "answers_of_bin", bin_id)
        return [(row["id"], Role(row["role"]), _read_answers(row["answers"])) for row in rows]

    async def set_answers(self, bin_id: str, role: Role, answers: RoleAnswers | None) -> None:
        packed = None if answers is None else _pack(answers)
        await self._appender.submit(jobs.SetAnswers(bin_id, role.value, packed))

    async def list_wiretaps(self, bin_id: str | None = None) -> Sequence[tuple[str, Role, Wiretap]]:
        rows = await self._of_bin("list_wiretaps", "wiretaps_of_bin", bin_id)
        return [(row["id"], Role(row["role"]), _read_wiretap(row["wiretap"])) for row in rows]

    async def set_wiretap(self, bin_id: str, role: Role, wiretap: Wiretap | None) -> None:
        text = None if wiretap is None else msgspec.json.encode(wiretap).decode()
        await self._appender.submit(jobs.SetWiretap(bin_id, role.value, text))

    async def list_faults(self, bin_id: str | None = None) -> Sequence[ActiveFault]:
        return [_active_fault(row) for row in await self._of_bin("list_faults", "faults_of_bin", bin_id)]

    async def set_fault(self, fault: ActiveFault) -> None:
        await self._appender.submit(
            jobs.SetFault(
                fault.bin_id, fault.role.value, fault.id, _pack(fault.fault), micros(fault.started_at), fault.hits,
                fault.left, fault.drill,
            )
        )  # fmt: skip

    async def drop_fault(self, bin_id: str, fault_id: str) -> None:
        await self._appender.submit(jobs.DropFault(bin_id, fault_id))

    async def add_drill(self, drill: Drill) -> None:
        await self._number(drill.bin_id)
        text = msgspec.json.encode(drill).decode()
        await self._appender.submit(jobs.AddDrill(drill.bin_id, drill.id, drill.role.value, text))

    async def set_drill(self, drill: Drill) -> bool:
        text = msgspec.json.encode(drill).decode()
        result = await self._appender.submit(jobs.SetDrill(drill.id, drill.ended_at is None, text))
        return result.value > 0

    async def list_drills(self, bin_id: str, *, limit: int, before: str | None = None) -> Sequence[Drill]:
        bin = await self._number(bin_id)
        place = MAX_ID if before is None else (await self._drill_row(bin, before))["number"]
        rows = await self._log.all("list_drills", {"bin": bin, "before": place, "limit": limit})
        return [_read_drill(row["drill"]) for row in rows]

    async def get_drill(self, bin_id: str, drill_id: str) -> Drill:
        return _read_drill((await self._drill_row(await self._number(bin_id), drill_id))["drill"])

    async def running_drills(self) -> Sequence[Drill]:
        return [_read_drill(row["drill"]) for row in await self._log.all("running_drills", {})]

    async def add_attempt(self, bin_id: str, new: NewAttempt) -> int:
        result = await self._appender.submit(attempt_job(bin_id, new))
        return result.value

    def note_attempt(self, bin_id: str, new: NewAttempt) -> None:
        self._appender.outcomes.note_attempt(attempt_job(bin_id, new))

    async def list_attempts(self, bin_id: str, n: int, *, limit: int) -> Sequence[Attempt]:
        values = {"bin": bin_id, "n": n, "limit": limit}
        return [_attempt(row) for row in await self._log.all("list_attempts", values)]

    async def get_handler_attempt(self, bin_id: str, n: int) -> Attempt | None:
        row = await self._log.one("handler_attempt", {"bin": bin_id, "n": n})
        return None if row is None else _attempt(row)

    async def _drill_row(self, bin: int, drill_id: str) -> SqlRow:
        row = await self._log.one("get_drill", {"bin": bin, "id": drill_id})
        if row is None:
            raise NotFound(f"There is no drill {drill_id} in this bin.")
        return row


def _attempt(row: SqlRow) -> Attempt:
    return Attempt(
        n=row["n"], number=row["number"], url=row["url"], sent_at=from_micros(row["sent_at"]),
        status=row["status"], ms=row["ms"], error=row["error"], content_type=row["content_type"],
        body=row["body"], edited=bool(row["edited"]), forward=row["forward"], trigger=Trigger(row["trigger"]),
        sent=row["sent"], event=row["event"], listener=row["listener"],
        follow_up=None if row["follow_up"] is None else FollowUp(row["follow_up"]),
    )  # fmt: skip


def _active_fault(row: SqlRow) -> ActiveFault:
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
