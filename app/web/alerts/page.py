"""The page *Alerts* of a bin: each with its state, and a form to add or change one; and the history of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aiohttp import web

from ... import keys
from ...domain.alerts.model import MOST_NOTICES, AlertKind, StoredAlert, StoredNotice
from ...domain.bins import Bin
from ...domain.saved_filters import SavedFilter
from ...errors import Conflict, Invalid, NotFound
from ..site.audit import act_as, note
from ..site.convert import convert
from ..site.forms import read_form
from ..site.templates import render
from ..site.urls import server_address
from .form import AlertForm, form_of, new_form, read_alert_form
from .inputs import AlertInput

# What a button of an alert does.
ACTIONS = ("pause", "resume", "test", "delete")


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertCard:
    """An alert, its last notice, and the secret of its webhook."""

    stored: StoredAlert
    last: StoredNotice | None
    secret: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsPage:
    """The alerts of a bin, and the form with its problems, None while no kind is chosen; `edited`: the id of the one
    that it changes. `saved`: filters that a user can choose."""

    bin: Bin
    cards: Sequence[AlertCard]
    saved: Sequence[SavedFilter]
    has_mail: bool
    form: AlertForm | None = None
    edited: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)
    problem: str | None = None
    done: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertHistoryPage:
    """The notices of one alert, newest first. `tested`: the result of a test that was just made."""

    bin: Bin
    stored: StoredAlert
    notices: Sequence[StoredNotice]
    tested: StoredNotice | None = None


async def index(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/alerts?edit=id, or ?kind=&filter= for the form of a new one"""
    bin = await _bin_of(request)
    edited, kind = request.query.get("edit", ""), request.query.get("kind", "")
    form = None
    if edited:
        form = form_of(request.app[keys.ALERTS].get(bin.id, edited).alert)
    elif kind in set(AlertKind):
        form = new_form(AlertKind(kind), request.query.get("filter", ""))
    return await _page(request, bin, form=form, edited=edited, done=request.query.get("done", ""))


async def save(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/alerts: add one, or change the one named in `edited`."""
    bin, alerts = await _bin_of(request), request.app[keys.ALERTS]
    posted = await read_form(request)
    kind, edited = posted.get("kind", ""), posted.get("edited", "")
    if kind not in set(AlertKind):
        raise Invalid(("kind", f"must be one of {', '.join(AlertKind)}"))
    form = read_alert_form(posted, AlertKind(kind))
    note(request, kind=kind, id=edited or None)
    if edited:
        act_as(request, "alert.change")
    try:
        alert = convert(form.raw(), AlertInput).alert
        own = server_address(request).host
        if edited:
            await alerts.change(bin.id, edited, alert, own=own)
        else:
            await alerts.add(bin.id, alert, own=own)
    except Invalid as error:
        problems = {"filter" if name == "q" else name.replace(".", "_"): text for name, text in error.problems}
        return await _page(request, bin, form=form, edited=edited, problems=problems, status=422)
    except Conflict as error:
        return await _page(request, bin, form=form, edited=edited, problem=str(error), status=422)
    return _to(request, f"/bins/{bin.id}/alerts?done={'changed' if edited else 'added'}")


async def show(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/alerts/{id}"""
    bin = await _bin_of(request)
    return await _history(request, bin, None)


async def act(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/alerts/{id}/{pause, resume, test, delete}"""
    bin, alerts = await _bin_of(request), request.app[keys.ALERTS]
    alert_id, what = request.match_info["id"], request.match_info["what"]
    await read_form(request)
    if what in ACTIONS:
        act_as(request, f"alert.{what}")
    match what:
        case "pause":
            await alerts.pause(bin.id, alert_id)
        case "resume":
            await alerts.resume(bin.id, alert_id)
        case "delete":
            await alerts.drop(bin.id, alert_id)
        case "test":
            return await _history(request, bin, await alerts.test(bin.id, alert_id))
        case _:
            raise NotFound(f"There is no action {what[:40]}.")
    return _to(request, f"/bins/{bin.id}/alerts?done={what}")


async def _history(request: web.Request, bin: Bin, tested: StoredNotice | None) -> web.Response:
    alerts, alert_id = request.app[keys.ALERTS], request.match_info["id"]
    stored = alerts.get(bin.id, alert_id)
    notices = await alerts.history(bin.id, alert_id, limit=MOST_NOTICES)
    page = AlertHistoryPage(bin=bin, stored=stored, notices=notices, tested=tested)
    return render(request, "alerts/history.html", page)


async def _page(
    request: web.Request, bin: Bin, *, form: AlertForm | None, edited: str, done: str = "",
    problems: Mapping[str, str] | None = None, problem: str | None = None, status: int = 200,
) -> web.Response:  # fmt: skip
    alerts = request.app[keys.ALERTS]
    cards = []
    for stored in alerts.of(bin.id):
        last = await alerts.history(bin.id, stored.id, limit=1)
        secret = alerts.secret_of(bin.id, stored.id)
        cards.append(AlertCard(stored=stored, last=last[0] if last else None, secret=secret))
    page = AlertsPage(
        bin=bin, cards=cards, saved=await request.app[keys.STORE].list_filters(bin.id), has_mail=alerts.has_mail,
        form=form, edited=edited, done=done, problems=problems or {}, problem=problem,
    )  # fmt: skip
    return render(request, "alerts/index.html", page, status=status)


async def _bin_of(request: web.Request) -> Bin:
    return await request.app[keys.STORE].get_bin(request.match_info["bin"])


def _to(request: web.Request, path: str) -> web.Response:
    return web.Response(status=303, headers={"Location": server_address(request).base + path})
