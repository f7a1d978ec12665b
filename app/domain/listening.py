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
    it has its answer already. `event`: the capture as an event, or null. `peer`: the address of the provider.
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
    event: msgspec.Raw = msgspec.Raw(b"null")
    peer: str = ""
    signature: str | None = None
    refused: str | None = None


class ListenBody(msgspec.Struct, frozen=True, kw_only=True, tag_field="t", tag="body"):
    """The next piece of the body of capture `n`."""

    n: int
    body: bytes
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


ServerFrame = ListenHello | ListenCapture | ListenBody | ListenReplaced | ListenRemoved
ClientFrame = ListenResult | ListenFailed | ListenAck | ListenDrop

_server_frames: msgspec.json.Decoder[ServerFrame] = msgspec.json.Decoder(ServerFrame)


def write_frame(frame: ServerFrame | ClientFrame) -> str:
    """A frame as text."""
    return msgspec.json.encode(frame).decode()


def read_server_frame(text: str) -> ServerFrame:
    """A frame of the server. ValueError: it is none."""
    try:
        return _server_frames.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        raise ValueError(str(error)) from None


@dataclass(slots=True)
class CaptureAssembly:
    """Puts the frames of captures together. A body may have `most` bytes."""

    most: int
    _head: ListenCapture | None = field(default=None, init=False)
    _body: bytearray = field(default_factory=bytearray, init=False)

    def take(self, frame: ListenCapture | ListenBody) -> ListenCapture | None:
        """The capture, if this was its last frame. ValueError: the frame does not follow the ones before."""
        if isinstance(frame, ListenCapture):
            if self._head is not None:
                raise ValueError(f"the body of #{self._head.n} is not complete")
            self._head, self._body = frame, bytearray(frame.body)
        elif self._head is None or self._head.n != frame.n:
            raise ValueError(f"a part of the body of #{frame.n} without its beginning")
        else:
            self._body += frame.body
        if len(self._body) > self.most:
            raise ValueError(f"the body of #{frame.n} has more than {self.most:,} bytes")
        if frame.more:
            return None
        whole, self._head = replace(self._head, body=bytes(self._body), more=False), None
        self._body = bytearray()
        return whole


def as_pairs(headers: Headers) -> Pairs:
    """Headers as text, a character for each byte."""
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]


def as_headers(pairs: Pairs) -> Headers:
    """The inverse of `as_pairs`. ValueError: a character is no byte."""
    return tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in pairs)
