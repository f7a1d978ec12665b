"""The API of sessions: list, end."""

from aiohttp import web

from ... import keys
from ..site.inputs import read_query
from ..site.json import json_response
from .shapes import SessionList, show_session


async def index(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/sessions"""
    read_query(request)
    current = request[keys.CALLER].session_id
    found = await request.app[keys.ACCESS].sessions()
    return json_response(SessionList([show_session(each, current) for each in found]))


async def end(request: web.Request) -> web.StreamResponse:
    """DELETE /api/v1/sessions/{id}"""
    read_query(request)
    access = request.app[keys.ACCESS]
    await access.end_session(await access.find_session(request.match_info["id"]))
    return web.Response(status=204)
