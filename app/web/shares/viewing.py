"""The pages that the link of a share opens. They have nothing else of the bin: no link to another page, no form, no
capture URL, and no request that the share is not for."""

from dataclasses import dataclass, replace

from aiohttp import web

from ... import clock, keys
from ...domain.annotations import NO_ANNOTATION
from ...domain.bins import Bin
from ...domain.captures import CaptureRow
from ...domain.masking.policy import MaskingPolicy
from ...domain.search import Query, parse_query, settle
from ...domain.shares import Share, SharedMessage
from ...errors import Ended, NotFound, TooSlow
from ...services.shares import ENDED
from ..captures.detail import open_detail
from ..captures.rows import CaptureParts, ListPart
from ..captures.shared import CaptureDetail
from ..captures.tabs import Source
from ..compare.detail import PairDetail
from ..compare.page import read_pair
from ..messages.detail import MessagePane, open_message
from ..site.inputs import HIGHEST, number
from ..site.templates import render, render_of
from ..site.urls import server_address
from .scrubbing import without_key

# Fields of a request that take more than a few milliseconds to render.
LONG_PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedPage:
    """What a share shows: a list with one capture open, or one thing. `here` is the path of the share, `after` the
    cursor of its live view. `name` identifies its list in the browser."""

    share: Share
    here: str
    after: int
    last_n: int
    name: str
    list: ListPart | None = None
    capture: CaptureDetail | None = None
    message: MessagePane | None = None
    pair: PairDetail | None = None
    problem: str = ""

    @property
    def is_filtered(self) -> bool:
        """Whether the list has some requests of the bin only. The filter is not shown: it may have a number."""
        return self.share.part is not None and self.share.part.q is not None


async def show(request: web.Request) -> web.StreamResponse:
    """GET /shared/{share}: what the share is for."""
    share = share_of(request)
    bin = await request.app[keys.STORE].get_bin(share.bin)
    part = share.part
    if part is None:
        raise Ended(ENDED)
    if part.n is not None:
        response = await _show_capture(request, bin, part.n)
    elif part.message is not None:
        response = await _show_message(request, bin, part.message)
    elif part.comparison is not None:
        pair = await read_pair(
            request.app[keys.STORE], bin, part.comparison.n, part.comparison.m, shared_masking(request)
        )
        page = replace(_page(request, bin), pair=pair)
        response = without_key(await render_of(pair.raws, request, "shared/pair.html", page), bin)
    else:
        response = await _show_list(request, bin)
    if request.method == "GET":
        request.app[keys.SHARES].note_view(share)
    return response


async def rows(request: web.Request) -> web.StreamResponse:
    """GET /shared/{share}/rows: a part of the list as an HTML fragment, for the script."""
    share = share_of(request)
    bin = await request.app[keys.STORE].get_bin(share.bin)
    if share.part is None or not share.part.is_list:
        raise NotFound("There is no page at this URL.")
    page = replace(_page(request, bin), list=await _list(request, bin))
    return without_key(render(request, "shared/_rows.html", page), bin)


async def show_capture(request: web.Request) -> web.StreamResponse:
    """GET /shared/{share}/captures/{n}: one request of a list."""
    share, n = share_of(request), int(request.match_info["n"])
    bin = await request.app[keys.STORE].get_bin(share.bin)
    query = query_of(share)
    if share.part is None or not share.part.is_list:
        raise NotFound("There is no page at this URL.")
    if query is not None and n not in await request.app[keys.STORE].matching(bin.id, query, [n]):
        raise NotFound(f"There is no request #{n} here.")
    return await _show_capture(request, bin, n)


def share_of(request: web.Request) -> Share:
    """The share whose link is used; the guard has checked it."""
    share = request[keys.CALLER].share
    assert share is not None, "the rule of the route"
    return share


def query_of(share: Share) -> Query | None:
    """The filter of a share for a list; None: all captures."""
    q = None if share.part is None else share.part.q
    return None if q is None else settle(parse_query(q), clock.now())


def shared_masking(request: web.Request) -> MaskingPolicy:
    """What is masked. Headers with credentials, and those that the bin masks, always are."""
    privacy, share = request.app[keys.PRIVACY], share_of(request)
    if share.masked:
        return privacy.full_policy_of(share.bin)
    return MaskingPolicy(headers=privacy.full_policy_of(share.bin).headers)


def shared_row(row: CaptureRow, masking: MaskingPolicy) -> CaptureRow:
    """A row as it is shared: masked, and without what users of smsbin wrote about it."""
    return replace(masking.row(row), annotation=NO_ANNOTATION)


def here_of(request: web.Request) -> str:
    """The path of the share."""
    return f"{server_address(request).base}/shared/{request.match_info['share']}"


def _page(request: web.Request, bin: Bin) -> SharedPage:
    share = share_of(request)
    return SharedPage(
        share=share, here=here_of(request), after=bin.seq, last_n=bin.last_n, name=f"share-{share.id}"
    )  # fmt: skip


async def _show_list(request: web.Request, bin: Bin) -> web.Response:
    page = _page(request, bin)
    try:
        page = replace(page, list=await _list(request, bin))
    except TooSlow:
        page = replace(page, list=ListPart(), problem="The search for the requests took too long. Try again later.")
    return without_key(render(request, "shared/list.html", page), bin)


async def _list(request: web.Request, bin: Bin) -> ListPart:
    captures = CaptureParts(request.app[keys.STORE], bin, query_of(share_of(request)))
    reads = (("before", captures.below), ("after", captures.above), ("around", captures.around))
    part = None
    for name, read in reads:
        n = number(dict(request.query), name, lowest=0, highest=HIGHEST)
        if n is not None:
            part = await read(n)
            break
    part = part or await captures.newest()
    masking = shared_masking(request)
    return replace(part, rows=[shared_row(row, masking) for row in part.rows])


async def _show_capture(request: web.Request, bin: Bin, n: int) -> web.Response:
    app = request.app
    capture = await app[keys.STORE].get_capture(bin.id, n)
    source = Source(
        store=app[keys.STORE], secrets=app[keys.SECRETS], bin_id=bin.id, capture=capture, address="",
        masking=shared_masking(request),
    )  # fmt: skip
    detail = await open_detail(source, "raw")
    page = replace(_page(request, bin), capture=detail)
    is_long = len(detail.fields) > LONG_PAGE
    response = await render_of([capture.raw], request, "shared/capture.html", page, is_long=is_long)
    return without_key(response, bin)


async def _show_message(request: web.Request, bin: Bin, message: SharedMessage) -> web.Response:
    store, masking = request.app[keys.STORE], shared_masking(request)
    pane = await open_message(store, bin.id, message.provider, message.message_id, masking)
    return without_key(render(request, "shared/message.html", replace(_page(request, bin), message=pane)), bin)
