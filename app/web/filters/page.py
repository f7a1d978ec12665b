"""The forms that save, rename and delete a filter, and the part of a list that shows them."""

from dataclasses import dataclass

from aiohttp import web

from ... import keys
from ...domain.bins import Bin
from ...errors import Conflict, Invalid
from ..site.audit import note
from ..site.filters import ListFilter, filter_of, suffix_of
from ..site.forms import read_form
from ..site.saved_filters import ADDRESSES, SavedPart, saved_part
from ..site.templates import render
from ..site.urls import server_address


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedFiltersPage:
    """The saved filters, as a part of the list of captures or messages."""

    bin: Bin
    filter: ListFilter
    saved: SavedPart


async def index(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/filters: the saved filters with their counts, for the script."""
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"], wait=False)
    filter = filter_of(request)
    part = await saved_part(request, bin, _list_of(request.query.get("of", "captures")), filter, counted=True)
    return render(request, "filters/_parts.html", SavedFiltersPage(bin=bin, filter=filter, saved=part))


async def save(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/filters: save the filter of a list, or rename it. For the script a problem is plain text."""
    form = await read_form(request)
    text, of = form.get("q", "").strip(), _list_of(form.get("of", "captures"))
    bin_id = request.match_info["bin"]
    note(request, name=form.get("name"))
    try:
        await request.app[keys.SAVED_FILTERS].set(bin_id, form.get("id", ""), form.get("name", ""), text)
    except (Invalid, Conflict) as error:
        if request.headers.get("X-Partial") != "saved":
            raise
        return web.Response(status=error.status, text=_problem_of(error))
    return _to_list(request, bin_id, of, suffix_of(text))


async def delete(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/filters/{id}/delete"""
    form = await read_form(request)
    bin_id = request.match_info["bin"]
    await request.app[keys.SAVED_FILTERS].drop(bin_id, request.match_info["id"])
    return _to_list(request, bin_id, _list_of(form.get("of", "captures")), suffix_of(form.get("q", "").strip()))


def _problem_of(error: Invalid | Conflict) -> str:
    if isinstance(error, Conflict):
        return str(error)
    field, message = error.problems[0]
    return f"The {'filter' if field == 'q' else field} {message}."


def _list_of(name: str) -> str:
    if name not in ADDRESSES:
        raise Invalid(("of", f"must be one of {', '.join(ADDRESSES)}"))
    return name


def _to_list(request: web.Request, bin_id: str, of: str, suffix: str) -> web.Response:
    where = f"{server_address(request).base}/bins/{bin_id}{ADDRESSES[of]}{suffix}"
    return web.Response(status=303, headers={"Location": where})
