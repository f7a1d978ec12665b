"""The forms of our own pages: small, urlencoded, UTF-8. Anything else is refused before it is parsed."""

import re
from collections.abc import Mapping

from aiohttp import web

from ...errors import Invalid, UnsupportedType
from ...parsing.forms import unescape
from ...services.large import QUICK_BYTES
from ...tasks import run_in_thread
from .inputs import read_bytes
from .urls import server_address

MAX_FIELDS = 100
# Bytes of a form with few fields.
SMALL_BYTES = 64 << 10
_WHOLE = re.compile(r"[0-9]{1,15}")
_DECIMAL = re.compile(r"[0-9]{0,15}\.[0-9]{1,15}")
# A path on this server: nothing that a browser would read as another host.
_PATH = re.compile(r"/(?!/)[!-\[\]-~]*", re.ASCII)


async def read_form(request: web.Request, *, most: int = MAX_FIELDS, size: int = SMALL_BYTES) -> dict[str, str]:
    """The fields that were posted, at most `most` in `size` bytes; of a repeated one the last. UnsupportedType,
    TooLarge, Invalid.

    Not `request.post()`: the sign-in form is open to all, and that function raises a dozen things at odd input.
    """
    body = await read_bytes(request, size)
    if body and request.content_type != "application/x-www-form-urlencoded":
        raise UnsupportedType("Content-Type must be application/x-www-form-urlencoded.")
    try:
        return _parse(body, most) if len(body) <= QUICK_BYTES else await run_in_thread(_parse, body, most)
    except ValueError:
        raise Invalid(("form", f"has more than {most:,} fields")) from None


def _parse(body: bytes, most: int) -> dict[str, str]:
    """ValueError: too many. The library's function takes a third of a second for a megabyte of percent signs."""
    if body.count(b"&") >= most:
        raise ValueError("too many fields")
    pairs = (piece.partition(b"=") for piece in body.replace(b"+", b" ").split(b"&") if piece)
    return {_text(name): _text(value) for name, _, value in pairs}


def _text(escaped: bytes) -> str:
    return unescape(escaped).decode("utf-8", "replace")


def number_of(text: str) -> int | float | str:
    """The number that was typed, of ASCII digits and at most one point; any other text unchanged, so that the input's
    own check refuses it by the field's name."""
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text


def go_back(request: web.Request, form: Mapping[str, str], *, below: str, otherwise: str) -> web.Response:
    """Redirect to the page with the form (its field `back`) when its path is `below` or under it, else to `otherwise`;
    never to another host."""
    back = form.get("back", "")
    is_ours = _PATH.fullmatch(back) and re.match(rf"{re.escape(below)}(?:[/?]|$)", back) is not None
    return web.Response(
        status=303, headers={"Location": server_address(request).base + (back if is_ours else otherwise)}
    )
