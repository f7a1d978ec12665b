"""The JSON of replays; the OpenAPI document's components are generated from these types."""

from typing import Literal

import msgspec

from ...domain.captures import read_lines
from ...domain.replays import Attempt
from ...domain.units import rfc3339
from ..site.shapes import Pair, Time


class ReplayShape(msgspec.Struct):
    """A request that smsbin sent of capture `n`. `status` null: no complete response, see `error`. `url` has no query
    values. `body`: the first 4 KiB of the response body, decoded as UTF-8. `edited`: the request was changed before it
    was sent. `forward`: the id of the forward that sent it, null for a replay; `trigger`: why. `sent`: the header lines
    that a forward has sent, bytes as latin-1. `event`: which event of the capture was sent, from 0, null for the
    request itself; `follow_up`: what followed from that event was sent; `sent_body`: the JSON, as far as it is kept,
    else null. `listener`: the name of the listener whose program answered; then `url` is empty."""

    n: int
    number: int
    url: str
    sent_at: Time
    status: int | None
    ms: int
    error: str | None
    content_type: str
    body: str
    edited: bool
    forward: str | None
    trigger: Literal["first", "retry", "manual", "bulk", "resume", "probe", "wiretap"]
    sent: list[Pair]
    event: int | None
    follow_up: Literal["verdict", "stuck"] | None
    sent_body: str | None
    listener: str | None


class ReplayList(msgspec.Struct):
    """Attempts, oldest first."""

    items: list[ReplayShape]
    next: str | None


def show_attempts(attempts: list[Attempt]) -> ReplayList:
    """All of them in one page."""
    return ReplayList([show_attempt(attempt) for attempt in attempts], None)


def show_attempt(attempt: Attempt) -> ReplayShape:
    """One of them."""
    return ReplayShape(
        n=attempt.n, number=attempt.number, url=attempt.url, sent_at=rfc3339(attempt.sent_at), status=attempt.status,
        ms=attempt.ms, error=attempt.error, content_type=attempt.content_type,
        body=attempt.body.decode("utf-8", "replace"), edited=attempt.edited,
        forward=attempt.forward, trigger=attempt.trigger.value,
        sent=[(name.decode("latin-1"), value.decode("latin-1")) for name, value in read_lines(attempt.sent_head)],
        event=attempt.event,
        follow_up=None if attempt.follow_up is None else attempt.follow_up.value,
        sent_body=None if attempt.event is None else attempt.sent_body.decode("utf-8", "replace"),
        listener=attempt.listener,
    )  # fmt: skip
