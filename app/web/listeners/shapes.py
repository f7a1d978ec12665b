"""The JSON of listeners, and of the frames that they get; the OpenAPI document's components are generated from these
types."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from ...domain.forwards.events import ForwardedEvent
from ...domain.listeners import ListenerResult
from ...domain.signatures import SignatureVerdict
from ...domain.units import rfc3339
from ...services.listeners.registry import ListenerStatus
from ..site.shapes import Pair, RoleName, Time


class ListenerResultShape(msgspec.Struct):
    """What the program did with capture `n`. `status` null: it did not answer, and `error` says why."""

    n: int
    at: Time
    status: int | None
    error: str | None
    ms: int


class ListenerShape(msgspec.Struct):
    """A listener. `connected_since` null: it is not connected. `seen_at`: when it was connected last."""

    name: str
    connected: bool
    connected_since: Time | None
    answering: Annotated[bool, Meta(description="It is connected with `answer=1`: its program answers providers.")]
    seen_at: Time
    made_at: Time
    cursor: Annotated[int, Meta(description="Every capture up to this number is acknowledged, or does not match.")]
    lag: Annotated[int, Meta(description="Captures after the cursor that are not acknowledged, matching or not.")]
    in_flight: Annotated[int, Meta(description="Captures that are sent and not acknowledged.")]
    last: ListenerResultShape | None


class ListenerList(msgspec.Struct):
    """All listeners of a bin, oldest first."""

    items: list[ListenerShape]
    next: str | None = None


class ListenerHelloFrame(msgspec.Struct, tag_field="t", tag="hello"):
    """The first frame. `behind`: captures after the cursor. `window`: the most that are sent and not acknowledged.
    `took_over`: a connection of the same name has ended for this one."""

    name: str
    bin: str
    cursor: int
    behind: int
    window: int
    version: str
    took_over: bool | UnsetType = UNSET


class ListenerCaptureFrame(msgspec.Struct, tag_field="t", tag="capture"):
    """A capture. `path`: what follows the role in the target, with the query; to append to the local URL. `headers` in
    order, bytes as latin-1. `body` is Base64; with `more` it continues in frames `body`. `size`: bytes of the whole
    body. `attempt` counts from 1. `url`: as the provider called it, "" if that is too long for the frame. `summary`:
    one line without control characters. `deadline_ms`: the provider waits so long for the answer; only with `answer=1`,
    and not for a capture that it does not wait for any more. `events`: the events of the capture in their order, only
    with `event=1`; with `more_events` they continue in frames `events`, which follow the body. `peer`: the address of
    the provider. `signature`: the verdict about its signature, null if the bin has no secrets."""

    n: int
    role: RoleName
    method: str
    target: str
    path: str
    headers: list[Pair]
    body: str
    size: int
    more: bool
    received_at: Time
    attempt: int
    simulated: bool
    url: str
    page_url: str
    summary: str
    peer: str
    signature: SignatureVerdict | None
    deadline_ms: int | UnsetType = UNSET
    events: list[ForwardedEvent] | UnsetType = UNSET
    more_events: bool | UnsetType = UNSET


class ListenerBodyFrame(msgspec.Struct, tag_field="t", tag="body"):
    """The next part of the body of capture `n`, in Base64; with `more` another one follows."""

    n: int
    body: str
    more: bool


class ListenerEventsFrame(msgspec.Struct, tag_field="t", tag="events"):
    """The next events of capture `n`; with `more` others follow."""

    n: int
    events: list[ForwardedEvent]
    more: bool


class ListenerReplacedFrame(msgspec.Struct, tag_field="t", tag="taken_over"):
    """A newer connection has the same name. Then the socket is closed with code 4409."""


class ListenerRemovedFrame(msgspec.Struct, tag_field="t", tag="removed"):
    """A user has taken the listener off. Then the socket is closed with code 4410."""


def show_listener(status: ListenerStatus) -> ListenerShape:
    """A listener as it stands."""
    stored, since = status.stored, status.connected_since
    return ListenerShape(
        name=stored.name, connected=since is not None, connected_since=None if since is None else rfc3339(since),
        answering=status.is_answering,
        seen_at=rfc3339(stored.seen_at), made_at=rfc3339(stored.made_at), cursor=stored.progress.cursor,
        lag=stored.lag, in_flight=status.in_flight, last=None if stored.last is None else _show_result(stored.last),
    )  # fmt: skip


def show_listeners(found: Sequence[ListenerStatus]) -> ListenerList:
    """All of them."""
    return ListenerList([show_listener(status) for status in found])


def _show_result(result: ListenerResult) -> ListenerResultShape:
    return ListenerResultShape(
        n=result.n, at=rfc3339(result.at), status=result.status, error=result.error, ms=result.ms
    )  # fmt: skip
