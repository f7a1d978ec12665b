"""Tokens, sessions and the audit log."""

from .base import Job


class AddToken(Job):
    id: str
    hash: str
    name: str
    role: str
    bins: str | None
    made_at: int
    expires_at: int | None


class TouchToken(Job):
    id: str
    used_at: int


class DropToken(Job):
    """Delete a token with the sessions that it opened."""

    id: str


class AddSession(Job):
    hash: str
    token_hash: str
    created_at: int
    seen_at: int
    agent: str = ""
    peer: str = ""


class TouchSession(Job):
    hash: str
    seen_at: int


class DropSession(Job):
    hash: str


class DropSessions(Job):
    token_hash: str
    seen_before: int


class PutAuditEntry(Job):
    """Add an entry of the audit log, or replace the one with this id. `facts` is JSON."""

    id: str
    at: int
    last_at: int
    who: str | None
    via: str
    peer: str | None
    action: str
    bin: str | None
    bin_name: str | None
    facts: str
    status: int | None
    result: str | None
    times: int


class TrimAuditLog(Job):
    """Delete some entries that are too old or too many; the result is their number."""

    before: int | None
    most: int
    most_unknown: int
