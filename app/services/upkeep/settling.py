"""Outcomes for requests whose answers are never sent, because their server has died.

A single server does it when it starts. Where several share a store, another one may be holding the answers that have
no outcome. So each server has a lease of its own, and what was received before such a lease ended without being
released is settled `AFTER` later, by one of the others. A server that could not write lets its lease end, too, and
takes another one, because it may have lost outcomes.
"""

from datetime import timedelta

from ... import clock
from ...errors import StoreUnavailable
from ...log import get_log
from ...store import Store
from ..leases import Lease

LEASE = "settling"
SERVER = "server-"
"""How the names of the servers' own leases begin."""
SERVER_S = 30.0
EVERY_S = 5.0
LONGEST_WAIT = timedelta(seconds=200)
"""The longest time from the head of a request to the last byte of its answer."""
AFTER = timedelta(minutes=5)
SLACK = timedelta(minutes=1)
"""How much the clocks of servers may differ."""
STOPPED = "smsbin was stopped before it knew whether the response was sent."

_log = get_log("settling")


class Settling:
    """Use from one event loop only."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._name = _new_name()
        self.lease = Lease(store, LEASE)

    async def step(self) -> float | None:
        """Returns the seconds until the next call; None: there is none."""
        if not self._store.is_shared:
            # As soon as the store accepts writes.
            await self._store.settle_unanswered(LONGEST_WAIT, STOPPED)
            return None
        health = self._store.health()
        if health.state != "ok" or health.refused:
            self._name = _new_name()
        try:
            await self._store.hold_lease(self._name, SERVER_S)
            if self.lease.may_begin:
                await self._settle()
        except StoreUnavailable as error:
            self._name = _new_name()
            _log.warning("settling.failed", reason=str(error))
        return EVERY_S

    async def release(self) -> None:
        """This server stops, and all its outcomes are written."""
        if self._store.is_shared:
            await self._store.hold_lease(self._name, 0)
            await self._store.forget_lease(self._name)

    async def _settle(self) -> None:
        lapsed = await self._store.lapsed_leases(SERVER, AFTER)
        if not lapsed:
            return
        since = min(lapsed.values()) - timedelta(seconds=SERVER_S) - LONGEST_WAIT - SLACK
        count = await self._store.settle_between(since, max(lapsed.values()) + SLACK, STOPPED)
        for name in lapsed:
            await self._store.forget_lease(name)
        _log.info("servers.settled", servers=len(lapsed), count=count)


def _new_name() -> str:
    return f"{SERVER}{clock.new_id()}"
