"""Shares in the store: kept after their end without what they were for, and forgotten later."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.shares import Share, SharedPart
from app.errors import Conflict
from app.store import Store

NOW = datetime(2026, 11, 29, tzinfo=UTC)


def _share(name: str, *, hours: int = 1) -> Share:
    return Share(
        id=name, hash=f"hash of {name}", bin="bin", part=SharedPart(q="from:1"), masked=False, made_by="me",
        made_at=NOW, expires_at=NOW + timedelta(hours=hours),
    )  # fmt: skip


async def test_a_share_is_stored_viewed_ended_and_forgotten(store: Store) -> None:
    one, other = _share("one"), _share("other", hours=9)
    await store.add_share(one)
    await store.add_share(other)
    with pytest.raises(Conflict):
        await store.add_share(one)
    assert await store.list_shares() == [one, other]
    await store.note_share_views("one", 2, NOW)
    await store.end_share("one", NOW + timedelta(minutes=1))
    await store.end_share("none", NOW)
    ended = replace(one, part=None, ended_at=NOW + timedelta(minutes=1), views=2, viewed_at=NOW)
    assert await store.list_shares() == [ended, other]
    await store.forget_shares(ended_before=NOW + timedelta(minutes=1), now=NOW + timedelta(hours=9))
    assert await store.list_shares() == [ended, replace(other, part=None, ended_at=other.expires_at)]
    await store.forget_shares(ended_before=NOW + timedelta(hours=1), now=NOW + timedelta(hours=9))
    assert [share.id for share in await store.list_shares()] == ["other"]
