"""Signed-in browsers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A signed-in browser. Only hashes are stored; `token_hash` is the hash of the access token that opened the
    session."""

    hash: str
    token_hash: str
    created_at: datetime
    seen_at: datetime


class SessionStore(Protocol):
    """Signed-in browsers."""

    async def add_session(self, session: Session) -> None:
        """Store a signed-in browser."""

    async def find_session(self, session_hash: str) -> Session | None:
        """A session by the hash of its cookie, or None."""

    async def touch_session(self, session_hash: str, seen_at: datetime) -> None:
        """Record when a session was last used."""

    async def drop_session(self, session_hash: str) -> None:
        """Sign out. An unknown session is ignored."""

    async def drop_sessions(self, *, other_than_token: str, seen_before: datetime) -> None:
        """Delete the sessions of another access token, and those that were not used since `seen_before`."""
