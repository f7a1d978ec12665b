"""What a program may want to know about this server."""

from aiohttp import web

from ... import __version__, keys
from ...settings import describe
from ..urls import FORWARDING, is_trusted, place_of
from .bins import answer, root_of
from .inputs import read_object, read_query
from .shapes import Info, RetentionShape, Seen


async def show(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/info"""
    read_query(request)
    settings = request.app[keys.SETTINGS]
    facts = describe(settings)
    direct = request.remote or "unknown"
    forwarded = [name for name in FORWARDING if name in request.headers]
    seen = Seen(place_of(request).root, direct, forwarded, is_trusted(settings, direct))
    return answer(Info(__version__, root_of(request), facts["retention"], facts["max_body"], seen))


async def retention(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/retention"""
    read_query(request)
    return _retention(request)


async def confirm_time(request: web.Request) -> web.StreamResponse:
    """POST /api/v1/retention/confirm"""
    read_query(request)
    await read_object(request, ())
    request.app[keys.SWEEPING].confirm()
    return _retention(request)


def _retention(request: web.Request) -> web.Response:
    sweeping = request.app[keys.SWEEPING]
    still = None if sweeping.held is None else int(sweeping.held_for.total_seconds())
    return answer(RetentionShape(describe(request.app[keys.SETTINGS])["retention"], sweeping.held, still))
