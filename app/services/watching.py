"""What happens by itself: messages that stay silent are marked as stuck, fallbacks that do not come as missing, faults
that are over leave the pages, and the search index catches up.

Nobody has to look for any of it: a mark takes a seq and rings, so it stands on open pages at once.
"""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from .. import clock
from ..errors import StoreUnavailable
from ..live.hub import Hub
from ..log import get_log
from ..storage import Store
from .faults import Faults

STUCK_EVERY_S = 1.0
FAULTS_EVERY_S = 1.0
MISSING_EVERY_S = 1.0
INDEX_EVERY_S = 0.25
# Small enough that the captures which wait behind a step notice nothing.
INDEX_STEP = 250

T = TypeVar("T")
_log = get_log("watching")


async def mark_stuck_for_ever(store: Store, hub: Hub) -> None:
    """Once a second as long as the server runs."""
    while True:
        await _try(mark_stuck_once(store, hub), "stuck.failed")
        await asyncio.sleep(STUCK_EVERY_S)


async def mark_stuck_once(store: Store, hub: Hub) -> None:
    """Mark everything that is due now."""
    while bins := await store.mark_stuck(clock.now()):
        for bin_id in bins:
            hub.ring(bin_id)


async def end_faults_for_ever(faults: Faults) -> None:
    """Once a second: a fault that has ended leaves the pages."""
    while True:
        await _try(faults.sweep(), "faults.failed")
        await asyncio.sleep(FAULTS_EVERY_S)


async def mark_missing_for_ever(store: Store, hub: Hub) -> None:
    """Once a second as long as the server runs."""
    while True:
        await _try(mark_missing_once(store, hub), "missing.failed")
        await asyncio.sleep(MISSING_EVERY_S)


async def mark_missing_once(store: Store, hub: Hub) -> None:
    """Mark every fallback that should have come by now."""
    while bins := await store.mark_missing_fallbacks(clock.now()):
        for bin_id in bins:
            hub.ring(bin_id)


async def index_for_ever(store: Store) -> None:
    """A step each quarter of a second; while captures leave the writer alone, one after the other until all is in."""
    while True:
        more = await _try(store.index_words(INDEX_STEP), "index.failed")
        await asyncio.sleep(0.0 if more and not store.is_busy() else INDEX_EVERY_S)


async def _try(step: Awaitable[T], event: str) -> T | None:
    try:
        return await step
    except StoreUnavailable as error:
        # The disk is full or busy; the next turn tries again, and captures tell the user about it.
        _log.warning(event, reason=str(error))
        return None
