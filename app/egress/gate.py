"""Checks the target of requests that a user sends from the page to an address of their choice.

It checks the numeric address that a socket is about to connect to, after the name was resolved. So other spellings,
names that change their address, and embedded addresses cannot bypass it. Addresses that are not on the public
internet are forbidden unless the operator allows them (`--allow-targets`).
"""

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from ..errors import Invalid

AT_ONCE = 8
BLOCKED = "blocked: private address"

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# Networks that `is_global` accepts, or that embed an IPv4 address: RFC 6890 and its successors, and the metadata
# addresses of cloud providers.
_CLOSED = tuple(
    ip_network(text)
    for text in (
        "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
        "100.64.0.0/10", "::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16", "100::/64", "3fff::/20", "5f00::/16",
        "fec0::/10", "fc00::/7", "fe80::/10", "ff00::/8",
    )
)  # fmt: skip
_NAT64 = ip_network("64:ff9b::/96")
# Ports of other protocols, where a request line could be a command.
_CLOSED_PORTS = frozenset({22, 23, 25, 53, 110, 143, 389, 465, 514, 587, 636, 993, 995, 3306, 5432, 6379, 11211, 27017})


class ForbiddenTarget(OSError):
    """Nothing may be sent to this address."""


# The host that the running task sends to. A socket is created with an address only, and anyone can make a name that
# resolves to it; so an allowed host name must not allow its address for other names.
_host: ContextVar[str] = ContextVar("host", default="")


def guarded(allowed: Sequence[Network | str]) -> aiohttp.BaseConnector:
    """A connector that checks addresses. `allowed`: private networks, and host names whose requests are sent inside
    `sending_to`."""

    def guard(addr_info: Any) -> socket.socket:
        family, kind, protocol, _, address = addr_info
        if is_closed(_host.get(), str(address[0]), allowed):
            raise ForbiddenTarget(f"{address[0]} is not on the public internet")
        return socket.socket(family, kind, protocol)

    return aiohttp.TCPConnector(
        limit=AT_ONCE, force_close=True, use_dns_cache=False, resolver=aiohttp.ThreadedResolver(), socket_factory=guard
    )


@contextmanager
def sending_to(host: str) -> Iterator[None]:
    """Set the host name for connections that are made in the block."""
    before = _host.set(host)
    try:
        yield
    finally:
        _host.reset(before)


def is_open(address: Address, networks: Sequence[Network] = ()) -> bool:
    """Whether something may be sent to this address."""
    if isinstance(address, IPv6Address):
        inside = address.ipv4_mapped
        if inside is None and address in _NAT64:
            inside = IPv4Address(int(address) & 0xFFFFFFFF)
        if inside is not None:
            return is_open(inside, networks)
    if any(address in network for network in networks if network.version == address.version):
        return True
    return address.is_global and not any(
        address in network for network in _CLOSED if network.version == address.version
    )


def is_closed(host: str, address: str, allowed: Sequence[Network | str]) -> bool:
    """Whether nothing may be sent to this numeric address of `host`."""
    if host.lower() in allowed:
        return False
    networks = [network for network in allowed if not isinstance(network, str)]
    return not is_open(ip_address(address.partition("%")[0]), networks)


def check_open(field: str, url: str, allowed: Sequence[Network | str], otherwise: str = "") -> None:
    """Raises Invalid with the field if the host of a checked URL is `localhost` or a numeric address, in any spelling,
    to which nothing may be sent. Other names are only known when something is sent, because they change. `otherwise`:
    what the user can do if the operator allows nothing."""
    host = urlsplit(url).hostname or ""
    addresses = _known_addresses(host)
    if addresses and all(is_closed(host, address, allowed) for address in addresses):
        cure = f"start smsbin with --allow-targets {host}" + (otherwise and f", or {otherwise}")
        raise Invalid((field, f"is blocked, because {host} is a private address; {cure}"))


def _known_addresses(host: str) -> Sequence[str]:
    """The addresses of a host that needs no DNS."""
    if host == "localhost":
        return ("127.0.0.1", "::1")
    try:
        found = socket.getaddrinfo(host.encode("ascii"), None, flags=socket.AI_NUMERICHOST)
    except socket.gaierror:
        return ()
    return [str(address[0]) for *_, address in found]


def check_target(field: str, url: str) -> str:
    """The URL without its fragment. Raises Invalid with the field if it can never be sent to."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Invalid((field, "is not a URL; write https://example.net/sms")) from None
    if parts.scheme not in ("http", "https") or not parts.hostname or not url.isascii() or not url.isprintable():
        raise Invalid((field, "must be an http or https address such as https://example.net/sms"))
    if " " in url or len(url) > 2_000:
        raise Invalid((field, "must have at most 2,000 characters and no spaces"))
    if parts.username is not None or parts.password is not None:
        raise Invalid((field, "must not contain a password"))
    if port is not None and (port in _CLOSED_PORTS or not (port in (80, 443) or port >= 1024)):
        raise Invalid((field, f"has port {port}, which is not allowed"))
    return url.partition("#")[0]
