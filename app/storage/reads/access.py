"""Tokens, and the browsers that signed in."""

import json
from collections.abc import Sequence
from datetime import datetime

from ...domain.access import AccessRole, AccessToken
from ...domain.units import from_micros, micros
from ...store import Session
from ..log import jobs
from ..transaction import SqlRow
from .base import StoreBase


class AccessReads(StoreBase):
    """Implements `Store`."""

    async def add_token(self, token: AccessToken) -> None:
        bins = None if token.bins is None else json.dumps(sorted(token.bins))
        expires_at = None if token.expires_at is None else micros(token.expires_at)
        await self._appender.submit(
            jobs.AddToken(
                token.id, token.hash, token.name, token.role.value, bins, micros(token.made_at), expires_at
            )
        )  # fmt: skip

    async def list_tokens(self) -> Sequence[AccessToken]:
        return [_read_token(row) for row in await self._log.all("list_tokens", {})]

    async def find_token(self, token_hash: str) -> AccessToken | None:
        row = await self._log.one("find_token", {"hash": token_hash})
        return None if row is None else _read_token(row)

    async def touch_token(self, token_id: str, used_at: datetime) -> None:
        await self._appender.submit(jobs.TouchToken(token_id, micros(used_at)))

    async def drop_token(self, token_id: str) -> None:
        await self._appender.submit(jobs.DropToken(token_id))

    async def add_session(self, session: Session) -> None:
        made_at, seen_at = micros(session.created_at), micros(session.seen_at)
        job = jobs.AddSession(session.hash, session.token_hash, made_at, seen_at, session.agent, session.peer)
        await self._appender.submit(job)

    async def find_session(self, session_hash: str) -> Session | None:
        row = await self._log.one("find_session", {"hash": session_hash})
        return None if row is None else _read_session(row)

    async def list_sessions(self, *, limit: int) -> Sequence[Session]:
        return [_read_session(row) for row in await self._log.all("list_sessions", {"limit": limit})]

    async def touch_session(self, session_hash: str, seen_at: datetime) -> None:
        await self._appender.submit(jobs.TouchSession(session_hash, micros(seen_at)))

    async def drop_session(self, session_hash: str) -> None:
        await self._appender.submit(jobs.DropSession(session_hash))

    async def drop_sessions(self, *, other_than_token: str, seen_before: datetime) -> None:
        await self._appender.submit(jobs.DropSessions(other_than_token, micros(seen_before)))


def _read_token(row: SqlRow) -> AccessToken:
    return AccessToken(
        id=row["id"],
        hash=row["hash"],
        name=row["name"],
        role=AccessRole(row["role"]),
        bins=None if row["bins"] is None else frozenset(json.loads(row["bins"])),
        made_at=from_micros(row["made_at"]),
        expires_at=None if row["expires_at"] is None else from_micros(row["expires_at"]),
        used_at=None if row["used_at"] is None else from_micros(row["used_at"]),
    )


def _read_session(row: SqlRow) -> Session:
    return Session(
        hash=row["hash"],
        token_hash=row["token_hash"],
        created_at=from_micros(row["created_at"]),
        seen_at=from_micros(row["seen_at"]),
        agent=row["agent"],
        peer=row["peer"],
    )
