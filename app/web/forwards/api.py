"""The API of forwards: add, list, change and delete them; pause, resume, test, retry."""

import msgspec
from aiohttp import web
from msgspec import UNSET

from ... import keys
from ...domain.forwards.model import ForwardState
from ...domain.masking.policy import CREDENTIALS
from ..replays.shapes import show_attempt
from ..site.audit import note
from ..site.convert import NoInput
from ..site.inputs import read_input, read_query
from ..site.json import json_response
from ..site.urls import server_address
from .inputs import ForwardChange, ForwardInput, ForwardRetry, ForwardTest
from .shapes import RetriedShape, event_schema, show_forward, show_forwards


async def index(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/forwards"""
    bin_id = await _bin_of(request)
    forwards = request.app[keys.FORWARDS]
    return json_response(show_forwards([await forwards.status(bin_id, each.id) for each in forwards.of(bin_id)]))


async def create(request: web.Request) -> web.StreamResponse:
    """POST /api/v1/bins/{bin}/forwards"""
    bin_id = await _bin_of(request)
    given = await read_input(request, ForwardInput)
    note(request, name=given.forward.name)
    server = server_address(request)
    stored = await request.app[keys.FORWARDS].add(
        bin_id, given.forward, position=given.position, own=server.host, is_paused=given.paused
    )
    where = f"{server.base}/api/v1/bins/{bin_id}/forwards/{stored.id}"
    return json_response(await _shown(request, bin_id, stored.id), 201, headers={"Location": where})


async def show(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/forwards/{id}"""
    read_query(request)
    return json_response(await _shown(request, *_address(request)))


async def change(request: web.Request) -> web.StreamResponse:
    """PATCH /api/v1/bins/{bin}/forwards/{id}"""
    read_query(request)
    bin_id, forward_id = _address(request)
    forwards = request.app[keys.FORWARDS]
    stored = forwards.runner(bin_id, forward_id).stored
    note(request, name=stored.forward.name)
    given = await read_input(request, ForwardChange)
    changed = given.changed(stored.forward)
    if changed != stored.forward:
        await forwards.change(bin_id, forward_id, changed, own=server_address(request).host)
    if given.paused is True and stored.health.state is not ForwardState.PAUSED:
        await forwards.pause(bin_id, forward_id)
    elif given.paused is not UNSET and not given.paused and stored.health.state is ForwardState.PAUSED:
        await forwards.resume(bin_id, forward_id)
    return json_response(await _shown(request, bin_id, forward_id))


async def delete(request: web.Request) -> web.StreamResponse:
    """DELETE /api/v1/bins/{bin}/forwards/{id}"""
    read_query(request)
    note(request, name=request.app[keys.FORWARDS].runner(*_address(request)).stored.forward.name)
    await request.app[keys.FORWARDS].drop(*_address(request))
    request.app[keys.SWEEPING].erase_soon()
    return web.Response(status=204)


async def pause(request: web.Request) -> web.StreamResponse:
    """POST /api/v1/bins/{bin}/forwards/{id}/pause"""
    await _nothing(request)
    await request.app[keys.FORWARDS].pause(*_address(request))
    return json_response(await _shown(request, *_address(request)))


async def resume(request: web.Request) -> web.StreamResponse:
    """POST /api/v1/bins/{bin}/forwards/{id}/resume"""
    await _nothing(request)
    await request.app[keys.FORWARDS].resume(*_address(request))
    return json_response(await _shown(request, *_address(request)))


async def test(request: web.Request) -> web.StreamResponse:
    """POST /api/v1/bins/{bin}/forwards/{id}/test"""
    read_query(request)
    bin_id, forward_id = _address(request)
    forwards = request.app[keys.FORWARDS]
    forwards.runner(bin_id, forward_id)
    given = await read_input(request, ForwardTest)
    return json_response(show_attempt(CREDENTIALS.attempt(await forwards.test(bin_id, forward_id, given.capture))))


async def retry(request: web.Request) -> web.StreamResponse:
    """POST /api/v1/bins/{bin}/forwards/{id}/retry"""
    read_query(request)
    bin_id, forward_id = _address(request)
    forwards = request.app[keys.FORWARDS]
    forwards.runner(bin_id, forward_id)
    wanted = (await read_input(request, ForwardRetry)).retry()
    return json_response(RetriedShape(await forwards.retry(bin_id, forward_id, wanted)))


async def schema(request: web.Request) -> web.StreamResponse:  # noqa: ARG001
    """GET /api/v1/schemas/event.json"""
    return web.Response(body=msgspec.json.encode(event_schema()), content_type="application/schema+json")


async def _nothing(request: web.Request) -> None:
    read_query(request)
    request.app[keys.FORWARDS].runner(*_address(request))
    await read_input(request, NoInput)


async def _bin_of(request: web.Request) -> str:
    read_query(request)
    return (await request.app[keys.STORE].get_bin(request.match_info["bin"], wait=False)).id


async def _shown(request: web.Request, bin_id: str, forward_id: str) -> object:
    return show_forward(await request.app[keys.FORWARDS].status(bin_id, forward_id))


def _address(request: web.Request) -> tuple[str, str]:
    return request.match_info["bin"], request.match_info["id"]
