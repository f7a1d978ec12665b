"""The section *Shares* of a bin's settings: the shares that have not ended, and a form that makes one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from ... import keys
from ...domain.bins import Bin
from ...domain.shares import MAX_SHARE_TIME, Share, SharedPart
from ...errors import Invalid
from ..site.convert import convert
from ..site.forms import read_form
from ..site.templates import render
from ..site.urls import server_address
from .inputs import ShareInput
from .links import make_share

# What the form can be for, besides the whole bin, as the buttons "Share" name it.
CHOSEN = ("q", "n", "provider", "message_id", "first", "second")
OWN_TIME = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareRow:
    """A share, and what it is for in words."""

    share: Share
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SharesPage:
    """The shares, and the form with its problems. `chosen` is what a new one will be for, and `title` the same in
    words. `made` is the link of a new share, which is shown once."""

    bin: Bin
    shares: Sequence[ShareRow]
    chosen: Mapping[str, str]
    title: str
    most_days: int = MAX_SHARE_TIME.days
    form: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    made: str = ""
    made_title: str = ""
    revoked: bool = False


async def index(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/shares: with the parameters of `CHOSEN` the form is for one thing."""
    return await _page(request, request.query, revoked="revoked" in request.query)


async def create(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/shares: the response shows the link, which no other page does."""
    form = await read_form(request)
    time = form.get("own_time", "").strip() if form.get("expires_in") == OWN_TIME else form.get("expires_in")
    raw = {"expires_in": time or None, "mask": "mask" in form, **_raw_part(form)}
    try:
        share, url = await make_share(request, request.match_info["bin"], convert(raw, ShareInput))
    except Invalid as error:
        return await _page(request, form, form=form, problems=dict(error.problems), status=422)
    return await _page(request, {}, made=url, made_title=title_of(share.part))


async def revoke(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/shares/{id}/revoke"""
    bin_id = request.match_info["bin"]
    await request.app[keys.SHARES].revoke(bin_id, request.match_info["id"])
    where = f"{server_address(request).base}/bins/{bin_id}/shares?revoked"
    return web.Response(status=303, headers={"Location": where})


def title_of(part: SharedPart | None) -> str:
    """What a share is for, in words."""
    if part is None or part == SharedPart():
        return "All requests"
    if part.q is not None:
        return f"Requests that match {part.q}"
    if part.n is not None:
        return f"Request #{part.n}"
    if part.message is not None:
        return f"Message {part.message.message_id}"
    assert part.comparison is not None, "the last of them"
    also = "" if part.comparison.m is None else f" and #{part.comparison.m}"
    return f"Comparison of #{part.comparison.n}{also}"


def _raw_part(form: Mapping[str, str]) -> dict[str, object]:
    """The fields of the input with what the share is for."""
    raw: dict[str, object] = {}
    if form.get("q", "").strip():
        raw["q"] = form["q"]
    if "n" in form:
        raw["n"] = _number(form["n"])
    if "message_id" in form:
        raw["message"] = {"provider": form.get("provider", ""), "message_id": form["message_id"]}
    if "first" in form:
        second = {"m": _number(form["second"])} if "second" in form else {}
        raw["comparison"] = {"n": _number(form["first"]), **second}
    return raw


def _number(text: str) -> object:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else text


async def _page(request: web.Request, given: Mapping[str, str], *, status: int = 200, **more: Any) -> web.Response:
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    chosen = {name: given[name] for name in CHOSEN if given.get(name, "").strip()}
    await request.app[keys.SHARES].refresh(bin.id)
    page = SharesPage(
        bin=bin,
        shares=[ShareRow(share=share, title=title_of(share.part)) for share in request.app[keys.SHARES].of_bin(bin.id)],
        chosen=chosen,
        title=_chosen_title(chosen),
        **more,
    )
    return render(request, "shares/index.html", page, status=status)


def _chosen_title(chosen: Mapping[str, str]) -> str:
    try:
        return title_of(convert({"expires_in": "1d", **_raw_part(chosen)}, ShareInput).part)
    except Invalid:
        return "Something that cannot be shared"
