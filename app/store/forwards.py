"""Forwards, and the dispatches of captures."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Protocol

from ..domain.forwards.model import (
    Dispatch,
    DispatchCounts,
    Forward,
    ForwardHealth,
    ForwardMarks,
    Retry,
    StoredForward,
)

NEW = ForwardHealth()
"""The health of a new forward."""


class ForwardStore(Protocol):
    """Forwards, and the dispatches of captures. Reads of an unknown forward are empty."""

    async def list_forwards(self, bin_id: str | None = None) -> Sequence[StoredForward]:
        """The forwards of a bin, oldest first; None: of all bins."""

    async def get_forward(self, forward_id: str) -> StoredForward:
        """One forward. Raises NotFound."""

    async def add_forward(
        self,
        bin_id: str,
        forward_id: str,
        forward: Forward,
        health: ForwardHealth = NEW,
        *,
        secret: str | None,
        position: int | None,
    ) -> StoredForward:
        """Add a forward that begins after capture number `position`; None: after the last one. Raises NotFound."""

    async def set_forward(
        self, forward_id: str, forward: Forward, health: ForwardHealth, *, secret: str | None, skips: bool = False
    ) -> None:
        """Replace the settings and the health. `skips`: what follows from captures up to the position is not looked
        for. Raises NotFound."""

    async def drop_forward(self, forward_id: str) -> None:
        """Delete a forward. Its dispatches are erased soon after; attempts stay with their captures. Raises
        NotFound."""

    async def mark_dispatches(self, bin_id: str, forward_id: str, marks: ForwardMarks) -> None:
        """Store what changed, in one transaction. Dispatches of deleted captures, or of a deleted forward, are ignored,
        and the health if its edition is not the current one. A delivered, rejected or exhausted one makes the next of
        its message due. What is `later` is added to what a dispatch with a next attempt sends; another one is sent
        again, with a new schedule, without the events that have arrived."""

    async def retry_dispatches(self, forward_id: str, retry: Retry, limit: int) -> int:
        """Make at most `limit` dispatches due now, lowest number first; returns how many. Those that are due already
        do not count. Raises NotFound."""

    async def count_dispatches(self, forward_id: str) -> DispatchCounts:
        """The dispatches that are stored and not delivered."""

    async def open_dispatches(self, forward_id: str, limit: int) -> Sequence[Dispatch]:
        """Those with a next attempt, the earliest due first."""

    async def first_open_dispatch(self, forward_id: str) -> Dispatch | None:
        """The one with a next attempt and the lowest number, or None."""

    async def dispatches_with_numbers(self, forward_id: str, numbers: Sequence[int]) -> Sequence[Dispatch]:
        """The stored dispatches of these captures."""

    async def last_dispatches(self, forward_id: str, limit: int) -> Sequence[Dispatch]:
        """Highest number first."""

    async def dispatches_of(self, bin_id: str, numbers: Sequence[int]) -> Sequence[Dispatch]:
        """The stored dispatches of these captures with every forward of the bin. Raises NotFound when there is no such
        bin."""

    async def open_messages(self, forward_id: str, messages: Sequence[str]) -> AbstractSet[str]:
        """Those of `messages` that have a dispatch with a next attempt."""
