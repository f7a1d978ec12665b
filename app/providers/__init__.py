"""Who sent this, and what does it say? Pure: a raw request in, a Reading out; never raises, never slow."""

from ..domain.captures import RawRequest, Reading, Role
from . import generic

__all__ = ["recognise"]


def recognise(raw: RawRequest, role: Role) -> Reading:
    """Read a request for rows and lists. Nothing that goes wrong here can touch the bytes (P1)."""
    return generic.read(raw, role)
