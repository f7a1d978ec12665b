"""The one gate for requests that a person sends from the page to an address of their own.

It decides on the numeric address that a socket is about to connect to, after the name was looked up: so spellings,
names that change their address, and addresses inside of addresses cannot get round it. What is not on the public
internet is closed, unless the operator opened it (`--allow-targets`).
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

# What `is_global` lets through, or what hides an IPv4 address: RFC 6890 and its successors, and the addresses under
# which clouds tell machines their secrets.
_CLOSED = tuple(
    ip_network(text)
    for text in (
        "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
        "100.64.0.0/10", "::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16", "100::/64", "3fff::/20", "5f00::/16",
        "fec0::/10", "fc00::/7", "fe80::/10", "ff00::/8",
    )
)  # fmt: skip
_NAT64 = ip_network("64:ff9b::/96")
# Ports that speak something else: a request line would be a command there.
_CLOSED_PORTS = frozenset({22, 23, 25, 53, 110, 143, 389, 465, 514, 587, 636, 993, 995, 3306, 5432, 6379, 11211, 27017})


class Closed(OSError):
    """The gate is closed for this address."""


# The host that the running task sends to. A socket is made with an address alone, and which names lead to an address is
# for others to choose: so the operator's word about a name must not open its address for every name.
_host: ContextVar[str] = ContextVar("host", default="")


def guarded(allowed: Sequence[Network | str]) -> aiohttp.BaseConnector:
    """A connector that passes the gate. `allowed` opens private networks, and named hosts whatever their address is,
    for requests that are sent within `sending_to` that host."""

    def guard(addr_info: Any) -> socket.socket:
        family, kind, protocol, _, address = addr_info
        if is_closed(_host.get(), str(address[0]), allowed):
            raise Closed(f"{address[0]} is not on the public internet")
        return socket.socket(family, kind, protocol)

    return aiohttp.TCPConnector(
        limit=AT_ONCE, force_close=True, use_dns_cache=False, resolver=aiohttp.ThreadedResolver(), socket_factory=guard
    )


@contextmanager
def sending_to(host: str) -> Iterator[None]:
    """What the block connects to is this host, by name."""
    before = _host.set(host)
    try:
        yield
    finally:
        _host.reset(before)


def is_open(address: Address, networks: Sequence[Network] = ()) -> bool:
    """May something be sent to this address?"""
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
    """May nothing be sent to this numeric address of `host`?"""
    if host.lower() in allowed:
        return False
    networks = [network for network in allowed if not isinstance(network, str)]
    return not is_open(ip_address(address.partition("%")[0]), networks)


def check_target(field: str, url: str) -> str:
    """The address, when something can be sent to it at all. Invalid names the field."""
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
