"""A minimal owner of a storage process."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

from app.storage.children import Child

MODULE = "tests.storage.obedient"
T = TypeVar("T")


class Owner:
    """Records what happens to the process."""

    def __init__(self) -> None:
        self.starts = 0
        self.frames: asyncio.Queue[bytes] = asyncio.Queue()
        self.ends: asyncio.Queue[tuple[int | None, str]] = asyncio.Queue()
        self.on_frame: Callable[[bytes], None] = self.frames.put_nowait

    def arguments(self) -> Sequence[str]:
        self.starts += 1
        return ["start", str(self.starts)]

    def received(self, data: bytes) -> None:
        self.on_frame(data)

    def ended(self, code: int | None, why: str) -> None:
        self.ends.put_nowait((code, why))


@asynccontextmanager
async def watched(owner: Owner) -> AsyncIterator[Child]:
    """A process that is gone afterwards, whatever the test has done to it."""
    child = Child(MODULE, owner)
    yield child
    process = child._process
    try:
        await soon(child.close())
    finally:
        if process is not None:
            process.kill()


async def soon(awaitable: Awaitable[T], within_s: float = 60) -> T:
    return await asyncio.wait_for(awaitable, within_s)


async def started(child: Child, owner: Owner, nth: int = 1) -> int:
    if nth == 1:
        child.start()
    assert await soon(owner.frames.get()) == b"start %d" % nth
    assert child.pid is not None
    return child.pid


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False
