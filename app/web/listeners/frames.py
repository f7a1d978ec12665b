"""The frames of a listener: a capture as JSON texts of at most 1 MiB, and what its program sends back."""

import base64
import binascii
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta

from ...domain.captures import CaptureRow
from ...domain.forwards.events import ForwardedEvent
from ...domain.listening import AnyFrame, one_line, summary_line
from ...domain.replays import tail_of
from ...domain.units import rfc3339
from ...domain.wiretaps.model import FailureKind
from ...services.listeners.answering import ProgramAnswer
from ...services.listeners.queue import OutgoingCapture
from ..site.inputs import HIGHEST
from ..site.shapes import Pair
from .shapes import ListenerBodyFrame, ListenerCaptureFrame, ListenerEventsFrame

MAX_FRAME = 1 << 20
"""Bytes of a frame, in both directions."""
MAX_BODY_PART = 512 << 10
"""Characters of Base64 in one frame."""

Number = Annotated[int, Meta(ge=1, le=HIGHEST)]
Duration = Annotated[int, Meta(ge=0, le=86_400_000)]
_KINDS = {"refused": FailureKind.REFUSED, "timeout": FailureKind.TIMEOUT}
_encode = msgspec.json.Encoder().encode


class ResultFrame(msgspec.Struct, tag_field="t", tag="result"):
    """The program answered. `body`: its beginning in Base64; `more`: there was more of it."""

    n: Number
    status: Annotated[int, Meta(ge=100, le=999)]
    headers: list[Pair] = []
    body: str = ""
    more: bool = False
    ms: Duration = 0


class FailedFrame(msgspec.Struct, tag_field="t", tag="failed"):
    """The program did not answer."""

    n: Number
    why: str = "failed"
    ms: Duration = 0


class AckFrame(msgspec.Struct, tag_field="t", tag="ack"):
    """The capture needs not be sent again."""

    n: Number


class DropFrame(msgspec.Struct, tag_field="t", tag="drop"):
    """The same, without a result."""

    n: Number


class ReplayLastFrame(msgspec.Struct, tag_field="t", tag="replay_last"):
    """Send the last capture once more."""


ClientFrame = ResultFrame | FailedFrame | AckFrame | DropFrame | ReplayLastFrame
_KNOWN = ("result", "failed", "ack", "drop", "replay_last")
_read_type = msgspec.json.Decoder(AnyFrame).decode
_read = msgspec.json.Decoder(ClientFrame).decode


class BadFrame(ValueError):
    """A frame that smsbin cannot read; the message has the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureAddress:
    """`called`: the URL that the provider called. `page_url`: of the page of the capture."""

    called: str
    page_url: str


def read_frame(text: str) -> ClientFrame | None:
    """A frame of the client; None: of a type that this smsbin does not know. Raises BadFrame."""
    try:
        return _read(text) if _read_type(text).t in _KNOWN else None
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise BadFrame(str(error)) from None


def answer_of(frame: ResultFrame | FailedFrame) -> ProgramAnswer:
    """What the program did. Raises BadFrame."""
    if isinstance(frame, FailedFrame):
        why = one_line(frame.why) or "failed"
        return ProgramAnswer(status=None, ms=frame.ms, error=why, kind=_kind_of(why))
    try:
        body = base64.b64decode(frame.body, validate=True)
    except (binascii.Error, ValueError):
        raise BadFrame("the body is not Base64 - at `$.body`") from None
    try:
        headers = tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in frame.headers)
    except UnicodeEncodeError:
        raise BadFrame("a header has characters that are not latin-1 - at `$.headers`") from None
    return ProgramAnswer(status=frame.status, ms=frame.ms, headers=headers, body=body, is_cut=frame.more)


def _kind_of(why: str) -> FailureKind:
    """The kind of a failure, from the first word of the reason."""
    return _KINDS.get(why.partition(" ")[0], FailureKind.BROKEN)


def capture_frames(outgoing: OutgoingCapture, address: CaptureAddress, deadline_ms: int | None = None) -> Iterator[str]:
    """A capture as frames, made one by one. ValueError, before the first one: its headers, or an event, are too long
    for one."""
    row, raw = outgoing.capture.row, outgoing.capture.raw
    query, judgement = raw.target.partition("?"), row.reading.signature
    frame = ListenerCaptureFrame(
        n=row.n, role=row.role.value, method=raw.method, target=raw.target,
        path=tail_of(raw.target, row.role) + query[1] + query[2],
        headers=[(name.decode("latin-1"), value.decode("latin-1")) for name, value in raw.headers],
        body="", size=len(raw.body), more=False, received_at=rfc3339(row.received_at), attempt=outgoing.attempt,
        simulated=row.simulated, url=address.called, page_url=address.page_url, summary=summary_of(row),
        peer=raw.peer, signature=None if judgement is None else judgement.verdict,
        deadline_ms=UNSET if deadline_ms is None else deadline_ms,
    )  # fmt: skip
    if outgoing.events is not None:
        frame.events, frame.more_events = [], False
    rest = _SizedEvents(row.n, outgoing.events or ())
    space = MAX_FRAME - len(_encode(frame))
    if space < 0:
        frame.url = ""
        space = MAX_FRAME - len(_encode(frame))
    if space < 0:
        raise ValueError("its headers are too long for a frame of 1 MiB")
    if outgoing.events is not None:
        frame.events = rest.take(space)
        frame.more_events = bool(rest)
        space = MAX_FRAME - len(_encode(frame))
    parts = _parts(raw.body, min(space, MAX_BODY_PART) // 4 * 3)
    frame.body, frame.more = next(parts)
    yield _encode(frame).decode()
    for body, more in parts:
        yield _encode(ListenerBodyFrame(n=row.n, body=body, more=more)).decode()
    while rest:
        events = rest.take(rest.most)
        yield _encode(ListenerEventsFrame(n=row.n, events=events, more=bool(rest))).decode()


class _SizedEvents:
    """The events of capture `n` that are in no frame yet. `most`: bytes of events in a frame of their own."""

    def __init__(self, n: int, events: Sequence[ForwardedEvent]) -> None:
        """ValueError: one is too long for a frame."""
        self.most = MAX_FRAME - len(_encode(ListenerEventsFrame(n=n, events=[], more=False)))
        # Each with its length and that of a comma.
        self._waiting = deque((event, len(_encode(event)) + 1) for event in events)
        if any(size > self.most for _, size in self._waiting):
            raise ValueError("one of its events is too long for a frame of 1 MiB")

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def take(self, space: int) -> list[ForwardedEvent]:
        """The next ones that have at most `space` bytes together."""
        found = []
        while self._waiting and self._waiting[0][1] <= space:
            event, size = self._waiting.popleft()
            space -= size
            found.append(event)
        return found


def _parts(body: bytes, first: int) -> Iterator[tuple[str, bool]]:
    """The body in Base64, in parts that decode on their own, and whether another one follows. The first has at most
    `first` bytes."""
    start, end = 0, first
    while True:
        yield base64.b64encode(body[start:end]).decode(), end < len(body)
        if end >= len(body):
            return
        start, end = end, end + MAX_BODY_PART // 4 * 3


def summary_of(row: CaptureRow) -> str:
    """A capture in a few words on one line: `inbound +14155550123 -> +12125550199: hi`."""
    reading = row.reading
    says = reading.text or reading.raw_status or reading.status or reading.problem or ""
    return summary_line(reading.kind.value, reading.sender, reading.recipient, says)
