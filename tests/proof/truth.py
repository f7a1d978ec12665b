"""What must be in the log, derived from the jobs and the acknowledgements only; nothing of it is read from a
database.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from .recovered import Recovered


@dataclass(slots=True)
class _Bin:
    # Acknowledged captures whose deletion was not requested, with the SHA-256 of their bodies.
    must: dict[int, str] = field(default_factory=dict)
    times: dict[int, int] = field(default_factory=dict)
    shas: dict[int, str] = field(default_factory=dict)
    # Deletions that were acknowledged.
    gone: set[int] = field(default_factory=set)
    gone_through: int = 0
    last_n: int = 0
    is_kept: bool = False
    is_dropped: bool = False


class Truth:
    """Gets all events in their order."""

    def __init__(self) -> None:
        self._bins: dict[str, _Bin] = {}
        self._asked: list[Sequence[Any]] = []
        self.version = 0
        self.acknowledged = 0

    def begin_with(self, found: Recovered) -> None:
        """After a start on the state after a power cut, everything that is there must stay."""
        for id, numbers in found.bins.items():
            bin = self._bins[id] = _Bin(is_kept=True)
            bin.must, bin.shas, bin.times = dict(numbers), dict(numbers), dict.fromkeys(numbers, 0)
            bin.last_n, bin.gone_through = found.last[id], found.floors[id]

    def ask(self, entries: Sequence[Sequence[Any]]) -> None:
        """A batch was sent: what it deletes may be gone from now on."""
        self._asked = list(entries)
        self.version += 1
        for kind, id, first, second in entries:
            if kind == "sweep":
                self._sweep(first, second)
            elif kind in ("delete", "clear", "drop"):
                bin = self._bin(id)
                for n in [first] if kind == "delete" else list(bin.must):
                    bin.must.pop(n, None)
                bin.is_kept = bin.is_kept and kind != "drop"

    def got(self, results: Sequence[Sequence[int]]) -> None:
        """The batch was answered: the indexes of its successful jobs, each with its value."""
        self.version += 1
        for place, value in results:
            kind, id, first, second = self._asked[place]
            if kind == "bin":
                self._bin(id).is_kept = True
            elif kind == "capture":
                self._acknowledge(id, value, first, second)
            elif kind == "delete":
                self._bin(id).gone.add(first)
                self._bin(id).must.pop(first, None)
            elif kind == "clear":
                self._clear(id)
            elif kind == "sweep":
                # Also of this batch.
                self._sweep(first, second)
            elif kind == "drop":
                self._bin(id).is_dropped = True

    def floors(self, floors: Mapping[str, int]) -> None:
        """Everything up to these numbers was deleted, and readers have seen it."""
        self.version += 1
        for id, n in floors.items():
            bin = self._bin(id)
            bin.gone_through = max(bin.gone_through, n)

    def kept(self) -> dict[str, list[int]]:
        """The bins that certainly exist, with their captures."""
        return {id: list(bin.must) for id, bin in self._bins.items() if bin.is_kept}

    def copy(self) -> "Truth":
        """As of now."""
        return deepcopy(self)

    def problems(self, found: Recovered) -> list[str]:
        """The differences from what was found."""
        wrong = []
        for id, bin in self._bins.items():
            numbers = found.bins.get(id)
            if bin.is_dropped and numbers is not None:
                wrong.append(f"{id} was dropped and is back")
            if numbers is None:
                if bin.is_kept:
                    wrong.append(f"{id} is lost with {len(bin.must)} captures")
                continue
            if not bin.must.items() <= numbers.items():
                lost = sorted(n for n, sha in bin.must.items() if numbers.get(n) != sha)
                wrong.append(f"{len(lost)} acknowledged captures of {id} are lost or changed, such as {lost[:3]}")
            back = sorted(n for n in numbers if n <= bin.gone_through or n in bin.gone)
            if back:
                wrong.append(f"deleted captures of {id} are back: {back[:3]}")
            changed = sorted(n for n, sha in bin.shas.items() if numbers.get(n, sha) != sha)
            if changed:
                wrong.append(f"captures of {id} have other bodies: {changed[:3]}")
        return wrong

    def _bin(self, id: str) -> _Bin:
        return self._bins.setdefault(id, _Bin())

    def _acknowledge(self, id: str, n: int, sha: str, received_at: int) -> None:
        bin = self._bin(id)
        # A number that is used twice is detected by its body.
        bin.must[n] = bin.shas[n] = sha if n not in bin.shas else "given twice"
        bin.times[n] = received_at
        bin.last_n = max(bin.last_n, n)
        self.acknowledged += 1

    def _clear(self, id: str) -> None:
        bin = self._bin(id)
        bin.gone_through = max(bin.gone_through, bin.last_n)
        for n in [n for n in bin.must if n <= bin.last_n]:
            del bin.must[n]

    def _sweep(self, befores: Mapping[str, int], ahead: int) -> None:
        """The retention may delete captures before the first one of a bin that is young enough. Captures that
        are dated in the future do not show their age."""
        for id, before in befores.items():
            bin = self._bin(id)
            first = min((n for n in bin.must if before <= bin.times[n] <= ahead), default=bin.last_n + 1)
            for n in [n for n in bin.must if n < first]:
                del bin.must[n]
