"""Values that the keys of a filter have in a bin, for completion: read from the newest captures, and from an index."""

from collections.abc import Mapping, Sequence

from .base import StoreBase
from .filters import prefix_range


class ValueReads(StoreBase):
    """Implements `Store`."""

    async def recent_values(self, bin_id: str, key: str, *, among: int) -> Mapping[str, int]:
        values = {"bin": await self._number(bin_id), "key": key, "among": among}
        counts: dict[str, int] = {}
        for row in await self._ledger.all("recent_tags" if key == "tag" else "recent_values", values):
            # A capture has several findings and tags.
            for value in row["value"].split(",") if key in ("has", "tag") else [row["value"]]:
                counts[value] = counts.get(value, 0) + row["found"]
        return dict(sorted(counts.items(), key=lambda pair: -pair[1]))

    async def values_from(self, bin_id: str, key: str, beginnings: Sequence[str], *, limit: int) -> Sequence[str]:
        space = await self._space(await self._number(bin_id))
        if space is None:
            return []
        values = {
            "space": space["number"], "recipient": int(key == "to"), "limit": limit,
            "ranges": [prefix_range(beginning) for beginning in beginnings],
        }  # fmt: skip
        rows = await self._ledger.all("id_values" if key == "id" else "party_values", values)
        return list(dict.fromkeys(row["value"] for row in rows))
