"""The JSON of messages; the OpenAPI document's components are generated from these types."""

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from ...domain.findings import explain
from ...domain.media import stated_types
from ...domain.messages.model import Message, Step
from ...domain.units import rfc3339
from ..site.shapes import PARTIES, Code, FindingShape, StatusName, Time


class MessageShape(msgspec.Struct, rename=PARTIES):
    """One SMS, as far as it is known. `status`: the highest that was reported, `raw_status`: in the provider's own
    word; `final`: no more callbacks are expected. `media_types`: the types of `media` in their order,
    as the provider states them, "" for none. `captures`: the numbers of its captures."""

    provider: str
    message_id: str
    direction: Literal["inbound", "outbound"]
    sender: str | None
    recipient: str | None
    text: str | None
    media: list[str]
    status: StatusName
    raw_status: str | None
    final: bool
    price: str | None
    currency: str | None
    error_code: str | None
    segments: int | None
    encoding: Literal["GSM-7", "UCS-2"] | None
    first_at: Time
    last_at: Time
    captures: list[int]
    findings: list[Code]
    media_types: list[str]


class TimelineStepShape(msgspec.Struct):
    """One line of a timeline. `late`: a lower rank than the highest seen before it. `gap_ms`: since the line before.
    `said_to_minute`: `said_at` has no seconds."""

    n: int
    at: Time
    status: StatusName | None
    raw_status: str | None
    said_at: Time | None
    said_to_minute: bool
    gap_ms: int | None
    late: bool


class MessageDetail(MessageShape, rename=PARTIES):
    """A message with its timeline, oldest first."""

    timeline: list[TimelineStepShape]
    finding_details: list[FindingShape]


class MessageList(msgspec.Struct):
    """A page of messages, last changed first; `next` is null when it ends the list."""

    items: list[MessageShape]
    next: str | None


def show_message(message: Message) -> MessageShape:
    """A message for lists and live frames."""
    return MessageShape(**_facts(message))


def show_detail(message: Message, steps: Sequence[Step]) -> MessageDetail:
    """A message with its life."""
    return MessageDetail(
        **_facts(message),
        timeline=[
            TimelineStepShape(
                n=step.n,
                at=rfc3339(step.at),
                status=None if step.status is None else step.status.value,
                raw_status=step.raw_status,
                said_at=None if step.said_at is None else rfc3339(step.said_at),
                said_to_minute=step.said_to_minute,
                gap_ms=step.gap_ms,
                late=step.late,
            )
            for step in steps
        ],
        finding_details=[
            FindingShape(code, finding.cause, finding.cure) for code in message.findings for finding in (explain(code),)
        ],
    )


def _facts(message: Message) -> dict[str, Any]:
    return {
        "provider": message.provider,
        "message_id": message.message_id,
        "direction": message.direction.value,
        "sender": message.sender,
        "recipient": message.recipient,
        "text": message.text,
        "media": list(message.media),
        "media_types": list(stated_types(message.media, message.media_types)),
        "status": message.status.value,
        "raw_status": message.raw_status,
        "final": message.final,
        "price": message.price,
        "currency": message.currency,
        "error_code": message.error_code,
        "segments": message.segments,
        "encoding": message.encoding,
        "first_at": rfc3339(message.first_at),
        "last_at": rfc3339(message.last_at),
        "captures": list(message.captures),
        "findings": list(message.findings),
    }
