"""The API of filters: list, save and delete saved ones, and complete one that is being typed."""

from aiohttp import web

from ... import keys
from ...domain.search import MAX_LENGTH
from ...errors import Invalid
from ...services.completions import NUMBER_KEYS, complete_in
from ..site.audit import note
from ..site.inputs import number, read_input, read_query
from ..site.json import json_response
from ..site.masking import masking_of
from ..site.parameters import names_of
from .inputs import FilterInput
from .operations import COMPLETION_QUERY
from .shapes import show_completed, show_filter, show_filters


async def index(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/filters"""
    read_query(request)
    return json_response(show_filters(await request.app[keys.SAVED_FILTERS].of(request.match_info["bin"])))


async def put(request: web.Request) -> web.StreamResponse:
    """PUT /api/v1/bins/{bin}/filters/{id}"""
    read_query(request)
    given = await read_input(request, FilterInput)
    note(request, name=given.name)
    bin_id, filter_id = request.match_info["bin"], request.match_info["id"]
    return json_response(show_filter(await request.app[keys.SAVED_FILTERS].set(bin_id, filter_id, given.name, given.q)))


async def delete(request: web.Request) -> web.StreamResponse:
    """DELETE /api/v1/bins/{bin}/filters/{id}"""
    read_query(request)
    await request.app[keys.SAVED_FILTERS].drop(request.match_info["bin"], request.match_info["id"])
    return web.Response(status=204)


async def complete(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/completions"""
    query = read_query(request, names_of(COMPLETION_QUERY))
    text = query.get("q", "")
    if len(text) > MAX_LENGTH:
        raise Invalid(("q", f"must have at most {MAX_LENGTH} characters"))
    caret = number(query, "caret", lowest=0, highest=len(text))
    store = request.app[keys.STORE]
    bin = await store.get_bin(request.match_info["bin"], wait=False)
    hidden = NUMBER_KEYS if masking_of(request, bin.id).values else frozenset()
    completed = await complete_in(store, bin.id, text, len(text) if caret is None else caret, hidden=hidden)
    return json_response(show_completed(completed))
