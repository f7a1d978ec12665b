"""When a bin could receive, and how files of its provider are read."""

from collections.abc import Sequence
from itertools import pairwise

from ...domain.reconciliation.kept import Availability
from ...domain.units import from_micros
from ..log import jobs
from .base import StoreBase

MOST_RUNS = 10_000
"""Openings of the log that are examined; before the first of them nothing is known."""


class ReconciliationReads(StoreBase):
    """Implements `Store`."""

    async def get_availability(self, bin_id: str) -> Availability:
        row = await self._bin_row(bin_id)
        bounds = {"bin": row["number"], "floor_n": row["floor_n"]}
        runs = await self._log.all("list_runs", {"limit": MOST_RUNS})
        kept_us = row["created_at"]
        if row["floor_n"]:
            first = await self._log.one("first_kept_capture", bounds)
            # If all are deleted, nothing is known about the time before the last run.
            kept_us = max(kept_us, runs[-1]["until_at"] if first is None else first["received_at"])
        if len(runs) == MOST_RUNS:
            kept_us = max(kept_us, runs[0]["began_at"])
        deletions = await self._log.one("count_single_deletions", bounds)
        return Availability(
            made_at=from_micros(row["created_at"]),
            kept_since=from_micros(kept_us),
            down=tuple(
                (from_micros(start), from_micros(end))
                for start, end in _gaps([(run["began_at"], run["until_at"]) for run in runs])
                if end > row["created_at"]
            ),
            key_changed_at=None if row["key_changed_at"] is None else from_micros(row["key_changed_at"]),
            deleted=0 if deletions is None else int(deletions[0]),
        )

    async def get_record_mapping(self, bin_id: str) -> str | None:
        row = await self._log.one("get_record_mapping", {"bin": await self._number(bin_id)})
        return None if row is None else str(row["mapping"])

    async def set_record_mapping(self, bin_id: str, mapping: str | None) -> None:
        await self._appender.submit(jobs.SetRecordMapping(bin_id, mapping))


def _gaps(runs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The times between these runs, which are in ascending order. A clock that was set back leaves no gap."""
    found = []
    for (_, end), (start, _) in pairwise(runs):
        if start > end:
            found.append((end, start))
    return found
