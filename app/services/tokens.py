"""Named access tokens: made, found by their hash, revoked. All of them are in memory; there are few. In a shared store
those in memory are only used directly after they were read again.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta

from .. import clock
from ..domain.access import AccessRole, AccessToken
from ..errors import Conflict, Invalid, NotFound
from ..store import Store

PREFIX = "smsbin_"
"""What a token begins with, so that programs that search for leaked secrets find it."""
MOST_TOKENS = 500
MOST_NAME = 100
"""Characters."""
MOST_BINS = 200
"""Bins of one token."""


def digest(secret: str) -> str:
    """The SHA-256 of a secret. Only this is stored; secrets are random, so no salt is needed."""
    # A header may have bytes that are not UTF-8: that is a wrong secret and must not raise.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


class NamedTokens:
    """The named tokens. `reserved`: a name that none of them may have."""

    def __init__(self, store: Store, *, reserved: str) -> None:
        self._store = store
        self._reserved = reserved
        self._by_hash: dict[str, AccessToken] = {}

    async def start(self) -> None:
        """Read them."""
        self._by_hash = {token.hash: token for token in await self._store.list_tokens()}

    async def refresh(self) -> None:
        """Read them again if other servers may have changed them. Raises StoreUnavailable."""
        if self._store.is_shared:
            await self.start()

    async def look_up(self, token_hash: str) -> AccessToken | None:
        """The same as `find`, with what other servers have changed. Raises StoreUnavailable if the store is shared."""
        if self._store.is_shared:
            stored = await self._store.find_token(token_hash)
            if stored is None:
                self._by_hash.pop(token_hash, None)
            else:
                self._by_hash[token_hash] = stored
        return self.find(token_hash)

    @property
    def all(self) -> Sequence[AccessToken]:
        """All tokens, oldest first, also expired ones."""
        return tuple(self._by_hash.values())

    def find(self, token_hash: str) -> AccessToken | None:
        """The token with this hash, if it has not expired."""
        token = self._by_hash.get(token_hash)
        return None if token is None or token.has_expired(clock.now()) else token

    async def add(
        self, *, name: str, role: AccessRole, bins: Collection[str] | None, expires_in: timedelta | None
    ) -> tuple[AccessToken, str]:
        """Make a token; returns it with its text, which nothing keeps. Raises Invalid."""
        name = name.strip()
        await self.refresh()
        self._check_name(name)
        if bins is not None:
            await self._check_bins(bins)
        if expires_in is not None and expires_in <= timedelta(0):
            raise Invalid(("expires_in", "must be longer than 0; leave it out for a token without an end"))
        text, now = PREFIX + clock.new_secret(), clock.now()
        token = AccessToken(
            id=clock.new_id(),
            hash=digest(text),
            name=name,
            role=role,
            bins=None if bins is None else frozenset(bins),
            made_at=now,
            expires_at=None if expires_in is None else now + expires_in,
        )
        try:
            await self._store.add_token(token)
        except Conflict:
            raise Invalid(("name", "is the name of another token")) from None
        self._by_hash[token.hash] = token
        return token, text

    async def used(self, token: AccessToken) -> None:
        """Record that a token is used now."""
        now = clock.now()
        # Before the store is called, so that of several requests one writes.
        self._by_hash[token.hash] = replace(token, used_at=now)
        await self._store.touch_token(token.id, now)

    async def drop(self, token_id: str) -> AccessToken:
        """Delete a token and its sessions. Raises NotFound."""
        await self.refresh()
        token = next((token for token in self.all if token.id == token_id), None)
        if token is None:
            raise NotFound(f"There is no token {token_id}.")
        await self._store.drop_token(token_id)
        self._by_hash.pop(token.hash, None)
        return token

    def _check_name(self, name: str) -> None:
        if not name or len(name) > MOST_NAME or not name.isprintable():
            raise Invalid(("name", f"must have 1 to {MOST_NAME} characters, without line breaks or control characters"))
        if name == self._reserved or any(token.name == name for token in self.all):
            raise Invalid(("name", "is the name of another token"))
        if len(self._by_hash) >= MOST_TOKENS:
            raise Invalid(("name", f"cannot be added: there are {MOST_TOKENS} tokens. Revoke one first"))

    async def _check_bins(self, bins: Collection[str]) -> None:
        if not bins:
            raise Invalid(("bins", "must name a bin; leave it out for all bins"))
        if len(bins) > MOST_BINS:
            raise Invalid(("bins", f"must be at most {MOST_BINS}"))
        known = {bin.id for bin in await self._store.all_bins()}
        missing = sorted(set(bins) - known)
        if missing:
            raise Invalid(("bins", f"there is no bin {missing[0]}"))
