"""The bodies and query parameters of requests to pages and to the API."""

import asyncio
import re
from collections.abc import Collection
from typing import Annotated

import msgspec
from aiohttp import StreamReader, web
from msgspec import Meta

from ... import clock
from ...domain.search import Query, parse_query, settle
from ...errors import IncompleteBody, Invalid, MalformedBody, SlowBody, TooLarge, UnsupportedType
from .convert import I, convert
from .expect import send_100_continue

MAX_BYTES = 1 << 20
# Seconds to read a whole body.
BODY_S = 10.0
MAX_LIMIT = 500
DEFAULT_LIMIT = 100
MAX_WAIT_S = 60
# Fits in SQLite's 64-bit integers.
_NUMBER = re.compile(r"\d{1,18}", re.ASCII)

TargetUrl = Annotated[
    str,
    Meta(
        description="http or https, on the public internet.",
        extra_json_schema={"maxLength": 2_000},
        extra={"reason": "must be an http or https address such as https://example.net/sms"},
    ),
]
"""Where a request is sent to, on behalf of a user."""


async def read_input(request: web.Request, wanted: type[I]) -> I:
    """The input of a call, from its JSON body. Invalid names every field that is wrong."""
    return convert(await read_json(request), wanted)


async def read_json(request: web.Request) -> object:
    """The JSON value of the body; an empty object where there is no body."""
    body = await read_bytes(request)
    json = request.content_type == "application/json"
    if not body and not json:
        return {}
    if not json:
        raise UnsupportedType("Content-Type must be application/json.")
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedBody(f"The body is not JSON: {error}") from None


def read_query(request: web.Request, known: Collection[str] = ()) -> dict[str, str]:
    """The query parameters, each at most once."""
    problems = [(name, "unknown parameter") for name in dict.fromkeys(request.query) if name not in known]
    problems += [(name, "given more than once") for name in known if len(request.query.getall(name, [])) > 1]
    if problems:
        raise Invalid(*problems)
    return dict(request.query)


def number(query: dict[str, str], name: str, *, lowest: int, highest: int) -> int | None:
    """A whole number in its range; None when it is not there."""
    text = query.get(name)
    if text is None:
        return None
    if not _NUMBER.fullmatch(text) or not lowest <= int(text) <= highest:
        raise Invalid((name, f"must be a whole number from {lowest} to {highest}"))
    return int(text)


def numbers(query: dict[str, str], name: str, most: int) -> list[int]:
    """Whole numbers with commas between them; none when the parameter is not there."""
    texts = query[name].split(",") if name in query else []
    if len(texts) > most or not all(_NUMBER.fullmatch(text) for text in texts):
        raise Invalid((name, f"must be at most {most} whole numbers with commas between them"))
    return list(map(int, texts))


def limit_of(query: dict[str, str]) -> int:
    """The number of items in a page."""
    value = number(query, "limit", lowest=1, highest=MAX_LIMIT)
    return DEFAULT_LIMIT if value is None else value


def filter_of(query: dict[str, str]) -> Query | None:
    """The filter in `q`, with every "ago" counted from now. WrongTerm names the term, its position and the cure."""
    return settle(parse_query(query["q"]), clock.now()) if query.get("q", "").strip() else None


async def read_bytes(request: web.Request, most: int = MAX_BYTES) -> bytes:
    """The body of a form or an API call. TooLarge: over `most` bytes; SlowBody: after `BODY_S`; IncompleteBody."""
    send_100_continue(request)
    try:
        async with asyncio.timeout(BODY_S):
            return await _read_bytes(request.content, most)
    except TimeoutError:
        raise SlowBody(f"The body did not arrive within {BODY_S:.0f} seconds.") from None


async def _read_bytes(content: StreamReader, most: int) -> bytes:
    parts = bytearray()
    while True:
        try:
            chunk = await content.readany()
        except Exception:
            # aiohttp raises many types (connection lost, bad chunk, wrong length); all are errors of the client.
            raise IncompleteBody("The body is incomplete.") from None
        if not chunk:
            return bytes(parts)
        parts += chunk
        if len(parts) > most:
            raise TooLarge(f"The body must have at most {most:,} bytes.")


HIGHEST = 10**18 - 1
