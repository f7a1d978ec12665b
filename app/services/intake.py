"""The story of a capture, from a raw request to numbers that are on disk."""

import asyncio
from functools import partial

from ..domain.bins import Bin
from ..domain.captures import NewCapture, RawRequest, Role, Stamp
from ..live.hub import Hub
from ..providers import recognise
from ..storage import Store
from .answers import Answers
from .faults import Faults
from .replying import Reply, choose


async def keep(
    store: Store, hub: Hub, answers: Answers, faults: Faults, bin: Bin, role: Role, raw: RawRequest
) -> tuple[Stamp, Reply]:
    """Read, choose the reply, store, ring. Durable on return (P2). NotFound, StoreUnavailable."""
    stored, reply = begin(store, answers, faults, bin, role, raw)
    stamp = await stored
    hub.ring(bin.id)
    return stamp, reply


def begin(
    store: Store, answers: Answers, faults: Faults, bin: Bin, role: Role, raw: RawRequest
) -> "tuple[asyncio.Future[Stamp], Reply]":
    """`keep` for a caller that cannot wait: durable when the future resolves; ringing is then left to the caller."""
    reading = recognise(raw, role, bin.provider)
    reply = choose(answers, faults, bin, role, raw, reading)
    if reply.hit is None:
        new = NewCapture(bin_id=bin.id, role=role, raw=raw, reading=reading, awaited=reply.awaited)
        return store.add_capture(new), reply
    give_back = partial(faults.give_back, bin.id, role, reply.hit)
    new = NewCapture(bin_id=bin.id, role=role, raw=raw, reading=reading, fault=reply.hit, awaited=True)
    try:
        stored = store.add_capture(new)
    except Exception:
        give_back()
        raise
    stored.add_done_callback(partial(_unless_stored, give_back))
    return stored, reply


def _unless_stored(give_back: "partial[None]", stored: "asyncio.Future[Stamp]") -> None:
    if not stored.cancelled() and stored.exception() is not None:
        give_back()
