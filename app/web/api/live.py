"""The live view for programs: JSON frames over a WebSocket, the same cursor and the same loop as the page."""

import msgspec
from aiohttp import web

from ... import __version__, keys
from ...domain.captures import Captured, Change, Deleted, MessageChanged, MessageGone, Restarted
from ...errors import Conflict
from ...live.frames import Frames, text_frames
from ..socket import PAGE, follow
from .capture_shapes import CaptureSummary, show_row
from .captures import HIGHEST
from .inputs import number, read_query
from .message_shapes import MessageShape, show_message


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
    """A message is new or changed, as it stands now; one frame may stand for several changes."""

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


def frame_of(change: Change) -> str:
    """One change as a frame."""
    frame: msgspec.Struct
    match change:
        case Captured(seq=seq, row=row):
            frame = CaptureFrame(seq, show_row(row))
        case MessageChanged(seq=seq, message=message):
            frame = MessageFrame(seq, show_message(message))
        case MessageGone(seq=seq, provider=provider, message_id=message_id):
            frame = MessageGoneFrame(seq, provider, message_id)
        case Deleted(seq=seq, n=n, through=through):
            frame = ClearedFrame(seq, n) if through else DeletedFrame(seq, n)
        case Restarted(seq=seq):
            frame = Reset(seq)
    return msgspec.json.encode(frame).decode()


async def follow_bin(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/live"""
    query = read_query(request, ("after",))
    wanted = number(query, "after", lowest=0, highest=HIGHEST)
    store = request.app[keys.STORE]
    bin = await store.get_bin(request.match_info["bin"])
    if request.method != "GET" or not web.WebSocketResponse().can_prepare(request).ok:
        raise Conflict("This URL is a WebSocket; connect with Upgrade: websocket.")
    means_nothing = wanted is not None and not bin.knows(wanted)
    after = bin.seq if wanted is None or means_nothing else wanted
    cache, hub = request.app[keys.FRAMES], request.app[keys.HUB]

    async def make(cursor: int) -> Frames:
        stroke = hub.strokes(bin.id)
        changes = await store.changes_after(bin.id, cursor, PAGE)
        wire = text_frames([frame_of(change) for change in changes])
        return Frames(changes[-1].seq if changes else cursor, wire, more=len(changes) == PAGE, stroke=stroke)

    async def read(cursor: int) -> Frames:
        return await cache.get(("json", bin.id, cursor), lambda: make(cursor), keep=lambda made: bool(made.wire))

    hello: list[msgspec.Struct] = [Hello(bin.seq, __version__)]
    if means_nothing:
        hello.append(Reset(bin.seq))
    texts = [msgspec.json.encode(frame).decode() for frame in hello]
    return await follow(request, bin.id, after, hello=texts, ping=None, read=read)
