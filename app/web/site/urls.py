"""URLs of this server, from the address under which the client sees it.

That address is the configured public URL, else X-Forwarded-* of a trusted proxy, else from the request itself.
"""

import re
from dataclasses import dataclass
from ipaddress import ip_address

from aiohttp import web
from multidict import CIMultiDictProxy

from ... import keys
from ...domain.bins import Bin
from ...domain.roles import Role
from ...settings import Settings


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """The address of this server as the client of a request sees it. `root` has no trailing slash; `base` is its path;
    `peer` is the client's own address."""

    scheme: str
    host: str
    base: str
    peer: str

    @property
    def origin(self) -> str:
        """The `Origin` that a browser sends for pages of this server."""
        return f"{self.scheme}://{self.host}"

    @property
    def root(self) -> str:
        """The prefix of all absolute URLs."""
        return self.origin + self.base


FORWARDING = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Prefix", "Forwarded")
_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)*")
_SERVER = web.RequestKey("SERVER", ServerAddress)


def server_address(request: web.Request) -> ServerAddress:
    """The server's address for this request, trusted proxies considered; computed once a request."""
    if _SERVER in request:
        return request[_SERVER]
    settings = request.app[keys.SETTINGS]
    server = find_server_address(settings, request.remote or "unknown", request.headers, request.scheme)
    request[_SERVER] = server
    return server


def capture_url(root: str, key: str, role: Role) -> str:
    """The capture URL of a role; the primary one has no suffix."""
    return f"{root}/{key}" if role is Role.PRIMARY else f"{root}/{key}/{role.value}"


def public_root(settings: Settings, server: ServerAddress) -> str:
    """The root of capture URLs."""
    return fixed_root(settings) or server.root


def fixed_root(settings: Settings) -> str | None:
    """The root of all URLs as the operator has set it; None: it depends on the request."""
    if not settings.public_url:
        return None
    # The public URL should include the base path; it is added when it is missing.
    complete = settings.public_url.endswith(settings.base_path)
    return settings.public_url if complete else settings.public_url + settings.base_path


def page_url(root: str, bin: Bin) -> str:
    """The permalink of a bin."""
    return f"{root}/bins/{bin.id}"


def peer_of(settings: Settings, direct: str, forwarded_for: str | None) -> str:
    """The client's address: the first untrusted hop of X-Forwarded-For from the right, or the direct peer."""
    if ":" in direct:
        direct = _address(direct) or direct
    if not forwarded_for or not is_trusted(settings, direct):
        return direct
    peer = direct
    for hop in reversed([item.strip() for item in forwarded_for.split(",")]):
        address = _address(hop)
        if address is None:
            break
        peer = address
        if not is_trusted(settings, peer):
            break
    return peer


def find_server_address(settings: Settings, direct: str, headers: CIMultiDictProxy[str], scheme: str) -> ServerAddress:
    """The server's address for a request with these headers. `direct` is the address of the peer of its connection."""
    host = headers.get("Host", "")
    base = settings.base_path
    peer = peer_of(settings, direct, ", ".join(headers.getall("X-Forwarded-For", [])))
    if is_trusted(settings, direct):
        scheme = _last(headers.get("X-Forwarded-Proto")) or scheme
        host = _last(headers.get("X-Forwarded-Host")) or host
        base = _prefix(headers.get("X-Forwarded-Prefix")) + base
    return ServerAddress(scheme if scheme in ("http", "https") else "http", host.lower(), base, peer)


def _last(value: str | None) -> str | None:
    return value.rsplit(",", 1)[-1].strip() or None if value else None


def _prefix(value: str | None) -> str:
    """A valid path, or empty: many proxies pass the client's own header on, and `//` would name another host."""
    prefix = (_last(value) or "").rstrip("/")
    return prefix if _PREFIX.fullmatch(prefix) else ""


def _address(text: str) -> str | None:
    text = text.strip('"')
    if text.startswith("["):
        text = text[1:].split("]", 1)[0]
    elif text.count(":") == 1:
        text = text.split(":", 1)[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    # A dual-stack socket reports IPv4 peers as IPv4-mapped IPv6 addresses.
    return str(getattr(address, "ipv4_mapped", None) or address)


def is_trusted(settings: Settings, peer: str) -> bool:
    """Whether forwarding headers from this peer count."""
    if not settings.trusted_proxies:
        return False
    text = _address(peer)
    if text is None:
        return False
    address = ip_address(text)
    return any(address in network for network in settings.trusted_proxies)


def root_of(request: web.Request) -> str:
    """The root of the capture URLs in the response to this request."""
    return public_root(request.app[keys.SETTINGS], server_address(request))
