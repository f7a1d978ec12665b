"""The story of a capture, from a raw request to numbers that are on disk."""

import asyncio

from ..domain.answers import Answer, safe_answer
from ..domain.bins import Bin
from ..domain.captures import NewCapture, RawRequest, Role, Stamp
from ..live.hub import Hub
from ..providers import recognise
from ..storage import Store


async def keep(store: Store, hub: Hub, bin: Bin, role: Role, raw: RawRequest) -> tuple[Stamp, Answer]:
    """Read, choose the answer, store, ring. Durable on return (P2). NotFound, StoreUnavailable."""
    stored, answer = begin(store, bin, role, raw)
    stamp = await stored
    hub.ring(bin.id)
    return stamp, answer


def begin(store: Store, bin: Bin, role: Role, raw: RawRequest) -> "tuple[asyncio.Future[Stamp], Answer]":
    """`keep` for a caller that cannot wait: durable when the future resolves; ringing is then left to the caller."""
    reading = recognise(raw, role, bin.provider)
    answer = safe_answer(role)
    return store.add_capture(NewCapture(bin_id=bin.id, role=role, raw=raw, reading=reading)), answer
