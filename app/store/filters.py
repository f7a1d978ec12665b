"""Saved filters of bins, and the values that a filter can look for."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from ..domain.saved_filters import SavedFilter


class FilterStore(Protocol):
    """Saved filters of bins, and the values that a filter can look for."""

    async def list_filters(self, bin_id: str) -> Sequence[SavedFilter]:
        """The saved filters of a bin, in the order in which they were added. Raises NotFound."""

    async def set_filter(self, bin_id: str, new: SavedFilter) -> None:
        """Add a filter, or replace the one with the same id, which keeps its place. Raises NotFound; Conflict when
        another filter of the bin has the name (in any case of ASCII letters), or when the bin has `MAX_SAVED`."""

    async def drop_filter(self, bin_id: str, filter_id: str) -> None:
        """Delete a saved filter. Raises NotFound when there is no such bin or filter."""

    async def recent_values(self, bin_id: str, key: str, *, among: int) -> Mapping[str, int]:
        """The values of a filter key in the newest `among` captures that the ledger has, with the number of captures
        that have them, the most frequent first. Keys: `from`, `to`, `id`, and those with a fixed set of values; for
        `tag` the newest captures that have annotations. Does not wait for the ledger. Raises NotFound."""

    async def values_from(self, bin_id: str, key: str, beginnings: Sequence[str], *, limit: int) -> Sequence[str]:
        """The values of `from`, `to` or `id` that begin with one of these (lower case in ASCII), from an index that may
        not have the newest captures; each beginning in the order of its values. Raises NotFound."""
