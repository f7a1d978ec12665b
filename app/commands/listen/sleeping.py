"""Notices that the machine was asleep: the time between two steps is longer than their pause."""

import asyncio
from collections.abc import Awaitable, Callable

from ... import clock

STEP_S = 5.0
JUMP_S = 30.0
"""A step that takes longer than its pause by this was interrupted by a sleep."""

Pause = Callable[[float], Awaitable[None]]


async def watch_for_sleep(woke: Callable[[float], None], pause: Pause = asyncio.sleep) -> None:
    """Call `woke` with the seconds, after each sleep of the machine."""
    uptime, wall = clock.uptime(), clock.wall()
    while True:
        await pause(STEP_S)
        # Not every system has a clock that continues during sleep, so the wall clock counts too.
        slept_s = max(clock.uptime() - uptime, clock.wall() - wall) - STEP_S
        uptime, wall = clock.uptime(), clock.wall()
        if slept_s > JUMP_S:
            woke(slept_s)


def span_text(seconds: float) -> str:
    """`40 s`, `10 min`, `2 h`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5_400 else f"{seconds / 3_600:.0f} h"
