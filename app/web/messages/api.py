"""The API of messages."""

from aiohttp import web

from ... import keys
from ...tasks import run_in_thread
from ..site.inputs import HIGHEST, filter_of, limit_of, number, read_query
from ..site.json import json_response
from ..site.masking import json_masking_of
from ..site.parameters import names_of
from .operations import LIST_QUERY, SHOW_QUERY
from .shapes import MessageList, MessageShape, show_detail, show_message


async def index(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/messages"""
    query = read_query(request, names_of(LIST_QUERY))
    limit = limit_of(query)
    before = number(query, "before", lowest=0, highest=HIGHEST)
    store = request.app[keys.STORE]
    found = await store.list_messages(request.match_info["bin"], limit=limit + 1, before=before, query=filter_of(query))
    masking = json_masking_of(request, query)

    def show_all() -> list[MessageShape]:
        return [show_message(masking.message(message)) for message in found[:limit]]

    shown = await run_in_thread(show_all) if masking.values else show_all()
    return json_response(MessageList(shown, str(found[limit - 1].seq) if len(found) > limit else None))


async def show(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/messages/{provider}/{message_id}"""
    masking = json_masking_of(request, read_query(request, names_of(SHOW_QUERY)))
    place = request.match_info
    store = request.app[keys.STORE]
    message, steps = await store.get_message(place["bin"], place["provider"], place["message_id"])
    return json_response(show_detail(masking.message(message), steps))
