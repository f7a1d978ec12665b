"""The story of a capture, from a raw request to numbers that are on disk."""

import hashlib

from ..domain.answers import Answer, safe_answer
from ..domain.bins import Bin
from ..domain.captures import NewCapture, RawRequest, Role, Stamp
from ..live.hub import Hub
from ..providers import recognise
from ..storage import Store


async def keep(store: Store, hub: Hub, bin: Bin, role: Role, raw: RawRequest) -> tuple[Stamp, Answer]:
    """Read, choose the answer, store, ring. Durable on return (P2). NotFound, StoreUnavailable."""
    reading = recognise(raw, role, bin.provider)
    answer = safe_answer(role)
    sha256 = hashlib.sha256(raw.body).hexdigest()
    stamp = await store.add_capture(NewCapture(bin_id=bin.id, role=role, raw=raw, reading=reading, sha256=sha256))
    hub.ring(bin.id)
    return stamp, answer
