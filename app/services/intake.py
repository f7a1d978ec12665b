"""The story of a capture, from a raw request to numbers that are on disk."""

import asyncio
from functools import partial

from ..domain.bins import Bin
from ..domain.captures import NewCapture, RawRequest, Role, Stamp
from ..domain.simulation import MARK
from ..live.hub import Hub
from ..providers import recognise
from ..storage import Store
from .answers import Answers
from .faults import Faults
from .replying import Reply, choose
from .simulating import Simulating

_MARK = MARK.encode()


class Intake:
    """Belongs to one event loop."""

    def __init__(self, store: Store, hub: Hub, answers: Answers, faults: Faults, simulating: Simulating) -> None:
        self._store = store
        self._hub = hub
        self._answers = answers
        self._faults = faults
        self._simulating = simulating

    async def keep(self, bin: Bin, role: Role, raw: RawRequest) -> tuple[Stamp, Reply]:
        """Read, choose the reply, store, ring. Durable on return (P2). NotFound, StoreUnavailable."""
        stored, reply = self.begin(bin, role, raw)
        stamp = await stored
        self._hub.ring(bin.id)
        return stamp, reply

    def begin(self, bin: Bin, role: Role, raw: RawRequest) -> "tuple[asyncio.Future[Stamp], Reply]":
        """`keep` for a caller that cannot wait: durable when the future resolves; ringing is left to the caller."""
        reading = recognise(raw, role, bin.provider)
        reply = choose(self._answers, self._faults, bin, role, raw, reading)
        new = NewCapture(
            bin_id=bin.id, role=role, raw=raw, reading=reading, fault=reply.hit, awaited=reply.awaited,
            # Nobody looks for a mark while there is none to find.
            simulated=self._simulating.has_marks and self._simulating.is_marked(raw.header(_MARK) or b""),
        )  # fmt: skip
        if reply.hit is None:
            return self._store.add_capture(new), reply
        give_back = partial(self._faults.give_back, bin.id, role, reply.hit)
        try:
            stored = self._store.add_capture(new)
        except Exception:
            give_back()
            raise
        stored.add_done_callback(partial(_unless_stored, give_back))
        return stored, reply


def _unless_stored(give_back: "partial[None]", stored: "asyncio.Future[Stamp]") -> None:
    if not stored.cancelled() and stored.exception() is not None:
        give_back()
