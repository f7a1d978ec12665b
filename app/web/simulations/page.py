"""The page of the simulator: the form, a preview of the first request, and the progress of a run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from aiohttp import web

from ... import clock, keys
from ...domain.bins import Bin
from ...domain.curl import as_curl
from ...domain.roles import Kind, Role
from ...domain.simulations import (
    MARK,
    MAX_EXTERNAL_RATE,
    MOST_A_SECOND,
    MOST_MESSAGES,
    SimulationAttempt,
    Traffic,
)
from ...domain.sms import SmsFacts, describe_sms
from ...errors import Conflict, Invalid
from ...providers import PROVIDERS
from ...providers.sheet import ComposedRequest, Sheet, as_raw
from ...services.simulations.player import SimulatedRequest, sign_request
from ...services.simulations.runs import MOST_AT_ONCE, Run
from ...services.simulations.script import compose_request, opening
from ...signatures.signer import Signer
from ..site.forms import read_form
from ..site.inputs import number
from ..site.templates import render, site_of, urls_of
from ..site.urls import server_address
from ..words.portals import sheets
from .form import PRESETS, FormPreset, command_line, defaults, input_of, problems_of, texts_of
from .inputs import SimulationInput
from .runs import signer_of, start, targets_of
from .words import FIELD_TITLES, SIGNINGS, TROUBLES, WHATS, describe_run, rule_of

# The largest number of attempts on the page.
SHOWN = 200
LIMITS = {
    "messages": MOST_MESSAGES,
    "rate": int(MOST_A_SECOND),
    "own_rate": int(MAX_EXTERNAL_RATE),
    "at_once": MOST_AT_ONCE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPreview:
    """The first request exactly as it will be sent; `head` are its lines up to the body."""

    head: str
    body: str
    curl: str
    cli: str
    sms: SmsFacts | None
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """The progress of a run: `shown` are attempts that the page does not show yet; the next request continues at
    `upto`."""

    bin: Bin
    run: Run
    outcome: str
    shown: Sequence[SimulationAttempt]
    upto: int
    roles: Mapping[str, Role]


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatePage:
    """The form with its values, and the preview or the run next to it."""

    bin: Bin
    urls: dict[Role, str]
    sheets: Sequence[Sheet]
    sheet: Sheet
    form: Mapping[str, str]
    what: Traffic
    rule: Sequence[str]
    presets: Sequence[FormPreset] = PRESETS
    whats: Mapping[Traffic, str] = field(default_factory=lambda: WHATS)
    troubles: Mapping[Any, str] = field(default_factory=lambda: TROUBLES)
    signings: Mapping[Any, str] = field(default_factory=lambda: SIGNINGS)
    titles: Mapping[str, str] = field(default_factory=lambda: FIELD_TITLES)
    limits: Mapping[str, int] = field(default_factory=lambda: LIMITS)
    preview: RequestPreview | None = None
    view: RunView | None = None
    problems: dict[str, str] = field(default_factory=dict)
    problem: str | None = None


async def index(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/simulate: with `run` that run, else the form, filled from the query."""
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    if "run" in request.query:
        run = await request.app[keys.RUNS].find(bin.id, request.query["run"])
        return await _render(request, bin, texts_of(run), view=view_of(bin, run))
    # The query overrides the defaults: a box that is not in it is not ticked.
    form = defaults(bin.provider) | dict(request.query)
    return await _render(request, bin, form)


async def send(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/simulate: begin a run, and redirect to it."""
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    form = await read_form(request)
    base = server_address(request).base
    try:
        run = await start(request, bin, input_of(form))
    except Invalid as error:
        return await _render(request, bin, form, problems=problems_of(error), status=422)
    except Conflict as error:
        return await _render(request, bin, form, problem=str(error), status=409)
    stays = form.get("stay") == "bin"
    where = f"{base}/bins/{bin.id}" + ("" if stays else f"/simulate?run={run.id}#result")
    return web.Response(status=303, headers={"Location": where})


async def show(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/simulate/{id}?after=k: the attempts after `k`, as an HTML fragment."""
    bin, run = await _run(request)
    after = number(dict(request.query), "after", lowest=0, highest=10**9) or 0
    return render(request, "simulations/_run.html", view_of(bin, run, after=after))


async def stop(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/simulate/{id}/stop"""
    bin, run = await _run(request)
    await request.app[keys.RUNS].stop(run)
    where = f"{server_address(request).base}/bins/{bin.id}/simulate?run={run.id}#result"
    return web.Response(status=303, headers={"Location": where})


def view_of(bin: Bin, run: Run, *, after: int = 0) -> RunView:
    """A run with its attempts after number `after`, at most `SHOWN`."""
    progress = run.progress
    fresh = min(max(progress.requests - after, 0), SHOWN, len(progress.results))
    return RunView(
        bin=bin,
        run=run,
        outcome=describe_run(run.spec, progress),
        shown=progress.results[len(progress.results) - fresh :],
        upto=progress.requests,
        roles={role.value: role for role in Role},
    )


async def _run(request: web.Request) -> tuple[Bin, Run]:
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    return bin, await request.app[keys.RUNS].find(bin.id, request.match_info["id"])


async def _render(
    request: web.Request, bin: Bin, form: Mapping[str, str], *, status: int = 200, **more: Any
) -> web.StreamResponse:
    what = Traffic(form["what"]) if form.get("what") in set(Traffic) else Traffic.INBOUND
    sheet = PROVIDERS.get(form.get("provider", "")) or sheets()[0]
    page = SimulatePage(
        bin=bin, urls=urls_of(site_of(request).root, bin), sheets=sheets(), sheet=sheet, form=form, what=what,
        rule=rule_of(sheet, what), **more,
    )  # fmt: skip
    if not page.problems:
        try:
            page = replace(page, preview=await _preview(request, bin, input_of(form)))
        except Invalid as error:
            page = replace(page, problems=problems_of(error))
    partial = request.headers.get("X-Partial") == "preview"
    return render(request, "simulations/_preview.html" if partial else "simulations/index.html", page, status=status)


def _signed(made: ComposedRequest, url: str, signer: Signer | None) -> ComposedRequest:
    """The request with its signature, for the URL as the provider has it."""
    if signer is None:
        return made
    whole = SimulatedRequest(made.method, f"{url}?{made.query}" if made.query else url, made.headers, made.body)
    signed = sign_request(signer, whole, url, url, clock.now())
    return replace(made, headers=signed.headers, body=signed.body, query=signed.url.partition("?")[2])


async def _preview(request: web.Request, bin: Bin, given: SimulationInput) -> RequestPreview | None:
    """The first request, from the script that the run will use; None when the trouble leaves it out. Invalid."""
    spec, own = given.simulation(), given.own_targets()
    targets = targets_of(request, bin, spec.what).named if own is None else own
    now = clock.now()
    planned = opening(spec, now)
    if planned is None or targets is None:
        return None
    url = (targets.status if spec.what is Traffic.OUTBOUND else targets.primary) or ""
    signer = await signer_of(request, bin, spec, is_own=own is not None)
    made = _signed(compose_request(PROVIDERS[spec.provider], replace(planned.spec, url=url), spec.trouble), url, signer)
    host, slash, path = url.partition("://")[2].partition("/")
    raw = as_raw(made, f"{slash or '/'}{path}", now)
    head = [f"{raw.method} {raw.target} HTTP/1.1", f"Host: {host}"]
    head += [f"{name}: {value}" for name, value in made.headers]
    head += [f"{MARK}: (the run’s own secret)"] if own is None else []
    head += [f"Content-Length: {len(made.body)}"] if made.body else []
    head.append("Connection: close")
    text = planned.spec.text if planned.spec.kind is not Kind.VOICE else None
    return RequestPreview(
        head="\n".join(head),
        body=made.body.decode("utf-8", "replace"),
        curl=as_curl(raw, f"{url}?{made.query}" if made.query else url),
        cli=command_line(spec, bin.id, None if own is None else targets),
        sms=None if text is None else describe_sms(text),
        text=text,
    )
