"""Bins: the log has what users set, the ledger has the counts."""

from collections.abc import Collection, Mapping, Sequence

from ...domain.bins import Bin, BinVersions
from ...errors import StoreUnavailable
from ...store import LedgerStatus
from ..rows import read_bin
from ..transaction import SqlRow
from .base import StoreBase
from .messages import MAX_ID


class BinReads(StoreBase):
    """Implements `Store`. Without a ledger all counts are zero."""

    async def list_bins(
        self, *, limit: int, before: str | None = None, among: Collection[str] | None = None
    ) -> Sequence[Bin]:
        number = MAX_ID if before is None else await self._number(before)
        ids = None if among is None else sorted(among)
        rows = await self._log.all("list_bins", {"limit": limit, "before": number, "among": ids})
        await self._follower.all_caught_up()
        return await self._with_counts(rows)

    async def get_bin(self, bin_id: str, *, wait: bool = True, counts: bool = True) -> Bin:
        row = await self._bin_row(bin_id)
        if not counts:
            return read_bin(row, None, behind=0)
        if wait:
            await self._follower.caught_up(row["number"])
        return (await self._with_counts([row]))[0]

    async def all_bins(self) -> Sequence[Bin]:
        return [read_bin(row, None, behind=0) for row in await self._log.all("all_bins", {})]

    async def find_bins(self, keys: Collection[str]) -> Sequence[Bin]:
        rows = await self._log.all("bins_of_keys", {"among": sorted(keys)})
        return [read_bin(row, None, behind=0) for row in rows]

    async def sum_of_versions(self) -> tuple[int, ...]:
        row = await self._log.one("sum_of_versions", {})
        assert row is not None, "a sum is one row"
        return row["newest"], row["bins"], row["versions"], row["answer_versions"]

    async def bin_versions(self, bin_id: str | None = None) -> Mapping[str, BinVersions]:
        rows = await self._of_bin("bin_versions", "versions_of_bin", bin_id)
        return {row["id"]: (row["version"], row["answer_version"]) for row in rows}

    async def rereading(self, bin_id: str) -> LedgerStatus:
        row = await self._bin_row(bin_id)
        values = {"bin": row["number"]}
        # In this order: readers see a new space before it stops being the one that is being built.
        building = await self._ledger.one("building_space", values)
        space = await self._ledger.one("space_of", values)
        if building is None and space is not None and space["rereads"] == row["rereads"]:
            return LedgerStatus(state="ok")
        done = 0 if building is None else max(0, building["n"] - row["floor_n"])
        return LedgerStatus(state="building", done=done, total=row["last_n"] - row["floor_n"])

    async def _with_counts(self, rows: Sequence[SqlRow]) -> list[Bin]:
        try:
            spaces = await self._ledger.all("spaces_of", {"bins": [row["number"] for row in rows]})
        except StoreUnavailable:
            return [read_bin(row, None, behind=self._follower.behind(row["number"])) for row in rows]
        by_bin = {space["bin"]: space for space in spaces}
        # From what was read: the follower may not know yet what other servers have stored.
        return [read_bin(row, by_bin.get(row["number"])) for row in rows]
