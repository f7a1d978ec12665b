"""The listeners of a bin that lag, as all its pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from ... import keys
from ...domain.listeners import StoredListener


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownListeners:
    """`bin_id` is the bin; `key` changes with the rest, and is empty for none."""

    bin_id: str
    lagging: Sequence[StoredListener] = ()

    @property
    def key(self) -> str:
        """Names and counts."""
        return ",".join(f"{each.name}:{each.lag}" for each in self.lagging)


def listeners_of(app: web.Application, bin_id: str) -> ShownListeners:
    """Those of a bin, without a disk access."""
    return ShownListeners(bin_id=bin_id, lagging=[each.stored for each in app[keys.LISTENERS].lagging(bin_id)])
