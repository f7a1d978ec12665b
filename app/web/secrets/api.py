"""The API of signing secrets: list, store, remove."""

from aiohttp import web

from ... import keys
from ..site.inputs import read_input, read_query
from ..site.json import json_response
from .inputs import SecretInput
from .shapes import show_secret, show_secrets


async def index(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/secrets"""
    read_query(request)
    return json_response(show_secrets(await request.app[keys.SECRETS].of(request.match_info["bin"])))


async def put(request: web.Request) -> web.StreamResponse:
    """PUT /api/v1/bins/{bin}/secrets/{label}"""
    read_query(request)
    bin_id, label = await _address(request)
    given = await read_input(request, SecretInput)
    return json_response(show_secret(await request.app[keys.SECRETS].set(bin_id, label, given.scheme, given.secret)))


async def delete(request: web.Request) -> web.StreamResponse:
    """DELETE /api/v1/bins/{bin}/secrets/{label}"""
    read_query(request)
    await request.app[keys.SECRETS].drop(*await _address(request))
    return web.Response(status=204)


async def _address(request: web.Request) -> tuple[str, str]:
    bin_id = request.match_info["bin"]
    await request.app[keys.STORE].get_bin(bin_id, wait=False)
    return bin_id, request.match_info["label"]
