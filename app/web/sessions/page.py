"""The page *Sessions* of the server's settings: the signed-in browsers, each with a button that signs it out."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from ... import keys
from ...services.access import HARD, IDLE, SignedIn
from ..site.templates import render
from ..site.urls import server_address


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsPage:
    """The sessions; `current` is the id of the one that looks at them. `idle_h` and `hard_d` are when they end by
    themselves."""

    sessions: Sequence[SignedIn]
    current: str | None
    idle_h: int
    hard_d: int
    ended: bool


async def index(request: web.Request) -> web.StreamResponse:
    """GET /settings/sessions"""
    page = SessionsPage(
        sessions=await request.app[keys.ACCESS].sessions(),
        current=request[keys.CALLER].session_id,
        idle_h=int(IDLE.total_seconds() // 3_600),
        hard_d=HARD.days,
        ended="ended" in request.query,
    )
    return render(request, "sessions/index.html", page)


async def end(request: web.Request) -> web.StreamResponse:
    """POST /settings/sessions/{id}/end"""
    access = request.app[keys.ACCESS]
    await access.end_session(await access.find_session(request.match_info["id"]))
    return web.Response(status=303, headers={"Location": f"{server_address(request).base}/settings/sessions?ended"})
