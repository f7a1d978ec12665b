"""Named access tokens, and signed-in browsers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ..domain.access import AccessToken


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A signed-in browser. Only hashes are stored; `token_hash` is the hash of the token that opened the session.
    `agent` and `peer` are the name that the browser gave, and its address, when it signed in."""

    hash: str
    token_hash: str
    created_at: datetime
    seen_at: datetime
    agent: str = ""
    peer: str = ""

    @property
    def id(self) -> str:
        """A short name that gives no access."""
        return self.hash[:16]


class SessionStore(Protocol):
    """Signed-in browsers."""

    async def add_session(self, session: Session) -> None:
        """Store a signed-in browser."""

    async def find_session(self, session_hash: str) -> Session | None:
        """A session by the hash of its cookie, or None."""

    async def list_sessions(self, *, limit: int) -> Sequence[Session]:
        """The sessions that were used last, the newest use first."""

    async def touch_session(self, session_hash: str, seen_at: datetime) -> None:
        """Record when a session was last used."""

    async def drop_session(self, session_hash: str) -> None:
        """Sign out. An unknown session is ignored."""

    async def drop_sessions(self, *, other_than_token: str, seen_before: datetime) -> None:
        """Delete the sessions of access tokens that are neither this one nor a named one, and those that were not used
        since `seen_before`."""


class TokenStore(Protocol):
    """Named access tokens. There are few of them."""

    async def add_token(self, token: AccessToken) -> None:
        """Store a token. Raises Conflict when its id, name or hash is taken."""

    async def list_tokens(self) -> Sequence[AccessToken]:
        """All tokens, oldest first, also expired ones."""

    async def find_token(self, token_hash: str) -> AccessToken | None:
        """A token by its hash, or None; also an expired one."""

    async def touch_token(self, token_id: str, used_at: datetime) -> None:
        """Record when a token was last used."""

    async def drop_token(self, token_id: str) -> None:
        """Delete a token with the sessions that it opened. An unknown one is ignored."""
