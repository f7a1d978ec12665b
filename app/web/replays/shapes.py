"""The JSON of replays; the OpenAPI document's components are generated from these types."""

import msgspec

from ...domain.replays import Attempt
from ...domain.units import rfc3339
from ..site.shapes import Time


class ReplayShape(msgspec.Struct):
    """A replay of capture `n`. `status` null: no complete response, see `error`. `url` has no query values. `body`: the
    first 4 KiB of the response body, decoded as UTF-8. `edited`: the request was changed before it was sent."""

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


class ReplayList(msgspec.Struct):
    """Attempts, oldest first."""

    items: list[ReplayShape]
    next: str | None


def show_attempts(attempts: list[Attempt]) -> ReplayList:
    """All of them in one page."""
    return ReplayList([_show(attempt) for attempt in attempts], None)


def _show(attempt: Attempt) -> ReplayShape:
    return ReplayShape(
        n=attempt.n, number=attempt.number, url=attempt.url, sent_at=rfc3339(attempt.sent_at), status=attempt.status,
        ms=attempt.ms, error=attempt.error, content_type=attempt.content_type,
        body=attempt.body.decode("utf-8", "replace"), edited=attempt.edited,
    )  # fmt: skip
