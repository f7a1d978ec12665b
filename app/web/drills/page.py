"""The pages of drills: start one, watch it, export its score card."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aiohttp import web

from ... import clock, keys
from ...domain.bins import Bin
from ...domain.drills import SERIES, Drill
from ...domain.roles import Role
from ...errors import AppError, Conflict, Invalid, NotFound
from ...providers import sheet_of
from ...providers.sheet import Sheet
from ..faults import form as fault_form
from ..site.convert import convert
from ..site.forms import read_form
from ..site.templates import render
from ..site.urls import server_address
from ..words import drills as drill_words
from ..words.faults import QuickFault, hold_s
from .inputs import DrillInput

PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillsPage:
    """`older` is the cursor of the next page, None at the end. `problem`: why no drill was started."""

    bin: Bin
    sheet: Sheet | None
    drills: Sequence[Drill]
    older: str | None
    quick: Sequence[QuickFault]
    series: Sequence[str] = field(default_factory=lambda: [title for title, *_ in SERIES])
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillPage:
    """One drill; `report` is its Markdown."""

    bin: Bin
    drill: Drill
    report: str


async def index(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/drills?before=id: the page, or its list alone for the script."""
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    return await _index(request, bin)


async def create(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/drills: `measure`, or the fields of a fault; `role`."""
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    form, now = await read_form(request), clock.now()
    raw: dict[str, object] = {"measure": True} if "measure" in form else {"fault": fault_form.raw_of(form, now)}
    raw["role"] = form.get("role", Role.PRIMARY.value)
    try:
        role, fault = convert(raw, DrillInput).drill(now)
        drill = await request.app[keys.DRILLING].begin(bin.id, role, fault)
    except (Conflict, Invalid) as error:
        return await _index(request, bin, error)
    return web.Response(status=303, headers={"Location": _address(request, bin, drill.id)})


async def show(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/drills/{id}: the page, or its live part alone."""
    page = await _page(request)
    is_part = request.headers.get("X-Partial") == "parts"
    return render(request, "drills/_live.html" if is_part else "drills/show.html", page)


async def report(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/drills/{id}/report: the same as Markdown, as a file."""
    page = await _page(request)
    headers = {"Content-Disposition": f'attachment; filename="drill-{page.drill.id}.md"'}
    return web.Response(text=page.report, content_type="text/markdown", headers=headers)


async def stop(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/drills/{id}/stop"""
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    drill = await request.app[keys.DRILLING].stop(bin.id, request.match_info["id"])
    return web.Response(status=303, headers={"Location": _address(request, bin, drill.id)})


async def _page(request: web.Request) -> DrillPage:
    store = request.app[keys.STORE]
    bin = await store.get_bin(request.match_info["bin"])
    drill = await store.get_drill(bin.id, request.match_info["id"])
    return DrillPage(bin=bin, drill=drill, report=drill_words.report_of(drill, bin))


async def _index(request: web.Request, bin: Bin, error: AppError | None = None) -> web.Response:
    try:
        found = await request.app[keys.STORE].list_drills(bin.id, limit=PAGE + 1, before=request.query.get("before"))
    except NotFound:
        found = []
    shown = found[:PAGE]
    sheet = sheet_of(bin.provider)
    page = DrillsPage(
        bin=bin,
        sheet=sheet,
        drills=shown,
        older=shown[-1].id if len(found) > PAGE else None,
        quick=_quick(sheet),
        problem=_error_text(error),
    )
    template = "drills/_cards.html" if request.headers.get("X-Partial") == "parts" else "drills/index.html"
    return render(request, template, page, status=200 if error is None else error.status)


def _quick(sheet: Sheet | None) -> Sequence[QuickFault]:
    hold = f"{hold_s(sheet):g}"
    fields: Sequence[tuple[str, Mapping[str, str]]] = (
        ("Answer 500 to the next 3 requests", {"kind": "status", "status": "500", "count": "3"}),
        (f"Hold the next response for {hold} s", {"kind": "hold", "seconds": hold, "count": "1"}),
        ("Drop the next 3 connections", {"kind": "drop", "count": "3"}),
    )
    return [QuickFault(title=title, role=Role.PRIMARY, fields=form) for title, form in fields]


def _error_text(error: AppError | None) -> str | None:
    if isinstance(error, Invalid):
        return "; ".join(f"{name} {text}" for name, text in fault_form.problems_of(error).items())
    return None if error is None else str(error)


def _address(request: web.Request, bin: Bin, drill_id: str) -> str:
    return f"{server_address(request).base}/bins/{bin.id}/drills/{drill_id}"
