"""Shares: found by their secret, counted, and ended."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app import clock
from app.domain.access import AccessRole, CallerKind
from app.domain.shares import KEPT_AFTER_END, SharedPart
from app.errors import Ended, NotFound, StoreUnavailable
from app.services import shares as module
from app.services.keyring import Keyring
from app.services.shares import Shares
from app.storage.opening import open_store
from app.store import Store

from ..storage.builders import a_bin

HOUR = timedelta(hours=1)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(tmp_path / "data") as opened:
        yield opened


async def _started(store: Store, told: list[str]) -> Shares:
    keyring = Keyring(store)
    await keyring.start()
    shares = Shares(store, keyring, told.append)
    await shares.start()
    return shares


async def test_a_secret_opens_one_share_until_it_is_revoked_also_after_a_restart(store: Store) -> None:
    bin, told = await a_bin(store), []
    shares = await _started(store, told)
    share, secret = await shares.add(bin.id, SharedPart(), expires_in=HOUR, masked=True, made_by="me")
    for each in (shares, await _started(store, told)):
        caller = await each.caller_of(secret)
        assert caller is not None
        assert (caller.kind, caller.role, caller.bins, caller.share) == (
            CallerKind.SHARE, AccessRole.READ, {bin.id}, share,
        )  # fmt: skip
        assert caller.until == share.expires_at
        assert await each.caller_of(share.hash) is None
    await shares.revoke(bin.id, share.id)
    assert (told, shares.ended) == ([bin.id], 1)
    for each in (shares, await _started(store, told)):
        with pytest.raises(Ended):
            await each.caller_of(secret)
        with pytest.raises(Ended):
            each.get(bin.id, share.id)
        assert each.of_bin(bin.id) == []


async def test_a_share_of_a_deleted_bin_has_ended_also_before_anybody_told_it(store: Store) -> None:
    bin, told = await a_bin(store), []
    shares = await _started(store, told)
    _, secret = await shares.add(bin.id, SharedPart(), expires_in=HOUR, masked=True, made_by="me")
    await store.drop_bin(bin.id)
    with pytest.raises(Ended):
        await (await _started(store, told)).caller_of(secret)
    shares.forget(bin.id)
    with pytest.raises(Ended):
        await shares.caller_of(secret)
    with pytest.raises(NotFound):
        shares.get("other", "none")


async def test_a_share_is_revoked_before_the_store_answers(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    bin = await a_bin(store)
    shares = await _started(store, [])
    share, secret = await shares.add(bin.id, SharedPart(), expires_in=HOUR, masked=True, made_by="me")

    async def fail(*_: object) -> None:
        raise StoreUnavailable("slow")

    monkeypatch.setattr(store, "end_share", fail)
    with pytest.raises(StoreUnavailable):
        await shares.revoke(bin.id, share.id)
    with pytest.raises(Ended):
        await shares.caller_of(secret)


async def test_views_are_stored_as_soon_as_that_is_possible(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    bin = await a_bin(store)
    shares = await _started(store, [])
    share, _ = await shares.add(bin.id, SharedPart(), expires_in=HOUR, masked=True, made_by="me")
    shares.note_view(share)
    shares.note_view(share)

    async def fail(*_: object) -> None:
        raise StoreUnavailable("full")

    with monkeypatch.context() as patch:
        patch.setattr(store, "note_share_views", fail)
        assert await shares.step() == module.WRITE_EVERY_S
    assert await shares.step() == module.WRITE_EVERY_S
    (stored,) = await store.list_shares()
    assert stored.views == 2


async def test_a_share_that_ended_long_ago_is_forgotten(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    bin = await a_bin(store)
    shares = await _started(store, [])
    _, secret = await shares.add(bin.id, SharedPart(q="from:1"), expires_in=HOUR, masked=True, made_by="me")
    await shares.step()
    real, later = clock.now, timedelta(hours=2)

    def now() -> datetime:
        return real() + later

    monkeypatch.setattr(clock, "now", now)
    monkeypatch.setattr(module, "FORGET_EVERY_S", 0.0)
    await shares.step()
    assert [one.part for one in await store.list_shares()] == [None]
    with pytest.raises(Ended):
        await shares.caller_of(secret)
    later = HOUR + KEPT_AFTER_END + HOUR
    await shares.step()
    assert await store.list_shares() == []
    assert await shares.caller_of(secret) is None
