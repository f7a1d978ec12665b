"""The page *Audit log*: who did what, newest first, with a filter."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from aiohttp import web

from ... import keys
from ...domain.audit import AuditEntry, AuditFilter
from ...domain.bins import Bin
from ...domain.units import duration_text
from ...errors import Invalid
from ...services.audit import MAX_ENTRIES
from ..site.bins import all_visible_bins
from ..site.inputs import HIGHEST, number
from ..site.templates import render
from .inputs import audit_filter

SHOWN = 100
FIELDS = ("who", "action", "bin", "result", "since", "until")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """`form` and `problems` are the filter and what is wrong with it. `older` and `export` are the queries of those
    links. `existing` are the ids of bins to which an entry can be linked. `unstored` and `lost` are numbers of entries
    that are not on the disk."""

    entries: Sequence[AuditEntry]
    form: Mapping[str, str]
    bins: Sequence[Bin]
    existing: Collection[str]
    older: str | None
    export: str
    is_first: bool
    retention: str
    most: int
    unstored: int
    lost: int
    problems: Mapping[str, str]


async def index(request: web.Request) -> web.StreamResponse:
    """GET /audit"""
    form = {name: request.query.get(name, "").strip() for name in FIELDS}
    problems: dict[str, str] = {}
    before, wanted = None, AuditFilter()
    try:
        before = number(dict(request.query), "before", lowest=0, highest=HIGHEST)
        wanted = audit_filter(form)
    except Invalid as error:
        problems = dict(error.problems)
    store, log = request.app[keys.STORE], request.app[keys.AUDIT_LOG]
    found = () if problems else await store.list_audit_entries(wanted, limit=SHOWN + 1, before=before)
    chosen = {name: value for name, value in form.items() if value}
    bins = sorted(await all_visible_bins(request), key=lambda each: each.name.casefold())
    retention = request.app[keys.SETTINGS].audit_retention
    page = AuditPage(
        entries=found[:SHOWN],
        form=form,
        bins=bins,
        existing={bin.id for bin in bins},
        older=urlencode({**chosen, "before": found[SHOWN - 1].number}) if len(found) > SHOWN else None,
        export=f"?{urlencode(chosen)}" if chosen else "",
        is_first=before is None,
        retention=duration_text(retention),
        most=MAX_ENTRIES,
        unstored=log.unstored,
        lost=log.lost,
        problems=problems,
    )
    return render(request, "audit/index.html", page, status=422 if problems else 200)
