"""What a program may want to know about this server."""

from aiohttp import web

from ... import __version__, keys
from ...settings import describe
from .bins import answer, root_of
from .inputs import read_query
from .shapes import Info


async def show(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/info"""
    read_query(request)
    facts = describe(request.app[keys.SETTINGS])
    return answer(Info(__version__, root_of(request), facts["retention"], facts["max_body"]))
