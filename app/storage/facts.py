"""Events and what a message remembers, as MessagePack: lists without names, because they are many and small."""

import msgspec

from ..domain.events import Event
from ..domain.messages import Message
from ..domain.pairing import Hit
from ..domain.statuses import Word


class State(msgspec.Struct, array_like=True, gc=False):
    """What the fold of a message needs to go on, beside its columns."""

    prints: tuple[str, ...] = ()
    pieces: tuple[tuple[int, str], ...] = ()
    as_callback: Word | None = None


def write_state(message: Message) -> bytes:
    """A message's memory as a column."""
    return encode_event(State(message.prints, message.pieces, message.as_callback))


encode_event = msgspec.msgpack.Encoder().encode
decode_event = msgspec.msgpack.Decoder(Event).decode
decode_hits = msgspec.msgpack.Decoder(tuple[Hit, ...]).decode
read_state = msgspec.msgpack.Decoder(State).decode
