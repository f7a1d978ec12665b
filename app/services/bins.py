"""Creates and changes bins: the store, the key index and the subscriptions in one step."""

import asyncio
from datetime import timedelta
from typing import Protocol

from .. import clock
from ..domain.bins import STUCK_AFTER, Bin, NewBin
from ..live.hub import Hub
from ..store import Store
from .keyring import Keyring
from .leases import LEASE_S
from .reconciliations.reconciling import Reconciling
from .upkeep.retention import Sweeping

FIRST_BIN = "first-bin"
FIRST_BIN_S = 0.2
"""How often a server looks whether another one has created the first bin."""


class PerBin(Protocol):
    """A service that holds something in memory for each bin."""

    def forget(self, bin_id: str) -> None:
        """Drop it: the bin is deleted."""


async def create(
    store: Store,
    keyring: Keyring,
    *,
    name: str | None = None,
    provider: str | None = None,
    retention: timedelta | None = None,
    stuck_after: timedelta = STUCK_AFTER,
) -> Bin:
    """Create a bin with a new key."""
    new = NewBin(
        id=clock.new_id(), key=clock.new_key(), name=name, provider=provider, retention=retention,
        stuck_after=stuck_after, created_at=clock.now(),
    )  # fmt: skip
    with keyring.changing(new.id):
        bin = await store.add_bin(new)
        await keyring.apply(bin, is_new=True)
    return bin


async def first_bin(store: Store, keyring: Keyring) -> Bin:
    """The oldest bin. It is created if there is none, so that a new server has capture URLs; if several servers start
    at the same time, by one of them."""
    while True:
        bins = await store.list_bins(limit=500)
        if not bins and await store.hold_lease(FIRST_BIN, LEASE_S):
            # Another server may have created it before.
            bins = await store.list_bins(limit=500) or [await create(store, keyring)]
        if bins:
            await keyring.apply(bins[-1], is_new=True)
            return bins[-1]
        await asyncio.sleep(FIRST_BIN_S)


async def change(
    store: Store,
    keyring: Keyring,
    hub: Hub,
    bin: Bin,
    *,
    name: str,
    provider: str | None,
    retention: timedelta | None,
    stuck_after: timedelta,
) -> Bin:
    """Set the name, the provider, the retention, and the time until a message is stuck. Raises NotFound."""
    with keyring.changing(bin.id):
        changed = await store.set_bin(
            bin.id, name=name, provider=provider, retention=retention, stuck_after=stuck_after
        )
        await keyring.apply(changed)
    hub.notify(bin.id)
    return changed


async def rotate_key(store: Store, keyring: Keyring, hub: Hub, bin_id: str) -> Bin:
    """Give the bin a new key; the old one is answered 404 from now on. Raises NotFound."""
    with keyring.changing(bin_id):
        bin = await store.rotate_key(bin_id, clock.new_key())
        await keyring.apply(bin)
    hub.notify(bin_id)
    return bin


async def delete(
    store: Store,
    keyring: Keyring,
    hub: Hub,
    per_bin: list[PerBin],
    reconciling: Reconciling,
    sweeping: Sweeping,
    bin_id: str,
) -> None:
    """Delete a bin with its captures and everything that was set in it or derived from it. Raises NotFound."""
    with keyring.changing(bin_id):
        await store.drop_bin(bin_id)
        await keyring.apply_deletion(bin_id)
    for each in per_bin:
        each.forget(bin_id)
    await reconciling.forget(bin_id)
    sweeping.erase_soon()
    hub.notify(bin_id)


async def clear(store: Store, hub: Hub, sweeping: Sweeping, bin_id: str) -> None:
    """Delete all captures of a bin; numbering continues. Raises NotFound."""
    await store.drop_captures(bin_id)
    sweeping.erase_soon()
    hub.notify(bin_id)


async def delete_capture(store: Store, hub: Hub, bin_id: str, n: int) -> None:
    """Delete one capture. Raises NotFound."""
    await store.drop_capture(bin_id, n)
    hub.notify(bin_id)


async def reread(store: Store, hub: Hub, bin_id: str) -> None:
    """Parse all captures of a bin again; readers see the old result until that is complete. Raises NotFound."""
    await store.reread(bin_id)
    hub.notify(bin_id)
