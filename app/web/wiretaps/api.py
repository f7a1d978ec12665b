"""The API of wiretaps: show, set and remove the wiretap of a role."""

from aiohttp import web

from ... import keys
from ...domain.roles import Role
from ..site.inputs import read_input
from ..site.json import json_response
from ..site.roles import role_address
from ..site.urls import server_address
from .inputs import WiretapInput
from .shapes import show_wiretap
from .state import wiretap_facts


async def show(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/wiretaps/{role}"""
    return await _shown(request, *await role_address(request))


async def put(request: web.Request) -> web.StreamResponse:
    """PUT /api/v1/bins/{bin}/wiretaps/{role}: from the next request on."""
    bin_id, role = await role_address(request)
    given = await read_input(request, WiretapInput)
    await request.app[keys.WIRETAPS].set(bin_id, role, given.wiretap, own=server_address(request).host)
    return await _shown(request, bin_id, role)


async def remove(request: web.Request) -> web.StreamResponse:
    """DELETE /api/v1/bins/{bin}/wiretaps/{role}: smsbin answers again."""
    bin_id, role = await role_address(request)
    await request.app[keys.WIRETAPS].remove(bin_id, role)
    return web.Response(status=204)


async def _shown(request: web.Request, bin_id: str, role: Role) -> web.Response:
    facts = wiretap_facts(request.app, await request.app[keys.STORE].get_bin(bin_id, wait=False), role)
    outbox = None if facts.outbox is None else facts.outbox.id
    return json_response(show_wiretap(facts.wiretap, facts.limit_s, outbox, facts.overhead))
