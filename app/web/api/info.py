"""What a program may want to know about this server."""

from aiohttp import web

from ... import __version__, keys
from ...settings import describe
from ..urls import FORWARDING, is_trusted, place_of
from .bins import answer, root_of
from .inputs import read_query
from .shapes import Info, Seen


async def show(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/info"""
    read_query(request)
    settings = request.app[keys.SETTINGS]
    facts = describe(settings)
    direct = request.remote or "unknown"
    forwarded = [name for name in FORWARDING if name in request.headers]
    seen = Seen(place_of(request).root, direct, forwarded, is_trusted(settings, direct))
    return answer(Info(__version__, root_of(request), facts["retention"], facts["max_body"], seen))
