"""The capture key of a bin is removed from everything that a share shows, wherever a request has repeated it."""

import re

from aiohttp import web

from ...domain.bins import Bin

IN_PLACE = "[capture key]"


def scrubbed(text: str, bin: Bin) -> str:
    """A text without the key."""
    return re.sub(re.escape(bin.key), IN_PLACE, text, flags=re.IGNORECASE)


def without_key(response: web.Response, bin: Bin) -> web.Response:
    """The same response, without the key in its body."""
    assert isinstance(response.body, bytes), "a rendered page"
    response.body = scrubbed(response.body.decode(), bin).encode()
    return response
