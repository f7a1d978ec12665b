"""The API of drills: start one, list them, read the score card, stop one."""

from aiohttp import web

from ... import clock, keys
from ...errors import Invalid, NotFound
from ..site.inputs import limit_of, read_input, read_query
from ..site.json import json_response
from ..site.parameters import names_of
from ..site.urls import server_address
from .inputs import DrillInput
from .operations import LIST_QUERY
from .shapes import DrillList, show_drill


async def create(request: web.Request) -> web.StreamResponse:
    """POST /api/v1/bins/{bin}/drills"""
    read_query(request)
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    role, fault = (await read_input(request, DrillInput)).drill(clock.now())
    drill = await request.app[keys.DRILLING].begin(bin.id, role, fault)
    location = f"{server_address(request).base}/api/v1/bins/{bin.id}/drills/{drill.id}"
    return json_response(show_drill(drill), 201, {"Location": location})


async def index(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/drills"""
    query = read_query(request, names_of(LIST_QUERY))
    limit = limit_of(query)
    store = request.app[keys.STORE]
    bin = await store.get_bin(request.match_info["bin"])
    try:
        found = await store.list_drills(bin.id, limit=limit + 1, before=query.get("before"))
    except NotFound:
        raise Invalid(("before", "must be the `next` of a page of this list")) from None
    shown = found[:limit]
    return json_response(
        DrillList([show_drill(drill) for drill in shown], shown[-1].id if len(found) > limit else None)
    )


async def show(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/drills/{id}"""
    read_query(request)
    drill = await request.app[keys.STORE].get_drill(request.match_info["bin"], request.match_info["id"])
    return json_response(show_drill(drill))


async def stop(request: web.Request) -> web.StreamResponse:
    """DELETE /api/v1/bins/{bin}/drills/{id}: its fault ends now; the score card stays."""
    read_query(request)
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    await request.app[keys.DRILLING].stop(bin.id, request.match_info["id"])
    return web.Response(status=204)
