"""Drills for programs: start one, list them, read the score card, stop one."""

from aiohttp import web

from ... import clock, keys
from ...domain.drills import DRILLED
from ...domain.faults import Fault
from ...domain.roles import Role
from ...errors import Invalid, NotFound
from ..urls import place_of
from .answer_inputs import FAULT_FIELDS, read_fault
from .bins import answer
from .drill_shapes import DrillList, show_drill
from .inputs import limit_of, read_object, read_query


async def create(request: web.Request) -> web.StreamResponse:
    """POST /api/v1/bins/{bin}/drills"""
    read_query(request)
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    said = await read_object(request, ("role", "fault", "measure"))
    role, measuring = said.get("role", Role.PRIMARY.value), said.get("measure", False)
    problems = []
    if not isinstance(role, str) or role not in set(DRILLED):
        problems.append(("role", f"must be one of {', '.join(DRILLED)}"))
    if not isinstance(measuring, bool):
        problems.append(("measure", "must be true or false"))
    elif measuring and said.get("fault") is not None:
        problems.append(("fault", "must be absent: measuring has its own faults"))
    elif not measuring and said.get("fault") is None:
        problems.append(("fault", "is required unless measure is true"))
    if problems:
        raise Invalid(*problems)
    fault = None if measuring else _read_fault(said["fault"])
    drill = await request.app[keys.DRILLING].begin(bin.id, Role(role), fault)
    location = f"{place_of(request).base}/api/v1/bins/{bin.id}/drills/{drill.id}"
    return answer(show_drill(drill), 201, {"Location": location})


async def index(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/drills"""
    query = read_query(request, ("limit", "before"))
    limit = limit_of(query)
    store = request.app[keys.STORE]
    bin = await store.get_bin(request.match_info["bin"])
    try:
        found = await store.list_drills(bin.id, limit=limit + 1, before=query.get("before"))
    except NotFound:
        raise Invalid(("before", "must be the `next` of a page of this list")) from None
    shown = found[:limit]
    return answer(DrillList([show_drill(drill) for drill in shown], shown[-1].id if len(found) > limit else None))


async def show(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/drills/{id}"""
    read_query(request)
    drill = await request.app[keys.STORE].get_drill(request.match_info["bin"], request.match_info["id"])
    return answer(show_drill(drill))


async def stop(request: web.Request) -> web.StreamResponse:
    """DELETE /api/v1/bins/{bin}/drills/{id}: heal now; the score card stays."""
    read_query(request)
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    await request.app[keys.DRILLING].stop(bin.id, request.match_info["id"])
    return web.Response(status=204)


def _read_fault(said: object) -> Fault:
    if not isinstance(said, dict):
        raise Invalid(("fault", "must be an object"))
    unknown = [(f"fault.{name}", "unknown field") for name in said if name not in FAULT_FIELDS]
    if unknown:
        raise Invalid(*unknown)
    try:
        return read_fault(said, clock.now())
    except Invalid as error:
        raise Invalid(*[(f"fault.{name}", text) for name, text in error.problems]) from None
