"""Whether requests from outside reach a bin, as far as its captures show."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from ...domain.bins import Bin
from ...domain.captures import CaptureRow, RawRequest
from ...domain.roles import Role
from ...domain.search import parse_query
from ...errors import TooSlow
from ...store import Store

# The newest requests of a URL, among which one from outside is searched.
LOOKED_AT = 50
# Larger requests are not read to look for the headers of a proxy, because the page does so again and again.
LARGEST_READ = 64 << 10


@dataclass(frozen=True, slots=True)
class Reach:
    """The newest requests of each URL that smsbin did not send itself: from `outside`, and from `near`, which is this
    machine or its network. `proxied`: numbers of those from outside through a proxy that is not trusted, so that their
    `peer` is the address of the proxy."""

    outside: Mapping[Role, CaptureRow]
    near: Mapping[Role, CaptureRow]
    proxied: Collection[int] = ()

    def newest(self, roles: Collection[Role] = tuple(Role)) -> CaptureRow | None:
        """The newest one from outside to one of these URLs."""
        return _newest(self.outside, roles)

    def newest_near(self, roles: Collection[Role] = tuple(Role)) -> CaptureRow | None:
        """The newest one from near to one of these URLs."""
        return _newest(self.near, roles)


async def find_reach(store: Store, bin: Bin) -> Reach:
    """What the newest requests of each URL show. A URL whose requests cannot be searched in time is left out."""
    rows: list[CaptureRow] = []
    for role in Role:
        if not bin.by_role.get(role):
            continue
        query = parse_query(f"role:{role.value} -is:simulated")
        try:
            rows += await store.list_captures(bin.id, limit=LOOKED_AT, query=query)
        except TooSlow:
            continue
    found = sort_out(rows)
    unsure = [row.n for role, row in found.near.items() if role not in found.outside and row.size <= LARGEST_READ]
    if not unsure:
        return found
    captures = await store.get_captures(bin.id, unsure)
    return sort_out(rows, [capture.row.n for capture in captures if has_passed_a_proxy(capture.raw)])


def sort_out(rows: Sequence[CaptureRow], proxied: Collection[int] = ()) -> Reach:
    """Requests by where they came from. `proxied`: numbers of those with the headers of a proxy."""
    outside: dict[Role, CaptureRow] = {}
    near: dict[Role, CaptureRow] = {}
    for row in sorted(rows, key=lambda row: row.n):
        (outside if is_outside(row.peer) or row.n in proxied else near)[row.role] = row
    return Reach(outside, near, proxied)


def is_outside(peer: str) -> bool:
    """Whether an address is one of the public internet. Never raises."""
    try:
        return ip_address(peer).is_global
    except ValueError:
        return False


def has_passed_a_proxy(raw: RawRequest) -> bool:
    """Whether a proxy or a tunnel added its header. Anyone can write it, so it says nothing about the sender."""
    return raw.header(b"x-forwarded-for") is not None or raw.header(b"forwarded") is not None


def _newest(rows: Mapping[Role, CaptureRow], roles: Collection[Role]) -> CaptureRow | None:
    return max((row for role, row in rows.items() if role in roles), key=lambda row: row.n, default=None)
