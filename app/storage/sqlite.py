"""The Store on SQLite: writes go to the writer process, reads to a small pool. WAL, one file, no server."""

import asyncio
import json
import os
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager, closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from ..domain.answers import Answer
from ..domain.bins import Bin, NewBin
from ..domain.captures import Capture, CaptureRow, Change, NewCapture, NewOutcome, Reading, Stamp
from ..domain.search import Query
from ..domain.units import micros
from ..errors import CannotStart, NotFound
from . import Health, Session, Store, Sweep, jobs
from .answers import AnswerRows
from .attempts import AttemptRows
from .drills import DrillRows
from .filters import make_filter
from .lock import lock_directory
from .message_reads import FAR
from .pairing_reads import PairingReads
from .readers import Readers, open_readers
from .rows import (
    read_bin,
    read_capture,
    read_capture_row,
    read_change,
    read_sent_answer,
    read_session,
    write_capture,
    write_outcome,
    write_reading,
)
from .writer import Writer

# Messages that one step of a rebuilding takes away; and how long a step may take, the commit of a large bin included.
REREAD_STEP = 2_000
REREAD_WAIT_S = 600.0


def _seconds(value: timedelta | None) -> int | None:
    return None if value is None else int(value.total_seconds())


class SqliteStore(PairingReads, DrillRows, AnswerRows, AttemptRows):
    """Implements `Store`; the promises stand there."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    # Bins

    async def add_bin(self, new: NewBin) -> Bin:
        stuck_s = int(new.stuck_after.total_seconds())
        retention_s = _seconds(new.retention)
        made_at = micros(new.created_at)
        await self._writer.submit(jobs.AddBin(new.id, new.key, new.name, new.provider, retention_s, stuck_s, made_at))
        return await self.get_bin(new.id)

    async def list_bins(self, *, limit: int, before: str | None = None) -> Sequence[Bin]:
        if before is None:
            rows = await self._readers.all("list_bins", {"limit": limit})
        else:
            values = {"limit": limit, "number": (await self._bin_row(before))["number"]}
            rows = await self._readers.all("list_bins_before", values)
        return [read_bin(row) for row in rows]

    async def get_bin(self, bin_id: str) -> Bin:
        return read_bin(await self._bin_row(bin_id))

    async def find_bin_by_key(self, key: str) -> Bin | None:
        row = await self._readers.one("find_bin_by_key", {"key": key})
        return None if row is None else read_bin(row)

    async def set_bin(
        self, bin_id: str, *, name: str, provider: str | None, retention: timedelta | None, stuck_after: timedelta
    ) -> Bin:
        stuck_s = int(stuck_after.total_seconds())
        await self._writer.submit(jobs.SetBin(bin_id, name, provider, _seconds(retention), stuck_s))
        return await self.get_bin(bin_id)

    async def rotate_key(self, bin_id: str, key: str) -> Bin:
        await self._writer.submit(jobs.RotateKey(bin_id, key))
        return await self.get_bin(bin_id)

    async def drop_bin(self, bin_id: str) -> None:
        await self._writer.submit(jobs.DropBin(bin_id))

    # Captures

    def add_capture(self, new: NewCapture) -> asyncio.Future[Stamp]:
        # A capture's result always carries its numbers.
        return cast("asyncio.Future[Stamp]", self._writer.submit(write_capture(new)))

    def set_outcomes(self, outcomes: Sequence[NewOutcome]) -> asyncio.Future[Any]:
        return self._writer.submit(jobs.SetOutcomes([write_outcome(new) for new in outcomes]))

    async def list_captures(
        self,
        bin_id: str,
        *,
        limit: int,
        before: int | None = None,
        after: int | None = None,
        query: Query | None = None,
    ) -> Sequence[CaptureRow]:
        number = await self._number(bin_id)
        wanted = await make_filter("captures", query, number, self._readers.ids)
        values = {"bin": number, "limit": limit, **wanted.values}
        if after is not None:
            rows = await self._readers.run(wanted.put_into("list_after"), values | {"after": after})
        else:
            values["before"] = FAR if before is None else before
            rows = await self._readers.run(wanted.put_into("list_newest"), values)
        return [read_capture_row(row) for row in rows]

    async def matching(self, bin_id: str, query: Query, captures: Sequence[int]) -> AbstractSet[int]:
        number = await self._number(bin_id)
        # So few rows need no driver: the condition alone decides.
        wanted = await make_filter("captures", query, number, None)
        values = {"bin": number, "ns": json.dumps(list(captures)), **wanted.values}
        return {int(row[0]) for row in await self._readers.run(wanted.put_into("matching_captures"), values)}

    async def get_capture(self, bin_id: str, n: int) -> Capture:
        row = await self._readers.one("get_capture", {"bin": await self._number(bin_id), "n": n})
        if row is None:
            raise NotFound(f"There is no capture {n} in this bin.")
        return read_capture(row)

    async def get_captures(self, bin_id: str, numbers: Sequence[int]) -> Sequence[Capture]:
        values = {"bin": await self._number(bin_id), "numbers": json.dumps(numbers)}
        return [read_capture(row) for row in await self._readers.all("get_captures", values)]

    async def get_sent_answer(self, bin_id: str, n: int) -> Answer | None:
        row = await self._readers.one("get_sent_answer", {"bin": await self._number(bin_id), "n": n})
        return None if row is None else read_sent_answer(row)

    async def get_sent_answers(self, bin_id: str, numbers: Sequence[int]) -> Mapping[int, Answer]:
        values = {"bin": await self._number(bin_id), "numbers": json.dumps(numbers)}
        rows = await self._readers.all("get_sent_answers", values)
        return {int(row["n"]): read_sent_answer(row) for row in rows}

    async def drop_capture(self, bin_id: str, n: int) -> None:
        await self._writer.submit(jobs.DropCapture(bin_id, n))

    async def drop_captures(self, bin_id: str) -> None:
        await self._writer.submit(jobs.DropCaptures(bin_id))

    async def changes_after(self, bin_id: str, after: int, limit: int = 500) -> Sequence[Change]:
        values = {"bin": await self._number(bin_id), "after": after, "limit": limit}
        rows = await self._readers.all("changes_after", values)
        wanted = [row["change_n"] for row in rows if row["what"] == "message"]
        messages = await self.messages_by_id(wanted) if wanted else {}
        changes = [read_change(row, messages) for row in rows]
        return [change for change in changes if change is not None]

    async def mark_stuck(self, now: datetime, limit: int = 200) -> Sequence[str]:
        value = await self._writer.submit(jobs.MarkStuck(micros(now), limit))
        return [str(bin_id) for bin_id in value or ()]

    async def mark_missing_fallbacks(self, now: datetime, limit: int = 200) -> Sequence[str]:
        value = await self._writer.submit(jobs.MarkMissing(micros(now), limit))
        return [str(bin_id) for bin_id in value or ()]

    async def index_words(self, limit: int) -> bool:
        value = await self._writer.submit(jobs.IndexWords(limit))
        assert value is not None, "the index says what it did"
        return bool(value[1])

    async def sweep(self, now: datetime, default_retention: timedelta, limit: int = 500) -> Sweep:
        kept_s = _seconds(default_retention) or 0
        value = await self._writer.submit(jobs.SweepCaptures(micros(now), kept_s, limit))
        assert value is not None, "a sweep says what it did"
        return Sweep(removed=int(value[0]), more=bool(value[1]))

    # Rebuilding

    async def begin_reread(self, bin_id: str) -> None:
        await self._until_done(jobs.BeginReread(bin_id, REREAD_STEP))

    async def reread(self, bin_id: str, again: Sequence[tuple[Capture, Reading]]) -> None:
        captures = [write_reading(capture, reading) for capture, reading in again]
        await self._writer.submit(jobs.Reread(bin_id, captures), patience_s=REREAD_WAIT_S)

    async def end_reread(self, bin_id: str) -> None:
        await self._until_done(jobs.EndReread(bin_id, REREAD_STEP))

    async def _until_done(self, job: jobs.BeginReread | jobs.EndReread) -> None:
        more = True
        while more:
            value = await self._writer.submit(job, patience_s=REREAD_WAIT_S)
            assert value is not None, "each step says whether there is more"
            more = bool(value[1])

    # Sessions

    async def add_session(self, session: Session) -> None:
        await self._writer.submit(
            jobs.AddSession(session.hash, session.token_hash, micros(session.created_at), micros(session.seen_at))
        )

    async def find_session(self, session_hash: str) -> Session | None:
        row = await self._readers.one("find_session", {"hash": session_hash})
        return None if row is None else read_session(row)

    async def touch_session(self, session_hash: str, seen_at: datetime) -> None:
        await self._writer.submit(jobs.TouchSession(session_hash, micros(seen_at)))

    async def drop_session(self, session_hash: str) -> None:
        await self._writer.submit(jobs.DropSession(session_hash))

    async def drop_sessions(self, *, other_than_token: str, seen_before: datetime) -> None:
        await self._writer.submit(jobs.DropSessions(other_than_token, micros(seen_before)))

    # The store itself

    async def probe(self) -> None:
        await self._writer.submit(jobs.Probe())

    def is_busy(self) -> bool:
        return self._writer.is_busy

    def health(self) -> Health:
        return self._writer.health

    async def _number(self, bin_id: str) -> int:
        return int((await self._bin_row(bin_id))["number"])


@asynccontextmanager
async def open_sqlite(database: Path) -> AsyncIterator[Store]:
    """Lock the directory, start the writer, open the readers; close them in the opposite order."""
    lock = await lock_directory(database.parent)
    try:
        _check_after_doubt(database)
        writer = Writer(database, lock)
        try:
            await writer.start()
            async with open_readers(database) as readers:
                yield SqliteStore(writer, readers)
        finally:
            await writer.close()
    finally:
        os.close(lock)


def _check_after_doubt(database: Path) -> None:
    """After a write error that left doubt, the whole file is checked before it is trusted again."""
    mark = database.with_suffix(".suspect")
    if not mark.exists():
        return
    try:
        with closing(sqlite3.connect(database)) as connection:
            verdict = connection.execute("pragma integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        verdict = str(error)
    if verdict != "ok":
        raise CannotStart(
            f"The database {database} was damaged by a disk error ({verdict})."
            " Restore a backup, or move the file away to start empty."
        )
    mark.unlink()
