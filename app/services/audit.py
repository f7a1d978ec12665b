"""The audit log: writes entries, combines those that changed nothing, and deletes old ones.

An action that changed something has an entry of its own. Equal ones that changed nothing (refused, or only read) share
one entry for up to an hour, with their number, so that neither an attacker nor a program that reads often can fill the
log. The first of them is written before its response; their number is up to `EVERY_S` late. The entry has
the facts that are true for all of them.
"""

import asyncio
from collections import deque
from collections.abc import Hashable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta

from .. import clock
from ..domain.audit import AuditEntry
from ..errors import StoreUnavailable
from ..log import get_log
from ..store import Store
from ..store.audit import Attachment
from .upkeep.retention import PAUSE_S

EVERY_S = 10.0
TRIM_EVERY_S = 3_600.0
COMBINED_FOR = timedelta(hours=1)
MAX_COMBINED = 1_000
"""Entries to which others are added at one time."""
MAX_ADDRESSES = 20
"""Of them, those of unknown callers, by address; further addresses share one entry without an address."""
MAX_ENTRIES = 100_000
MAX_UNKNOWN = 10_000
"""Of them, those of unknown callers, so that failed sign-ins do not displace the others."""
MAX_UNSTORED = 1_000
"""Entries that wait in memory while they cannot be written."""

_log = get_log("audit")


class AuditLog:
    """Use from one event loop only. `retention` 0: no entry is deleted because of its age."""

    def __init__(self, store: Store, retention: timedelta) -> None:
        self._store = store
        self._retention = retention
        # The oldest first, by what is equal.
        self._combined: dict[Hashable, AuditEntry] = {}
        self._changed: set[Hashable] = set()
        self._unstored: deque[AuditEntry] = deque()
        self._trimmed_at: float | None = None
        self.lost = 0
        """Entries that could not be written, and not be kept in memory until that is possible."""

    @property
    def unstored(self) -> int:
        """Entries that are in memory because they cannot be written now."""
        return len(self._unstored)

    def attached(self, entry: AuditEntry) -> AbstractContextManager[Attachment]:
        """A context: the first write in it is committed together with the entry, or after it."""
        return self._store.attach_audit_entry(entry)

    async def add(self, entry: AuditEntry) -> None:
        """Write an entry; it is on the disk when this returns. If that is not possible it is kept in memory and written
        as soon as it is: nothing is refused because of it."""
        try:
            await self._store.put_audit_entry(entry)
        except StoreUnavailable as error:
            self._keep(entry, str(error))

    async def combine(self, entry: AuditEntry) -> None:
        """Count an action that changed nothing: with an equal one of the last hour, or as an entry of its own."""
        key = _key_of(entry)
        known = self._combined.get(key)
        if known is None and entry.who is None and self._count_addresses() >= MAX_ADDRESSES:
            entry = replace(entry, peer=None)
            key = _key_of(entry)
            known = self._combined.get(key)
        if known is not None and entry.at - known.at < COMBINED_FOR:
            facts = {name: value for name, value in known.facts.items() if entry.facts.get(name) == value}
            last_at = max(known.last_at, entry.at)
            self._combined[key] = replace(known, times=known.times + 1, last_at=last_at, facts=facts)
            self._changed.add(key)
            return
        await self._end(key)
        if len(self._combined) >= MAX_COMBINED:
            await self._end(next(iter(self._combined)))
        self._combined[key] = entry
        await self.add(entry)

    async def step(self, *, may_expire: bool, may_trim: bool = True) -> float:
        """Write the numbers that have changed and what could not be written before, and once an hour, if `may_trim`,
        delete old entries; by their age only if `may_expire`. Returns the seconds until the next call."""
        await self.write()
        now = clock.now()
        for key in [key for key, entry in self._combined.items() if now - entry.at >= COMBINED_FOR]:
            await self._end(key)
        if may_trim and (self._trimmed_at is None or clock.ticks() - self._trimmed_at >= TRIM_EVERY_S):
            await self._trim(may_expire=may_expire)
        return EVERY_S

    async def write(self) -> None:
        """Write everything that is only in memory, as far as that is possible."""
        for _ in range(len(self._unstored)):
            entry = self._unstored[0]
            try:
                await self._store.put_audit_entry(entry)
            except StoreUnavailable:
                return
            self._unstored.popleft()
        changed, self._changed = self._changed, set()
        for key in changed:
            await self.add(self._combined[key])

    def _keep(self, entry: AuditEntry, reason: str) -> None:
        if len(self._unstored) >= MAX_UNSTORED:
            self._unstored.popleft()
            self.lost += 1
        self._unstored.append(entry)
        _log.warning("audit.not_stored", action=entry.action, who=entry.who, count=self.unstored, reason=reason)

    def _count_addresses(self) -> int:
        return sum(entry.who is None and entry.peer is not None for entry in self._combined.values())

    async def _end(self, key: Hashable) -> None:
        """Add no further action to an entry."""
        entry = self._combined.pop(key, None)
        if key in self._changed and entry is not None:
            self._changed.discard(key)
            await self.add(entry)

    async def _trim(self, *, may_expire: bool) -> None:
        before = clock.now() - self._retention if may_expire and self._retention else None
        try:
            deleted = 1
            while deleted:
                deleted = await self._store.trim_audit_log(before=before, most=MAX_ENTRIES, most_unknown=MAX_UNKNOWN)
                # Captures are stored between two steps.
                await asyncio.sleep(PAUSE_S if deleted else 0)
        except StoreUnavailable as error:
            _log.warning("audit.not_trimmed", reason=str(error))
            return
        self._trimmed_at = clock.ticks()


def _key_of(entry: AuditEntry) -> Hashable:
    return entry.who, entry.via, entry.peer, entry.action, entry.bin, entry.status
