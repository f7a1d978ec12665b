"""The API of shares: create, list, revoke."""

from aiohttp import web

from ... import keys
from ..site.inputs import read_input, read_query
from ..site.json import json_response
from ..site.urls import server_address
from .inputs import ShareInput
from .links import make_share
from .shapes import show_new_share, show_share, show_shares


async def index(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/shares"""
    read_query(request)
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"], wait=False)
    await request.app[keys.SHARES].refresh(bin.id)
    return json_response(show_shares(request.app[keys.SHARES].of_bin(bin.id)))


async def create(request: web.Request) -> web.StreamResponse:
    """POST /api/v1/bins/{bin}/shares"""
    read_query(request)
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    share, url = await make_share(request, bin.id, await read_input(request, ShareInput))
    location = f"{server_address(request).base}/api/v1/bins/{bin.id}/shares/{share.id}"
    return json_response(show_new_share(share, url), 201, {"Location": location})


async def show(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/shares/{id}"""
    read_query(request)
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"], wait=False)
    await request.app[keys.SHARES].refresh(bin.id)
    return json_response(show_share(request.app[keys.SHARES].get(bin.id, request.match_info["id"])))


async def revoke(request: web.Request) -> web.StreamResponse:
    """DELETE /api/v1/bins/{bin}/shares/{id}"""
    read_query(request)
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"], wait=False)
    await request.app[keys.SHARES].revoke(bin.id, request.match_info["id"])
    return web.Response(status=204)
