"""The bin page: a live list, and one capture open next to it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from aiohttp import web

from ... import clock, keys
from ...domain.bins import Bin
from ...domain.captures import CaptureRow
from ...domain.edits import RequestEdit, changes, edited
from ...domain.replays import address_of, read_selection
from ...domain.roles import Role
from ...domain.search import parse_query
from ...domain.signatures import Signing
from ...domain.units import duration_text
from ...errors import Invalid, NotFound, TooSlow
from ...services import bins as service
from ...services.large import work_on
from ...store import Store
from ..setup.page import show_setup
from ..site.audit import leave_out, note
from ..site.filters import SIMULATED, ListFilter, View, filter_of, stopped
from ..site.forms import read_form
from ..site.headers import NOTHING_AT_ALL
from ..site.inputs import HIGHEST, number
from ..site.masking import is_unmasked, masking_of, open_masking_of
from ..site.saved_filters import SavedPart, saved_part
from ..site.templates import render, render_of, retention_of, site_of, urls_of
from ..site.urls import server_address
from .axis import CaptureAxis, axis_of
from .detail import open_detail
from .editing import read_edit
from .places import WantedPlace, wanted_place
from .rows import CaptureParts, ListPart
from .shared import CaptureDetail
from .tabs import Source

# Fields of a request that take more than a few milliseconds to render.
LONG_PAGE = 50
# The parts of the form that changes a request.
EDITS = {"headers": "headers", "new_message_id": "a new message id"}
# The form of a replay: its fields, and its bytes.
MOST_REPLAY_FIELDS = 100
REPLAY_BYTES = 256 << 10
# Characters of what is to be found in a request.
MOST_FIND = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayForm:
    """The posted form of a replay, and its problems. `changes`: what would be sent otherwise than received."""

    url: str = ""
    then: str = ""
    sign: str = Signing.NONE.value
    sign_problem: str | None = None
    problem: str | None = None
    then_problem: str | None = None
    edit_problem: str | None = None
    posted: Mapping[str, str] = field(default_factory=dict)
    changes: Sequence[tuple[str, str]] | None = None


EMPTY_REPLAY = ReplayForm()


@dataclass(frozen=True, slots=True, kw_only=True)
class BinPage:
    """The page of a bin; `detail` when a capture is open.

    `wanted` is the place that the list was opened at.
    `simulated` is the view of simulated captures, when there are some. `oldest` is the oldest capture of the bin.
    `neighbors` are the numbers of the next newer and the next older capture, or None; `axis` is the time axis.
    `unmasked`: a person has requested the values of the open capture.
    """

    bin: Bin
    urls: dict[Role, str]
    kept: str
    filter: ListFilter
    list: ListPart
    wanted: WantedPlace = WantedPlace()
    oldest: CaptureRow | None = None
    detail: CaptureDetail | None = None
    neighbors: tuple[int | None, int | None] = (None, None)
    simulated: View | None = None
    axis: CaptureAxis | None = None
    saved: SavedPart | None = None
    replay: ReplayForm = EMPTY_REPLAY
    unmasked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsPage:
    """A part of the list, for the script."""

    bin: Bin
    filter: ListFilter
    list: ListPart


async def index(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}: the newest requests; with a number in `before` or `after` those below or above it, with `at`
    those around a number or a time."""
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    wanted = wanted_place(request.query.get("at", ""), clock.now())
    page = replace(await _whole_page(request, bin, lambda captures: _part(request, captures, wanted)), wanted=wanted)
    if not bin.last_n:
        return await show_setup(request, bin, waiting=True)
    return render(request, "captures/index.html", page, status=page.filter.status)


async def rows(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/rows: a part of the list as an HTML fragment, with the same parameters, and `around` a number."""
    store = request.app[keys.STORE]
    bin = await store.get_bin(request.match_info["bin"])
    filter = filter_of(request)
    wanted = wanted_place(request.query.get("at", ""), clock.now())
    if wanted.problem:
        raise Invalid(("at", wanted.problem))
    part = ListPart() if filter.is_wrong else await _part(request, CaptureParts(store, bin, filter.query), wanted)
    part = await _shown(request, bin, part)
    return render(request, "captures/_rows.html", RowsPage(bin=bin, filter=filter, list=part))


async def _part(request: web.Request, captures: CaptureParts, wanted: WantedPlace) -> ListPart:
    """The part of the list that the query names."""
    if wanted.place is not None:
        return await captures.at(wanted.place)
    for name, read in (("before", captures.below), ("after", captures.above), ("around", captures.around)):
        n = number(dict(request.query), name, lowest=0, highest=HIGHEST)
        if n is not None:
            return await read(n)
    return await captures.newest()


async def show(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/captures/{n}: the page with the pane open, or the pane alone for the script."""
    return await _show(request, request.query.get("tab", "summary"))


async def replay(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/captures/{n}/replay: send it again, and show the responses."""
    bin_id, n = _address(request)
    form = await read_form(request, most=MOST_REPLAY_FIELDS, size=REPLAY_BYTES)
    given = ReplayForm(
        url=form.get("url", "").strip(),
        then=form.get("then", "").strip(),
        sign=form.get("sign", Signing.NONE.value),
        posted=form,
    )
    capture = await request.app[keys.STORE].get_capture(bin_id, n)
    try:
        edit = await work_on([capture.raw], read_edit, form, capture)
        if "show" in form:
            leave_out(request)
            shown = changes(capture.raw, edited(capture.intact(), edit or RequestEdit()))
            return await _show(request, "replay", replace(given, changes=shown))
        numbers = [n, *read_selection(given.then)]
        note(request, count=len(numbers))
        sign = Signing(given.sign) if given.sign in set(Signing) else Signing.NONE
        await request.app[keys.REPLAYING].replay(
            bin_id, numbers, given.url, with_credentials="credentials" in form, sign=sign, edit=edit
        )
    except Invalid as error:
        return await _show(request, "replay", _with_problems(given, error), status=422)
    except (NotFound, ValueError) as error:
        return await _show(request, "replay", replace(given, then_problem=str(error)), status=422)
    if request.headers.get("X-Partial") == "detail":
        again = ReplayForm(url=given.url, sign=given.sign, posted=form if edit else {})
        return await _show(request, "replay", again)
    where = f"{server_address(request).base}/bins/{bin_id}/captures/{n}?tab=replay"
    return web.Response(status=303, headers={"Location": where})


async def explain(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/captures/{n}/signature: what is wrong with a signature that the code of a user has computed."""
    pasted = (await read_form(request)).get("pasted", "").strip()
    return await _show(request, "signature", pasted=pasted)


async def fetch_certificate(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/captures/{n}/certificate: fetch the certificate that the request names."""
    bin_id, n = _address(request)
    capture = await request.app[keys.STORE].get_capture(bin_id, n)
    await request.app[keys.SECRETS].fetch_certificate(bin_id, capture)
    where = f"{server_address(request).base}/bins/{bin_id}/captures/{n}?tab=signature"
    return web.Response(status=303, headers={"Location": where})


def _with_problems(given: ReplayForm, error: Invalid) -> ReplayForm:
    problems = dict(error.problems)
    others = "; ".join(f"{EDITS[name]} {text}" for name, text in error.problems if name in EDITS)
    return replace(
        given, problem=problems.get("url"), then_problem=problems.get("captures"), sign_problem=problems.get("sign"),
        edit_problem=others or None,
    )  # fmt: skip


async def _show(
    request: web.Request, tab: str, again: ReplayForm = EMPTY_REPLAY, *, status: int = 200, pasted: str = ""
) -> web.StreamResponse:
    bin_id, n = _address(request)
    store = request.app[keys.STORE]
    bin = await store.get_bin(bin_id)
    capture = await store.get_capture(bin_id, n)
    address = address_of(capture.raw, capture.row.role, urls_of(site_of(request).root, bin)[capture.row.role])
    source = Source(
        store=store, secrets=request.app[keys.SECRETS], bin_id=bin_id, capture=capture, address=address, pasted=pasted,
        custom=request.app[keys.MAPPINGS].reader_of(bin_id), find=request.query.get("find", "")[:MOST_FIND],
        forwards=request.app[keys.FORWARDS], masking=open_masking_of(request, bin_id),
    )  # fmt: skip
    detail = await open_detail(source, tab)
    if detail.is_masked:
        again = replace(again, posted={}, changes=None)
    filter = filter_of(request)
    neighbors = await _neighbors(store, bin_id, n, filter)
    if request.headers.get("X-Partial") == "detail":
        page, template = BinPage(bin=bin, urls={}, kept="", filter=filter, list=ListPart()), "captures/_detail.html"
    else:
        page = await _whole_page(request, bin, lambda captures: _around_open(captures, n))
        template = "captures/index.html"
    page = replace(page, detail=detail, neighbors=neighbors, replay=again, unmasked=is_unmasked(request))
    is_long = len(detail.fields) > LONG_PAGE
    return await render_of([capture.raw], request, template, page, status=status, is_long=is_long)


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


async def _whole_page(request: web.Request, bin: Bin, read: Callable[[CaptureParts], Awaitable[ListPart]]) -> BinPage:
    """The page with the part of the list that `read` returns."""
    store = request.app[keys.STORE]
    filter = filter_of(request)
    captures = CaptureParts(store, bin, filter.query)
    try:
        part = ListPart() if filter.is_wrong else await read(captures)
        filter = replace(filter, count="" if filter.is_wrong else await captures.count(part))
        part = await _shown(request, bin, part)
    except TooSlow as error:
        part, filter = ListPart(), stopped(filter, error)
    oldest = await store.list_captures(bin.id, limit=1, after=0)
    simulated = await store.list_captures(bin.id, limit=1, query=parse_query(SIMULATED.text))
    return BinPage(
        bin=bin,
        urls=urls_of(site_of(request).root, bin),
        kept=duration_text(retention_of(bin, request.app[keys.SETTINGS].retention)),
        filter=filter,
        list=part,
        oldest=masking_of(request, bin.id).row(oldest[0]) if oldest else None,
        axis=await axis_of(store, bin, filter),
        simulated=SIMULATED if simulated else None,
        saved=await saved_part(request, bin, "captures", filter),
    )


async def _shown(request: web.Request, bin: Bin, part: ListPart) -> ListPart:
    """The part with what the forwards do with its rows, masked."""
    dispatches = await request.app[keys.FORWARDS].dispatches(bin.id, part.rows)
    return replace(part, rows=masking_of(request, bin.id).rows(part.rows), dispatches=dispatches)


async def _around_open(captures: CaptureParts, n: int) -> ListPart:
    """The rows around the open capture, which may have none in a filtered list."""
    part = await captures.around(n)
    return replace(part, open=n, chosen=n if part.chosen == n else None)


async def _neighbors(store: Store, bin_id: str, n: int, filter: ListFilter) -> tuple[int | None, int | None]:
    if filter.is_wrong:
        return None, None
    try:
        newer = await store.list_captures(bin_id, limit=1, after=n, query=filter.query)
        older = await store.list_captures(bin_id, limit=1, before=n, query=filter.query)
    except TooSlow:
        return None, None
    return (newer[0].n if newer else None, older[0].n if older else None)


def _address(request: web.Request) -> tuple[str, int]:
    return request.match_info["bin"], int(request.match_info["n"])


def _to_bin(request: web.Request, bin_id: str) -> web.Response:
    return web.Response(status=303, headers={"Location": f"{server_address(request).base}/bins/{bin_id}"})
