"""Creates all background tasks (referenced, named, logged on failure), the event loop, and the worker thread."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

import uvloop

from .log import get_log

# The pause of a periodic task after an unexpected error, doubled after each further one.
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0

P = ParamSpec("P")
T = TypeVar("T")

_log = get_log("tasks")
# A single thread: the event loop waits for the interpreter lock after each thread that holds it, so several would delay
# it several times.
_aside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="aside")
_alive: set[asyncio.Task[None]] = set()


def new_loop() -> asyncio.AbstractEventLoop:
    """The event loop of a server: uvloop, which needs less processor time than asyncio's own."""
    return uvloop.new_event_loop()


def start_task(work: Coroutine[object, object, None], *, name: str) -> asyncio.Task[None]:
    """Start a task and keep a reference to it. A failure is logged at once, not when the task is garbage-collected."""
    task = asyncio.get_running_loop().create_task(work, name=name)
    _alive.add(task)
    task.add_done_callback(_finished)
    return task


def start_periodic(step: Callable[[], Awaitable[float | None]], *, name: str) -> asyncio.Task[None]:
    """Call `step` repeatedly until the task is stopped. It returns the seconds until the next call, or None to end.

    An exception of `step` is logged, and it is called again after a pause.
    """
    return start_task(_repeat(step, name), name=name)


async def run_in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a pure function in a thread, for work that may take longer than a few milliseconds."""
    return await asyncio.get_running_loop().run_in_executor(_aside, partial(function, *args, **kwargs))


async def stop(task: asyncio.Task[None]) -> None:
    """Cancel a task and wait until it has ended."""
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
