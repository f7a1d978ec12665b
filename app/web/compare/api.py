"""The API of pairings: primary against fallback."""

from aiohttp import web

from ... import keys
from ...errors import Invalid
from ...services.compare import compare
from ..site.inputs import HIGHEST, limit_of, number, read_query
from ..site.json import json_response
from ..site.parameters import names_of
from .operations import LIST_QUERY
from .shapes import ONLY, ComparisonShape, show_pairing, show_summary


async def index(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/comparison"""
    query = read_query(request, names_of(LIST_QUERY))
    limit = limit_of(query)
    before = number(query, "before", lowest=0, highest=HIGHEST)
    only = query.get("only")
    if only is not None and only not in ONLY:
        raise Invalid(("only", f"must be one of {', '.join(ONLY)}"))
    store, bin_id = request.app[keys.STORE], request.match_info["bin"]
    wanted = None if only is None else ONLY[only]
    found = await store.list_pairings(bin_id, limit=limit + 1, before=before, only=wanted)
    shown = [show_pairing(each) for each in await compare(store, bin_id, found[:limit])]
    following = str(shown[-1].id) if len(found) > limit else None
    return json_response(ComparisonShape(shown, following, show_summary(await store.sum_up_pairings(bin_id))))
