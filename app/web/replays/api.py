"""The API of replays: send captures again, and list the responses."""

from aiohttp import web

from ... import keys
from ...domain.masking.policy import CREDENTIALS
from ...services.large import work_on
from ..site.audit import note
from ..site.inputs import read_input, read_query
from ..site.json import json_response
from ..site.masking import json_masking_of
from ..site.parameters import names_of
from .inputs import ReplayInput
from .operations import LIST_QUERY
from .shapes import show_attempts

SHOWN = 100


async def create(request: web.Request) -> web.StreamResponse:
    """POST /api/v1/bins/{bin}/replays"""
    read_query(request)
    bin_id = request.match_info["bin"]
    await request.app[keys.STORE].get_bin(bin_id)
    given = await read_input(request, ReplayInput)
    note(request, count=len(given.captures))
    edit = None
    if given.edit is not None:
        capture = await request.app[keys.STORE].get_capture(bin_id, given.captures[0])
        edit = await work_on([capture.raw], given.edit.for_capture, capture)
    attempts = await request.app[keys.REPLAYING].replay(
        bin_id, given.captures, given.url, with_credentials=given.credentials, sign=given.sign, edit=edit
    )
    return json_response(show_attempts([CREDENTIALS.attempt(attempt) for attempt in attempts]), 201)


async def index(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/captures/{n}/attempts: the last 100."""
    masking = json_masking_of(request, read_query(request, names_of(LIST_QUERY)))
    bin_id, n = request.match_info["bin"], int(request.match_info["n"])
    store = request.app[keys.STORE]
    await store.get_capture(bin_id, n)
    attempts = await store.list_attempts(bin_id, n, limit=SHOWN)
    return json_response(show_attempts([masking.attempt(attempt) for attempt in attempts]))
