"""Several servers of one store in one process: each has a view of the same store, and leases that end by a clock which
tests advance."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from app import clock
from app.errors import StoreUnavailable
from app.store import Health, LedgerStatus, Store


@dataclass
class LeaseTable:
    """The leases of all servers: the holder and the end of each."""

    rows: dict[str, tuple[str, float]] = field(default_factory=dict)

    def hold(self, holder: str, name: str, seconds: float) -> bool:
        owner, until = self.rows.get(name, (holder, 0.0))
        if owner != holder and until >= clock.ticks():
            return False
        self.rows[name] = (holder, clock.ticks() + seconds)
        return True

    def holder(self, name: str) -> str | None:
        owner, until = self.rows.get(name, ("", 0.0))
        return owner if until >= clock.ticks() else None


class SharedStore:
    """What one server sees of a store that others use too. `is_away`: the server cannot reach it, as one that was
    killed, frozen or cut off."""

    is_shared = True

    def __init__(self, store: Store, table: LeaseTable, name: str) -> None:
        self._store = store
        self._table = table
        self.name = name
        self.is_away = False
        self.skew = timedelta()
        self.flushed = 0

    def __getattr__(self, name: str) -> Any:
        if self.is_away:
            raise StoreUnavailable("The database does not answer.")
        return getattr(self._store, name)

    def health(self) -> Health:
        return Health(state="stopped", reason="away") if self.is_away else self._store.health()

    def ledger_status(self, bin_id: str | None = None) -> LedgerStatus:
        return self._store.ledger_status(bin_id)

    async def flush(self) -> None:
        self.flushed += 1

    async def hold_lease(self, name: str, seconds: float) -> bool:
        if self.is_away:
            raise StoreUnavailable("The database does not answer.")
        return self._table.hold(self.name, name, seconds)

    async def lapsed_leases(self, prefix: str, ago: timedelta) -> Mapping[str, datetime]:
        ends = {name: until - clock.ticks() for name, (_, until) in self._table.rows.items() if name.startswith(prefix)}
        return {name: clock.now() + timedelta(seconds=end) for name, end in ends.items() if -end > ago.total_seconds()}

    async def forget_lease(self, name: str) -> None:
        del self._table.rows[name]

    async def clock_skew(self) -> timedelta:
        return self.skew

    def on_settings_change(self, call: Callable[[str | None], None]) -> None: ...

    def on_sign_out(self, call: Callable[[], None]) -> None: ...


class Passing:
    """The monotonic clock, which tests advance."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ahead = 0.0
        ticks = clock.ticks
        monkeypatch.setattr(clock, "ticks", lambda: ticks() + self.ahead)
