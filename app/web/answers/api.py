"""The API of answers: show, set and reset what a role answers."""

from aiohttp import web

from ... import keys
from ...errors import Invalid
from ..site.convert import convert
from ..site.inputs import read_json
from ..site.json import json_response
from ..site.roles import role_address as _address
from .inputs import AnswersInput
from .shapes import show_answers


async def show(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/answers/{role}"""
    bin_id, role = await _address(request)
    return json_response(show_answers(request.app[keys.ANSWERS].of(bin_id, role)))


async def put(request: web.Request) -> web.StreamResponse:
    """PUT /api/v1/bins/{bin}/answers/{role}"""
    bin_id, role = await _address(request)
    raw = await read_json(request)
    if raw == {}:
        raise Invalid(("body", f"must have at least one of {', '.join(AnswersInput.__struct_encode_fields__)}"))
    answers = convert(raw, AnswersInput).role_answers()
    await request.app[keys.ANSWERS].set(bin_id, role, answers)
    return json_response(show_answers(answers))


async def reset(request: web.Request) -> web.StreamResponse:
    """DELETE /api/v1/bins/{bin}/answers/{role}: back to the default."""
    bin_id, role = await _address(request)
    await request.app[keys.ANSWERS].reset(bin_id, role)
    return web.Response(status=204)
