"""What a caller says, checked field by field; every mistake is named at once."""

import asyncio
import re
from collections.abc import Collection
from datetime import timedelta
from typing import Any

import msgspec
from aiohttp import StreamReader, web

from ... import clock
from ...domain.bins import NAME_LENGTH, PROVIDER_TITLES
from ...domain.search import Query, parse_query, settle
from ...domain.units import parse_duration
from ...errors import IncompleteBody, Invalid, MalformedBody, SlowBody, TooLarge, UnsupportedType
from ..bodies import invite

MAX_BYTES = 1 << 20
# From the first look at a body to its end.
BODY_S = 10.0
MAX_LIMIT = 500
DEFAULT_LIMIT = 100
MAX_WAIT_S = 60
# SQLite's integers end at 63 bits; no bin ever gets this far.
_NUMBER = re.compile(r"\d{1,18}", re.ASCII)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


async def read_object(request: web.Request, known: Collection[str]) -> dict[str, Any]:
    """The JSON object of the body; no body at all is an empty one."""
    body = await read_bytes(request)
    json = request.content_type == "application/json"
    if not body and not json:
        return {}
    if not json:
        raise UnsupportedType("Content-Type must be application/json.")
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedBody(f"The body is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise Invalid(("body", "must be a JSON object"))
    unknown = [(str(name), "unknown field") for name in value if name not in known]
    if unknown:
        raise Invalid(*unknown)
    return value


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


def limit_of(query: dict[str, str]) -> int:
    """How many items a page has."""
    value = number(query, "limit", lowest=1, highest=MAX_LIMIT)
    return DEFAULT_LIMIT if value is None else value


def filter_of(query: dict[str, str]) -> Query | None:
    """The filter in `q`, with every "ago" counted from now. WrongTerm names the term, its position and the cure."""
    return settle(parse_query(query["q"]), clock.now()) if query.get("q", "").strip() else None


def bin_fields(value: dict[str, Any]) -> dict[str, Any]:
    """What was said about a bin: checked, and only what was said."""
    checks = {"name": _name, "provider": _provider, "retention": _retention, "stuck_after": _stuck_after}
    checked: dict[str, Any] = {}
    problems: list[tuple[str, str]] = []
    for field, said in value.items():
        try:
            checked[field] = checks[field](said)
        except ValueError as error:
            problems.append((field, str(error)))
    if problems:
        raise Invalid(*problems)
    return checked


async def read_bytes(request: web.Request, most: int = MAX_BYTES) -> bytes:
    """A small body, of a page's form or an API call. TooLarge over `most` bytes, SlowBody after `BODY_S`,
    IncompleteBody."""
    invite(request)
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
            # aiohttp has many of them (connection lost, bad chunk, wrong length); none is a fault of ours.
            raise IncompleteBody("The body is incomplete.") from None
        if not chunk:
            return bytes(parts)
        parts += chunk
        if len(parts) > most:
            raise TooLarge(f"The body must have at most {most:,} bytes.")


def _name(said: object) -> str:
    if not isinstance(said, str) or not said.strip() or len(said) > NAME_LENGTH:
        raise ValueError(f"must be a string of 1 to {NAME_LENGTH} characters")
    if _CONTROLS.search(said):
        raise ValueError("must not contain line breaks or control characters")
    return said.strip()


def _provider(said: object) -> str | None:
    if said is None:
        return None
    if not isinstance(said, str) or said not in PROVIDER_TITLES:
        raise ValueError(f"must be null (detect) or one of {', '.join(PROVIDER_TITLES)}")
    return said


def _retention(said: object) -> timedelta | None:
    if said is None:
        return None
    if not isinstance(said, str):
        raise ValueError("must be a duration such as 30d, 0 (forever) or null (server default)")
    return parse_duration(said)


def _stuck_after(said: object) -> timedelta:
    if not isinstance(said, str):
        raise ValueError("must be a duration such as 5m, or 0 (never)")
    return parse_duration(said)
