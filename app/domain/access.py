"""Who makes a request, and what they may do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .shares import Share


class AccessRole(StrEnum):
    """What a caller may do. Each role may do what those before it may."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"

    def includes(self, other: "AccessRole") -> bool:
        """Whether this role may do everything that `other` may."""
        return _ORDER.index(self) >= _ORDER.index(other)


_ORDER = tuple(AccessRole)


class CallerKind(StrEnum):
    """How a caller proves who they are. Browsers send everything but a bearer by themselves, so pages of other sites
    can cause such requests. `share`: by the address of the request, and for that address only."""

    BEARER = "bearer"
    SESSION = "session"
    PROXY = "proxy"
    SHARE = "share"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """A named token. Only its SHA-256 is stored. `bins` are the ids of the bins that it is for, which may have been
    deleted; None: all. `used_at` is a few minutes late."""

    id: str
    hash: str
    name: str
    role: AccessRole
    bins: frozenset[str] | None
    made_at: datetime
    expires_at: datetime | None
    used_at: datetime | None = None

    def has_expired(self, now: datetime) -> bool:
        """Whether it has ended by itself."""
        return self.expires_at is not None and now >= self.expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who makes a request. `name` is that of the token. `bins` are the ids of the bins that the caller may know of;
    None: all, also those that are made later. `until`: the credential ends then, if not before. `session_id`: of a
    browser that signed in. `share`: the one that a caller of this kind has the link of."""

    name: str
    role: AccessRole
    kind: CallerKind
    bins: frozenset[str] | None = None
    until: datetime | None = None
    session_id: str | None = None
    share: Share | None = None

    def may(self, role: AccessRole) -> bool:
        """Whether the caller may do what requires this role."""
        return self.role.includes(role)

    def sees(self, bin_id: str) -> bool:
        """Whether the caller may know of this bin."""
        return self.bins is None or bin_id in self.bins


@dataclass(frozen=True, slots=True)
class AddressRole:
    """The role of the people whose address at a proxy matches: the whole address, `*@domain`, or `*`."""

    role: AccessRole
    pattern: str

    def fits(self, address: str) -> bool:
        """Whether an address, in lower case, matches."""
        if self.pattern.startswith("*"):
            return address.endswith(self.pattern[1:])
        return address == self.pattern


def role_of(address: str, roles: Sequence[AddressRole]) -> AccessRole | None:
    """The largest role of an address, in lower case; None: it has no access."""
    found = [each.role for each in roles if each.fits(address)]
    return max(found, key=_ORDER.index, default=None)
