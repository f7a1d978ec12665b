"""Drills on SQLite: the part of `Store` that keeps them."""

import sqlite3
from collections.abc import Sequence

import msgspec

from ..domain.drills import Drill
from ..errors import NotFound
from . import jobs
from .message_reads import FAR, MessageReads
from .writer import Writer


class DrillRows(MessageReads):
    """Implements the promises of `Store`."""

    _writer: Writer

    async def add_drill(self, drill: Drill) -> None:
        await self._bin_row(drill.bin_id)
        await self._writer.submit(jobs.AddDrill(drill.bin_id, drill.id, _write(drill)))

    async def set_drill(self, drill: Drill) -> None:
        await self._writer.submit(jobs.SetDrill(drill.id, drill.ended_at is None, _write(drill)))

    async def list_drills(self, bin_id: str, *, limit: int, before: str | None = None) -> Sequence[Drill]:
        bin = (await self._bin_row(bin_id))["number"]
        place = FAR if before is None else (await self._drill_row(bin, before))["number"]
        rows = await self._readers.all("list_drills", {"bin": bin, "before": place, "limit": limit})
        return [_read(row["drill"]) for row in rows]

    async def get_drill(self, bin_id: str, drill_id: str) -> Drill:
        bin = (await self._bin_row(bin_id))["number"]
        return _read((await self._drill_row(bin, drill_id))["drill"])

    async def running_drills(self) -> Sequence[Drill]:
        return [_read(row["drill"]) for row in await self._readers.all("running_drills", {})]

    async def _drill_row(self, bin: int, drill_id: str) -> sqlite3.Row:
        row = await self._readers.one("get_drill", {"bin": bin, "id": drill_id})
        if row is None:
            raise NotFound(f"There is no drill {drill_id} in this bin.")
        return row


def _write(drill: Drill) -> str:
    return msgspec.json.encode(drill).decode()


def _read(text: str) -> Drill:
    return msgspec.json.decode(text, type=Drill)
