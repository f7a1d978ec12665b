"""Capture keys in memory: the front door looks a key up here and nowhere else, so that no key, known or unknown, ever
waits for the database or for other readers.

All bins are loaded at the start. Every change of a bin is then applied to its own entry; the map is never emptied.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from ..domain.bins import Bin
from ..errors import Conflict, NotFound, StoreUnavailable
from ..store import Store

# A change of which it is unknown whether it was written is looked up as soon as the log answers again.
LOOK_S = 1.0
AGAIN_S = 0.5


class Keyring:
    """Key -> bin. Belongs to one event loop."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._by_key: dict[str, Bin] = {}
        self._by_id: dict[str, Bin] = {}
        # Ids of bins with a change of which it is not known whether it was written.
        self._doubtful: set[str] = set()

    async def start(self) -> None:
        """Load every bin."""
        for bin in await self._store.all_bins():
            self.add(bin)

    def known(self, key: str) -> Bin | None:
        """The bin that collects under a key, as of the last change that was answered. Its counts are not kept up."""
        return self._by_key.get(key)

    def add(self, bin: Bin) -> None:
        """A bin was made, or looked up. An older version than the known one is ignored: two changes of one bin may be
        answered in another order than they were written in."""
        before = self._by_id.get(bin.id)
        if before is not None:
            if bin.version < before.version:
                return
            self._by_key.pop(before.key, None)
        self._by_id[bin.id] = self._by_key[bin.key] = bin

    def change(self, bin: Bin) -> None:
        """A bin was changed; nothing where it was deleted meanwhile."""
        if bin.id in self._by_id:
            self.add(bin)

    def drop(self, bin_id: str) -> None:
        """A bin was deleted."""
        bin = self._by_id.pop(bin_id, None)
        if bin is not None:
            self._by_key.pop(bin.key, None)

    @contextmanager
    def changing(self, bin_id: str) -> Iterator[None]:
        """Around a write of a bin: where it fails without an answer, the bin is looked up later (`step`)."""
        try:
            yield
        except (NotFound, Conflict):
            raise
        except BaseException:
            self._doubtful.add(bin_id)
            raise

    async def step(self) -> float:
        """Look up the bins with a doubtful change. Seconds until the next look."""
        doubtful = set(self._doubtful)
        if not doubtful:
            return LOOK_S
        try:
            # The log takes jobs in order: when this one is answered, the doubtful ones were written, or never will be.
            await self._store.probe()
            await self._load_again(doubtful)
        except StoreUnavailable:
            return AGAIN_S
        return LOOK_S

    async def _load_again(self, bin_ids: set[str]) -> None:
        for bin_id in bin_ids:
            self._doubtful.discard(bin_id)
            try:
                self.add(await self._store.get_bin(bin_id, wait=False))
            except NotFound:
                self.drop(bin_id)
            except StoreUnavailable:
                self._doubtful.add(bin_id)
                raise
