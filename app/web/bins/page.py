"""The settings of a bin: name, provider, retention, key, and deletion."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from ... import keys
from ...domain.bins import Bin
from ...domain.roles import Role
from ...domain.units import format_duration
from ...errors import Invalid
from ...providers import sheet_of
from ...providers.sheet import Sheet
from ...services import bins as service
from ...store import LedgerStatus
from ..site.audit import note_bin
from ..site.bins import visible_bins
from ..site.convert import convert
from ..site.forms import read_form
from ..site.templates import render, site_of, urls_of
from ..site.urls import server_address
from .inputs import BinInput

IN_MENU = 20
RETENTIONS = ("1d", "7d", "30d", "90d", "365d", "0")


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsPage:
    """The settings, and the posted form with its problems. `mapping`: the name of the field mapping of the bin."""

    bin: Bin
    urls: dict[Role, str]
    retention: str
    stuck_after: str
    sheet: Sheet | None
    rereading: LedgerStatus
    mapping: str | None = None
    form: dict[str, str] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    saved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletePage:
    """The confirmation before a bin is deleted."""

    bin: Bin
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuPage:
    """The bins to switch to; `all`: there are no more than these."""

    bins: Sequence[Bin]
    current: str
    all: bool


def raw_of(form: dict[str, str]) -> dict[str, str | None]:
    """A form as the JSON of `BinInput`: an empty name is left out, an empty choice is null."""
    raw: dict[str, str | None] = {name: form[name] or None for name in ("provider", "retention") if name in form}
    return raw | {name: form[name] for name in ("name", "stuck_after") if form.get(name, "").strip()}


async def settings(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/settings"""
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    return await _settings(request, bin, saved="saved" in request.query)


async def save(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/settings"""
    app = request.app
    bin = await app[keys.STORE].get_bin(request.match_info["bin"])
    form = await read_form(request)
    try:
        fields = convert({"name": "", **raw_of(form)}, BinInput).fields()
    except Invalid as error:
        return await _settings(request, bin, form=form, problems=dict(error.problems), status=422)
    changed = await service.change(
        app[keys.STORE],
        app[keys.KEYRING],
        app[keys.HUB],
        bin,
        name=fields["name"],
        provider=fields.get("provider"),
        retention=fields.get("retention"),
        stuck_after=fields.get("stuck_after", bin.stuck_after),
    )
    note_bin(request, changed)
    return _to(request, f"/bins/{bin.id}/settings?saved")


async def rotate_key(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/rotate-key"""
    app = request.app
    bin = await service.rotate_key(app[keys.STORE], app[keys.KEYRING], app[keys.HUB], request.match_info["bin"])
    return _to(request, f"/bins/{bin.id}/settings?saved")


async def reread(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/reread"""
    app = request.app
    await service.reread(app[keys.STORE], app[keys.HUB], request.match_info["bin"])
    return _to(request, f"/bins/{request.match_info['bin']}/settings")


async def others(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/others: the bins to switch to, as an HTML fragment."""
    found = await visible_bins(request, limit=IN_MENU + 1)
    page = MenuPage(bins=found[:IN_MENU], current=request.match_info["bin"], all=len(found) <= IN_MENU)
    return render(request, "bins/_menu.html", page)


async def confirm_delete(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/delete"""
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    return render(request, "bins/delete.html", DeletePage(bin=bin))


async def delete(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/delete: the name must be typed, because this cannot be undone."""
    app = request.app
    bin = await app[keys.STORE].get_bin(request.match_info["bin"])
    typed = (await read_form(request)).get("name", "").strip()
    if typed != bin.name:
        problem = "The name does not match. Nothing was deleted."
        return render(request, "bins/delete.html", DeletePage(bin=bin, problem=problem), status=422)
    await service.delete(
        app[keys.STORE],
        app[keys.KEYRING],
        app[keys.HUB],
        app[keys.ANSWERS],
        app[keys.FAULTS],
        app[keys.MAPPINGS],
        app[keys.FORWARDS],
        app[keys.LISTENERS],
        app[keys.WIRETAPS],
        app[keys.PRIVACY],
        app[keys.ALERTS],
        app[keys.SHARES],
        app[keys.RECONCILING],
        app[keys.SWEEPING],
        bin.id,
    )
    return _to(request, "/")


async def _settings(request: web.Request, bin: Bin, *, status: int = 200, **more: Any) -> web.Response:
    mapping = request.app[keys.MAPPINGS].of(bin.id)
    page = SettingsPage(
        bin=bin,
        mapping=mapping.name if mapping else None,
        urls=urls_of(site_of(request).root, bin),
        stuck_after=format_duration(bin.stuck_after),
        sheet=sheet_of(bin.provider),
        rereading=await request.app[keys.STORE].rereading(bin.id),
        retention="" if bin.retention is None else format_duration(bin.retention),
        **more,
    )
    return render(request, "bins/settings.html", page, status=status)


def _to(request: web.Request, path: str) -> web.Response:
    return web.Response(status=303, headers={"Location": server_address(request).base + path})
