"""Whether a write works, however often that is asked: a write serves all who ask while it is under way and for a
moment afterwards, so that a flood of questions costs a few writes a second."""

import asyncio

from .. import clock
from ..errors import StoreUnavailable
from ..store import COMMIT_WAIT_S, Store
from ..tasks import lifelong

# A write that was confirmed within this time need not be tried again. What failed is tried again at once.
FRESH_S = 0.25


class Probing:
    """Belongs to one event loop."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._under_way: asyncio.Future[None] | None = None
        self._confirmed_at = -FRESH_S

    async def probe(self) -> None:
        """A write works now. StoreUnavailable, after `COMMIT_WAIT_S` at the latest."""
        is_fresh = clock.ticks() - self._confirmed_at < FRESH_S
        if is_fresh and self._under_way is None and self._store.health().state == "ok":
            return
        if self._under_way is None:
            self._under_way = asyncio.get_running_loop().create_future()
            lifelong(self._write(self._under_way), name="probe")
        # A caller that leaves must not cancel it for the others.
        await asyncio.shield(self._under_way)

    async def _write(self, told: "asyncio.Future[None]") -> None:
        try:
            async with asyncio.timeout(COMMIT_WAIT_S):
                await self._store.probe()
        except (StoreUnavailable, TimeoutError) as error:
            _fail(told, StoreUnavailable(str(error) or "The store does not respond."))
        except Exception as error:
            _fail(told, error)
            raise
        else:
            self._confirmed_at = clock.ticks()
            told.set_result(None)
        finally:
            self._under_way = None


def _fail(told: "asyncio.Future[None]", error: Exception) -> None:
    told.set_exception(error)
    told.exception()  # every caller may have left
