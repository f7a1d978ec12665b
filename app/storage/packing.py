"""Events, hits and the fold state of a message as MessagePack arrays without field names, because they are many and
small."""

import msgspec

from ..domain.answers.model import Answer
from ..domain.captures import FaultHit
from ..domain.events import Event
from ..domain.messages.model import Message
from ..domain.pairings.model import Hit
from ..domain.signatures import Judgement
from ..domain.statuses import Word


class FoldState(msgspec.Struct, array_like=True, gc=False):
    """What the fold of a message needs in addition to its columns."""

    prints: tuple[str, ...] = ()
    pieces: tuple[tuple[int, str], ...] = ()
    as_callback: Word | None = None
    media_types: tuple[str, ...] = ()


def write_state(message: Message) -> bytes:
    """The fold state of a message as a column value."""
    return pack(FoldState(message.prints, message.pieces, message.as_callback, message.media_types))


pack = msgspec.msgpack.Encoder().encode
read_events = msgspec.msgpack.Decoder(tuple[Event, ...]).decode
read_judgement = msgspec.msgpack.Decoder(Judgement).decode
read_hits = msgspec.msgpack.Decoder(tuple[Hit, ...]).decode
read_state = msgspec.msgpack.Decoder(FoldState).decode
read_answer = msgspec.msgpack.Decoder(Answer).decode
read_fault_hit = msgspec.msgpack.Decoder(FaultHit).decode
