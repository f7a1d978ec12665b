"""Servers that share one store. With an engine of one server all of it is trivial."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Protocol


class ServerStore(Protocol):
    """What a server needs to know about the other servers of its store.

    A notice of `on_settings_change` or `on_sign_out` may come late, more than once, or never. What must be right in
    spite of that is checked where it is used: settings by `NewCapture.answer_version`, sessions, tokens and shares by
    a read.
    """

    @property
    def is_shared(self) -> bool:
        """Whether other servers may use the store now or later. Never changes."""

    async def flush(self) -> None:
        """Return when everything that reads have shown so far is durable. Call it before something that was read is
        sent elsewhere. Raises StoreUnavailable."""

    async def hold_lease(self, name: str, seconds: float) -> bool:
        """Take or extend the right to do a periodic work: at most one server has it at a time. It ends `seconds` after
        the last call that returned True, by the clock of the store; with 0 seconds at once. Raises
        StoreUnavailable."""

    async def lapsed_leases(self, prefix: str, ago: timedelta) -> Mapping[str, datetime]:
        """Leases whose names begin with `prefix` that ended at least `ago` ago and that no server has taken since, each
        with its end. A server that stops normally leaves none. Raises StoreUnavailable."""

    async def forget_lease(self, name: str) -> None:
        """Remove a lease that has ended. Raises StoreUnavailable."""

    async def clock_skew(self) -> timedelta:
        """How much later it is by the clock of this server than by that of the store. Raises StoreUnavailable."""

    def on_settings_change(self, call: Callable[[str | None], None]) -> None:
        """Register a callback. It is called in the event loop with the id of a bin after another server has created,
        changed or deleted it, or what is set in it (its key, answers, wiretaps, faults, privacy, field mapping); with
        None if that may have happened to any bin."""

    def on_sign_out(self, call: Callable[[], None]) -> None:
        """Register a callback. It is called in the event loop after another server has ended sessions, tokens or
        shares, or may have."""
