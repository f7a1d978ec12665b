"""Stores raw requests. They are parsed here only if an answer of the bin depends on the content: small ones at once,
large ones in a thread."""

import asyncio
from functools import partial

from ..domain.answers.model import safe_answer
from ..domain.bins import Bin
from ..domain.captures import NewCapture, RawRequest, Reading
from ..domain.roles import Role
from ..domain.simulations import MARK, mark_hash
from ..errors import NotFound
from ..parsing.withholding import withhold
from ..providers import recognise
from ..store import Store
from ..tasks import run_in_thread
from .answers import Answers
from .faults import Faults
from .keyring import Keyring
from .large import is_large
from .mappings import Mappings
from .privacy import PrivacySettings
from .replies import Reply, choose, choose_answer
from .simulations.runs import Simulating
from .wiretaps.handlers import Handlers

EXAMINED_BYTES = 1 << 10
"""In a larger request, looking for fields that are not stored can take longer than other requests should wait."""

_MARK = MARK.encode()


class Intake:
    """Use from one event loop only."""

    def __init__(
        self,
        store: Store,
        keyring: Keyring,
        answers: Answers,
        faults: Faults,
        mappings: Mappings,
        privacy: PrivacySettings,
        simulating: Simulating,
        handlers: Handlers,
    ) -> None:
        self._store = store
        self._has_other_servers = store.is_shared
        self._keyring = keyring
        self._answers = answers
        self._faults = faults
        self._mappings = mappings
        self._privacy = privacy
        self._simulating = simulating
        self._handlers = handlers

    def is_slow(self, bin: Bin, role: Role, raw: RawRequest) -> bool:
        """Whether the request is to be parsed in a thread first: it is large, and its answer depends on the content, or
        something in it may have to be replaced."""
        privacy = self._privacy.withholding_of(bin.id)
        if privacy is not None and privacy.withheld_fields and len(raw.body) + len(raw.target) > EXAMINED_BYTES:
            return True
        return self._is_read(bin, role) and is_large(raw)

    def _is_read(self, bin: Bin, role: Role) -> bool:
        """Whether the answer depends on the content."""
        return self._answers.needs_reading(bin.id, role) and self._handlers.of(bin.id, role) is None

    def storable(self, bin: Bin, raw: RawRequest) -> RawRequest:
        """The request without what the bin never stores."""
        privacy = self._privacy.withholding_of(bin.id)
        return raw if privacy is None else withhold(raw, privacy)

    async def read_storable(self, bin: Bin, raw: RawRequest) -> RawRequest:
        """The same, in a thread."""
        privacy = self._privacy.withholding_of(bin.id)
        return raw if privacy is None else await run_in_thread(withhold, raw, privacy)

    async def read(self, bin: Bin, role: Role, raw: RawRequest) -> Reading | None:
        """The reading of a request, parsed in a thread; None if its answer does not depend on it."""
        if not self._is_read(bin, role):
            return None
        return await run_in_thread(recognise, raw, role, bin.provider, self._mappings.reader_of(bin.id))

    async def renew(self, bin: Bin) -> Bin:
        """The bin as it is in the store now, with its settings in memory. Raises NotFound if it was deleted, or has
        another key than the request; StoreUnavailable."""
        assert self._keyring.reload is not None, "only a shared store raises Stale"
        await self._keyring.reload(bin.id)
        now = self._keyring.known(bin.key)
        if now is None:
            raise NotFound(f"There is no bin {bin.id} with this key.")
        return now

    async def choose_usual(self, bin: Bin, role: Role, raw: RawRequest) -> Reply:
        """The reply to a stored request whose handler is gone: without a fault, because none was counted."""
        reading = None
        if self._answers.needs_reading(bin.id, role) and is_large(raw):
            reading = await run_in_thread(recognise, raw, role, bin.provider, self._mappings.reader_of(bin.id))
        return choose_answer(self._answers, self._mappings, bin, role, raw, reading)

    def begin(
        self, bin: Bin, role: Role, raw: RawRequest, reading: Reading | None = None
    ) -> "tuple[asyncio.Future[int], Reply]":
        """Choose the reply and store the request. The future's result is its n when it is durable (P2). Raises
        NotFound, StoreUnavailable; the future also Stale if the store is shared, then `renew` the bin and begin again.
        """
        simulated, mark = self._simulated(raw)
        handler = self._handlers.of(bin.id, role)
        if handler is None:
            reply = choose(self._answers, self._faults, self._mappings, bin, role, raw, reading)
        else:
            reply = Reply(role=role, answer=safe_answer(role), handler=handler, simulated=simulated)
        new = NewCapture(
            bin_id=bin.id, role=role, raw=raw, provider=bin.provider, fault=reply.hit, simulated=simulated,
            mark=mark, answer_version=bin.answer_version,
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

    def _simulated(self, raw: RawRequest) -> tuple[bool, bytes | None]:
        """Whether a simulation of this server has sent a request, and else the hash of its mark, if another server may
        have one. Without a simulation no request has a mark."""
        if not (self._simulating.has_marks or self._has_other_servers):
            return False, None
        mark = raw.header(_MARK)
        if mark is None or self._simulating.is_marked(mark):
            return mark is not None, None
        return False, mark_hash(mark) if self._has_other_servers else None


def _unless_stored(give_back: "partial[None]", stored: "asyncio.Future[int]") -> None:
    if not stored.cancelled() and stored.exception() is not None:
        give_back()
