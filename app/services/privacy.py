"""The privacy settings of all bins, in memory, so that pages and captures need no read. The store is changed first."""

import asyncio
from collections.abc import Callable
from functools import partial

import msgspec

from ..domain.masking.policy import CREDENTIALS, FULL_MASK, MaskingPolicy
from ..domain.privacy import NO_PRIVACY, Privacy, read_privacy, write_privacy
from ..live.hub import Hub
from ..store import Store
from .keyring import Reload

UNREADABLE = Privacy(mask=True)
"""For settings that another version has stored: what they would mask is masked until they are set again."""


class PrivacySettings:
    """Use from one event loop only."""

    def __init__(self, store: Store, hub: Hub) -> None:
        self._store = store
        self._hub = hub
        self._by_bin: dict[str, tuple[Privacy, MaskingPolicy]] = {}
        self._withholding: dict[str, Privacy] = {}
        self._changing = asyncio.Lock()
        self.reload: Reload | None = None
        """Set if the store is shared."""

    async def start(self) -> None:
        """Load the settings that users have made."""
        for bin_id, text in await self._store.list_privacy():
            self._keep(bin_id, _read(text))

    async def read(self, bin_id: str) -> Callable[[], None]:
        """As in `Reloadable`."""
        found = [_read(text) for _, text in await self._store.list_privacy(bin_id)]
        return partial(self._keep, bin_id, found[0] if found else NO_PRIVACY)

    def of(self, bin_id: str) -> Privacy:
        """The settings of a bin."""
        found = self._by_bin.get(bin_id)
        return NO_PRIVACY if found is None else found[0]

    def policy_of(self, bin_id: str) -> MaskingPolicy:
        """What is masked where captures of a bin are shown or exported."""
        found = self._by_bin.get(bin_id)
        return CREDENTIALS if found is None else found[1]

    def full_policy_of(self, bin_id: str) -> MaskingPolicy:
        """The same as if the bin masked numbers, codes and links, whatever its settings are."""
        policy = self.policy_of(bin_id)
        return MaskingPolicy(
            values=True, fields=policy.fields | FULL_MASK.fields, headers=policy.headers | FULL_MASK.headers
        )

    def withholding_of(self, bin_id: str) -> Privacy | None:
        """The settings of a bin that replaces values before it stores a request; None for all others."""
        return self._withholding.get(bin_id)

    async def set(self, bin_id: str, privacy: Privacy) -> None:
        """Set the settings of a bin; they apply to the next request and the next page. Raises NotFound."""
        async with self._changing:
            text = None if privacy == NO_PRIVACY else write_privacy(privacy).decode()
            await self._store.set_privacy(bin_id, text)
            if self.reload is not None:
                await self.reload(bin_id)
            else:
                self._keep(bin_id, privacy)
        self._hub.notify(bin_id)

    def forget(self, bin_id: str) -> None:
        """The bin was deleted."""
        self._keep(bin_id, NO_PRIVACY)

    def _keep(self, bin_id: str, privacy: Privacy) -> None:
        self._by_bin.pop(bin_id, None)
        self._withholding.pop(bin_id, None)
        if privacy != NO_PRIVACY:
            self._by_bin[bin_id] = (privacy, privacy.policy())
        if privacy.withholds:
            self._withholding[bin_id] = privacy


def _read(text: str) -> Privacy:
    try:
        return read_privacy(text)
    except msgspec.MsgspecError:
        return UNREADABLE
