"""Signing in and out: a form, a link, a cookie; a bearer for programs."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, urlsplit

from aiohttp import web

from ... import keys
from ...services.access import HARD
from .forms import read_form
from .hosts import parse_host
from .templates import render
from .urls import place_of

SIGN_IN_BYTES = 16 << 10

Credential = Literal["bearer", "cookie"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInPage:
    """`next` is the path to go to afterwards."""

    next: str
    problem: str | None = None


def cookie_name(request: web.Request) -> str:
    """With the port: browsers do not keep cookies of two ports apart. By https with the prefix that keeps other hosts
    of the same domain from setting it; it is for cookies of the whole host, so not under a base path."""
    place = place_of(request)
    host = parse_host(place.host)
    prefix = "__Host-" if _is_https(request) and not place.base else ""
    return f"{prefix}smsbin" if host is None or not host.port else f"{prefix}smsbin-{host.port}"


async def credential_of(request: web.Request) -> Credential | None:
    """How this request proves that it may look; a wrong bearer is not saved by a good cookie."""
    access = request.app[keys.ACCESS]
    header = request.headers.get("Authorization")
    if header is not None:
        scheme, _, token = header.partition(" ")
        return "bearer" if scheme.lower() == "bearer" and access.opens(token.strip()) else None
    cookie = request.cookies.get(cookie_name(request))
    return "cookie" if cookie and await access.knows(cookie) else None


def ask_to_sign_in(request: web.Request) -> web.StreamResponse:
    """To the sign-in page and back again."""
    base = place_of(request).base
    wanted = f"?next={quote(request.path_qs, safe='/')}" if request.method == "GET" and request.path_qs != "/" else ""
    return _to(f"{base}/sign-in{wanted}")


async def form(request: web.Request) -> web.StreamResponse:
    """The sign-in page; with `?token=` (the link of the first start) it signs in at once."""
    after = _safe_next(request, request.query.get("next", ""))
    if "token" not in request.query:
        return _to(after) if request[keys.SIGNED_IN] else render(request, "site/sign-in.html", SignInPage(next=after))
    return await _sign_in(request, request.query["token"], after)


async def sign_in(request: web.Request) -> web.StreamResponse:
    """The form's post."""
    # Open to everybody, so it is no larger than a token and a path.
    fields = await read_form(request, size=SIGN_IN_BYTES)
    after = _safe_next(request, fields.get("next", ""))
    return await _sign_in(request, fields.get("token", "").strip(), after)


async def sign_out(request: web.Request) -> web.StreamResponse:
    """Forget the session, here and in the browser."""
    name = cookie_name(request)
    await request.app[keys.ACCESS].sign_out(request.cookies.get(name, ""))
    # Its open live views end now, and not when something happens in their bins.
    request.app[keys.HUB].notify_all()
    response = _to(place_of(request).base + "/sign-in")
    response.del_cookie(name, path=place_of(request).base or "/", secure=_is_https(request))
    return response


async def _sign_in(request: web.Request, token: str, after: str) -> web.StreamResponse:
    access = request.app[keys.ACCESS]
    if not access.opens(token):
        page = SignInPage(next=after, problem="This is not the access token of this server.")
        return render(request, "site/sign-in.html", page, status=401)
    place = place_of(request)
    response = _to(after)
    response.set_cookie(
        cookie_name(request),
        await access.sign_in(),
        max_age=int(HARD.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=_is_https(request),
        path=place.base or "/",
    )
    return response


def _safe_next(request: web.Request, wanted: str) -> str:
    """A path of ours, or home: never another site."""
    base = place_of(request).base
    inside = wanted.startswith(base + "/") and not wanted.startswith(("//", "/\\"))
    return wanted if inside and wanted.isprintable() else f"{base}/"


def _to(address: str) -> web.Response:
    return web.Response(status=303, headers={"Location": address})


def _is_https(request: web.Request) -> bool:
    """Behind a proxy that nobody declared trusted, our own public address still says that browsers come by https."""
    place = place_of(request)
    parts = urlsplit(request.app[keys.SETTINGS].public_url or "")
    return place.scheme == "https" or (parts.scheme == "https" and parts.netloc.lower() == place.host)
