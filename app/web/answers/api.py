"""How a bin's URLs behave, for programs: the answer of each role, and its fault."""

from aiohttp import web

from ... import keys
from ..site.inputs import read_object
from ..site.json import json_response
from ..site.roles import role_address as _address
from .inputs import ANSWERS_FIELDS, read_answers
from .shapes import show_answers


async def show(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/answers/{role}"""
    bin_id, role = await _address(request)
    return json_response(show_answers(request.app[keys.ANSWERS].of(bin_id, role)))


async def put(request: web.Request) -> web.StreamResponse:
    """PUT /api/v1/bins/{bin}/answers/{role}"""
    bin_id, role = await _address(request)
    answers = read_answers(await read_object(request, ANSWERS_FIELDS))
    await request.app[keys.ANSWERS].set(bin_id, role, answers)
    return json_response(show_answers(answers))


async def reset(request: web.Request) -> web.StreamResponse:
    """DELETE /api/v1/bins/{bin}/answers/{role}: back to the default."""
    bin_id, role = await _address(request)
    await request.app[keys.ANSWERS].reset(bin_id, role)
    return web.Response(status=204)
