"""The page of a bin's faults: what is on, and a form that makes a URL misbehave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aiohttp import web

from .. import clock, keys
from ..domain.bins import PROVIDER_TITLES, Bin
from ..domain.faults import ActiveFault, Fault, FaultKind
from ..domain.roles import Role
from ..errors import Invalid, NotFound
from ..providers import PROVIDERS, sheet_of
from ..providers.sheet import Sheet
from .banners import KINDS, faults_of
from .fault_forms import read_fault
from .forms import go_back, read_form
from .page import render

# Longer than the longest wait that a provider of ours publishes.
_HOLD_S = 16.0
TITLES = {
    "kind": "Failure", "status": "Status", "seconds": "Seconds", "count": "Number of requests", "minutes": "Time limit",
    "chance": "Chance",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Quick:
    """A fault with one click: the fields that its form posts."""

    title: str
    role: Role
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultsPage:
    """`waits`: how long each provider waits for an answer, where it says so; `sheet` is the bin's own provider."""

    bin: Bin
    role: Role
    sheet: Sheet | None
    waits: Sequence[tuple[str, float]]
    quick: Sequence[Quick]
    said: Mapping[str, str]
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
    said = await read_form(request)
    now = clock.now()
    try:
        fault = read_fault(said, now)
    except Invalid as error:
        return _page(request, bin, role, said=said, problems=dict(error.problems), status=422)
    await request.app[keys.FAULTS].set(active(bin.id, role, fault))
    return _back(request, bin, said)


async def heal(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/faults/{role}/heal"""
    bin, role = await _place(request)
    said = await read_form(request)
    await request.app[keys.FAULTS].heal(bin.id, role)
    return _back(request, bin, said)


def active(bin_id: str, role: Role, fault: Fault) -> ActiveFault:
    """A fault that begins now."""
    return ActiveFault(
        id=clock.new_id(), bin_id=bin_id, role=role, fault=fault, started_at=clock.now(), left=fault.count
    )


def role_named(name: str | None) -> Role:
    """A role by its name; the primary one where there is none, or none such."""
    return Role(name) if name in list(Role) else Role.PRIMARY


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
    said: Mapping[str, str] | None = None,
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
        said={"kind": "hold", "seconds": hold, "status": "500", "count": "1", "minutes": "10", "chance": "100"}
        if said is None
        else said,
        problems=problems or {},
        marked=[active.role for active in faults_of(request.app, bin.id)],
    )
    return render(request, "bins/faults.html", page, status=status)


def hold_s(sheet: Sheet | None) -> float:
    """A second more than the provider waits."""
    return sheet.habits.timeout_s + 1 if sheet and sheet.habits.timeout_s else _HOLD_S


def _back(request: web.Request, bin: Bin, said: Mapping[str, str]) -> web.Response:
    return go_back(request, said, below=f"/bins/{bin.id}", otherwise=f"/bins/{bin.id}/faults")
