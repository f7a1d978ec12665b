"""The compare page: the pairings of a bin by verdict, what they show about the provider, and one of them, or any two
captures, open next to the list."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from aiohttp import web

from ... import clock, keys
from ...domain.bins import Bin
from ...domain.masking.policy import MaskingPolicy
from ...domain.pairings.measures import Measured, measure
from ...domain.pairings.model import FALLBACK_USED, PROBLEMS, Pairing, PairingSummary, Verdict
from ...domain.roles import Role
from ...errors import NotFound
from ...providers import sheet_of
from ...providers.sheet import Sheet
from ...services.large import work_on
from ...store import Store
from ..site.inputs import HIGHEST, number
from ..site.masking import is_unmasked, masking_of, open_masking_of
from ..site.templates import render, render_of, site_of, urls_of
from ..site.urls import server_address
from ..words.pairings import BY_NAME, SHOWS, PairRow, Show, row_of
from .detail import PairDetail, open_pairing, open_two
from .report import as_markdown
from .sides import ComparedRequest, with_handler

PAGE = 100
# The number of newest pairings with a problem that the provider's behaviour is measured from.
MEASURED = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareSide:
    """The sidebar: the views with their counts, and what the pairings show about the provider."""

    bin: Bin
    show: Show
    views: Sequence[tuple[Show, int]]
    summary: PairingSummary
    measured: Measured
    sheet: Sheet | None

    @property
    def used(self) -> int:
        """The number of pairings whose fallback was used."""
        return self.summary.count(*FALLBACK_USED)

    @property
    def accepted(self) -> int:
        """The number of pairings whose fallback accepted the message, needed or not."""
        return self.summary.count(*FALLBACK_USED, Verdict.BOTH_OK, Verdict.FALLBACK_ONLY)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparePage:
    """`older` is the cursor of the next page, None at the end."""

    bin: Bin
    urls: dict[Role, str]
    show: Show
    side: CompareSide | None
    rows: Sequence[PairRow]
    older: int | None
    detail: PairDetail | None = None


async def index(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/compare"""
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    return render(request, "compare/index.html", await _whole_page(request, bin))


async def rows(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/compare/rows?before=id: older rows as an HTML fragment."""
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    return render(request, "compare/_rows.html", await _page(request, bin))


async def side(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/compare/side: the current counts as an HTML fragment."""
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    page = await _page(request, bin, rows=False)
    page = replace(page, side=await _side(request.app[keys.STORE], bin, page.show))
    return render(request, "compare/_fresh.html", page)


async def show(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/compare/{n}[/{m}]: the page with the pane open, or the pane alone."""
    n, m = _numbers(request)
    if m == n:
        address = f"{server_address(request).base}/bins/{request.match_info['bin']}/compare/{n}"
        return web.Response(status=303, headers={"Location": address})
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    detail = await _open(request, bin, n, m)
    if request.headers.get("X-Partial") == "detail":
        page = await _page(request, bin, rows=False)
        page = replace(page, detail=detail, urls=urls_of(site_of(request).root, bin))
        return await render_of(detail.raws, request, "compare/_detail.html", page)
    page = replace(await _whole_page(request, bin), detail=detail)
    return await render_of(detail.raws, request, "compare/index.html", page)


async def report(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/compare/{n}[/{m}]/report: the same as Markdown, to be pasted into a ticket."""
    n, m = _numbers(request)
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    detail = await _open(request, bin, n, m)
    text = await work_on(detail.raws, as_markdown, detail)
    return web.Response(text=text, content_type="text/markdown", charset="utf-8")


def _numbers(request: web.Request) -> tuple[int, int | None]:
    place = request.match_info
    return int(place["n"]), int(place["m"]) if "m" in place else None


async def _open(request: web.Request, bin: Bin, n: int, m: int | None) -> PairDetail:
    """NotFound: a capture is deleted, or it belongs to no pair."""
    detail = await read_pair(request.app[keys.STORE], bin, n, m, open_masking_of(request, bin.id))
    return replace(detail, unmasked=is_unmasked(request))


async def read_pair(store: Store, bin: Bin, n: int, m: int | None, masking: MaskingPolicy) -> PairDetail:
    """The pair of a capture, or two captures, masked. NotFound: one is deleted, or it belongs to no pair."""
    wanted = [n] if m is None else [n, m]
    pairings = await store.pairings_of(bin.id, wanted)
    pairing = next((one for one in pairings if {hit.n for hit in one.hits}.issuperset(wanted)), None)
    numbers = _sides(pairing, wanted) if pairing else wanted
    captures = {capture.row.n: capture for capture in await store.get_captures(bin.id, numbers)}
    gone = [one for one in wanted if one not in captures]
    if gone:
        raise NotFound(f"There is no request #{gone[0]} in this bin; it may have been deleted.")
    if pairing is None and m is None:
        raise NotFound(f"Request #{n} is not part of a pair. Only inbound messages and calls have a fallback URL.")
    if pairing is None or _same_url(pairing, wanted):
        both = list(captures.values())
        detail = await work_on((one.raw for one in both), open_two, bin, both, clock.now(), masking)
        return await _with_handlers(store, detail, masking)
    sides = [captures[one] for one in numbers if one in captures]
    detail = await work_on((one.raw for one in sides), open_pairing, bin, pairing, sides, clock.now(), masking)
    return await _with_handlers(store, detail, masking)


async def _with_handlers(store: Store, detail: PairDetail, masking: MaskingPolicy) -> PairDetail:
    """With what a handler of the user answered to each of the two."""

    async def completed(side: ComparedRequest) -> ComparedRequest:
        attempt = await store.get_handler_attempt(detail.bin.id, side.hit.n)
        return with_handler(side, None if attempt is None else masking.attempt(attempt))

    second = None if detail.second is None else await completed(detail.second)
    return replace(detail, first=await completed(detail.first), second=second)


def _sides(pairing: Pairing, wanted: Sequence[int]) -> Sequence[int]:
    """The two captures to compare: the first on each URL, or the requested one."""
    if _same_url(pairing, wanted):
        return wanted
    return [
        next((hit.n for hit in hits if hit.n in wanted), hits[0].n)
        for hits in (pairing.primary, pairing.fallback)
        if hits
    ]


def _same_url(pairing: Pairing, wanted: Sequence[int]) -> bool:
    """Two captures on one URL: compared like any two."""
    return len({hit.fallback for hit in pairing.hits if hit.n in wanted}) < len(wanted)


async def _whole_page(request: web.Request, bin: Bin) -> ComparePage:
    page = await _page(request, bin)
    side = await _side(request.app[keys.STORE], bin, page.show)
    return replace(page, urls=urls_of(site_of(request).root, bin), side=side)


async def _page(request: web.Request, bin: Bin, *, rows: bool = True) -> ComparePage:
    show = BY_NAME.get(request.query.get("show", ""), SHOWS[0])
    before = number(dict(request.query), "before", lowest=0, highest=HIGHEST)
    store = request.app[keys.STORE]
    found = await store.list_pairings(bin.id, limit=PAGE + 1, before=before, only=show.verdicts) if rows else ()
    shown = [row_of(pairing) for pairing in masking_of(request, bin.id).pairings(found[:PAGE])]
    older = shown[-1].pairing.id if len(found) > PAGE else None
    return ComparePage(bin=bin, urls={}, show=show, side=None, rows=shown, older=older)


async def _side(store: Store, bin: Bin, show: Show) -> CompareSide:
    summary = await store.sum_up_pairings(bin.id)
    problems = await store.list_pairings(bin.id, limit=MEASURED, only=PROBLEMS)
    return CompareSide(
        bin=bin,
        show=show,
        views=[(one, summary.count(*(one.verdicts or ()))) for one in SHOWS],
        summary=summary,
        measured=measure(problems),
        sheet=sheet_of(bin.provider or _usual_provider(problems)),
    )


def _usual_provider(pairings: Sequence[Pairing]) -> str | None:
    """The provider of most of them."""
    names = Counter(pairing.provider for pairing in pairings if pairing.provider)
    return names.most_common(1)[0][0] if names else None
