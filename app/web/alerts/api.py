"""The API of alerts: add, list, change and delete them; pause, resume, test; their history."""

from aiohttp import web

from ... import keys
from ...domain.alerts.model import MOST_NOTICES
from ..site.convert import NoInput
from ..site.inputs import read_input, read_query
from ..site.json import json_response
from ..site.urls import server_address
from .inputs import AlertChange, AlertInput
from .shapes import AlertList, AlertShape, show_alert, show_notice, show_notices


async def index(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/alerts"""
    bin_id = await _bin_of(request)
    alerts = request.app[keys.ALERTS]
    return json_response(AlertList([_shape(request, bin_id, each.id) for each in alerts.of(bin_id)]))


async def create(request: web.Request) -> web.StreamResponse:
    """POST /api/v1/bins/{bin}/alerts"""
    bin_id = await _bin_of(request)
    given = await read_input(request, AlertInput)
    server = server_address(request)
    stored = await request.app[keys.ALERTS].add(bin_id, given.alert, own=server.host)
    where = f"{server.base}/api/v1/bins/{bin_id}/alerts/{stored.id}"
    return json_response(_shape(request, bin_id, stored.id), 201, headers={"Location": where})


async def show(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/alerts/{id}"""
    read_query(request)
    return json_response(_shape(request, *_address(request)))


async def change(request: web.Request) -> web.StreamResponse:
    """PATCH /api/v1/bins/{bin}/alerts/{id}"""
    read_query(request)
    bin_id, alert_id = _address(request)
    alerts = request.app[keys.ALERTS]
    before = alerts.get(bin_id, alert_id).alert
    given = await read_input(request, AlertChange)
    await alerts.change(bin_id, alert_id, given.changed(before), own=server_address(request).host)
    return json_response(_shape(request, bin_id, alert_id))


async def delete(request: web.Request) -> web.StreamResponse:
    """DELETE /api/v1/bins/{bin}/alerts/{id}"""
    read_query(request)
    await request.app[keys.ALERTS].drop(*_address(request))
    return web.Response(status=204)


async def pause(request: web.Request) -> web.StreamResponse:
    """POST /api/v1/bins/{bin}/alerts/{id}/pause"""
    await _nothing(request)
    await request.app[keys.ALERTS].pause(*_address(request))
    return json_response(_shape(request, *_address(request)))


async def resume(request: web.Request) -> web.StreamResponse:
    """POST /api/v1/bins/{bin}/alerts/{id}/resume"""
    await _nothing(request)
    await request.app[keys.ALERTS].resume(*_address(request))
    return json_response(_shape(request, *_address(request)))


async def test(request: web.Request) -> web.StreamResponse:
    """POST /api/v1/bins/{bin}/alerts/{id}/test"""
    await _nothing(request)
    bin_id, alert_id = _address(request)
    alerts = request.app[keys.ALERTS]
    found = await alerts.test(bin_id, alert_id)
    return json_response(show_notice(alerts.get(bin_id, alert_id), found, await _name(request, bin_id)))


async def history(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/alerts/{id}/history"""
    read_query(request)
    bin_id, alert_id = _address(request)
    alerts = request.app[keys.ALERTS]
    found = await alerts.history(bin_id, alert_id, limit=MOST_NOTICES)
    return json_response(show_notices(alerts.get(bin_id, alert_id), found, await _name(request, bin_id)))


async def _nothing(request: web.Request) -> None:
    read_query(request)
    request.app[keys.ALERTS].get(*_address(request))
    await read_input(request, NoInput)


async def _bin_of(request: web.Request) -> str:
    read_query(request)
    return (await request.app[keys.STORE].get_bin(request.match_info["bin"], wait=False)).id


async def _name(request: web.Request, bin_id: str) -> str:
    return (await request.app[keys.STORE].get_bin(bin_id, wait=False)).name


def _shape(request: web.Request, bin_id: str, alert_id: str) -> AlertShape:
    alerts = request.app[keys.ALERTS]
    return show_alert(alerts.get(bin_id, alert_id), alerts.secret_of(bin_id, alert_id))


def _address(request: web.Request) -> tuple[str, str]:
    return request.match_info["bin"], request.match_info["id"]
