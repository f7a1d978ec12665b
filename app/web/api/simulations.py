"""Simulations for programs: start one, watch it, stop it."""

from dataclasses import replace
from typing import Any

from aiohttp import web

from ... import keys
from ...domain.bins import Bin
from ...domain.roles import Role
from ...domain.simulation import MOST_ABROAD_A_SECOND, Targets, What
from ...errors import Invalid
from ...services.simulating import Run
from ..urls import capture_url, place_of, public_root
from .bins import answer
from .inputs import read_object, read_query
from .simulation_inputs import FIELDS, TARGETS, name_targets, own_targets, read_wish
from .simulation_shapes import SimulationList, show_run


async def create(request: web.Request) -> web.StreamResponse:
    """POST /api/v1/bins/{bin}/simulations"""
    read_query(request)
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    fields = await read_object(request, FIELDS)
    run = start(request, bin, fields)
    location = f"{place_of(request).base}/api/v1/bins/{bin.id}/simulations/{run.id}"
    return answer(show_run(run, with_mark=fields.get("played_by") == "client"), 202, {"Location": location})


async def index(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/simulations"""
    read_query(request)
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    return answer(SimulationList([show_run(run) for run in request.app[keys.SIMULATING].of_bin(bin.id)], None))


async def show(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/simulations/{id}"""
    read_query(request)
    return answer(show_run(await _run(request)))


async def delete(request: web.Request) -> web.StreamResponse:
    """DELETE /api/v1/bins/{bin}/simulations/{id}: stop it; what was sent stays."""
    read_query(request)
    await request.app[keys.SIMULATING].stop(await _run(request))
    return web.Response(status=204)


def start(request: web.Request, bin: Bin, fields: dict[str, Any]) -> Run:
    """Begin a run as it was asked for. Invalid names every field that is wrong; Conflict."""
    simulating = request.app[keys.SIMULATING]
    wish = read_wish(fields)
    own = own_targets(fields.get("targets"))
    if fields.get("played_by", "server") not in ("server", "client"):
        raise Invalid(("played_by", "must be server or client"))
    if fields.get("played_by") == "client":
        return simulating.announce(bin.id, wish)
    if own is None:
        return simulating.begin(bin.id, wish, targets_of(request, bin, wish.what))
    if wish.rate > MOST_ABROAD_A_SECOND:
        raise Invalid(("rate", f"must be at most {MOST_ABROAD_A_SECOND:g} per second to your own URL"))
    if not own:
        raise Invalid(("targets", f"must name at least one of {', '.join(TARGETS)}"))
    return simulating.begin(bin.id, wish, name_targets(own), request.app[keys.SETTINGS].allow_targets)


def targets_of(request: web.Request, bin: Bin, what: What) -> Targets:
    """The bin's own URLs, by the address under which this server hears itself; named as providers know them."""
    place = place_of(request)
    name = request.transport.get_extra_info("sockname") if request.transport else None
    host, port = (name[0], name[1]) if name else ("127.0.0.1", request.app[keys.SETTINGS].port)
    here = f"http://{f'[{host}]' if ':' in host else host}:{port}{place.base}"
    voice = what is What.VOICE

    def under(root: str) -> Targets:
        return Targets(
            primary=capture_url(root, bin.key, Role.VOICE if voice else Role.PRIMARY),
            fallback=capture_url(root, bin.key, Role.VOICE_FALLBACK if voice else Role.FALLBACK),
            status=capture_url(root, bin.key, Role.STATUS),
        )

    return replace(under(here), named=under(public_root(request.app[keys.SETTINGS], place)))


async def _run(request: web.Request) -> Run:
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    return request.app[keys.SIMULATING].find(bin.id, request.match_info["id"])
