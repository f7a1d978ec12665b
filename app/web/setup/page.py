"""The page that says how to set up a bin, and how far it is. It is also the page of a bin before its first request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from ... import keys
from ...domain.bins import Bin
from ...domain.roles import Role
from ...providers.sheet import Sheet
from ..site.templates import render, site_of, urls_of
from ..site.urls import page_url
from ..words.portals import chosen_sheet, sheets
from .qr import QrCode, qr_code
from .reach import Reach, find_reach
from .steps import Checklist, checklist

# The newest drills, among which one that a message met is searched.
DRILLS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupPage:
    """`sheet` is the provider whose portal fields are shown, `sheets` are all of them. `waiting`: the bin has no
    request yet, and this is its page. `codes` are QR codes by the address that they hold."""

    bin: Bin
    urls: Mapping[Role, str]
    sheets: Sequence[Sheet]
    sheet: Sheet
    waiting: bool
    reach: Reach
    steps: Checklist
    address: str
    codes: Mapping[str, QrCode]


async def show(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/setup: the page, or for the script the parts of it that change by themselves."""
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    is_part = request.headers.get("X-Partial") == "parts"
    return await show_setup(request, bin, "setup/_parts.html" if is_part else "setup/index.html")


async def show_setup(
    request: web.Request, bin: Bin, template: str = "setup/index.html", *, waiting: bool = False
) -> web.Response:
    """The page of a bin, for its own address or instead of an empty list."""
    store, root = request.app[keys.STORE], site_of(request).root
    reach = await find_reach(store, bin)
    urls, address = urls_of(root, bin), page_url(root, bin)
    codes = {text: qr_code(text) for text in (address, urls[Role.PRIMARY])}
    page = SetupPage(
        bin=bin,
        urls=urls,
        sheets=sheets(),
        sheet=chosen_sheet(bin, request.query.get("provider")),
        waiting=waiting,
        reach=reach,
        steps=checklist(reach, await store.list_drills(bin.id, limit=DRILLS)),
        address=address,
        codes={text: code for text, code in codes.items() if code is not None},
    )
    return render(request, template, page)
