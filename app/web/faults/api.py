"""The API of faults: show, set and end the fault of a role."""

from aiohttp import web

from ... import clock, keys
from ...domain.faults import ActiveFault
from ..site.audit import note
from ..site.inputs import read_input
from ..site.json import json_response
from ..site.roles import role_address
from .inputs import FaultInput
from .shapes import show_fault


async def show(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/faults/{role}"""
    bin_id, role = await role_address(request)
    return json_response(show_fault(request.app[keys.FAULTS].of(bin_id, role), clock.now()))


async def put(request: web.Request) -> web.StreamResponse:
    """PUT /api/v1/bins/{bin}/faults/{role}: from now on, instead of the fault that is there."""
    bin_id, role = await role_address(request)
    given = await read_input(request, FaultInput)
    now = clock.now()
    fault = given.fault(now)
    note(request, fault=fault.kind)
    active = ActiveFault(id=clock.new_id(), bin_id=bin_id, role=role, fault=fault, started_at=now, left=fault.count)
    await request.app[keys.FAULTS].set(active)
    return json_response(show_fault(active, now))


async def clear(request: web.Request) -> web.StreamResponse:
    """DELETE /api/v1/bins/{bin}/faults/{role}: the URL behaves again."""
    bin_id, role = await role_address(request)
    await request.app[keys.FAULTS].clear(bin_id, role)
    return web.Response(status=204)
