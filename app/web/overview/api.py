"""The API of counts by time."""

from aiohttp import web

from ... import clock, keys
from ...domain.volume import names_times_only
from ...errors import Invalid
from ...services.volume import volume_of
from ..site.inputs import filter_of, read_query
from ..site.json import json_response
from ..site.parameters import names_of
from .operations import OVERVIEW_QUERY, VOLUME_QUERY
from .ranges import BY_NAME, RANGES
from .shapes import show_overview, show_volume


async def volume(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/volume"""
    query = filter_of(read_query(request, names_of(VOLUME_QUERY)))
    store = request.app[keys.STORE]
    bin = await store.get_bin(request.match_info["bin"])
    found = await volume_of(store, bin, query, clock.now())
    return json_response(show_volume(found, filtered=found.matching or names_times_only(query)))


async def overview(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/overview"""
    name = read_query(request, names_of(OVERVIEW_QUERY)).get("range", RANGES[0].name)
    if name not in BY_NAME:
        raise Invalid(("range", f"must be one of {', '.join(BY_NAME)}"))
    found = await request.app[keys.STORE].get_overview(request.match_info["bin"], BY_NAME[name].span(clock.now()))
    return json_response(show_overview(name, found))
