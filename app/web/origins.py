"""Where a request says it comes from: Host against DNS rebinding, Origin and Sec-Fetch-Site against other sites.

Only what changes something is asked for its origin, and WebSockets, which browsers let any page open.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web

from ..errors import Forbidden
from ..settings import Settings
from .urls import Place

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def check_host(settings: Settings, place: Place, raw_path: str) -> None:
    """Forbidden for a Host that nobody configured: it may be another site's name that resolves to us."""
    if not raw_path.startswith("/"):
        raise Forbidden("Pages and API take a plain path as request target.")
    name = host_name(place.host)
    public = urlsplit(settings.public_url or "").hostname
    if name == "localhost" or name == public or name in settings.allowed_hosts or _is_address(name):
        return
    raise Forbidden(
        "This host name is not known here. Add it to SMSBIN_ALLOWED_HOSTS, or set SMSBIN_PUBLIC_URL to the address"
        " that you use."
    )


def host_name(host: str) -> str:
    """The name in a Host header, without port and brackets, in lower case."""
    if host.startswith("["):
        name, closing, _ = host[1:].partition("]")
        return name.lower() if closing else host
    return host.partition(":")[0].rstrip(".").lower()


def is_foreign(request: web.Request, settings: Settings, place: Place) -> bool:
    """A request that could do something, and that says it comes from another site."""
    if not _matters(request):
        return False
    site = request.headers.get("Sec-Fetch-Site")
    if site not in (None, "same-origin", "none"):
        return True
    origin = request.headers.get("Origin")
    if origin == "null":
        # What a browser sends for a form on a page with `Referrer-Policy: no-referrer`, as ours are; it vouches for it
        # in the other header.
        return site != "same-origin"
    return origin is not None and origin.lower() not in _own(settings, place)


def is_ours_for_sure(request: web.Request, settings: Settings, place: Place) -> bool:
    """A request that could do something, and that a browser vouches for."""
    if not _matters(request):
        return True
    if request.headers.get("Sec-Fetch-Site") == "same-origin":
        return True
    return request.headers.get("Origin", "").lower() in _own(settings, place)


def _matters(request: web.Request) -> bool:
    upgrade = request.headers.get("Upgrade", "").lower() == "websocket"
    return upgrade or request.method not in _SAFE_METHODS


def _own(settings: Settings, place: Place) -> set[str]:
    own = {place.origin}
    if settings.public_url:
        parts = urlsplit(settings.public_url)
        own.add(f"{parts.scheme}://{parts.netloc}".lower())
    return own


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
