"""Parses a `Host` header (RFC 9110, 7.2): a name or an address, and an optional port. Never raises."""

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv6Address, ip_address

# Names as DNS has them, and the underscores that some networks use; Unicode names travel as punycode.
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))*\.?", re.ASCII)
_LONGEST = 255
_HIGHEST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Host:
    """`name` is in lower case, without brackets and without a trailing dot; `port` None: the default of the scheme."""

    name: str
    port: int | None = None

    @property
    def is_address(self) -> bool:
        """It is an IP address, so DNS rebinding cannot have produced it."""
        try:
            ip_address(self.name)
        except ValueError:
            return False
        return True


def parse_host(text: str) -> Host | None:
    """None: not a valid host."""
    text = text.lower()
    if text.startswith("["):
        name, closing, rest = text[1:].partition("]")
        if not closing or not _is_ipv6(name):
            return None
    else:
        name, colon, port = text.partition(":")
        rest = colon + port
        if len(name) > _LONGEST or not _NAME.fullmatch(name):
            return None
        name = name.removesuffix(".")
    if not rest or rest == ":":
        return Host(name)
    port = rest[1:]
    is_number = rest[0] == ":" and port.isascii() and port.isdigit() and len(port) <= 5
    return Host(name, int(port)) if is_number and int(port) <= _HIGHEST_PORT else None


def _is_ipv6(text: str) -> bool:
    try:
        # A zone is valid on the client only.
        IPv6Address(text)
    except AddressValueError:
        return False
    return "%" not in text
