"""The API of tokens: create, list, revoke."""

from aiohttp import web

from ... import keys
from ..site.audit import note_token
from ..site.inputs import read_input, read_query
from ..site.json import json_response
from ..site.urls import server_address
from .inputs import TokenInput
from .shapes import show_new_token, show_tokens


async def index(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/tokens"""
    read_query(request)
    tokens = request.app[keys.ACCESS].tokens
    await tokens.refresh()
    return json_response(show_tokens(tokens.all))


async def create(request: web.Request) -> web.StreamResponse:
    """POST /api/v1/tokens"""
    read_query(request)
    given = await read_input(request, TokenInput)
    token, text = await request.app[keys.ACCESS].tokens.add(
        name=given.name, role=given.role, bins=given.bins, expires_in=given.time
    )
    note_token(request, token)
    location = f"{server_address(request).base}/api/v1/tokens/{token.id}"
    return json_response(show_new_token(token, text), 201, {"Location": location})


async def revoke(request: web.Request) -> web.StreamResponse:
    """DELETE /api/v1/tokens/{id}"""
    read_query(request)
    note_token(request, await request.app[keys.ACCESS].revoke(request.match_info["id"]))
    return web.Response(status=204)
