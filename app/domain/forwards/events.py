"""The events that a forward sends as JSON, one form for all providers. The JSON Schema is generated from these types.

Fields are only ever added. Each is always present, null when unknown; times are RFC 3339 in UTC with six decimals.
"""

import base64
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from ..captures import Capture
from ..events import Event
from ..media import stated_types
from ..messages.folding import callback_of
from ..messages.model import DUPLICATE, Message
from ..pairings.model import Pairing, Verdict, gap_ms, verdict_of
from ..providers import GENERIC
from ..replays import FollowUp, is_credential
from ..roles import Kind, Role
from ..signatures import SignatureVerdict
from ..statuses import Status
from ..units import rfc3339
from .follow_ups import hits_until
from .model import EventContent, Forward, LaterEvent

Moment = Annotated[
    str,
    Meta(
        description="RFC 3339, UTC, six decimals.",
        examples=["2026-11-28T20:00:01.101000Z"],
        extra_json_schema={"format": "date-time"},
    ),
]
HeaderPair = tuple[str, str]
NO_EVENT = Event(kind=Kind.OTHER, message_id="")


class EventType(StrEnum):
    """What an event is about. `pairing.verdict`: the provider used the fallback URL for a message or call, or its
    primary URL failed. `message.stuck`: nothing more was received about an outbound message that has no final status.
    `capture.other`: a request that states nothing about a message or a call."""

    RECEIVED = "sms.received"
    STATUS = "sms.status"
    CALL = "call.event"
    OTHER = "capture.other"
    VERDICT = "pairing.verdict"
    STUCK = "message.stuck"


_TYPES = {Kind.INBOUND: EventType.RECEIVED, Kind.STATUS: EventType.STATUS, Kind.VOICE: EventType.CALL}
_FOLLOW_UPS = {FollowUp.VERDICT: EventType.VERDICT, FollowUp.STUCK: EventType.STUCK}


class OriginalRequest(msgspec.Struct, frozen=True, kw_only=True):
    """The request as received: header pairs in their order, bytes as latin-1; the body in Base64, before any
    decompression. Authorization, Cookie, Proxy-* and X-Forwarded-* are left out, unless the forward includes
    credentials."""

    method: str
    target: str
    headers: list[HeaderPair]
    body_base64: str


class EventIds(msgspec.Struct, frozen=True, kw_only=True, tag_field="content", tag="thin"):
    """Which event it is, without what it says. `n`: the number of the request in its bin; `event`: the place of the
    event in the request, from 0, also of the one from which this follows. `message_id` is the provider's, or `made-…`
    if it sends none. `url`: the page of the request, null if the server has no public URL."""

    bin: str
    n: int
    event: int
    role: Role
    provider: str | None
    message_id: str | None
    url: str | None


class EventDetails(EventIds, frozen=True, kw_only=True, tag="full", rename={"sender": "from", "recipient": "to"}):
    """The event with its content. `provider_sure` false: the fields were guessed from their names. `from` and `to` are
    E.164 where the number allows it. `status` is one of a fixed list for all providers, `raw_status` the provider's
    word, `final`: no other status is expected after it. `price` and `currency` as sent; `segments` as the provider
    counts. `said_at`: the provider's own time stamp. `signature`: the verdict about the provider's signature, null if
    the bin has no secrets. `duplicate_of`: the number of an earlier request with the same content. `raw`: the whole
    request, if the forward includes it. `verdict`: of `pairing.verdict`, null in other events; `gap_ms`: from the first
    request on the primary URL to the first one on the fallback URL. `captures`: the numbers of the requests that it is
    about."""

    provider_sure: bool
    kind: Kind
    sender: str | None
    recipient: str | None
    text: str | None
    media: Annotated[list[str], Meta(description="Addresses of pictures and files.")]
    media_types: Annotated[list[str], Meta(description="Their types in the same order, empty if not stated.")]
    status: Status | None
    raw_status: str | None
    final: bool
    error_code: str | None
    price: str | None
    currency: str | None
    segments: int | None
    said_at: Moment | None
    received_at: Moment
    signature: SignatureVerdict | None
    findings: Annotated[list[str], Meta(description="Codes; later versions may add some.")]
    duplicate_of: int | None
    simulated: bool
    raw: OriginalRequest | None
    verdict: Verdict | None
    gap_ms: int | None
    captures: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterFacts:
    """What follows from an event, and what it is about: a pairing or a message, None if it is not known any more."""

    later: LaterEvent
    pairing: Pairing | None = None
    message: Message | None = None


class ForwardedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """The body of a request in event mode. `timestamp`: when smsbin received the request; of a verdict, when it was
    known, and of a stuck message, since when it is."""

    type: EventType
    timestamp: Moment
    data: EventIds | EventDetails


def count_events(capture: Capture) -> int:
    """How many events are sent for a capture: one at least."""
    return max(len(capture.events), 1)


def event_at(capture: Capture, position: int) -> Event | None:
    """The event at a position; None: the capture states none. The first one is a callback if the ledger has found that
    it was sent to a URL for inbound messages."""
    if position >= len(capture.events):
        return None
    event = capture.events[position]
    is_misplaced = position == 0 and event.kind is Kind.INBOUND and capture.row.reading.kind is Kind.STATUS
    return callback_of(event) if is_misplaced else event


def is_repeat(capture: Capture) -> bool:
    """Whether the capture has the content of an earlier one, so that `duplicate_of` is to be read."""
    return DUPLICATE in capture.row.reading.findings


def forwarded_event(
    bin_id: str, capture: Capture, position: int, forward: Forward, *, duplicate_of: int | None,
    public_url: str | None, facts: LaterFacts | None = None,
) -> ForwardedEvent:  # fmt: skip
    """Event number `position` of a capture, or what follows from it. Raises Damaged if the request is included and its
    bytes are damaged."""
    event = event_at(capture, position)
    received_at = rfc3339(capture.row.received_at)
    timestamp = received_at if facts is None else rfc3339(facts.later.at)
    ids: dict[str, Any] = {
        "bin": bin_id,
        "n": capture.row.n,
        "event": position,
        "role": capture.row.role,
        "provider": capture.row.reading.provider,
        "message_id": None if event is None else event.message_id,
        "url": None if public_url is None else f"{public_url.rstrip('/')}/bins/{bin_id}/captures/{capture.row.n}",
    }
    type = _type_of(event, facts)
    if forward.event_content is EventContent.THIN:
        return ForwardedEvent(type=type, timestamp=timestamp, data=EventIds(**ids))
    details = EventDetails(
        **ids | _content(_completed(event or NO_EVENT, facts)) | _later_content(capture.row.n, facts),
        kind=capture.row.reading.kind if event is None else event.kind,
        provider_sure=ids["provider"] not in (None, GENERIC),
        received_at=received_at,
        signature=None if capture.row.reading.signature is None else capture.row.reading.signature.verdict,
        findings=list(capture.row.reading.findings),
        duplicate_of=duplicate_of,
        simulated=capture.row.simulated,
        raw=_original(capture, forward) if forward.event_content is EventContent.RAW else None,
    )
    return ForwardedEvent(type=type, timestamp=timestamp, data=details)


def _type_of(event: Event | None, facts: LaterFacts | None) -> EventType:
    if facts is not None:
        return _FOLLOW_UPS[facts.later.follow_up]
    return EventType.OTHER if event is None else _TYPES.get(event.kind, EventType.OTHER)


def _completed(event: Event, facts: LaterFacts | None) -> Event:
    """The event, completed from the other requests of its message."""
    message = None if facts is None else facts.message
    if message is None:
        return event
    has_media = bool(event.media)
    return msgspec.structs.replace(
        event,
        sender=event.sender or message.sender,
        recipient=event.recipient or message.recipient,
        text=message.text if event.text is None else event.text,
        media=event.media if has_media else message.media,
        media_types=event.media_types if has_media else message.media_types,
    )


def _later_content(n: int, facts: LaterFacts | None) -> dict[str, Any]:
    hits = () if facts is None or facts.pairing is None else hits_until(facts.pairing, n)
    if hits:
        numbers = sorted({hit.n for hit in hits})
        return {"verdict": verdict_of(hits), "gap_ms": gap_ms(hits), "captures": numbers}
    message = None if facts is None else facts.message
    numbers = [n] if message is None else [each for each in message.captures if each <= n]
    return {"verdict": None, "gap_ms": None, "captures": numbers}


def _content(event: Event) -> dict[str, Any]:
    same = (
        "sender", "recipient", "text", "status", "raw_status", "final", "error_code", "price", "currency", "segments",
    )  # fmt: skip
    return {name: getattr(event, name) for name in same} | {
        "media": list(event.media),
        "media_types": list(stated_types(event.media, event.media_types)),
        "said_at": None if event.said_at is None else rfc3339(event.said_at),
    }


def _original(capture: Capture, forward: Forward) -> OriginalRequest:
    raw = capture.intact()
    return OriginalRequest(
        method=raw.method,
        target=raw.target,
        headers=[
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in raw.headers
            if forward.credentials or not is_credential(name)
        ],
        body_base64=base64.b64encode(raw.body).decode(),
    )
