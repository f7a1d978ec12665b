"""The forms of our own pages: small, urlencoded, UTF-8. Anything else is told apart before it is parsed."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from aiohttp import web

from ..errors import Invalid, UnsupportedType
from .api.inputs import read_bytes
from .urls import place_of

MAX_FIELDS = 100
# A path of ours: what a browser would take for another host is none.
_PATH = re.compile(r"/(?!/)[!-\[\]-~]*", re.ASCII)


async def read_form(request: web.Request, *, most: int = MAX_FIELDS) -> dict[str, str]:
    """The fields that were posted, at most so many; of a repeated one the last. UnsupportedType, TooLarge, Invalid.

    Not `request.post()`: the sign-in form is open to everybody, and that function raises a dozen things at odd input.
    """
    body = await read_bytes(request)
    if body and request.content_type != "application/x-www-form-urlencoded":
        raise UnsupportedType("Send the form as application/x-www-form-urlencoded.")
    try:
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=most))
    except ValueError:
        raise Invalid(("form", f"has more than {most:,} fields")) from None


def go_back(request: web.Request, said: Mapping[str, str], *, below: str, otherwise: str) -> web.Response:
    """To the page that the form stood on (its field `back`), where that is `below` or behind it; only ever a path below
    our own address."""
    back = said.get("back", "")
    is_ours = _PATH.fullmatch(back) and re.match(rf"{re.escape(below)}(?:[/?]|$)", back) is not None
    return web.Response(status=303, headers={"Location": place_of(request).base + (back if is_ours else otherwise)})
