"""The listeners of all bins, and the connections of those that are connected.

Servers that share a store have each their own connections. Which one is the newest of a name is in the store: once a
second a server looks whether one of its listeners has connected to another server, or was taken off there.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ... import clock
from ...domain.listeners import ListenerChoice, StoredListener
from ...domain.roles import Role
from ...errors import StoreUnavailable
from ...store import Store
from ...tasks import start_task
from ..wiretaps.handlers import Handlers
from .connection import ConnectionEnd, ListenerConnection, ListenerRecord

FOLLOW_S = 1.0
SEEN_S = 10.0
"""How often a server writes that a listener is still connected, for the others."""
LOST_AFTER = timedelta(seconds=90)
"""A listener whose server has not written for so long is not connected. Clocks may differ."""
LOOK_S = 10.0
"""Seconds between two looks at the state of all listeners, for the metrics and the notices of pages."""
MOST_BEHIND = 100
"""A connected listener that is more captures behind is lagging."""
LONGEST_WAIT = timedelta(minutes=1)
"""It is lagging too if it has captures and has not acknowledged one for longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenerStatus:
    """A listener as users see it. `connected_since` None: it is not connected. `is_answering`: its program answers
    senders that wait. `waits_since`: since when it has captures and has not acknowledged one."""

    stored: StoredListener
    connected_since: datetime | None
    in_flight: int
    is_answering: bool = False
    waits_since: datetime | None = None

    @property
    def is_lagging(self) -> bool:
        """Whether it is connected, but far behind or without an acknowledgement for long."""
        if self.connected_since is None or not self.stored.lag:
            return False
        is_late = self.waits_since is not None and clock.now() - self.waits_since > LONGEST_WAIT
        return is_late or self.stored.lag > MOST_BEHIND


class Listeners:
    """Use from one event loop only. `handlers`: where programs that answer providers are registered; `public_url`: of
    the server, for events."""

    def __init__(self, store: Store, handlers: Handlers, public_url: str | None = None) -> None:
        self._store = store
        self._public_url = public_url
        self._handlers = handlers
        # Those that were connected since the start, by bin and name.
        self._by_bin: dict[str, dict[str, ListenerRecord]] = {}
        self._changing = asyncio.Lock()
        self._is_stopping = False
        self._seen_at = 0.0
        self.statuses: Sequence[ListenerStatus] = ()
        """The listeners of all bins as of the last `look`, for the metrics and `lagging`."""

    @property
    def connected(self) -> int:
        """The number of listeners that are connected now."""
        return sum(record.connection is not None for record in self._all())

    def bin_changed(self, bin_id: str) -> None:
        """The ledger has something new of a bin. The hub notifies connections too, but a little later in a burst, and
        with an answering one a sender waits."""
        for record in self._by_bin.get(bin_id, {}).values():
            if record.connection is not None and record.connection.is_answering:
                record.connection.wake()

    async def connect(
        self, bin_id: str, name: str, choice: ListenerChoice, *, cursor: int | None, is_answering: bool = False
    ) -> ListenerConnection:
        """A connection that begins after `cursor`; None: where the listener was, and a new one after the last capture.
        An older one of the same name ends. With `is_answering` its program answers the requests of its roles. Raises
        NotFound, Conflict, StoreUnavailable."""
        async with self._changing:
            stored = await self._store.open_listener(bin_id, name, cursor)
            records = self._by_bin.setdefault(bin_id, {})
            record = records.get(name)
            if record is None:
                record = records[name] = ListenerRecord(self._store, stored)
            old = record.connection
            if old is not None:
                old.close(ConnectionEnd.REPLACED)
            record.use(stored, is_moved=cursor is not None)
            connection = ListenerConnection(
                self._store, record, choice, has_replaced=old is not None, public_url=self._public_url
            )
            record.connection = connection
            if is_answering:
                connection.start_answering(self._handlers, choice.roles or tuple(Role))
        if self._is_stopping:
            connection.close(ConnectionEnd.STOPPED)
        return connection

    async def follow(self) -> float | None:
        """Look what other servers have done. Returns the seconds until the next call; None: there are no others."""
        if not self._store.is_shared:
            return None
        if any(record.connection is not None for record in self._all()):
            try:
                await self._compare()
            except StoreUnavailable:
                return FOLLOW_S  # nothing can be sent now either
        return FOLLOW_S

    async def _compare(self) -> None:
        """End the connections of listeners that are elsewhere now."""
        async with self._changing:
            stored = {(each.bin_id, each.name): each for each in await self._store.list_listeners()}
            is_due = clock.ticks() - self._seen_at >= SEEN_S
            for record in [record for record in self._all() if record.connection is not None]:
                own = record.stored
                now = stored.get((own.bin_id, own.name))
                if now is None or now.opened > own.opened:
                    self._by_bin.get(own.bin_id, {}).pop(own.name, None)
                    end = ConnectionEnd.REMOVED if now is None else ConnectionEnd.REPLACED
                    start_task(_end(record, end), name="listener-end")
                elif is_due:
                    record.changed()
            self._seen_at = clock.ticks() if is_due else self._seen_at

    async def drop(self, bin_id: str, name: str) -> None:
        """Take a listener off: its cursor is forgotten, and its connection ends. Raises NotFound."""
        async with self._changing:
            await self._store.drop_listener(bin_id, name)
            record = self._by_bin.get(bin_id, {}).pop(name, None)
            if record is not None:
                await _end(record, ConnectionEnd.REMOVED)

    def forget(self, bin_id: str) -> None:
        """The bin was deleted."""
        for record in self._by_bin.pop(bin_id, {}).values():
            start_task(_end(record, ConnectionEnd.BIN_DELETED), name="listener-end")

    def stop(self) -> None:
        """End all connections, because the server stops."""
        self._is_stopping = True
        for record in self._all():
            if record.connection is not None:
                record.connection.close(ConnectionEnd.STOPPED)

    async def close(self) -> None:
        """Write what is left of all of them."""
        await asyncio.gather(*(record.close() for record in self._all()))

    async def of(self, bin_id: str) -> Sequence[ListenerStatus]:
        """The listeners of a bin, oldest first; none for an unknown bin."""
        return [self._status(stored) for stored in await self._store.list_listeners(bin_id)]

    def lagging(self, bin_id: str) -> Sequence[ListenerStatus]:
        """The listeners of a bin that lag as of the last `look`, without a disk access."""
        return [each for each in self.statuses if each.stored.bin_id == bin_id and each.is_lagging]

    async def look(self) -> float:
        """Read the state of all listeners for metrics and notices. Returns the seconds until the next look."""
        try:
            self.statuses = [self._status(stored) for stored in await self._store.list_listeners()]
        except StoreUnavailable:
            return LOOK_S  # it is read again soon
        return LOOK_S

    def _all(self) -> Sequence[ListenerRecord]:
        return [record for records in self._by_bin.values() for record in records.values()]

    def _status(self, stored: StoredListener) -> ListenerStatus:
        record = self._by_bin.get(stored.bin_id, {}).get(stored.name)
        if record is None or record.stored.opened < stored.opened:
            is_elsewhere = self._store.is_shared and clock.now() - stored.seen_at < LOST_AFTER
            return ListenerStatus(
                stored=stored, connected_since=stored.connected_at if is_elsewhere else None, in_flight=0
            )
        now, connection = record.stored, record.connection
        return ListenerStatus(
            stored=replace(stored, progress=now.progress, seen_at=now.seen_at, last=now.last),
            connected_since=None if connection is None else connection.since,
            in_flight=0 if connection is None else connection.in_flight,
            is_answering=connection is not None and connection.is_answering,
            waits_since=None if connection is None else connection.waits_since,
        )


async def _end(record: ListenerRecord, end: ConnectionEnd) -> None:
    if record.connection is not None:
        record.connection.close(end)
    await record.close()
