"""Creates every task that outlives a request (held, named, logged when it fails), its event loop, and the thread for
work that would hold the loop."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

import uvloop

from .log import get_log

# How long a periodic task waits after an unexpected error; twice as long after each further one.
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0

P = ParamSpec("P")
T = TypeVar("T")

_log = get_log("tasks")
# One thread: the loop waits for the interpreter's lock behind it, and behind several it would wait several times.
_aside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="aside")
_alive: set[asyncio.Task[None]] = set()


def new_loop() -> asyncio.AbstractEventLoop:
    """An event loop for a server: libuv's, which leaves more of the processor to the captures than asyncio's own."""
    return uvloop.new_event_loop()


def start_task(work: Coroutine[object, object, None], *, name: str) -> asyncio.Task[None]:
    """Start `work` and keep it; a failure is logged at once, not at some garbage collection."""
    task = asyncio.get_running_loop().create_task(work, name=name)
    _alive.add(task)
    task.add_done_callback(_finished)
    return task


def start_periodic(step: Callable[[], Awaitable[float | None]], *, name: str) -> asyncio.Task[None]:
    """Run `step` again and again until the task is stopped; it returns the seconds to wait before the next time, or
    None when it is done for good.

    No error ends it: what `step` does not handle is logged, and it is tried again after a while.
    """
    return start_task(_repeat(step, name), name=name)


async def run_in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a pure function in a thread, for work that may take longer than a few milliseconds."""
    return await asyncio.get_running_loop().run_in_executor(_aside, partial(function, *args, **kwargs))


async def stop(task: asyncio.Task[None]) -> None:
    """Cancel and wait until it is really over."""
    task.cancel()
    await asyncio.wait([task])


async def _repeat(step: Callable[[], Awaitable[float | None]], name: str) -> None:
    pause_s = FIRST_PAUSE_S
    while True:
        try:
            wait_s = await step()
            if wait_s is None:
                return
            pause_s = FIRST_PAUSE_S
        except Exception as error:
            _log.error("task.failed", task=name, again_in_s=pause_s, exc_info=error)
            wait_s, pause_s = pause_s, min(2 * pause_s, LONGEST_PAUSE_S)
        await asyncio.sleep(wait_s)


def _finished(task: asyncio.Task[None]) -> None:
    _alive.discard(task)
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("task.failed", task=task.get_name(), exc_info=error)
