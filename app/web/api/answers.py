"""How a bin's URLs behave, for programs: the answer of each role, and its fault."""

from aiohttp import web

from ... import clock, keys
from ...domain.faults import ActiveFault
from ...domain.roles import Role
from ...errors import NotFound
from .answer_inputs import ANSWERS_FIELDS, FAULT_FIELDS, read_answers, read_fault
from .answer_shapes import show_answers, show_fault
from .bins import answer
from .inputs import read_object, read_query


async def show(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/answers/{role}"""
    bin_id, role = await _address(request)
    return answer(show_answers(request.app[keys.ANSWERS].of(bin_id, role)))


async def put(request: web.Request) -> web.StreamResponse:
    """PUT /api/v1/bins/{bin}/answers/{role}"""
    bin_id, role = await _address(request)
    answers = read_answers(await read_object(request, ANSWERS_FIELDS))
    await request.app[keys.ANSWERS].set(bin_id, role, answers)
    return answer(show_answers(answers))


async def reset(request: web.Request) -> web.StreamResponse:
    """DELETE /api/v1/bins/{bin}/answers/{role}: back to the default."""
    bin_id, role = await _address(request)
    await request.app[keys.ANSWERS].reset(bin_id, role)
    return web.Response(status=204)


async def show_role_fault(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/faults/{role}"""
    bin_id, role = await _address(request)
    return answer(show_fault(request.app[keys.FAULTS].of(bin_id, role), clock.now()))


async def put_fault(request: web.Request) -> web.StreamResponse:
    """PUT /api/v1/bins/{bin}/faults/{role}: from now on, in the place of the fault that is there."""
    bin_id, role = await _address(request)
    said = await read_object(request, FAULT_FIELDS)
    now = clock.now()
    fault = read_fault(said, now)
    active = ActiveFault(id=clock.new_id(), bin_id=bin_id, role=role, fault=fault, started_at=now, left=fault.count)
    await request.app[keys.FAULTS].set(active)
    return answer(show_fault(active, now))


async def heal(request: web.Request) -> web.StreamResponse:
    """DELETE /api/v1/bins/{bin}/faults/{role}: the URL behaves again."""
    bin_id, role = await _address(request)
    await request.app[keys.FAULTS].heal(bin_id, role)
    return web.Response(status=204)


async def _address(request: web.Request) -> tuple[str, Role]:
    """NotFound for a bin or a role that is none."""
    read_query(request)
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    name = request.match_info["role"]
    if name not in set(Role):
        raise NotFound(f"There is no role {name}. Roles are {', '.join(Role)}.")
    return bin.id, Role(name)
