"""Capture keys in memory, so that a capture costs no read. Whoever changes a bin says so here, in the same breath."""

from ..domain.bins import Bin
from ..store import Store

MAX_KEYS = 10_000


class Keyring:
    """Key -> bin. Unknown keys are never remembered, or anybody could fill the memory with them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._bins: dict[str, Bin] = {}
        self._changes = 0

    def known(self, key: str) -> Bin | None:
        """The bin, when it is in memory."""
        return self._bins.get(key)

    async def find(self, key: str) -> Bin | None:
        """The bin, from memory or from the store."""
        bin = self._bins.get(key)
        if bin is not None:
            return bin
        before = self._changes
        bin = await self._store.find_bin_by_key(key)
        # A key that was rotated while we read must not be remembered as good.
        if bin is not None and before == self._changes:
            if len(self._bins) >= MAX_KEYS:
                self._bins.clear()
            self._bins[key] = bin
        return bin

    def forget(self) -> None:
        """Some bin changed or went: look again."""
        self._changes += 1
        self._bins.clear()
