"""Looks up capture keys that are not in memory, in a store that other servers change too: another server may just have
made the bin, or rotated its key.

One read is made at a time, for all keys that were wanted since the last one began. So unknown keys cost few reads,
however many requests have them, and no known key waits for them.
"""

import asyncio
from itertools import islice

from ..errors import StoreUnavailable
from ..store import Store
from ..tasks import start_task, stop
from .keyring import Keyring

MOST_KEYS = 500
"""Keys of one read."""
STOPPING = "The server is stopping."


class KeyLookups:
    """Use from one event loop only."""

    def __init__(self, store: Store, keyring: Keyring) -> None:
        self._store = store
        self._keyring = keyring
        self._wanted: dict[str, asyncio.Future[None]] = {}
        self._task: asyncio.Task[None] | None = None

    def find(self, key: str) -> "asyncio.Future[None]":
        """When the future is resolved, the keyring has the bin of the key, if there is one. Raises StoreUnavailable
        there."""
        found = self._wanted.get(key)
        if found is None:
            found = self._wanted[key] = asyncio.get_running_loop().create_future()
        if self._task is None:
            self._task = start_task(self._run(), name="keys")
        return found

    async def close(self) -> None:
        """End all look-ups: the server stops."""
        if self._task is not None:
            await stop(self._task)
        _end(self._wanted, STOPPING)
        self._wanted.clear()

    async def _run(self) -> None:
        try:
            while self._wanted:
                keys = list(islice(self._wanted, MOST_KEYS))
                await self._answer({key: self._wanted.pop(key) for key in keys})
        finally:
            self._task = None

    async def _answer(self, wanted: "dict[str, asyncio.Future[None]]") -> None:
        reload = self._keyring.reload
        assert reload is not None, "the store is shared"
        error: str | None = STOPPING
        try:
            found = await self._store.find_bins(wanted.keys())
            await asyncio.gather(*(reload(bin.id) for bin in found))
            error = None
        except StoreUnavailable as unavailable:
            error = str(unavailable)
        finally:
            _end(wanted, error)


def _end(wanted: "dict[str, asyncio.Future[None]]", error: str | None) -> None:
    for future in wanted.values():
        if future.done():
            continue  # it was cancelled
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(StoreUnavailable(error))
