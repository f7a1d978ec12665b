"""Writes that share a commit: what changes within a moment is written as one job, so that captures do not wait for many
commits."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from ..errors import StoreUnavailable
from ..log import get_log
from ..tasks import start_task

_log = get_log("gathering")


class GatheredWrites:
    """Use from one event loop only. `write` writes everything that has changed, and keeps it if that fails; `then` is
    called after each attempt, and calls `soon` if there is more. After a failure there is a pause of `again_s`."""

    def __init__(
        self, write: Callable[[], Awaitable[None]], then: Callable[[], None], *, name: str, gather_s: float,
        again_s: float,
    ) -> None:  # fmt: skip
        self._write = write
        self._then = then
        self._name = name
        self._gather_s = gather_s
        self._again_s = again_s
        self._task: asyncio.Task[None] | None = None

    def soon(self) -> None:
        """Write in a moment, with what changes until then."""
        if self._task is None:
            self._task = start_task(self._run(), name=self._name)

    async def finish(self) -> None:
        """Write what is left now. What cannot be written is lost with the process."""
        if self._task is not None:
            await asyncio.wait([self._task])
        with suppress(StoreUnavailable):
            await self._write()

    async def _run(self) -> None:
        try:
            await asyncio.sleep(self._gather_s)
            await self._write()
        except Exception as error:
            _log.error("writes.not_stored", of=self._name, exc_info=error)
            await asyncio.sleep(self._again_s)
        finally:
            self._task = None
            self._then()
