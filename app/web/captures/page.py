"""The bin page: a live list, and one capture open next to it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from aiohttp import web

from ... import keys
from ...domain.bins import Bin
from ...domain.captures import CaptureRow
from ...domain.replays import read_selection
from ...domain.roles import Role
from ...domain.search import parse_query
from ...domain.units import duration_text
from ...errors import Invalid, NotFound, TooSlow
from ...services import bins as service
from ...store import Store
from ..setup.page import show_setup
from ..site.filters import SIMULATED, ListFilter, View, filter_of, stopped
from ..site.forms import read_form
from ..site.headers import NOTHING_AT_ALL
from ..site.inputs import HIGHEST, number
from ..site.templates import render, render_of, retention_of, site_of, urls_of
from ..site.urls import server_address
from .detail import open_detail
from .shared import CaptureDetail

# Rows of a page.
PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayForm:
    """The posted form of a replay, and its problems."""

    url: str = ""
    then: str = ""
    problem: str | None = None
    then_problem: str | None = None


EMPTY_REPLAY = ReplayForm()


@dataclass(frozen=True, slots=True, kw_only=True)
class BinPage:
    """The page of a bin; `detail` when a capture is open. `older` is the cursor of the next page, None at the end.

    `simulated` is the view of simulated captures, when there are some. `oldest` is the oldest capture of the bin.
    `neighbors` are the numbers of the next newer and the next older capture, or None.
    """

    bin: Bin
    urls: dict[Role, str]
    kept: str
    filter: ListFilter
    rows: Sequence[CaptureRow]
    older: int | None
    oldest: CaptureRow | None = None
    detail: CaptureDetail | None = None
    neighbors: tuple[int | None, int | None] = (None, None)
    simulated: View | None = None
    replay: ReplayForm = EMPTY_REPLAY


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsPage:
    """Older rows, to append to the list."""

    bin: Bin
    filter: ListFilter
    rows: Sequence[CaptureRow]
    older: int | None


async def index(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}"""
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    page = await _whole_page(request, bin, before=number(dict(request.query), "before", lowest=0, highest=HIGHEST))
    if not bin.last_n:
        return await show_setup(request, bin, waiting=True)
    return render(request, "captures/index.html", page, status=page.filter.status)


async def rows(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/rows?before=n: older rows as an HTML fragment."""
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    before = number(dict(request.query), "before", lowest=0, highest=HIGHEST)
    page = await _bin_page(request, bin, filter_of(request), before=before)
    return render(
        request, "captures/_rows.html", RowsPage(bin=bin, filter=page.filter, rows=page.rows, older=page.older)
    )


async def show(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/captures/{n}: the page with the pane open, or the pane alone for the script."""
    return await _show(request, request.query.get("tab", "summary"))


async def replay(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/captures/{n}/replay: send it again, and show the responses."""
    bin_id, n = _address(request)
    form = await read_form(request)
    url, then = form.get("url", "").strip(), form.get("then", "").strip()
    await request.app[keys.STORE].get_capture(bin_id, n)
    try:
        numbers = [n, *read_selection(then)]
        await request.app[keys.REPLAYING].replay(bin_id, numbers, url, with_credentials="credentials" in form)
    except Invalid as error:
        problems = dict(error.problems)
        again = ReplayForm(url=url, then=then, problem=problems.get("url"), then_problem=problems.get("captures"))
        return await _show(request, "replay", again, status=422)
    except (NotFound, ValueError) as error:
        return await _show(request, "replay", ReplayForm(url=url, then=then, then_problem=str(error)), status=422)
    if request.headers.get("X-Partial") == "detail":
        return await _show(request, "replay", ReplayForm(url=url))
    where = f"{server_address(request).base}/bins/{bin_id}/captures/{n}?tab=replay"
    return web.Response(status=303, headers={"Location": where})


async def _show(
    request: web.Request, tab: str, again: ReplayForm = EMPTY_REPLAY, *, status: int = 200
) -> web.StreamResponse:
    bin_id, n = _address(request)
    store = request.app[keys.STORE]
    capture = await store.get_capture(bin_id, n)
    bin = await store.get_bin(bin_id)
    address = urls_of(site_of(request).root, bin)[capture.row.role]
    detail = await open_detail(store, bin_id, capture, address, tab)
    filter = filter_of(request)
    neighbors = await _neighbors(store, bin_id, n, filter)
    if request.headers.get("X-Partial") == "detail":
        page = BinPage(
            bin=bin, urls={}, kept="", filter=filter, rows=(), older=None, detail=detail, neighbors=neighbors
        )
        page, template = replace(page, replay=again), "captures/_detail.html"
    else:
        page = replace(await _whole_page(request, bin), detail=detail, neighbors=neighbors, replay=again)
        template = "captures/index.html"
    return await render_of([capture.raw], request, template, page, status=status)


async def download(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/captures/{n}/download: the bytes, under a fixed file name."""
    bin_id, n = _address(request)
    capture = await request.app[keys.STORE].get_capture(bin_id, n)
    return web.Response(
        body=capture.intact().body,
        content_type="application/octet-stream",
        headers={
            "Content-Disposition": f'attachment; filename="capture-{n}.bin"',
            "Content-Security-Policy": NOTHING_AT_ALL,
        },
    )


async def delete(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/captures/{n}/delete"""
    bin_id, n = _address(request)
    await service.delete_capture(request.app[keys.STORE], request.app[keys.HUB], bin_id, n)
    return _to_bin(request, bin_id)


async def clear(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/clear"""
    bin_id = request.match_info["bin"]
    await service.clear(request.app[keys.STORE], request.app[keys.HUB], request.app[keys.SWEEPING], bin_id)
    return _to_bin(request, bin_id)


async def _whole_page(request: web.Request, bin: Bin, *, before: int | None = None) -> BinPage:
    store = request.app[keys.STORE]
    filter = filter_of(request)
    try:
        page = await _bin_page(request, bin, filter, before=before)
    except TooSlow as error:
        page = _page_of(request, bin, stopped(filter, error), ())
    oldest = await store.list_captures(bin.id, limit=1, after=0)
    simulated = await store.list_captures(bin.id, limit=1, query=parse_query(SIMULATED.text))
    return replace(page, oldest=oldest[0] if oldest else None, simulated=SIMULATED if simulated else None)


async def _neighbors(store: Store, bin_id: str, n: int, filter: ListFilter) -> tuple[int | None, int | None]:
    try:
        newer = await store.list_captures(bin_id, limit=1, after=n, query=filter.query)
        older = await store.list_captures(bin_id, limit=1, before=n, query=filter.query)
    except TooSlow:
        return None, None
    return (newer[0].n if newer else None, older[0].n if older else None)


async def _bin_page(request: web.Request, bin: Bin, filter: ListFilter, *, before: int | None) -> BinPage:
    store = request.app[keys.STORE]
    found = await store.list_captures(bin.id, limit=PAGE + 1, before=before, query=filter.query)
    return _page_of(request, bin, filter, found)


def _page_of(request: web.Request, bin: Bin, filter: ListFilter, found: Sequence[CaptureRow]) -> BinPage:
    """`found`: one row more than a page has, when there are older ones."""
    shown = found[:PAGE]
    kept = retention_of(bin, request.app[keys.SETTINGS].retention)
    return BinPage(
        bin=bin,
        urls=urls_of(site_of(request).root, bin),
        kept=duration_text(kept),
        filter=filter,
        rows=shown,
        older=shown[-1].n if len(found) > PAGE else None,
    )


def _address(request: web.Request) -> tuple[str, int]:
    return request.match_info["bin"], int(request.match_info["n"])


def _to_bin(request: web.Request, bin_id: str) -> web.Response:
    return web.Response(status=303, headers={"Location": f"{server_address(request).base}/bins/{bin_id}"})
