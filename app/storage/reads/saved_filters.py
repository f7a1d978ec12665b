"""Saved filters: the part of `Store` that lists and changes them."""

from collections.abc import Sequence

from ...domain.saved_filters import SavedFilter
from ...domain.units import from_micros, micros
from ..log import jobs
from .base import StoreBase


class SavedFilterReads(StoreBase):
    """Implements `Store`."""

    async def list_filters(self, bin_id: str) -> Sequence[SavedFilter]:
        rows = await self._log.all("list_filters", {"bin": await self._number(bin_id)})
        return [
            SavedFilter(id=row["id"], name=row["name"], text=row["filter"], saved_at=from_micros(row["saved_at"]))
            for row in rows
        ]

    async def set_filter(self, bin_id: str, new: SavedFilter) -> None:
        await self._appender.submit(jobs.SetFilter(bin_id, new.id, new.name, new.text, micros(new.saved_at)))

    async def drop_filter(self, bin_id: str, filter_id: str) -> None:
        await self._appender.submit(jobs.DropFilter(bin_id, filter_id))
