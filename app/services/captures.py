"""Stores raw requests. They are parsed here only if an answer of the bin depends on the content."""

import asyncio
from functools import partial

from ..domain.bins import Bin
from ..domain.captures import NewCapture, RawRequest
from ..domain.roles import Role
from ..domain.simulations import MARK
from ..store import Store
from .answers import Answers
from .faults import Faults
from .mappings import Mappings
from .replies import Reply, choose
from .simulations.runs import Simulating

_MARK = MARK.encode()


class Intake:
    """Use from one event loop only."""

    def __init__(
        self, store: Store, answers: Answers, faults: Faults, mappings: Mappings, simulating: Simulating
    ) -> None:
        self._store = store
        self._answers = answers
        self._faults = faults
        self._mappings = mappings
        self._simulating = simulating

    def begin(self, bin: Bin, role: Role, raw: RawRequest) -> "tuple[asyncio.Future[int], Reply]":
        """Choose the reply and store the request. The future's result is its n when it is durable (P2). Raises
        NotFound, StoreUnavailable."""
        reply = choose(self._answers, self._faults, self._mappings, bin, role, raw)
        new = NewCapture(
            bin_id=bin.id, role=role, raw=raw, provider=bin.provider, fault=reply.hit,
            # Without a simulation no request has a mark.
            simulated=self._simulating.has_marks and self._simulating.is_marked(raw.header(_MARK) or b""),
        )  # fmt: skip
        if reply.hit is None:
            return self._store.add_capture(new), reply
        give_back = partial(self._faults.uncount, bin.id, role, reply.hit)
        try:
            stored = self._store.add_capture(new)
        except Exception:
            give_back()
            raise
        stored.add_done_callback(partial(_unless_stored, give_back))
        return stored, reply


def _unless_stored(give_back: "partial[None]", stored: "asyncio.Future[int]") -> None:
    if not stored.cancelled() and stored.exception() is not None:
        give_back()
