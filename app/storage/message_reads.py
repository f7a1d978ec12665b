"""The ledger's read side on SQLite: the part of `Store` that speaks of messages."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import timedelta

from msgspec.structs import replace

from ..domain.captures import Capture, CaptureRow
from ..domain.events import Event
from ..domain.folding import timeline
from ..domain.messages import Conversation, Message, Pace, Step
from ..domain.search import Query
from ..domain.statuses import FAILURES, Status
from ..domain.units import from_micros, micros
from ..errors import NotFound
from .erasing import MOST_FACTS, read_fact
from .facts import decode_event
from .filters import make_filter
from .readers import Readers
from .rows import read_capture_row, read_message

FAR = (1 << 63) - 1


class MessageReads:
    """Implements the promises of `Store`; `bin_row` finds the bin or raises NotFound."""

    _readers: Readers

    async def _bin_row(self, bin_id: str) -> sqlite3.Row:
        row = await self._readers.one("get_bin", {"id": bin_id})
        if row is None:
            raise NotFound(f"There is no bin {bin_id}.")
        return row

    async def list_messages(
        self, bin_id: str, *, limit: int, before: int | None = None, query: Query | None = None
    ) -> Sequence[Message]:
        bin = await self._bin_row(bin_id)
        wanted = await make_filter("messages", query, bin["number"], self._readers.ids)
        place = {"bin": bin["number"], "limit": limit, "before": FAR if before is None else before}
        rows = await self._readers.run(wanted.put_into("list_messages"), place | dict(wanted.values))
        return await self._with_captures(rows)

    async def matching_messages(self, bin_id: str, query: Query, messages: Sequence[int]) -> AbstractSet[int]:
        bin = await self._bin_row(bin_id)
        wanted = await make_filter("messages", query, bin["number"], None)
        values = {"bin": bin["number"], "ids": json.dumps(list(messages)), **wanted.values}
        return {int(row[0]) for row in await self._readers.run(wanted.put_into("matching_messages"), values)}

    async def messages_from(
        self, bin_id: str, *, after: int, limit: int, query: Query | None = None
    ) -> Sequence[Message]:
        bin = await self._bin_row(bin_id)
        wanted = await make_filter("messages", query, bin["number"], self._readers.ids)
        values = {"bin": bin["number"], "after": after, "limit": limit, **wanted.values}
        return await self._with_captures(await self._readers.run(wanted.put_into("each_message"), values))

    async def last_message_id(self) -> int:
        row = await self._readers.one("last_message", {})
        return 0 if row is None else int(row[0])

    async def get_message(self, bin_id: str, provider: str, message_id: str) -> tuple[Message, Sequence[Step]]:
        bin = await self._bin_row(bin_id)
        values = {"bin": bin["number"], "provider": provider, "message_id": message_id}
        row = await self._readers.one("get_message", values)
        if row is None:
            raise NotFound(f"There is no message {message_id} of {provider} in this bin.")
        rows = await self._readers.all("facts_of_message", {"message": row["id"], "most": MOST_FACTS})
        facts = [read_fact(fact) for fact in reversed(rows)]
        captures = tuple(dict.fromkeys(fact.n for fact in facts))
        message = replace(read_message(row), captures=captures)
        return message, timeline(message, facts)

    async def events_of(self, capture: Capture) -> Sequence[Event]:
        rows = await self._readers.all("events_of_capture", {"capture": capture.row.id})
        return [decode_event(row["facts"]) for row in rows]

    async def messages_of(self, capture: Capture) -> Sequence[Message]:
        rows = await self._readers.all("messages_of_capture", {"capture": capture.row.id})
        found = await self.messages_by_id([row["message"] for row in rows])
        return [found[row["message"]] for row in rows if row["message"] in found]

    async def events_of_each(self, captures: Sequence[Capture]) -> Sequence[Sequence[Event]]:
        found: dict[int, list[Event]] = {capture.row.id: [] for capture in captures}
        for row in await self._readers.all("events_of_captures", {"captures": json.dumps(list(found))}):
            found[row["capture"]].append(decode_event(row["facts"]))
        return list(found.values())

    async def list_related(self, capture: Capture, *, limit: int) -> Sequence[CaptureRow]:
        rows = await self._readers.all("related_captures", {"capture": capture.row.id, "limit": limit})
        return [read_capture_row(row) for row in rows]

    async def list_conversations(self, bin_id: str, *, limit: int, before: int | None = None) -> Sequence[Conversation]:
        bin = await self._bin_row(bin_id)
        place = {"bin": bin["number"], "floor_n": bin["floor_n"]}
        pairs = await self._readers.all(
            "list_conversations", place | {"limit": limit, "before": FAR if before is None else before}
        )
        found = []
        for pair in pairs:
            ends = {"theirs": pair["theirs"], "ours": pair["ours"]}
            row = await self._readers.one("newest_of_pair", place | ends)
            if row is not None:
                last_at = from_micros(pair["pair_last_at"])
                found.append(Conversation(**ends, seq=pair["pair_seq"], last_at=last_at, latest=read_message(row)))
        return found

    async def list_pair(
        self, bin_id: str, theirs: str, ours: str, *, limit: int, before: Message | None = None
    ) -> Sequence[Message]:
        bin = await self._bin_row(bin_id)
        values = {
            "bin": bin["number"],
            "floor_n": bin["floor_n"],
            "theirs": theirs,
            "ours": ours,
            "limit": limit,
            "before_at": FAR if before is None else micros(before.first_at),
            "before_id": 0 if before is None else before.id,
        }
        return await self._with_captures(await self._readers.all("list_pair", values))

    async def count_messages(self, bin_id: str, most: int) -> Mapping[str, int]:
        bin = await self._bin_row(bin_id)
        place = {"bin": bin["number"], "floor_n": bin["floor_n"], "most": most}
        counts: dict[str, int] = {}
        for status in Status:
            row = await self._readers.one("count_by_status", place | {"status": status.value})
            counts[status.value] = row["found"] if row is not None else 0
        for name in ("stuck", "waiting"):
            row = await self._readers.one(f"count_{name}", place)
            counts[name] = row["found"] if row is not None else 0
        return counts

    async def get_pace(self, bin_id: str, limit: int) -> Pace:
        bin = await self._bin_row(bin_id)
        values = {"bin": bin["number"], "floor_n": bin["floor_n"], "limit": limit}
        rows = await self._readers.all("pace", values)
        second = timedelta(seconds=1)
        points = tuple(
            (
                from_micros(row["first_at"]),
                (from_micros(row["final_at"]) - from_micros(row["first_at"])) / second,
                Status(row["status"]) in FAILURES,
            )
            for row in rows
            if row["final_at"] is not None
        )
        return Pace(points=points, outbound=len(rows))

    async def messages_by_id(self, ids: Sequence[int]) -> dict[int, Message]:
        """Messages by the rows' ids; those that are gone are left out."""
        rows = await self._readers.all("messages_by_ids", {"ids": json.dumps(ids)})
        messages = await self._with_captures(rows)
        return {message.id: message for message in messages}

    async def _with_captures(self, rows: Sequence[sqlite3.Row]) -> list[Message]:
        if not rows:
            return []
        values = {"ids": json.dumps([row["id"] for row in rows]), "most": MOST_FACTS}
        found = await self._readers.all("captures_of_messages", values)
        numbers = {row["message"]: tuple(reversed(json.loads(row["numbers"]))) for row in found}
        return [replace(read_message(row), captures=numbers.get(row["id"], ())) for row in rows]
