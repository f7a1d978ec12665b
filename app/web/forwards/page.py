"""The page *Forwards* of a bin: each with its state and its last dispatches, and a form to add or change one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
from aiohttp import web

from ... import keys
from ...domain.bins import Bin
from ...domain.forwards.model import FAILED, DispatchState, ForwardMode, Retry, StoredForward
from ...domain.replays import Attempt, Trigger
from ...errors import Conflict, Damaged, Invalid, NotFound, TooSlow
from ...services.forwards.registry import Forwards
from ...services.listeners.registry import ListenerStatus
from ..site.audit import act_as, leave_out, note
from ..site.convert import convert
from ..site.forms import read_form
from ..site.masking import masking_of
from ..site.templates import render
from ..site.urls import server_address
from .cards import ForwardCard, cards_of
from .form import ForwardForm, form_of, read_forward_form
from .inputs import ForwardInput

MAX_EXAMPLE = 8_000
"""Characters that are shown of the example of an event."""

# What a button of a forward does.
ACTIONS = ("pause", "resume", "test", "retry", "delete")


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardsPage:
    """The forwards of a bin, and the form with its problems; `edited`: the id of the one that it changes. `matching`:
    of the last requests, how many the posted form would send, and of how many. `listen_command`: the command with which
    a machine of the user connects to this bin."""

    bin: Bin
    cards: Sequence[ForwardCard]
    listeners: Sequence[ListenerStatus]
    listen_command: str
    form: ForwardForm = ForwardForm()
    edited: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)
    matching: tuple[int, int] | None = None
    done: str = ""
    problem: str | None = None


async def index(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/forwards?edit=id"""
    bin = await _bin_of(request)
    edited = request.query.get("edit", "")
    form = ForwardForm()
    if edited:
        form = form_of(request.app[keys.FORWARDS].runner(bin.id, edited).stored.forward)
    page = await _page(request, bin, form=form, edited=edited, done=request.query.get("done", ""))
    return render(request, "forwards/index.html", page)


async def save(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/forwards: add one, change the one named in `edited`, or with `preview` only count matches."""
    bin, forwards = await _bin_of(request), request.app[keys.FORWARDS]
    posted = await read_form(request)
    form, edited = read_forward_form(posted), posted.get("edited", "")
    note(request, name=form.name, id=edited or None)
    if edited:
        act_as(request, "forward.change")
    try:
        given = convert({**form.raw(), "start": form.raw_start()}, ForwardInput)
        if "preview" in posted:
            leave_out(request)
            found = await forwards.preview(bin.id, given.forward)
            return await _again(request, bin, form, edited, matching=found)
        own = server_address(request).host
        if edited:
            await forwards.change(bin.id, edited, given.forward, own=own)
        else:
            await forwards.add(bin.id, given.forward, position=given.position, own=own)
    except Invalid as error:
        problems = {"filter" if name == "q" else name: text for name, text in error.problems}
        return await _again(request, bin, form, edited, problems=problems)
    except Conflict as error:
        return await _again(request, bin, form, edited, problem=str(error))
    return _to(request, bin, "changed" if edited else "added")


async def act(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/forwards/{id}/{pause, resume, test, retry, delete}"""
    bin, forwards = await _bin_of(request), request.app[keys.FORWARDS]
    forward_id, what = request.match_info["id"], request.match_info["what"]
    posted = await read_form(request)
    note(request, name=forwards.runner(bin.id, forward_id).stored.forward.name)
    if what in ACTIONS:
        act_as(request, f"forward.{what}")
    match what:
        case "pause":
            await forwards.pause(bin.id, forward_id)
        case "resume":
            await forwards.resume(bin.id, forward_id)
        case "retry":
            await forwards.retry(bin.id, forward_id, _retry_of(posted))
        case "delete":
            await forwards.drop(bin.id, forward_id)
            request.app[keys.SWEEPING].erase_soon()
        case "test":
            return await _test(request, bin, forwards, forward_id)
        case _:
            raise NotFound(f"There is no action {what[:40]}.")
    return _to(request, bin, what)


def _retry_of(posted: Mapping[str, str]) -> Retry:
    """All that failed; or with `n` the dispatch of one request, whatever its state is."""
    n = posted.get("n", "")
    if not n.isascii() or not n.isdigit() or len(n) > 18:
        return Retry(states=FAILED, trigger=Trigger.BULK)
    return Retry(states=(DispatchState.RETRYING, *FAILED), trigger=Trigger.MANUAL, first=int(n), last=int(n))


async def _test(request: web.Request, bin: Bin, forwards: Forwards, forward_id: str) -> web.StreamResponse:
    try:
        tested = await forwards.test(bin.id, forward_id, None)
    except Conflict as error:
        return render(request, "forwards/index.html", await _page(request, bin, problem=str(error)), status=409)
    return render(request, "forwards/index.html", await _page(request, bin, tested))


async def _again(
    request: web.Request, bin: Bin, form: ForwardForm, edited: str, *, problems: Mapping[str, str] | None = None,
    problem: str | None = None, matching: tuple[int, int] | None = None,
) -> web.Response:  # fmt: skip
    page = await _page(
        request, bin, form=form, edited=edited, problems=problems or {}, problem=problem, matching=matching
    )
    return render(request, "forwards/index.html", page, status=200 if matching is not None else 422)


async def _page(request: web.Request, bin: Bin, tested: Attempt | None = None, **values: Any) -> ForwardsPage:
    listeners = await request.app[keys.LISTENERS].of(bin.id)
    root = server_address(request).root
    command = f"smsbin listen {bin.id} --to http://localhost:3000/sms --url {root}"
    cards = await _cards(request, bin, tested)
    return ForwardsPage(bin=bin, cards=cards, listeners=listeners, listen_command=command, **values)


async def _cards(request: web.Request, bin: Bin, tested: Attempt | None = None) -> Sequence[ForwardCard]:
    # An event has the text of its message, and may have the whole request.
    is_masked = masking_of(request, bin.id).hides_bodies
    return [
        replace(
            card,
            tested=tested if tested is not None and tested.forward == card.status.stored.id else None,
            example="" if is_masked else await _example(request.app[keys.FORWARDS], card.status.stored),
        )
        for card in await cards_of(request.app, bin.id)
    ]


async def _example(forwards: Forwards, stored: StoredForward) -> str:
    """Of the last request that matches."""
    if stored.forward.mode is not ForwardMode.EVENT:
        return ""
    try:
        found = await forwards.example(stored)
    except (Damaged, NotFound, TooSlow):
        return ""  # it is only an example
    if found is None:
        return ""
    text = msgspec.json.format(found, indent=2).decode()
    return text if len(text) <= MAX_EXAMPLE else text[:MAX_EXAMPLE] + "…"


async def _bin_of(request: web.Request) -> Bin:
    return await request.app[keys.STORE].get_bin(request.match_info["bin"])


def _to(request: web.Request, bin: Bin, done: str) -> web.Response:
    where = f"{server_address(request).base}/bins/{bin.id}/forwards?done={done}"
    return web.Response(status=303, headers={"Location": where})
