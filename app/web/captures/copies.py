"""A request as a command or as code, to copy: for curl, HTTPie, Python and JavaScript."""

from collections.abc import Callable

from aiohttp import web

from ... import keys
from ...domain.captures import RawRequest
from ...domain.curl import as_curl
from ...domain.replays import address_of
from ...domain.snippets import as_fetch, as_httpie, as_python
from ...errors import Conflict, NotFound
from ...services.large import work_on
from ..site.headers import NOTHING_AT_ALL
from ..site.templates import site_of, urls_of

COPIES: dict[str, Callable[[RawRequest, str], str | None]] = {
    "curl": as_curl,
    "httpie": as_httpie,
    "python": as_python,
    "fetch": as_fetch,
}


async def copy(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/captures/{n}/copy/{tool}: plain text, without credentials."""
    place = request.match_info
    write = COPIES.get(place["tool"])
    if write is None:
        raise NotFound(f"There is no such tool; use {', '.join(COPIES)}.")
    store = request.app[keys.STORE]
    capture = await store.get_capture(place["bin"], int(place["n"]))
    raw = capture.intact()
    if raw.refused is not None:
        raise Conflict("This request is not valid HTTP, so no tool can send it.")
    url = urls_of(site_of(request).root, await store.get_bin(place["bin"]))[capture.row.role]
    text = await work_on([raw], write, raw, address_of(raw, capture.row.role, url))
    if text is None:
        raise Conflict("This request cannot be written for this tool without changing it. Use curl.")
    return web.Response(text=text, content_type="text/plain", headers={"Content-Security-Policy": NOTHING_AT_ALL})
