"""Capture keys in memory: incoming requests look a key up only here, so that no known key waits for the database.

All bins are loaded at the start. Each change of a bin is applied to its entry; the index is never cleared. In a shared
store `reloading.py` applies changes, and `key_lookups.py` finds keys of bins that another server has just made.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager

from ..domain.bins import Bin, BinVersions
from ..errors import Conflict, NotFound, StoreUnavailable
from ..store import Store

# A change with an unknown result is looked up as soon as the log answers again.
CHECK_S = 1.0
RETRY_S = 0.5

Reload = Callable[[str], Awaitable[None]]
"""Reads a bin again with all that is set in it, in a shared store: what is in memory is replaced by it. Raises
StoreUnavailable."""


class Keyring:
    """Bins by key. Use from one event loop only."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._by_key: dict[str, Bin] = {}
        self._by_id: dict[str, Bin] = {}
        # Ids of bins with a change whose result is unknown.
        self._doubtful: set[str] = set()
        self.reload: Reload | None = None
        """Set if the store is shared."""

    async def start(self) -> None:
        """Load all bins."""
        for bin in await self._store.all_bins():
            self.add(bin)

    def known(self, key: str) -> Bin | None:
        """The bin of a key, as of the last acknowledged change; its counts are not updated. None if there is none."""
        return self._by_key.get(key)

    def named(self, bin_id: str) -> Bin | None:
        """The bin of an id, as of the last acknowledged change; its counts are not updated. None if there is none."""
        return self._by_id.get(bin_id)

    def versions(self) -> Mapping[str, BinVersions]:
        """The versions of all bins as they are known here, by id."""
        return {bin_id: bin.versions for bin_id, bin in self._by_id.items()}

    def add(self, bin: Bin) -> None:
        """Add a new or reloaded bin. An older version than the known one is ignored, because changes of one bin may
        be acknowledged in another order than they were written."""
        before = self._by_id.get(bin.id)
        if before is not None and bin.version < before.version:
            return
        self.put(bin)

    def put(self, bin: Bin) -> None:
        """Replace a bin by what was read last."""
        before = self._by_id.get(bin.id)
        if before is not None:
            self._by_key.pop(before.key, None)
        self._by_id[bin.id] = self._by_key[bin.key] = bin

    def change(self, bin: Bin) -> None:
        """A bin was changed; ignored if it was deleted in the meantime."""
        if bin.id in self._by_id:
            self.add(bin)

    def drop(self, bin_id: str) -> None:
        """A bin was deleted."""
        bin = self._by_id.pop(bin_id, None)
        if bin is not None:
            self._by_key.pop(bin.key, None)

    async def apply(self, bin: Bin, *, is_new: bool = False) -> None:
        """A bin was made or changed on this server. Raises StoreUnavailable if the store is shared."""
        if self.reload is not None:
            await self.reload(bin.id)
        elif is_new:
            self.add(bin)
        else:
            self.change(bin)

    async def apply_deletion(self, bin_id: str) -> None:
        """A bin was deleted on this server. Raises StoreUnavailable if the store is shared."""
        if self.reload is not None:
            await self.reload(bin_id)
        else:
            self.drop(bin_id)

    @contextmanager
    def changing(self, bin_id: str) -> Iterator[None]:
        """A context for a write of a bin: if its result is unknown, `step` loads the bin again."""
        try:
            yield
        except (NotFound, Conflict):
            raise
        except BaseException:
            self._doubtful.add(bin_id)
            raise

    async def step(self) -> float:
        """Load the bins with an unknown change. Returns the seconds until the next call."""
        doubtful = set(self._doubtful)
        if not doubtful:
            return CHECK_S
        try:
            # The log processes jobs in order: after this probe, the earlier changes are either written or never will
            # be.
            await self._store.probe()
            await self._load_again(doubtful)
        except StoreUnavailable:
            return RETRY_S
        return CHECK_S

    async def _load_again(self, bin_ids: set[str]) -> None:
        for bin_id in bin_ids:
            self._doubtful.discard(bin_id)
            try:
                if self.reload is not None:
                    await self.reload(bin_id)
                else:
                    self.add(await self._store.get_bin(bin_id, wait=False))
            except NotFound:
                self.drop(bin_id)
            except StoreUnavailable:
                self._doubtful.add(bin_id)
                raise
