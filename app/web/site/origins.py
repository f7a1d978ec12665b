"""Checks of where a request comes from: Host against DNS rebinding, Origin and Sec-Fetch-Site against other sites.

Only requests that change something are checked, and WebSockets, which browsers let any page open.
"""

from urllib.parse import urlsplit

from aiohttp import web

from ...errors import BadHost, Forbidden
from ...settings import Settings
from .hosts import parse_host
from .urls import ServerAddress

# Browsers take these to this machine, whatever DNS says. Cookies of the second go to no other program on it.
LOOPBACK_NAMES = ("localhost", "smsbin.localhost")
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def check_host(settings: Settings, server: ServerAddress, raw_path: str) -> None:
    """Forbidden: a Host that is not configured may be another site's name that resolves to this server. BadHost."""
    if not raw_path.startswith("/"):
        raise Forbidden("The request target must be a path.")
    host = parse_host(server.host)
    if host is None:
        raise BadHost("The Host header is missing or invalid.")
    public = urlsplit(settings.public_url or "").hostname
    if host.name in (*LOOPBACK_NAMES, public) or host.name in settings.allowed_hosts or host.is_address:
        return
    raise Forbidden(
        "Unknown host name. Add it to SMSBIN_ALLOWED_HOSTS, or set SMSBIN_PUBLIC_URL to the URL that you use."
    )


def is_foreign(request: web.Request, settings: Settings, server: ServerAddress) -> bool:
    """Whether a request that could change something says that it comes from another site."""
    if not _matters(request):
        return False
    site = request.headers.get("Sec-Fetch-Site")
    if site not in (None, "same-origin", "none"):
        return True
    origin = request.headers.get("Origin")
    if origin == "null":
        # Browsers send this for a form on a page with `Referrer-Policy: no-referrer`, such as ours; Sec-Fetch-Site then
        # says whether the page is of the same origin.
        return site != "same-origin"
    return origin is not None and origin.lower() not in _own(settings, server)


def is_ours_for_sure(request: web.Request, settings: Settings, server: ServerAddress) -> bool:
    """Whether a browser says that a request which could change something comes from this server."""
    if not _matters(request):
        return True
    if request.headers.get("Sec-Fetch-Site") == "same-origin":
        return True
    return request.headers.get("Origin", "").lower() in _own(settings, server)


def _matters(request: web.Request) -> bool:
    upgrade = request.headers.get("Upgrade", "").lower() == "websocket"
    return upgrade or request.method not in _SAFE_METHODS


def _own(settings: Settings, server: ServerAddress) -> set[str]:
    own = {server.origin}
    if settings.public_url:
        parts = urlsplit(settings.public_url)
        own.add(f"{parts.scheme}://{parts.netloc}".lower())
    return own
