"""Share links: made, found by the hash of their secret, counted, ended. All of them are in memory; there are few. In a
shared store those in memory are only used directly after they were read again.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from .. import clock
from ..domain.access import AccessRole, Caller, CallerKind
from ..domain.search import parse_query
from ..domain.shares import KEPT_AFTER_END, MAX_SHARE_TIME, MOST_SHARES, Share, SharedComparison, SharedPart
from ..errors import Ended, Invalid, NotFound, StoreUnavailable
from ..store import Store
from .keyring import Keyring
from .tokens import digest

WRITE_EVERY_S = 2.0
"""Views are stored so late at most."""
FORGET_EVERY_S = 3_600.0
ENDED = "This link has ended: it expired or was revoked, or its bin was deleted. Ask who gave it to you for a new one."


class Shares:
    """Use from one event loop only. `notify` is called with the id of a bin with a share that has ended: open
    connections must notice."""

    def __init__(self, store: Store, keyring: Keyring, notify: Callable[[str], None]) -> None:
        self._store = store
        self._keyring = keyring
        self._notify = notify
        self._by_hash: dict[str, Share] = {}
        # By the hash of a share: its views that are not stored.
        self._viewed: Counter[str] = Counter()
        self._forgot_at: float | None = None
        self.ended = 0
        """The number of times that a share was ended. The handler of an open connection checks its caller again when
        this changes."""

    async def start(self) -> None:
        """Read them."""
        self._by_hash = {share.hash: share for share in await self._store.list_shares()}

    async def refresh(self, bin_id: str) -> None:
        """Read the shares of a bin again if other servers may have changed them. Raises StoreUnavailable."""
        if self._store.is_shared:
            for share in await self._store.list_shares(bin_id):
                self._put(share)

    def of_bin(self, bin_id: str) -> Sequence[Share]:
        """The shares of a bin that have not ended, the newest first."""
        now = clock.now()
        found = [share for share in self._by_hash.values() if share.bin == bin_id and not share.has_ended(now)]
        return found[::-1]

    def get(self, bin_id: str, share_id: str) -> Share:
        """A share of a bin. Raises Ended if it has ended; NotFound."""
        found = next((one for one in self._by_hash.values() if (one.bin, one.id) == (bin_id, share_id)), None)
        if found is None:
            raise NotFound(f"There is no share {share_id}.")
        if self._has_ended(found):
            raise Ended(f"The share {share_id} has ended.")
        return found

    async def caller_of(self, secret: str) -> Caller | None:
        """Who has the link with this secret; None: there is no such link. Raises Ended if the share has ended,
        StoreUnavailable if the store is shared."""
        key = digest(secret)
        if self._store.is_shared:
            await self._read_again(key)
        share = self._by_hash.get(key)
        if share is None:
            return None
        if self._has_ended(share):
            raise Ended(ENDED)
        return Caller(
            name=f"share {share.id}", role=AccessRole.READ, kind=CallerKind.SHARE, bins=frozenset({share.bin}),
            until=share.expires_at, share=share,
        )  # fmt: skip

    async def add(
        self, bin_id: str, part: SharedPart, *, expires_in: timedelta, masked: bool, made_by: str
    ) -> tuple[Share, str]:
        """Make a share; returns it with its secret, which nothing keeps. Raises Invalid."""
        if not timedelta(0) < expires_in <= MAX_SHARE_TIME:
            raise Invalid(("expires_in", f"must be longer than 0 and at most {MAX_SHARE_TIME.days}d"))
        await self._check(bin_id, part)
        await self.refresh(bin_id)
        if len(self.of_bin(bin_id)) >= MOST_SHARES:
            raise Invalid(("expires_in", f"cannot be set: this bin has {MOST_SHARES} shares. Revoke one first"))
        secret, now = clock.new_secret(), clock.now()
        share = Share(
            id=clock.new_id(), hash=digest(secret), bin=bin_id, part=part, masked=masked, made_by=made_by, made_at=now,
            expires_at=now + expires_in,
        )  # fmt: skip
        await self._store.add_share(share)
        self._by_hash[share.hash] = share
        return share, secret

    async def revoke(self, bin_id: str, share_id: str) -> Share:
        """End a share now. Raises Ended if it has ended; NotFound."""
        await self.refresh(bin_id)
        share, now = self.get(bin_id, share_id), clock.now()
        # Before the store is called: a link must not be open because the disk is slow.
        self._end(replace(share, part=None, ended_at=now))
        await self._store.end_share(share.id, now)
        return share

    def forget(self, bin_id: str) -> None:
        """The bin was deleted; the store has forgotten what its shares were for."""
        for share in [share for share in self._by_hash.values() if share.bin == bin_id and share.part is not None]:
            self._end(replace(share, part=None))

    def note_view(self, share: Share) -> None:
        """Count a view. It is stored later."""
        known = self._by_hash.get(share.hash)
        if known is not None:
            self._by_hash[share.hash] = replace(known, views=known.views + 1, viewed_at=clock.now())
            self._viewed[share.hash] += 1

    async def step(self, *, may_delete: bool = True) -> float:
        """Store views, and forget old shares; those that are stored only if this server `may_delete` them. Returns the
        seconds until the next call."""
        try:
            await self.write_views()
            await self._forget(may_delete=may_delete)
        except StoreUnavailable:
            return WRITE_EVERY_S
        return WRITE_EVERY_S

    async def write_views(self) -> None:
        """Store the views that are not stored yet. Raises StoreUnavailable."""
        for key in tuple(self._viewed):
            share, views = self._by_hash.get(key), self._viewed.pop(key)
            if share is None or share.viewed_at is None:
                continue
            try:
                await self._store.note_share_views(share.id, views, share.viewed_at)
            except StoreUnavailable:
                self._viewed[key] += views
                raise

    async def _read_again(self, key: str) -> None:
        """What other servers have changed of the share with this hash, and whether its bin is still there."""
        share = await self._store.find_share(key)
        if share is None:
            self._by_hash.pop(key, None)
            return
        self._put(share)
        if self._keyring.reload is not None and self._keyring.named(share.bin) is None:
            await self._keyring.reload(share.bin)

    def _put(self, stored: Share) -> None:
        self._by_hash[stored.hash] = replace(stored, views=stored.views + self._viewed[stored.hash])

    def _has_ended(self, share: Share) -> bool:
        return share.has_ended(clock.now()) or self._keyring.named(share.bin) is None

    def _end(self, share: Share) -> None:
        self._by_hash[share.hash] = share
        self.ended += 1
        self._notify(share.bin)

    async def _forget(self, *, may_delete: bool) -> None:
        if self._forgot_at is not None and clock.ticks() - self._forgot_at < FORGET_EVERY_S:
            return
        now = clock.now()
        if may_delete:
            await self._store.forget_shares(ended_before=now - KEPT_AFTER_END, now=now)
        self._forgot_at = clock.ticks()
        for key, share in tuple(self._by_hash.items()):
            if share.ends_by() < now - KEPT_AFTER_END:
                del self._by_hash[key]
            elif share.part is not None and share.has_ended(now):
                self._by_hash[key] = replace(share, part=None)

    async def _check(self, bin_id: str, part: SharedPart) -> None:
        """Raises Invalid if there is nothing like this to share."""
        given = [name for name in part.__struct_fields__ if getattr(part, name) is not None]
        if len(given) > 1:
            raise Invalid((given[1], f"cannot be combined with {given[0]}: a share is for one of them"))
        if part.q is not None and not parse_query(part.q).terms:
            raise Invalid(("q", "must have a term; leave it out to share the whole bin"))
        numbers = [part.n] if part.n is not None else []
        if part.comparison is not None:
            numbers = [n for n in (part.comparison.n, part.comparison.m) if n is not None]
        there = {found.row.n for found in await self._store.get_captures(bin_id, numbers)} if numbers else set()
        for n in numbers:
            if n not in there:
                raise Invalid((given[0], f"there is no request #{n} in this bin"))
        if part.comparison is not None:
            await self._check_comparison(bin_id, part.comparison)
        if part.message is not None:
            try:
                await self._store.get_message(bin_id, part.message.provider, part.message.message_id)
            except NotFound:
                raise Invalid(("message", "there is no such message in this bin")) from None

    async def _check_comparison(self, bin_id: str, pair: SharedComparison) -> None:
        if pair.n == pair.m:
            raise Invalid(("comparison", "must be of two different requests"))
        if pair.m is None and not await self._store.pairings_of(bin_id, [pair.n]):
            raise Invalid(("comparison", f"request #{pair.n} is not part of a pair"))
