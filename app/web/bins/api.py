"""The API of bins."""

from aiohttp import web

from ... import keys
from ...errors import Invalid, NotFound
from ...services import bins as service
from ..site.audit import note, note_bin
from ..site.bins import visible_bins
from ..site.convert import NoInput
from ..site.inputs import limit_of, read_input, read_query
from ..site.json import json_response as answer
from ..site.parameters import names_of
from ..site.urls import root_of, server_address
from .inputs import BinInput
from .operations import LIST_QUERY
from .shapes import BinList, RereadShape, show_bin


async def create(request: web.Request) -> web.StreamResponse:
    """POST /api/v1/bins"""
    read_query(request)
    fields = (await read_input(request, BinInput)).fields()
    bin = await service.create(request.app[keys.STORE], request.app[keys.KEYRING], **fields)
    note_bin(request, bin)
    location = f"{server_address(request).base}/api/v1/bins/{bin.id}"
    return answer(show_bin(bin, root_of(request)), 201, {"Location": location})


async def index(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins"""
    query = read_query(request, names_of(LIST_QUERY))
    limit = limit_of(query)
    try:
        found = await visible_bins(request, limit=limit + 1, before=query.get("before"))
    except NotFound:
        raise Invalid(("before", "must be the `next` of a page of this list")) from None
    shown = [show_bin(bin, root_of(request)) for bin in found[:limit]]
    return answer(BinList(shown, shown[-1].id if len(found) > limit else None))


async def show(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}"""
    read_query(request)
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    return answer(show_bin(bin, root_of(request)))


async def change(request: web.Request) -> web.StreamResponse:
    """PATCH /api/v1/bins/{bin}"""
    read_query(request)
    app = request.app
    bin = await app[keys.STORE].get_bin(request.match_info["bin"])
    fields = (await read_input(request, BinInput)).fields()
    changed = await service.change(
        app[keys.STORE],
        app[keys.KEYRING],
        app[keys.HUB],
        bin,
        name=fields.get("name", bin.name),
        provider=fields.get("provider", bin.provider),
        retention=fields.get("retention", bin.retention),
        stuck_after=fields.get("stuck_after", bin.stuck_after),
    )
    note_bin(request, changed)
    note(request, changed=", ".join(fields))
    return answer(show_bin(changed, root_of(request)))


async def delete(request: web.Request) -> web.StreamResponse:
    """DELETE /api/v1/bins/{bin}"""
    read_query(request)
    app = request.app
    bin_id = request.match_info["bin"]
    await service.delete(
        app[keys.STORE],
        app[keys.KEYRING],
        app[keys.HUB],
        app[keys.ANSWERS],
        app[keys.FAULTS],
        app[keys.MAPPINGS],
        app[keys.FORWARDS],
        app[keys.LISTENERS],
        app[keys.WIRETAPS],
        app[keys.PRIVACY],
        app[keys.ALERTS],
        app[keys.SHARES],
        app[keys.RECONCILING],
        app[keys.SWEEPING],
        bin_id,
    )
    return web.Response(status=204)


async def rotate_key(request: web.Request) -> web.StreamResponse:
    """POST /api/v1/bins/{bin}/rotate-key"""
    read_query(request)
    await read_input(request, NoInput)
    app = request.app
    bin = await service.rotate_key(app[keys.STORE], app[keys.KEYRING], app[keys.HUB], request.match_info["bin"])
    return answer(show_bin(bin, root_of(request)))


async def reread(request: web.Request) -> web.StreamResponse:
    """POST /api/v1/bins/{bin}/reread"""
    read_query(request)
    await read_input(request, NoInput)
    app = request.app
    bin_id = request.match_info["bin"]
    await service.reread(app[keys.STORE], app[keys.HUB], bin_id)
    return answer(await _reread_of(request), 202)


async def show_reread(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/reread"""
    read_query(request)
    return answer(await _reread_of(request))


async def _reread_of(request: web.Request) -> RereadShape:
    found = await request.app[keys.STORE].rereading(request.match_info["bin"])
    return RereadShape("done" if found.state == "ok" else "reading", found.done, found.total)
