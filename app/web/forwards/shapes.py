"""The JSON of forwards; the OpenAPI document's components are generated from these types."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from ...domain.forwards.events import ForwardedEvent
from ...domain.units import rfc3339
from ...services.forwards.shown import ForwardStatus
from ..site.shapes import RoleName, Time


class ForwardShape(msgspec.Struct):
    """A forward. `reason`: why it is paused or off, if no user did it. `lag`: captures that it has not read yet, and
    those with a next attempt. `failed`: rejected or exhausted now. `expired`: deleted before they had arrived.
    `oldest_due_at`: when the oldest of `lag` was, or is, due. `error`: of the last attempt while the target fails,
    null while it works. `probe_at`: the next attempt of a resting target. `secret`: of Standard Webhooks, null for
    other signatures. `wiretap`: the role whose wiretap uses it for what its handler has not accepted."""

    id: str
    name: str
    url: str
    filter: str
    roles: list[RoleName]
    mode: Literal["raw", "event"]
    event_content: Annotated[Literal["full", "thin", "raw"], Meta(description="For mode event.")]
    follow_ups: Annotated[bool, Meta(description="For mode event: whether verdicts and stuck messages are sent.")]
    order: Literal["message", "none", "strict"]
    signature: Literal["sent", "target", "smsbin"]
    credentials: bool
    timeout_s: int
    wiretap: RoleName | None
    paused: bool
    state: Literal["on", "paused", "resting", "off"]
    reason: str | None
    made_at: Time
    position: Annotated[int, Meta(description="Every capture up to this number is sent, tried, or does not match.")]
    lag: int
    delivered: int
    failed: int
    expired: int
    oldest_due_at: Time | None
    error: str | None
    probe_at: Time | None
    secret: str | None


class ForwardList(msgspec.Struct):
    """All forwards of a bin, oldest first."""

    items: list[ForwardShape]
    next: str | None = None


class RetriedShape(msgspec.Struct):
    """The number of dispatches that are sent again."""

    retried: int


def show_forward(status: ForwardStatus) -> ForwardShape:
    """A forward as it stands."""
    stored, health = status.stored, status.stored.health
    forward = stored.forward
    return ForwardShape(
        id=stored.id, name=forward.name, url=forward.url, filter=forward.filter,
        roles=[role.value for role in forward.roles], mode=forward.mode.value,
        event_content=forward.event_content.value, follow_ups=forward.follow_ups, order=forward.order.value,
        signature=forward.signature.value, credentials=forward.credentials, timeout_s=forward.timeout_s,
        wiretap=None if forward.wiretap is None else forward.wiretap.value,
        paused=health.paused, state=health.state.value, reason=health.reason, made_at=rfc3339(stored.made_at),
        position=stored.position, lag=status.lag, delivered=stored.delivered, failed=status.failed,
        expired=stored.expired,
        oldest_due_at=None if status.oldest_due_at is None else rfc3339(status.oldest_due_at), error=health.error,
        probe_at=None if health.probe_at is None else rfc3339(health.probe_at), secret=status.secret,
    )  # fmt: skip


def show_forwards(found: Sequence[ForwardStatus]) -> ForwardList:
    """All of them."""
    return ForwardList([show_forward(status) for status in found])


def event_schema() -> dict[str, Any]:
    """The JSON Schema of the body of a request in event mode."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "smsbin event",
        **msgspec.json.schema(ForwardedEvent),
    }
