"""What became of the answers, gathered for a moment and written together.

Why: an outcome can be known only after its capture is on disk. Written one by one they would double the commits, and
every capture would wait for the commit of its neighbour's outcome. Nobody waits for an outcome.
"""

import asyncio
from contextlib import suppress
from functools import partial
from typing import Any

from ..domain.captures import NewOutcome, Outcome
from ..errors import StoreUnavailable
from ..live.hub import Hub
from ..storage import Store

# Shorter than a tick of the hub, so that most rows reach a viewer once, with their outcome.
GATHER_S = 0.01


class Outcomes:
    """Belongs to one event loop."""

    def __init__(self, store: Store, hub: Hub) -> None:
        self._store = store
        self._hub = hub
        self._gathered: list[NewOutcome] = []

    def note(self, bin_id: str, n: int, outcome: Outcome, *, awaited: bool = False) -> None:
        """Write it soon. Never waits, never fails: the answer is out, so nothing depends on it."""
        if not self._gathered:
            asyncio.get_running_loop().call_later(GATHER_S, self.write)
        self._gathered.append(NewOutcome(bin_id, n, outcome, awaited))

    def write(self) -> None:
        """Hand over what was gathered; the store writes it before it closes."""
        gathered, self._gathered = self._gathered, []
        if not gathered:
            return
        with suppress(StoreUnavailable):
            future = self._store.set_outcomes(gathered)
            future.add_done_callback(partial(self._written, {new.bin_id for new in gathered}))

    def _written(self, bins: set[str], future: "asyncio.Future[Any]") -> None:
        if not future.cancelled() and future.exception() is None:
            for bin_id in bins:
                self._hub.ring(bin_id)
