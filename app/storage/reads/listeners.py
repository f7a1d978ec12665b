"""Listeners: read from the log, written by its process."""

from collections.abc import Sequence
from dataclasses import replace

import msgspec

from ... import clock
from ...domain.listeners import ListenerMarks, ListenerProgress, ListenerResult, SentCapture, StoredListener
from ...domain.units import from_micros, micros
from ...errors import NotFound
from ..log import jobs
from ..transaction import SqlRow
from .base import StoreBase
from .forwards import attempt_job

_read_sent = msgspec.json.Decoder(tuple[SentCapture, ...]).decode
_read_result = msgspec.json.Decoder(ListenerResult).decode


class ListenerReads(StoreBase):
    """Implements `Store`."""

    async def list_listeners(self, bin_id: str | None = None) -> Sequence[StoredListener]:
        return [_stored(row) for row in await self._log.all("list_listeners", {"bin": bin_id})]

    async def open_listener(self, bin_id: str, name: str, cursor: int | None) -> StoredListener:
        result = await self._appender.submit(jobs.OpenListener(bin_id, name, micros(clock.now()), cursor))
        row = await self._log.one("get_listener", {"bin": bin_id, "name": name})
        if row is None:
            raise NotFound(f"There is no listener {name} in this bin.")
        # It may have been opened once more since then.
        return replace(_stored(row), opened=result.value)

    async def mark_listener(self, bin_id: str, name: str, marks: ListenerMarks) -> None:
        await self._appender.submit(
            jobs.MarkListener(
                bin_id, name, marks.opened, None if marks.connected_at is None else micros(marks.connected_at),
                micros(marks.seen_at), marks.progress.cursor, _json(marks.progress.sent),
                None if marks.last is None else _json(marks.last), [attempt_job(bin_id, new) for new in marks.attempts],
            )
        )  # fmt: skip

    async def drop_listener(self, bin_id: str, name: str) -> None:
        await self._appender.submit(jobs.DropListener(bin_id, name))


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _stored(row: SqlRow) -> StoredListener:
    return StoredListener(
        bin_id=row["bin_id"], name=row["name"], made_at=from_micros(row["made_at"]),
        seen_at=from_micros(row["seen_at"]),
        progress=ListenerProgress(cursor=row["cursor"], sent=_read_sent(row["sent"])),
        last=None if row["last"] is None else _read_result(row["last"]), last_n=row["last_n"], floor_n=row["floor_n"],
        opened=row["opened"], connected_at=None if row["connected_at"] is None else from_micros(row["connected_at"]),
    )  # fmt: skip
