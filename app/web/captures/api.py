"""The API of captures."""

from collections.abc import Sequence
from dataclasses import replace

import msgspec
from aiohttp import web

from ... import clock, keys
from ...domain.captures import CaptureRow
from ...domain.search import Query, parse_query, settle
from ...domain.units import rfc3339
from ...errors import Invalid, Unauthorized
from ...services import bins as service
from ...services import selections
from ...services.large import work_on
from ...tasks import run_in_thread
from ..site import auth
from ..site.audit import note
from ..site.headers import FILE_HEADERS
from ..site.inputs import HIGHEST, MAX_WAIT_S, filter_of, limit_of, number, read_input, read_query
from ..site.json import json_response
from ..site.masking import json_masking_of
from ..site.parameters import names_of
from ..site.selections import DeleteInput
from .operations import COUNT_QUERY, LIST_QUERY, RAW_QUERY, SHOW_QUERY
from .rows import MOST_COUNTED
from .shapes import CaptureCount, CaptureList, CaptureSummary, DeletedShape, show_capture, show_row


async def index(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/captures"""
    query = read_query(request, names_of(LIST_QUERY))
    limit = limit_of(query)
    before = number(query, "before", lowest=0, highest=HIGHEST)
    after = number(query, "after", lowest=0, highest=HIGHEST)
    wait_s = number(query, "wait", lowest=0, highest=MAX_WAIT_S)
    if before is not None and after is not None:
        raise Invalid(("before", "cannot be used with after"), ("after", "cannot be used with before"))
    if wait_s is not None and after is None:
        raise Invalid(("wait", "requires after; after=0 starts at the first capture"))
    wanted = filter_of(query)
    bin_id = request.match_info["bin"]
    if after is not None and wait_s:
        found = await _wait(request, bin_id, limit + 1, after, wanted, wait_s)
    else:
        store = request.app[keys.STORE]
        found = await store.list_captures(bin_id, limit=limit + 1, before=before, after=after, query=wanted)
    dispatches = await request.app[keys.FORWARDS].dispatches(bin_id, found[:limit])
    masking = json_masking_of(request, query)

    def show_all() -> list[CaptureSummary]:
        return [show_row(masking.row(row), dispatches.get(row.n, ())) for row in found[:limit]]

    shown = await run_in_thread(show_all) if masking.hides_bodies else show_all()
    return json_response(CaptureList(shown, str(shown[-1].n) if len(found) > limit else None))


async def show(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/captures/{n}"""
    store = request.app[keys.STORE]
    masking = json_masking_of(request, read_query(request, names_of(SHOW_QUERY)))
    bin_id, n = request.match_info["bin"], int(request.match_info["n"])
    capture = await store.get_capture(bin_id, n)
    sent = await store.get_sent_answer(bin_id, n)
    custom = request.app[keys.MAPPINGS].reader_of(bin_id)
    judgement = await request.app[keys.SECRETS].judge(bin_id, capture)
    dispatches = (await request.app[keys.FORWARDS].dispatches(bin_id, [capture.row])).get(n, ())
    shown = await work_on(
        [capture.raw], lambda: msgspec.json.encode(show_capture(capture, sent, judgement, custom, dispatches, masking))
    )
    return web.Response(body=shown, content_type="application/json")


async def body(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/captures/{n}/body: exactly the bytes."""
    bin_id, n = _address(request)
    capture = await request.app[keys.STORE].get_capture(bin_id, n)
    return web.Response(
        body=capture.intact().body,
        content_type="application/octet-stream",
        headers={**FILE_HEADERS, "Content-Disposition": f'attachment; filename="capture-{n}.bin"'},
    )


async def raw(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/captures/{n}/raw[?wire=1][&mask=true]: the request as a `message/http` file."""
    query = read_query(request, names_of(RAW_QUERY))
    wire = number(query, "wire", lowest=0, highest=1) == 1
    bin_id, n = request.match_info["bin"], int(request.match_info["n"])
    capture = await request.app[keys.STORE].get_capture(bin_id, n)
    came = json_masking_of(request, query).raw(capture.intact())
    return web.Response(
        body=came.on_the_wire() if wire else came.as_message(),
        content_type="message/http",
        headers={**FILE_HEADERS, "Content-Disposition": f'attachment; filename="capture-{n}.http"'},
    )


async def delete(request: web.Request) -> web.StreamResponse:
    """DELETE /api/v1/bins/{bin}/captures/{n}"""
    await service.delete_capture(request.app[keys.STORE], request.app[keys.HUB], *_address(request))
    return web.Response(status=204)


async def count(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/captures/count"""
    query, at = read_query(request, names_of(COUNT_QUERY)), clock.now()
    store = request.app[keys.STORE]
    wanted = settle(parse_query(query.get("q", "")), at)
    bin = await store.get_bin(request.match_info["bin"])
    found = await store.count_captures(bin.id, wanted, MOST_COUNTED) if wanted.terms else bin.captures
    shown = CaptureCount(
        min(found, MOST_COUNTED) if wanted.terms else found, not wanted.terms or found <= MOST_COUNTED, bin.last_n,
        rfc3339(at),
    )  # fmt: skip
    return json_response(shown)


async def delete_some(request: web.Request) -> web.StreamResponse:
    """POST /api/v1/bins/{bin}/captures/delete"""
    read_query(request)
    wanted = await read_input(request, DeleteInput)
    selection, deleted = wanted.selection(), 0
    app = request.app
    while True:
        result = await selections.delete(
            app[keys.STORE], app[keys.HUB], app[keys.SWEEPING], request.match_info["bin"], selection
        )
        deleted += result.changed
        note(request, count=deleted)
        if not wanted.whole or result.next is None:
            return json_response(DeletedShape(deleted, result.next))
        selection = replace(selection, after=result.next)


async def clear(request: web.Request) -> web.StreamResponse:
    """DELETE /api/v1/bins/{bin}/captures"""
    read_query(request)
    app = request.app
    await service.clear(app[keys.STORE], app[keys.HUB], app[keys.SWEEPING], request.match_info["bin"])
    return web.Response(status=204)


def _address(request: web.Request) -> tuple[str, int]:
    read_query(request)
    return request.match_info["bin"], int(request.match_info["n"])


async def _wait(
    request: web.Request, bin_id: str, limit: int, after: int, wanted: Query | None, wait_s: int
) -> Sequence[CaptureRow]:
    """Long polling for a change of the bin. No capture is missed between two calls: each starts at its cursor.
    Unauthorized: the session ended during the wait."""
    store, hub = request.app[keys.STORE], request.app[keys.HUB]
    end, session = clock.ticks() + wait_s, auth.SessionCheck(request)
    with hub.subscribe(bin_id) as subscription:
        while True:
            subscription.clear()
            found = await store.list_captures(bin_id, limit=limit, after=after, query=wanted)
            if await session.has_ended():
                raise Unauthorized("The session has ended. Sign in again, or send the access token.")
            left = end - clock.ticks()
            if found or left <= 0 or hub.closed or request.transport is None:
                return found
            await subscription.wait(session.at_most_s(left))
