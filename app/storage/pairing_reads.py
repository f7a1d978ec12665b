"""The pairings' read side on SQLite: the part of `Store` that speaks of them.

A row holds what the fold needs; what its captures got and who wrote to whom is looked up for the few that are shown.
"""

import json
import sqlite3
from collections.abc import Collection, Sequence
from typing import Any

from msgspec.structs import replace

from ..domain.pairing import Hit, Pairing, PairingSummary, Verdict
from .message_reads import FAR, MessageReads
from .pairings import read_pairing
from .rows import read_fault, read_outcome

MOST_OF_A_DRILL = 1_000


class PairingReads(MessageReads):
    """Implements the promises of `Store`."""

    async def list_pairings(
        self, bin_id: str, *, limit: int, before: int | None = None, only: Collection[Verdict] | None = None
    ) -> Sequence[Pairing]:
        bin = await self._bin_row(bin_id)
        place = {"bin": bin["number"], "limit": limit, "before": FAR if before is None else before}
        if only is None:
            return await self._filled_in(bin["number"], await self._readers.all("list_pairings", place))
        rows: list[sqlite3.Row] = []
        for verdict in frozenset(only):
            rows += await self._readers.all("list_pairings_with", place | {"verdict": verdict.value})
        rows.sort(key=lambda row: row["id"], reverse=True)
        return await self._filled_in(bin["number"], rows[:limit])

    async def pairings_of(self, bin_id: str, numbers: Sequence[int]) -> Sequence[Pairing]:
        bin = (await self._bin_row(bin_id))["number"]
        ids = await self._readers.ids("pairings_at", {"bin": bin, "numbers": json.dumps(list(numbers))})
        return await self._filled_in(
            bin, await self._readers.all("pairings_by_ids", {"bin": bin, "ids": json.dumps(ids)})
        )

    async def pairings_of_drill(self, bin_id: str, drill: str) -> Sequence[Pairing]:
        bin = (await self._bin_row(bin_id))["number"]
        values = {"bin": bin, "drill": drill, "limit": MOST_OF_A_DRILL}
        return await self.pairings_of(bin_id, await self._readers.ids("captures_of_drill", values))

    async def sum_up_pairings(self, bin_id: str) -> PairingSummary:
        bin = {"bin": (await self._bin_row(bin_id))["number"]}
        counts = await self._readers.all("count_verdicts", bin)
        gaps = await self._readers.one("gaps", bin)
        assert gaps is not None, "an aggregate always has a row"
        return PairingSummary(
            by_verdict={Verdict(row["verdict"]): row["pairs"] for row in counts},
            gap_p50=gaps["p50"],
            gap_p95=gaps["p95"],
            gap_max=gaps["highest"],
        )

    async def _filled_in(self, bin: int, rows: Sequence[sqlite3.Row]) -> list[Pairing]:
        """Rows as pairings, with what became of their hits and what their first captures say."""
        pairings = [read_pairing(row) for row in rows]
        numbers = json.dumps([hit.n for pairing in pairings for hit in pairing.hits])
        found = {row["n"]: row for row in await self._readers.all("outcomes_of", {"bin": bin, "numbers": numbers})}
        calls = [pairing.hits[0].n for pairing in pairings if pairing.voice]
        said = {row["n"]: row for row in await self._said(bin, calls)}
        return [
            replace(
                pairing,
                hits=tuple(_told(hit, found.get(hit.n)) for hit in pairing.hits),
                **_words(said.get(pairing.hits[0].n) if pairing.voice else row),
                **({} if pairing.voice else {"message_id": row["message_id"]}),
            )
            for pairing, row in zip(pairings, rows, strict=True)
        ]

    async def _said(self, bin: int, numbers: Sequence[int]) -> Sequence[sqlite3.Row]:
        if not numbers:
            return ()
        return await self._readers.all("said_of_calls", {"bin": bin, "numbers": json.dumps(numbers)})


def _told(hit: Hit, row: sqlite3.Row | None) -> Hit:
    """A hit with its outcome and its fault."""
    if row is None:
        return hit
    outcome, fault = read_outcome(row), read_fault(row)
    if outcome is not None:
        hit = replace(hit, status=outcome.status, after_ms=outcome.after_ms, left_ms=outcome.left_ms)
    if fault is not None:
        hit = replace(hit, fault=fault.kind, fault_said=fault.said, drill=fault.drill)
    return hit


def _words(row: sqlite3.Row | None) -> dict[str, Any]:
    return {} if row is None else {name: row[name] for name in ("provider", "sender", "recipient", "text")}
