"""The retention's broom: small steps, so that captures pass between them."""

import asyncio
from datetime import timedelta

from .. import clock
from ..errors import StoreUnavailable
from ..log import get_log
from ..storage import Store

EVERY_S = 60.0
PAUSE_S = 0.02
# A wall clock that jumped says nothing about age; better to keep too long than to delete everything.
MAX_JUMP = timedelta(hours=1)

_log = get_log("sweeping")


async def sweep_once(store: Store, retention: timedelta) -> int:
    """Everything that is due now. The number of captures removed."""
    removed = 0
    while True:
        step = await store.sweep(clock.now(), retention)
        removed += step.removed
        if not step.more:
            return removed
        await asyncio.sleep(PAUSE_S)


async def sweep_for_ever(store: Store, retention: timedelta) -> None:
    """Once a minute as long as the server runs, unless the clock jumped."""
    wall, ticks = clock.now(), clock.ticks()
    while True:
        drift = (clock.now() - wall) - timedelta(seconds=clock.ticks() - ticks)
        if abs(drift) > MAX_JUMP:
            _log.warning("sweep.skipped", reason="the system clock jumped; restart smsbin once it is right")
        else:
            await _try(store, retention)
        await asyncio.sleep(EVERY_S)


async def _try(store: Store, retention: timedelta) -> None:
    try:
        removed = await sweep_once(store, retention)
    except StoreUnavailable as error:
        _log.warning("sweep.failed", reason=str(error))
    else:
        if removed:
            _log.info("captures.swept", count=removed)
