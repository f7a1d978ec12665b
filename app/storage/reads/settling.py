"""Captures without an outcome, read in steps, so that the log process is not kept from storing others."""

from collections.abc import AsyncIterator
from datetime import datetime

from ...domain.units import micros
from ..ids import number_of, row_id
from ..log import jobs
from ..transaction import SqlRow
from .base import StoreBase

STEP = 2_000
WRITTEN = 500
"""Outcomes in one job."""


class SettlingReads(StoreBase):
    """Implements `Store`."""

    async def settle_between(self, since: datetime, until: datetime, note: str) -> int:
        records = [
            jobs.OutcomeRecord(bin["id"], n, None, None, False, None, True, note, None)
            for bin in await self._log.all("bins_received_since", {"since": micros(since)})
            for n in await self._unanswered(bin, micros(since), micros(until))
        ]
        for start in range(0, len(records), WRITTEN):
            await self._appender.submit(jobs.SetOutcomes(records[start : start + WRITTEN]))
        return len(records)

    async def _unanswered(self, bin: SqlRow, since: int, until: int) -> list[int]:
        numbers = {n async for n in self._received(bin, since, until)}
        if not numbers:
            return []
        first = min(numbers)
        start = row_id(bin["number"], bin["last_k"])
        bounds = {"above": row_id(bin["number"], 0), "limit": STEP}
        while rows := await self._log.all("outcomes_down_from", {**bounds, "from": start}):
            numbers.difference_update(row["n"] for row in rows)
            # Outcomes further down are of captures before the first one.
            if rows[-1]["after_n"] < first:
                break
            start = rows[-1]["id"] - 1
        return sorted(numbers)

    async def _received(self, bin: SqlRow, since: int, until: int) -> AsyncIterator[int]:
        """From the newest to older ones, until all captures of a step are too old: clocks differ by a little."""
        start = row_id(bin["number"], bin["last_n"])
        bounds = {"above": row_id(bin["number"], bin["floor_n"]), "limit": STEP}
        while rows := await self._log.all("captures_down_from", {**bounds, "from": start}):
            for row in rows:
                if since <= row["received_at"] <= until:
                    yield number_of(row["id"])
            if all(row["received_at"] < since for row in rows):
                return
            start = rows[-1]["id"] - 1
