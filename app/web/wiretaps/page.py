"""The page of a bin's wiretaps: the state of one role, and the form that sets it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aiohttp import web

from ... import keys
from ...domain.bins import Bin
from ...domain.roles import Role
from ...errors import Conflict, Invalid
from ..site.convert import convert
from ..site.forms import read_form
from ..site.roles import role_address, role_named
from ..site.templates import render
from ..site.urls import server_address
from .form import WiretapForm, read_wiretap_form, wiretap_form_of
from .inputs import WiretapInput
from .state import WiretapFacts, wiretap_facts


@dataclass(frozen=True, slots=True, kw_only=True)
class WiretapPage:
    """`marked`: the roles whose handler answers. `done`: what was just done, "set" or "removed"."""

    bin: Bin
    role: Role
    facts: WiretapFacts
    form: WiretapForm
    problems: Mapping[str, str] = field(default_factory=dict)
    problem: str | None = None
    done: str = ""
    marked: Sequence[Role] = ()
    mark: str = "on"


async def index(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/wiretaps?role="""
    bin_id, role = request.match_info["bin"], role_named(request.query.get("role"))
    return await _page(request, bin_id, role, done=request.query.get("done", ""))


async def save(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/wiretaps/{role}"""
    bin_id, role = await role_address(request)
    form = read_wiretap_form(await read_form(request))
    try:
        wiretap = convert(form.raw(), WiretapInput).wiretap
        await request.app[keys.WIRETAPS].set(bin_id, role, wiretap, own=server_address(request).host)
    except Invalid as error:
        return await _page(request, bin_id, role, form=form, problems=dict(error.problems), status=422)
    except Conflict as error:
        return await _page(request, bin_id, role, form=form, problem=str(error), status=409)
    return _to(request, bin_id, role, "set")


async def remove(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/wiretaps/{role}/remove"""
    bin_id, role = await role_address(request)
    await read_form(request)
    await request.app[keys.WIRETAPS].remove(bin_id, role)
    return _to(request, bin_id, role, "removed")


async def _page(
    request: web.Request, bin_id: str, role: Role, *, form: WiretapForm | None = None,
    problems: Mapping[str, str] | None = None, problem: str | None = None, done: str = "", status: int = 200,
) -> web.Response:  # fmt: skip
    bin = await request.app[keys.STORE].get_bin(bin_id)
    facts = wiretap_facts(request.app, bin, role)
    page = WiretapPage(
        bin=bin, role=role, facts=facts, form=form or wiretap_form_of(facts.wiretap), problems=problems or {},
        problem=problem, done=done, marked=list(request.app[keys.HANDLERS].roles_of(bin.id)),
    )  # fmt: skip
    return render(request, "wiretaps/index.html", page, status=status)


def _to(request: web.Request, bin_id: str, role: Role, done: str) -> web.Response:
    where = f"{server_address(request).base}/bins/{bin_id}/wiretaps?role={role.value}&done={done}"
    return web.Response(status=303, headers={"Location": where})
