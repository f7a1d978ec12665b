"""The only birthplace of a task that outlives a request: held, named, and heard when it fails; and of the loop that
it runs on.
"""

import asyncio
from collections.abc import Coroutine

import uvloop

from .log import get_log

_log = get_log("tasks")
_alive: set[asyncio.Task[None]] = set()


def new_loop() -> asyncio.AbstractEventLoop:
    """An event loop for a server: libuv's, which leaves more of the processor to the captures than asyncio's own."""
    return uvloop.new_event_loop()


def lifelong(work: Coroutine[object, object, None], *, name: str) -> asyncio.Task[None]:
    """Start `work` and keep it; a failure is logged at once, not at some garbage collection."""
    task = asyncio.get_running_loop().create_task(work, name=name)
    _alive.add(task)
    task.add_done_callback(_finished)
    return task


async def stop(task: asyncio.Task[None]) -> None:
    """Cancel and wait until it is really over."""
    task.cancel()
    await asyncio.wait([task])


def _finished(task: asyncio.Task[None]) -> None:
    _alive.discard(task)
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("task.failed", task=task.get_name(), exc_info=error)
