"""The protocol of `smsbin listen`, as the client has it: frames of JSON on a WebSocket, with headers as ordered pairs
of latin-1 text and bodies in Base64, so that no byte is lost.

The server sends captures, at most `WINDOW` that are not acknowledged; the client sends the result of each, then its
acknowledgement. What is not acknowledged is sent again on the next connection.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

import msgspec
from msgspec.structs import replace

from .captures import Headers
from .roles import Role

MAX_SUMMARY = 120
"""Characters of a summary."""
WINDOW = 8
"""Captures that the server sends without an acknowledgement."""
MAX_FRAME = 1 << 20
"""Bytes of a frame."""
MAX_RESULT = 64 << 10
"""Bytes of the body of a local response that are reported."""
PING_S = 15.0
SILENCE_S = 30.0
"""A connection on which nothing arrives for this time is dead."""

Pairs = list[tuple[str, str]]


class ListenClose(IntEnum):
    """Why the server closes a connection for good, as a WebSocket close code."""

    SIGNED_OUT = 4401
    BIN_GONE = 4404
    REPLACED = 4409
    REMOVED = 4410


class AnyFrame(msgspec.Struct):
    """A frame of any type, also of one that is not known."""

    t: str


class ListenHello(msgspec.Struct, frozen=True, kw_only=True, tag_field="t", tag="hello"):
    """The first frame. `cursor`: every capture up to it is acknowledged. `behind`: how many the listener has not.
    `took_over`: a connection of the same name was closed."""

    name: str
    bin: str
    cursor: int
    behind: int
    window: int
    version: str
    took_over: bool = False


class ListenCapture(msgspec.Struct, frozen=True, kw_only=True, tag_field="t", tag="capture"):
    """A capture. `path`: what follows the role in `target`, with the query. `url`: what the provider called; it and
    `path` are "" if the frame would be too long. `more`: `ListenBody` frames follow. `attempt`: counts how often it
    was sent. `summary`: one line for people. `deadline_ms`: how long the provider waits for the local response; None:
    it has its answer already. `events`: those of the capture, if they are wanted; `more_events`: `ListenEvents` frames
    follow, after those of the body. `peer`: the address of the provider.
    `signature`: the verdict about its signature. `refused`: why it is not valid HTTP, so that it cannot be sent."""

    n: int
    role: Role
    method: str
    target: str
    path: str
    headers: Pairs
    body: bytes
    size: int
    more: bool = False
    received_at: datetime
    attempt: int = 1
    simulated: bool = False
    url: str
    page_url: str
    summary: str
    deadline_ms: int | None = None
    events: list[msgspec.Raw] = []
    more_events: bool = False
    peer: str = ""
    signature: str | None = None
    refused: str | None = None


class ListenBody(msgspec.Struct, frozen=True, kw_only=True, tag_field="t", tag="body"):
    """The next piece of the body of capture `n`."""

    n: int
    body: bytes
    more: bool = False


class ListenEvents(msgspec.Struct, frozen=True, kw_only=True, tag_field="t", tag="events"):
    """The next events of capture `n`."""

    n: int
    events: list[msgspec.Raw]
    more: bool = False


class ListenReplaced(msgspec.Struct, frozen=True, tag_field="t", tag="taken_over"):
    """A newer listener of the same name has connected."""


class ListenRemoved(msgspec.Struct, frozen=True, tag_field="t", tag="removed"):
    """A user has removed the listener."""


class ListenResult(msgspec.Struct, frozen=True, kw_only=True, tag_field="t", tag="result"):
    """The local response to capture `n`: up to `MAX_RESULT` bytes of its body; `more`: it was longer."""

    n: int
    status: int
    headers: Pairs
    body: bytes
    more: bool = False
    ms: int


class ListenFailed(msgspec.Struct, frozen=True, kw_only=True, tag_field="t", tag="failed"):
    """There was no local response to capture `n`. The first word of `why` is `refused`, `timeout`, or another one."""

    n: int
    why: str
    ms: int


class ListenAck(msgspec.Struct, frozen=True, tag_field="t", tag="ack"):
    """Capture `n` was delivered, and is not sent again."""

    n: int


class ListenDrop(msgspec.Struct, frozen=True, tag_field="t", tag="drop"):
    """Capture `n` was not delivered, and is not sent again."""

    n: int


ServerFrame = ListenHello | ListenCapture | ListenBody | ListenEvents | ListenReplaced | ListenRemoved
CaptureFrame = ListenCapture | ListenBody | ListenEvents
ClientFrame = ListenResult | ListenFailed | ListenAck | ListenDrop

_SERVER_TYPES = ("hello", "capture", "body", "events", "taken_over", "removed")
_any_frame = msgspec.json.Decoder(AnyFrame)
_server_frames: msgspec.json.Decoder[ServerFrame] = msgspec.json.Decoder(ServerFrame)


def write_frame(frame: ServerFrame | ClientFrame) -> str:
    """A frame as text."""
    return msgspec.json.encode(frame).decode()


def read_server_frame(text: str) -> ServerFrame | None:
    """A frame of the server; None: of a type that this version does not know. ValueError: it is none."""
    try:
        return _server_frames.decode(text) if _any_frame.decode(text).t in _SERVER_TYPES else None
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        raise ValueError(str(error)) from None


@dataclass(slots=True)
class CaptureAssembly:
    """Puts the frames of captures together. The body and the events of one may have `most` bytes."""

    most: int
    _head: ListenCapture | None = field(default=None, init=False)
    _body: bytearray = field(default_factory=bytearray, init=False)
    _events: list[msgspec.Raw] = field(default_factory=list, init=False)
    _size: int = field(default=0, init=False)

    def take(self, frame: CaptureFrame) -> ListenCapture | None:
        """The capture, if this was its last frame. ValueError: the frame does not follow the ones before."""
        if isinstance(frame, ListenCapture):
            if self._head is not None:
                raise ValueError(f"#{self._head.n} is not complete")
            head, self._body, self._events, self._size = frame, bytearray(), [], 0
        elif self._head is None or self._head.n != frame.n:
            raise ValueError(f"a part of #{frame.n} without its beginning")
        elif isinstance(frame, ListenBody):
            head = replace(self._head, more=frame.more)
        else:
            head = replace(self._head, more_events=frame.more)
        self._add(frame)
        if head.more or head.more_events:
            self._head = head
            return None
        self._head = None
        return replace(head, body=bytes(self._body), events=self._events)

    def _add(self, frame: CaptureFrame) -> None:
        body = b"" if isinstance(frame, ListenEvents) else frame.body
        events = [] if isinstance(frame, ListenBody) else frame.events
        self._size += len(body) + sum(len(bytes(event)) for event in events)
        if self._size > self.most:
            raise ValueError(f"#{frame.n} has more than {self.most:,} bytes")
        self._body += body
        self._events += events


def as_pairs(headers: Headers) -> Pairs:
    """Headers as text, a character for each byte."""
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]


def as_headers(pairs: Pairs) -> Headers:
    """The inverse of `as_pairs`. ValueError: a character is no byte."""
    return tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in pairs)


def summary_line(kind: str, sender: str | None, recipient: str | None, says: str) -> str:
    """What a request or an event is about, in a few words: `inbound +14155550123 -> +12125550199: hi`."""
    parties = " -> ".join(party for party in (sender, recipient) if party)
    words = " ".join(part for part in (kind, parties) if part)
    return one_line(f"{words}: {says}" if says else words)[:MAX_SUMMARY]


def one_line(text: str) -> str:
    """Without characters that a terminal does not print."""
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()
