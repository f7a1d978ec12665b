"""Captures and changes: the part of `Store` that reads them from the ledger, with their bytes from the log."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime

from msgspec import structs

from ...domain.answers.model import Answer
from ...domain.captures import (
    DAMAGED,
    Capture,
    Captured,
    CaptureRow,
    Change,
    Deleted,
    MessageChanged,
    MessageGone,
    Reading,
    Restarted,
)
from ...domain.events import Event
from ...domain.messages.model import Message
from ...domain.roles import Kind, Role
from ...domain.search import Query
from ...domain.units import from_micros, micros
from ...errors import NotFound
from ..ids import number_of
from ..ledger.changes import ChangeKind
from ..packing import read_answer, read_events
from ..rows import content_type_of, read_capture_row, read_raw
from ..transaction import SqlRow
from .base import searching, up_to
from .filters import make_filter
from .messages import MAX_FACTS, MessageReads

NOT_READ = "smsbin has not parsed this request yet. The bytes are kept."


class CaptureReads(MessageReads):
    """Implements `Store`."""

    async def list_captures(
        self,
        bin_id: str,
        *,
        limit: int,
        before: int | None = None,
        after: int | None = None,
        upto: int | None = None,
        query: Query | None = None,
        wait: bool = True,
    ) -> Sequence[CaptureRow]:
        bin = await (self._followed(bin_id) if wait else self._number(bin_id))
        ledger = self._ledger.sharing_time_limit()
        with searching(query):
            wanted = await make_filter("captures", query, ledger, await self._space(bin) if query else None)
            values = {"bin": bin, "limit": limit, **wanted.values}
            if after is not None:
                bounds = {"after": up_to(after), "until": up_to(upto)}
                rows = await ledger.run(wanted.put_into("list_after"), values | bounds)
            else:
                rows = await ledger.run(wanted.put_into("list_newest"), values | {"before": up_to(before)})
        return [read_capture_row(row) for row in rows]

    async def count_captures(self, bin_id: str, query: Query, most: int) -> int:
        bin = await self._followed(bin_id)
        ledger = self._ledger.sharing_time_limit()
        with searching(query):
            wanted = await make_filter("captures", query, ledger, await self._space(bin))
            values = {"bin": bin, "limit": most + 1, "before": up_to(None), **wanted.values}
            (row,) = await ledger.run(wanted.put_into("count_matching"), values)
        return int(row[0])

    async def first_since(self, bin_id: str, at: datetime) -> int | None:
        bin = await self._followed(bin_id)
        found = await self._ledger.ids("first_since", {"bin": bin, "at": micros(at)})
        return found[0] if found else None

    async def matching(self, bin_id: str, query: Query, captures: Sequence[int]) -> AbstractSet[int]:
        bin = await self._number(bin_id)
        # There are only a few rows, so the condition is checked for each of them.
        wanted = await make_filter("captures", query, self._ledger.sharing_time_limit(), None)
        values = {"bin": bin, "ns": list(captures), **wanted.values}
        with searching(query):
            return {int(row[0]) for row in await self._ledger.run(wanted.put_into("matching_captures"), values)}

    async def get_capture(self, bin_id: str, n: int, *, wait: bool = True) -> Capture:
        found = await self.get_captures(bin_id, [n], wait=wait)
        if not found:
            raise NotFound(f"There is no #{n} in this bin.")
        return found[0]

    async def get_captures(self, bin_id: str, numbers: Sequence[int], *, wait: bool = True) -> Sequence[Capture]:
        bin = await (self._followed(bin_id) if wait else self._number(bin_id))
        wanted = [n for n in numbers if n == up_to(n)]
        raws = await self._log.all("raw_captures", {"bin": bin, "ns": list(wanted)})
        values = {"bin": bin, "numbers": list(wanted)}
        rows, space = await self._ledger.all("get_captures", values), None
        if len(raws) > len(rows):
            # If the log has a capture that the ledger has passed and does not have, it is being deleted. The position
            # is read first, because the ledger advances in the meantime.
            space = await self._space(bin)
            rows = await self._ledger.all("get_captures", values)
        read = {number_of(row["id"]): row for row in rows}
        captures = [_capture(raw, read.get(number_of(raw["id"]))) for raw in raws]
        return [each for each in captures if each.row.n in read or space is None or each.row.n > space["n"]]

    async def get_rows(self, bin_id: str, numbers: Sequence[int]) -> Sequence[CaptureRow]:
        values = {"bin": await self._number(bin_id), "numbers": [n for n in numbers if n == up_to(n)]}
        return [read_capture_row(row) for row in await self._ledger.all("get_captures", values)]

    async def get_sent_answer(self, bin_id: str, n: int) -> Answer | None:
        return (await self.get_sent_answers(bin_id, [n])).get(n)

    async def get_sent_answers(self, bin_id: str, numbers: Sequence[int]) -> Mapping[int, Answer]:
        bin = await self._number(bin_id)
        await self._appender.outcomes.written()
        values = {"bin": bin, "ns": [n for n in numbers if n == up_to(n)]}
        rows = await self._log.all("sent_answers_of", values)
        return {number_of(row["id"]): read_answer(row["answer"]) for row in rows}

    async def messages_of(self, bin_id: str, n: int) -> Sequence[Message]:
        bin = await self._followed(bin_id)
        return await self._with_captures(await self._ledger.all("messages_of_capture", {"bin": bin, "n": up_to(n)}))

    async def repeat_of(self, bin_id: str, n: int, position: int) -> int | None:
        values = {"bin": await self._number(bin_id), "n": up_to(n), "position": position, "most": MAX_FACTS}
        row = await self._ledger.one("first_with_same_content", values)
        return None if row is None else int(row[0])

    async def list_related(self, bin_id: str, n: int, *, limit: int) -> Sequence[CaptureRow]:
        bin = await self._followed(bin_id)
        rows = await self._ledger.all("related_captures", {"bin": bin, "n": up_to(n), "limit": limit})
        return [read_capture_row(row) for row in rows]

    async def changes_after(self, bin_id: str, after: int, limit: int = 500) -> Sequence[Change]:
        bin = await self._number(bin_id)
        rows = await self._ledger.all("changes_after", {"bin": bin, "after": after, "limit": limit})
        if rows and 0 < after < rows[0]["first_seq"]:
            return [Restarted(seq=rows[0]["last_seq"])]
        wanted = [row["change_ref"] for row in rows if row["what"] == ChangeKind.MESSAGE]
        messages = await self._messages_by_number(bin, wanted) if wanted else {}
        changes = [_change(row, messages) for row in rows]
        return [change for change in changes if change is not None]


def _capture(raw: SqlRow, row: SqlRow | None) -> Capture:
    """A capture from its row in the log and, if there is one, its row in the ledger."""
    request = read_raw(raw)
    events: tuple[Event, ...] = ()
    if row is None:
        shown = CaptureRow(
            n=number_of(raw["id"]), seq=0, received_at=from_micros(raw["received_at"]), role=Role(raw["role"]),
            method=request.method, target=request.target, peer=request.peer, size=len(request.body),
            content_type=content_type_of(request), body_complete=request.body_complete,
            reading=Reading(kind=Kind.OTHER, problem=NOT_READ), outcome=None, simulated=bool(raw["simulated"]),
        )  # fmt: skip
    else:
        shown = read_capture_row(row)
        events = () if row["events"] is None else read_events(row["events"])
    sha256 = raw["sha256"]
    damaged = hashlib.sha256(request.body).digest() != sha256
    if damaged:
        shown = replace(shown, reading=structs.replace(shown.reading, problem=DAMAGED))
    return Capture(row=shown, raw=request, sha256=sha256.hex(), events=events, damaged=damaged)


def _change(row: SqlRow, messages: Mapping[int, Message]) -> Change | None:
    """A row of the query `changes_after`; None for a message that was deleted in the meantime."""
    seq, ref = row["change_seq"], row["change_ref"]
    match ChangeKind(row["what"]):
        case ChangeKind.MESSAGE:
            message = messages.get(ref)
            return None if message is None else MessageChanged(seq=seq, message=message)
        case ChangeKind.DELETED | ChangeKind.DELETED_THROUGH as what:
            return Deleted(seq=seq, n=ref, through=what is ChangeKind.DELETED_THROUGH)
        case ChangeKind.MESSAGE_GONE:
            provider, message_id = json.loads(row["change_name"])
            return MessageGone(seq=seq, provider=provider, message_id=message_id)
        case what:
            return Captured(seq=seq, row=read_capture_row(row), first=what is ChangeKind.NEW)
