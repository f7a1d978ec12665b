"""The messages of a bin: views, list, and one message open next to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec
from aiohttp import web

from ... import clock, keys
from ...domain.bins import Bin
from ...domain.messages.model import Message, Pace
from ...domain.roles import Role
from ...domain.statuses import FAILURES
from ...errors import TooSlow
from ...store import Store
from ..site import filters
from ..site.filters import COUNT_TOO_SLOW, ListFilter, View, count_text, filter_of, match_text, stopped
from ..site.inputs import HIGHEST, number
from ..site.masking import is_unmasked, masking_of, open_masking_of
from ..site.saved_filters import SavedPart, saved_part
from ..site.templates import render, site_of, urls_of
from .detail import MessagePane, open_message
from .timeline import Plot, draw_pace

PAGE = 100
MOST = 1_000
# The highest number of matches of a filter.
MOST_COUNTED = 10_000
# The number of newest messages whose times to the final status are shown.
PACED = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSidebar:
    """The sidebar: groups of views with their counts, and the times to the final status."""

    bin: Bin
    filter: ListFilter
    groups: Mapping[str, Sequence[View]]
    pace: Pace
    plot: Plot | None

    @property
    def chips(self) -> Sequence[View]:
        """The views in one line, for a phone."""
        every, *rest = self.groups["Outbound"]
        return (View(title="All", text=""), replace(every, title="Outbound"), *rest, *self.groups["Inbound"])


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagesPage:
    """`older` is the cursor of the next page, None at the end."""

    bin: Bin
    urls: dict[Role, str]
    filter: ListFilter
    side: MessageSidebar | None
    rows: Sequence[Message]
    older: int | None
    saved: SavedPart | None = None
    detail: MessagePane | None = None


async def index(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/messages"""
    page = await _whole_page(request, await request.app[keys.STORE].get_bin(request.match_info["bin"]))
    return render(request, "messages/index.html", page, status=page.filter.status)


async def rows(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/messages/rows?before=seq: older rows as an HTML fragment."""
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    return render(request, "messages/_rows.html", await _page(request, bin, filter_of(request)))


async def side(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/messages/side: the current counts as an HTML fragment."""
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    return render(request, "messages/_fresh.html", await _side(request.app[keys.STORE], bin, filter_of(request)))


async def show(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/messages/{provider}/{message_id}: the page with the pane open, or the pane alone."""
    place = request.match_info
    masking = open_masking_of(request, place["bin"])
    detail = await open_message(request.app[keys.STORE], place["bin"], place["provider"], place["message_id"], masking)
    mapping = request.app[keys.MAPPINGS].of(detail.bin.id)
    notes = await request.app[keys.ARCHIVE].list_notes(detail.bin.id, detail.message.message_id)
    detail = replace(
        detail,
        mapping=mapping.name if mapping else None,
        notes=[msgspec.structs.replace(note, note=masking.sentence(note.note)) for note in notes],
        unmasked=is_unmasked(request),
    )
    if request.headers.get("X-Partial") == "detail":
        bin, filter = detail.bin, filter_of(request)
        page = MessagesPage(bin=bin, urls={}, filter=filter, side=None, rows=(), older=None, detail=detail)
        return render(request, "messages/_detail.html", page)
    page = replace(await _whole_page(request, detail.bin), detail=detail)
    return render(request, "messages/index.html", page)


async def _whole_page(request: web.Request, bin: Bin) -> MessagesPage:
    store = request.app[keys.STORE]
    filter = filter_of(request)
    try:
        page = await _page(request, bin, filter)
        page = replace(page, filter=replace(filter, count=await _count(store, page)))
    except TooSlow as error:
        filter = stopped(filter, error)
        page = MessagesPage(bin=bin, urls={}, filter=filter, side=None, rows=(), older=None)
    saved = await saved_part(request, bin, "messages", page.filter)
    side = await _side(store, bin, page.filter)
    return replace(page, urls=urls_of(site_of(request).root, bin), side=side, saved=saved)


async def _page(request: web.Request, bin: Bin, filter: ListFilter) -> MessagesPage:
    before = number(dict(request.query), "before", lowest=0, highest=HIGHEST)
    if filter.is_wrong:
        return MessagesPage(bin=bin, urls={}, filter=filter, side=None, rows=(), older=None)
    found = await request.app[keys.STORE].list_messages(bin.id, limit=PAGE + 1, before=before, query=filter.query)
    shown = masking_of(request, bin.id).messages(found[:PAGE])
    older = shown[-1].seq if len(found) > PAGE else None
    return MessagesPage(bin=bin, urls={}, filter=filter, side=None, rows=shown, older=older)


async def _count(store: Store, page: MessagesPage) -> str:
    """How many messages match, in words; "" without a filter."""
    if page.filter.query is None:
        return ""
    if page.older is None:
        return match_text(len(page.rows), MOST_COUNTED)
    try:
        found = await store.count_matching_messages(page.bin.id, page.filter.query, MOST_COUNTED)
    except TooSlow:
        return COUNT_TOO_SLOW
    return match_text(found, MOST_COUNTED)


async def _side(store: Store, bin: Bin, filter: ListFilter) -> MessageSidebar:
    counts = await store.count_messages(bin.id, MOST)
    pace = await store.get_pace(bin.id, PACED)
    return MessageSidebar(bin=bin, filter=filter, groups=_views(counts), pace=pace, plot=draw_pace(pace, clock.now()))


def _views(counts: Mapping[str, int]) -> Mapping[str, Sequence[View]]:
    def view(title: str, text: str, *words: str) -> View:
        return View(title=title, text=text, count=count_text(sum(counts.get(word, 0) for word in words), MOST))

    statuses = [word for word in counts if word not in ("stuck", "waiting", "received")]
    return {
        "Outbound": (
            view("All", filters.OUTBOUND, *statuses),
            view("In progress", filters.IN_FLIGHT, "waiting"),
            view("Handed over", filters.HANDED_OVER, "sent"),
            view("Delivered", filters.DELIVERED, "delivered", "read"),
            view("Failed", filters.FAILED, *(status.value for status in FAILURES)),
            view("Stuck", filters.STUCK, "stuck"),
        ),
        "Inbound": (view("Received", filters.INBOUND, "received"),),
    }
