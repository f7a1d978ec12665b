"""Spreads long work over turns of the event loop."""

import asyncio
from collections import deque
from collections.abc import Callable


class Turns:
    """Parts of long work of all connections: one part is done in each turn, so that captures are handled in between.
    Use from one event loop only."""

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], None]] = deque()
        self._is_scheduled = False

    def add(self, part: Callable[[], None]) -> None:
        """Do this part in a later turn, after those that wait."""
        self._waiting.append(part)
        self._schedule()

    def _schedule(self) -> None:
        if self._waiting and not self._is_scheduled:
            self._is_scheduled = True
            asyncio.get_running_loop().call_soon(self._run)

    def _run(self) -> None:
        self._is_scheduled = False
        part = self._waiting.popleft()
        try:
            part()
        finally:
            self._schedule()
