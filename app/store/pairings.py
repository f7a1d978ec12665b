"""Primary and fallback compared, and drills."""

from collections.abc import Collection, Sequence
from typing import Protocol

from ..domain.drills import Drill
from ..domain.pairings.model import Pairing, PairingSummary, Verdict


class PairingStore(Protocol):
    """Primary and fallback compared, and drills."""

    async def list_pairings(
        self, bin_id: str, *, limit: int, before: int | None = None, only: Collection[Verdict] | None = None
    ) -> Sequence[Pairing]:
        """Newest first, with an `id` below `before`; with `only`, those with one of these verdicts. Raises NotFound."""

    async def pairings_of(self, bin_id: str, numbers: Sequence[int], *, wait: bool = True) -> Sequence[Pairing]:
        """The pairings that any of these captures belongs to, each once, oldest first. Without `wait` as far as the
        ledger is now. Raises NotFound."""

    async def pairings_of_drill(self, bin_id: str, drill: str) -> Sequence[Pairing]:
        """The pairings of captures that got a fault of this drill, oldest first, limited to 1,000 captures. Raises
        NotFound."""

    async def sum_up_pairings(self, bin_id: str) -> PairingSummary:
        """Counts and gaps over all pairings of a bin. Raises NotFound."""

    async def add_drill(self, drill: Drill) -> None:
        """Store a drill that begins now. Raises NotFound when there is no such bin, and Conflict when another one runs
        on the same role."""

    async def set_drill(self, drill: Drill) -> bool:
        """Store the state of a drill that has not ended. False: it has, or its bin was deleted, and nothing changes."""

    async def list_drills(self, bin_id: str, *, limit: int, before: str | None = None) -> Sequence[Drill]:
        """Newest first; with `before`, those older than the drill with that id. Raises NotFound for an unknown bin
        or drill."""

    async def get_drill(self, bin_id: str, drill_id: str) -> Drill:
        """One drill. Raises NotFound."""

    async def running_drills(self) -> Sequence[Drill]:
        """The drills of all bins that have not ended."""
