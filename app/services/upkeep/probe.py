"""Tests whether a write works. Callers share a write in progress and a recent result, so that many requests cause
only a few writes a second."""

import asyncio

from ... import clock
from ...errors import StoreUnavailable
from ...store import COMMIT_WAIT_S, Store
from ...tasks import start_task

# A success is valid for this time; a failure is not cached.
FRESH_S = 0.25


class Probing:
    """Use from one event loop only."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._under_way: asyncio.Future[None] | None = None
        self._confirmed_at = -FRESH_S

    async def probe(self) -> None:
        """Return if a write works now. Raises StoreUnavailable, after `COMMIT_WAIT_S` at the latest."""
        is_fresh = clock.ticks() - self._confirmed_at < FRESH_S
        if is_fresh and self._under_way is None and self._store.health().state == "ok":
            return
        if self._under_way is None:
            self._under_way = asyncio.get_running_loop().create_future()
            start_task(self._write(self._under_way), name="probe")
        # A cancelled caller must not cancel the write for the others.
        await asyncio.shield(self._under_way)

    async def _write(self, result: "asyncio.Future[None]") -> None:
        try:
            async with asyncio.timeout(COMMIT_WAIT_S):
                await self._store.probe()
        except (StoreUnavailable, TimeoutError) as error:
            _fail(result, StoreUnavailable(str(error) or "The store does not respond."))
        except Exception as error:
            _fail(result, error)
            raise
        else:
            self._confirmed_at = clock.ticks()
            result.set_result(None)
        finally:
            self._under_way = None


def _fail(result: "asyncio.Future[None]", error: Exception) -> None:
    result.set_exception(error)
    result.exception()  # all callers may be gone, so the exception is marked as read
