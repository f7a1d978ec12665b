"""A capture: one HTTP request, stored, immutable, with its reading and the outcome of its answer.

Types that are created for every capture (`RawRequest`, `Reading`, `NewCapture` …) are `msgspec.Struct`s: frozen like
the dataclasses, and created in a fifth of the time. `gc=False`: they hold plain values only, so they cannot be part of
a cycle, and the garbage collector need not track them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import msgspec

from ..errors import Conflict, Damaged
from .annotations import NO_ANNOTATION, Annotation
from .answers.model import Answer
from .events import Event
from .messages.model import Message
from .roles import Kind, Role
from .signatures import Judgement
from .withheld import Withheld

Headers = tuple[tuple[bytes, bytes], ...]

DAMAGED = "The stored bytes are not the received bytes: their SHA-256 differs. Restore a backup."


class RawRequest(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The request as bytes (P1): header order, case and repeats are kept, the body as it was on the wire.

    `target` is the undecoded request target, one character a byte (latin-1). `head` are the header lines as they came,
    each with its line break. `body` is not decompressed, and has no chunk framing;
    `body_complete` is false when it was cut, slow or over the limit. `peer` is the effective client address without a
    port. `received_at` is when the head had been read. `framing`: a chunked body as received, trailers included, up
    to 64 KiB. `refused`: why the bytes are not valid HTTP; then `body` is all of them, and there is no `head`.
    `withheld`: what the bin never stores, and was replaced; the other bytes are as received.
    """

    method: str
    target: str
    http_version: str
    head: bytes = b""
    body: bytes
    body_complete: bool
    peer: str
    received_at: datetime
    framing: bytes | None = None
    refused: str | None = None
    withheld: Withheld | None = None

    @property
    def headers(self) -> Headers:
        """Names and values, without the blanks around a value."""
        return read_lines(self.head)

    def as_message(self) -> bytes:
        """The request as a text of HTTP/1.x: one blank before each value, and the body without its framing."""
        if self.refused is not None:
            return self.body
        return self._line + write_lines(self.headers) + b"\r\n" + self.body

    def on_the_wire(self) -> bytes:
        """The bytes as received, framing and trailers included. Conflict: the framing was too large to be stored."""
        if self.refused is not None:
            return self.body
        if self.framing is None and self.header(b"transfer-encoding") is not None:
            raise Conflict(
                "The chunk framing was not kept: it is larger than 64 KiB, or partly never stored. Omit wire=1."
            )
        return self._line + self.head + b"\r\n" + (self.body if self.framing is None else self.framing)

    @property
    def _line(self) -> bytes:
        return f"{self.method} {self.target} HTTP/{self.http_version}\r\n".encode("latin-1")

    def header(self, name: bytes) -> bytes | None:
        """The first value of a header, whatever the case of its name."""
        wanted = name.lower()
        for key, value in self.headers:
            if key.lower() == wanted:
                return value
        return None


@lru_cache(maxsize=64)
def read_lines(head: bytes) -> Headers:
    """Header lines as names and values."""
    lines = (line.partition(b":") for line in head.split(b"\r\n")[:-1])
    return tuple((name, value.strip(b" \t")) for name, _, value in lines)


def write_lines(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Names and values as header lines."""
    return b"".join(b"%s: %s\r\n" % header for header in headers)


class Reading(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What was read in a request, for rows and lists. `problem` is one sentence for people, or None.

    `provider` is a provider's name, "generic" when common field names were found, or None when nothing was
    recognised (which is no problem). `sender` and `recipient` are E.164 where the number allows it. A request may
    state several `events`; the fields here are the first one's. `findings` are codes, in the order of their weight.
    `signature`: whether it is genuine; None while the bin has no secrets. `media` are the types of its pictures and
    files, "" for an unknown one. `words` are the values of all fields, for the search: bounded, and only there while a
    capture is being read.
    """

    provider: str | None = None
    kind: Kind = Kind.OTHER
    message_id: str | None = None
    sender: str | None = None
    recipient: str | None = None
    text: str | None = None
    status: str | None = None
    raw_status: str | None = None
    problem: str | None = None
    findings: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()
    signature: Judgement | None = None
    words: str = ""
    media: tuple[str, ...] = ()


class Outcome(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The result of sending our answer, known only after the commit.

    `status`: the status that was sent (None: nothing was sent). `after_ms`: from the head of the request until the last
    byte was sent (None: not yet, or never). `sender_left`: the sender hung up before it had the whole answer;
    `left_ms`: when it did (None: unknown). `well_formed` false: XML that no parser accepts, or a body cut short.
    `note`: one sentence where another answer was sent than the one that was set. `sent`: the answer, where it was not
    the role's safe one; present only while the outcome is being stored.
    """

    status: int | None = None
    after_ms: int | None = None
    sender_left: bool = False
    left_ms: int | None = None
    well_formed: bool = True
    note: str | None = None
    sent: Answer | None = None

    @property
    def ok(self) -> bool:
        """A whole 2xx, well formed, sent before the sender left."""
        went_out = self.after_ms is not None and not self.sender_left
        return went_out and self.well_formed and self.status is not None and 200 <= self.status < 300


class FaultHit(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """The fault that a capture got: its id and kind, the same in words ("hold 16 s"), and the drill that it belongs to.
    `left` and `hits` are the fault's count after this capture."""

    fault: str
    kind: str
    said: str
    left: int | None = None
    hits: int = 0
    drill: str | None = None


class NewCapture(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is stored of a request on arrival. `provider` is the setting of its bin, `fault` the fault that its answer
    gets; `simulated`: one of our own simulations sent it. `mark`: it may be one of another server's simulations, which
    the store finds out by this hash. `answer_version`: that of its bin, read before the answer was
    chosen; None: not compared."""

    bin_id: str
    role: Role
    raw: RawRequest
    provider: str | None = None
    fault: FaultHit | None = None
    simulated: bool = False
    mark: bytes | None = None
    answer_version: int | None = None


class NewOutcome(msgspec.Struct, frozen=True, gc=False):
    """The outcome of a capture's answer."""

    bin_id: str
    n: int
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureRow:
    """A capture as lists show it: everything but headers and body. `outcome` is None until it is known."""

    n: int
    seq: int
    received_at: datetime
    role: Role
    method: str
    target: str
    peer: str
    size: int
    content_type: str | None
    body_complete: bool
    reading: Reading
    outcome: Outcome | None
    fault: FaultHit | None = None
    simulated: bool = False
    annotation: Annotation = NO_ANNOTATION


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """The whole capture. `events`: what it states. `damaged`: the stored bytes are not those that were received, which
    is then the problem of its reading."""

    row: CaptureRow
    raw: RawRequest
    sha256: str
    events: tuple[Event, ...] = ()
    damaged: bool = False

    @property
    def is_read(self) -> bool:
        """Whether the ledger has processed it, so that its reading is known."""
        return self.row.seq > 0

    def intact(self) -> RawRequest:
        """The request, for uses that need the received bytes. Damaged."""
        if self.damaged:
            raise Damaged(f"#{self.row.n}: {DAMAGED}")
        return self.raw


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured:
    """A change: this capture is new, or its outcome became known. `row` is as it stands now."""

    seq: int
    row: CaptureRow
    first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """A change: capture `n` is gone; with `through`, every capture up to and including `n`."""

    seq: int
    n: int
    through: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageChanged:
    """A change: this message is new, or an event or the clock changed it. `message` is as it stands now."""

    seq: int
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageGone:
    """A change: there is no such message any more, because captures were deleted."""

    seq: int
    provider: str
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Restarted:
    """No change: the cursor is of an earlier reading of the bin. Read everything again, and continue from this seq."""

    seq: int


Change = Captured | Deleted | MessageChanged | MessageGone | Restarted
