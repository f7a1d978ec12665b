"""Waits until the captures of a bin are parsed again, after a change of a setting on which their readings depend."""

from .. import clock
from ..errors import StoreUnavailable
from ..live.hub import Hub
from ..store import Store

REREAD_WAIT_S = 2.0
"""How long a call that changes such a setting waits, so that a filter right after it finds the new result."""


async def wait_until_reread(store: Store, hub: Hub, bin_id: str, at_most_s: float = REREAD_WAIT_S) -> bool:
    """Whether readers see the new result of a bin now. Waits for it at most `at_most_s`, and not at all while the
    ledger cannot be read. Raises NotFound."""
    ends_at = clock.ticks() + at_most_s
    with hub.subscribe(bin_id) as subscription:
        while True:
            # Before the state is read, so that a change in between is not missed.
            subscription.clear()
            try:
                is_done = (await store.rereading(bin_id)).state == "ok"
            except StoreUnavailable:
                return False
            left = ends_at - clock.ticks()
            if is_done or left <= 0 or hub.closed:
                return is_done
            await subscription.wait(left)
