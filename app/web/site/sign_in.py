"""Signing in and out with a session cookie: by the form, or by the code of the sign-in link."""

from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import quote

from aiohttp import web

from ... import keys
from ...errors import StoreUnavailable
from ...services.access import HARD
from .auth import cookie_name, is_https, named_by_proxy
from .bins import visible_bins
from .forms import read_form
from .templates import render
from .urls import server_address

SIGN_IN_BYTES = 16 << 10
_WRONG = "This is not a valid token of this server."
_USED_UP = "This link was used already, or is older than 10 minutes. Enter a token instead."


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInPage:
    """`next` is the path to go to afterwards. `known_as`: a proxy names the user, and no role is set for them."""

    next: str
    problem: str | None = None
    known_as: str | None = None


def redirect_to_sign_in(request: web.Request) -> web.StreamResponse:
    """Redirect to the sign-in page, which leads back afterwards."""
    base = server_address(request).base
    wanted = f"?next={quote(request.path_qs, safe='/')}" if request.method == "GET" and request.path_qs != "/" else ""
    return _to(f"{base}/sign-in{wanted}")


async def form(request: web.Request) -> web.StreamResponse:
    """The sign-in page. The code of the sign-in link is behind `#`, where only the page's script sees it."""
    after = _safe_next(request, request.query.get("next", ""))
    return _to(after) if keys.CALLER in request else _form(request, after)


async def sign_in(request: web.Request) -> web.StreamResponse:
    """POST /sign-in: a token, or a code."""
    # Without authentication, so the limit is small: a token and a path.
    fields = await read_form(request, size=SIGN_IN_BYTES)
    after = _safe_next(request, fields.get("next", ""))
    access = request.app[keys.ACCESS]
    code, token = fields.get("code", ""), fields.get("token", "").strip()
    if code:
        caller = access.first_caller if access.codes.take(code) else None
    else:
        caller = await access.caller_of_token(token)
    if caller is None:
        await request.app[keys.FAILED_SIGN_INS].slow_down(server_address(request).peer)
        return _form(request, after, problem=_USED_UP if code else _WRONG, status=401)
    request[keys.CALLER] = caller
    server = server_address(request)
    agent = request.headers.get("User-Agent", "")
    response = _to(await _landing(request, after))
    response.set_cookie(
        cookie_name(request),
        await access.sign_in(None if code else token, agent=agent, peer=server.peer),
        max_age=int(HARD.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=is_https(request),
        path=server.base or "/",
    )
    return response


async def sign_out(request: web.Request) -> web.StreamResponse:
    """POST /sign-out: end the session on the server and in the browser."""
    name = cookie_name(request)
    await request.app[keys.ACCESS].sign_out(request.cookies.get(name, ""))
    response = _to(server_address(request).base + "/sign-in")
    response.del_cookie(name, path=server_address(request).base or "/", secure=is_https(request))
    return response


def _form(request: web.Request, after: str, *, problem: str | None = None, status: int = 200) -> web.StreamResponse:
    known_as = None if keys.CALLER in request else named_by_proxy(request)
    page = SignInPage(next=after, problem=problem, known_as=known_as)
    return render(request, "site/sign-in.html", page, status=status)


async def _landing(request: web.Request, after: str) -> str:
    """The path `after`; instead of home the only bin while it is empty, because the first steps are shown there."""
    home = f"{server_address(request).base}/"
    with suppress(StoreUnavailable):
        bins = await visible_bins(request, limit=2) if after == home else ()
        if len(bins) == 1 and not bins[0].captures:
            return f"{home}bins/{bins[0].id}"
    return after


def _safe_next(request: web.Request, wanted: str) -> str:
    """The path if it is one on this server, else the home page."""
    base = server_address(request).base
    inside = wanted.startswith(base + "/") and not wanted.startswith(("//", "/\\"))
    return wanted if inside and wanted.isprintable() else f"{base}/"


def _to(address: str) -> web.Response:
    return web.Response(status=303, headers={"Location": address})
