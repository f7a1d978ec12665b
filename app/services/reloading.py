"""Keeps the settings of bins in memory right while other servers change them in the same store.

Only `Reloading` writes those settings in a shared store, also after a change that was made here, and it reads one bin
once at a time. It reads the bin, with its `answer_version`, before the rest: so what is in memory is never older than
that version says, and a capture that was chosen from older settings is refused by the store (`errors.Stale`).

A notice of the store only makes it sooner. Without one, captures are right because of the version, pages because
`reload_if_changed` compares it first, and open pages within `CHECK_S`.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from ..errors import NotFound, StoreUnavailable
from ..live.hub import Hub
from ..log import get_log
from ..store import Store
from ..tasks import start_task
from .bins import PerBin
from .keyring import Keyring, Reload

CHECK_S = 10.0
RETRY_S = 1.0

_log = get_log("reloading")


class Reloadable(Protocol):
    """A service that has the settings of bins in memory."""

    reload: Reload | None
    """Set if the store is shared: to be called after a change that was made here."""

    async def read(self, bin_id: str) -> Callable[[], None]:
        """Read the settings of a bin from the store. The result replaces those in memory. Raises StoreUnavailable."""


class _Turn:
    """The reads of one bin: `wanted` calls were made so far, and the first `done` of them are served."""

    __slots__ = ("done", "failure", "lock", "users", "wanted")

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.users = self.wanted = self.done = 0
        self.failure: str | None = None


class Reloading:
    """For a shared store. Use from one event loop only. `parts` have settings that answers depend on; they must be
    loaded."""

    def __init__(
        self, store: Store, hub: Hub, keyring: Keyring, parts: Sequence[Reloadable], per_bin: Sequence[PerBin]
    ) -> None:
        self._store = store
        self._hub = hub
        self._keyring = keyring
        self._parts = parts
        self._per_bin = per_bin
        self._turns: dict[str, _Turn] = {}
        # The sum of all versions before the last complete check.
        self._total: tuple[int, ...] | None = None

    def start(self) -> None:
        """From now on only reloads change what is in memory."""
        self._keyring.reload = self.reload
        for part in self._parts:
            part.reload = self.reload
        self._store.on_settings_change(self.changed)

    def changed(self, bin_id: str | None) -> None:
        """A notice of the store: another server has changed a bin; None: perhaps any."""
        start_task(self._follow(bin_id), name="reload")

    async def step(self) -> float:
        """Reload the bins with changes without a notice. Returns the seconds until the next call."""
        try:
            await self.reload_changed()
        except StoreUnavailable:
            return RETRY_S
        return CHECK_S

    async def reload_changed(self) -> None:
        """Reload all bins that other servers have made, changed or deleted. Raises StoreUnavailable."""
        total = await self._store.sum_of_versions()
        if total == self._total:
            return
        stored = await self._store.bin_versions()
        for bin_id in {bin_id for bin_id, _ in self._keyring.versions().items() ^ stored.items()}:
            await self.reload_if_changed(bin_id)
        self._total = total

    async def reload_if_changed(self, bin_id: str) -> None:
        """Reload a bin if it has changed. Raises StoreUnavailable."""
        stored = (await self._store.bin_versions(bin_id)).get(bin_id)
        known = self._keyring.named(bin_id)
        if stored != (None if known is None else known.versions):
            await self.reload(bin_id)

    async def reload(self, bin_id: str) -> None:
        """Read a bin again with all that is set in it. Calls at the same time share a read that begins after them.
        Raises StoreUnavailable."""
        turn = self._turns.setdefault(bin_id, _Turn())
        turn.wanted += 1
        turn.users += 1
        number = turn.wanted
        try:
            async with turn.lock:
                if turn.done < number:
                    await self._serve(bin_id, turn)
                if turn.failure is not None:
                    raise StoreUnavailable(turn.failure)
        finally:
            turn.users -= 1
            if not turn.users:
                self._turns.pop(bin_id, None)

    async def _serve(self, bin_id: str, turn: _Turn) -> None:
        served, turn.failure = turn.wanted, None
        try:
            await self._read(bin_id)
        except StoreUnavailable as error:
            turn.failure = str(error)
        turn.done = served

    async def _read(self, bin_id: str) -> None:
        before = self._keyring.named(bin_id)
        try:
            bin = await self._store.get_bin(bin_id, counts=False)
        except NotFound:
            self._forget(bin_id)
        else:
            # In this order; see above.
            replacements = await asyncio.gather(*(part.read(bin_id) for part in self._parts))
            for replace in replacements:
                replace()
            self._keyring.put(bin)
            if before is not None and before.versions == bin.versions:
                return
        self._hub.notify(bin_id)

    def _forget(self, bin_id: str) -> None:
        self._keyring.drop(bin_id)
        for each in self._per_bin:
            each.forget(bin_id)

    async def _follow(self, bin_id: str | None) -> None:
        try:
            await (self.reload_changed() if bin_id is None else self.reload(bin_id))
        except StoreUnavailable as error:
            # The next capture, page or check of the bin tries again.
            _log.warning("settings.not_reloaded", bin=bin_id, reason=str(error))
