"""Every absolute or page-relative address is made here, from one answer to "where does the browser think we are?".

Order of belief: the operator's public URL, then X-Forwarded-* from a trusted proxy, then the request itself.
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
    """Where a request came in, as its sender sees it. `root` has no slash at its end; `base` is its path part."""

    scheme: str
    host: str
    base: str
    peer: str

    @property
    def origin(self) -> str:
        """What a browser sends as `Origin` for our own pages."""
        return f"{self.scheme}://{self.host}"

    @property
    def root(self) -> str:
        """Prefix of every address that we show."""
        return self.origin + self.base


FORWARDING = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Prefix", "Forwarded")
_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)*")
_SERVER = web.RequestKey("SERVER", ServerAddress)


def server_address(request: web.Request) -> ServerAddress:
    """Where this request came in, proxies taken into account; worked out once a request."""
    if _SERVER in request:
        return request[_SERVER]
    settings = request.app[keys.SETTINGS]
    server = find_server_address(settings, request.remote or "unknown", request.headers, request.scheme)
    request[_SERVER] = server
    return server


def capture_url(root: str, key: str, role: Role) -> str:
    """The address to paste for a role; the primary one has no suffix."""
    return f"{root}/{key}" if role is Role.PRIMARY else f"{root}/{key}/{role.value}"


def public_root(settings: Settings, server: ServerAddress) -> str:
    """The root of the addresses that providers get."""
    if not settings.public_url:
        return server.root
    # An operator writes the whole address; where the path under which we serve is missing from it, it is added.
    complete = settings.public_url.endswith(settings.base_path)
    return settings.public_url if complete else settings.public_url + settings.base_path


def page_url(root: str, bin: Bin) -> str:
    """The permalink of a bin."""
    return f"{root}/bins/{bin.id}"


def peer_of(settings: Settings, direct: str, forwarded_for: str | None) -> str:
    """The effective client: from the right, past every trusted hop; the direct peer where nobody is trusted."""
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
    """Where a request with these headers came in. `direct` is the address at the other end of its connection."""
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
    """A path, or nothing: many proxies let a sender's own word pass, and `//` would name another host."""
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
    # On a socket that takes both families, IPv4 senders come in IPv6 clothes.
    return str(getattr(address, "ipv4_mapped", None) or address)


def is_trusted(settings: Settings, peer: str) -> bool:
    """Whether the forwarding headers of whoever connected from there count."""
    if not settings.trusted_proxies:
        return False
    text = _address(peer)
    if text is None:
        return False
    address = ip_address(text)
    return any(address in network for network in settings.trusted_proxies)


def root_of(request: web.Request) -> str:
    """The root of the addresses in this answer."""
    return public_root(request.app[keys.SETTINGS], server_address(request))
