"""Listeners: programs that get captures over a WebSocket, each from its own cursor."""

from collections.abc import Sequence
from typing import Protocol

from ..domain.listeners import ListenerMarks, StoredListener


class ListenerStore(Protocol):
    """Listeners, by bin and name."""

    async def list_listeners(self, bin_id: str | None = None) -> Sequence[StoredListener]:
        """The listeners of a bin, oldest first; None: of all bins."""

    async def open_listener(self, bin_id: str, name: str, cursor: int | None) -> StoredListener:
        """The listener of this name, which is added if there is none. `cursor`: where it begins now; None: where it is,
        and a new one after the last capture. Raises NotFound, and Conflict when the bin has too many."""

    async def mark_listener(self, bin_id: str, name: str, marks: ListenerMarks) -> None:
        """Store what changed, in one transaction. Attempts of deleted captures, and marks of a listener that is deleted
        or was opened again, are ignored."""

    async def drop_listener(self, bin_id: str, name: str) -> None:
        """Delete a listener with its cursor; attempts stay with their captures. Raises NotFound."""
