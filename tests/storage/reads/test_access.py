"""Tokens and sessions as they are stored."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.access import AccessRole, AccessToken
from app.errors import Conflict
from app.store import Session, Store

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


def _token(**more: object) -> AccessToken:
    fields: dict[str, object] = {"role": AccessRole.READ, "bins": None, "made_at": NOW, "expires_at": None, **more}
    return AccessToken(**fields)  # type: ignore[arg-type]


def _session(name: str, token_hash: str, seen_at: datetime = NOW) -> Session:
    return Session(hash=name, token_hash=token_hash, created_at=NOW, seen_at=seen_at, agent="Firefox", peer="192.0.2.1")


async def test_tokens_are_stored_with_everything(store: Store) -> None:
    until = datetime(2030, 1, 1, tzinfo=UTC)
    full = _token(id="a", hash="b", name="c", role=AccessRole.ADMIN, bins=frozenset({"x", "y"}), expires_at=until)
    bare = _token(id="d", hash="e", name="f", made_at=NOW + timedelta(seconds=1))
    await store.add_token(bare)
    await store.add_token(full)
    assert await store.list_tokens() == [full, bare]
    for taken in ({"id": "a"}, {"hash": "b"}, {"name": "c"}):
        with pytest.raises(Conflict):
            await store.add_token(_token(**{"id": "1", "hash": "2", "name": "3", **taken}))
    await store.touch_token("d", until)
    await store.drop_token("unknown")
    assert [token.used_at for token in await store.list_tokens()] == [None, until]
    await store.drop_token("a")
    assert [token.id for token in await store.list_tokens()] == ["d"]


async def test_the_sessions_of_a_token_are_deleted_with_it(store: Store) -> None:
    await store.add_token(_token(id="a", hash="hash-a", name="a"))
    sessions = [_session("1", "hash-a"), _session("2", "first", NOW + timedelta(hours=1))]
    for session in sessions:
        await store.add_session(session)
    assert await store.list_sessions(limit=10) == [sessions[1], sessions[0]]
    assert await store.list_sessions(limit=1) == [sessions[1]]
    assert await store.find_session("1") == sessions[0]
    await store.drop_token("a")
    assert await store.find_session("1") is None
    assert await store.list_sessions(limit=10) == [sessions[1]]


async def test_sessions_of_tokens_that_do_not_exist_are_deleted(store: Store) -> None:
    await store.add_token(_token(id="a", hash="hash-a", name="a"))
    old = NOW - timedelta(days=1)
    for name, token_hash, seen_at in (
        ("named", "hash-a", NOW),
        ("first", "first", NOW),
        ("other", "another", NOW),
        ("idle", "hash-a", old),
    ):
        await store.add_session(_session(name, token_hash, seen_at))
    await store.drop_sessions(other_than_token="first", seen_before=NOW - timedelta(hours=1))
    assert {session.hash for session in await store.list_sessions(limit=10)} == {"named", "first"}
