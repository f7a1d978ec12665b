"""The API of privacy settings."""

from aiohttp import web

from ... import keys
from ..site.inputs import read_input, read_query
from ..site.json import json_response
from .inputs import PrivacyInput
from .shapes import show_privacy


async def show(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/privacy"""
    read_query(request)
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"], wait=False)
    return json_response(show_privacy(request.app[keys.PRIVACY].of(bin.id)))


async def put(request: web.Request) -> web.StreamResponse:
    """PUT /api/v1/bins/{bin}/privacy"""
    read_query(request)
    privacy = (await read_input(request, PrivacyInput)).privacy()
    await request.app[keys.PRIVACY].set(request.match_info["bin"], privacy)
    return json_response(show_privacy(privacy))
