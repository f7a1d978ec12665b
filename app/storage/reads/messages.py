"""Messages and conversations: the part of `Store` that reads them from the ledger."""

import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import timedelta

from msgspec.structs import replace

from ...domain.messages.folding import timeline
from ...domain.messages.model import Conversation, Fact, Message, Pace, Step
from ...domain.search import Query
from ...domain.statuses import FAILURES, Status
from ...domain.units import from_micros, micros
from ...errors import Invalid, NotFound
from ..packing import read_events
from ..rows import read_codes, read_message
from ..transaction import SqlRow
from .base import StoreBase, searching, up_to
from .filters import make_filter

MAX_ID = (1 << 63) - 1
# A message has a handful of callbacks; of an id that is sent endlessly only the newest are shown.
MAX_FACTS = 500


class MessageReads(StoreBase):
    """Implements `Store`."""

    async def list_messages(
        self, bin_id: str, *, limit: int, before: int | None = None, query: Query | None = None
    ) -> Sequence[Message]:
        bin = await self._followed(bin_id)
        seq = await self._seq_before(bin, before)
        ledger = self._ledger.sharing_time_limit()
        with searching(query):
            wanted = await make_filter("messages", query, ledger, await self._space(bin) if query else None)
            values = {"bin": bin, "limit": limit, "before": seq, **wanted.values}
            rows = await ledger.run(wanted.put_into("driven_messages" if wanted.driven else "list_messages"), values)
        return await self._with_captures(rows)

    async def count_matching_messages(self, bin_id: str, query: Query, most: int) -> int:
        bin = await self._followed(bin_id)
        ledger = self._ledger.sharing_time_limit()
        with searching(query):
            wanted = await make_filter("messages", query, ledger, await self._space(bin))
            values = {"bin": bin, "limit": most + 1, **wanted.values}
            (row,) = await ledger.run(wanted.put_into("count_matching_messages"), values)
        return int(row[0])

    async def matching_messages(self, bin_id: str, query: Query, messages: Sequence[int]) -> AbstractSet[int]:
        bin = await self._number(bin_id)
        wanted = await make_filter("messages", query, self._ledger.sharing_time_limit(), None)
        values = {"bin": bin, "ids": list(messages), **wanted.values}
        with searching(query):
            return {int(row[0]) for row in await self._ledger.run(wanted.put_into("matching_messages"), values)}

    async def messages_from(
        self, bin_id: str, *, after: int, limit: int, upto: int | None = None, query: Query | None = None
    ) -> Sequence[Message]:
        bin = await self._followed(bin_id)
        ledger = self._ledger.sharing_time_limit()
        with searching(query):
            wanted = await make_filter("messages", query, ledger, await self._space(bin) if query else None)
            values = {"bin": bin, "after": up_to(after), "until": up_to(upto), "limit": limit, **wanted.values}
            rows = await ledger.run(wanted.put_into("each_message"), values)
        return await self._with_captures(rows)

    async def last_message_id(self, bin_id: str) -> int:
        row = await self._ledger.one("last_message", {"bin": await self._followed(bin_id)})
        return 0 if row is None else int(row[0])

    async def get_message(self, bin_id: str, provider: str, message_id: str) -> tuple[Message, Sequence[Step]]:
        bin = await self._followed(bin_id)
        values = {"bin": bin, "provider": provider, "message_id": message_id}
        row = await self._ledger.one("get_message", values)
        if row is None:
            raise NotFound(f"There is no message {message_id} of {provider} in this bin.")
        rows = await self._ledger.all("facts_of_message", {"message": row["id"], "most": MAX_FACTS})
        facts = [_fact(fact) for fact in reversed(rows)]
        captures = tuple(dict.fromkeys(fact.n for fact in facts))
        message = replace(read_message(row), captures=captures)
        return message, timeline(message, facts)

    async def list_conversations(self, bin_id: str, *, limit: int, before: int | None = None) -> Sequence[Conversation]:
        bin = await self._followed(bin_id)
        values = {"bin": bin, "limit": limit, "before": await self._seq_before(bin, before)}
        found = []
        for pair in await self._ledger.all("list_conversations", values):
            ends = {"theirs": pair["theirs"], "ours": pair["ours"]}
            row = await self._ledger.one("newest_of_pair", {"bin": bin, **ends})
            if row is not None:
                latest = read_message(row)
                found.append(Conversation(**ends, seq=pair["pair_seq"], last_at=latest.last_at, latest=latest))
        return found

    async def _seq_before(self, bin: int, before: int | None) -> int:
        """The seq at which a page begins. Raises Invalid: the place of a seq of an earlier space is not known."""
        space = await self._space(bin) if before else None
        if before and space is not None and before < space["first_seq"]:
            raise Invalid(("before", "is from before the requests were parsed again; begin with the first page"))
        return MAX_ID if before is None else before

    async def list_pair(
        self, bin_id: str, theirs: str, ours: str, *, limit: int, before: Message | None = None
    ) -> Sequence[Message]:
        bin = await self._followed(bin_id)
        values = {
            "bin": bin,
            "theirs": theirs,
            "ours": ours,
            "limit": limit,
            "before_at": MAX_ID if before is None else micros(before.first_at),
            "before_id": 0 if before is None else before.id,
        }
        return await self._with_captures(await self._ledger.all("list_pair", values))

    async def count_messages(self, bin_id: str, most: int) -> Mapping[str, int]:
        values = {"bin": await self._followed(bin_id), "most": most}
        counts: dict[str, int] = {}
        for status in Status:
            row = await self._ledger.one("count_by_status", values | {"status": status.value})
            counts[status.value] = row["found"] if row is not None else 0
        for name in ("stuck", "waiting"):
            row = await self._ledger.one(f"count_{name}", values)
            counts[name] = row["found"] if row is not None else 0
        return counts

    async def get_pace(self, bin_id: str, limit: int) -> Pace:
        rows = await self._ledger.all("pace", {"bin": await self._followed(bin_id), "limit": limit})
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

    async def _messages_by_number(self, bin: int, numbers: Sequence[int]) -> dict[int, Message]:
        """Messages by their numbers, without those that are deleted."""
        rows = await self._ledger.all("messages_by_numbers", {"bin": bin, "ids": list(numbers)})
        return {message.id: message for message in await self._with_captures(rows)}

    async def _with_captures(self, rows: Sequence[SqlRow]) -> list[Message]:
        if not rows:
            return []
        values = {"ids": [row["id"] for row in rows], "most": MAX_FACTS}
        found = await self._ledger.all("captures_of_messages", values)
        numbers = {row["message"]: tuple(reversed(json.loads(row["numbers"]))) for row in found}
        return [replace(read_message(row), captures=numbers.get(row["id"], ())) for row in rows]


def _fact(row: SqlRow) -> Fact:
    """A row of the query `facts_of_message`."""
    return Fact(
        n=row["n"],
        at=from_micros(row["received_at"]),
        provider=row["provider"] or "",
        event=read_events(row["events"])[row["position"]],
        print=row["print"],
        findings=read_codes(row["own"]),
    )
