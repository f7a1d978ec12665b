"""The API of field mappings: show, set, remove and preview the mapping of a bin; its JSON Schema."""

import msgspec
from aiohttp import web

from ... import keys
from ...domain.bins import Bin
from ...domain.mappings import FieldMapping
from ...errors import Conflict
from ...providers.custom import CustomReader
from ...services.mapping_preview import read_recent
from ..site.inputs import read_input, read_query
from ..site.json import json_response
from .shapes import MappingShape, mapping_schema, show_preview

UNREADABLE = (
    "The mapping of this bin was stored by another version of smsbin and is not used. Set it again or delete it."
)


async def show(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/mapping"""
    bin = await _bin_of(request)
    if request.app[keys.MAPPINGS].is_unreadable(bin.id):
        raise Conflict(UNREADABLE)
    return json_response(MappingShape(request.app[keys.MAPPINGS].of(bin.id)))


async def put(request: web.Request) -> web.StreamResponse:
    """PUT /api/v1/bins/{bin}/mapping"""
    bin = await _bin_of(request)
    mapping = await read_input(request, FieldMapping)
    await request.app[keys.MAPPINGS].set(bin.id, mapping)
    return json_response(MappingShape(mapping))


async def remove(request: web.Request) -> web.StreamResponse:
    """DELETE /api/v1/bins/{bin}/mapping"""
    bin = await _bin_of(request)
    await request.app[keys.MAPPINGS].remove(bin.id)
    return web.Response(status=204)


async def preview(request: web.Request) -> web.StreamResponse:
    """POST /api/v1/bins/{bin}/mapping/preview"""
    bin = await _bin_of(request)
    custom = CustomReader(await read_input(request, FieldMapping))
    rows = await read_recent(request.app[keys.STORE], bin, custom)
    return json_response(show_preview(list(rows)))


async def schema(request: web.Request) -> web.StreamResponse:  # noqa: ARG001
    """GET /api/v1/schemas/mapping.json"""
    return web.Response(body=msgspec.json.encode(mapping_schema()), content_type="application/schema+json")


async def _bin_of(request: web.Request) -> Bin:
    read_query(request)
    return await request.app[keys.STORE].get_bin(request.match_info["bin"], wait=False)
