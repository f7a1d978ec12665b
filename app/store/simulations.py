"""Simulations that every server of a shared store shows, and their marks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from ..domain.simulations import StoredRun


class SimulationStore(Protocol):
    """Runs as of the last write of the server that plays them."""

    async def add_mark(self, hash: bytes, bin_id: str, until: datetime) -> None:
        """Captures with this `NewCapture.mark` are simulated, until this time."""

    async def put_simulation(self, run: StoredRun) -> bool:
        """Add a run, or replace it. Returns whether a user wants it to end. Of all runs the last `MOST_RUNS` stay."""

    async def list_simulations(self, bin_id: str) -> Sequence[StoredRun]:
        """The runs of a bin, newest first."""

    async def get_simulation(self, bin_id: str, run_id: str) -> StoredRun:
        """One run. Raises NotFound."""

    async def stop_simulation(self, bin_id: str, run_id: str) -> None:
        """Ask the server that plays a run to end it. Raises NotFound."""
