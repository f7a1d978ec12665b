"""Who makes a request, and what they may do."""

from dataclasses import dataclass
from enum import StrEnum


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
    can cause such requests."""

    BEARER = "bearer"
    SESSION = "session"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who makes a request. `name` is that of the token. `bins` are the ids of the bins that the caller may know of;
    None: all, also those that are made later."""

    name: str
    role: AccessRole
    kind: CallerKind
    bins: frozenset[str] | None = None

    def may(self, role: AccessRole) -> bool:
        """Whether the caller may do what requires this role."""
        return self.role.includes(role)

    def sees(self, bin_id: str) -> bool:
        """Whether the caller may know of this bin."""
        return self.bins is None or bin_id in self.bins
