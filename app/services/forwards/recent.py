"""The captures whose dispatches have changed lately, for open pages."""

from collections import deque
from collections.abc import Iterable

RECENT = 200
"""Captures of a bin that are remembered."""


class RecentDispatches:
    """By bin; each has the version of its bin after the change. Use from one event loop only."""

    def __init__(self) -> None:
        self._by_bin: dict[str, deque[tuple[int, int]]] = {}

    def add(self, bin_id: str, numbers: Iterable[int]) -> None:
        """The dispatches of these captures have changed."""
        version = self.version(bin_id) + 1
        self._by_bin.setdefault(bin_id, deque(maxlen=RECENT)).extend((version, n) for n in numbers)

    def version(self, bin_id: str) -> int:
        """A number that grows with each dispatch of the bin that changes."""
        recent = self._by_bin.get(bin_id)
        return recent[-1][0] if recent else 0

    def since(self, bin_id: str, version: int) -> list[int]:
        """The captures whose dispatches have changed since a version, of the last `RECENT`."""
        return sorted({n for at, n in self._by_bin.get(bin_id, ()) if at > version})

    def forget(self, bin_id: str) -> None:
        """The bin was deleted."""
        self._by_bin.pop(bin_id, None)
