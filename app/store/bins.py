"""Bins and their capture keys."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Protocol

from ..domain.bins import Bin, BinVersions, NewBin


class BinStore(Protocol):
    """Bins and their capture keys."""

    async def add_bin(self, new: NewBin) -> Bin:
        """Create a bin. Raises Conflict when the id or the key is taken."""

    async def list_bins(
        self, *, limit: int, before: str | None = None, among: Collection[str] | None = None
    ) -> Sequence[Bin]:
        """The newest bins first; with `before`, those older than the bin with that id; with `among`, only bins with
        these ids. Raises NotFound when there is no bin `before`."""

    async def get_bin(self, bin_id: str, *, wait: bool = True, counts: bool = True) -> Bin:
        """One bin. Without `wait` its counts are those that the ledger has now; without `counts` the ledger is not
        read. Raises NotFound."""

    async def all_bins(self) -> Sequence[Bin]:
        """All bins, without counts, in no particular order. Does not wait for the ledger; used to build the key
        index."""

    async def find_bins(self, keys: Collection[str]) -> Sequence[Bin]:
        """The bins that have one of these capture keys, without counts."""

    async def sum_of_versions(self) -> tuple[int, ...]:
        """Differs after each change of any of the bins. Costs little however many there are."""

    async def bin_versions(self, bin_id: str | None = None) -> Mapping[str, BinVersions]:
        """The versions of all bins, or of one, by id. A bin that does not exist is missing."""

    async def set_bin(
        self, bin_id: str, *, name: str, provider: str | None, retention: timedelta | None, stuck_after: timedelta
    ) -> Bin:
        """Change the settings of a bin. Raises NotFound."""

    async def rotate_key(self, bin_id: str, key: str) -> Bin:
        """Give the bin a new capture key; the old one is invalid when this returns. Raises NotFound."""

    async def drop_bin(self, bin_id: str) -> None:
        """Delete a bin with its captures. Reads no longer show it when this returns; its bytes are erased soon
        after. Raises NotFound."""
