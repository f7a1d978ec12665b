"""Replays for programs: captures sent again, and what came back."""

from typing import Any

import msgspec
from aiohttp import web

from ... import keys
from ...domain.replaying import MOST_AT_ONCE, Attempt
from ...domain.units import rfc3339
from ...errors import Invalid
from .bins import answer
from .captures import HIGHEST
from .inputs import read_object, read_query
from .shapes import Time

SHOWN = 100


class ReplayShape(msgspec.Struct):
    """A replay of capture `n`. `status` null: no complete response, see `error`. `url` has no query values. `body`: the
    first 4 KiB of the response body, decoded as UTF-8."""

    n: int
    number: int
    url: str
    sent_at: Time
    status: int | None
    ms: int
    error: str | None
    content_type: str
    body: str


class ReplayList(msgspec.Struct):
    """Attempts, oldest first."""

    items: list[ReplayShape]
    next: str | None


async def create(request: web.Request) -> web.StreamResponse:
    """POST /api/v1/bins/{bin}/replays"""
    read_query(request)
    bin_id = request.match_info["bin"]
    await request.app[keys.STORE].get_bin(bin_id)
    fields = await read_object(request, ("captures", "url", "credentials"))
    numbers, url, with_credentials = _wish(fields)
    attempts = await request.app[keys.REPLAYING].replay(bin_id, numbers, url, with_credentials=with_credentials)
    return answer(ReplayList([_show(attempt) for attempt in attempts], None), 201)


async def index(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/captures/{n}/attempts: the last 100."""
    read_query(request)
    bin_id, n = request.match_info["bin"], int(request.match_info["n"])
    store = request.app[keys.STORE]
    await store.get_capture(bin_id, n)
    attempts = await store.list_attempts(bin_id, n, limit=SHOWN)
    return answer(ReplayList([_show(attempt) for attempt in attempts], None))


def _wish(fields: dict[str, Any]) -> tuple[list[int], str, bool]:
    numbers, url, credentials = fields.get("captures"), fields.get("url"), fields.get("credentials", False)
    problems = []
    if not isinstance(numbers, list) or not 1 <= len(numbers) <= MOST_AT_ONCE or not all(map(_is_number, numbers)):
        problems.append(("captures", f"must be a list of 1 to {MOST_AT_ONCE} capture numbers"))
    if not isinstance(url, str):
        problems.append(("url", "must be an http or https address such as https://example.net/sms"))
    if not isinstance(credentials, bool):
        problems.append(("credentials", "must be true or false"))
    if problems:
        raise Invalid(*problems)
    return numbers, url, credentials  # type: ignore[return-value]


def _is_number(said: object) -> bool:
    return isinstance(said, int) and not isinstance(said, bool) and 1 <= said <= HIGHEST


def _show(attempt: Attempt) -> ReplayShape:
    return ReplayShape(
        n=attempt.n, number=attempt.number, url=attempt.url, sent_at=rfc3339(attempt.sent_at), status=attempt.status,
        ms=attempt.ms, error=attempt.error, content_type=attempt.content_type,
        body=attempt.body.decode("utf-8", "replace"),
    )  # fmt: skip
