"""The page of a bin's faults: the active ones, and a form that sets one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aiohttp import web

from ... import clock, keys
from ...domain.bins import Bin
from ...domain.faults import ActiveFault, Fault, FaultKind
from ...domain.providers import PROVIDER_TITLES
from ...domain.roles import Role
from ...errors import Invalid, NotFound
from ...providers import PROVIDERS, sheet_of
from ...providers.sheet import Sheet
from ..site.audit import note
from ..site.convert import convert
from ..site.faults import faults_of
from ..site.forms import go_back, read_form
from ..site.roles import role_named
from ..site.templates import render
from ..words.faults import KINDS, hold_s
from ..words.faults import QuickFault as Quick
from .form import problems_of, raw_of
from .inputs import FaultInput

TITLES = {
    "kind": "Failure", "status": "Status", "seconds": "Seconds", "count": "Number of requests", "minutes": "Time limit",
    "chance": "Chance",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultsPage:
    """`waits`: how long each provider waits for an answer, where it says so; `sheet` is the bin's own provider."""

    bin: Bin
    role: Role
    sheet: Sheet | None
    waits: Sequence[tuple[str, float]]
    quick: Sequence[Quick]
    form: Mapping[str, str]
    kinds: Mapping[FaultKind, tuple[str, str]] = field(default_factory=lambda: KINDS)
    problems: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=lambda: TITLES)
    marked: Sequence[Role] = ()
    mark: str = "on"


async def index(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/faults?role="""
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    return _page(request, bin, role_named(request.query.get("role")))


async def set_fault(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/faults/{role}"""
    bin, role = await _place(request)
    form = await read_form(request)
    now = clock.now()
    try:
        fault = convert(raw_of(form, now), FaultInput).fault(now)
    except Invalid as error:
        return _page(request, bin, role, form=form, problems=problems_of(error), status=422)
    note(request, fault=fault.kind)
    await request.app[keys.FAULTS].set(active(bin.id, role, fault))
    return _back(request, bin, form)


async def clear(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/faults/{role}/heal"""
    bin, role = await _place(request)
    form = await read_form(request)
    await request.app[keys.FAULTS].clear(bin.id, role)
    return _back(request, bin, form)


def active(bin_id: str, role: Role, fault: Fault) -> ActiveFault:
    """A fault that starts now."""
    return ActiveFault(
        id=clock.new_id(), bin_id=bin_id, role=role, fault=fault, started_at=clock.now(), left=fault.count
    )


async def _place(request: web.Request) -> tuple[Bin, Role]:
    name = request.match_info["role"]
    if name not in list(Role):
        raise NotFound(f"There is no role {name}.")
    return await request.app[keys.STORE].get_bin(request.match_info["bin"]), Role(name)


def _page(
    request: web.Request,
    bin: Bin,
    role: Role,
    *,
    form: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    status: int = 200,
) -> web.Response:
    sheet = sheet_of(bin.provider)
    hold = f"{hold_s(sheet):g}"
    page = FaultsPage(
        bin=bin,
        role=role,
        sheet=sheet,
        waits=[
            (title, PROVIDERS[name].habits.timeout_s or 0)
            for name, title in PROVIDER_TITLES.items()
            if name in PROVIDERS and PROVIDERS[name].habits.timeout_s
        ],
        quick=(
            Quick(
                title=f"Hold the next response for {hold} s",
                role=Role.PRIMARY,
                fields={"kind": "hold", "seconds": hold, "count": "1"},
            ),
            Quick(
                title="Answer 500 to the next 3 requests",
                role=Role.PRIMARY,
                fields={"kind": "status", "status": "500", "count": "3"},
            ),
        ),
        form={"kind": "hold", "seconds": hold, "status": "500", "count": "1", "minutes": "10", "chance": "100"}
        if form is None
        else form,
        problems=problems or {},
        marked=[active.role for active in faults_of(request.app, bin.id)],
    )
    return render(request, "faults/index.html", page, status=status)


def _back(request: web.Request, bin: Bin, form: Mapping[str, str]) -> web.Response:
    return go_back(request, form, below=f"/bins/{bin.id}", otherwise=f"/bins/{bin.id}/faults")
