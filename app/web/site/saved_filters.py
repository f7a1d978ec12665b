"""The saved filters beside a list: links with their counts, and the form that saves, renames or deletes one."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from ... import clock, keys
from ...domain.bins import Bin
from ...domain.saved_filters import MAX_FILTER_NAME, MAX_SAVED, SavedFilter, suggested_name
from ...services.saved_filters import MOST_FOUND, FilterCount
from .filters import ListFilter, count_text, suffix_of

ADDRESSES = {"captures": "", "messages": "/messages"}
"""The lists that have saved filters, and their addresses below that of the bin."""

SLOW = "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """A link to a saved filter. `count` in words: "" not counted yet, `SLOW` for a search that takes too long."""

    id: str
    title: str
    suffix: str
    count: str
    is_active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPart:
    """The saved filters beside a list, `of` captures or messages. `active` is the one that the list shows. `draft`:
    the id and the name of the form that saves the filter of the list; None: there is nothing that can be saved.
    `is_behind`: some counts are missing, or older than the last change."""

    of: str
    text: str
    views: Sequence[SavedView] = ()
    active: SavedView | None = None
    draft: tuple[str, str] | None = None
    is_behind: bool = False
    most_name: int = MAX_FILTER_NAME


async def saved_part(
    request: web.Request, bin: Bin, of: str, filter: ListFilter, *, counted: bool = False
) -> SavedPart:
    """The part of a page. With `counted` the filters are counted first, as many as there is time for."""
    service = request.app[keys.SAVED_FILTERS]
    filters = await service.of(bin.id)
    if counted:
        await service.count(bin, of, filters)
    counts = service.counts(bin.id, of, filters)
    views = [_view(saved, counts.get(saved.id), filter.text) for saved in filters]
    active = next((view for view in views if view.is_active), None)
    draft = None
    if active is not None:
        draft = active.id, active.title
    elif filter.query is not None and len(filters) < MAX_SAVED:
        draft = clock.new_id(), suggested_name(filter.text)
    is_behind = any(each.id not in counts or counts[each.id].is_behind(bin) for each in filters)
    return SavedPart(of=of, text=filter.text, views=views, active=active, draft=draft, is_behind=is_behind)


def _view(saved: SavedFilter, count: FilterCount | None, text: str) -> SavedView:
    counted = "" if count is None else SLOW if count.found is None else count_text(count.found, MOST_FOUND)
    return SavedView(
        id=saved.id, title=saved.name, suffix=suffix_of(saved.text), count=counted, is_active=saved.text == text
    )
