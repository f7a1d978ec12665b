"""Signing in and out: by form or link, with a session cookie; bearer tokens for programs."""

from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from aiohttp import web

from ... import clock, keys
from ...domain.access import Caller
from ...errors import StoreUnavailable
from ...services.access import HARD
from .bins import visible_bins
from .forms import read_form
from .hosts import parse_host
from .templates import render
from .urls import server_address

SIGN_IN_BYTES = 16 << 10
RECHECK_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInPage:
    """`next` is the path to go to afterwards."""

    next: str
    problem: str | None = None


def cookie_name(request: web.Request) -> str:
    """The cookie's name has the port, because browsers share cookies between ports. By https it has the prefix that
    prevents other hosts of the domain from setting it; that prefix requires the path `/`, so not under a base path."""
    server = server_address(request)
    host = parse_host(server.host)
    prefix = "__Host-" if _is_https(request) and not server.base else ""
    return f"{prefix}smsbin" if host is None or not host.port else f"{prefix}smsbin-{host.port}"


async def find_caller(request: web.Request) -> Caller | None:
    """Who makes this request; None: not authenticated. With a wrong bearer a valid cookie does not count."""
    access = request.app[keys.ACCESS]
    header = request.headers.get("Authorization")
    if header is not None:
        scheme, _, token = header.partition(" ")
        return access.caller_of_token(token.strip()) if scheme.lower() == "bearer" else None
    cookie = request.cookies.get(cookie_name(request))
    return await access.caller_of_session(cookie) if cookie else None


class SessionCheck:
    """For a call that takes long: whether its request would still be authenticated. It is checked again when any
    session has ended, and every `RECHECK_S`, because sessions expire."""

    def __init__(self, request: web.Request) -> None:
        self._request = request
        # Different from any count, so that the first check is not skipped: the session may have ended since the request
        # was authenticated.
        self._ended = -1
        self._checked_at = clock.ticks()

    async def has_ended(self) -> bool:
        """Whether the request would not be authenticated any more."""
        ended = self._request.app[keys.ACCESS].ended
        if ended == self._ended and clock.ticks() - self._checked_at <= RECHECK_S:
            return False
        self._ended, self._checked_at = ended, clock.ticks()
        return await find_caller(self._request) is None


def redirect_to_sign_in(request: web.Request) -> web.StreamResponse:
    """Redirect to the sign-in page, which leads back afterwards."""
    base = server_address(request).base
    wanted = f"?next={quote(request.path_qs, safe='/')}" if request.method == "GET" and request.path_qs != "/" else ""
    return _to(f"{base}/sign-in{wanted}")


async def form(request: web.Request) -> web.StreamResponse:
    """The sign-in page; with `?token=` (the link of the first start) it signs in at once."""
    after = _safe_next(request, request.query.get("next", ""))
    if "token" not in request.query:
        return _to(after) if keys.CALLER in request else render(request, "site/sign-in.html", SignInPage(next=after))
    return await _sign_in(request, request.query["token"], after)


async def sign_in(request: web.Request) -> web.StreamResponse:
    """POST /sign-in"""
    # Without authentication, so the limit is small: a token and a path.
    fields = await read_form(request, size=SIGN_IN_BYTES)
    after = _safe_next(request, fields.get("next", ""))
    return await _sign_in(request, fields.get("token", "").strip(), after)


async def sign_out(request: web.Request) -> web.StreamResponse:
    """POST /sign-out: end the session on the server and in the browser."""
    name = cookie_name(request)
    await request.app[keys.ACCESS].sign_out(request.cookies.get(name, ""))
    # Its live views must end now, not at the next change of their bins.
    request.app[keys.HUB].notify_all()
    response = _to(server_address(request).base + "/sign-in")
    response.del_cookie(name, path=server_address(request).base or "/", secure=_is_https(request))
    return response


async def _sign_in(request: web.Request, token: str, after: str) -> web.StreamResponse:
    access = request.app[keys.ACCESS]
    caller = access.caller_of_token(token)
    if caller is None:
        page = SignInPage(next=after, problem="This is not the access token of this server.")
        return render(request, "site/sign-in.html", page, status=401)
    request[keys.CALLER] = caller
    server = server_address(request)
    response = _to(await _landing(request, after))
    response.set_cookie(
        cookie_name(request),
        await access.sign_in(),
        max_age=int(HARD.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=_is_https(request),
        path=server.base or "/",
    )
    return response


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


def _is_https(request: web.Request) -> bool:
    """Behind an untrusted proxy too: the configured public URL says that browsers use https."""
    server = server_address(request)
    parts = urlsplit(request.app[keys.SETTINGS].public_url or "")
    return server.scheme == "https" or (parts.scheme == "https" and parts.netloc.lower() == server.host)
