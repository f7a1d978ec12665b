"""The JSON frames of the live view; the OpenAPI document's components are generated from these types."""

from collections.abc import Mapping, Sequence

import msgspec

from ...domain.captures import Captured, Change, Deleted, MessageChanged, MessageGone, Restarted
from ...services.forwards.shown import ShownDispatch
from ..captures.shapes import CaptureSummary, show_row
from ..messages.shapes import MessageShape, show_message


class Hello(msgspec.Struct, tag_field="type", tag="hello"):
    """The first frame: the bin's current seq. Without `after` only later changes follow."""

    seq: int
    version: str


class Reset(msgspec.Struct, tag_field="type", tag="reset"):
    """The cursor means nothing here: reload, then follow from this seq."""

    seq: int


class CaptureFrame(msgspec.Struct, tag_field="type", tag="capture"):
    """A capture is new, or its outcome became known (same n, new seq)."""

    seq: int
    capture: CaptureSummary


class MessageFrame(msgspec.Struct, tag_field="type", tag="message"):
    """A new or changed message, in its current state; one frame may combine several changes."""

    seq: int
    message: MessageShape


class MessageGoneFrame(msgspec.Struct, tag_field="type", tag="message_gone"):
    """There is no such message any more, because captures were deleted."""

    seq: int
    provider: str
    message_id: str


class DeletedFrame(msgspec.Struct, tag_field="type", tag="deleted"):
    """Capture `n` is gone."""

    seq: int
    n: int


class ClearedFrame(msgspec.Struct, tag_field="type", tag="deleted"):
    """Every capture up to and including `through` is gone."""

    seq: int
    through: int


def frame_of(change: Change, dispatches: Mapping[int, Sequence[ShownDispatch]]) -> str:
    """One change as a frame. `dispatches` of captures, by number."""
    frame: msgspec.Struct
    match change:
        case Captured(seq=seq, row=row):
            frame = CaptureFrame(seq, show_row(row, dispatches.get(row.n, ())))
        case MessageChanged(seq=seq, message=message):
            frame = MessageFrame(seq, show_message(message))
        case MessageGone(seq=seq, provider=provider, message_id=message_id):
            frame = MessageGoneFrame(seq, provider, message_id)
        case Deleted(seq=seq, n=n, through=through):
            frame = ClearedFrame(seq, n) if through else DeletedFrame(seq, n)
        case Restarted(seq=seq):
            frame = Reset(seq)
    return msgspec.json.encode(frame).decode()
