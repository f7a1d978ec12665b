"""Events and what a message remembers, as MessagePack, and back. Lists without names: they are many and small."""

import msgspec

from ..domain.captures import Kind
from ..domain.events import Event, Piece
from ..domain.messages import Message
from ..domain.statuses import Status, Word
from ..domain.units import from_micros, micros


class EventJob(msgspec.Struct, array_like=True):
    """An `Event` on its way to the writer process, and as it lies in the table."""

    kind: str
    message_id: str
    sender: str | None = None
    recipient: str | None = None
    sender_said: str | None = None
    recipient_said: str | None = None
    text: str | None = None
    media: tuple[str, ...] = ()
    status: str | None = None
    raw_status: str | None = None
    final: bool = False
    said_at: int | None = None
    price: str | None = None
    currency: str | None = None
    error_code: str | None = None
    segments: int | None = None
    piece: tuple[str, int, int] | None = None
    as_callback: tuple[str, bool] | None = None


class State(msgspec.Struct, array_like=True):
    """What the fold of a message needs to go on, beside its columns."""

    prints: tuple[str, ...] = ()
    pieces: tuple[tuple[int, str], ...] = ()
    as_callback: tuple[str, bool] | None = None


def write_event(event: Event) -> EventJob:
    """An event as it travels."""
    piece, word = event.piece, event.as_callback
    return EventJob(
        event.kind.value, event.message_id, event.sender, event.recipient, event.sender_said, event.recipient_said,
        event.text, event.media, None if event.status is None else event.status.value, event.raw_status, event.final,
        None if event.said_at is None else micros(event.said_at), event.price, event.currency, event.error_code,
        event.segments, None if piece is None else (piece.ref, piece.number, piece.total),
        None if word is None else (word.status.value, word.final),
    )  # fmt: skip


def read_event(job: EventJob) -> Event:
    """The inverse of `write_event`."""
    return Event(
        kind=Kind(job.kind),
        message_id=job.message_id,
        sender=job.sender,
        recipient=job.recipient,
        sender_said=job.sender_said,
        recipient_said=job.recipient_said,
        text=job.text,
        media=job.media,
        status=None if job.status is None else Status(job.status),
        raw_status=job.raw_status,
        final=job.final,
        said_at=None if job.said_at is None else from_micros(job.said_at),
        price=job.price,
        currency=job.currency,
        error_code=job.error_code,
        segments=job.segments,
        piece=None if job.piece is None else Piece(*job.piece),
        as_callback=_word(job.as_callback),
    )


def write_state(message: Message) -> bytes:
    """A message's memory as a column."""
    word = message.as_callback
    return _encode(State(message.prints, message.pieces, None if word is None else (word.status.value, word.final)))


def read_state(column: bytes) -> State:
    """The inverse of `write_state`; the word by `state_word`."""
    return _decode_state(column)


def state_word(state: State) -> Word | None:
    """What the message's status would mean as a callback."""
    return _word(state.as_callback)


def _word(said: tuple[str, bool] | None) -> Word | None:
    return None if said is None else Word(Status(said[0]), said[1])


_encode = msgspec.msgpack.Encoder().encode
_decode_state = msgspec.msgpack.Decoder(State).decode
encode_event = _encode
decode_event = msgspec.msgpack.Decoder(EventJob).decode
