"""Pairings: the part of `Store` that reads them from the ledger.

A row has what the fold needs; outcomes, faults and parties are looked up only for the pairings that are shown.
"""

from collections.abc import Collection, Sequence
from typing import Any

from msgspec.structs import replace

from ...domain.pairings.model import Hit, Pairing, PairingSummary, Verdict
from ..ids import number_of
from ..rows import read_fault, read_outcome, read_pairing
from ..transaction import SqlRow
from .base import up_to
from .messages import MessageReads

MAX_DRILL_CAPTURES = 1_000


class PairingReads(MessageReads):
    """Implements `Store`."""

    async def list_pairings(
        self, bin_id: str, *, limit: int, before: int | None = None, only: Collection[Verdict] | None = None
    ) -> Sequence[Pairing]:
        bin = await self._followed(bin_id)
        bounds = {"bin": bin, "limit": limit, "before": up_to(before)}
        if only is None:
            return await self._filled_in(bin, await self._ledger.all("list_pairings", bounds))
        rows: list[SqlRow] = []
        for verdict in frozenset(only):
            rows += await self._ledger.all("list_pairings_with", bounds | {"verdict": verdict.value})
        rows.sort(key=lambda row: int(row["id"]), reverse=True)
        return await self._filled_in(bin, rows[:limit])

    async def pairings_of(self, bin_id: str, numbers: Sequence[int], *, wait: bool = True) -> Sequence[Pairing]:
        bin = await (self._followed if wait else self._number)(bin_id)
        values = {"bin": bin, "numbers": [n for n in numbers if n == up_to(n)]}
        return await self._filled_in(bin, await self._ledger.all("pairings_at", values))

    async def pairings_of_drill(self, bin_id: str, drill: str) -> Sequence[Pairing]:
        values = {"bin": await self._followed(bin_id), "drill": drill, "limit": MAX_DRILL_CAPTURES}
        return await self.pairings_of(bin_id, await self._ledger.ids("captures_of_drill", values), wait=False)

    async def sum_up_pairings(self, bin_id: str) -> PairingSummary:
        bin = {"bin": await self._followed(bin_id)}
        counts = await self._ledger.all("count_verdicts", bin)
        gaps = await self._ledger.one("gaps", bin)
        assert gaps is not None, "an aggregate always has a row"
        return PairingSummary(
            by_verdict={Verdict(row["verdict"]): row["pairs"] for row in counts},
            gap_p50=gaps["p50"],
            gap_p95=gaps["p95"],
            gap_max=gaps["highest"],
        )

    async def _filled_in(self, bin: int, rows: Sequence[SqlRow]) -> list[Pairing]:
        """Pairings with the outcomes of their hits and the parties of their first captures."""
        pairings = [read_pairing(row) for row in rows]
        numbers = [hit.n for pairing in pairings for hit in pairing.hits]
        captures = await self._ledger.all("said_of_captures", {"bin": bin, "numbers": numbers}) if pairings else ()
        found = {number_of(row["id"]): row for row in captures}
        return [
            replace(
                pairing,
                hits=tuple(_with_outcome(hit, found.get(hit.n)) for hit in pairing.hits),
                **_parties(found.get(pairing.hits[0].n) if pairing.voice else row),
                **({} if pairing.voice else {"message_id": row["message_id"]}),
            )
            for pairing, row in zip(pairings, rows, strict=True)
        ]


def _with_outcome(hit: Hit, row: SqlRow | None) -> Hit:
    """A hit with its outcome and its fault."""
    if row is None:
        return hit
    outcome, fault = read_outcome(row), read_fault(row)
    if outcome is not None:
        hit = replace(hit, status=outcome.status, after_ms=outcome.after_ms, left_ms=outcome.left_ms)
    if fault is not None:
        hit = replace(hit, fault=fault.kind, fault_said=fault.said, drill=fault.drill)
    return hit


def _parties(row: SqlRow | None) -> dict[str, Any]:
    return {} if row is None else {name: row[name] for name in ("provider", "sender", "recipient", "text")}
