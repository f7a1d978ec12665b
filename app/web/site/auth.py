"""Who makes a request: a bearer token for programs, a session cookie for browsers, or a header of a trusted proxy."""

from urllib.parse import urlsplit

from aiohttp import web

from ... import clock, keys
from ...domain.access import Caller, CallerKind, role_of
from ...errors import Ended
from .hosts import parse_host
from .urls import is_trusted, server_address

RECHECK_S = 60.0
SHARED_RECHECK_S = 15.0
"""In a shared store, if the notice of another server is lost."""
# The part of the path that is the secret of a share.
SHARE_PART = "share"


def cookie_name(request: web.Request) -> str:
    """The cookie's name has the port, because browsers share cookies between ports. By https it has the prefix that
    prevents other hosts of the domain from setting it; that prefix requires the path `/`, so not under a base path."""
    server = server_address(request)
    host = parse_host(server.host)
    prefix = "__Host-" if is_https(request) and not server.base else ""
    return f"{prefix}smsbin" if host is None or not host.port else f"{prefix}smsbin-{host.port}"


def is_https(request: web.Request) -> bool:
    """Behind an untrusted proxy too: the configured public URL says that browsers use https."""
    server = server_address(request)
    parts = urlsplit(request.app[keys.SETTINGS].public_url or "")
    return server.scheme == "https" or (parts.scheme == "https" and parts.netloc.lower() == server.host)


async def find_caller(request: web.Request) -> Caller | None:
    """Who makes this request; None: not authenticated. With a wrong bearer a valid cookie does not count. A proxy that
    names the user may send a bearer of its own. In the address of a share only its secret counts, and it counts nowhere
    else. Raises Ended when the share has ended."""
    if is_of_share(request):
        return await request.app[keys.SHARES].caller_of(request.match_info[SHARE_PART])
    access = request.app[keys.ACCESS]
    token = _bearer(request)
    caller = None
    if token is not None:
        caller = await access.caller_of_token(token)
    elif "Authorization" not in request.headers and (cookie := request.cookies.get(cookie_name(request))):
        caller = await access.caller_of_session(cookie)
    return caller or _caller_of_proxy(request)


def offers_secret(request: web.Request) -> bool:
    """Whether the request has a bearer token, or the secret of a share, right or wrong."""
    return is_of_share(request) or _bearer(request) is not None


def is_of_share(request: web.Request) -> bool:
    """Whether the address is that of a share."""
    return SHARE_PART in request.match_info


def named_by_proxy(request: web.Request) -> str | None:
    """The address that a trusted proxy says the user has. With several such headers, none counts."""
    settings = request.app[keys.SETTINGS]
    if settings.auth_header is None or not is_trusted(settings, request.remote or ""):
        return None
    given = request.headers.getall(settings.auth_header, [])
    return given[0].strip().lower() or None if len(given) == 1 else None


class SessionCheck:
    """For a call that takes long: whether its request would still be authenticated. It is checked again when any
    session, token or share has ended, when its own credential expires, and every `RECHECK_S` or `SHARED_RECHECK_S`."""

    def __init__(self, request: web.Request) -> None:
        self._request = request
        # Different from any count, so that the first check is not skipped: the session may have ended since the request
        # was authenticated.
        self._ended = -1
        self._checked_at = clock.ticks()
        self._until = request[keys.CALLER].until
        self._every_s = SHARED_RECHECK_S if request.app[keys.STORE].is_shared else RECHECK_S

    async def has_ended(self) -> bool:
        """Whether the request would not be authenticated any more."""
        ended = self._request.app[keys.ACCESS].ended + self._request.app[keys.SHARES].ended
        is_recent = ended == self._ended and clock.ticks() - self._checked_at <= self._every_s
        if is_recent and (self._until is None or clock.now() < self._until):
            return False
        self._ended, self._checked_at = ended, clock.ticks()
        try:
            return await find_caller(self._request) is None
        except Ended:
            return True

    def at_most_s(self, seconds: float) -> float:
        """This time, or the shorter one until the credential expires: wait no longer before the next check."""
        seconds = min(seconds, self._every_s)
        return seconds if self._until is None else max(0.0, min(seconds, (self._until - clock.now()).total_seconds()))


def _bearer(request: web.Request) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _caller_of_proxy(request: web.Request) -> Caller | None:
    address = named_by_proxy(request)
    role = None if address is None else role_of(address, request.app[keys.SETTINGS].auth_roles)
    return None if address is None or role is None else Caller(name=address, role=role, kind=CallerKind.PROXY)
