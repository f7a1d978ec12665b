"""The API of simulations: start one, watch it, stop it."""

from aiohttp import web

from ... import keys
from ...services.simulations.runs import Run
from ..site.inputs import read_input, read_query
from ..site.json import json_response
from ..site.urls import server_address
from .inputs import SimulationInput
from .runs import start
from .shapes import SimulationList, show_run


async def create(request: web.Request) -> web.StreamResponse:
    """POST /api/v1/bins/{bin}/simulations"""
    read_query(request)
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    given = await read_input(request, SimulationInput)
    run = await start(request, bin, given)
    location = f"{server_address(request).base}/api/v1/bins/{bin.id}/simulations/{run.id}"
    return json_response(show_run(run, with_mark=given.played_by == "client"), 202, {"Location": location})


async def index(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/simulations"""
    read_query(request)
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    return json_response(SimulationList([show_run(run) for run in await request.app[keys.RUNS].of_bin(bin.id)], None))


async def show(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/simulations/{id}"""
    read_query(request)
    return json_response(show_run(await _run(request)))


async def delete(request: web.Request) -> web.StreamResponse:
    """DELETE /api/v1/bins/{bin}/simulations/{id}: stop it; what was sent stays."""
    read_query(request)
    await request.app[keys.RUNS].stop(await _run(request))
    return web.Response(status=204)


async def _run(request: web.Request) -> Run:
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    return await request.app[keys.RUNS].find(bin.id, request.match_info["id"])
