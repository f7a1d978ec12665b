"""The API of annotations."""

from aiohttp import web

from ... import keys
from ...services import selections as service
from ...services.selections import Selection
from ..site.audit import note
from ..site.inputs import read_input, read_query
from ..site.json import json_response
from .inputs import AnnotateInput, AnnotationInput
from .shapes import AnnotationShape, show_annotated


async def put(request: web.Request) -> web.StreamResponse:
    """PUT /api/v1/bins/{bin}/captures/{n}/annotation"""
    read_query(request)
    bin_id, n = request.match_info["bin"], int(request.match_info["n"])
    change = (await read_input(request, AnnotationInput)).change()
    await service.annotate(request.app[keys.STORE], request.app[keys.HUB], bin_id, Selection(numbers=[n]), change)
    return json_response(AnnotationShape(change.pinned is True, change.note or "", list(change.tags or ())))


async def change(request: web.Request) -> web.StreamResponse:
    """POST /api/v1/bins/{bin}/captures/annotate"""
    read_query(request)
    wanted = await read_input(request, AnnotateInput)
    store, hub = request.app[keys.STORE], request.app[keys.HUB]
    result = await service.annotate(store, hub, request.match_info["bin"], wanted.selection(), wanted.change())
    note(request, count=result.changed)
    return json_response(show_annotated(result))
